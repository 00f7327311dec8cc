"""Rules neither family can say in a column: made as triggers, and for PostgreSQL exclusions.

The names are the ones ``archive.db.refused_by`` knows.
"""

from sqlalchemy.engine import Connection

NO_OVERLAP = ("book", "volume_run")
"""Tables whose runs ``first_key … last_key`` never share a number."""

SEALED = ("trail_entry",)
"""Tables whose rows are neither changed nor deleted."""


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
        connection.exec_driver_sql("DROP FUNCTION refuse_sealed()")
        connection.exec_driver_sql("DROP TYPE number_range")
        return
    for table in NO_OVERLAP:
        connection.exec_driver_sql(f"DROP TRIGGER no_overlap_{table}")
        connection.exec_driver_sql(f"DROP TRIGGER no_overlap_update_{table}")
    for table in SEALED:
        connection.exec_driver_sql(f"DROP TRIGGER sealed_update_{table}")
        connection.exec_driver_sql(f"DROP TRIGGER sealed_delete_{table}")


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
    for table in SEALED:
        statements += [
            f"CREATE TRIGGER sealed_{verb.lower()}_{table} BEFORE {verb} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, 'sealed_{table}'); END"
            for verb in ("UPDATE", "DELETE")
        ]
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
