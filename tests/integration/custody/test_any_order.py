"""Whatever people try, in whatever order: every number stands in exactly one place.

Hypothesis plays the station: it issues, receives, offers, confirms, uses, voids, binds, signs,
seals, reopens and undoes at will, mostly wrongly. What is refused must change nothing, and after
every step the books must tile.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from archive import audit
from archive.access import SYSTEM
from archive.custody.actions import books, volumes
from archive.custody.book import Book, BookState, Handover, HandoverState, UseEntry, VoidEntry
from archive.custody.numbers import NumberRun, joined
from archive.custody.queries.dossier import cover_digest
from archive.custody.volume import Volume, VolumeRun, VolumeState
from archive.errors import ArchiveError
from archive.system import System
from tests.builders import PASSWORD, Colleague, Station, settle_station
from tests.clock import A_MORNING, SettableClock

VOLUME_STEPS = ("sign", "seal", "correct", "reopen", "discard")
USUAL = {"draft": "sign", "signed": "seal", "sealed": "reopen"}
_stations = count(1)
which = st.integers(0, 5)


class Custody(RuleBasedStateMachine):
    """One station from its first books on."""

    system: System
    clock: SettableClock

    @initialize()
    def open_station(self) -> None:
        self.clock.set(A_MORNING)
        self.kept: dict[type[Any], list[Any]] = {}
        self.holders: dict[int, int | None] = {}
        self.station = settle_station(self.system, code=f"S{next(_stations)}", book_size=5)
        self.station.next_number = next(_numbers)
        self.people = [
            self.station.custodian,
            self.station.collector,
            self.station.other_collector,
        ]
        self.issue(3)
        for book in self.rows(Book):
            self.station.book_in_stock(book)
            self.holders[book.id] = self.people[0].id
        self.look()
        self.pass_on(0, 1)
        self.use_a_little(0)

    # ------------------------------------------------------------ what people try

    def tried(self, who: Colleague, verb: Callable[..., Any], *args: Any, **facts: Any) -> bool:
        """Whether it was done; what is refused has changed nothing."""
        try:
            who.does(verb, *args, **facts)
        except ArchiveError:
            before = self.told()
            self.look()
            assert self.told() == before
            return False
        self.look()
        return True

    @rule(n=st.integers(1, 2))
    @precondition(lambda self: len(self.holders) < 6)
    def issue(self, n: int) -> None:
        for book in self.station.issued_books(n):
            self.holders[book.id] = None
        self.look()

    @rule(at=which, taker=which)
    def pass_on(self, at: int, taker: int) -> None:
        """The usual way: received, or offered by the holder and confirmed by the taker."""
        book, who = self.at(Book, at), self.person(taker)
        holder = next((p for p in self.people if p.id == book.holder_id), None)
        if holder is None:
            if self.tried(who, books.receive_book, book.id):
                self.holders[book.id] = who.id
        elif self.tried(holder, books.offer_book, book.id, who.id):
            offer = self.at(Handover, -1)
            if self.tried(who, books.confirm_handover, offer.id):
                self.holders[book.id] = who.id

    @rule(at=which, giver=which, taker=which)
    def offer(self, at: int, giver: int, taker: int) -> None:
        book = self.at(Book, at)
        self.tried(self.person(giver), books.offer_book, book.id, self.person(taker).id)

    @rule(at=which, person=which, step=st.sampled_from(["confirm", "decline", "withdraw"]))
    @precondition(lambda self: self.rows(Handover))
    def answer(self, at: int, person: int, step: str) -> None:
        offer, who = self.at(Handover, at), self.person(person)
        if step == "decline":
            self.tried(who, books.decline_handover, offer.id, reason="不收")
        elif step == "withdraw":
            self.tried(who, books.withdraw_handover, offer.id)
        elif self.tried(who, books.confirm_handover, offer.id):
            assert who.id == offer.receiver_id
            self.holders[offer.book_id] = who.id

    @rule(at=which)
    def use_a_little(self, at: int) -> None:
        """The next number of a book somebody uses."""
        used = [book for book in self.rows(Book) if book.state == BookState.IN_USE]
        if used:
            book = used[at % len(used)]
            upto = 0 if book.written is None else len(book.written)
            self.use(self.rows(Book).index(book), upto, 0)

    @rule(at=which, upto=st.integers(-1, 6), early=st.sampled_from([0, 0, -1, 1, 3]))
    def use(self, at: int, upto: int, early: int) -> None:
        book = self.at(Book, at)
        self.tried(
            next((p for p in self.people if p.id == book.holder_id), self.people[2]),
            books.record_use,
            book.id,
            last=f"{int(book.first) + upto:08d}",
            used_on=self.station.today - timedelta(days=early),
            kwh=Decimal("0.5"),
            amount_fen=-100,
        )

    @rule(at=which, number=st.integers(-1, 5), copies=st.sampled_from([3, 3, 2]))
    def void(self, at: int, number: int, copies: int) -> None:
        book = self.at(Book, at)
        self.tried(
            self.people[1],
            books.record_void,
            book.id,
            number=f"{int(book.first) + number:08d}",
            reason="写错",
            copies_kept=copies,
            voided_on=self.station.today,
        )

    @rule(collector=st.sampled_from([1, 1, 2, 0]), back=st.sampled_from([0, 0, 1]))
    @precondition(lambda self: any(entry.volume_id is None for entry in self.rows(UseEntry)))
    def bind(self, collector: int, back: int) -> None:
        month = self.station.today.replace(day=1) - timedelta(days=back)
        self.tried(
            self.people[0],
            volumes.bind_volume,
            station_id=self.station.id,
            month=f"{month:%Y-%m}",
            collector_id=self.person(collector).id,
        )

    @rule(at=which, first=st.integers(0, 4), last=st.integers(0, 4))
    def bind_some(self, at: int, first: int, last: int) -> None:
        book = self.at(Book, at)
        run = volumes.BoundRun(
            book.id, f"{int(book.first) + first:08d}", f"{int(book.first) + last:08d}"
        )
        self.tried(
            self.people[0],
            volumes.bind_volume,
            station_id=self.station.id,
            month=f"{self.station.today:%Y-%m}",
            collector_id=self.people[1].id,
            runs=[run, run],
        )

    @rule(at=which, step=st.sampled_from([*["next"] * 4, *VOLUME_STEPS]))
    @precondition(lambda self: self.rows(Volume))
    def go_on_with_volume(self, at: int, step: str) -> None:
        volume, (wang, zhang, _) = self.at(Volume, at), self.people
        match USUAL[volume.state] if step == "next" else step:
            case "discard":
                self.tried(wang, volumes.discard_draft, volume.id)
            case "sign":
                self.tried(zhang, volumes.sign_volume, volume.id, password=PASSWORD)
            case "seal":
                self.tried(self.station.head, volumes.seal_volume, volume.id)
            case "reopen":
                self.tried(wang, volumes.reopen_volume, volume.id, reason="写错")
            case _:
                self.tried(
                    wang,
                    volumes.correct_cover,
                    volume.id,
                    sets=volume.sets,
                    void_numbers=[void.number for void in self.voids_in(volume)],
                    kwh=Decimal(2),
                    amount_fen=1,
                )

    @rule(days=st.integers(1, 9))
    def let_days_pass(self, days: int) -> None:
        self.clock.advance(days=days)

    # ------------------------------------------------------------ what always holds

    @invariant()
    def every_number_stands_in_exactly_one_place(self) -> None:
        entries, runs = self.rows(UseEntry), self.rows(VolumeRun)
        for book in self.rows(Book):
            written = [entry.run for entry in entries if entry.book_id == book.id]
            assert joined(written) == ([book.written] if book.written else [])
            assert sum(map(len, written)) == (len(book.written) if book.written else 0)
            assert joined([*written, *([book.blank] if book.blank else [])]) == [book.run]
            bound = [run.run for run in runs if run.book_id == book.id]
            assert sum(map(len, bound)) == sum(map(len, joined(bound)))
            assert joined(bound) == joined(
                entry.run for entry in entries if entry.book_id == book.id and entry.volume_id
            )
            assert (book.state == "used-up") == (book.used_through == book.last)

    @invariant()
    def every_book_has_the_one_holder_who_took_it(self) -> None:
        offers = [row for row in self.rows(Handover) if row.state == HandoverState.OFFERED]
        for book in self.rows(Book):
            assert book.holder_id == self.holders[book.id]
            assert (book.holder_id is None) == (book.state == BookState.ISSUED)
            mine = [offer for offer in offers if offer.book_id == book.id]
            assert [offer.giver_id for offer in mine] in ([], [book.holder_id])

    @invariant()
    def days_follow_numbers(self) -> None:
        days: dict[int, list[Any]] = {}
        for entry in sorted(self.rows(UseEntry), key=lambda entry: entry.first_key):
            days.setdefault(entry.book_id, []).append(entry.used_on)
        assert all(found == sorted(found) for found in days.values())

    @invariant()
    def void_numbers_were_written_and_are_void_once(self) -> None:
        known = {book.id: book.written for book in self.rows(Book)}
        voids = self.rows(VoidEntry)
        assert len({void.number_key for void in voids}) == len(voids)
        assert all(void.number in (known[void.book_id] or ()) for void in voids)

    @invariant()
    def covers_and_signatures_agree_with_what_is_bound(self) -> None:
        for volume in self.rows(Volume):
            runs = [run.run for run in self.rows(VolumeRun) if run.volume_id == volume.id]
            mine = [entry for entry in self.rows(UseEntry) if entry.volume_id == volume.id]
            assert volume.sets == sum(map(len, runs))
            assert {entry.month for entry in mine} == {volume.month}
            assert {entry.recorded_by_id for entry in mine} == {volume.collector_id}
            assert volume.void_sets == len(volume.void_numbers)
            signed = volume.state != VolumeState.DRAFT
            assert signed == (volume.signed_by_id == volume.collector_id)
            assert (volume.sealed_by_id is not None) == (volume.state == VolumeState.SEALED)
            if signed:
                assert volume.signed_digest == cover_digest(volume, sorted_runs(runs))

    def teardown(self) -> None:
        with self.system.transaction(SYSTEM, writes=False) as tx:
            assert audit.verify(tx.session).unbroken

    # ------------------------------------------------------------ looking

    def look(self) -> None:
        """See everything of this station anew."""
        with self.system.transaction(SYSTEM, writes=False) as tx:
            for kind in (Book, Handover, UseEntry, VoidEntry, Volume, VolumeRun):
                query = tx.session.query(kind).order_by(kind.id)
                if hasattr(kind, "station_id"):
                    self.kept[kind] = query.filter(kind.station_id == self.station.id).all()
                else:
                    self.kept[kind] = query.filter(kind.book_id.in_(self.holders)).all()

    def rows(self, kind: type[Any]) -> list[Any]:
        return self.kept.get(kind, []) if hasattr(self, "kept") else []

    def told(self) -> list[dict[str, Any]]:
        return [
            {column.name: getattr(row, column.name) for column in kind.__table__.columns}
            for kind, rows in self.kept.items()
            for row in rows
        ]

    def at(self, kind: type[Any], at: int) -> Any:
        found = self.rows(kind)
        return found[at % len(found)]

    def person(self, at: int) -> Colleague:
        return self.people[at % len(self.people)]

    def voids_in(self, volume: Volume) -> list[VoidEntry]:
        runs = [row for row in self.rows(VolumeRun) if row.volume_id == volume.id]
        return [
            void
            for void in self.rows(VoidEntry)
            if any(run.first_key <= void.number_key <= run.last_key for run in runs)
        ]


_numbers = count(10_000_000, 1000)


def sorted_runs(runs: list[NumberRun]) -> list[NumberRun]:
    return sorted(runs, key=lambda run: run.first_key)


def test_whatever_people_try_every_number_stands_in_one_place(system: System, clock: SettableClock):
    played = type("Played", (Custody,), {"system": system, "clock": clock})
    sqlite = system.engine.dialect.name == "sqlite"
    run_state_machine_as_test(
        played,
        settings=settings(
            max_examples=10 if sqlite else 4,
            stateful_step_count=25 if sqlite else 20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
    assert isinstance(settle_station(system, code="END"), Station)
