"""What the gate reads to decide: all of what stands against new books, in few statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

import pytest
from sqlalchemy import Engine, event

from archive.access import SYSTEM
from archive.custody.actions import plans, requests
from archive.custody.book import BookState
from archive.custody.gate import GateFacts
from archive.custody.queries import gate
from archive.custody.volume import VolumeState
from archive.transaction import Transaction
from tests.builders import Station, settle_station
from tests.clock import SettableClock


def facts(station: Station) -> GateFacts:
    def read(tx: Transaction) -> GateFacts:
        clearance = gate.usable_clearance(tx, station.id)
        return gate.gate_facts(tx, station.id, station.kind_id, 1, clearance)

    return station.asks(read)


def told(station: Station, statement: str) -> None:
    """A statement nobody of the program would send."""
    with station.system.transaction(SYSTEM) as tx:
        tx.session.connection().exec_driver_sql(statement)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    sent: list[str] = []

    def note(*facts: object) -> None:
        sent.append(str(facts[2]))

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_every_volume_finance_has_not_accepted_is_seen_whatever_its_state(station: Station):
    volume = station.bound_volume()
    for state in [*VolumeState, "aaa", "lost"]:
        told(station, f"UPDATE volume SET state = '{state}'")
        owed = [(one.code, one.state) for one in facts(station).volumes_owed]
        assert owed == ([] if state == VolumeState.ACCEPTED else [(volume.code, state)])


def test_a_book_is_owed_from_its_last_number_to_finance_s_signature(
    station: Station, clock: SettableClock
):
    book = station.used_up_book()
    assert facts(station).books_owed == ()
    clock.advance(days=1)
    for state, handed_in, bound in product(BookState, (False, True), (False, True)):
        told(station, f"UPDATE book SET state = '{state}'")
        told(station, f"UPDATE book SET stub_handed_in_at = {'issued_at' if handed_in else 'NULL'}")
        if bound:
            station.bound_volume(month="2026-10")
        seen = [(one.book, one.all_bound, one.stub_handed_in) for one in facts(station).books_owed]
        owed = state in {BookState.USED_UP, BookState.STUB_HANDED_IN}
        assert seen == ([(f"{book.first}–{book.last}", bound, handed_in)] if owed else [])
        told(station, "UPDATE use_entry SET volume_id = NULL")
        told(station, "DELETE FROM volume_run")
        told(station, "DELETE FROM volume")


def test_a_book_bound_in_part_is_loose(station: Station, clock: SettableClock):
    book = station.book_in_use()
    station.used(book, last="04210004")
    station.bound_volume()
    station.used(book)
    clock.advance(days=1)
    assert [one.all_bound for one in facts(station).books_owed] == [False]
    station.bound_volume(month="2026-10")
    assert [one.all_bound for one in facts(station).books_owed] == [True]


def test_what_is_left_of_the_quarter_counts_approved_plans_and_requests_that_stand(
    station: Station, clock: SettableClock
):
    other = settle_station(station.system, code="BH", name="白河供电所")
    for one in (station, other):
        one.approved_plan(5)
    station.granted_request(2)
    gone = station.granted_request(1)
    other.granted_request(3)
    assert [facts(one).plan_remaining for one in (station, other)] == [2, 2]
    station.custodian.does(requests.cancel_request, gone.id)
    assert facts(station).plan_remaining == 3
    proposed = station.custodian.does(
        plans.propose_plan,
        station_id=station.id,
        kind_id=station.kind_id,
        year=2026,
        quarter=4,
        books=40,
        supplement=True,
    )
    assert facts(station).plan_remaining == 3
    station.finance.does(plans.approve_plan, proposed.id)
    assert facts(station).plan_remaining == 43
    clock.advance(days=90)
    assert (facts(station).plan_state, facts(station).plan_remaining) == (None, 0)


@pytest.mark.parametrize("numbers", [1, 10])
def test_the_gate_asks_as_much_however_thick_the_volume_is(
    station: Station, numbers: int, clock: SettableClock
):
    station.approved_plan(8)
    book = station.book_in_use()
    station.used(book, last=f"{int(book.first) + numbers - 1:08d}", voids=[book.first])
    station.accepted_volume()
    clock.advance(days=1)
    assert facts(station).signature_stands
    with counted(station.system.engine) as sent:
        seen = facts(station)
    assert seen.signature_stands
    assert len([one for one in sent if one.startswith("SELECT")]) <= 13
