"""The database has exactly the shape the nouns have, on both families, up, down and up again."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, Table, inspect
from sqlalchemy.exc import IntegrityError

from archive import migrations, models
from archive.db import Base, create_engine_for

FILE = {
    "id": 1,
    "scan_id": 1,
    "position": 0,
    "name": "扫描.pdf",
    "media_type": "application/pdf",
    "size": 4096,
    "pages": 2,
    "sha256": "a",
    "sm3": "b",
    "object_key": "key-1",
}


LARGER = {"id": 2, "position": 1, "object_key": "key-2", "name": "大.pdf", "size": 3_000_000_000}


def put(connection: Connection, table: str, **known: Any) -> None:
    """A row with what is known of it, and something in every other column that needs it."""
    values = dict(known)
    for column in inspect(connection).get_columns(table):
        name, kind = column["name"], column["type"].python_type
        if not column["nullable"]:
            values.setdefault(name, _SOMETHING.get(kind, kind)())
    shape = Table(table, MetaData(), autoload_with=connection)
    connection.execute(shape.insert().values(values))


_SOMETHING = {
    int: lambda: 1,
    bool: lambda: True,
    date: lambda: date(2026, 10, 1),
    datetime: lambda: datetime(2026, 10, 19, tzinfo=UTC),
    object: list,  # JSON
}


@pytest.fixture
def engine(empty_database: str):
    made = create_engine_for(empty_database)
    yield made
    made.dispose()


def left(engine: Engine) -> dict[str, set[str]]:
    """Tables, and what a schema holds besides."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            rows = connection.exec_driver_sql(
                "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
            )
        else:
            rows = connection.exec_driver_sql(
                "SELECT 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal"
                " UNION ALL SELECT 'function', proname FROM pg_proc"
                " WHERE pronamespace = 'public'::regnamespace"
                " UNION ALL SELECT 'type', typname FROM pg_type"
                " WHERE typnamespace = 'public'::regnamespace AND typtype IN ('r', 'm')"
                " UNION ALL SELECT 'table', relname FROM pg_class"
                " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            )
        found: dict[str, set[str]] = {}
        for kind, name in rows:
            found.setdefault(kind, set()).add(name)
    found.get("table", set()).discard("alembic_version")
    return {kind: names for kind, names in found.items() if names}


def test_up_down_and_up_again_leaves_what_there_was_before(engine: Engine):
    assert not migrations.is_current(engine)
    migrations.upgrade(engine)
    assert migrations.is_current(engine)
    whole = left(engine)
    migrations.downgrade(engine, "base")
    assert not migrations.is_current(engine)
    ours = {kind: {n for n in names if "alembic" not in n} for kind, names in left(engine).items()}
    assert not any(ours.values())
    migrations.upgrade(engine)
    assert left(engine) == whole


def test_a_database_in_use_is_upgraded_with_what_is_in_it(engine: Engine):
    migrations.upgrade(engine, "0002")
    with engine.begin() as connection:
        for table in ("station", "person", "volume", "scan"):
            put(connection, table)
        put(connection, "scan_file", **FILE)
    migrations.upgrade(engine)
    with engine.begin() as connection:
        put(connection, "scan_file", **FILE | LARGER)
        files = connection.exec_driver_sql("SELECT name, size FROM scan_file ORDER BY id").all()
        assert [tuple(row) for row in files] == [("扫描.pdf", 4096), ("大.pdf", 3_000_000_000)]
        assert connection.exec_driver_sql("SELECT count(*) FROM trail_proof").scalar() == 0
    for twice in ({"position": 0, "object_key": "key-3"}, {"position": 2}):
        with engine.begin() as connection, pytest.raises(IntegrityError):
            put(connection, "scan_file", **FILE | LARGER | {"id": 3} | twice)


def test_upgrading_what_is_current_changes_nothing(engine: Engine):
    migrations.upgrade(engine)
    whole = left(engine)
    migrations.upgrade(engine)
    assert left(engine) == whole


def test_nouns_and_migrations_do_not_differ(engine: Engine):
    assert models.__all__
    migrations.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_every_check_and_unique_rule_of_the_nouns_is_in_the_database(engine: Engine):
    """Alembic compares neither checks nor the conditions of partial indexes."""
    migrations.upgrade(engine)
    looked = inspect(engine)
    for table in Base.metadata.tables.values():
        checks = {item["name"] for item in looked.get_check_constraints(table.name)}
        assert checks == {
            str(item.name) for item in table.constraints if type(item).__name__ == "CheckConstraint"
        }, table.name
        partial = {
            item["name"]: str(item["dialect_options"][f"{engine.dialect.name}_where"])
            for item in looked.get_indexes(table.name)
            if item.get("dialect_options", {}).get(f"{engine.dialect.name}_where") is not None
        }
        wanted = {
            str(index.name): str(index.dialect_options[engine.dialect.name]["where"])
            for index in table.indexes
            if index.dialect_options[engine.dialect.name]["where"] is not None
        }
        assert set(partial) == set(wanted), table.name
        for name, condition in wanted.items():
            spoken_of = re.findall(r"'([^']+)'", condition) or [condition.split()[0]]
            assert all(word in partial[name] for word in spoken_of), name
