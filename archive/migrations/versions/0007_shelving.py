"""Where paper stands: places, boxes, movements, stocktakes, loans; each rule in the database."""

import sqlalchemy as sa
from alembic import op

from archive.db import Instant, RowId

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_BOX_FITS = """SELECT 1 FROM record r JOIN archival_code c ON c.text = r.code
    JOIN box b ON b.id = NEW.box_id
    WHERE r.id = NEW.record_id AND c.series_id = b.series_id AND r.station_id = b.station_id"""

_UNDER_WAY = """SELECT 1 FROM movement m WHERE m.id = NEW.movement_id
    AND m.record_id = NEW.record_id AND m.kind IN ('take-out', 'miss')"""

_ACCOUNTING = """SELECT 1 FROM record r JOIN archival_code c ON c.text = r.code
    JOIN code_series s ON s.id = c.series_id
    WHERE r.id = NEW.record_id AND s.category LIKE 'KU%'"""

_ANOTHER_COUNTED = """SELECT 1 FROM stock_count c
    WHERE c.stocktake_id = NEW.id AND c.by_id <> NEW.closed_by_id"""

_COUNTER = """SELECT 1 FROM stocktake s WHERE s.id = NEW.stocktake_id
    AND NEW.by_id IN (s.counter_id, s.second_id)"""

RULES = (
    ("box_mixed", "whereabouts", "INSERT", f"NEW.box_id IS NOT NULL AND NOT EXISTS ({_BOX_FITS})"),
    ("box_mixed", "whereabouts", "UPDATE", f"NEW.box_id IS NOT NULL AND NOT EXISTS ({_BOX_FITS})"),
    (
        "box_mixed",
        "box",
        "UPDATE",
        (
            "NEW.series_id <> OLD.series_id OR NEW.station_id <> OLD.station_id"
            " OR NEW.number <> OLD.number"
        ),
    ),
    (
        "not_under_way",
        "whereabouts",
        "INSERT",
        f"NEW.movement_id IS NOT NULL AND NOT EXISTS ({_UNDER_WAY})",
    ),
    (
        "not_under_way",
        "whereabouts",
        "UPDATE",
        f"NEW.movement_id IS NOT NULL AND NOT EXISTS ({_UNDER_WAY})",
    ),
    ("whereabouts_kept", "whereabouts", "DELETE", "1 = 1"),
    ("accounting_not_lent", "loan", "INSERT", f"NOT NEW.on_site AND EXISTS ({_ACCOUNTING})"),
    ("accounting_not_lent", "loan", "UPDATE", f"NOT NEW.on_site AND EXISTS ({_ACCOUNTING})"),
    (
        "stocktake_counted_alone",
        "stocktake",
        "UPDATE",
        f"NEW.state = 'closed' AND OLD.state <> 'closed' AND NOT EXISTS ({_ANOTHER_COUNTED})",
    ),
    ("not_a_counter", "stock_count", "INSERT", f"NOT EXISTS ({_COUNTER})"),
    ("sealed_movement", "movement", "UPDATE", "1 = 1"),
    ("sealed_movement", "movement", "DELETE", "1 = 1"),
    ("sealed_stock_count", "stock_count", "UPDATE", "1 = 1"),
    ("sealed_stock_count", "stock_count", "DELETE", "1 = 1"),
)
"""Name, table, verb, and what is refused."""

TABLES = (
    "whereabouts",
    "stock_finding",
    "stock_count",
    "movement",
    "loan",
    "label",
    "box",
    "shelf",
    "stocktake",
    "climate_reading",
    "cabinet",
    "storeroom",
)


def upgrade() -> None:
    op.create_table(
        "storeroom",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_storeroom_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storeroom")),
        sa.UniqueConstraint("station_id", "code", name=op.f("uq_storeroom_station_id_code")),
    )
    op.create_table(
        "cabinet",
        sa.Column("id", RowId, nullable=False),
        sa.Column("storeroom_id", RowId, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("sections", sa.Integer(), nullable=False),
        sa.Column("levels", sa.Integer(), nullable=False),
        sa.Column("shelf_mm", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "sections > 0 AND levels > 0 AND shelf_mm > 0", name=op.f("ck_cabinet_size")
        ),
        sa.ForeignKeyConstraint(
            ["storeroom_id"], ["storeroom.id"], name=op.f("fk_cabinet_storeroom_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cabinet")),
        sa.UniqueConstraint("storeroom_id", "code", name=op.f("uq_cabinet_storeroom_id_code")),
    )
    op.create_table(
        "climate_reading",
        sa.Column("id", RowId, nullable=False),
        sa.Column("storeroom_id", RowId, nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.Column("tenths", sa.Integer(), nullable=False),
        sa.Column("humidity", sa.Integer(), nullable=False),
        sa.Column("instrument", sa.String(length=40), nullable=False),
        sa.Column("by_id", RowId, nullable=False),
        sa.Column("action", sa.String(length=300), nullable=False),
        sa.Column("action_by_id", RowId, nullable=True),
        sa.Column("action_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "tenths BETWEEN -300 AND 600 AND humidity BETWEEN 0 AND 100",
            name=op.f("ck_climate_reading_possible"),
        ),
        sa.ForeignKeyConstraint(
            ["action_by_id"], ["person.id"], name=op.f("fk_climate_reading_action_by_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_climate_reading_by_id")),
        sa.ForeignKeyConstraint(
            ["storeroom_id"], ["storeroom.id"], name=op.f("fk_climate_reading_storeroom_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_climate_reading")),
    )
    op.create_index(
        op.f("ix_climate_reading_storeroom_id_taken_at"),
        "climate_reading",
        ["storeroom_id", "taken_at"],
        unique=False,
    )
    op.create_table(
        "stocktake",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("storeroom_id", RowId, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("counter_id", RowId, nullable=False),
        sa.Column("second_id", RowId, nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("closed_by_id", RowId, nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("in_place", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_by_id IS NOT NULL) AND (state <> 'closed' OR second_id IS NOT NULL)",
            name=op.f("ck_stocktake_signed"),
        ),
        sa.CheckConstraint(
            "second_id IS NULL OR second_id <> counter_id", name=op.f("ck_stocktake_second_person")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["person.id"], name=op.f("fk_stocktake_closed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["counter_id"], ["person.id"], name=op.f("fk_stocktake_counter_id")
        ),
        sa.ForeignKeyConstraint(["second_id"], ["person.id"], name=op.f("fk_stocktake_second_id")),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_stocktake_station_id")
        ),
        sa.ForeignKeyConstraint(
            ["storeroom_id"], ["storeroom.id"], name=op.f("fk_stocktake_storeroom_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stocktake")),
    )
    op.create_index(
        "uq_stocktake_under_way",
        "stocktake",
        ["station_id"],
        unique=True,
        sqlite_where=sa.text("state = 'counting'"),
        postgresql_where=sa.text("state = 'counting'"),
    )
    op.create_table(
        "shelf",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("cabinet_id", RowId, nullable=False),
        sa.Column("section", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("width_mm", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cabinet_id"], ["cabinet.id"], name=op.f("fk_shelf_cabinet_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_shelf_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelf")),
        sa.UniqueConstraint(
            "cabinet_id", "section", "level", name=op.f("uq_shelf_cabinet_id_section_level")
        ),
        sa.UniqueConstraint("station_id", "code", name=op.f("uq_shelf_station_id_code")),
    )
    op.create_table(
        "box",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("series_id", RowId, nullable=False),
        sa.Column("thickness_mm", sa.Integer(), nullable=False),
        sa.Column("shelf_id", RowId, nullable=True),
        sa.Column("missing_since", Instant(), nullable=True),
        sa.Column("made_by_id", RowId, nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_box_number")),
        sa.CheckConstraint(
            "shelf_id IS NULL OR missing_since IS NULL", name=op.f("ck_box_one_place")
        ),
        sa.CheckConstraint("thickness_mm IN (20, 30, 40, 50)", name=op.f("ck_box_thickness")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_box_made_by_id")),
        sa.ForeignKeyConstraint(["series_id"], ["code_series.id"], name=op.f("fk_box_series_id")),
        sa.ForeignKeyConstraint(["shelf_id"], ["shelf.id"], name=op.f("fk_box_shelf_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_box_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_box")),
        sa.UniqueConstraint("station_id", "number", name=op.f("uq_box_station_id_number")),
    )
    op.create_index(op.f("ix_box_series_id"), "box", ["series_id"], unique=False)
    op.create_index(op.f("ix_box_shelf_id_number"), "box", ["shelf_id", "number"], unique=False)
    op.create_table(
        "label",
        sa.Column("token", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=1), nullable=False),
        sa.Column("box_id", RowId, nullable=True),
        sa.Column("record_id", RowId, nullable=True),
        sa.Column("shelf_id", RowId, nullable=True),
        sa.CheckConstraint(
            "(box_id IS NOT NULL AND record_id IS NULL AND shelf_id IS NULL AND kind = 'B') OR (box_id IS NULL AND record_id IS NOT NULL AND shelf_id IS NULL AND kind = 'R') OR (box_id IS NULL AND record_id IS NULL AND shelf_id IS NOT NULL AND kind = 'S')",
            name=op.f("ck_label_of_one_thing"),
        ),
        sa.ForeignKeyConstraint(["box_id"], ["box.id"], name=op.f("fk_label_box_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_label_record_id")),
        sa.ForeignKeyConstraint(["shelf_id"], ["shelf.id"], name=op.f("fk_label_shelf_id")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_label")),
        sa.UniqueConstraint("box_id", name=op.f("uq_label_box_id")),
        sa.UniqueConstraint("record_id", name=op.f("uq_label_record_id")),
        sa.UniqueConstraint("shelf_id", name=op.f("uq_label_shelf_id")),
    )
    op.create_table(
        "loan",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("record_id", RowId, nullable=False),
        sa.Column("borrower_id", RowId, nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("on_site", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("approved_by_id", RowId, nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("opinion", sa.String(length=200), nullable=False),
        sa.Column("out_by_id", RowId, nullable=True),
        sa.Column("out_at", Instant(), nullable=True),
        sa.Column("received_by_id", RowId, nullable=True),
        sa.Column("returned_at", Instant(), nullable=True),
        sa.Column("pages_back", sa.Integer(), nullable=True),
        sa.Column("seal_intact", sa.Boolean(), nullable=True),
        sa.Column("incident", sa.String(length=300), nullable=False),
        sa.Column("incident_settled", sa.String(length=300), nullable=False),
        sa.Column("incident_settled_by_id", RowId, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'returned' OR (returned_at IS NOT NULL AND pages_back IS NOT NULL)",
            name=op.f("ck_loan_checked"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'out', 'returned') OR approved_by_id IS NOT NULL",
            name=op.f("ck_loan_approved"),
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> borrower_id",
            name=op.f("ck_loan_second_person"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["person.id"], name=op.f("fk_loan_approved_by_id")
        ),
        sa.ForeignKeyConstraint(["borrower_id"], ["person.id"], name=op.f("fk_loan_borrower_id")),
        sa.ForeignKeyConstraint(
            ["incident_settled_by_id"], ["person.id"], name=op.f("fk_loan_incident_settled_by_id")
        ),
        sa.ForeignKeyConstraint(["out_by_id"], ["person.id"], name=op.f("fk_loan_out_by_id")),
        sa.ForeignKeyConstraint(
            ["received_by_id"], ["person.id"], name=op.f("fk_loan_received_by_id")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_loan_record_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_loan_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan")),
    )
    op.create_index(
        op.f("ix_loan_borrower_id_state"), "loan", ["borrower_id", "state"], unique=False
    )
    op.create_index(
        op.f("ix_loan_station_id_state_due_on"),
        "loan",
        ["station_id", "state", "due_on"],
        unique=False,
    )
    op.create_index(
        "uq_loan_under_way",
        "loan",
        ["record_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('requested', 'approved', 'out')"),
        postgresql_where=sa.text("state IN ('requested', 'approved', 'out')"),
    )
    op.create_table(
        "movement",
        sa.Column("id", RowId, nullable=False),
        sa.Column("station_id", RowId, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("record_id", RowId, nullable=True),
        sa.Column("box_id", RowId, nullable=True),
        sa.Column("from_box_id", RowId, nullable=True),
        sa.Column("to_box_id", RowId, nullable=True),
        sa.Column("from_shelf_id", RowId, nullable=True),
        sa.Column("to_shelf_id", RowId, nullable=True),
        sa.Column("out_for", sa.String(length=12), nullable=False),
        sa.Column("with_box", sa.Boolean(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("by_id", RowId, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'take-out') = (out_for <> '')", name=op.f("ck_movement_out_for")
        ),
        sa.CheckConstraint(
            "(record_id IS NULL) <> (box_id IS NULL)", name=op.f("ck_movement_of_one_thing")
        ),
        sa.ForeignKeyConstraint(["box_id"], ["box.id"], name=op.f("fk_movement_box_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_movement_by_id")),
        sa.ForeignKeyConstraint(["from_box_id"], ["box.id"], name=op.f("fk_movement_from_box_id")),
        sa.ForeignKeyConstraint(
            ["from_shelf_id"], ["shelf.id"], name=op.f("fk_movement_from_shelf_id")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_movement_record_id")),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_movement_station_id")
        ),
        sa.ForeignKeyConstraint(["to_box_id"], ["box.id"], name=op.f("fk_movement_to_box_id")),
        sa.ForeignKeyConstraint(
            ["to_shelf_id"], ["shelf.id"], name=op.f("fk_movement_to_shelf_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement")),
        sa.UniqueConstraint("record_id", "id", name=op.f("uq_movement_record_id_id")),
    )
    op.create_index(op.f("ix_movement_box_id_id"), "movement", ["box_id", "id"], unique=False)
    op.create_index(
        op.f("ix_movement_station_id_at"), "movement", ["station_id", "at"], unique=False
    )
    op.create_table(
        "stock_count",
        sa.Column("id", RowId, nullable=False),
        sa.Column("stocktake_id", RowId, nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.Column("scanned", sa.String(length=80), nullable=False),
        sa.Column("shelf_id", RowId, nullable=False),
        sa.Column("box_id", RowId, nullable=True),
        sa.Column("record_id", RowId, nullable=True),
        sa.Column("damaged", sa.Boolean(), nullable=False),
        sa.Column("by_id", RowId, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["box_id"], ["box.id"], name=op.f("fk_stock_count_box_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_stock_count_by_id")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_stock_count_record_id")
        ),
        sa.ForeignKeyConstraint(["shelf_id"], ["shelf.id"], name=op.f("fk_stock_count_shelf_id")),
        sa.ForeignKeyConstraint(
            ["stocktake_id"], ["stocktake.id"], name=op.f("fk_stock_count_stocktake_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count")),
        sa.UniqueConstraint(
            "stocktake_id", "client_id", name=op.f("uq_stock_count_stocktake_id_client_id")
        ),
    )
    op.create_table(
        "stock_finding",
        sa.Column("id", RowId, nullable=False),
        sa.Column("stocktake_id", RowId, nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("scanned", sa.String(length=80), nullable=False),
        sa.Column("box_id", RowId, nullable=True),
        sa.Column("record_id", RowId, nullable=True),
        sa.Column("expected_shelf_id", RowId, nullable=True),
        sa.Column("found_shelf_id", RowId, nullable=True),
        sa.Column("settled_by_id", RowId, nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("settled_how", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by_id IS NULL)", name=op.f("ck_stock_finding_settled")
        ),
        sa.ForeignKeyConstraint(["box_id"], ["box.id"], name=op.f("fk_stock_finding_box_id")),
        sa.ForeignKeyConstraint(
            ["expected_shelf_id"], ["shelf.id"], name=op.f("fk_stock_finding_expected_shelf_id")
        ),
        sa.ForeignKeyConstraint(
            ["found_shelf_id"], ["shelf.id"], name=op.f("fk_stock_finding_found_shelf_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_stock_finding_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_stock_finding_settled_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["stocktake_id"], ["stocktake.id"], name=op.f("fk_stock_finding_stocktake_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_finding")),
    )
    op.create_index(
        op.f("ix_stock_finding_stocktake_id"), "stock_finding", ["stocktake_id"], unique=False
    )
    op.create_table(
        "whereabouts",
        sa.Column("record_id", RowId, autoincrement=False, nullable=False),
        sa.Column("box_id", RowId, nullable=True),
        sa.Column("movement_id", RowId, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(box_id IS NULL) <> (movement_id IS NULL)", name=op.f("ck_whereabouts_one_place")
        ),
        sa.ForeignKeyConstraint(["box_id"], ["box.id"], name=op.f("fk_whereabouts_box_id")),
        sa.ForeignKeyConstraint(
            ["record_id", "movement_id"],
            ["movement.record_id", "movement.id"],
            name=op.f("fk_whereabouts_record_id_movement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_whereabouts_record_id")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_whereabouts")),
    )
    op.create_index(op.f("ix_whereabouts_box_id"), "whereabouts", ["box_id"], unique=False)

    connection = op.get_bind()
    make = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    for rule, table, verb, refused in RULES:
        for statement in make(f"{rule}_{table}_{verb.lower()}", rule, table, verb, refused):
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    for table in TABLES:
        op.drop_table(table)
    if connection.dialect.name == "postgresql":
        for rule, table, verb, _ in RULES:
            connection.exec_driver_sql(f"DROP FUNCTION refuse_{rule}_{table}_{verb.lower()}()")


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
