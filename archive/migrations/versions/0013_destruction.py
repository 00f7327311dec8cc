"""Destruction batches: registers, signatures, witnesses, and what is left of a record."""

import sqlalchemy as sa
from alembic import op

from archive.db import Instant, RowId

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NOT_DRAFT = """EXISTS (SELECT 1 FROM destruction_batch b
    WHERE b.id = {row}.batch_id AND b.state <> 'draft')"""

_PROPOSED_OR_APPRAISED = """EXISTS (SELECT 1 FROM destruction_batch b
    WHERE b.id = NEW.batch_id AND (b.proposed_by_id = NEW.person_id
      OR EXISTS (SELECT 1 FROM appraisal_member m
                 WHERE m.appraisal_id = b.appraisal_id AND m.person_id = NEW.person_id)))"""

_APPROVES_OR_EXECUTES = """EXISTS (SELECT 1 FROM destruction_batch b
    WHERE b.id = NEW.batch_id AND NEW.person_id IN (b.approved_by_id, b.executor_id))"""

_SIGNED = """EXISTS (SELECT 1 FROM destruction_signature s
    WHERE s.batch_id = NEW.batch_id AND s.person_id = NEW.person_id AND s.voided_at IS NULL
      AND s.part <> 'witness')"""

_WITNESS = """EXISTS (SELECT 1 FROM destruction_witness w
    WHERE w.batch_id = NEW.batch_id AND w.person_id = NEW.person_id)"""

_BY_LEAVE = """EXISTS (SELECT 1 FROM destruction_item i
    JOIN destruction_batch b ON b.id = i.batch_id
    WHERE i.record_id = NEW.id AND b.state = 'destroying' AND b.approved_at IS NOT NULL
      AND (i.state = NEW.state OR i.state = 'destroying')
      AND (NEW.state = 'destroying'
           OR (i.paper_gone_at IS NOT NULL AND i.electronic_gone_at IS NOT NULL))
      AND (SELECT count(*) FROM destruction_signature s
           WHERE s.batch_id = b.id AND s.voided_at IS NULL AND s.part <> 'witness'
             AND s.digest = b.digest) = 5)"""

_GOING = """EXISTS (SELECT 1 FROM record r
    WHERE r.id = NEW.record_id AND r.state IN ('destroying', 'destroyed'))"""

_UNDER_WAY = """SELECT 1 FROM movement m WHERE m.id = NEW.movement_id
    AND m.record_id = NEW.record_id AND m.kind IN ({kinds})"""

_ACCEPTED = """(EXISTS (SELECT 1 FROM volume v WHERE v.id = NEW.volume_id AND v.state = 'accepted')
    OR EXISTS (SELECT 1 FROM book b WHERE b.id = NEW.book_id AND b.state = 'accepted'))"""

RULES = (
    ("destruction_kept", "destruction_batch", "DELETE", "1 = 1"),
    ("destruction_kept", "destruction_item", "DELETE", _NOT_DRAFT.format(row="OLD")),
    ("destruction_kept", "destruction_item", "INSERT", _NOT_DRAFT.format(row="NEW")),
    (
        "destruction_kept",
        "destruction_item",
        "UPDATE",
        (
            "NEW.record_id <> OLD.record_id OR NEW.batch_id <> OLD.batch_id"
            " OR ((NEW.position <> OLD.position OR NEW.content_digest <> OLD.content_digest"
            " OR CAST(NEW.told AS TEXT) <> CAST(OLD.told AS TEXT))"
            f" AND {_NOT_DRAFT.format(row='OLD')})"
        ),
    ),
    ("destruction_kept", "destruction_signature", "DELETE", "1 = 1"),
    (
        "destruction_kept",
        "destruction_signature",
        "UPDATE",
        (
            "OLD.voided_at IS NOT NULL OR NEW.batch_id <> OLD.batch_id OR NEW.part <> OLD.part"
            " OR NEW.person_id <> OLD.person_id OR NEW.digest <> OLD.digest"
            " OR NEW.opinion <> OLD.opinion OR NEW.signed_at <> OLD.signed_at"
        ),
    ),
    ("destruction_kept", "destruction_witness", "DELETE", _NOT_DRAFT.format(row="OLD")),
    ("destruction_kept", "destruction_witness", "UPDATE", "1 = 1"),
    ("destruction_kept", "destruction_photo", "DELETE", "1 = 1"),
    ("destruction_kept", "destruction_photo", "UPDATE", "1 = 1"),
    ("destruction_kept", "erased_object", "DELETE", "1 = 1"),
    (
        "destruction_kept",
        "erased_object",
        "UPDATE",
        (
            "NEW.object_key <> OLD.object_key OR NEW.item_id <> OLD.item_id"
            " OR (OLD.absent_at IS NOT NULL AND NEW.absent_at IS NULL)"
        ),
    ),
    (
        "destroyed_without_leave",
        "erased_object",
        "INSERT",
        (
            "NOT EXISTS (SELECT 1 FROM destruction_item i"
            " WHERE i.id = NEW.item_id AND i.state = 'destroying')"
        ),
    ),
    (
        "register_not_covered",
        "destruction_signature",
        "INSERT",
        (
            "NEW.part <> 'witness' AND NOT EXISTS (SELECT 1 FROM destruction_batch b"
            " WHERE b.id = NEW.batch_id AND b.digest = NEW.digest)"
        ),
    ),
    (
        "approver_involved",
        "destruction_signature",
        "INSERT",
        f"NEW.part = 'leader' AND {_PROPOSED_OR_APPRAISED}",
    ),
    (
        "witness_involved",
        "destruction_signature",
        "INSERT",
        f"(NEW.part = 'witness') <> ({_WITNESS})",
    ),
    (
        "witness_involved",
        "destruction_witness",
        "INSERT",
        f"{_PROPOSED_OR_APPRAISED} OR {_APPROVES_OR_EXECUTES} OR {_SIGNED}",
    ),
    (
        "executor_involved",
        "destruction_batch",
        "UPDATE",
        (
            "NEW.executor_id IS NOT NULL AND EXISTS (SELECT 1 FROM destruction_witness w"
            " WHERE w.batch_id = NEW.id AND w.person_id = NEW.executor_id)"
        ),
    ),
    (
        "destroyed_without_leave",
        "record",
        "UPDATE",
        f"NEW.state IN ('destroying', 'destroyed') AND NEW.state <> OLD.state AND NOT {_BY_LEAVE}",
    ),
    ("destroyed_without_leave", "record", "INSERT", "NEW.state IN ('destroying', 'destroyed')"),
    (
        "record_gone",
        "record",
        "UPDATE",
        (
            "(OLD.state = 'destroyed' AND NEW.state <> 'destroyed')"
            " OR (OLD.state = 'destroying' AND NEW.state NOT IN ('destroying', 'destroyed'))"
        ),
    ),
    (
        "record_gone",
        "pair",
        "UPDATE",
        (
            "((NEW.electronic <> OLD.electronic AND NEW.electronic <> 'destroyed')"
            " OR (NEW.paper <> OLD.paper AND NEW.paper <> 'destroyed')"
            f" OR NEW.electronic_digest <> OLD.electronic_digest) AND {_GOING}"
        ),
    ),
    ("record_gone", "electronic_copy", "INSERT", _GOING),
    ("record_gone", "loan", "INSERT", _GOING),
    ("record_gone", "whereabouts", "INSERT", _GOING),
    ("record_gone", "whereabouts", "UPDATE", f"NEW.box_id IS NOT NULL AND {_GOING}"),
    ("record_gone", "hold_record", "INSERT", _GOING),
    (
        "record_gone",
        "scan",
        "INSERT",
        (
            "EXISTS (SELECT 1 FROM volume_record v JOIN record r ON r.id = v.record_id"
            " WHERE v.volume_id = NEW.volume_id AND r.state IN ('destroying', 'destroyed'))"
        ),
    ),
    ("volume_not_accepted", "volume_record", "INSERT", f"NOT {_ACCEPTED}"),
    ("record_kept", "volume_record", "UPDATE", "1 = 1"),
    ("record_kept", "volume_record", "DELETE", "1 = 1"),
)
"""Name, table, verb, and what is refused."""

TABLES = (
    "erased_object",
    "destruction_witness",
    "destruction_signature",
    "destruction_photo",
    "destruction_item",
    "destruction_batch",
    "backup",
    "volume_record",
)


def upgrade() -> None:
    _tables()
    op.add_column(
        "delivered_file",
        sa.Column(
            "kept_sha256", sa.String(length=64), server_default=sa.text("''"), nullable=False
        ),
    )
    op.add_column("delivered_file", sa.Column("destroyed_at", Instant(), nullable=True))
    connection = op.get_bind()
    make = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    for rule, table, verb, refused in RULES:
        for statement in make(f"{rule}_{table}_{verb.lower()}", rule, table, verb, refused):
            connection.exec_driver_sql(statement)
    _way_out("'take-out', 'miss', 'destroy'")


def downgrade() -> None:
    connection = op.get_bind()
    _way_out("'take-out', 'miss'")
    for rule, table, verb, _ in RULES:
        name = f"{rule}_{table}_{verb.lower()}"
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql(f"DROP TRIGGER {name} ON {table}")
            connection.exec_driver_sql(f"DROP FUNCTION refuse_{name}()")
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("delivered_file", "destroyed_at")
    op.drop_column("delivered_file", "kept_sha256")


def _way_out(kinds: str) -> None:
    """The movements by which a record may be in no box."""
    connection = op.get_bind()
    found = _UNDER_WAY.format(kinds=kinds)
    for verb in ("INSERT", "UPDATE"):
        name = f"not_under_way_whereabouts_{verb.lower()}"
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql(f"DROP TRIGGER {name} ON whereabouts")
            connection.exec_driver_sql(f"DROP FUNCTION refuse_{name}()")
        make = _sqlite if connection.dialect.name == "sqlite" else _postgresql
        refused = f"NEW.movement_id IS NOT NULL AND NOT EXISTS ({found})"
        for statement in make(name, "not_under_way", "whereabouts", verb, refused):
            connection.exec_driver_sql(statement)


def _tables() -> None:
    op.create_table(
        "volume_record",
        sa.Column("record_id", RowId, autoincrement=False, nullable=False),
        sa.Column("volume_id", RowId, nullable=True),
        sa.Column("book_id", RowId, nullable=True),
        sa.CheckConstraint(
            "(volume_id IS NULL) <> (book_id IS NULL)", name=op.f("ck_volume_record_of_one")
        ),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_volume_record_book_id")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_volume_record_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["volume_id"], ["volume.id"], name=op.f("fk_volume_record_volume_id")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_volume_record")),
        sa.UniqueConstraint("book_id", name=op.f("uq_volume_record_book_id")),
        sa.UniqueConstraint("volume_id", name=op.f("uq_volume_record_volume_id")),
    )
    op.create_table(
        "backup",
        sa.Column("id", RowId, nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("medium", sa.String(length=120), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("kept_by_id", RowId, nullable=False),
        sa.Column("gone_at", Instant(), nullable=True),
        sa.Column("gone_by_id", RowId, nullable=True),
        sa.Column("gone_how", sa.String(length=200), nullable=False),
        sa.CheckConstraint("label <> ''", name=op.f("ck_backup_label")),
        sa.CheckConstraint("(gone_at IS NULL) = (gone_by_id IS NULL)", name=op.f("ck_backup_gone")),
        sa.ForeignKeyConstraint(["gone_by_id"], ["person.id"], name=op.f("fk_backup_gone_by_id")),
        sa.ForeignKeyConstraint(["kept_by_id"], ["person.id"], name=op.f("fk_backup_kept_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup")),
        sa.UniqueConstraint("label", name=op.f("uq_backup_label")),
    )
    op.create_table(
        "destruction_batch",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("appraisal_id", RowId, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proposed_by_id", RowId, nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("frozen_at", Instant(), nullable=True),
        sa.Column("cooling_days", sa.Integer(), nullable=False),
        sa.Column("approved_by_id", RowId, nullable=True),
        sa.Column("approved_at", Instant(), nullable=True),
        sa.Column("executor_id", RowId, nullable=True),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("method", sa.String(length=120), nullable=False),
        sa.Column("begun_at", Instant(), nullable=True),
        sa.Column("paper_destroyed_at", Instant(), nullable=True),
        sa.Column("paper_count", sa.Integer(), nullable=True),
        sa.Column("weight_kg", sa.String(length=20), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("close_reason", sa.String(length=500), nullable=False),
        sa.Column("certificate_record_id", RowId, nullable=True),
        sa.Column("backups_clear_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'cancelled') OR digest <> ''",
            name=op.f("ck_destruction_batch_frozen"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('destroying', 'destroyed', 'closed') OR (begun_at IS NOT NULL AND executor_id IS NOT NULL AND approved_at IS NOT NULL)",
            name=op.f("ck_destruction_batch_begun"),
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> proposed_by_id",
            name=op.f("ck_destruction_batch_approver"),
        ),
        sa.CheckConstraint(
            "executor_id IS NULL OR approved_by_id IS NULL OR executor_id <> approved_by_id",
            name=op.f("ck_destruction_batch_executor"),
        ),
        sa.CheckConstraint("serial > 0", name=op.f("ck_destruction_batch_serial")),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_destruction_batch_appraisal_id")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["person.id"], name=op.f("fk_destruction_batch_approved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_record_id"],
            ["record.id"],
            name=op.f("fk_destruction_batch_certificate_record_id"),
        ),
        sa.ForeignKeyConstraint(
            ["executor_id"], ["person.id"], name=op.f("fk_destruction_batch_executor_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["person.id"], name=op.f("fk_destruction_batch_proposed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_destruction_batch_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction_batch")),
        sa.UniqueConstraint("year", "serial", name="uq_destruction_batch_number"),
    )
    op.create_index(
        op.f("ix_destruction_batch_station_id_state"),
        "destruction_batch",
        ["station_id", "state"],
        unique=False,
    )
    op.create_table(
        "destruction_item",
        sa.Column("id", RowId, nullable=False),
        sa.Column("batch_id", RowId, nullable=False),
        sa.Column("record_id", RowId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("open_in_batch", sa.Boolean(), nullable=False),
        sa.Column("withheld", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("counted_by_id", RowId, nullable=True),
        sa.Column("counted_at", Instant(), nullable=True),
        sa.Column("paper_gone_at", Instant(), nullable=True),
        sa.Column("electronic_gone_at", Instant(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'withheld') = (withheld <> '')", name=op.f("ck_destruction_item_withheld")
        ),
        sa.CheckConstraint(
            "state <> 'destroyed' OR (electronic_gone_at IS NOT NULL AND paper_gone_at IS NOT NULL)",
            name=op.f("ck_destruction_item_both_sides"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('counted', 'destroying', 'destroyed') OR counted_by_id IS NOT NULL",
            name=op.f("ck_destruction_item_counted"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["destruction_batch.id"], name=op.f("fk_destruction_item_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["counted_by_id"], ["person.id"], name=op.f("fk_destruction_item_counted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_destruction_item_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction_item")),
        sa.UniqueConstraint(
            "batch_id", "position", name=op.f("uq_destruction_item_batch_id_position")
        ),
        sa.UniqueConstraint(
            "batch_id", "record_id", name=op.f("uq_destruction_item_batch_id_record_id")
        ),
    )
    op.create_index(
        op.f("ix_destruction_item_record_id"), "destruction_item", ["record_id"], unique=False
    )
    op.create_index(
        "uq_destruction_item_open",
        "destruction_item",
        ["record_id"],
        unique=True,
        sqlite_where=sa.text("open_in_batch"),
        postgresql_where=sa.text("open_in_batch"),
    )
    op.create_table(
        "destruction_photo",
        sa.Column("id", RowId, nullable=False),
        sa.Column("batch_id", RowId, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sm3", sa.String(length=64), nullable=False),
        sa.Column("object_key", sa.String(length=80), nullable=False),
        sa.Column("taken_in_by_id", RowId, nullable=False),
        sa.Column("taken_in_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["destruction_batch.id"], name=op.f("fk_destruction_photo_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["taken_in_by_id"], ["person.id"], name=op.f("fk_destruction_photo_taken_in_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction_photo")),
        sa.UniqueConstraint("object_key", name=op.f("uq_destruction_photo_object_key")),
    )
    op.create_index(
        op.f("ix_destruction_photo_batch_id"), "destruction_photo", ["batch_id"], unique=False
    )
    op.create_table(
        "destruction_signature",
        sa.Column("id", RowId, nullable=False),
        sa.Column("batch_id", RowId, nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("person_id", RowId, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("opinion", sa.String(length=500), nullable=False),
        sa.Column("signed_at", Instant(), nullable=False),
        sa.Column("voided_at", Instant(), nullable=True),
        sa.Column("void_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (void_reason = '')", name=op.f("ck_destruction_signature_voided")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["destruction_batch.id"], name=op.f("fk_destruction_signature_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_destruction_signature_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction_signature")),
    )
    op.create_index(
        "uq_destruction_signature_part",
        "destruction_signature",
        ["batch_id", "part"],
        unique=True,
        sqlite_where=sa.text("voided_at IS NULL AND part <> 'witness'"),
        postgresql_where=sa.text("voided_at IS NULL AND part <> 'witness'"),
    )
    op.create_index(
        "uq_destruction_signature_person",
        "destruction_signature",
        ["batch_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("voided_at IS NULL"),
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    op.create_table(
        "destruction_witness",
        sa.Column("id", RowId, nullable=False),
        sa.Column("batch_id", RowId, nullable=False),
        sa.Column("person_id", RowId, nullable=False),
        sa.Column("department", sa.String(length=12), nullable=False),
        sa.Column("named_by_id", RowId, nullable=False),
        sa.Column("named_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["destruction_batch.id"], name=op.f("fk_destruction_witness_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["named_by_id"], ["person.id"], name=op.f("fk_destruction_witness_named_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_destruction_witness_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction_witness")),
        sa.UniqueConstraint(
            "batch_id", "person_id", name=op.f("uq_destruction_witness_batch_id_person_id")
        ),
    )
    op.create_table(
        "erased_object",
        sa.Column("id", RowId, nullable=False),
        sa.Column("item_id", RowId, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("object_key", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("shared_file_id", RowId, nullable=True),
        sa.Column("absent_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"], ["destruction_item.id"], name=op.f("fk_erased_object_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["shared_file_id"], ["delivered_file.id"], name=op.f("fk_erased_object_shared_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erased_object")),
        sa.UniqueConstraint("object_key", name=op.f("uq_erased_object_object_key")),
    )
    op.create_index(
        op.f("ix_erased_object_absent_at"), "erased_object", ["absent_at"], unique=False
    )
    op.create_index(op.f("ix_erased_object_item_id"), "erased_object", ["item_id"], unique=False)


def _sqlite(name: str, rule: str, table: str, verb: str, refused: str) -> list[str]:
    return [
        (
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {refused}"
            f" BEGIN SELECT RAISE(ABORT, '{rule}'); END"
        )
    ]


def _postgresql(name: str, rule: str, table: str, verb: str, refused: str) -> list[str]:
    back = "OLD" if verb == "DELETE" else "NEW"
    return [
        (
            f"CREATE FUNCTION refuse_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {refused} THEN RAISE EXCEPTION '{rule}' USING ERRCODE = 'check_violation';"
            f" END IF; RETURN {back}; END $$"
        ),
        (
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION refuse_{name}()"
        ),
    ]
