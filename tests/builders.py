"""Reaches any state of the custody of invoices through the real verbs, as the people would.

    station = open_station(database_url, clock)          # 青石供电所, with everybody in it
    book = station.book_in_use()                         # planned, granted, issued, handed over
    station.collector.does(books.record_use, book.id, last=book.last, …)
    volume = station.bound_volume()                      # draft; further: signed_, sealed_,
    verification = station.accepted_volume()             # scanned_, submitted_, accepted_

Every step takes what the one before gives, or makes it itself. Everybody has a name and acts in
person: ``station.custodian`` is Wang Xiulan, and ``station.custodian.does(verb, …)`` is one
transaction of hers. Only what the machine reads is set down by hand, exactly as the job that
reads scans sets it down.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from argon2 import PasswordHasher  # noqa: TID251 - to make it cheap, below
from sqlalchemy import Engine

from archive.access import SYSTEM, Actor, Office, Role
from archive.clock import Clock
from archive.custody import jobs
from archive.custody.actions import (
    binding,
    books,
    plans,
    requests,
    scans,
    verifications,
    volumes,
)
from archive.custody.book import Book, Handover, UseEntry
from archive.custody.gate import BookRequest, ClearanceKind
from archive.custody.plan import UsagePlan, quarter_of
from archive.custody.queries import gate
from archive.custody.queries.dossier import Dossier, dossier
from archive.custody.scan import FoundStub, Scan, ScanPage
from archive.custody.verification import CheckItem, Verification
from archive.custody.volume import Volume, VolumeState
from archive.digest import digest_of
from archive.people import actions as people
from archive.people import password as passwords
from archive.people.person import Person
from archive.settings import Settings
from archive.system import System
from archive.transaction import Transaction
from archive.wiring import create_index, create_store, create_system

P = ParamSpec("P")
T = TypeVar("T")

PASSWORD = "red-lantern-7"
CODE = "012345678901"
INSTALLER = Actor(code="installer", offices=(Office(Role.ADMINISTRATOR, None),))
EVERYTHING_IN_ORDER = {str(item): {"answer": "yes", "remark": ""} for item in CheckItem}

passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Argon2 still, but cheap: hundreds of people sign things in a test run."""


@dataclass(frozen=True)
class Colleague:
    """Somebody who works here."""

    system: System
    id: int
    code: str
    name: str
    password: str = PASSWORD

    def actor(self) -> Actor:
        """This person with the offices of today."""
        with self.system.transaction(SYSTEM, writes=False) as tx:
            return people.actor_of(tx, tx.get(Person, self.id))

    def does(
        self, verb: Callable[Concatenate[Transaction, P], T], *args: P.args, **facts: P.kwargs
    ) -> T:
        """What the verb gives, in one transaction of this person."""
        with self.system.transaction(self.actor()) as tx:
            return verb(tx, *args, **facts)

    def signs_in(self, password: str = PASSWORD) -> people.SignInResult:
        with self.system.transaction(SYSTEM) as tx:
            return people.sign_in(tx, self.code, password)


@dataclass(frozen=True)
class Sheet:
    """One stub as the machine read it; ``number`` None is one it found and could not read."""

    number: str | None
    code: str | None = CODE
    void: bool = False
    certain: bool = True
    void_certain: bool = True
    doubt: str = ""


@dataclass
class Station:
    """青石供电所 and the people who deal with it."""

    system: System
    id: int
    code: str
    kind_id: int
    book_size: int
    custodian: Colleague
    collector: Colleague
    other_collector: Colleague
    head: Colleague
    archivist: Colleague
    clerk: Colleague
    finance: Colleague
    other_finance: Colleague
    leader: Colleague
    auditor: Colleague
    administrator: Colleague
    next_number: int = 4_210_001
    _deliveries: Any = field(default_factory=lambda: count(1))

    @property
    def today(self) -> date:
        return self.system.clock.today()

    def sees(self, kind: type[T], key: object) -> T:
        """A thing as it is kept now."""
        with self.system.transaction(SYSTEM, writes=False) as tx:
            return tx.get(kind, key)  # type: ignore[type-var, return-value]

    def asks(
        self, read: Callable[Concatenate[Transaction, P], T], *args: P.args, **facts: P.kwargs
    ) -> T:
        """What a query or an expression over a transaction gives."""
        with self.system.transaction(SYSTEM, writes=False) as tx:
            return read(tx, *args, **facts)

    def dossier(self, volume: Volume) -> Dossier:
        """Everything that speaks about a volume, now."""
        return self.asks(lambda tx: dossier(tx, tx.get(Volume, volume.id)))

    # ---------------------------------------------------------------- plan, gate, books

    def approved_plan(self, books: int = 4) -> UsagePlan:
        """A plan for this quarter (a supplement, if there is one), approved by finance."""
        year, quarter = quarter_of(self.today)
        earlier = self.asks(gate.plans_now, self.id, self.kind_id)
        plan = self.custodian.does(
            plans.propose_plan,
            station_id=self.id,
            kind_id=self.kind_id,
            year=year,
            quarter=quarter,
            books=books,
            basis="用户 120 户，每户每月 1 张",
            supplement=bool(earlier),
        )
        return self.finance.does(plans.approve_plan, plan.id)

    def excepted(self, kind: ClearanceKind | None = None) -> None:
        """The leader allows books without a verified volume; the first time, a first issue."""
        if kind is None:
            had = self.asks(lambda tx: tx.session.query(Book).count())
            kind = ClearanceKind.EMERGENCY if had else ClearanceKind.FIRST_ISSUE
        self.leader.does(
            requests.allow_exception,
            self.id,
            kind=kind,
            reason="新所开业，首次领用",
            password=PASSWORD,
        )

    def granted_request(self, books: int = 1) -> BookRequest:
        """A request that passed the gate; plan and clearance are seen to."""
        if self._plan_left() < books:
            self.approved_plan(max(books, 4))
        if self.asks(gate.usable_clearance, self.id) is None:
            self.excepted()
        return self.custodian.does(
            requests.request_books, station_id=self.id, kind_id=self.kind_id, books=books
        )

    def issued_books(
        self, count: int = 1, *, request: BookRequest | None = None, code: str = CODE
    ) -> list[Book]:
        """Books finance handed out, not received yet; their numbers follow the last ones."""
        request = request or self.granted_request(count)
        return self.finance.does(
            requests.issue_books, request.id, runs=[(code, *self.next_run(request.books))]
        )

    def next_run(self, books: int = 1) -> tuple[str, str]:
        """First and last of the next numbers nobody had yet."""
        first = self.next_number
        self.next_number += books * self.book_size
        return f"{first:08d}", f"{self.next_number - 1:08d}"

    def book_in_stock(self, book: Book | None = None) -> Book:
        """A book the custodian holds."""
        return self.custodian.does(books.receive_book, (book or self.issued_books()[0]).id)

    def book_in_use(self, collector: Colleague | None = None, book: Book | None = None) -> Book:
        """A book the collector took over from the custodian."""
        taker = collector or self.collector
        offer = self.custodian.does(books.offer_book, (book or self.book_in_stock()).id, taker.id)
        return taker.does(books.confirm_handover, offer.id)

    def offered_book(self, collector: Colleague | None = None) -> Handover:
        """A book on its way to the collector, who has yet to confirm."""
        return self.custodian.does(
            books.offer_book, self.book_in_stock().id, (collector or self.collector).id
        )

    def used(
        self,
        book: Book | None = None,
        *,
        last: str | None = None,
        on: date | None = None,
        voids: Iterable[str] = (),
        kwh: str = "1234.5",
        amount_fen: int = 67890,
        collector: Colleague | None = None,
    ) -> UseEntry:
        """An entry of the register, up to ``last`` (the whole book), with its voids."""
        book = book or self.book_in_use(collector)
        who = collector or self.collector
        entry = who.does(
            books.record_use,
            book.id,
            last=last or book.last,
            used_on=on or self.today,
            kwh=Decimal(kwh),
            amount_fen=amount_fen,
        )
        for number in voids:
            self.voided(book, number, collector=who)
        return entry

    def voided(self, book: Book, number: str, *, collector: Colleague | None = None) -> None:
        """A void invoice, all copies kept."""
        (collector or self.collector).does(
            books.record_void,
            book.id,
            number=number,
            reason="写错户名",
            copies_kept=3,
            voided_on=self.today,
        )

    def used_up_book(self, *, voids: Iterable[str] = (), **facts: Any) -> Book:
        """A book written to its last number."""
        entry = self.used(voids=voids, **facts)
        return self.sees(Book, entry.book_id)

    # ---------------------------------------------------------------- volumes

    def bound_volume(
        self,
        *,
        month: str | None = None,
        collector: Colleague | None = None,
        runs: Sequence[volumes.BoundRun] | None = None,
    ) -> Volume:
        """A draft with everything of the month (this one) not bound yet; a used-up book if
        nothing is.
        """
        who = collector or self.collector
        month = month or f"{self.today:%Y-%m}"
        if runs is None and not self.asks(binding.unbound_entries, self.id, month, who.id):
            self.used(collector=collector)
        return self.custodian.does(
            volumes.bind_volume, station_id=self.id, month=month, collector_id=who.id, runs=runs
        )

    def signed_volume(self, volume: Volume | None = None) -> Volume:
        """Signed by its collector."""
        volume = volume or self.bound_volume()
        who = next(
            person
            for person in (self.collector, self.other_collector)
            if person.id == volume.collector_id
        )
        return who.does(volumes.sign_volume, volume.id, password=PASSWORD)

    def sealed_volume(self, volume: Volume | None = None) -> Volume:
        """Signed, then sealed by the head."""
        volume = volume or self.bound_volume()
        if volume.state == VolumeState.DRAFT:
            volume = self.signed_volume(volume)
        return self.head.does(volumes.seal_volume, volume.id)

    def shown(self, volume: Volume) -> list[Sheet]:
        """The stubs of a volume as a perfect scan of perfect paper shows them."""
        held = self.dossier(volume)
        void = {(entry.number_key) for entry in held.voids}
        return [
            Sheet(number, run.code, void=f"{run.code}:{len(number):02d}:{number}" in void)
            for run in held.runs
            for number in run.run
        ]

    def scan(
        self,
        volume: Volume,
        sheets: Sequence[Sheet] | None = None,
        *,
        problems: dict[int, list[str]] | None = None,
        per_page: int = 2,
        read: bool = True,
    ) -> Scan:
        """A scan of the volume, received and read; ``sheets`` is what the machine read on it."""
        if sheets is None:
            sheets = self.shown(volume)
        problems = problems or {}
        pages = max([-(-len(sheets) // per_page), *problems, 1])
        scan = self.received_scan(volume, pages=pages)
        if read:
            self.read_scan(scan, sheets, problems=problems, per_page=per_page)
        return self.sees(Scan, scan.id)

    def received_scan(self, volume: Volume, *, pages: int = 1) -> Scan:
        """A scan that came in and waits to be read."""
        content = f"scan {next(self._deliveries)} of {volume.code}".encode()
        file = scans.StoredFile(
            "scan.pdf",
            "application/pdf",
            pages,
            digest_of([content]),
            f"key-{sha256(content).hexdigest()}",
        )
        return self.custodian.does(
            scans.record_scan, volume.id, [file], sha256=file.digests.sha256, source="page"
        )

    def read_scan(
        self,
        scan: Scan,
        sheets: Sequence[Sheet],
        *,
        problems: dict[int, list[str]] | None = None,
        per_page: int = 2,
    ) -> None:
        """Set down what the machine read, as the promise that reads scans does."""
        jobs._begin(self.system, scan.id)
        with self.system.transaction(SYSTEM) as tx:
            for page in range(1, scan.pages + 1):
                tx.session.add(
                    ScanPage(
                        scan_id=scan.id,
                        number=page,
                        width=1000,
                        height=1400,
                        problems=(problems or {}).get(page, []),
                        image_sha256=sha256(f"{scan.id}/{page}".encode()).hexdigest(),
                        read_at=tx.now,
                    )
                )
            for at, sheet in enumerate(sheets):
                tx.session.add(_found(scan, at // per_page + 1, at % per_page + 1, sheet))
        jobs._finish(self.system, scan.id)

    def submitted_volume(self, volume: Volume | None = None) -> Verification:
        """Signed, sealed, scanned and on finance's desk."""
        volume = volume or self.bound_volume()
        if volume.state in {VolumeState.DRAFT, VolumeState.SIGNED}:
            volume = self.sealed_volume(volume)
        if self.dossier(volume).scan is None:
            self.scan(volume)
        return self.custodian.does(volumes.submit_volume, volume.id)

    def accepted_volume(
        self, volume: Volume | None = None, *, verification: Verification | None = None
    ) -> Verification:
        """Signed for by finance: new books may be had on it."""
        verification = verification or self.submitted_volume(volume)
        return self.finance_signs(verification)

    def finance_signs(
        self, verification: Verification, *, who: Colleague | None = None, **facts: Any
    ) -> Verification:
        """Finance signs what lies on the desk now, with every line of the check-list yes."""
        volume = self.sees(Volume, verification.volume_id)
        told = {
            "check_list": EVERYTHING_IN_ORDER,
            "seen": self.dossier(volume).digest,
            "password": PASSWORD,
        } | facts
        return (who or self.finance).does(verifications.sign_verification, verification.id, **told)

    def _plan_left(self) -> int:
        return self.asks(gate.gate_facts, self.id, self.kind_id, 1, None).plan_remaining


STAFF = {
    "custodian": ("wang-custodian", "王秀兰", Role.CUSTODIAN),
    "collector": ("zhang-collector", "张大勇", Role.COLLECTOR),
    "other_collector": ("liu-collector", "刘喆", Role.COLLECTOR),
    "head": ("li-head", "李国强", Role.STATION_HEAD),
    "archivist": ("sun-archivist", "孙梅", Role.ARCHIVIST),
    "clerk": ("zhao-staff", "赵小燕", Role.STAFF),
    "finance": ("chen-finance", "陈玉华", Role.FINANCE),
    "other_finance": ("he-finance", "何敏", Role.FINANCE),
    "leader": ("zhou-leader", "周志远", Role.LEADER),
    "auditor": ("zheng-auditor", "郑明", Role.AUDITOR),
    "administrator": ("luo-administrator", "罗建国", Role.ADMINISTRATOR),
}
_OF_THE_STATION = {
    Role.CUSTODIAN,
    Role.COLLECTOR,
    Role.STATION_HEAD,
    Role.ARCHIVIST,
    Role.STAFF,
}


def open_system(
    database_url: str,
    clock: Clock,
    folder: Path,
    *,
    engine: Engine | None = None,
    **settings: Any,
) -> System:
    """A running archive on that database; promises are made and nobody is told.

    With an ``engine`` (already on the migrated database), that one.
    """
    told = Settings(
        data_dir=folder,
        database_url=database_url,
        _env_file=None,  # type: ignore[call-arg]
        **settings,
    )

    def tell_nobody(_promises: list[int]) -> None:
        pass

    if engine is None:
        return create_system(told, clock=clock, nudge=tell_nobody)
    return System(told, engine, create_store(told), clock, tell_nobody, create_index(told))


def moved(station: Station, system: System) -> Station:
    """The station as it stands in a copy of its database."""
    folk = {
        part.name: replace(person, system=system)
        for part in fields(station)
        if isinstance(person := getattr(station, part.name), Colleague)
    }
    return replace(station, system=system, _deliveries=count(1), **folk)


def settle_station(
    system: System, *, code: str = "QS", name: str = "青石供电所", book_size: int = 10
) -> Station:
    """The station with everybody in it, ready to plan its first quarter.

    Company people are shared by all stations; the second station only brings its own.
    """
    folk: dict[str, Any] = {}
    with system.transaction(INSTALLER) as tx:
        station_id = people.add_station(tx, code, name).id
        kind = tx.session.query(plans.InvoiceKind).first() or plans.add_kind(
            tx,
            code="ND3",
            name="农村电费三联发票",
            code_digits=12,
            number_digits=8,
            book_size=book_size,
        )
        kind_id = kind.id
        known = {person.code: person for person in tx.session.query(Person)}
        for attribute, (staff_number, person_name, role) in STAFF.items():
            local = role in _OF_THE_STATION
            number = f"{staff_number}-{code}"[:20] if local and known else staff_number
            person = known.get(number)
            if person is None:
                person = people.add_person(tx, number, person_name, PASSWORD)
                person.must_change_password = False  # as if each had chosen PASSWORD
                people.appoint(tx, person.id, role, station_id if local else None)
            folk[attribute] = Colleague(system, person.id, person.code, person_name)
    return Station(system, station_id, code, kind_id, book_size, **folk)


def _found(scan: Scan, page: int, position: int, sheet: Sheet) -> FoundStub:
    return FoundStub(
        scan_id=scan.id,
        page=page,
        position=position,
        box=[100, 200 * position, 300, 200 * position + 40],
        number=sheet.number,
        code=sheet.code,
        confidence=0.99 if sheet.certain else 0.4,
        certain=sheet.certain and sheet.number is not None,
        doubt=sheet.doubt or ("" if sheet.certain and sheet.number else "unreadable"),
        void_box=[400, 200, 500, 260] if sheet.void else None,
        void_confidence=0.9 if sheet.void else 0.0,
        void_certain=sheet.void_certain,
    )
