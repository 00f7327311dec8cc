"""Retention: the opinion of a panel is filed as a record of its own."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

UNSIGNED = """SELECT 1 FROM appraisal_member m WHERE m.appraisal_id = NEW.id
    AND NOT EXISTS (SELECT 1 FROM appraisal_signature s WHERE s.appraisal_id = m.appraisal_id
    AND s.person_id = m.person_id AND s.voided_at IS NULL)"""
UNFILED = (
    "NEW.state = 'signed' AND OLD.state <> 'signed' AND NEW.report_record_id IS NULL"
    f" AND NOT EXISTS ({UNSIGNED})"
)
RULE = "opinion_unfiled"
NAME = "opinion_unfiled_appraisal_update"


def upgrade() -> None:
    """Opinions signed before stay where they are: printed, kept, and without a code."""
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    connection.exec_driver_sql(
        f"ALTER TABLE appraisal ADD COLUMN report_record_id {'INTEGER' if sqlite else 'BIGINT'}"
        " CONSTRAINT fk_appraisal_report_record_id REFERENCES record (id)"
    )
    for statement in _sqlite() if sqlite else _postgresql():
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"DROP TRIGGER {NAME}")
    else:
        connection.exec_driver_sql(f"DROP TRIGGER {NAME} ON appraisal")
        connection.exec_driver_sql(f"DROP FUNCTION refuse_{NAME}()")
    connection.exec_driver_sql("ALTER TABLE appraisal DROP COLUMN report_record_id")


def _sqlite() -> list[str]:
    return [
        (
            f"CREATE TRIGGER {NAME} BEFORE UPDATE ON appraisal WHEN {UNFILED}"
            f" BEGIN SELECT RAISE(ABORT, '{RULE}'); END"
        )
    ]


def _postgresql() -> list[str]:
    return [
        (
            f"CREATE FUNCTION refuse_{NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {UNFILED} THEN RAISE EXCEPTION '{RULE}' USING ERRCODE = 'check_violation';"
            " END IF; RETURN NEW; END $$"
        ),
        (
            f"CREATE TRIGGER {NAME} BEFORE UPDATE ON appraisal"
            f" FOR EACH ROW EXECUTE FUNCTION refuse_{NAME}()"
        ),
    ]
