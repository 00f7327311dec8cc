"""青石供电所: a demo station that lives, made through the real verbs at the times they'd happen.

Last month's volume is read by the real reader, settled where it doubts, and accepted by
finance; this month's has been submitted and its scan waits for the worker.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import select

from archive.access import SYSTEM, Actor, Office, Role
from archive.clock import STATION_ZONE, Clock
from archive.custody.actions import books, plans, requests, scans, verifications, volumes
from archive.custody.gate import ClearanceKind
from archive.custody.plan import quarter_of
from archive.custody.queries.dossier import dossier
from archive.custody.receiving import receive
from archive.custody.reconciliation import FindingCode
from archive.custody.scan import FoundStub, Verdict
from archive.custody.verification import CheckItem
from archive.custody.volume import Volume
from archive.demo.appraisal import settle_appraisal
from archive.demo.cast import PEOPLE, STATION_ROLES
from archive.demo.customers import settle_customers
from archive.demo.destruction import settle_destruction
from archive.demo.drawing import Disorder, StubSpec, StubTruth, VolumeSpec, draw_pdf
from archive.demo.drawing.easy import tidy_look, volume_of
from archive.demo.drawing.forms_development import DEVELOPMENT
from archive.demo.holdings import settle_filing
from archive.demo.retention import settle_retention
from archive.demo.shelving import settle_shelving
from archive.holdings.actions.plans import adopt_default_plan
from archive.ingest.keeping import scan_limits
from archive.ingest.spool import Spool
from archive.jobs import keep_promise
from archive.outbox import Promise
from archive.people import actions as people
from archive.people.person import Person
from archive.system import System
from archive.transaction import Transaction

P = ParamSpec("P")
T = TypeVar("T")
CODE = "034002600104"
INSTALLER = Actor(code="installer", offices=(Office(Role.ADMINISTRATOR, None),))


def settle_in(system: System, say: Callable[[str], None]) -> None:
    """Make the station in an empty installation; ``say`` is told each stage."""
    _Stage(system, say).play()


class _Stage:
    """Plays the weeks before today, with a clock of its own."""

    def __init__(self, system: System, say: Callable[[str], None]) -> None:
        self._moment = system.clock.now()
        self._today = system.clock.today()
        self._system = replace(
            system, clock=Clock(lambda: self._moment), nudge=lambda _promises: None
        )
        self._say = say
        self._ids: dict[str, int] = {}
        self._passwords = {player.code: player.password for player in PEOPLE}
        self._station = self._kind = 0

    def play(self) -> None:
        this_month = self._today.replace(day=1)
        last_month = (this_month - timedelta(days=1)).replace(day=1)
        self._at(last_month - timedelta(days=12), 9)
        self._say("people")
        self._found()
        self._as("D001", adopt_default_plan, fonds_name="青石县供电公司", fonds_code="Q042")
        self._say("plan")
        self._plan(quarter_of(last_month), books_planned=6)
        if quarter_of(this_month) != quarter_of(last_month):
            self._plan(quarter_of(this_month), books_planned=6)
        self._at(last_month.replace(day=2), 9)
        self._as("L001", self._exception)
        first, second = self._draw_books("F001", 2, "04210001")
        self._give(first, "C001")
        self._say("last-month")
        self._last_month(first, last_month)
        third, fourth = self._draw_books("F001", 2, "04210101")
        self._say("this-month")
        self._give(second, "C002")
        self._give(third, "C001")
        self._this_month(second, third, this_month)
        self._as("B001", books.offer_book, fourth, self._ids["C002"])
        self._say("holdings")
        self._holdings()

    def _holdings(self) -> None:
        """Customers, what was filed, and where the paper stands; two papers wait for a box."""
        system, station = self._system, self._station
        archivist, head, clerk = (self._actor(code) for code in ("D001", "Z001", "Y001"))
        care = self._actor("T001")
        settle_customers(system, station, archivist=archivist, head=head, care=care)
        settle_filing(system, station, archivist=archivist, head=head)
        self._say("retention")
        self._retention(archivist, head)
        settle_shelving(
            system,
            station,
            archivist=archivist,
            clerk=clerk,
            head=head,
            password=self._passwords["Y001"],
        )

    def _retention(self, archivist: Actor, head: Actor) -> None:
        """Old papers: some listed for destruction, some before a panel, some kept by a hold."""
        system, station, archives = self._system, self._station, self._actor("G001")
        signing = (self._passwords["G001"], self._passwords["Z001"])
        people = {"archivist": archivist, "archives": archives, "head": head}
        settle_destruction(system, station, **people, passwords=signing)
        settle_retention(system, station, archivist=archivist, head=head)
        settle_appraisal(system, station, **people, password=signing[0])

    def _found(self) -> None:
        with self._system.transaction(INSTALLER) as tx:
            self._station = people.add_station(tx, "QS", "青石供电所").id
            self._kind = plans.add_kind(
                tx,
                code="NDF3",
                name="农村电费专用发票（三联）",
                code_digits=12,
                number_digits=8,
                book_size=50,
            ).id
            for player in PEOPLE:
                person = people.add_person(tx, player.code, player.name, f"first-{player.code}")
                at = self._station if player.role in STATION_ROLES else None
                people.appoint(tx, person.id, player.role, at, document="青供〔2026〕1号")
                self._ids[player.code] = person.id
        for player in PEOPLE:
            self._as(
                player.code,
                people.change_password,
                f"first-{player.code}",
                player.password,
            )

    def _plan(self, quarter: tuple[int, int], *, books_planned: int) -> None:
        plan = self._as(
            "B001",
            plans.propose_plan,
            station_id=self._station,
            kind_id=self._kind,
            year=quarter[0],
            quarter=quarter[1],
            books=books_planned,
            basis="全所 268 户，每月约 90 份；另备废票。",
        )
        self._later(hours=5)
        self._as("F002", plans.approve_plan, plan.id, opinion="同意。")

    def _exception(self, tx: Transaction) -> None:
        requests.allow_exception(
            tx,
            self._station,
            kind=ClearanceKind.FIRST_ISSUE,
            reason="新建票据台账，首次领用。",
            password=self._passwords["L001"],
        )

    def _draw_books(self, finance: str, count: int, first: str) -> list[int]:
        """Request, issue and receive ``count`` books from ``first`` on."""
        request = self._as(
            "B001",
            requests.request_books,
            station_id=self._station,
            kind_id=self._kind,
            books=count,
        )
        self._later(hours=2)
        last = f"{int(first) + 50 * count - 1:08d}"
        issued = self._as(finance, requests.issue_books, request.id, runs=[(CODE, first, last)])
        self._later(hours=20)
        for book in issued:
            self._as("B001", books.receive_book, book.id)
        return [book.id for book in issued]

    def _give(self, book_id: int, collector: str) -> None:
        handover = self._as("B001", books.offer_book, book_id, self._ids[collector])
        self._later(minutes=20)
        self._as(collector, books.confirm_handover, handover.id)

    def _last_month(self, book_id: int, month: date) -> None:
        spec = self._stubs("04210001", voids=("04210018", "04210043"), month=month, form=0)
        self._use("C001", book_id, spec, self._days(month, 5))
        self._at(month.replace(day=28), 15)
        volume = self._bind("C001", month)
        self._sign_and_seal("C001", volume)
        truths = self._scan(volume, spec)
        self._read()
        self._settle_by_paper(volume, truths)
        self._as("B001", volumes.submit_volume, volume)
        self._later(hours=18)
        self._as("F001", self._verify, volume)
        self._later(hours=1)

    def _this_month(self, second: int, third: int, month: date) -> None:
        days = [day for day in self._days(month, 4) if day <= self._today] or [self._today]
        spec = self._stubs("04210051", voids=("04210077", "04210090"), month=month, form=1)
        self._use("C002", second, spec, days)
        spare = self._stubs("04210101", voids=(), month=month, form=0)
        self._use("C001", third, replace(spare, stubs=spare.stubs[:23]), days[:1])
        self._moment = max(self._moment, self._system_now() - timedelta(hours=3))
        volume = self._bind("C002", month)
        self._sign_and_seal("C002", volume)
        worn = replace(
            spec,
            look=replace(spec.look, seal_over_number=0.1),
            disorder=Disorder(upside_down=frozenset({5})),
        )
        self._scan(volume, worn)
        self._as("B001", volumes.submit_volume, volume)

    def _stubs(self, first: str, *, voids: tuple[str, ...], month: date, form: int) -> VolumeSpec:
        look = tidy_look(DEVELOPMENT[form], stubs_a_page=3)
        return volume_of(first, 50, look, code=CODE, voids=voids, seed=int(first) + form, on=month)

    def _use(self, collector: str, book_id: int, spec: VolumeSpec, days: list[date]) -> None:
        size = -(-len(spec.stubs) // len(days))
        for at, day in enumerate(days):
            part = spec.stubs[at * size : (at + 1) * size]
            if not part:
                break
            self._at(day, 17)
            self._as(
                collector,
                self._record,
                book_id,
                part,
                day,
            )

    def _record(self, tx: Transaction, book_id: int, part: tuple[StubSpec, ...], day: date) -> None:
        valid = [stub for stub in part if not stub.void]
        books.record_use(
            tx,
            book_id,
            last=part[-1].number,
            used_on=day,
            kwh=sum((stub.kwh or Decimal(0) for stub in valid), Decimal(0)),
            amount_fen=sum(stub.amount_fen or 0 for stub in valid),
        )
        for stub in part:
            if stub.void:
                books.record_void(
                    tx,
                    book_id,
                    number=stub.number,
                    reason="户名写错，三联收回作废",
                    copies_kept=3,
                    voided_on=day,
                )

    def _bind(self, collector: str, month: date) -> int:
        volume = self._as(
            "B001",
            volumes.bind_volume,
            station_id=self._station,
            month=f"{month:%Y-%m}",
            collector_id=self._ids[collector],
        )
        self._later(minutes=15)
        return volume.id

    def _sign_and_seal(self, collector: str, volume: int) -> None:
        password = self._passwords[collector]
        self._as(collector, volumes.sign_volume, volume, password=password)
        self._later(minutes=10)
        self._as("Z001", volumes.seal_volume, volume)

    def _scan(self, volume: int, spec: VolumeSpec) -> list[StubTruth]:
        drawn = io.BytesIO()
        truths = draw_pdf(spec, drawn)
        drawn.seek(0)
        settings = self._system.settings
        limit = scan_limits(settings).bytes_in_all
        with self._system.transaction(SYSTEM, writes=False) as tx:
            code = tx.get(Volume, volume).code
        with Spool(settings.effective_spool_dir, limit_bytes=limit) as spool:
            spool.take(drawn, f"{code}.pdf")
            receive(self._system, self._actor("B001"), volume, spool.files, source="page")
        return truths

    def _read(self) -> None:
        """Keep the promise to read, here and now."""
        with self._system.transaction(SYSTEM, writes=False) as tx:
            owed = tx.session.scalars(
                select(Promise.id).where(Promise.kept_at.is_(None)).order_by(Promise.id)
            ).all()
        for promise in owed:
            keep_promise(self._system, promise, "demo")

    def _settle_by_paper(self, volume: int, truths: list[StubTruth]) -> None:
        """The custodian settles what the machine doubts, with the paper in hand."""
        for scan_id, stub, verdict, number in list(self._doubts(volume, truths)):
            self._as(
                "B001",
                scans.settle,
                scan_id,
                page=stub.page,
                stub_id=stub.id,
                verdict=verdict,
                number=number,
                note="对照纸质存根",
            )

    def _doubts(
        self, volume: int, truths: list[StubTruth]
    ) -> Iterator[tuple[int, FoundStub, Verdict, str]]:
        with self._system.transaction(SYSTEM, writes=False) as tx:
            lying = dossier(tx, tx.get(Volume, volume))
        for stub in lying.stubs:
            truth = _nearest(stub, truths)
            if not stub.certain:
                yield stub.scan_id, stub, Verdict.NUMBER, truth.number
            if not stub.void_certain or (stub.void_box is not None) != truth.void:
                verdict = Verdict.VOID if truth.void else Verdict.NOT_VOID
                yield stub.scan_id, stub, verdict, ""

    def _verify(self, tx: Transaction, volume: int) -> None:
        verification = volumes.open_verification(tx, tx.get(Volume, volume))
        lying = dossier(tx, tx.get(Volume, volume))
        if verification is None or lying.reconciliation.blocking:
            codes = sorted({str(FindingCode(f.code)) for f in lying.reconciliation.blocking})
            message = f"the demo volume cannot be accepted: {codes}"
            raise RuntimeError(message)
        verifications.sign_verification(
            tx,
            verification.id,
            check_list={item: {"answer": "yes", "remark": ""} for item in CheckItem},
            seen=lying.digest,
            password=self._passwords["F001"],
            opinion="票号齐全，废票有标记，金额与应收清单、进账单一致。",
        )

    def _as(
        self,
        code: str,
        verb: Callable[Concatenate[Transaction, P], T],
        *args: P.args,
        **told: P.kwargs,
    ) -> T:
        """Let a person do something."""
        with self._system.transaction(self._actor(code)) as tx:
            return verb(tx, *args, **told)

    def _actor(self, code: str) -> Actor:
        with self._system.transaction(SYSTEM, writes=False) as tx:
            return people.actor_of(tx, tx.get(Person, self._ids[code]))

    def _system_now(self) -> datetime:
        return Clock().now()

    def _at(self, day: date, hour: int) -> None:
        moment = datetime(day.year, day.month, day.day, hour, tzinfo=STATION_ZONE).astimezone(UTC)
        self._moment = max(self._moment if self._ids else moment, moment)
        self._moment = min(self._moment, self._system_now())

    def _later(self, **by: float) -> None:
        self._moment = min(self._moment + timedelta(**by), self._system_now())

    @staticmethod
    def _days(month: date, count: int) -> list[date]:
        return [month.replace(day=6 + 4 * at) for at in range(count)]


def _nearest(stub: FoundStub, truths: list[StubTruth]) -> StubTruth:
    """What was drawn where the machine found this stub."""

    def distance(truth: StubTruth) -> tuple[bool, int]:
        return truth.page != stub.page, abs((truth.number_box or (0, 0, 0, 0))[1] - stub.box[1])

    return min(truths, key=distance)
