"""Customer dossiers and the registers of special customers."""

import sqlalchemy as sa
from alembic import op

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
    connection = op.get_bind()
    rules = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    for statement in rules():
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    op.drop_table("customer_reopening")
    op.drop_table("customer")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION check_customer()")


def _sqlite() -> list[str]:
    refuse = "BEGIN SELECT RAISE(ABORT, 'customer_kept'); END"
    return [
        (
            "CREATE TRIGGER customer_kept_update BEFORE UPDATE OF number, station_id ON customer"
            f" WHEN NEW.number <> OLD.number OR NEW.station_id <> OLD.station_id {refuse}"
        ),
        f"CREATE TRIGGER customer_kept BEFORE DELETE ON customer {refuse}",
    ]


def _postgresql() -> list[str]:
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
