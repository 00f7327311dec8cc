"""Stocktakes of a part and of records, loans renewed once, the items in a volume."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.engine import Connection

from archive.db import Instant, RowId

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

SCOPE = (
    "(cabinet_id IS NULL OR storeroom_id IS NOT NULL)"
    " AND (section IS NULL OR cabinet_id IS NOT NULL)"
    " AND (shelf_id IS NULL OR section IS NOT NULL)"
)

RENEWED = (
    "(renewed_at IS NULL) = (renewed_by_id IS NULL)"
    " AND (renewed_at IS NULL) = (first_due_on IS NULL)"
    " AND (renewed_by_id IS NULL OR renewed_by_id <> borrower_id)"
)

COLUMNS = (
    ("stocktake", "cabinet_id", "ROW REFERENCES cabinet (id)"),
    ("stocktake", "section", "INTEGER"),
    ("stocktake", "with_records", "BOOLEAN DEFAULT {false} NOT NULL"),
    ("stocktake", "records_in_place", "INTEGER DEFAULT 0 NOT NULL"),
    (
        "stocktake",
        "shelf_id",
        f"ROW REFERENCES shelf (id) CONSTRAINT ck_stocktake_scope CHECK ({SCOPE})",
    ),
    ("stock_count", "in_box_id", "ROW REFERENCES box (id)"),
    ("stock_finding", "expected_box_id", "ROW REFERENCES box (id)"),
    ("stock_finding", "found_box_id", "ROW REFERENCES box (id)"),
    ("loan", "renewed_at", "INSTANT"),
    ("loan", "first_due_on", "DATE"),
    (
        "loan",
        "renewed_by_id",
        f"ROW REFERENCES person (id) CONSTRAINT ck_loan_renewed CHECK ({RENEWED})",
    ),
)
"""Table, column, and how it is written; SQLite takes a rule only together with its column."""


_IN_VOLUME = """SELECT 1 FROM record r JOIN archival_code c ON c.text = r.code
    JOIN code_series s ON s.id = c.series_id
    WHERE r.id = NEW.record_id AND s.arrangement = 'volume'"""

_NEXT = (
    "(SELECT coalesce(max(i.number), 0) + 1 FROM volume_item i WHERE i.record_id = NEW.record_id)"
)

_CODE = "(SELECT r.code FROM record r WHERE r.id = NEW.record_id)"

RULES = (
    (
        "loan_renewed_once",
        "loan",
        "UPDATE",
        (
            "NEW.due_on <> OLD.due_on AND (OLD.renewed_at IS NOT NULL"
            " OR NEW.renewed_at IS NULL OR NEW.due_on < OLD.due_on)"
        ),
    ),
    ("item_not_in_volume", "volume_item", "INSERT", f"NOT EXISTS ({_IN_VOLUME})"),
    (
        "item_gap",
        "volume_item",
        "INSERT",
        (
            f"NEW.number <> {_NEXT}"
            f" OR NEW.code <> {_CODE} || '-' || substr('0000' || NEW.number, length('' || NEW.number) + 1)"
        ),
    ),
    (
        "item_kept",
        "volume_item",
        "UPDATE",
        "NEW.number <> OLD.number OR NEW.code <> OLD.code OR NEW.record_id <> OLD.record_id",
    ),
    ("item_kept", "volume_item", "DELETE", "1 = 1"),
)
"""Name, table, verb, and what is refused."""


def upgrade() -> None:
    connection = op.get_bind()
    for table, column, shape in COLUMNS:
        _add(connection, table, column, shape)
    _volume_item()
    make = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    for rule, table, verb, refused in RULES:
        for statement in make(f"{rule}_{table}_{verb.lower()}", rule, table, verb, refused):
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    for rule, table, verb, _ in RULES:
        name = f"{rule}_{table}_{verb.lower()}"
        connection.exec_driver_sql(f"DROP TRIGGER {name}" + ("" if sqlite else f" ON {table}"))
        if not sqlite:
            connection.exec_driver_sql(f"DROP FUNCTION refuse_{name}()")
    op.drop_table("volume_item")
    for table, column, _ in reversed(COLUMNS):
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")


def _volume_item() -> None:
    op.create_table(
        "volume_item",
        sa.Column("id", RowId, nullable=False),
        sa.Column("record_id", RowId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=90), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("formed_on", sa.Date(), nullable=False),
        sa.Column("first_page", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("document_number", sa.String(length=60), nullable=False),
        sa.Column("parties", sa.String(length=200), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("added_by_id", RowId, nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_volume_item_number")),
        sa.CheckConstraint("pages > 0 AND first_page > 0", name=op.f("ck_volume_item_pages")),
        sa.CheckConstraint("title <> ''", name=op.f("ck_volume_item_title")),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["person.id"], name=op.f("fk_volume_item_added_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_volume_item_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volume_item")),
        sa.UniqueConstraint("code", name=op.f("uq_volume_item_code")),
        sa.UniqueConstraint("record_id", "number", name=op.f("uq_volume_item_record_id_number")),
    )


def _add(connection: Connection, table: str, column: str, shape: str) -> None:
    sqlite = connection.dialect.name == "sqlite"
    written = shape.format(false="0" if sqlite else "false")
    if "REFERENCES" in written:
        kind = "INTEGER" if sqlite else "BIGINT"
        written = written.replace("ROW ", f"{kind} CONSTRAINT fk_{table}_{column} ", 1)
    if written == "INSTANT":
        written = "DATETIME" if sqlite else "TIMESTAMP WITH TIME ZONE"
    connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {column} {written}")


def _sqlite(name: str, rule: str, table: str, verb: str, refused: str) -> list[str]:
    return [
        (
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {refused}"
            f" BEGIN SELECT RAISE(ABORT, '{rule}'); END"
        )
    ]


def _postgresql(name: str, rule: str, table: str, verb: str, refused: str) -> list[str]:
    refused = refused.replace("%", "%%")
    back = "OLD" if verb == "DELETE" else "NEW"
    return [
        (
            f"CREATE FUNCTION refuse_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {refused} THEN RAISE EXCEPTION '{rule}' USING ERRCODE = 'check_violation';"
            f" END IF; RETURN {back}; END $$"
        ),
        (
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION refuse_{name}()"
        ),
    ]
