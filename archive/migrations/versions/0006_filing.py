"""Deliveries, their pages, and the electronic copies filed of them."""

import sqlalchemy as sa
from alembic import op

from archive.db import Instant, RowId

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("received_by_id", RowId, nullable=True),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.Column("reader", sa.String(length=80), nullable=False),
        sa.Column("failure", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["received_by_id"], ["person.id"], name=op.f("fk_delivery_received_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_delivery_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("station_id", "sha256", name=op.f("uq_delivery_station_id_sha256")),
    )
    op.create_index(op.f("ix_delivery_state"), "delivery", ["state"], unique=False)
    op.create_table(
        "delivered_file",
        sa.Column("id", RowId, nullable=False),
        sa.Column("delivery_id", RowId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sm3", sa.String(length=64), nullable=False),
        sa.Column("object_key", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_delivered_file_delivery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivered_file")),
        sa.UniqueConstraint(
            "delivery_id", "position", name=op.f("uq_delivered_file_delivery_id_position")
        ),
        sa.UniqueConstraint("object_key", name=op.f("uq_delivered_file_object_key")),
    )
    op.create_table(
        "draft",
        sa.Column("id", RowId, nullable=False),
        sa.Column("delivery_id", RowId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("kind_id", RowId, nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("formed_on", sa.Date(), nullable=True),
        sa.Column("document_number", sa.String(length=60), nullable=False),
        sa.Column("parties", sa.String(length=200), nullable=False),
        sa.Column("customer_number", sa.String(length=20), nullable=False),
        sa.Column("proposed", sa.JSON(), nullable=False),
        sa.Column("attach_to_id", RowId, nullable=True),
        sa.Column("record_id", RowId, nullable=True),
        sa.Column("settled_by_id", RowId, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'filed') = (record_id IS NOT NULL)", name=op.f("ck_draft_filed")
        ),
        sa.ForeignKeyConstraint(
            ["attach_to_id"], ["record.id"], name=op.f("fk_draft_attach_to_id")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_draft_delivery_id")
        ),
        sa.ForeignKeyConstraint(["kind_id"], ["record_kind.id"], name=op.f("fk_draft_kind_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_draft_record_id")),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_draft_settled_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("delivery_id", "position", name=op.f("uq_draft_delivery_id_position")),
    )
    op.create_index(op.f("ix_draft_state"), "draft", ["state"], unique=False)
    op.create_table(
        "electronic_copy",
        sa.Column("id", RowId, nullable=False),
        sa.Column("record_id", RowId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("brought_by_id", RowId, nullable=True),
        sa.Column("rendition_key", sa.String(length=80), nullable=False),
        sa.Column("rendition_sha256", sa.String(length=64), nullable=False),
        sa.Column("rendition_sm3", sa.String(length=64), nullable=False),
        sa.Column("rendition_size", sa.BigInteger(), nullable=False),
        sa.Column("rendition_tool", sa.String(length=80), nullable=False),
        sa.Column("rendition_at", Instant(), nullable=True),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.Column("sound", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brought_by_id"], ["person.id"], name=op.f("fk_electronic_copy_brought_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_electronic_copy_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_electronic_copy")),
        sa.UniqueConstraint(
            "record_id", "number", name=op.f("uq_electronic_copy_record_id_number")
        ),
    )
    op.create_table(
        "delivered_page",
        sa.Column("id", RowId, nullable=False),
        sa.Column("delivery_id", RowId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_id", RowId, nullable=False),
        sa.Column("page_in_file", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("turned", sa.Integer(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("payload", sa.String(length=120), nullable=False),
        sa.Column("image_key", sa.String(length=80), nullable=False),
        sa.Column("thumb_key", sa.String(length=80), nullable=False),
        sa.Column("image_sha256", sa.String(length=64), nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
        sa.Column("draft_id", RowId, nullable=True),
        sa.Column("set_aside", sa.String(length=16), nullable=False),
        sa.Column("set_aside_note", sa.String(length=200), nullable=False),
        sa.Column("set_aside_by_id", RowId, nullable=True),
        sa.Column("copy_id", RowId, nullable=True),
        sa.Column("copy_position", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(copy_id IS NULL) = (copy_position IS NULL) AND (copy_id IS NULL OR set_aside = '')",
            name=op.f("ck_delivered_page_one_place"),
        ),
        sa.ForeignKeyConstraint(
            ["copy_id"], ["electronic_copy.id"], name=op.f("fk_delivered_page_copy_id")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_delivered_page_delivery_id")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_delivered_page_draft_id")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["delivered_file.id"], name=op.f("fk_delivered_page_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["set_aside_by_id"], ["person.id"], name=op.f("fk_delivered_page_set_aside_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivered_page")),
        sa.UniqueConstraint(
            "copy_id", "copy_position", name=op.f("uq_delivered_page_copy_id_copy_position")
        ),
        sa.UniqueConstraint(
            "delivery_id", "number", name=op.f("uq_delivered_page_delivery_id_number")
        ),
    )
    op.create_index(
        op.f("ix_delivered_page_draft_id"), "delivered_page", ["draft_id"], unique=False
    )
    connection = op.get_bind()
    rules = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    for statement in rules():
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    for table in ("delivered_page", "electronic_copy", "draft", "delivered_file", "delivery"):
        op.drop_table(table)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION check_page()")


def _sqlite() -> list[str]:
    refuse = "BEGIN SELECT RAISE(ABORT, 'page_kept'); END"
    return [
        (
            "CREATE TRIGGER page_kept BEFORE UPDATE OF copy_id, copy_position ON delivered_page"
            " WHEN OLD.copy_id IS NOT NULL AND (NEW.copy_id IS NOT OLD.copy_id"
            f" OR NEW.copy_position IS NOT OLD.copy_position) {refuse}"
        ),
        f"CREATE TRIGGER page_kept_delete BEFORE DELETE ON delivered_page {refuse}",
    ]


def _postgresql() -> list[str]:
    return [
        (
            "CREATE FUNCTION check_page() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF TG_OP = 'DELETE' OR (OLD.copy_id IS NOT NULL"
            " AND (NEW.copy_id IS DISTINCT FROM OLD.copy_id"
            " OR NEW.copy_position IS DISTINCT FROM OLD.copy_position))"
            " THEN RAISE EXCEPTION 'page_kept' USING ERRCODE = 'check_violation'; END IF;"
            " RETURN NEW; END $$"
        ),
        (
            "CREATE TRIGGER page_kept BEFORE UPDATE OR DELETE ON delivered_page"
            " FOR EACH ROW EXECUTE FUNCTION check_page()"
        ),
    ]
