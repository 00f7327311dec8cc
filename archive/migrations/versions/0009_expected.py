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

    _create_imports()


def downgrade() -> None:
    for table in (
        "imported_row",
        "import_row",
        "import_columns",
        "import_run",
        "filing_settlement",
        "filing_duty",
        "filing_start",
    ):
        op.drop_table(table)


def _create_imports() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("target", sa.String(length=12), nullable=False),
        sa.Column("register", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("received_by_id", RowId, nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("kind_code", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("begun_by_id", RowId, nullable=True),
        sa.Column("begun_at", Instant(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("note", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["begun_by_id"], ["person.id"], name=op.f("fk_import_run_begun_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["received_by_id"], ["person.id"], name=op.f("fk_import_run_received_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_import_run_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index(
        op.f("ix_import_run_station_id_received_at"),
        "import_run",
        ["station_id", "received_at"],
        unique=False,
    )
    op.create_table(
        "import_row",
        sa.Column("id", RowId, nullable=False),
        sa.Column("run_id", RowId, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("record_id", RowId, nullable=True),
        sa.Column("customer_id", RowId, nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_import_row_customer_id")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_import_row_record_id")),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_import_row_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_row")),
        sa.UniqueConstraint("run_id", "line", name=op.f("uq_import_row_run_id_line")),
    )
    op.create_index(
        op.f("ix_import_row_run_id_outcome_line"),
        "import_row",
        ["run_id", "outcome", "line"],
        unique=False,
    )
    op.create_table(
        "imported_row",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("target", sa.String(length=12), nullable=False),
        sa.Column("register", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("old_code", sa.String(length=80), nullable=False),
        sa.Column("record_id", RowId, nullable=True),
        sa.Column("customer_id", RowId, nullable=True),
        sa.CheckConstraint(
            "(record_id IS NULL) <> (customer_id IS NULL)", name=op.f("ck_imported_row_one")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_imported_row_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_imported_row_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_imported_row_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_row")),
        sa.UniqueConstraint(
            "station_id", "target", "register", "digest", name="uq_imported_row_once"
        ),
    )
    op.create_index(
        "uq_imported_row_old_code",
        "imported_row",
        ["station_id", "target", "register", "old_code"],
        unique=True,
        sqlite_where=sa.text("old_code <> ''"),
        postgresql_where=sa.text("old_code <> ''"),
    )
    op.create_table(
        "import_columns",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("target", sa.String(length=12), nullable=False),
        sa.Column("register", sa.String(length=80), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("kind_code", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_import_columns_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_columns")),
        sa.UniqueConstraint(
            "station_id",
            "target",
            "register",
            name=op.f("uq_import_columns_station_id_target_register"),
        ),
    )
