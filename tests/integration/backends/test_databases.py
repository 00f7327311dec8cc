"""Every test has a database of its own, in the present shape, on both families."""

import pytest
from sqlalchemy import inspect, text

from archive import migrations
from archive.db import create_engine_for


@pytest.fixture
def connection(database_url):
    engine = create_engine_for(database_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.mark.parametrize("attempt", [1, 2])
def test_nothing_of_one_test_is_seen_by_the_next(connection, attempt):
    assert not inspect(connection).has_table("left_behind")
    connection.execute(text("CREATE TABLE left_behind (attempt integer)"))
    connection.commit()


def test_the_database_is_in_the_present_shape(database_url):
    engine = create_engine_for(database_url)
    assert migrations.is_current(engine)
    engine.dispose()


def test_an_empty_database_holds_nothing(empty_database):
    engine = create_engine_for(empty_database)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_postgresql_is_the_real_one(postgres):
    engine = create_engine_for(postgres.url("postgres"))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version()")).startswith("PostgreSQL")
        assert connection.scalar(text("SHOW listen_addresses")) == ""
    engine.dispose()
