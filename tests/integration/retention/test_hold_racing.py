"""A hold and the beginning of a destruction at the same moment: one of them was first, never both."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from typing import Any

import pytest
from sqlalchemy import func, select

from archive.errors import ArchiveError
from archive.holdings.record import Record
from archive.retention.actions import execution
from archive.retention.actions.holds import Covers, place_hold
from archive.retention.batch import NothingToDestroy
from archive.retention.hold import GoneAlready, Hold, HoldKind
from archive.retention.queries.holds import holds_on
from archive.transaction import Transaction
from tests import destruction as reach
from tests.builders import PASSWORD, Colleague, Station
from tests.destruction import Case
from tests.shelving import with_store

SOON = 0.4
"""Long enough for the other to come and have to wait; nothing is judged by it."""


@pytest.fixture
def case(station: Station) -> Case:
    station = with_store(station)
    return reach.counted(reach.proposed(station, records=reach.worthless(station, 1)))


def holds(tx: Transaction, case: Case, covers: Covers) -> Hold:
    return place_hold(tx, case.station.id, covers, kind=HoldKind.AUDIT, reason="内部审计")


def begins(tx: Transaction, case: Case, _: Covers) -> Any:
    return execution.begin_destruction(
        tx, case.batch_id, place="县公司档案销毁室", method="碎纸后化浆", password=PASSWORD
    )


def of_record(case: Case) -> Covers:
    return Covers(record_ids=[case.records[0].id])


def of_customer(case: Case) -> Covers:
    return Covers(customer_number=case.records[0].customer_number)


def refused_or(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except ArchiveError as refused:
        return refused


def first_then(
    case: Case, covers: Covers, first: tuple[Any, Colleague], second: tuple[Any, Colleague]
) -> Any:
    """What the second came to, who came before the first had committed and had to wait."""
    (verb, who), (late_verb, late) = first, second
    with ThreadPoolExecutor(1) as pool:
        with case.station.system.transaction(who.actor()) as tx:
            verb(tx, case, covers)
            came_to = pool.submit(refused_or, lambda: late.does(late_verb, case, covers))
            sleep(SOON)
            assert not came_to.done()
        return came_to.result()


def told(case: Case) -> tuple[str, str, int]:
    """How the record, its line and the holds stand in the end."""
    (item,) = case.items
    record = case.station.sees(Record, case.records[0].id)
    placed = case.station.asks(lambda tx: tx.session.scalar(select(func.count(Hold.id))))
    return str(record.state), str(item.state), placed


@pytest.mark.parametrize("covers", [of_record, of_customer])
def test_a_hold_that_was_first_saves_the_record_from_who_begins_meanwhile(case: Case, covers):
    held, begun = (holds, case.station.finance), (begins, case.station.archivist)
    refused = first_then(case, covers(case), held, begun)
    assert isinstance(refused, NothingToDestroy)
    assert told(case)[0] == "archived"
    assert case.station.asks(holds_on, [case.records[0].id])[case.records[0].id]


def test_a_destruction_that_was_first_is_waited_for_and_the_hold_refused(case: Case):
    held, begun = (holds, case.station.finance), (begins, case.station.archivist)
    refused = first_then(case, of_record(case), begun, held)
    assert isinstance(refused, GoneAlready)
    assert refused.facts == {"record": case.records[0].code}
    assert told(case) == ("destroying", "destroying", 0)


def test_a_customers_hold_that_came_too_late_does_not_claim_what_is_going(case: Case):
    held, begun = (holds, case.station.finance), (begins, case.station.archivist)
    hold = first_then(case, of_customer(case), begun, held)
    assert (hold.covered, told(case)) == (0, ("destroying", "destroying", 1))


def test_whoever_of_both_is_first_the_other_is_refused(case: Case):
    start = threading.Barrier(2)

    def run(who: Colleague, verb: Any) -> Any:
        start.wait()
        return refused_or(lambda: who.does(verb, case, of_record(case)))

    with ThreadPoolExecutor(2) as pool:
        held = pool.submit(run, case.station.finance, holds)
        begun = pool.submit(run, case.station.archivist, begins)
    if isinstance(held.result(), GoneAlready):
        assert told(case) == ("destroying", "destroying", 0)
    else:
        assert isinstance(begun.result(), NothingToDestroy)
        assert told(case)[::2] == ("archived", 1)
