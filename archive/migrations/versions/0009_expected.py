"""What is expected, and what an import brought."""

import sqlalchemy as sa
from alembic import op

from archive.db import Instant, RowId

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "filing_start",
        sa.Column("station_id", RowId, autoincrement=False, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("set_by_id", RowId, nullable=False),
        sa.Column("set_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_filing_start_station_id")
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["person.id"], name=op.f("fk_filing_start_set_by_id")
        ),
        sa.PrimaryKeyConstraint("station_id", name=op.f("pk_filing_start")),
    )
    op.create_table(
        "filing_duty",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("kind_code", sa.String(length=40), nullable=False),
        sa.Column("person_id", RowId, nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_filing_duty_station_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_filing_duty_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_duty")),
        sa.UniqueConstraint(
            "station_id", "kind_code", name=op.f("uq_filing_duty_station_id_kind_code")
        ),
    )
    op.create_table(
        "filing_settlement",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("kind_code", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("record_id", RowId, nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("settled_by_id", RowId, nullable=False),
        sa.Column("settled_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(record_id IS NULL) = (reason <> '')", name=op.f("ck_filing_settlement_either")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_filing_settlement_station_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_filing_settlement_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_filing_settlement_settled_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_settlement")),
        sa.UniqueConstraint(
            "station_id",
            "kind_code",
            "period",
            name=op.f("uq_filing_settlement_station_id_kind_code_period"),
        ),
    )


def downgrade() -> None:
    for table in ("filing_settlement", "filing_duty", "filing_start"):
        op.drop_table(table)
