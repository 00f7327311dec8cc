"""What the pages of a destruction batch say: states, steps, facts, signatures, what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from archive.access import Actor, Permission
from archive.errors import ArchiveError
from archive.messages import sentences
from archive.retention.batch import Batch, BatchItem, BatchState, ItemState
from archive.retention.certificate import note_told
from archive.retention.queries.batch_tasks import Going, parts_open_to
from archive.retention.queries.batches import BatchSeen
from archive.retention.signing import Part
from web.deps import Visit
from web.pages.around import crumbs
from web.parts import Column, Fact, Link, Status, Step, Tone

HERE = "/retention/batches"
TONES: dict[str, Tone] = {
    BatchState.DRAFT: "warn",
    BatchState.REGISTERED: "info",
    BatchState.SIGNED: "info",
    BatchState.APPROVED: "info",
    BatchState.COUNTED: "warn",
    BatchState.DESTROYING: "bad",
    BatchState.DESTROYED: "warn",
    BatchState.CLOSED: "good",
}
ITEM_TONES: dict[str, Tone] = {
    ItemState.LISTED: "quiet",
    ItemState.COUNTED: "info",
    ItemState.WITHHELD: "warn",
    ItemState.DESTROYING: "bad",
    ItemState.DESTROYED: "good",
}
LINE = ("draw-up", "sign", "approve", "count", "destroy", "witness", "close")
"""The steps of a batch as people count them."""

STANDS_AT: dict[str, int] = {
    BatchState.DRAFT: 0,
    BatchState.REGISTERED: 1,
    BatchState.SIGNED: 2,
    BatchState.APPROVED: 3,
    BatchState.COUNTED: 4,
    BatchState.DESTROYING: 4,
    BatchState.DESTROYED: 5,
    BatchState.CLOSED: len(LINE),
}


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to be done with a batch now: a page to go to or, when it ``posts``, a button."""

    label: str
    href: str
    posts: bool = False
    why_not: str = ""
    style: Literal["primary", "secondary"] = "primary"


def around(visit: Visit, batch: Batch | None = None, last: str = "") -> list[Link]:
    """Where one is: the section, the list, the batch, and a page of it."""
    links = [(visit.t("batches.title"), HERE)]
    if batch is not None:
        links.append((batch.name, f"{HERE}/{batch.id}"))
    if last:
        links.append((last, ""))
    return crumbs(visit, "retention", *links)


def batch_status(visit: Visit, batch: Batch) -> Status:
    return Status(visit.t(f"state-batch.{batch.state}"), TONES.get(batch.state, "quiet"))


def item_status(visit: Visit, item: BatchItem) -> Status:
    return Status(visit.t(f"item-state.{item.state}"), ITEM_TONES[item.state])


def period(visit: Visit, retention: str) -> str:
    """A period as the register writes it."""
    if retention == "Y":
        return visit.t("retention.Y")
    return visit.t("batches.years", n=retention.lstrip("DE"))


def why_withheld(visit: Visit, item: BatchItem) -> str:
    """Why a line stayed in the archive, with the note; empty where it did not."""
    if not item.withheld:
        return ""
    note = note_told(item, visit.language)
    said = visit.t(f"withheld.{item.withheld}")
    return visit.t("batches.withheld_note", why=said, note=note) if note else said


def failure(visit: Visit, item: BatchItem) -> str:
    """Why the electronic side of a line could not be destroyed at the last try."""
    if not item.failure or item.electronic_gone_at is not None:
        return ""
    known = f"error.{item.failure}" in sentences("zh")
    plain = known and "{" not in sentences("zh")[f"error.{item.failure}"]
    return visit.t(f"error.{item.failure}" if plain else "batches.failed")


def lead(visit: Visit, seen: BatchSeen, amount: Going) -> str:
    """What the batch destroys, in numbers."""
    state = seen.batch.state
    if state in {BatchState.DESTROYED, BatchState.CLOSED}:
        return visit.t("batches.destroyed_n", items=seen.line.destroyed, pages=amount.pages)
    if state == BatchState.CANCELLED:
        return visit.t("batches.cancelled_lead", reason=seen.batch.close_reason)
    return visit.t("batches.will_destroy", items=amount.items, pages=amount.pages)


def steps(visit: Visit, seen: BatchSeen) -> list[Step]:
    """The line of steps; none for a batch that was given up."""
    if seen.batch.state == BatchState.CANCELLED:
        return []
    at = STANDS_AT[seen.batch.state]
    notes = _notes(visit, seen)
    return [
        Step(
            visit.t(f"batches.step.{name}"),
            "done" if number < at else "current" if number == at else "todo",
            notes[name],
        )
        for number, name in enumerate(LINE)
    ]


def _notes(visit: Visit, seen: BatchSeen) -> dict[str, str]:
    batch, counts = seen.batch, seen.counts
    signed = sum(place.signature is not None for place in seen.places[:-1])
    listed = counts.get(ItemState.LISTED, 0)
    witnessed = sum(one.signature is not None for one in seen.witnesses)
    destroy = _at(visit, batch.begun_at)
    if not destroy and seen.cools_until is not None and batch.cooling_days:
        destroy = visit.t("batches.from", at=seen.cools_until)
    return {
        "draw-up": seen.proposer.name,
        "sign": f"{signed} / {len(seen.places) - 1}",
        "approve": _at(visit, batch.approved_at),
        "count": f"{seen.line.items - listed} / {seen.line.items}" if batch.approved_at else "",
        "destroy": destroy,
        "witness": f"{witnessed} / {len(seen.witnesses)}" if seen.witnesses else "",
        "close": _at(visit, batch.closed_at),
    }


def _at(visit: Visit, at: datetime | None) -> str:
    return visit.t("batches.at", at=at) if at is not None else ""


def todos(visit: Visit, seen: BatchSeen, now: datetime) -> list[Todo]:
    """What this person can do with the batch, each greyed with the reason where it cannot be."""
    batch = seen.batch
    found = {
        BatchState.DRAFT: _draft,
        BatchState.REGISTERED: _registered,
        BatchState.SIGNED: _signed,
        BatchState.APPROVED: _approved,
        BatchState.COUNTED: _counted,
        BatchState.DESTROYING: _destroying,
        BatchState.DESTROYED: _destroyed,
    }.get(BatchState(batch.state))
    return found(visit, seen, now) if found else []


def _draft(visit: Visit, seen: BatchSeen, _now: datetime) -> list[Todo]:
    if not _may(visit.actor, Permission.DESTRUCTION_PROPOSE, seen):
        return []
    empty = visit.t("error.RegisterEmpty") if not seen.line.items else ""
    return [_press(visit, seen, "freeze", empty)]


def _registered(visit: Visit, seen: BatchSeen, _now: datetime) -> list[Todo]:
    if not _may(visit.actor, Permission.DESTRUCTION_SIGN, seen):
        return []
    return [_page(visit, seen, "sign", sign_blocked(visit, seen))]


def _signed(visit: Visit, seen: BatchSeen, _now: datetime) -> list[Todo]:
    if not _may(visit.actor, Permission.DESTRUCTION_APPROVE, seen):
        return []
    return [_page(visit, seen, "approve", "")]


def _approved(visit: Visit, seen: BatchSeen, _now: datetime) -> list[Todo]:
    found = []
    if _may(visit.actor, Permission.DESTRUCTION_PROPOSE, seen):
        found.append(_page(visit, seen, "supervision", ""))
    if is_witness(visit.actor, seen):
        found.append(_page(visit, seen, "count", ""))
    return found


def _counted(visit: Visit, seen: BatchSeen, now: datetime) -> list[Todo]:
    if not _may(visit.actor, Permission.DESTRUCTION_EXECUTE, seen):
        return []
    return [_page(visit, seen, "execute", execution_blocked(visit, seen, now))]


def _destroying(visit: Visit, seen: BatchSeen, _now: datetime) -> list[Todo]:
    if not _may(visit.actor, Permission.DESTRUCTION_EXECUTE, seen):
        return []
    return [_page(visit, seen, "execute", "", word="destroying")]


def _destroyed(visit: Visit, seen: BatchSeen, _now: datetime) -> list[Todo]:
    found = []
    if is_witness(visit.actor, seen):
        done = visit.t("batches.signed_already") if has_witnessed(visit.actor, seen) else ""
        found.append(_page(visit, seen, "witness", done))
    if _may(visit.actor, Permission.DESTRUCTION_PROPOSE, seen):
        missing = [one.person.name for one in seen.witnesses if one.signature is None]
        why = visit.t("batches.witnesses_unsigned", people=missing) if missing else ""
        found.append(_press(visit, seen, "close", why))
    return found


def sign_blocked(visit: Visit, seen: BatchSeen) -> str:
    """Why this person does not sign the register now; empty where nothing stands against it."""
    mine = {place.person.id for place in seen.places if place.person is not None}
    if visit.actor.person_id in mine:
        return visit.t("batches.signed_already")
    open_parts = set(parts_open_to(visit.actor, seen)) - {Part.LEADER}
    return "" if open_parts else visit.t("batches.no_part_open")


def execution_blocked(visit: Visit, seen: BatchSeen, now: datetime) -> str:
    """Why this person does not begin the destruction now."""
    if seen.batch.executor_id != visit.actor.person_id:
        if seen.executor is None:
            return visit.t("batches.no_executor")
        return visit.t("batches.other_executor", name=seen.executor.name)
    try:
        seen.batch.check_cooled(now)
    except ArchiveError as error:
        return visit.told(error)
    return ""


def is_witness(actor: Actor, seen: BatchSeen) -> bool:
    return actor.person_id in {one.person.id for one in seen.witnesses}


def has_witnessed(actor: Actor, seen: BatchSeen) -> bool:
    return any(one.person.id == actor.person_id and one.signature for one in seen.witnesses)


def _may(actor: Actor, permission: Permission, seen: BatchSeen) -> bool:
    return actor.may(permission, seen.batch.station_id)


def _press(visit: Visit, seen: BatchSeen, step: str, why_not: str) -> Todo:
    label = visit.t(f"batches.do.{step}")
    return Todo(label, f"{HERE}/{seen.batch.id}/{step}", posts=True, why_not=why_not)


def _page(visit: Visit, seen: BatchSeen, page: str, why_not: str, word: str = "") -> Todo:
    label = visit.t(f"batches.do.{word or page}")
    return Todo(label, f"{HERE}/{seen.batch.id}/{page}", why_not=why_not)


def facts(visit: Visit, seen: BatchSeen) -> list[Fact]:
    """Everything about the batch in one list."""
    batch = seen.batch
    found = [
        Fact(visit.t("batches.station"), seen.line.station.name),
        Fact(
            visit.t("batches.appraisal"),
            seen.appraisal.name,
            href=f"/retention/appraisals/{seen.appraisal.id}",
        ),
        Fact(visit.t("batches.proposed_by"), seen.proposer.name),
        Fact(visit.t("batches.proposed_at"), batch.proposed_at, "moment"),
        Fact(visit.t("batches.items"), seen.line.items, "number"),
        Fact(visit.t("batches.pages"), seen.pages, "number"),
    ]
    if batch.frozen_at is not None:
        found += [
            Fact(visit.t("batches.frozen_at"), batch.frozen_at, "moment"),
            Fact(visit.t("batches.digest"), f"{batch.digest[:16]}…"),
        ]
    if seen.cools_until is not None and batch.cooling_days:
        found.append(Fact(visit.t("batches.cools_until"), seen.cools_until, "moment"))
    if batch.state != BatchState.CANCELLED and batch.approved_at is not None:
        executor = seen.executor.name if seen.executor else visit.t("batches.nobody_yet")
        found.append(Fact(visit.t("batches.executor"), executor))
    return found + _execution_facts(visit, seen) + _ending(visit, seen)


def _execution_facts(visit: Visit, seen: BatchSeen) -> list[Fact]:
    batch = seen.batch
    if batch.begun_at is None:
        return []
    gone, left = seen.objects_gone, seen.objects_left
    found = [
        Fact(visit.t("batches.place"), batch.place),
        Fact(visit.t("batches.method"), batch.method),
        Fact(visit.t("batches.begun_at"), batch.begun_at, "moment"),
        Fact(visit.t("batches.objects"), visit.t("batches.objects_n", gone=gone, left=left)),
        Fact(visit.t("batches.withheld_n"), seen.line.withheld, "number"),
    ]
    if batch.paper_destroyed_at is not None:
        found += [
            Fact(visit.t("batches.paper_destroyed_at"), batch.paper_destroyed_at, "moment"),
            Fact(visit.t("batches.paper_count"), batch.paper_count, "number"),
            Fact(visit.t("batches.weight_kg"), batch.weight_kg),
        ]
    return found


def _ending(visit: Visit, seen: BatchSeen) -> list[Fact]:
    batch = seen.batch
    if batch.closed_at is None:
        return []
    found = [Fact(visit.t("batches.closed_at"), batch.closed_at, "moment")]
    if batch.certificate_record_id is not None:
        clear = batch.backups_clear_at
        waits = (
            visit.t("batches.backups_wait") if clear is None else visit.t("batches.at", at=clear)
        )
        found.append(Fact(visit.t("batches.backups_clear"), waits))
    return found


def signature_rows(visit: Visit, seen: BatchSeen) -> list[dict[str, object]]:
    """The five places, signed or not."""
    return [
        {
            "part": visit.t(f"part.{place.part}"),
            "who": place.person.name if place.person else "",
            "at": place.signature.signed_at if place.signature else None,
            "opinion": place.signature.opinion if place.signature else "",
            "state": Status(visit.t("batches.signed"), "good")
            if place.signature
            else Status(visit.t("batches.unsigned"), "quiet"),
        }
        for place in seen.places
    ]


def signature_columns(visit: Visit) -> list[Column]:
    return [
        Column("part", visit.t("batches.part")),
        Column("state", visit.t("batches.state"), "status"),
        Column("who", visit.t("batches.who")),
        Column("opinion", visit.t("batches.opinion")),
        Column("at", visit.t("batches.when"), "moment"),
    ]


def witness_rows(visit: Visit, seen: BatchSeen) -> list[dict[str, object]]:
    """Who was sent to supervise, and whether they have signed."""
    return [
        {
            "part": visit.t(f"department.{one.witness.department}"),
            "who": one.person.name,
            "at": one.signature.signed_at if one.signature else None,
            "opinion": one.signature.opinion if one.signature else "",
            "state": Status(visit.t("batches.signed"), "good")
            if one.signature
            else Status(visit.t("batches.unsigned"), "quiet"),
        }
        for one in seen.witnesses
    ]


def voided_rows(visit: Visit, seen: BatchSeen) -> Sequence[dict[str, object]]:
    """Signatures that fell, with why."""
    return [
        {
            "part": visit.t(f"part.{signature.part}"),
            "who": person.name,
            "at": signature.voided_at,
            "reason": signature.void_reason,
        }
        for signature, person in seen.voided
    ]
