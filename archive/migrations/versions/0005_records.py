"""Records and their pairs; no record is archived unpaired, in the database itself [seed 5.3]."""

import sqlalchemy as sa
from alembic import op

from archive.db import Instant, RowId

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SETTLED = """SELECT 1 FROM pair p WHERE p.record_id = NEW.id
    AND p.state = 'paired' AND p.paper = 'placed'"""


def upgrade() -> None:
    op.create_table(
        "record",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("kind_id", RowId, nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("formed_on", sa.Date(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("document_number", sa.String(length=60), nullable=False),
        sa.Column("parties", sa.String(length=200), nullable=False),
        sa.Column("customer_number", sa.String(length=20), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("filed_by_id", RowId, nullable=False),
        sa.Column("filed_at", Instant(), nullable=False),
        sa.Column("archived_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("title <> ''", name=op.f("ck_record_title")),
        sa.CheckConstraint("pages >= 0", name=op.f("ck_record_pages")),
        sa.ForeignKeyConstraint(["code"], ["archival_code.text"], name=op.f("fk_record_code")),
        sa.ForeignKeyConstraint(["filed_by_id"], ["person.id"], name=op.f("fk_record_filed_by_id")),
        sa.ForeignKeyConstraint(["kind_id"], ["record_kind.id"], name=op.f("fk_record_kind_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_record_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("code", name=op.f("uq_record_code")),
    )
    op.create_index(op.f("ix_record_customer_number"), "record", ["customer_number"], unique=False)
    op.create_index(
        op.f("ix_record_station_id_kind_id_formed_on"),
        "record",
        ["station_id", "kind_id", "formed_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_record_station_id_year"), "record", ["station_id", "year"], unique=False
    )
    op.create_index(
        op.f("ix_record_station_id_filed_at"), "record", ["station_id", "filed_at"], unique=False
    )
    op.create_index(op.f("ix_record_filed_at"), "record", ["filed_at"], unique=False)
    op.create_table(
        "pair",
        sa.Column("record_id", RowId, autoincrement=False, nullable=False),
        sa.Column("electronic", sa.String(length=12), nullable=False),
        sa.Column("paper", sa.String(length=12), nullable=False),
        sa.Column("comparison", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("electronic_pages", sa.Integer(), nullable=False),
        sa.Column("electronic_digest", sa.String(length=64), nullable=False),
        sa.Column("scanned_by_id", RowId, nullable=True),
        sa.Column("paper_pages", sa.Integer(), nullable=False),
        sa.Column("paper_registered_by_id", RowId, nullable=True),
        sa.Column("paper_registered_at", Instant(), nullable=True),
        sa.Column("compared_by_id", RowId, nullable=True),
        sa.Column("compared_at", Instant(), nullable=True),
        sa.Column("compared_digest", sa.String(length=64), nullable=False),
        sa.Column("difference", sa.String(length=500), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(comparison = 'none') = (compared_by_id IS NULL) AND (comparison <> 'matched' OR (electronic_pages = paper_pages AND compared_digest = electronic_digest))",
            name=op.f("ck_pair_compared"),
        ),
        sa.CheckConstraint(
            "state = CASE WHEN electronic IN ('destroyed') AND paper IN ('destroyed') THEN 'destroyed' WHEN electronic IN ('corrupt') THEN 'e-corrupt' WHEN paper IN ('missing') THEN 'paper-missing' WHEN paper IN ('out') THEN 'paper-out' WHEN electronic IN ('absent', 'destroyed') THEN 'p-only' WHEN paper IN ('destroyed', 'expected') THEN 'e-only' WHEN comparison IN ('mismatched') THEN 'mismatch' WHEN comparison IN ('matched') THEN 'paired' WHEN 1 = 1 THEN 'uncompared' END",
            name=op.f("ck_pair_state"),
        ),
        sa.CheckConstraint(
            "compared_by_id IS NULL OR scanned_by_id IS NULL OR compared_by_id <> scanned_by_id",
            name=op.f("ck_pair_second_person"),
        ),
        sa.ForeignKeyConstraint(
            ["compared_by_id"], ["person.id"], name=op.f("fk_pair_compared_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["paper_registered_by_id"], ["person.id"], name=op.f("fk_pair_paper_registered_by_id")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_pair_record_id")),
        sa.ForeignKeyConstraint(
            ["scanned_by_id"], ["person.id"], name=op.f("fk_pair_scanned_by_id")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_pair")),
    )
    op.create_index(op.f("ix_pair_state"), "pair", ["state"], unique=False)
    connection = op.get_bind()
    rules = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    for statement in rules():
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    op.drop_table("pair")
    op.drop_table("record")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION check_record()")


def _sqlite() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, 'archived_unpaired') WHERE NOT EXISTS ({SETTLED}); END"
    archived = "WHEN NEW.state = 'archived'"
    return [
        f"CREATE TRIGGER archived_unpaired BEFORE INSERT ON record {archived} {refuse}",
        (
            "CREATE TRIGGER archived_unpaired_update BEFORE UPDATE OF state ON record"
            f" {archived} AND OLD.state <> 'archived' {refuse}"
        ),
        (
            "CREATE TRIGGER record_code_kept BEFORE UPDATE OF code, kind_id, station_id ON record"
            " WHEN NEW.code <> OLD.code OR NEW.kind_id <> OLD.kind_id"
            " OR NEW.station_id <> OLD.station_id"
            " BEGIN SELECT RAISE(ABORT, 'record_code_kept'); END"
        ),
        (
            "CREATE TRIGGER record_kept BEFORE DELETE ON record"
            " BEGIN SELECT RAISE(ABORT, 'record_kept'); END"
        ),
    ]


def _postgresql() -> list[str]:
    return [
        (
            "CREATE FUNCTION check_record() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'record_kept'"
            " USING ERRCODE = 'check_violation'; END IF;"
            " IF TG_OP = 'UPDATE' AND (NEW.code <> OLD.code OR NEW.kind_id <> OLD.kind_id"
            " OR NEW.station_id <> OLD.station_id) THEN RAISE EXCEPTION 'record_code_kept'"
            " USING ERRCODE = 'check_violation'; END IF;"
            " IF NEW.state = 'archived' AND (TG_OP = 'INSERT' OR OLD.state <> 'archived')"
            f" AND NOT EXISTS ({SETTLED}) THEN RAISE EXCEPTION 'archived_unpaired'"
            " USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
        ),
        (
            "CREATE TRIGGER record_rules BEFORE INSERT OR UPDATE OR DELETE ON record"
            " FOR EACH ROW EXECUTE FUNCTION check_record()"
        ),
    ]
