"""Rules neither family can say in a column: made as triggers, and for PostgreSQL exclusions.

The names are the ones ``archive.db.refused_by`` knows.
"""

from sqlalchemy.engine import Connection

NO_OVERLAP = ("book", "volume_run")
"""Tables whose runs ``first_key … last_key`` never share a number."""

SEALED = ("trail_entry",)
"""Tables whose rows are neither changed nor deleted."""

WITHIN = {
    "book_request": (
        "request_without_clearance",
        "clearance_id, station_id",
        """SELECT 1 FROM clearance c
           WHERE c.id = NEW.clearance_id AND c.station_id = NEW.station_id
             AND c.voided_at IS NULL
             AND (c.verification_id IS NULL
                  OR EXISTS (SELECT 1 FROM verification v
                             WHERE v.id = c.verification_id AND v.state = 'signed'))""",
    ),
    "book": (
        "book_beyond_request",
        "request_id, station_id, kind_id",
        """SELECT 1 FROM book_request r
           WHERE r.id = NEW.request_id AND r.state <> 'cancelled'
             AND r.station_id = NEW.station_id AND r.kind_id = NEW.kind_id
             AND (SELECT count(*) FROM book b
                  WHERE b.request_id = NEW.request_id AND b.first_key <> NEW.first_key) < r.books""",
    ),
}
"""By table: a rule, the columns it is about, and what must be found for a new row: no request
without a standing clearance, no book beyond what a request grants [seed 3.5]."""


def create_rules(connection: Connection) -> None:
    """Give the database the rules."""
    create = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    for statement in create():
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(
        "INSERT INTO trail_head (id, seq, digest) VALUES (1, 0, '" + "0" * 64 + "')"
    )


def drop_rules(connection: Connection) -> None:
    """Take them away again, before their tables go."""
    if connection.dialect.name == "postgresql":
        for table in NO_OVERLAP:
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT no_overlap_{table}")
        for table in SEALED:
            connection.exec_driver_sql(f"DROP TRIGGER sealed_{table} ON {table}")
            connection.exec_driver_sql(f"DROP TRIGGER sealed_truncate_{table} ON {table}")
        for table, (rule, _, _) in WITHIN.items():
            connection.exec_driver_sql(f"DROP TRIGGER {rule} ON {table}")
            connection.exec_driver_sql(f"DROP FUNCTION refuse_{rule}()")
        connection.exec_driver_sql("DROP FUNCTION refuse_sealed()")
        connection.exec_driver_sql("DROP TYPE number_range")
        return
    for table in NO_OVERLAP:
        connection.exec_driver_sql(f"DROP TRIGGER no_overlap_{table}")
        connection.exec_driver_sql(f"DROP TRIGGER no_overlap_update_{table}")
    for rule, _, _ in WITHIN.values():
        connection.exec_driver_sql(f"DROP TRIGGER {rule}")
        connection.exec_driver_sql(f"DROP TRIGGER {rule}_update")
    for table in SEALED:
        connection.exec_driver_sql(f"DROP TRIGGER sealed_update_{table}")
        connection.exec_driver_sql(f"DROP TRIGGER sealed_delete_{table}")
        connection.exec_driver_sql(f"DROP TRIGGER sealed_replace_{table}")


def _sqlite() -> list[str]:
    """Runs in a table never overlap, so only the neighbour below can be in the way."""
    statements = []
    for table in NO_OVERLAP:
        clash = f"""
            SELECT RAISE(ABORT, 'no_overlap_{table}')
            WHERE (SELECT last_key FROM {table}
                   WHERE first_key <= NEW.last_key AND id IS NOT NEW.id
                   ORDER BY first_key DESC LIMIT 1) >= NEW.first_key;"""
        statements.append(
            f"CREATE TRIGGER no_overlap_{table} BEFORE INSERT ON {table} BEGIN {clash} END"
        )
        statements.append(
            f"CREATE TRIGGER no_overlap_update_{table} BEFORE UPDATE OF first_key, last_key"
            f" ON {table} BEGIN {clash} END"
        )
    for table, (rule, columns, found) in WITHIN.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, '{rule}') WHERE NOT EXISTS ({found}); END"
        statements += [
            f"CREATE TRIGGER {rule} BEFORE INSERT ON {table} {refuse}",
            f"CREATE TRIGGER {rule}_update BEFORE UPDATE OF {columns} ON {table} {refuse}",
        ]
    for table in SEALED:
        refuse = f"BEGIN SELECT RAISE(ABORT, 'sealed_{table}'); END"
        statements += [
            f"CREATE TRIGGER sealed_{verb.lower()}_{table} BEFORE {verb} ON {table} {refuse}"
            for verb in ("UPDATE", "DELETE")
        ]
        statements.append(  # INSERT OR REPLACE deletes without a word to the trigger above
            f"CREATE TRIGGER sealed_replace_{table} BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE seq = NEW.seq) {refuse}"
        )
    return statements


def _postgresql() -> list[str]:
    statements = ['CREATE TYPE number_range AS RANGE (subtype = text, collation = "C")']
    statements += [
        f"ALTER TABLE {table} ADD CONSTRAINT no_overlap_{table}"
        " EXCLUDE USING gist (number_range(first_key, last_key, '[]') WITH &&)"
        for table in NO_OVERLAP
    ]
    statements.append(
        "CREATE FUNCTION refuse_sealed() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'sealed_%%', TG_TABLE_NAME; END $$"
    )
    for table, (rule, columns, found) in WITHIN.items():
        statements += [
            (
                f"CREATE FUNCTION refuse_{rule}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN IF NOT EXISTS ({found}) THEN RAISE EXCEPTION '{rule}'"
                " USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
            ),
            (
                f"CREATE TRIGGER {rule} BEFORE INSERT OR UPDATE OF {columns} ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION refuse_{rule}()"
            ),
        ]
    for table in SEALED:
        statements += [
            (
                f"CREATE TRIGGER sealed_{table} BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION refuse_sealed()"
            ),
            (
                f"CREATE TRIGGER sealed_truncate_{table} BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION refuse_sealed()"
            ),
        ]
    return statements
