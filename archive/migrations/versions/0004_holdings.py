"""Fonds, file plan and archival codes; what was planned or given is never changed."""

import sqlalchemy as sa
from alembic import op

from archive.db import Instant, RowId

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SEALED = {
    "plan_category": "id = NEW.id OR (plan_id = NEW.plan_id AND code = NEW.code)",
    "record_kind": "id = NEW.id OR (plan_id = NEW.plan_id"
    " AND (code = NEW.code OR number = NEW.number))",
    "code_series": "id = NEW.id OR (fonds_id = NEW.fonds_id AND category = NEW.category"
    " AND year = NEW.year AND retention = NEW.retention AND unit = NEW.unit"
    " AND arrangement = NEW.arrangement)",
    "archival_code": "id = NEW.id OR text = NEW.text"
    " OR (series_id = NEW.series_id AND number = NEW.number)",
}
"""Tables whose rows are neither changed nor deleted; and, for INSERT OR REPLACE on SQLite, which
deletes without a word, what a new row must not replace."""

NEXT = "1 + (SELECT coalesce(max(number), 0) FROM archival_code WHERE series_id = NEW.series_id)"


def upgrade() -> None:
    _planned()
    _given()
    connection = op.get_bind()
    rules = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    for statement in rules():
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    for table in ("archival_code", "code_series", "record_kind", "plan_category", "file_plan"):
        op.drop_table(table)
    op.drop_table("fonds")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION refuse_code_gap()")
        connection.exec_driver_sql("DROP FUNCTION refuse_change()")


def _planned() -> None:
    op.create_table(
        "fonds",
        sa.Column("id", RowId, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fonds")),
        sa.UniqueConstraint("code", name=op.f("uq_fonds_code")),
    )
    op.create_table(
        "file_plan",
        sa.Column("id", RowId, nullable=False),
        sa.Column("fonds_id", RowId, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("adopted_by_id", RowId, nullable=False),
        sa.Column("in_force_from", Instant(), nullable=False),
        sa.CheckConstraint("edition > 0", name=op.f("ck_file_plan_edition")),
        sa.ForeignKeyConstraint(
            ["adopted_by_id"], ["person.id"], name=op.f("fk_file_plan_adopted_by_id")
        ),
        sa.ForeignKeyConstraint(["fonds_id"], ["fonds.id"], name=op.f("fk_file_plan_fonds_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_plan")),
        sa.UniqueConstraint("fonds_id", "edition", name=op.f("uq_file_plan_fonds_id_edition")),
    )
    op.create_table(
        "plan_category",
        sa.Column("id", RowId, nullable=False),
        sa.Column("plan_id", RowId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["file_plan.id"], name=op.f("fk_plan_category_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_category")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_plan_category_plan_id_code")),
    )
    op.create_table(
        "record_kind",
        sa.Column("id", RowId, nullable=False),
        sa.Column("plan_id", RowId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("clause", sa.String(length=60), nullable=False),
        sa.Column("implied", sa.Boolean(), nullable=False),
        sa.Column("category", sa.String(length=8), nullable=False),
        sa.Column("arrangement", sa.String(length=8), nullable=False),
        sa.Column("cycle", sa.String(length=8), nullable=False),
        sa.Column("personal", sa.String(length=10), nullable=False),
        sa.Column("retention", sa.String(length=4), nullable=False),
        sa.Column("starts", sa.String(length=16), nullable=False),
        sa.Column("basis", sa.String(length=8), nullable=False),
        sa.CheckConstraint(
            "(arrangement = 'none') = (category = '') AND (category = '') = (retention = '')",
            name=op.f("ck_record_kind_archived"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["file_plan.id"], name=op.f("fk_record_kind_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_kind")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_record_kind_plan_id_code")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_record_kind_plan_id_number")),
    )


def _given() -> None:
    op.create_table(
        "code_series",
        sa.Column("id", RowId, nullable=False),
        sa.Column("fonds_id", RowId, nullable=False),
        sa.Column("category", sa.String(length=8), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("retention", sa.String(length=4), nullable=False),
        sa.Column("unit", sa.String(length=12), nullable=False),
        sa.Column("arrangement", sa.String(length=8), nullable=False),
        sa.Column("template", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["fonds_id"], ["fonds.id"], name=op.f("fk_code_series_fonds_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_series")),
        sa.UniqueConstraint(
            "fonds_id",
            "category",
            "year",
            "retention",
            "unit",
            "arrangement",
            name=op.f("uq_code_series_fonds_id_category_year_retention_unit_arrangement"),
        ),
    )
    op.create_table(
        "archival_code",
        sa.Column("id", RowId, nullable=False),
        sa.Column("text", sa.String(length=80), nullable=False),
        sa.Column("series_id", RowId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind_id", RowId, nullable=False),
        sa.Column("assigned_by_id", RowId, nullable=False),
        sa.Column("assigned_at", Instant(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_archival_code_number")),
        sa.ForeignKeyConstraint(
            ["assigned_by_id"], ["person.id"], name=op.f("fk_archival_code_assigned_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["record_kind.id"], name=op.f("fk_archival_code_kind_id")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["code_series.id"], name=op.f("fk_archival_code_series_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archival_code")),
        sa.UniqueConstraint("series_id", "number", name=op.f("uq_archival_code_series_id_number")),
        sa.UniqueConstraint("text", name=op.f("uq_archival_code_text")),
    )


def _sqlite() -> list[str]:
    statements = [
        (
            "CREATE TRIGGER code_gap BEFORE INSERT ON archival_code"
            f" WHEN NEW.number <> {NEXT} BEGIN SELECT RAISE(ABORT, 'code_gap'); END"
        )
    ]
    for table, same in SEALED.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, 'sealed_{table}'); END"
        statements += [
            f"CREATE TRIGGER sealed_{verb.lower()}_{table} BEFORE {verb} ON {table} {refuse}"
            for verb in ("UPDATE", "DELETE")
        ]
        taken = "uq_archival_code_text" if table == "archival_code" else f"sealed_{table}"
        statements.append(
            f"CREATE TRIGGER sealed_replace_{table} BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})"
            f" BEGIN SELECT RAISE(ABORT, '{taken}'); END"
        )
    return statements


def _postgresql() -> list[str]:
    statements = [
        (
            "CREATE FUNCTION refuse_code_gap() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN IF NEW.number <> {NEXT} THEN RAISE EXCEPTION 'code_gap'"
            " USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
        ),
        (
            "CREATE TRIGGER code_gap BEFORE INSERT ON archival_code"
            " FOR EACH ROW EXECUTE FUNCTION refuse_code_gap()"
        ),
        (
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'sealed_%%', TG_TABLE_NAME"
            " USING ERRCODE = 'check_violation'; END $$"
        ),
    ]
    for table in SEALED:
        statements += [
            (
                f"CREATE TRIGGER sealed_{table} BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            ),
            (
                f"CREATE TRIGGER sealed_truncate_{table} BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            ),
        ]
    return statements
