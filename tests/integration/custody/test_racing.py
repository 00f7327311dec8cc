"""What several people do at the same moment comes out as if one had gone first."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from time import sleep
from typing import Any

from archive import audit
from archive.access import SYSTEM, Role
from archive.audit import TrailEntry
from archive.custody.actions import books, requests, scans, volumes
from archive.custody.book import Book, Handover
from archive.custody.gate import BookRequest, Clearance
from archive.custody.numbers import key_of
from archive.custody.queries import gate
from archive.custody.scan import Verdict
from archive.custody.verification import Verification
from archive.custody.volume import NothingToBind, Volume
from archive.errors import ArchiveError
from archive.people import actions as people
from tests.builders import CODE, Colleague, Station, settle_station


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each of these came to, all begun at the same moment."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return work()
        except ArchiveError as refused:
            return refused

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def outcomes(results: list[Any]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def test_using_and_binding_at_the_same_moment_wait_for_each_other(station: Station):
    book = station.book_in_use()
    station.used(book, last=f"{int(book.first):08d}")

    def use_on() -> None:
        for number in list(book.run)[1:]:
            station.collector.does(
                books.record_use,
                book.id,
                last=number,
                used_on=station.today,
                kwh=Decimal(1),
                amount_fen=1,
            )

    def bind() -> int:
        bound = 0
        for _ in range(12):
            try:
                station.custodian.does(
                    volumes.bind_volume,
                    station_id=station.id,
                    month="2026-10",
                    collector_id=station.collector.id,
                )
            except NothingToBind:
                continue
            bound += 1
        return bound

    results = at_once(use_on, bind)
    assert outcomes(results) == {"NoneType": 1, "int": 1}


def test_of_two_hundred_asking_on_one_clearance_exactly_one_gets_books(station: Station):
    station.approved_plan(500)
    station.accepted_volume()
    entries = trail_length(station)
    wang = station.custodian.actor()

    def ask() -> BookRequest:
        with station.system.transaction(wang) as tx:
            return requests.request_books(
                tx, station_id=station.id, kind_id=station.kind_id, books=1
            )

    results = at_once(*[ask] * 200)
    told = outcomes(results)
    assert told["BookRequest"] == 1
    assert told["GateClosed"] + told["ClearanceTaken"] == 199
    granted = station.asks(
        lambda tx: tx.session.query(BookRequest).filter_by(state="granted").all()
    )
    assert [request.clearance_id for request in granted] == [
        result.clearance_id for result in results if isinstance(result, BookRequest)
    ]
    assert trail_length(station) == entries + 200
    refused = station.asks(
        lambda tx: tx.session.query(TrailEntry).filter_by(event="attempt.refused").count()
    )
    assert refused == 199
    assert station.asks(lambda tx: audit.verify(tx.session)).unbroken


def test_two_asking_on_the_same_clearance_one_wins(station: Station):
    station.approved_plan(8)
    station.excepted()
    ask = partial(
        station.custodian.does,
        requests.request_books,
        station_id=station.id,
        kind_id=station.kind_id,
        books=1,
    )
    for _ in range(5):
        told = outcomes(at_once(ask, ask))
        assert told["BookRequest"] == 1
        assert told["GateClosed"] + told["ClearanceTaken"] == 1
        request = station.asks(
            lambda tx: tx.session.query(BookRequest).filter_by(state="granted").one()
        )
        station.custodian.does(requests.cancel_request, request.id)


def test_the_same_numbers_issued_at_once_to_two_stations_go_to_one(station: Station):
    other = settle_station(station.system, code="BH", name="白河供电所")
    asked = [station.granted_request(), other.granted_request()]

    def issue(request: BookRequest, who: Colleague) -> list[Book]:
        return who.does(requests.issue_books, request.id, runs=[(CODE, "04210101", "04210110")])

    told = outcomes(
        at_once(
            partial(issue, asked[0], station.finance),
            partial(issue, asked[1], station.other_finance),
        )
    )
    assert told == {"list": 1, "NumbersAlreadyIssued": 1}


def test_one_request_is_fulfilled_once(station: Station):
    request = station.granted_request()
    runs = [[(CODE, "04210101", "04210110")], [(CODE, "04210111", "04210120")]]
    told = outcomes(
        at_once(
            *(
                partial(who.does, requests.issue_books, request.id, runs=run)
                for who, run in zip((station.finance, station.other_finance), runs, strict=True)
            )
        )
    )
    assert told == {"list": 1, "NotPossibleNow": 1}


def test_overlapping_books_inserted_at_once_past_the_verbs_one_is_refused(station: Station):
    station.issued_books()
    with station.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE book_request SET books = 50")

    def insert(first: str, last: str) -> None:
        with station.system.transaction(SYSTEM) as tx:
            twin = tx.session.query(Book).first()
            tx.add(
                Book(
                    station_id=twin.station_id,
                    kind_id=twin.kind_id,
                    request_id=twin.request_id,
                    code=CODE,
                    first=first,
                    last=last,
                    first_key=key_of(CODE, first),
                    last_key=key_of(CODE, last),
                    issued_by_id=twin.issued_by_id,
                    issued_at=twin.issued_at,
                )
            )
            sleep(0.05)

    for base in range(4_220_000, 4_220_500, 100):
        told = outcomes(
            at_once(
                partial(insert, f"{base:08d}", f"{base + 49:08d}"),
                partial(insert, f"{base + 49:08d}", f"{base + 60:08d}"),
            )
        )
        # Two that wait for each other: PostgreSQL ends one of them before it could compare.
        assert told in (
            {"NoneType": 1, "NumbersAlreadyIssued": 1},
            {"NoneType": 1, "ChangedMeanwhile": 1},
        )
    stored = station.asks(
        lambda tx: tx.session.query(Book).filter(Book.first >= "04220000").count()
    )
    assert stored == 5


def test_the_same_numbers_bound_at_once_lie_in_one_volume(station: Station):
    station.used_up_book()
    bind = partial(
        station.custodian.does,
        volumes.bind_volume,
        station_id=station.id,
        month="2026-10",
        collector_id=station.collector.id,
    )
    assert outcomes(at_once(bind, bind)) == {"Volume": 1, "NothingToBind": 1}


def test_a_book_confirmed_and_withdrawn_at_once_is_in_one_pair_of_hands(station: Station):
    offer = station.offered_book()
    told = outcomes(
        at_once(
            partial(station.collector.does, books.confirm_handover, offer.id),
            partial(station.custodian.does, books.withdraw_handover, offer.id),
        )
    )
    assert told == {"Book": 1, "NotPossibleNow": 1}
    holder = station.sees(Book, offer.book_id).holder_id
    state = station.sees(Handover, offer.id).state
    assert (holder, state) in {
        (station.collector.id, "confirmed"),
        (station.custodian.id, "withdrawn"),
    }


def test_two_of_finance_signing_at_once_one_signs(station: Station):
    verification = station.submitted_volume()
    told = outcomes(
        at_once(
            partial(station.finance_signs, verification),
            partial(station.finance_signs, verification, who=station.other_finance),
        )
    )
    assert told == {"Verification": 1, "NotPossibleNow": 1}
    assert station.asks(lambda tx: tx.session.query(Clearance).count()) == 2


def test_signing_and_settling_at_once_never_leave_a_signature_over_something_unseen(
    station: Station,
):
    """Either the word came first and finance looks again, or the signature falls."""
    for _ in range(4):
        volume = station.bound_volume()
        verification = station.submitted_volume(volume)
        lying = station.dossier(volume)
        told = outcomes(
            at_once(
                partial(station.finance_signs, verification, seen=lying.digest),
                partial(
                    station.custodian.does,
                    scans.settle,
                    lying.stubs[0].scan_id,
                    page=1,
                    verdict=Verdict.NUMBER,
                    stub_id=lying.stubs[0].id,
                    number=lying.stubs[0].number or "",
                ),
            )
        )
        assert told["Settlement"] == 1
        assert told["Verification"] + told["SeenHasChanged"] == 1
        assert station.sees(Volume, volume.id).state == "submitted"
        assert station.asks(gate.usable_clearance, station.id) is None


def test_asking_and_voiding_at_once_never_release_books_on_a_fallen_signature(station: Station):
    for _ in range(4):
        station.approved_plan(2)
        volume = station.bound_volume()
        station.accepted_volume(volume)
        stub = station.dossier(volume).stubs[0]
        told = outcomes(
            at_once(
                partial(
                    station.custodian.does,
                    requests.request_books,
                    station_id=station.id,
                    kind_id=station.kind_id,
                    books=1,
                ),
                partial(
                    station.archivist.does,
                    scans.settle,
                    stub.scan_id,
                    page=1,
                    verdict=Verdict.NUMBER,
                    stub_id=stub.id,
                    number=stub.number or "",
                ),
            )
        )
        assert told in (
            {"BookRequest": 1, "BookOfReleasedVolume": 1},
            {"GateClosed": 1, "Settlement": 1},
        )
        if told["Settlement"]:
            (waiting,) = station.asks(
                lambda tx: tx.session.query(Verification).filter_by(state="open").all()
            )
            station.finance_signs(waiting)


def test_two_appointing_a_custodian_at_once_one_is_appointed(station: Station):
    (held,) = station.asks(people.appointments_of, station.custodian.id)
    station.administrator.does(people.end_appointment, held.id)
    appoint = [
        partial(station.administrator.does, people.appoint, person.id, Role.CUSTODIAN, station.id)
        for person in (station.clerk, station.archivist)
    ]
    assert outcomes(at_once(*appoint)) == {"Appointment": 1, "OneCustodianOnly": 1}


def trail_length(station: Station) -> int:
    return station.asks(lambda tx: tx.session.query(TrailEntry).count())
