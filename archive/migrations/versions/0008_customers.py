"""Customer dossiers and the registers of special customers."""

import sqlalchemy as sa
from alembic import op

from archive.customers.sealed import Sealed
from archive.db import Instant, RowId

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("type", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("village", sa.String(length=60), nullable=False),
        sa.Column("house", sa.String(length=120), nullable=False),
        sa.Column("telephone", sa.String(length=20), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("registered_by_id", RowId, nullable=False),
        sa.Column("registered_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closing_paper", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("name <> '' AND village <> ''", name=op.f("ck_customer_named")),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_on IS NOT NULL)"
            " AND (state = 'closed') = (closing_paper <> '')",
            name=op.f("ck_customer_closing"),
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_customer_station_id")
        ),
        sa.ForeignKeyConstraint(
            ["registered_by_id"], ["person.id"], name=op.f("fk_customer_registered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("station_id", "number", name=op.f("uq_customer_station_id_number")),
    )
    op.create_index(
        op.f("ix_customer_station_id_village"), "customer", ["station_id", "village"], unique=False
    )
    op.create_table(
        "customer_reopening",
        sa.Column("id", RowId, nullable=False),
        sa.Column("customer_id", RowId, nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("closing_paper", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("reopened_by_id", RowId, nullable=False),
        sa.Column("reopened_at", Instant(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_customer_reopening_reason")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_customer_reopening_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["reopened_by_id"], ["person.id"], name=op.f("fk_customer_reopening_reopened_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_reopening")),
    )
    op.create_index(
        op.f("ix_customer_reopening_customer_id"),
        "customer_reopening",
        ["customer_id"],
        unique=False,
    )
    _create_register()
    connection = op.get_bind()
    rules = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    for statement in rules():
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    for table in (
        "special_look",
        "special_visit",
        "special_customer",
        "customer_reopening",
        "customer",
    ):
        op.drop_table(table)
    if connection.dialect.name == "postgresql":
        for function in ("check_customer", "refuse_frozen", "refuse_of_frozen"):
            connection.exec_driver_sql(f"DROP FUNCTION {function}()")


def _create_register() -> None:
    op.create_table(
        "special_customer",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("facts", Sealed(), nullable=False),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("consent_on", sa.Date(), nullable=False),
        sa.Column("consent_record_id", RowId, nullable=False),
        sa.Column("notice_version", sa.String(length=20), nullable=False),
        sa.Column("verified_by_id", RowId, nullable=False),
        sa.Column("registered_at", Instant(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'active') = (stopped_on IS NULL)", name=op.f("ck_special_customer_stopped")
        ),
        sa.ForeignKeyConstraint(
            ["consent_record_id"], ["record.id"], name=op.f("fk_special_customer_consent_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_special_customer_station_id")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["person.id"], name=op.f("fk_special_customer_verified_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_customer")),
        sa.UniqueConstraint(
            "station_id", "serial", name=op.f("uq_special_customer_station_id_serial")
        ),
    )
    op.create_index(
        "uq_special_customer_mark",
        "special_customer",
        ["mark"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "special_visit",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("special_id", sa.String(length=32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("made_by_id", RowId, nullable=True),
        sa.Column("note", Sealed(), nullable=True),
        sa.CheckConstraint(
            "(made_on IS NULL) = (made_by_id IS NULL)", name=op.f("ck_special_visit_made")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_special_visit_made_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["special_id"], ["special_customer.id"], name=op.f("fk_special_visit_special_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_visit")),
    )
    op.create_index(
        op.f("ix_special_visit_special_id_due_on"),
        "special_visit",
        ["special_id", "due_on"],
        unique=False,
    )
    op.create_table(
        "special_look",
        sa.Column("id", RowId, nullable=False),
        sa.Column("special_id", sa.String(length=32), nullable=False),
        sa.Column("by_id", RowId, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_special_look_by_id")),
        sa.ForeignKeyConstraint(
            ["special_id"], ["special_customer.id"], name=op.f("fk_special_look_special_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_look")),
    )
    op.create_index(
        op.f("ix_special_look_special_id_at"), "special_look", ["special_id", "at"], unique=False
    )


USES = {"special_visit": ("INSERT", "UPDATE"), "special_look": ("INSERT", "UPDATE")}
"""What is done with an entry of the register, and only while it is active (PIPL art. 47)."""

NOT_ACTIVE = """NOT EXISTS (SELECT 1 FROM special_customer s
    WHERE s.id = NEW.special_id AND s.state = 'active')"""


def _sqlite() -> list[str]:
    frozen = "BEGIN SELECT RAISE(ABORT, 'special_frozen'); END"
    return [
        *_sqlite_customers(),
        (
            "CREATE TRIGGER special_frozen BEFORE UPDATE ON special_customer"
            f" WHEN OLD.state <> 'active' {frozen}"
        ),
        *(
            f"CREATE TRIGGER special_frozen_{table}_{verb.lower()} BEFORE {verb} ON {table}"
            f" WHEN {NOT_ACTIVE} {frozen}"
            for table, verbs in USES.items()
            for verb in verbs
        ),
    ]


def _postgresql() -> list[str]:
    raised = "RAISE EXCEPTION 'special_frozen' USING ERRCODE = 'check_violation';"
    return [
        *_postgresql_customers(),
        (
            "CREATE FUNCTION refuse_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF OLD.state <> 'active' THEN {raised} END IF; RETURN NEW; END $$"
        ),
        (
            "CREATE FUNCTION refuse_of_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {NOT_ACTIVE} THEN {raised} END IF; RETURN NEW; END $$"
        ),
        (
            "CREATE TRIGGER special_frozen BEFORE UPDATE ON special_customer"
            " FOR EACH ROW EXECUTE FUNCTION refuse_frozen()"
        ),
        *(
            f"CREATE TRIGGER special_frozen_{table} BEFORE {' OR '.join(verbs)} ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_of_frozen()"
            for table, verbs in USES.items()
        ),
    ]


def _sqlite_customers() -> list[str]:
    refuse = "BEGIN SELECT RAISE(ABORT, 'customer_kept'); END"
    return [
        (
            "CREATE TRIGGER customer_kept_update BEFORE UPDATE OF number, station_id ON customer"
            f" WHEN NEW.number <> OLD.number OR NEW.station_id <> OLD.station_id {refuse}"
        ),
        f"CREATE TRIGGER customer_kept BEFORE DELETE ON customer {refuse}",
    ]


def _postgresql_customers() -> list[str]:
    return [
        (
            "CREATE FUNCTION check_customer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF TG_OP = 'DELETE' OR NEW.number <> OLD.number"
            " OR NEW.station_id <> OLD.station_id THEN RAISE EXCEPTION 'customer_kept'"
            " USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
        ),
        (
            "CREATE TRIGGER customer_rules BEFORE UPDATE OR DELETE ON customer"
            " FOR EACH ROW EXECUTE FUNCTION check_customer()"
        ),
    ]
