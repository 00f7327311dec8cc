"""Retention: a panel's opinion is filed as a record; what is filed as a volume stays accepted."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

UNSIGNED = """SELECT 1 FROM appraisal_member m WHERE m.appraisal_id = NEW.id
    AND NOT EXISTS (SELECT 1 FROM appraisal_signature s WHERE s.appraisal_id = m.appraisal_id
    AND s.person_id = m.person_id AND s.voided_at IS NULL)"""
_VOIDED = (
    "OLD.state = 'accepted' AND NEW.state <> 'accepted'"
    " AND EXISTS (SELECT 1 FROM volume_record v WHERE v.{which} = OLD.id)"
)

RULES = (
    (
        "opinion_unfiled",
        "appraisal",
        (
            "NEW.state = 'signed' AND OLD.state <> 'signed' AND NEW.report_record_id IS NULL"
            f" AND NOT EXISTS ({UNSIGNED})"
        ),
    ),
    ("filed_stays_accepted", "volume", _VOIDED.format(which="volume_id")),
    ("filed_stays_accepted", "book", _VOIDED.format(which="book_id")),
)
"""Name, table, and which update is refused."""


def upgrade() -> None:
    """Opinions signed before stay where they are: printed, kept, and without a code."""
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    connection.exec_driver_sql(
        f"ALTER TABLE appraisal ADD COLUMN report_record_id {'INTEGER' if sqlite else 'BIGINT'}"
        " CONSTRAINT fk_appraisal_report_record_id REFERENCES record (id)"
    )
    for rule, table, refused in RULES:
        for statement in (_sqlite if sqlite else _postgresql)(rule, table, refused):
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    for rule, table, _ in RULES:
        name = f"{rule}_{table}_update"
        connection.exec_driver_sql(f"DROP TRIGGER {name}" + ("" if sqlite else f" ON {table}"))
        if not sqlite:
            connection.exec_driver_sql(f"DROP FUNCTION refuse_{name}()")
    connection.exec_driver_sql("ALTER TABLE appraisal DROP COLUMN report_record_id")


def _sqlite(rule: str, table: str, refused: str) -> list[str]:
    return [
        (
            f"CREATE TRIGGER {rule}_{table}_update BEFORE UPDATE ON {table} WHEN {refused}"
            f" BEGIN SELECT RAISE(ABORT, '{rule}'); END"
        )
    ]


def _postgresql(rule: str, table: str, refused: str) -> list[str]:
    name = f"{rule}_{table}_update"
    return [
        (
            f"CREATE FUNCTION refuse_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {refused} THEN RAISE EXCEPTION '{rule}' USING ERRCODE = 'check_violation';"
            " END IF; RETURN NEW; END $$"
        ),
        (
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION refuse_{name}()"
        ),
    ]
