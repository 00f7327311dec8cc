"""Holds on records, and the appraisals of a panel."""

import sqlalchemy as sa
from alembic import op

from archive.db import Instant, RowId

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _changed(*columns: str) -> str:
    return " OR ".join(f"NEW.{column} <> OLD.{column}" for column in columns)


_HOLD_PLACED = (
    "station_id",
    "kind",
    "scope",
    "customer_number",
    "kind_code",
    "covered",
    "reason",
    "document",
    "placed_by_id",
    "placed_at",
)
_SPAN_CHANGED = " OR ".join(
    f"coalesce(NEW.{column}, 0) <> coalesce(OLD.{column}, 0)" for column in ("year_from", "year_to")
)
_NAMED = """SELECT 1 FROM hold h JOIN record r ON r.station_id = h.station_id
    WHERE h.id = NEW.hold_id AND h.scope = 'records' AND h.lifted_at IS NULL
      AND r.id = NEW.record_id"""

RULES: tuple[tuple[str, str, str, str], ...] = (
    ("lifted_hold", "hold", "UPDATE", "OLD.lifted_at IS NOT NULL"),
    ("hold_kept", "hold", "UPDATE", f"{_changed(*_HOLD_PLACED)} OR {_SPAN_CHANGED}"),
    ("hold_kept", "hold", "DELETE", "1 = 1"),
    ("hold_kept", "hold", "INSERT", "EXISTS (SELECT 1 FROM hold WHERE id = NEW.id)"),
    ("hold_kept", "hold_record", "UPDATE", "1 = 1"),
    ("hold_kept", "hold_record", "DELETE", "1 = 1"),
    (
        "hold_kept",
        "hold_record",
        "INSERT",
        "EXISTS (SELECT 1 FROM hold_record WHERE id = NEW.id"
        " OR (hold_id = NEW.hold_id AND record_id = NEW.record_id))",
    ),
    ("hold_elsewhere", "hold_record", "INSERT", f"NOT EXISTS ({_NAMED})"),
)
"""Name, table, verb, and what is refused."""

TABLES = ("hold_record", "hold")


def upgrade() -> None:
    _holds()
    connection = op.get_bind()
    make = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    for rule, table, verb, refused in RULES:
        for statement in make(f"{rule}_{table}_{verb.lower()}", rule, table, verb, refused):
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    for table in TABLES:
        op.drop_table(table)
    if connection.dialect.name == "postgresql":
        for rule, table, verb, _ in RULES:
            connection.exec_driver_sql(f"DROP FUNCTION refuse_{rule}_{table}_{verb.lower()}()")


def _holds() -> None:
    op.create_table(
        "hold",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("customer_number", sa.String(length=20), nullable=False),
        sa.Column("kind_code", sa.String(length=40), nullable=False),
        sa.Column("year_from", sa.Integer(), nullable=True),
        sa.Column("year_to", sa.Integer(), nullable=True),
        sa.Column("covered", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("placed_by_id", RowId, nullable=False),
        sa.Column("placed_at", Instant(), nullable=False),
        sa.Column("lift_ground", sa.String(length=12), nullable=False),
        sa.Column("lift_reason", sa.String(length=500), nullable=False),
        sa.Column("lift_document", sa.String(length=120), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("lifted_by_id", RowId, nullable=True),
        sa.Column("lifted_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by_id IS NULL)"
            " AND (lifted_at IS NULL) = (lift_ground = '')"
            " AND (lifted_at IS NULL) = (lift_reason = '')",
            name=op.f("ck_hold_lifted"),
        ),
        sa.CheckConstraint(
            "(scope = 'customer') = (customer_number <> '') AND (scope = 'span') ="
            " (kind_code <> '' OR year_from IS NOT NULL OR year_to IS NOT NULL)",
            name=op.f("ck_hold_covers"),
        ),
        sa.CheckConstraint(
            "lifted_at IS NULL OR (lift_ground <> 'written-off' AND (kind <> 'debt' OR"
            " (lift_ground = 'settled' AND lift_document <> '' AND settled_on IS NOT NULL)))",
            name=op.f("ck_hold_settled"),
        ),
        sa.CheckConstraint(
            "lifted_by_id IS NULL OR kind NOT IN ('audit', 'debt', 'litigation', 'tax')"
            " OR lifted_by_id <> placed_by_id",
            name=op.f("ck_hold_second_person"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_hold_reason")),
        sa.CheckConstraint("year_from <= year_to", name=op.f("ck_hold_years")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["person.id"], name=op.f("fk_hold_lifted_by_id")),
        sa.ForeignKeyConstraint(["placed_by_id"], ["person.id"], name=op.f("fk_hold_placed_by_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_hold_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    standing = sa.text("lifted_at IS NULL")
    op.create_index(
        "ix_hold_standing",
        "hold",
        ["scope"],
        unique=False,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_index(
        op.f("ix_hold_station_id_placed_at"), "hold", ["station_id", "placed_at"], unique=False
    )
    op.create_table(
        "hold_record",
        sa.Column("id", RowId, nullable=False),
        sa.Column("hold_id", RowId, nullable=False),
        sa.Column("record_id", RowId, nullable=False),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_hold_record_hold_id")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_hold_record_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold_record")),
        sa.UniqueConstraint("hold_id", "record_id", name=op.f("uq_hold_record_hold_id_record_id")),
    )
    op.create_index(op.f("ix_hold_record_record_id"), "hold_record", ["record_id"], unique=False)


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
