"""青石供电所 as its administrator makes it through the API, and everybody at the API."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from archive.clock import Clock
from archive.custody.plan import quarter_of
from tests.e2e.api import Caller
from tests.e2e.paper import Paper
from tests.e2e.servers import Program

FIRST_PASSWORD = "given-by-the-admin-1"
PASSWORD = "lantern-of-my-own-7"


@dataclass
class Company:
    """Everybody, signed in with a password of their own."""

    administrator: Caller
    custodian: Caller
    collector: Caller
    other_collector: Caller
    head: Caller
    finance: Caller
    other_finance: Caller
    leader: Caller
    auditor: Caller
    clerk: Caller
    station: int = 0
    kind: int = 0

    @property
    def everybody(self) -> list[Caller]:
        return [
            value for one in fields(self) if isinstance(value := getattr(self, one.name), Caller)
        ]


PEOPLE = {
    "custodian": ("B001", "王秀兰", ["custodian"]),
    "collector": ("C001", "张大勇", ["collector"]),
    "other_collector": ("C002", "刘喆", ["collector"]),
    "head": ("Z001", "李国强", ["station-head", "finance"]),
    "finance": ("F001", "陈玉华", ["finance"]),
    "other_finance": ("F002", "何敏", ["finance"]),
    "leader": ("L001", "周志远", ["leader"]),
    "auditor": ("S001", "郑明", ["auditor"]),
    "clerk": ("Y001", "赵小燕", ["staff"]),
}
"""The head helps out in finance, too: who may not do what is decided between persons."""
_AT_THE_STATION = {"custodian", "collector", "station-head", "staff"}


@contextmanager
def company(
    program: Program, *, book_size: int = 10, newcomers: frozenset[str] = frozenset()
) -> Iterator[Company]:
    """From an empty installation to a station with everybody in it, each with a password.

    ``newcomers`` have not signed in yet; theirs is still ``FIRST_PASSWORD``.
    """
    made = program.run("people", "first", "--code", "A001", "--name", "罗建国",
                       "--password", FIRST_PASSWORD)  # fmt: skip
    assert made.returncode == 0, made.stderr
    callers = {"administrator": Caller(program, "A001", FIRST_PASSWORD)}
    callers |= {
        name: Caller(program, code, FIRST_PASSWORD) for name, (code, _, _) in PEOPLE.items()
    }
    all_of_them = Company(**callers)
    try:
        _settle(all_of_them, book_size, newcomers)
        yield all_of_them
    finally:
        for caller in callers.values():
            caller.close()


def _settle(them: Company, book_size: int, newcomers: frozenset[str]) -> None:
    admin = them.administrator
    assert admin.sign_in()
    admin.refused("/stations", 403, "PasswordMustChange", code="QS", name="青石供电所")
    admin.choose_password(PASSWORD)
    them.station = admin.post("/stations", code="QS", name="青石供电所")["id"]
    them.kind = admin.post(
        "/kinds", code="NDF3", name="农村电费专用发票（三联）", book_size=book_size
    )["id"]
    for name, (code, person_name, roles) in PEOPLE.items():
        caller = getattr(them, name)
        made = admin.post("/people", code=code, name=person_name, password=FIRST_PASSWORD)
        for role in roles:
            at = them.station if role in _AT_THE_STATION else None
            admin.post(f"/people/{made['id']}/appointments", role=role, station_id=at)
        if name in newcomers:
            continue
        assert caller.sign_in()
        caller.refused_to_read("/me", 403, "PasswordMustChange")
        caller.choose_password(PASSWORD)


@dataclass
class Steps:
    """The steps of the journey that other tests need taken, by the API."""

    them: Company
    paper: Paper
    day: date = field(default_factory=lambda: Clock().today())

    @property
    def month(self) -> str:
        return f"{self.day:%Y-%m}"

    def approved_plan(self, books: int = 4) -> Any:
        year, quarter = quarter_of(Clock().today())
        plan = self.them.custodian.post(
            "/plans", station_id=self.them.station, kind_id=self.them.kind, year=year,
            quarter=quarter, books=books, basis="268 户，每月约 90 份",
        )  # fmt: skip
        return self.them.finance.post(f"/plans/{plan['id']}/approve", opinion="同意。")

    def first_books(self, count: int = 1) -> list[Any]:
        """Granted on the leader's exception, issued, and received by the custodian."""
        them = self.them
        them.leader.post(f"/stations/{them.station}/exceptions", kind="first-issue",
                         reason="新建票据台账，首次领用。", password=PASSWORD)  # fmt: skip
        request = them.custodian.post(
            "/requests", station_id=them.station, kind_id=them.kind, books=count
        )
        issued = them.finance.post(f"/requests/{request['id']}/issue", runs=[self.run(count)])
        return [them.custodian.post(f"/books/{book['id']}/receive") for book in issued]

    def run(self, books: int, after: int = 0) -> dict[str, str]:
        """The numbers of so many books from the paper's first on, ``after`` books later."""
        size, first = len(self.paper.numbers), int(self.paper.numbers[0])
        start = first + after * size
        return {
            "code": self.paper.truths[0].code,
            "first": f"{start:08d}",
            "last": f"{start + books * size - 1:08d}",
        }

    def used_up(self, book: int) -> None:
        """Taken over by the collector and written to its last number, as the paper says."""
        them, paper = self.them, self.paper
        offer = them.custodian.post(f"/books/{book}/offer", receiver_id=them.collector.id)
        them.collector.post(f"/handovers/{offer['id']}/confirm")
        them.collector.post(
            f"/books/{book}/uses", last=paper.numbers[-1], used_on=str(self.day),
            kwh=str(paper.kwh), amount_fen=paper.amount_fen,
        )  # fmt: skip
        for number in paper.voids:
            them.collector.post(f"/books/{book}/voids", number=number, reason="写错户名",
                                copies_kept=3, voided_on=str(self.day))  # fmt: skip

    def sealed_volume(self) -> Any:
        """From nothing to a signed and sealed volume without a scan."""
        self.approved_plan()
        self.used_up(self.first_books(2)[0]["id"])
        volume = self.bound()
        them = self.them
        them.collector.post(f"/volumes/{volume['id']}/sign", password=PASSWORD)
        return them.head.post(f"/volumes/{volume['id']}/seal")

    def bound(self) -> Any:
        them = self.them
        return them.custodian.post(
            "/volumes", station_id=them.station, month=self.month, collector_id=them.collector.id
        )
