"""Holds on records, and the appraisals of a panel."""

import sqlalchemy as sa
from alembic import op

from archive.db import Instant, RowId

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _changed(*columns: str) -> str:
    return " OR ".join(f"NEW.{column} <> OLD.{column}" for column in columns)


_HOLD_PLACED = (
    "station_id",
    "kind",
    "scope",
    "customer_number",
    "kind_code",
    "covered",
    "reason",
    "document",
    "placed_by_id",
    "placed_at",
)
_SPAN_CHANGED = " OR ".join(
    f"coalesce(NEW.{column}, 0) <> coalesce(OLD.{column}, 0)" for column in ("year_from", "year_to")
)
_NAMED = """SELECT 1 FROM hold h JOIN record r ON r.station_id = h.station_id
    WHERE h.id = NEW.hold_id AND h.scope = 'records' AND h.lifted_at IS NULL
      AND r.id = NEW.record_id"""

RULES: tuple[tuple[str, str, str, str], ...] = (
    ("lifted_hold", "hold", "UPDATE", "OLD.lifted_at IS NOT NULL"),
    ("hold_kept", "hold", "UPDATE", f"{_changed(*_HOLD_PLACED)} OR {_SPAN_CHANGED}"),
    ("hold_kept", "hold", "DELETE", "1 = 1"),
    ("hold_kept", "hold", "INSERT", "EXISTS (SELECT 1 FROM hold WHERE id = NEW.id)"),
    ("hold_kept", "hold_record", "UPDATE", "1 = 1"),
    ("hold_kept", "hold_record", "DELETE", "1 = 1"),
    (
        "hold_kept",
        "hold_record",
        "INSERT",
        (
            "EXISTS (SELECT 1 FROM hold_record WHERE id = NEW.id"
            " OR (hold_id = NEW.hold_id AND record_id = NEW.record_id))"
        ),
    ),
    ("hold_elsewhere", "hold_record", "INSERT", f"NOT EXISTS ({_NAMED})"),
)
"""Name, table, verb, and what is refused."""

_CONTENT = ("opinion", "reason", "content_seen", "held_as")
_CONTENT_CHANGED = (
    f"{_changed(*_CONTENT)} OR coalesce(NEW.judged_by_id, 0) <> coalesce(OLD.judged_by_id, 0)"
    " OR coalesce(NEW.new_due_on, NEW.added_on) <> coalesce(OLD.new_due_on, OLD.added_on)"
    " OR CAST(NEW.told AS TEXT) <> CAST(OLD.told AS TEXT)"
)


def _in_state(row: str, *states: str) -> str:
    named = ", ".join(f"'{state}'" for state in states)
    return f"EXISTS (SELECT 1 FROM appraisal a WHERE a.id = {row}.appraisal_id AND a.state IN ({named}))"


def _there(table: str, column: str = "id") -> str:
    """What INSERT OR REPLACE would take away without a word to the triggers on DELETE."""
    return f"EXISTS (SELECT 1 FROM {table} WHERE {column} = NEW.{column})"


_PLACED = """SELECT 1 FROM hold h JOIN record r ON r.id = NEW.record_id
    WHERE h.lifted_at IS NULL AND (
        (h.scope = 'records' AND EXISTS (SELECT 1 FROM hold_record n
            WHERE n.hold_id = h.id AND n.record_id = r.id))
        OR (h.station_id = r.station_id AND (
            (h.scope = 'customer' AND h.customer_number = r.customer_number)
            OR (h.scope = 'span' AND coalesce(h.year_from, r.year) <= r.year
                AND coalesce(h.year_to, r.year) >= r.year
                AND (h.kind_code = '' OR EXISTS (SELECT 1 FROM record_kind k
                    WHERE k.id = r.kind_id AND k.code = h.kind_code))))))"""
_MEMBER_UNSIGNED = """SELECT 1 FROM appraisal_member m WHERE m.appraisal_id = NEW.id
    AND NOT EXISTS (SELECT 1 FROM appraisal_signature s WHERE s.appraisal_id = m.appraisal_id
        AND s.person_id = m.person_id AND s.voided_at IS NULL AND s.digest = NEW.digest)"""
_LAST_NUMBER = """SELECT coalesce(max(a.number), 0) FROM appraisal a
    WHERE a.fonds_id = NEW.fonds_id AND a.year = NEW.year"""
_OF_SIGNED = ["appraisal_id", "person_id", "digest", "signed_at"]

APPRAISAL_RULES: tuple[tuple[str, str, str, str], ...] = (
    ("appraisal_sealed", "appraisal", "DELETE", "1 = 1"),
    ("appraisal_sealed", "appraisal", "INSERT", f"NEW.state <> 'draft' OR {_there('appraisal')}"),
    ("appraisal_gap", "appraisal", "INSERT", f"NEW.number <> 1 + ({_LAST_NUMBER})"),
    (
        "appraisal_sealed",
        "appraisal",
        "UPDATE",
        "OLD.state IN ('signed', 'withdrawn') OR "
        + _changed("fonds_id", "station_id", "year", "number", "proposed_by_id", "proposed_at")
        + " OR (NEW.digest <> OLD.digest AND EXISTS (SELECT 1 FROM appraisal_signature s"
        " WHERE s.appraisal_id = OLD.id AND s.voided_at IS NULL))",
    ),
    (
        "not_all_signed",
        "appraisal",
        "UPDATE",
        (
            "NEW.state = 'signed' AND OLD.state <> 'signed'"
            f" AND (OLD.state <> 'concluded' OR EXISTS ({_MEMBER_UNSIGNED}))"
        ),
    ),
    (
        "proposer_judges",
        "appraisal_member",
        "INSERT",
        (
            "EXISTS (SELECT 1 FROM appraisal a WHERE a.id = NEW.appraisal_id"
            " AND a.proposed_by_id = NEW.person_id)"
        ),
    ),
    (
        "appraisal_sealed",
        "appraisal_member",
        "INSERT",
        f"NOT {_in_state('NEW', 'draft')} OR {_there('appraisal_member')}",
    ),
    ("appraisal_sealed", "appraisal_member", "UPDATE", "1 = 1"),
    ("appraisal_sealed", "appraisal_member", "DELETE", f"NOT {_in_state('OLD', 'draft')}"),
    (
        "appraised_elsewhere",
        "appraisal_item",
        "INSERT",
        (
            "NOT EXISTS (SELECT 1 FROM appraisal a JOIN record r ON r.station_id = a.station_id"
            " WHERE a.id = NEW.appraisal_id AND r.id = NEW.record_id)"
        ),
    ),
    (
        "appraisal_sealed",
        "appraisal_item",
        "INSERT",
        f"NOT {_in_state('NEW', 'draft')} OR NEW.opinion <> '' OR {_there('appraisal_item')}",
    ),
    ("appraisal_sealed", "appraisal_item", "DELETE", f"NOT {_in_state('OLD', 'draft')}"),
    (
        "appraisal_sealed",
        "appraisal_item",
        "UPDATE",
        f"{_in_state('OLD', 'signed', 'withdrawn')} OR "
        + _changed("appraisal_id", "record_id", "added_on", "protected_through")
        + f" OR (({_CONTENT_CHANGED}) AND NOT {_in_state('NEW', 'convened')})",
    ),
    (
        "held_not_destroyed",
        "appraisal_item",
        "UPDATE",
        f"NEW.opinion = 'destroy' AND OLD.opinion <> 'destroy' AND EXISTS ({_PLACED})",
    ),
    (
        "appraisal_sealed",
        "appraisal_dissent",
        "INSERT",
        f"NOT {_in_state('NEW', 'convened')} OR {_there('appraisal_dissent')}",
    ),
    ("appraisal_sealed", "appraisal_dissent", "UPDATE", "1 = 1"),
    ("appraisal_sealed", "appraisal_dissent", "DELETE", "1 = 1"),
    (
        "appraisal_sealed",
        "appraisal_signature",
        "INSERT",
        (
            f"{_there('appraisal_signature')} OR NOT EXISTS (SELECT 1 FROM appraisal a"
            " WHERE a.id = NEW.appraisal_id AND a.state = 'concluded' AND a.digest = NEW.digest)"
        ),
    ),
    (
        "appraisal_sealed",
        "appraisal_signature",
        "UPDATE",
        f"{_changed(*_OF_SIGNED)} OR OLD.voided_at IS NOT NULL OR {_in_state('OLD', 'signed')}",
    ),
    ("appraisal_sealed", "appraisal_signature", "DELETE", "1 = 1"),
    (
        "appraisal_sealed",
        "appraisal_paper",
        "INSERT",
        f"NOT {_in_state('NEW', 'signed')} OR {_there('appraisal_paper', 'appraisal_id')}",
    ),
    ("appraisal_sealed", "appraisal_paper", "UPDATE", "1 = 1"),
    ("appraisal_sealed", "appraisal_paper", "DELETE", "1 = 1"),
)

EVERY_RULE = RULES + APPRAISAL_RULES

TABLES = (
    "appraisal_paper",
    "appraisal_signature",
    "appraisal_dissent",
    "appraisal_item",
    "appraisal_member",
    "appraisal",
    "hold_record",
    "hold",
)


def upgrade() -> None:
    _holds()
    _appraisal()
    _appraisal_member()
    _appraisal_paper()
    _appraisal_signature()
    _appraisal_item()
    _appraisal_dissent()
    connection = op.get_bind()
    make = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    for rule, table, verb, refused in EVERY_RULE:
        for statement in make(f"{rule}_{table}_{verb.lower()}", rule, table, verb, refused):
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    for table in TABLES:
        op.drop_table(table)
    if connection.dialect.name == "postgresql":
        for rule, table, verb, _ in EVERY_RULE:
            connection.exec_driver_sql(f"DROP FUNCTION refuse_{rule}_{table}_{verb.lower()}()")


def _holds() -> None:
    op.create_table(
        "hold",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("customer_number", sa.String(length=20), nullable=False),
        sa.Column("kind_code", sa.String(length=40), nullable=False),
        sa.Column("year_from", sa.Integer(), nullable=True),
        sa.Column("year_to", sa.Integer(), nullable=True),
        sa.Column("covered", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("placed_by_id", RowId, nullable=False),
        sa.Column("placed_at", Instant(), nullable=False),
        sa.Column("lift_ground", sa.String(length=12), nullable=False),
        sa.Column("lift_reason", sa.String(length=500), nullable=False),
        sa.Column("lift_document", sa.String(length=120), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("lifted_by_id", RowId, nullable=True),
        sa.Column("lifted_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by_id IS NULL)"
            " AND (lifted_at IS NULL) = (lift_ground = '')"
            " AND (lifted_at IS NULL) = (lift_reason = '')",
            name=op.f("ck_hold_lifted"),
        ),
        sa.CheckConstraint(
            "(scope = 'customer') = (customer_number <> '') AND (scope = 'span') ="
            " (kind_code <> '' OR year_from IS NOT NULL OR year_to IS NOT NULL)",
            name=op.f("ck_hold_covers"),
        ),
        sa.CheckConstraint(
            "lifted_at IS NULL OR (lift_ground <> 'written-off' AND (kind <> 'debt' OR"
            " (lift_ground = 'settled' AND lift_document <> '' AND settled_on IS NOT NULL)))",
            name=op.f("ck_hold_settled"),
        ),
        sa.CheckConstraint(
            "lifted_by_id IS NULL OR kind NOT IN ('audit', 'debt', 'litigation', 'tax')"
            " OR lifted_by_id <> placed_by_id",
            name=op.f("ck_hold_second_person"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_hold_reason")),
        sa.CheckConstraint("year_from <= year_to", name=op.f("ck_hold_years")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["person.id"], name=op.f("fk_hold_lifted_by_id")),
        sa.ForeignKeyConstraint(["placed_by_id"], ["person.id"], name=op.f("fk_hold_placed_by_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_hold_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    standing = sa.text("lifted_at IS NULL")
    op.create_index(
        "ix_hold_standing",
        "hold",
        ["scope"],
        unique=False,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_index(
        op.f("ix_hold_station_id_placed_at"), "hold", ["station_id", "placed_at"], unique=False
    )
    op.create_table(
        "hold_record",
        sa.Column("id", RowId, nullable=False),
        sa.Column("hold_id", RowId, nullable=False),
        sa.Column("record_id", RowId, nullable=False),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_hold_record_hold_id")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_hold_record_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold_record")),
        sa.UniqueConstraint("hold_id", "record_id", name=op.f("uq_hold_record_hold_id_record_id")),
    )
    op.create_index(op.f("ix_hold_record_record_id"), "hold_record", ["record_id"], unique=False)


def _appraisal() -> None:
    op.create_table(
        "appraisal",
        sa.Column("id", RowId, nullable=False),
        sa.Column("fonds_id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proposed_by_id", RowId, nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("convened_at", Instant(), nullable=True),
        sa.Column("concluded_at", Instant(), nullable=True),
        sa.Column("signed_at", Instant(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("closing", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'signed') = (signed_at IS NOT NULL)", name=op.f("ck_appraisal_signed")
        ),
        sa.CheckConstraint(
            "(state IN ('concluded', 'signed')) = (digest <> '')", name=op.f("ck_appraisal_frozen")
        ),
        sa.CheckConstraint("title <> ''", name=op.f("ck_appraisal_title")),
        sa.CheckConstraint("number > 0", name=op.f("ck_appraisal_number")),
        sa.ForeignKeyConstraint(["fonds_id"], ["fonds.id"], name=op.f("fk_appraisal_fonds_id")),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["person.id"], name=op.f("fk_appraisal_proposed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_appraisal_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal")),
        sa.UniqueConstraint(
            "fonds_id", "year", "number", name=op.f("uq_appraisal_fonds_id_year_number")
        ),
    )
    op.create_index(
        op.f("ix_appraisal_station_id_state"), "appraisal", ["station_id", "state"], unique=False
    )


def _appraisal_member() -> None:
    op.create_table(
        "appraisal_member",
        sa.Column("id", RowId, nullable=False),
        sa.Column("appraisal_id", RowId, nullable=False),
        sa.Column("person_id", RowId, nullable=False),
        sa.Column("department", sa.String(length=12), nullable=False),
        sa.Column("chair", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_appraisal_member_appraisal_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_appraisal_member_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_member")),
        sa.UniqueConstraint(
            "appraisal_id", "person_id", name=op.f("uq_appraisal_member_appraisal_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_appraisal_member_person_id"), "appraisal_member", ["person_id"], unique=False
    )
    op.create_index(
        "uq_appraisal_member_chair",
        "appraisal_member",
        ["appraisal_id"],
        unique=True,
        sqlite_where=sa.text("chair"),
        postgresql_where=sa.text("chair"),
    )


def _appraisal_paper() -> None:
    op.create_table(
        "appraisal_paper",
        sa.Column("appraisal_id", RowId, autoincrement=False, nullable=False),
        sa.Column("object_key", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sm3", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_appraisal_paper_appraisal_id")
        ),
        sa.PrimaryKeyConstraint("appraisal_id", name=op.f("pk_appraisal_paper")),
    )


def _appraisal_signature() -> None:
    op.create_table(
        "appraisal_signature",
        sa.Column("id", RowId, nullable=False),
        sa.Column("appraisal_id", RowId, nullable=False),
        sa.Column("person_id", RowId, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("signed_at", Instant(), nullable=False),
        sa.Column("voided_at", Instant(), nullable=True),
        sa.Column("void_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (void_reason = '')", name=op.f("ck_appraisal_signature_voided")
        ),
        sa.ForeignKeyConstraint(
            ["appraisal_id", "person_id"],
            ["appraisal_member.appraisal_id", "appraisal_member.person_id"],
            name="fk_appraisal_signature_member",
        ),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_appraisal_signature_appraisal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_signature")),
    )
    op.create_index(
        "uq_appraisal_signature_standing",
        "appraisal_signature",
        ["appraisal_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("voided_at IS NULL"),
        postgresql_where=sa.text("voided_at IS NULL"),
    )


def _appraisal_item() -> None:
    op.create_table(
        "appraisal_item",
        sa.Column("id", RowId, nullable=False),
        sa.Column("appraisal_id", RowId, nullable=False),
        sa.Column("record_id", RowId, nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("protected_through", sa.Date(), nullable=False),
        sa.Column("opinion", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("content_seen", sa.Boolean(), nullable=False),
        sa.Column("new_due_on", sa.Date(), nullable=True),
        sa.Column("held_as", sa.String(length=16), nullable=False),
        sa.Column("judged_by_id", RowId, nullable=True),
        sa.Column("judged_on", sa.Date(), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("under_way", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(opinion = '') = (judged_by_id IS NULL) AND (opinion = '') = (judged_on IS NULL) AND (opinion = '') = (reason = '') AND (opinion = 'keep') = (new_due_on IS NOT NULL) AND (opinion = 'take-out') = (held_as <> '')",
            name=op.f("ck_appraisal_item_founded"),
        ),
        sa.CheckConstraint("new_due_on > judged_on", name=op.f("ck_appraisal_item_new_due")),
        sa.CheckConstraint("protected_through < added_on", name=op.f("ck_appraisal_item_expired")),
        sa.ForeignKeyConstraint(
            ["appraisal_id", "judged_by_id"],
            ["appraisal_member.appraisal_id", "appraisal_member.person_id"],
            name="fk_appraisal_item_judged_by_member",
        ),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_appraisal_item_appraisal_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_appraisal_item_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_item")),
        sa.UniqueConstraint(
            "appraisal_id", "record_id", name=op.f("uq_appraisal_item_appraisal_id_record_id")
        ),
    )
    op.create_index(
        op.f("ix_appraisal_item_appraisal_id_opinion"),
        "appraisal_item",
        ["appraisal_id", "opinion"],
        unique=False,
    )
    op.create_index(
        op.f("ix_appraisal_item_record_id_appraisal_id"),
        "appraisal_item",
        ["record_id", "appraisal_id"],
        unique=False,
    )
    op.create_index(
        "uq_appraisal_item_under_way",
        "appraisal_item",
        ["record_id"],
        unique=True,
        sqlite_where=sa.text("under_way"),
        postgresql_where=sa.text("under_way"),
    )


def _appraisal_dissent() -> None:
    op.create_table(
        "appraisal_dissent",
        sa.Column("id", RowId, nullable=False),
        sa.Column("appraisal_id", RowId, nullable=False),
        sa.Column("record_id", RowId, nullable=True),
        sa.Column("person_id", RowId, nullable=False),
        sa.Column("said", sa.String(length=500), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("said <> ''", name=op.f("ck_appraisal_dissent_said")),
        sa.ForeignKeyConstraint(
            ["appraisal_id", "person_id"],
            ["appraisal_member.appraisal_id", "appraisal_member.person_id"],
            name="fk_appraisal_dissent_member",
        ),
        sa.ForeignKeyConstraint(
            ["appraisal_id", "record_id"],
            ["appraisal_item.appraisal_id", "appraisal_item.record_id"],
            name="fk_appraisal_dissent_item",
        ),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisal.id"], name=op.f("fk_appraisal_dissent_appraisal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_dissent")),
    )
    op.create_index(
        op.f("ix_appraisal_dissent_appraisal_id"),
        "appraisal_dissent",
        ["appraisal_id"],
        unique=False,
    )


def _sqlite(name: str, rule: str, table: str, verb: str, refused: str) -> list[str]:
    return [
        (
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {refused}"
            f" BEGIN SELECT RAISE(ABORT, '{rule}'); END"
        )
    ]


def _postgresql(name: str, rule: str, table: str, verb: str, refused: str) -> list[str]:
    refused = refused.replace("%", "%%")
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
