"""What a record holds besides its kind, the events that start clocks, and the law behind a period."""

import sqlalchemy as sa
from alembic import op

from archive.db import Instant, RowId

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SEALED = ("clock_event", "extended_period", "reclassification")
"""Rows that are never changed and never deleted."""

OF_THE_VERSION = """SELECT 1 FROM plan_content c, record r, record_kind k
    WHERE c.id = NEW.content_id AND r.id = NEW.record_id AND k.plan_id = c.plan_id
    AND (k.id = r.kind_id
         OR k.id IN (SELECT m.to_kind_id FROM reclassification m WHERE m.record_id = r.id))"""

ADOPTED = "EXISTS (SELECT 1 FROM file_plan p WHERE p.state = 'adopted' AND p.id = {})"

NOT_WITHDRAWN = (
    "OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL AND NEW.id = OLD.id"
    " AND NEW.record_id = OLD.record_id AND NEW.content_id = OLD.content_id"
    " AND NEW.added_by_id = OLD.added_by_id AND NEW.added_at = OLD.added_at"
)
"""The one change a row of ``record_content`` takes."""


def upgrade() -> None:
    op.add_column(
        "record_kind",
        sa.Column(
            "legal_basis", sa.String(length=200), server_default=sa.text("''"), nullable=False
        ),
    )
    _contents()
    _events()
    connection = op.get_bind()
    rules = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    for statement in rules():
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    for table in ("record_content", *SEALED, "plan_content"):
        op.drop_table(table)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION check_content()")
    op.drop_column("record_kind", "legal_basis")


def _contents() -> None:
    op.create_table(
        "plan_content",
        sa.Column("id", RowId, nullable=False),
        sa.Column("plan_id", RowId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("retention", sa.String(length=4), nullable=False),
        sa.Column("starts", sa.String(length=16), nullable=False),
        sa.Column("basis", sa.String(length=8), nullable=False),
        sa.Column("legal_basis", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["file_plan.id"], name=op.f("fk_plan_content_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_content")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_plan_content_plan_id_code")),
    )
    op.create_table(
        "record_content",
        sa.Column("id", RowId, nullable=False),
        sa.Column("record_id", RowId, nullable=False),
        sa.Column("content_id", RowId, nullable=False),
        sa.Column("added_by_id", RowId, nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("withdrawn_by_id", RowId, nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(withdrawn_by_id IS NULL) = (withdrawn_at IS NULL)"
            " AND (withdrawn_by_id IS NULL) = (reason = '')"
            " AND (withdrawn_by_id IS NULL OR withdrawn_by_id <> added_by_id)",
            name=op.f("ck_record_content_withdrawn"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_record_content_{column}"))
            for column, target in {
                "added_by_id": "person.id",
                "content_id": "plan_content.id",
                "record_id": "record.id",
                "withdrawn_by_id": "person.id",
            }.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_content")),
    )
    op.create_index(op.f("ix_record_content_content_id"), "record_content", ["content_id"])
    op.create_index(
        "uq_record_content",
        "record_content",
        ["record_id", "content_id"],
        unique=True,
        sqlite_where=sa.text("reason = ''"),
        postgresql_where=sa.text("reason = ''"),
    )


def _events() -> None:
    op.create_table(
        "clock_event",
        sa.Column("id", RowId, nullable=False),
        sa.Column("record_id", RowId, nullable=False),
        sa.Column("starts", sa.String(length=16), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("entered_by_id", RowId, nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.CheckConstraint("document <> ''", name=op.f("ck_clock_event_document")),
        sa.CheckConstraint(
            "starts NOT IN ('year-end', 'last-issue')", name=op.f("ck_clock_event_event")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], name=op.f("fk_clock_event_entered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_clock_event_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_event")),
    )
    op.create_index(op.f("ix_clock_event_record_id_starts"), "clock_event", ["record_id", "starts"])
    op.create_table(
        "extended_period",
        sa.Column("id", RowId, nullable=False),
        sa.Column("record_id", RowId, nullable=False),
        sa.Column("new_due_on", sa.Date(), nullable=False),
        sa.Column("appraisal_id", RowId, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("set_by_id", RowId, nullable=False),
        sa.Column("set_at", Instant(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_extended_period_reason")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_extended_period_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["person.id"], name=op.f("fk_extended_period_set_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extended_period")),
    )
    op.create_index(op.f("ix_extended_period_record_id"), "extended_period", ["record_id"])
    op.create_index(op.f("ix_extended_period_new_due_on"), "extended_period", ["new_due_on"])
    op.create_table(
        "reclassification",
        sa.Column("id", RowId, nullable=False),
        sa.Column("record_id", RowId, nullable=False),
        sa.Column("from_kind_id", RowId, nullable=False),
        sa.Column("to_kind_id", RowId, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_id", RowId, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint(
            "reason <> '' AND from_kind_id <> to_kind_id", name=op.f("ck_reclassification_reason")
        ),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_reclassification_{column}"))
            for column, target in {
                "by_id": "person.id",
                "from_kind_id": "record_kind.id",
                "record_id": "record.id",
                "to_kind_id": "record_kind.id",
            }.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reclassification")),
    )
    op.create_index(op.f("ix_reclassification_record_id"), "reclassification", ["record_id"])


def _sqlite() -> list[str]:
    statements = []
    for table in SEALED:
        refuse = f"BEGIN SELECT RAISE(ABORT, 'sealed_{table}'); END"
        statements += [
            f"CREATE TRIGGER sealed_{verb.lower()}_{table} BEFORE {verb} ON {table} {refuse}"
            for verb in ("UPDATE", "DELETE")
        ]
        statements.append(
            f"CREATE TRIGGER sealed_replace_{table} BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) {refuse}"
        )
    refuse = "BEGIN SELECT RAISE(ABORT, 'sealed_plan_content'); END"
    old, new = ADOPTED.format("OLD.plan_id"), ADOPTED.format("NEW.plan_id")
    taken = (
        "EXISTS (SELECT 1 FROM plan_content t JOIN file_plan p ON p.id = t.plan_id"
        " WHERE p.state = 'adopted' AND t.id = NEW.id)"
    )
    kept = "BEGIN SELECT RAISE(ABORT, 'content_kept'); END"
    return [
        *statements,
        (
            f"CREATE TRIGGER sealed_insert_plan_content BEFORE INSERT ON plan_content WHEN {new}"
            f" OR {taken} {refuse}"
        ),
        (
            f"CREATE TRIGGER sealed_update_plan_content BEFORE UPDATE ON plan_content"
            f" WHEN {old} OR {new} {refuse}"
        ),
        (
            f"CREATE TRIGGER sealed_delete_plan_content BEFORE DELETE ON plan_content"
            f" WHEN {old} {refuse}"
        ),
        f"CREATE TRIGGER content_kept BEFORE DELETE ON record_content {kept}",
        (
            f"CREATE TRIGGER content_kept_update BEFORE UPDATE ON record_content"
            f" WHEN NOT ({NOT_WITHDRAWN}) {kept}"
        ),
        "CREATE TRIGGER content_kept_replace BEFORE INSERT ON record_content"
        " WHEN EXISTS (SELECT 1 FROM record_content WHERE id = NEW.id) " + kept,
        (
            "CREATE TRIGGER content_of_another_version BEFORE INSERT ON record_content"
            f" WHEN NOT EXISTS ({OF_THE_VERSION})"
            " BEGIN SELECT RAISE(ABORT, 'content_of_another_version'); END"
        ),
    ]


def _postgresql() -> list[str]:
    statements = []
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
    refuse = "RAISE EXCEPTION '{}' USING ERRCODE = 'check_violation'; END IF;"
    return [
        *statements,
        (
            "CREATE TRIGGER sealed_plan_content BEFORE INSERT OR UPDATE OR DELETE ON plan_content"
            " FOR EACH ROW EXECUTE FUNCTION refuse_line_change()"
        ),
        (
            "CREATE TRIGGER sealed_truncate_plan_content BEFORE TRUNCATE ON plan_content"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        ),
        (
            "CREATE FUNCTION check_content() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF TG_OP = 'DELETE' THEN {refuse.format('content_kept').removesuffix('END IF;')}"
            f" ELSIF TG_OP = 'UPDATE' THEN IF NOT ({NOT_WITHDRAWN})"
            f" THEN {refuse.format('content_kept')}"
            f" ELSIF NOT EXISTS ({OF_THE_VERSION})"
            f" THEN {refuse.format('content_of_another_version')}"
            " RETURN NEW; END $$"
        ),
        (
            "CREATE TRIGGER content_rules BEFORE INSERT OR UPDATE OR DELETE ON record_content"
            " FOR EACH ROW EXECUTE FUNCTION check_content()"
        ),
        (
            "CREATE TRIGGER sealed_truncate_record_content BEFORE TRUNCATE ON record_content"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        ),
    ]
