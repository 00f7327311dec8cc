"""Versions of the file plan: drafted by one person, adopted by another, sealed from then on."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.engine import Connection

from archive.db import Instant, RowId

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LINES = {
    "plan_category": "plan_id = NEW.plan_id AND code = NEW.code",
    "record_kind": "plan_id = NEW.plan_id AND (code = NEW.code OR number = NEW.number)",
}
"""Tables of a version's lines; and what a new row must not replace (INSERT OR REPLACE)."""

BEFORE = "id, fonds_id, edition, adopted_by_id, in_force_from"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _drop_old_seals_of_sqlite(connection)
        _rebuild(
            connection,
            _new_shape,
            f"{BEFORE}, state, reason, version",
            f"{BEFORE}, 'adopted', '', 1",
        )
        statements = _sqlite()
    else:
        _alter_postgresql()
        statements = _postgresql()
    op.create_index(
        "uq_file_plan_draft",
        "file_plan",
        ["fonds_id"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    for statement in statements:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Back to versions that are all adopted; drafts go."""
    connection = op.get_bind()
    for table in LINES:
        connection.exec_driver_sql(
            f"DELETE FROM {table} WHERE plan_id IN (SELECT id FROM file_plan WHERE state = 'draft')"
        )
    connection.exec_driver_sql("DELETE FROM file_plan WHERE state = 'draft'")
    if connection.dialect.name == "sqlite":
        for table in LINES:
            for verb in ("insert", "update", "delete", "replace"):
                connection.exec_driver_sql(f"DROP TRIGGER sealed_{verb}_{table}")
        op.drop_index("uq_file_plan_draft", "file_plan")
        _rebuild(connection, _old_shape, BEFORE, BEFORE)
        statements = _old_seals_of_sqlite()
    else:
        op.drop_index("uq_file_plan_draft", "file_plan")
        statements = _back_postgresql()
    for statement in statements:
        connection.exec_driver_sql(statement)


def _drop_old_seals_of_sqlite(connection: Connection) -> None:
    for table in LINES:
        for verb in ("update", "delete", "replace"):
            connection.exec_driver_sql(f"DROP TRIGGER sealed_{verb}_{table}")


def _rebuild(connection: Connection, shape: Callable[[], None], columns: str, values: str) -> None:
    """The table anew with its rows. Lines refer to it meanwhile: they are checked at the end."""
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    connection.exec_driver_sql("CREATE TEMP TABLE file_plan_kept AS SELECT * FROM file_plan")
    op.drop_table("file_plan")
    shape()
    connection.exec_driver_sql(
        f"INSERT INTO file_plan ({columns}) SELECT {values} FROM file_plan_kept"
    )
    connection.exec_driver_sql("DROP TABLE file_plan_kept")


CHECKS = {
    "adopted": "(state = 'adopted') = (adopted_by_id IS NOT NULL)"
    " AND (state = 'adopted') = (in_force_from IS NOT NULL)"
    " AND (state = 'draft' OR drafted_by_id IS NULL OR reason <> '')",
    "second_person": "drafted_by_id IS NULL OR adopted_by_id IS NULL"
    " OR drafted_by_id <> adopted_by_id",
}


def _new_shape() -> None:
    op.create_table(
        "file_plan",
        *_first_columns(),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("drafted_by_id", RowId, nullable=True),
        sa.Column("adopted_by_id", RowId, nullable=True),
        sa.Column("in_force_from", Instant(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(
            sa.CheckConstraint(said, name=op.f(f"ck_file_plan_{name}"))
            for name, said in CHECKS.items()
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["person.id"], name=op.f("fk_file_plan_drafted_by_id")
        ),
        *_shared(),
    )


def _old_shape() -> None:
    op.create_table(
        "file_plan",
        *_first_columns(),
        sa.Column("adopted_by_id", RowId, nullable=False),
        sa.Column("in_force_from", Instant(), nullable=False),
        *_shared(),
    )


def _first_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", RowId, nullable=False),
        sa.Column("fonds_id", RowId, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
    ]


def _shared() -> list[sa.Constraint]:
    return [
        sa.CheckConstraint("edition > 0", name=op.f("ck_file_plan_edition")),
        sa.ForeignKeyConstraint(
            ["adopted_by_id"], ["person.id"], name=op.f("fk_file_plan_adopted_by_id")
        ),
        sa.ForeignKeyConstraint(["fonds_id"], ["fonds.id"], name=op.f("fk_file_plan_fonds_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_plan")),
        sa.UniqueConstraint("fonds_id", "edition", name=op.f("uq_file_plan_fonds_id_edition")),
    ]


def _alter_postgresql() -> None:
    adopted, nothing = sa.text("'adopted'"), sa.text("''")
    op.add_column(
        "file_plan", sa.Column("state", sa.String(8), nullable=False, server_default=adopted)
    )
    op.add_column(
        "file_plan", sa.Column("reason", sa.String(500), nullable=False, server_default=nothing)
    )
    op.add_column("file_plan", sa.Column("drafted_by_id", RowId, nullable=True))
    op.add_column(
        "file_plan", sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("1"))
    )
    op.alter_column("file_plan", "version", server_default=None)
    op.alter_column("file_plan", "state", server_default=None)
    op.alter_column("file_plan", "reason", server_default=None)
    op.alter_column("file_plan", "adopted_by_id", nullable=True)
    op.alter_column("file_plan", "in_force_from", nullable=True)
    op.create_foreign_key(
        op.f("fk_file_plan_drafted_by_id"), "file_plan", "person", ["drafted_by_id"], ["id"]
    )
    for name, said in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_file_plan_{name}"), "file_plan", sa.text(said))


ADOPTED = "EXISTS (SELECT 1 FROM file_plan p WHERE p.state = 'adopted' AND p.id = {})"


def _sqlite() -> list[str]:
    statements = []
    for table, same in LINES.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, 'sealed_{table}'); END"
        old, new = ADOPTED.format("OLD.plan_id"), ADOPTED.format("NEW.plan_id")
        taken = (
            f"EXISTS (SELECT 1 FROM {table} t JOIN file_plan p ON p.id = t.plan_id"
            f" WHERE p.state = 'adopted' AND t.id = NEW.id)"
            f" OR ({new} AND EXISTS (SELECT 1 FROM {table} WHERE {same}))"
        )
        statements += [
            f"CREATE TRIGGER sealed_insert_{table} BEFORE INSERT ON {table} WHEN {new} {refuse}",
            (
                f"CREATE TRIGGER sealed_update_{table} BEFORE UPDATE ON {table}"
                f" WHEN {old} OR {new} {refuse}"
            ),
            f"CREATE TRIGGER sealed_delete_{table} BEFORE DELETE ON {table} WHEN {old} {refuse}",
            f"CREATE TRIGGER sealed_replace_{table} BEFORE INSERT ON {table} WHEN {taken} {refuse}",
        ]
    refuse = "BEGIN SELECT RAISE(ABORT, 'sealed_file_plan'); END"
    statements += [
        f"CREATE TRIGGER sealed_{verb.lower()}_file_plan BEFORE {verb} ON file_plan"
        f" WHEN OLD.state = 'adopted' {refuse}"
        for verb in ("UPDATE", "DELETE")
    ]
    statements.append(
        "CREATE TRIGGER sealed_replace_file_plan BEFORE INSERT ON file_plan"
        " WHEN EXISTS (SELECT 1 FROM file_plan"
        f" WHERE state = 'adopted' AND id = NEW.id) {refuse}"
    )
    return statements


def _old_seals_of_sqlite() -> list[str]:
    """As 0004 made them."""
    statements = []
    for table, same in LINES.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, 'sealed_{table}'); END"
        statements += [
            f"CREATE TRIGGER sealed_{verb.lower()}_{table} BEFORE {verb} ON {table} {refuse}"
            for verb in ("UPDATE", "DELETE")
        ]
        statements.append(
            f"CREATE TRIGGER sealed_replace_{table} BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR ({same})) {refuse}"
        )
    return statements


def _postgresql() -> list[str]:
    raise_ = "RAISE EXCEPTION 'sealed_%%', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END IF;"
    old, new = ADOPTED.format("OLD.plan_id"), ADOPTED.format("NEW.plan_id")
    statements = [
        (
            "CREATE FUNCTION refuse_line_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF TG_OP <> 'INSERT' THEN IF {old} THEN {raise_} END IF;"
            f" IF TG_OP <> 'DELETE' THEN IF {new} THEN {raise_} RETURN NEW; END IF;"
            " RETURN OLD; END $$"
        ),
        (
            "CREATE FUNCTION refuse_plan_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF OLD.state = 'adopted' THEN {raise_}"
            " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        ),
        (
            "CREATE TRIGGER sealed_file_plan BEFORE UPDATE OR DELETE ON file_plan"
            " FOR EACH ROW EXECUTE FUNCTION refuse_plan_change()"
        ),
        (
            "CREATE TRIGGER sealed_truncate_file_plan BEFORE TRUNCATE ON file_plan"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        ),
    ]
    for table in LINES:
        statements += [
            f"DROP TRIGGER sealed_{table} ON {table}",
            (
                f"CREATE TRIGGER sealed_{table} BEFORE INSERT OR UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION refuse_line_change()"
            ),
        ]
    return statements


def _back_postgresql() -> list[str]:
    statements = [
        "DROP TRIGGER sealed_file_plan ON file_plan",
        "DROP TRIGGER sealed_truncate_file_plan ON file_plan",
    ]
    for table in LINES:
        statements += [
            f"DROP TRIGGER sealed_{table} ON {table}",
            (
                f"CREATE TRIGGER sealed_{table} BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            ),
        ]
    columns = ", ".join(
        f"DROP COLUMN {name}" for name in ("state", "reason", "drafted_by_id", "version")
    )
    return [
        *statements,
        "DROP FUNCTION refuse_line_change()",
        "DROP FUNCTION refuse_plan_change()",
        (
            f"ALTER TABLE file_plan {columns}, ALTER COLUMN adopted_by_id SET NOT NULL,"
            " ALTER COLUMN in_force_from SET NOT NULL"
        ),
    ]
