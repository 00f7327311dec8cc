"""Searching: what is to be indexed, noticed by the database itself; searches somebody made."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.engine import Connection

from archive.db import Instant, RowId

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

OF_ONE = {
    "record": (("INSERT", "UPDATE"), "NEW.id"),
    "pair": (("INSERT", "UPDATE"), "NEW.record_id"),
    "electronic_copy": (("INSERT", "UPDATE"), "NEW.record_id"),
    "whereabouts": (("INSERT", "UPDATE"), "NEW.record_id"),
}
"""By table: when a record is to be indexed again, and which."""

OF_SEVERAL = {
    "delivered_page": (
        ("INSERT", "UPDATE OF copy_id, lines"),
        "SELECT record_id FROM electronic_copy WHERE id = NEW.copy_id",
    ),
    "box": (("UPDATE OF shelf_id",), "SELECT record_id FROM whereabouts WHERE box_id = NEW.id"),
    "customer": (
        ("INSERT", "UPDATE OF name"),
        "SELECT id AS record_id FROM record WHERE station_id = NEW.station_id AND customer_number = NEW.number",
    ),
}

NOTED = "ON CONFLICT (record_id) DO UPDATE SET change = unindexed.change + 1"


def upgrade() -> None:
    op.create_table(
        "unindexed",
        sa.Column("record_id", RowId, autoincrement=False, nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_unindexed")),
    )
    op.create_table(
        "search",
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("person_id", RowId, nullable=False),
        sa.Column("typed", sa.String(length=400), nullable=False),
        sa.Column("used_at", Instant(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.CheckConstraint("typed <> ''", name=op.f("ck_search_typed")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_search_person_id_person")
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_search")),
    )
    op.create_index(
        op.f("ix_search_person_id_used_at"), "search", ["person_id", "used_at"], unique=False
    )
    connection = op.get_bind()
    for statement in _made(connection):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("INSERT INTO unindexed (record_id, change) SELECT id, 1 FROM record")


def downgrade() -> None:
    connection = op.get_bind()
    for statement in _unmade(connection):
        connection.exec_driver_sql(statement)
    op.drop_table("search")
    op.drop_table("unindexed")


def _rules() -> list[tuple[str, tuple[str, ...], str]]:
    """Table, events, and what notes the records concerned."""
    one = [
        (table, events, f"INSERT INTO unindexed (record_id, change) VALUES ({which}, 1) {NOTED};")
        for table, (events, which) in OF_ONE.items()
    ]
    several = [
        (
            table,
            events,
            (
                "INSERT INTO unindexed (record_id, change) SELECT found.record_id, 1"
                f" FROM ({which}) AS found WHERE true {NOTED};"
            ),
        )
        for table, (events, which) in OF_SEVERAL.items()
    ]
    return one + several


def _made(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        return [
            f"CREATE TRIGGER unindexed_{table}_{event[:6].lower()} AFTER {event} ON {table}"
            f" BEGIN {noted} END"
            for table, events, noted in _rules()
            for event in events
        ]
    statements = []
    for table, events, noted in _rules():
        statements += [
            (
                f"CREATE FUNCTION note_unindexed_{table}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN {noted} RETURN NULL; END $$"
            ),
            (
                f"CREATE TRIGGER unindexed_{table} AFTER {' OR '.join(events)} ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION note_unindexed_{table}()"
            ),
        ]
    return statements


def _unmade(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        return [
            f"DROP TRIGGER unindexed_{table}_{event[:6].lower()}"
            for table, events, _ in _rules()
            for event in events
        ]
    return [
        statement
        for table, _, _ in _rules()
        for statement in (
            f"DROP TRIGGER unindexed_{table} ON {table}",
            f"DROP FUNCTION note_unindexed_{table}()",
        )
    ]
