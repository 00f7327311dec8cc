"""The database has exactly the shape the nouns have, on both families, up, down and up again."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from archive import migrations, models
from archive.db import Base, create_engine_for


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
            state = condition.split("'")[1]
            assert state in partial[name]
