"""A stocktake over a part of the store, and over the records in its boxes."""

from alembic import op
from sqlalchemy.engine import Connection

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SCOPE = (
    "(cabinet_id IS NULL OR storeroom_id IS NOT NULL)"
    " AND (section IS NULL OR cabinet_id IS NOT NULL)"
    " AND (shelf_id IS NULL OR section IS NOT NULL)"
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
)
"""Table, column, and how it is written; SQLite takes a rule only together with its column."""


def upgrade() -> None:
    connection = op.get_bind()
    for table, column, shape in COLUMNS:
        _add(connection, table, column, shape)


def downgrade() -> None:
    connection = op.get_bind()
    for table, column, _ in reversed(COLUMNS):
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")


def _add(connection: Connection, table: str, column: str, shape: str) -> None:
    sqlite = connection.dialect.name == "sqlite"
    written = shape.format(false="0" if sqlite else "false")
    if "REFERENCES" in written:
        kind = "INTEGER" if sqlite else "BIGINT"
        written = written.replace("ROW ", f"{kind} CONSTRAINT fk_{table}_{column} ", 1)
    connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {column} {written}")
