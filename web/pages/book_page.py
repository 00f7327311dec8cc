"""One book: its states as steps, its numbers, its register, and what can be done with it now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from starlette.responses import Response

from archive.access import Permission, Role, forbid_same_person
from archive.clock import day_at_station
from archive.custody.book import BOOK_WORKFLOW, BookState
from archive.custody.numbers import NumberRun
from archive.custody.queries.book_history import BookSeen, Happened, book_seen
from archive.errors import ArchiveError
from archive.people.queries import office_holders
from archive.transaction import Transaction
from web.deps import Visit
from web.page import show
from web.pages.around import book_status, crumbs, just_done
from web.pages.volume_filing import filed_as
from web.parts import Column, Event, Fact, FormState, Kind, Link, Option, Status, Step, Tone
from web.rendering import environment

HERE = "/invoices/books"

FIELDS = (
    "receiver",
    "remark",
    "last",
    "used_on",
    "kwh",
    "amount",
    "number",
    "reason",
    "copies_kept",
    "voided_on",
)

STATES = tuple(BookState)


@dataclass(frozen=True)
class Tasks:
    """What this person may do with the book now.

    Attributes:
        why_not: by task, why it cannot be done although it is this person's task.
    """

    open: frozenset[str]
    why_not: dict[str, str] = field(default_factory=dict)
    receivers: Sequence[Option] = ()


def book_page(
    visit: Visit, book_id: int, *, task: str = "", state: FormState | None = None, status: int = 200
) -> Response:
    """The page of a book; ``state`` is what was typed into the form of ``task``."""
    with visit.reading() as tx:
        seen = book_seen(tx, book_id)
        tasks = _tasks(visit, tx, seen)
        archived = filed_as(tx, seen.book)
        today = tx.today
    name = f"{seen.book.first}–{seen.book.last}"
    return show(
        visit,
        "books/book.html",
        status=status,
        crumbs=crumbs(visit, "invoices", (visit.t("books.title"), HERE), (name, "")),
        name=name,
        seen=seen,
        archived=archived,
        status_word_=book_status(visit, seen.book.state),
        lead=_lead(visit, seen),
        notice_text=just_done(visit, "books") if status == 200 else "",
        state=state or FormState(),
        states={task: state} if state else {},
        blank_state=FormState(),
        labels={name: visit.t(f"books.{name}") for name in FIELDS},
        tasks=tasks,
        today=today.isoformat(),
        copies=_copies(visit, seen.kind.copies),
        steps=_steps(visit, seen),
        events=_events(visit, seen),
        facts=_facts(visit, seen),
        numbers=_numbers(visit, seen),
        days=_days(visit, seen),
        voids=_voids(visit, seen),
    )


def _tasks(visit: Visit, tx: Transaction, seen: BookSeen) -> Tasks:
    receivers = _receivers(visit, tx, seen)
    why_not = {
        "receive": _clash(visit, "book:receive", book_issuer=seen.book.issued_by_id),
        "give": "" if receivers else visit.t("books.nobody_to_take"),
        "hand-in": _not_used_up(visit, BookState(seen.book.state)),
    }
    found = _of_office(tx, seen) | _of_hand_over(visit, seen)
    if visit.actor.person_id == seen.book.holder_id and seen.offer is None:
        found |= _of_holder(tx, seen)
    if _may_void(tx, seen, visit.actor.person_id):
        found.add("void")
    return Tasks(frozenset(found), why_not, receivers)


def _of_office(tx: Transaction, seen: BookSeen) -> set[str]:
    """What the custodian does with books of the station, whoever holds them."""
    state, station = BookState(seen.book.state), seen.book.station_id
    found = set()
    if BOOK_WORKFLOW.allows("receive", state) and tx.can(Permission.BOOK_REQUEST, station):
        found.add("receive")
    if state in {BookState.USED_UP, BookState.IN_USE} and tx.can(Permission.STUB_HAND_IN, station):
        found.add("hand-in")
    return found


def _of_hand_over(visit: Visit, seen: BookSeen) -> set[str]:
    """Only the taker confirms, only the giver takes back [seed 3.1]."""
    offer, me = seen.offer, visit.actor.person_id
    if offer is None:
        return set()
    if me == offer.receiver_id:
        return {"confirm", "decline"}
    return {"withdraw"} if me == offer.giver_id else set()


def _of_holder(tx: Transaction, seen: BookSeen) -> set[str]:
    state, station = BookState(seen.book.state), seen.book.station_id
    found = set()
    if state in {BookState.IN_STOCK, BookState.IN_USE} and tx.can(
        Permission.BOOK_HAND_OVER, station
    ):
        found.add("give")
    if state == BookState.IN_USE and tx.can(Permission.BOOK_RECORD_USE, station):
        found.add("use")
    return found


def _not_used_up(visit: Visit, state: BookState) -> str:
    if BOOK_WORKFLOW.allows("hand-in", state):
        return ""
    return visit.t("not-possible.book.hand-in", state=visit.t(f"state-book.{state}"))


def _may_void(tx: Transaction, seen: BookSeen, me: int | None) -> bool:
    """A written number may be void until finance has accepted the book."""
    mine = me in seen.wrote or (me is not None and me == seen.book.holder_id)
    return (
        mine
        and seen.book.written is not None
        and seen.book.state != BookState.ACCEPTED
        and tx.can(Permission.BOOK_RECORD_USE, seen.book.station_id)
    )


def _clash(visit: Visit, step: str, **earlier: int) -> str:
    try:
        forbid_same_person(visit.actor, step, **earlier)
    except ArchiveError as refusal:
        return visit.told(refusal)
    return ""


def _receivers(visit: Visit, tx: Transaction, seen: BookSeen) -> list[Option]:
    """Whom the book can be given to: a collector, or back to the custodian."""
    role = Role.COLLECTOR if seen.book.state == BookState.IN_STOCK else Role.CUSTODIAN
    return [
        Option(str(person), name, visit.t(f"role.{held}"))
        for person, name, held in office_holders(tx, {role}, seen.book.station_id)
        if person != visit.actor.person_id
    ]


def _lead(visit: Visit, seen: BookSeen) -> str:
    if seen.offer is not None:
        return visit.t(
            "books.next.offered",
            giver=seen.names[seen.offer.giver_id],
            receiver=seen.names[seen.offer.receiver_id],
        )
    holder = seen.holder.name if seen.holder else None
    return visit.t(f"books.next.{seen.book.state}", holder=holder)


def _steps(visit: Visit, seen: BookSeen) -> list[Step]:
    at = STATES.index(BookState(seen.book.state))
    notes = _step_notes(visit, seen)
    return [
        Step(visit.t(f"state-book.{state}"), _passed(place, at), notes.get(state, ""))
        for place, state in enumerate(STATES)
    ]


def _passed(place: int, at: int) -> Literal["done", "current", "todo"]:
    """The last state is an end: reached is done."""
    if place < at or at == len(STATES) - 1:
        return "done"
    return "current" if place == at else "todo"


def _step_notes(visit: Visit, seen: BookSeen) -> dict[str, str]:
    iso = environment(visit.language).filters["iso"]
    first = {item.event: item for item in reversed(seen.happened)}

    def note(event: str) -> str:
        item = first.get(event)
        return "" if item is None else f"{iso(day_at_station(item.at))} {item.by}"

    notes = {
        BookState.ISSUED: note("book.issued"),
        BookState.IN_STOCK: note("book.received"),
        BookState.IN_USE: note("book.handed-over"),
        BookState.STUB_HANDED_IN: note("stub.handed-in"),
        BookState.ACCEPTED: note("book.accepted"),
    }
    if seen.book.used_up_on is not None:
        notes[BookState.USED_UP] = iso(seen.book.used_up_on)
    return {str(state): text for state, text in notes.items()}


_EVENT_TONES: dict[str, Tone] = {
    "book.handed-over": "good",
    "book.declined": "bad",
    "book.offer-withdrawn": "warn",
    "book.accepted": "good",
}


def _events(visit: Visit, seen: BookSeen) -> list[Event]:
    return [_event(visit, item) for item in seen.happened]


def _event(visit: Visit, item: Happened) -> Event:
    note = ""
    if item.event == "book.offered":
        note = visit.t("books.offered_to", receiver=item.facts["receiver"])
    if item.event == "book.accepted":
        note = visit.t("books.accepted_with", volume=item.facts["volume"])
    label = visit.t("books.accepted" if item.event == "book.accepted" else f"trail.{item.event}")
    return Event(label, item.at, item.by, note, _EVENT_TONES.get(item.event, "quiet"))


def _facts(visit: Visit, seen: BookSeen) -> list[Fact]:
    book, release = seen.book, seen.release
    basis = visit.t(f"clearance.{release.clearance.kind}")
    facts = [
        Fact(visit.t("books.code"), book.code, "code"),
        Fact(visit.t("books.numbers"), f"{book.first}–{book.last}", "code"),
        Fact(visit.t("books.kind"), seen.kind.name),
        Fact(
            visit.t("books.station"),
            seen.station.name,
            href=f"/invoices?station={seen.station.code}",
        ),
        Fact(visit.t("books.holder"), seen.holder.name if seen.holder else None),
        Fact(visit.t("books.issued_at"), book.issued_at, "moment"),
        Fact(visit.t("books.issued_by"), seen.names.get(book.issued_by_id)),
        Fact(
            visit.t("books.request"),
            visit.t("books.request_no", n=release.request.id),
            href=f"/invoices/requests/{release.request.id}",
        ),
        Fact(visit.t("books.released_on"), f"{basis} · {release.granted_by}"),
    ]
    if release.volume is not None:
        href = f"/invoices/volumes/{release.volume.id}"
        facts.append(Fact(visit.t("books.released_volume"), release.volume.code, href=href))
    return facts


def _numbers(visit: Visit, seen: BookSeen) -> list[dict[str, object]]:
    """Valid, void and blank numbers, each as runs with their count."""
    blank = [seen.book.blank] if seen.book.blank else []
    voids = [NumberRun(seen.book.code, void.number, void.number) for void in seen.voids]
    parts: list[tuple[str, Tone, Sequence[NumberRun]]] = [
        ("valid", "good", seen.valid),
        ("voids", "warn", voids),
        ("blank", "quiet", blank),
    ]
    return [
        {
            "status": Status(visit.t(f"books.numbers_{key}"), tone),
            "count": sum(len(run) for run in runs),
            "runs": runs,
        }
        for key, tone, runs in parts
    ]


def _days(visit: Visit, seen: BookSeen) -> dict[str, object]:
    def column(key: str, kind: Kind = "text", total: object = None) -> Column:
        return Column(key, visit.t(f"books.{key}"), kind, total=total)

    days = seen.days
    columns = [
        column("used_on", "day"),
        column("run", "code"),
        column("sets", "number", sum(day.sets for day in days)),
        column("void_sets", "number", sum(day.voids for day in days)),
        column("kwh", "kwh", sum((day.entry.kwh for day in days), Decimal(0))),
        column("amount", "money", sum(day.entry.amount_fen for day in days)),
        column("by"),
        column("volume", "link"),
    ]
    rows = [
        {
            "used_on": day.entry.used_on,
            "run": f"{day.entry.first}–{day.entry.last}",
            "sets": day.sets,
            "void_sets": day.voids,
            "kwh": day.entry.kwh,
            "amount": day.entry.amount_fen,
            "by": day.by,
            "volume": Link(day.volume, f"/invoices/volumes/{day.volume_id}")
            if day.volume
            else None,
        }
        for day in days
    ]
    return {"columns": columns, "rows": rows}


def _voids(visit: Visit, seen: BookSeen) -> dict[str, object]:
    columns = [
        Column("number", visit.t("books.number"), "code"),
        Column("voided_on", visit.t("books.voided_on"), "day"),
        Column("reason", visit.t("books.reason")),
        Column("copies", visit.t("books.copies_kept")),
        Column("by", visit.t("books.by")),
    ]
    rows = [
        {
            "number": void.number,
            "voided_on": void.voided_on,
            "reason": void.reason,
            "copies": f"{void.copies_kept}/{seen.kind.copies}",
            "by": seen.names.get(void.recorded_by_id, ""),
        }
        for void in seen.voids
    ]
    return {"columns": columns, "rows": rows}


def _copies(visit: Visit, copies: int) -> list[Option]:
    """One box for each copy that must be back: 存根联、发票联、记账联."""
    if copies == 3:
        names = ("stub", "customer", "bookkeeping")
        return [Option(name, visit.t(f"books.copy_{name}")) for name in names]
    return [Option(str(n), visit.t("books.copy_n", n=n)) for n in range(1, copies + 1)]
