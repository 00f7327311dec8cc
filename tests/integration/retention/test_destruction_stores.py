"""What the stores and the database do to a destruction: versions, locks, failures, absence."""

from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from archive.holdings.pair import Pair
from archive.jobs import keep_promise
from archive.outbox import Promise
from archive.storage import DestructionPrevented, StorageUnavailable
from tests import destruction as reach
from tests.backends import Seaweed
from tests.builders import Station, open_system, settle_station
from tests.clock import SettableClock
from tests.destruction import Case
from tests.engines import engine_on
from tests.integration.retention.test_destruction import keys_of
from tests.shelving import with_store


@pytest.fixture(params=[0, 30], ids=["versioned", "locked"])
def on_s3(
    request: pytest.FixtureRequest,
    database_url: str,
    clock: SettableClock,
    tmp_path: Path,
    seaweed: Seaweed,
):
    bucket = f"destroy-{abs(hash(request.node.name))}"
    system = open_system(
        database_url,
        clock,
        tmp_path / "data",
        engine=engine_on(database_url),
        objects=seaweed.url(bucket),
        object_lock_years=request.param,
    )
    yield with_store(settle_station(system)), bucket, bool(request.param)
    for key, _ in list(system.objects.keys()):
        system.objects.destroy(key, released_by="the end of the test")
    system.engine.dispose()
    seaweed.remove_bucket(bucket)


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_is_readable_by_any_version_and_no_lock_opens_without_the_batch(
    on_s3: tuple[Station, str, bool], seaweed: Seaweed
):
    station, bucket, locked = on_s3
    records = reach.worthless(station, 1)
    (stays,) = reach.worthless(station, first=2)
    theirs, others = keys_of(station, records[0]), keys_of(station, stays)
    client = seaweed.client()
    versions = {
        (one.object_name, one.version_id)
        for one in client.list_objects(bucket, recursive=True, include_version=True)
        if one.object_name in theirs
    }
    assert {name for name, _ in versions} == theirs
    if locked:
        for key in theirs:
            with pytest.raises(DestructionPrevented):
                station.system.objects.destroy(key)
    case = reach.destroyed(reach.proposed(station, records=records))
    assert case.batch.state == "destroyed"
    left = list(client.list_objects(bucket, recursive=True, include_version=True))
    assert not theirs & {one.object_name for one in left}
    for name, version in versions:
        with pytest.raises(Exception, match="NoSuch"):
            client.get_object(bucket, name, version_id=version)
    assert others <= {one.object_name for one in left}
    if locked:
        for key in others:
            with pytest.raises(DestructionPrevented):
                station.system.objects.destroy(key)


@pytest.fixture
def burnt(station: Station) -> Case:
    with_store(station)
    return reach.burnt(reach.proposed(station, records=reach.worthless(station, 2)))


def destroy_promise(case: Case) -> int:
    return case.station.asks(
        lambda tx: tx.session.query(Promise).filter_by(name="destroy_batch").one().id
    )


def failing_after(case: Case, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store destroys so many objects and then no more."""
    objects = case.station.system.objects
    destroy, done = objects.destroy, []

    def destroy_or_fail(key: str, *, released_by: str = "") -> None:
        if len(done) >= count:
            raise StorageUnavailable(reason="Timeout")
        done.append(key)
        destroy(key, released_by=released_by)

    monkeypatch.setattr(objects, "destroy", destroy_or_fail)


@pytest.mark.parametrize("count", [0, 3, 4, 7])
def test_a_store_that_fails_half_way_leaves_the_batch_open_with_exactly_what_is_left(
    burnt: Case, count: int, monkeypatch: pytest.MonkeyPatch, clock: SettableClock
):
    with monkeypatch.context() as broken:
        failing_after(burnt, count, broken)
        keep_promise(burnt.station.system, destroy_promise(burnt), "test")
    assert burnt.batch.state == "destroying"
    done = sum(item.electronic_gone_at is not None for item in burnt.items)
    assert done == count // 4
    told = [item.failure for item in burnt.items if item.electronic_gone_at is None]
    assert told == ["StorageUnavailable"] * (2 - done)
    clock.advance(hours=1)
    reach.keep_promises(burnt.station)
    assert burnt.batch.state == "destroyed"
    assert {item.failure for item in burnt.items} == {""}


def test_what_the_store_still_lists_is_never_called_gone(
    burnt: Case, monkeypatch: pytest.MonkeyPatch, clock: SettableClock
):
    with monkeypatch.context() as lying:
        lying.setattr(burnt.station.system.objects, "destroy", lambda key, **_: None)
        keep_promise(burnt.station.system, destroy_promise(burnt), "test")
    assert {item.failure for item in burnt.items} == {"StillThere"}
    assert burnt.batch.state == "destroying"
    for record in burnt.records:
        assert burnt.station.sees(Pair, record.id).electronic == "present"


@contextmanager
def database_gone(url: str):
    """Nobody gets in, and who is in is thrown out; then all is well again."""
    name = make_url(url).database
    outside = create_engine(
        make_url(url).set(database="postgres", drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
    )
    with outside.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": name},
        )
        try:
            yield
        finally:
            connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    outside.dispose()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_is_gone_for_a_while_finds_the_batch_half_done_and_it_completes(
    burnt: Case, database_url: str, monkeypatch: pytest.MonkeyPatch, clock: SettableClock
):
    objects = burnt.station.system.objects
    destroy, seen = objects.destroy, []

    def gone_at_the_third(key: str, *, released_by: str = "") -> None:
        seen.append(key)
        if len(seen) == 3:
            with database_gone(database_url), pytest.raises(Exception):  # noqa: B017, PT011 - whatever it says
                burnt.station.asks(lambda tx: tx.session.query(Promise).count())
            raise StorageUnavailable(reason="so was the store")
        destroy(key, released_by=released_by)

    with monkeypatch.context() as broken:
        broken.setattr(objects, "destroy", gone_at_the_third)
        promise = destroy_promise(burnt)
        for _ in range(3):
            try:
                keep_promise(burnt.station.system, promise, "test")
                break
            except Exception:  # noqa: BLE001 - the worker's loop does the same
                continue
    clock.advance(hours=2)
    reach.keep_promises(burnt.station)
    assert burnt.batch.state == "destroyed"
