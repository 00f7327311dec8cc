"""Two who change the same thing, what cannot be kept, and a database that is gone."""

import threading
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import update

from archive.access import SYSTEM, Role
from archive.custody.actions import plans
from archive.custody.plan import UsagePlan
from archive.db import Base, CannotBeKept, NotPlainText, TextTooLong, create_engine_for
from archive.messages import sentences
from archive.messages.refusal import refusal
from archive.people import actions as people
from archive.settings import Settings
from archive.system import DatabaseUnavailable, System
from archive.transaction import ChangedMeanwhile, NoSuchThing, Transaction
from archive.wiring import create_store
from tests.builders import Station, open_system
from tests.clock import SettableClock


def test_the_loser_of_a_race_is_told_that_somebody_else_changed_it(station: Station):
    plan = station.approved_plan()

    def overtaken(tx: Transaction) -> None:
        mine = tx.get(UsagePlan, plan.id)
        tx.session.execute(
            update(UsagePlan).where(UsagePlan.id == plan.id).values(version=UsagePlan.version + 1),
            execution_options={"synchronize_session": False},
        )
        mine.books = 99

    with pytest.raises(ChangedMeanwhile):
        station.custodian.does(overtaken)
    assert station.sees(UsagePlan, plan.id).books == 4


def test_what_does_not_exist_is_not_found(station: Station):
    with pytest.raises(NoSuchThing) as refused:
        station.finance.does(plans.approve_plan, 999)
    assert refused.value.facts == {"thing": "usage_plan", "key": "999"}


def test_a_text_longer_than_its_place_is_refused_by_name_on_both_families(station: Station):
    with pytest.raises(TextTooLong) as refused:
        station.administrator.does(people.add_station, "BH", "很" * 61)
    assert refused.value.field == "name"
    assert refusal(refused.value, "zh").startswith("供电所名称太长了，最多 60 个字")
    assert "name of the station" in refusal(refused.value, "en")
    station.administrator.does(people.add_station, "BH", "很" * 60)
    with pytest.raises(TextTooLong):
        station.administrator.does(
            people.appoint,
            station.clerk.id,
            Role.ARCHIVIST,
            station.id,
            document="文" * 121,
        )


@pytest.mark.parametrize("character", ["\0", "\ud800"])
def test_a_character_no_database_keeps_is_refused_on_both_families(
    station: Station, character: str
):
    with pytest.raises(NotPlainText) as refused:
        station.administrator.does(people.add_station, "BH", f"北{character}河")
    assert refused.value.field == "name"
    assert refusal(refused.value, "zh").startswith("供电所名称里")
    plan = station.approved_plan()

    def remark(tx: Transaction) -> None:
        tx.get(UsagePlan, plan.id).basis = f"去年{character}"

    with pytest.raises(NotPlainText):
        station.custodian.does(remark)


def test_every_text_a_person_types_has_its_name_when_it_cannot_be_kept():
    columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
    }
    named = {key.removeprefix("kept.") for key in sentences("zh") if key.startswith("kept.")}
    assert named - {"other"} <= columns
    assert refusal(TextTooLong(what="scan.reader", most=80), "zh").startswith("填的内容太长了")


def test_a_figure_too_large_for_its_place_is_refused_on_both_families(station: Station):
    with pytest.raises(CannotBeKept) as refused:
        station.approved_plan(10**12)
    assert refused.value.field == "books"
    plan = station.approved_plan()
    with pytest.raises(CannotBeKept):
        station.custodian.does(lambda tx: setattr(tx.get(UsagePlan, plan.id), "books", 2**31))


@pytest.mark.parametrize("number", [2**63, 10**30, -(2**70)])
def test_a_number_no_database_counts_to_is_nothings_number_on_both_families(
    station: Station, number: int
):
    with pytest.raises(NoSuchThing):
        station.finance.does(plans.approve_plan, number)
    with pytest.raises(CannotBeKept):
        station.asks(lambda tx: tx.session.query(UsagePlan).filter_by(books=number).all())


def test_two_who_lock_crosswise_do_not_wait_for_each_other_for_ever(station: Station):
    """PostgreSQL ends the deadlock and one is told; on SQLite writers go one after another."""
    one, other = station.approved_plan().id, station.approved_plan().id
    meet = threading.Barrier(2)
    told: list[str] = []

    def lock_both(first: int, second: int) -> None:
        try:
            with station.system.transaction(SYSTEM) as tx:
                tx.get(UsagePlan, first, lock=True)
                with suppress(threading.BrokenBarrierError):
                    meet.wait(1)
                tx.get(UsagePlan, second, lock=True)
            told.append("done")
        except ChangedMeanwhile:
            told.append("changed meanwhile")

    threads = [
        threading.Thread(target=lock_both, args=pair) for pair in ((one, other), (other, one))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sqlite = station.system.engine.dialect.name == "sqlite"
    assert sorted(told) == ["done" if sqlite else "changed meanwhile", "done"]


def test_a_database_that_cannot_be_reached_is_said_to_be_unavailable(
    tmp_path: Path, clock: SettableClock
):
    running = open_system("", clock, tmp_path / "data")
    settings = Settings(
        data_dir=tmp_path,
        database_url=f"sqlite:///{tmp_path}/gone/away.sqlite3",
        _env_file=None,
    )
    lost = System(
        settings,
        create_engine_for(settings.effective_database_url),
        create_store(running.settings),
        clock,
    )
    with pytest.raises(DatabaseUnavailable), lost.transaction(SYSTEM) as tx:
        tx.get(UsagePlan, 1)
    running.engine.dispose()
    lost.engine.dispose()


def test_a_transaction_has_one_time_and_the_day_of_the_station(
    station: Station, clock: SettableClock
):
    with station.system.transaction(SYSTEM) as tx:
        before = tx.now
        clock.advance(hours=5)
        assert tx.now == before
        assert tx.today == station.today
