"""The foundation: people, trail, promises, and the custody of invoices."""

import sqlalchemy as sa
from alembic import op

from archive.db import Instant, Kwh, OrderedText, RowId
from archive.migrations.rules import create_rules, drop_rules

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invoice_kind",
        sa.Column("id", RowId, nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("code_digits", sa.Integer(), nullable=False),
        sa.Column("number_digits", sa.Integer(), nullable=False),
        sa.Column("book_size", sa.Integer(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_kind")),
        sa.UniqueConstraint("code", name=op.f("uq_invoice_kind_code")),
    )
    op.create_table(
        "person",
        sa.Column("id", RowId, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("code", name=op.f("uq_person_code")),
    )
    op.create_table(
        "promise",
        sa.Column("id", RowId, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.String(length=60), nullable=False),
        sa.Column("leased_until", Instant(), nullable=True),
        sa.Column("kept_at", Instant(), nullable=True),
        sa.Column("given_up_at", Instant(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    op.create_index(
        op.f("ix_promise_kept_at_due_at"), "promise", ["kept_at", "due_at"], unique=False
    )
    op.create_table(
        "station",
        sa.Column("id", RowId, nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
        sa.UniqueConstraint("code", name=op.f("uq_station_code")),
    )
    op.create_table(
        "trail_entry",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_trail_entry")),
    )
    op.create_index(op.f("ix_trail_entry_actor_seq"), "trail_entry", ["actor", "seq"], unique=False)
    op.create_index(op.f("ix_trail_entry_event"), "trail_entry", ["event"], unique=False)
    op.create_index(
        op.f("ix_trail_entry_subject_seq"), "trail_entry", ["subject", "seq"], unique=False
    )
    op.create_table(
        "trail_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail_head")),
    )
    op.create_table(
        "appointment",
        sa.Column("id", RowId, nullable=False),
        sa.Column("person_id", RowId, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("station_id", RowId, nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_appointment_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_appointment_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    op.create_index(op.f("ix_appointment_person_id"), "appointment", ["person_id"], unique=False)
    op.create_table(
        "sign_in",
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", RowId, nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_person_id"), "sign_in", ["person_id"], unique=False)
    op.create_table(
        "usage_plan",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("kind_id", RowId, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("supplement", sa.Integer(), nullable=False),
        sa.Column("books", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("author_id", RowId, nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("decided_by_id", RowId, nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("books > 0", name=op.f("ck_usage_plan_books")),
        sa.CheckConstraint("quarter BETWEEN 1 AND 4", name=op.f("ck_usage_plan_quarter")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_usage_plan_author_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_usage_plan_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["invoice_kind.id"], name=op.f("fk_usage_plan_kind_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_usage_plan_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_plan")),
        sa.UniqueConstraint(
            "station_id",
            "year",
            "quarter",
            "kind_id",
            "supplement",
            name=op.f("uq_usage_plan_station_id_year_quarter_kind_id_supplement"),
        ),
    )
    op.create_table(
        "volume",
        sa.Column("id", RowId, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("collector_id", RowId, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("collected_from", sa.Date(), nullable=False),
        sa.Column("collected_to", sa.Date(), nullable=False),
        sa.Column("sets", sa.Integer(), nullable=False),
        sa.Column("void_sets", sa.Integer(), nullable=False),
        sa.Column("void_numbers", sa.JSON(), nullable=False),
        sa.Column("kwh", Kwh(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("bound_by_id", RowId, nullable=False),
        sa.Column("bound_at", Instant(), nullable=False),
        sa.Column("signed_by_id", RowId, nullable=True),
        sa.Column("signed_at", Instant(), nullable=True),
        sa.Column("signed_digest", sa.String(length=64), nullable=False),
        sa.Column("sealed_by_id", RowId, nullable=True),
        sa.Column("sealed_at", Instant(), nullable=True),
        sa.Column("submitted_by_id", RowId, nullable=True),
        sa.Column("submitted_at", Instant(), nullable=True),
        sa.Column("open_findings", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bound_by_id"], ["person.id"], name=op.f("fk_volume_bound_by_id")),
        sa.ForeignKeyConstraint(
            ["collector_id"], ["person.id"], name=op.f("fk_volume_collector_id")
        ),
        sa.ForeignKeyConstraint(
            ["sealed_by_id"], ["person.id"], name=op.f("fk_volume_sealed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["person.id"], name=op.f("fk_volume_signed_by_id")
        ),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_volume_station_id")),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["person.id"], name=op.f("fk_volume_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volume")),
        sa.UniqueConstraint("code", name=op.f("uq_volume_code")),
    )
    op.create_index("ix_volume_month", "volume", ["station_id", "month"], unique=False)
    op.create_index("ix_volume_station_state", "volume", ["station_id", "state"], unique=False)
    op.create_table(
        "scan",
        sa.Column("id", RowId, nullable=False),
        sa.Column("volume_id", RowId, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("received_by_id", RowId, nullable=True),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.Column("reader", sa.String(length=80), nullable=False),
        sa.Column("failure", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["received_by_id"], ["person.id"], name=op.f("fk_scan_received_by_id")
        ),
        sa.ForeignKeyConstraint(["volume_id"], ["volume.id"], name=op.f("fk_scan_volume_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        sa.UniqueConstraint("volume_id", "sha256", name=op.f("uq_scan_volume_id_sha256")),
    )
    op.create_index(op.f("ix_scan_state"), "scan", ["state"], unique=False)
    op.create_table(
        "verification",
        sa.Column("id", RowId, nullable=False),
        sa.Column("volume_id", RowId, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("submitted_by_id", RowId, nullable=False),
        sa.Column("submitted_at", Instant(), nullable=False),
        sa.Column("stub_book_ids", sa.JSON(), nullable=False),
        sa.Column("check_list", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("decided_by_id", RowId, nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("voided_at", Instant(), nullable=True),
        sa.Column("void_reason", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_verification_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["person.id"], name=op.f("fk_verification_submitted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["volume_id"], ["volume.id"], name=op.f("fk_verification_volume_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
    )
    op.create_index(
        op.f("ix_verification_volume_id_state"),
        "verification",
        ["volume_id", "state"],
        unique=False,
    )
    op.create_index(
        "uq_verification_open",
        "verification",
        ["volume_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "uq_verification_signed",
        "verification",
        ["volume_id"],
        unique=True,
        sqlite_where=sa.text("state = 'signed'"),
        postgresql_where=sa.text("state = 'signed'"),
    )
    op.create_table(
        "clearance",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("verification_id", RowId, nullable=True),
        sa.Column("granted_by_id", RowId, nullable=False),
        sa.Column("granted_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("voided_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'verification') = (verification_id IS NOT NULL)",
            name=op.f("ck_clearance_basis"),
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["person.id"], name=op.f("fk_clearance_granted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_clearance_station_id")
        ),
        sa.ForeignKeyConstraint(
            ["verification_id"], ["verification.id"], name=op.f("fk_clearance_verification_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearance")),
        sa.UniqueConstraint("verification_id", name=op.f("uq_clearance_verification_id")),
    )
    op.create_index(
        op.f("ix_clearance_station_id_granted_at"),
        "clearance",
        ["station_id", "granted_at"],
        unique=False,
    )
    op.create_table(
        "found_stub",
        sa.Column("id", RowId, nullable=False),
        sa.Column("scan_id", RowId, nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("box", sa.JSON(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("code", sa.String(length=12), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("certain", sa.Boolean(), nullable=False),
        sa.Column("doubt", sa.String(length=40), nullable=False),
        sa.Column("void_box", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("void_confidence", sa.Double(), nullable=False),
        sa.Column("void_certain", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_found_stub_scan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_found_stub")),
    )
    op.create_index(
        op.f("ix_found_stub_scan_id_page"), "found_stub", ["scan_id", "page"], unique=False
    )
    op.create_table(
        "scan_file",
        sa.Column("id", RowId, nullable=False),
        sa.Column("scan_id", RowId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sm3", sa.String(length=64), nullable=False),
        sa.Column("object_key", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_scan_file_scan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_file")),
        sa.UniqueConstraint("object_key", name=op.f("uq_scan_file_object_key")),
        sa.UniqueConstraint("scan_id", "position", name=op.f("uq_scan_file_scan_id_position")),
    )
    op.create_table(
        "scan_page",
        sa.Column("id", RowId, nullable=False),
        sa.Column("scan_id", RowId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("turned", sa.Integer(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("image_key", sa.String(length=80), nullable=False),
        sa.Column("thumb_key", sa.String(length=80), nullable=False),
        sa.Column("image_sha256", sa.String(length=64), nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_scan_page_scan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_page")),
        sa.UniqueConstraint("scan_id", "number", name=op.f("uq_scan_page_scan_id_number")),
    )
    op.create_table(
        "book_request",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("kind_id", RowId, nullable=False),
        sa.Column("plan_id", RowId, nullable=False),
        sa.Column("clearance_id", RowId, nullable=False),
        sa.Column("books", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("requested_by_id", RowId, nullable=False),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("waived", sa.JSON(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("books > 0", name=op.f("ck_book_request_books")),
        sa.ForeignKeyConstraint(
            ["clearance_id"], ["clearance.id"], name=op.f("fk_book_request_clearance_id")
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["invoice_kind.id"], name=op.f("fk_book_request_kind_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["usage_plan.id"], name=op.f("fk_book_request_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["person.id"], name=op.f("fk_book_request_requested_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_book_request_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_request")),
    )
    op.create_index("ix_book_request_plan", "book_request", ["plan_id", "state"], unique=False)
    op.create_index(
        "ix_book_request_station", "book_request", ["station_id", "requested_at"], unique=False
    )
    op.create_index(
        "uq_book_request_clearance",
        "book_request",
        ["clearance_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_table(
        "settlement",
        sa.Column("id", RowId, nullable=False),
        sa.Column("scan_id", RowId, nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("stub_id", RowId, nullable=True),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("code", sa.String(length=12), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("settled_by_id", RowId, nullable=False),
        sa.Column("settled_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_settlement_scan_id")),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_settlement_settled_by_id")
        ),
        sa.ForeignKeyConstraint(["stub_id"], ["found_stub.id"], name=op.f("fk_settlement_stub_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
    )
    op.create_index(op.f("ix_settlement_scan_id"), "settlement", ["scan_id"], unique=False)
    op.create_table(
        "book",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("kind_id", RowId, nullable=False),
        sa.Column("request_id", RowId, nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("first", sa.String(length=20), nullable=False),
        sa.Column("last", sa.String(length=20), nullable=False),
        sa.Column("first_key", OrderedText, nullable=False),
        sa.Column("last_key", OrderedText, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("holder_id", RowId, nullable=True),
        sa.Column("used_through", sa.String(length=20), nullable=True),
        sa.Column("used_up_on", sa.Date(), nullable=True),
        sa.Column("stub_handed_in_at", Instant(), nullable=True),
        sa.Column("issued_by_id", RowId, nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "first_key = code || ':' || CASE WHEN length(first) < 10 THEN '0' ELSE '' END || length(first) || ':' || first",
            name=op.f("ck_book_first_key"),
        ),
        sa.CheckConstraint(
            "last_key = code || ':' || CASE WHEN length(last) < 10 THEN '0' ELSE '' END || length(last) || ':' || last",
            name=op.f("ck_book_last_key"),
        ),
        sa.CheckConstraint("first_key <= last_key", name=op.f("ck_book_order")),
        sa.CheckConstraint("length(first) = length(last)", name=op.f("ck_book_width")),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"], name=op.f("fk_book_holder_id")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["person.id"], name=op.f("fk_book_issued_by_id")),
        sa.ForeignKeyConstraint(["kind_id"], ["invoice_kind.id"], name=op.f("fk_book_kind_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["book_request.id"], name=op.f("fk_book_request_id")
        ),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_book_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book")),
        sa.UniqueConstraint("first_key", name=op.f("uq_book_first_key")),
    )
    op.create_index(op.f("ix_book_holder_id"), "book", ["holder_id"], unique=False)
    op.create_index(op.f("ix_book_last_key"), "book", ["last_key"], unique=False)
    op.create_index(op.f("ix_book_request_id"), "book", ["request_id"], unique=False)
    op.create_index("ix_book_station_state", "book", ["station_id", "state"], unique=False)
    op.create_table(
        "handover",
        sa.Column("id", RowId, nullable=False),
        sa.Column("book_id", RowId, nullable=False),
        sa.Column("giver_id", RowId, nullable=False),
        sa.Column("receiver_id", RowId, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("offered_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("used_through", sa.String(length=20), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("giver_id <> receiver_id", name=op.f("ck_handover_two_persons")),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_handover_book_id")),
        sa.ForeignKeyConstraint(["giver_id"], ["person.id"], name=op.f("fk_handover_giver_id")),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["person.id"], name=op.f("fk_handover_receiver_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index(
        op.f("ix_handover_receiver_id_state"), "handover", ["receiver_id", "state"], unique=False
    )
    op.create_index(
        "uq_handover_open",
        "handover",
        ["book_id"],
        unique=True,
        sqlite_where=sa.text("state = 'offered'"),
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_table(
        "use_entry",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("book_id", RowId, nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("first", sa.String(length=20), nullable=False),
        sa.Column("last", sa.String(length=20), nullable=False),
        sa.Column("first_key", OrderedText, nullable=False),
        sa.Column("last_key", OrderedText, nullable=False),
        sa.Column("kwh", Kwh(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by_id", RowId, nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("volume_id", RowId, nullable=True),
        sa.CheckConstraint(
            "first_key = code || ':' || CASE WHEN length(first) < 10 THEN '0' ELSE '' END || length(first) || ':' || first",
            name=op.f("ck_use_entry_first_key"),
        ),
        sa.CheckConstraint(
            "last_key = code || ':' || CASE WHEN length(last) < 10 THEN '0' ELSE '' END || length(last) || ':' || last",
            name=op.f("ck_use_entry_last_key"),
        ),
        sa.CheckConstraint("first_key <= last_key", name=op.f("ck_use_entry_order")),
        sa.CheckConstraint("kwh >= 0", name=op.f("ck_use_entry_kwh")),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_use_entry_book_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_use_entry_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_use_entry_station_id")
        ),
        sa.ForeignKeyConstraint(["volume_id"], ["volume.id"], name=op.f("fk_use_entry_volume_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use_entry")),
        sa.UniqueConstraint("first_key", name=op.f("uq_use_entry_first_key")),
    )
    op.create_index(
        op.f("ix_use_entry_book_id_first_key"), "use_entry", ["book_id", "first_key"], unique=False
    )
    op.create_index(
        "ix_use_entry_unbound", "use_entry", ["station_id", "volume_id", "used_on"], unique=False
    )
    op.create_index(op.f("ix_use_entry_volume_id"), "use_entry", ["volume_id"], unique=False)
    op.create_table(
        "void_entry",
        sa.Column("id", RowId, nullable=False),
        sa.Column("book_id", RowId, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("number_key", OrderedText, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("copies_kept", sa.Integer(), nullable=False),
        sa.Column("voided_on", sa.Date(), nullable=False),
        sa.Column("recorded_by_id", RowId, nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_void_entry_book_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_void_entry_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_void_entry")),
        sa.UniqueConstraint("number_key", name=op.f("uq_void_entry_number_key")),
    )
    op.create_index(op.f("ix_void_entry_book_id"), "void_entry", ["book_id"], unique=False)
    op.create_table(
        "volume_run",
        sa.Column("id", RowId, nullable=False),
        sa.Column("volume_id", RowId, nullable=False),
        sa.Column("book_id", RowId, nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("first", sa.String(length=20), nullable=False),
        sa.Column("last", sa.String(length=20), nullable=False),
        sa.Column("first_key", OrderedText, nullable=False),
        sa.Column("last_key", OrderedText, nullable=False),
        sa.CheckConstraint(
            "first_key = code || ':' || CASE WHEN length(first) < 10 THEN '0' ELSE '' END || length(first) || ':' || first",
            name=op.f("ck_volume_run_first_key"),
        ),
        sa.CheckConstraint(
            "last_key = code || ':' || CASE WHEN length(last) < 10 THEN '0' ELSE '' END || length(last) || ':' || last",
            name=op.f("ck_volume_run_last_key"),
        ),
        sa.CheckConstraint("first_key <= last_key", name=op.f("ck_volume_run_order")),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_volume_run_book_id")),
        sa.ForeignKeyConstraint(["volume_id"], ["volume.id"], name=op.f("fk_volume_run_volume_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volume_run")),
        sa.UniqueConstraint("first_key", name=op.f("uq_volume_run_first_key")),
    )
    op.create_index(op.f("ix_volume_run_book_id"), "volume_run", ["book_id"], unique=False)
    op.create_index(op.f("ix_volume_run_volume_id"), "volume_run", ["volume_id"], unique=False)
    create_rules(op.get_bind())


def downgrade() -> None:
    drop_rules(op.get_bind())
    op.drop_index(op.f("ix_volume_run_volume_id"), table_name="volume_run")
    op.drop_index(op.f("ix_volume_run_book_id"), table_name="volume_run")
    op.drop_table("volume_run")
    op.drop_index(op.f("ix_void_entry_book_id"), table_name="void_entry")
    op.drop_table("void_entry")
    op.drop_index(op.f("ix_use_entry_volume_id"), table_name="use_entry")
    op.drop_index("ix_use_entry_unbound", table_name="use_entry")
    op.drop_index(op.f("ix_use_entry_book_id_first_key"), table_name="use_entry")
    op.drop_table("use_entry")
    op.drop_index(
        "uq_handover_open",
        table_name="handover",
        sqlite_where=sa.text("state = 'offered'"),
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.drop_index(op.f("ix_handover_receiver_id_state"), table_name="handover")
    op.drop_table("handover")
    op.drop_index("ix_book_station_state", table_name="book")
    op.drop_index(op.f("ix_book_request_id"), table_name="book")
    op.drop_index(op.f("ix_book_last_key"), table_name="book")
    op.drop_index(op.f("ix_book_holder_id"), table_name="book")
    op.drop_table("book")
    op.drop_index(op.f("ix_settlement_scan_id"), table_name="settlement")
    op.drop_table("settlement")
    op.drop_index(
        "uq_book_request_clearance",
        table_name="book_request",
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.drop_index("ix_book_request_station", table_name="book_request")
    op.drop_index("ix_book_request_plan", table_name="book_request")
    op.drop_table("book_request")
    op.drop_table("scan_page")
    op.drop_table("scan_file")
    op.drop_index(op.f("ix_found_stub_scan_id_page"), table_name="found_stub")
    op.drop_table("found_stub")
    op.drop_index(op.f("ix_clearance_station_id_granted_at"), table_name="clearance")
    op.drop_table("clearance")
    op.drop_index(
        "uq_verification_signed",
        table_name="verification",
        sqlite_where=sa.text("state = 'signed'"),
        postgresql_where=sa.text("state = 'signed'"),
    )
    op.drop_index(
        "uq_verification_open",
        table_name="verification",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(op.f("ix_verification_volume_id_state"), table_name="verification")
    op.drop_table("verification")
    op.drop_index(op.f("ix_scan_state"), table_name="scan")
    op.drop_table("scan")
    op.drop_index("ix_volume_station_state", table_name="volume")
    op.drop_index("ix_volume_month", table_name="volume")
    op.drop_table("volume")
    op.drop_table("usage_plan")
    op.drop_index(op.f("ix_sign_in_person_id"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_index(op.f("ix_appointment_person_id"), table_name="appointment")
    op.drop_table("appointment")
    op.drop_table("trail_head")
    op.drop_index(op.f("ix_trail_entry_subject_seq"), table_name="trail_entry")
    op.drop_index(op.f("ix_trail_entry_event"), table_name="trail_entry")
    op.drop_index(op.f("ix_trail_entry_actor_seq"), table_name="trail_entry")
    op.drop_table("trail_entry")
    op.drop_table("station")
    op.drop_index(op.f("ix_promise_kept_at_due_at"), table_name="promise")
    op.drop_table("promise")
    op.drop_table("person")
    op.drop_table("invoice_kind")
