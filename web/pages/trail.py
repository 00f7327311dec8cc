"""审计: the sealed trail, its head, its proof and its export."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response, StreamingResponse

from archive.audit import TrailEntry
from archive.errors import ArchiveError
from archive.messages import sentences
from archive.proof import TrailProof, ask_proof, last_proof, newest_proof
from archive.reports import trail as reads
from archive.reports.trail import TrailFilter
from web import typed
from web.deps import SignedIn, Visit
from web.listing import Listing
from web.page import go, show
from web.pages.around import crumbs
from web.parts import Action, Column, Fact, FormState, Link, Option, Progress, Status
from web.rendering import render
from web.typed import RowNumber

router = APIRouter(prefix="/trail")

FILTERS = ("event", "subject", "actor", "from", "to")
FACTS_SHOWN = 160
ALTERED = frozenset({"content-differs", "link-differs", "head-differs"})
"""Flaws of an entry that is still there to be looked at."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


@router.get("")
def trail(visit: SignedIn) -> Response:
    return _trail(visit)


@router.post("/verify")
def verify(visit: SignedIn) -> Response:
    """Have the trail proved, which takes as long as it is."""
    with visit.transaction() as tx:
        ask_proof(tx)
    return go("/trail")


@router.get("/verify")
def proving(visit: SignedIn) -> Response:
    """How far the proof is, or what was found; asked for while it goes on."""
    with visit.reading() as tx:
        proof = last_proof(tx)
    return HTMLResponse(render("trail/proof.html", visit.language, proof=proof_told(visit, proof)))


@router.get("/export")
def export(visit: SignedIn) -> Response:
    """The entries asked for as JSON lines, streamed as they are read."""
    wanted, _ = _wanted(visit, Listing.asked(visit, filters=FILTERS))
    with visit.transaction() as tx:
        head = reads.head(tx)
        reads.note_export(tx, wanted)
        today = tx.today

    def lines() -> Iterator[str]:
        with visit.reading() as tx:
            yield from reads.lines(tx, wanted)

    name = f"trail-{today.isoformat()}-{head.seq}.jsonl"
    return StreamingResponse(
        lines(),
        media_type="application/x-ndjson",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


@router.get("/{seq}")
def entry(visit: SignedIn, seq: RowNumber) -> Response:
    with visit.reading() as tx:
        found = reads.entry(tx, seq)
    name = visit.t("trail_page.entry", seq=seq)
    return show(
        visit,
        "trail/entry.html",
        crumbs=crumbs(visit, "trail", (name, "")),
        name=name,
        event=event_word(visit, found.event),
        facts=_facts(visit, found),
        told=[Fact(key, _plain(value)) for key, value in sorted(found.told.items())],
    )


def event_word(visit: Visit, event: str) -> str:
    """The event in words; one that nobody described stays as it is written."""
    key = f"trail.{event}"
    return visit.t(key) if key in sentences("zh") else event


def proof_told(visit: Visit, proof: TrailProof) -> dict[str, object]:
    """A proof as the page shows it: a bar while it goes on, then what was found."""
    by_whom = visit.t("trail_page.asked", who=proof.asked_by, at=proof.asked_at)
    if proof.finished_at is None:
        state: Literal["waiting", "running"] = "running" if proof.done else "waiting"
        bar = Progress(
            visit.t("trail_page.proving"), proof.done, max(proof.total, proof.done), state
        )
        return {"progress": bar, "by_whom": by_whom}
    ended = visit.t("trail_page.proved", at=proof.finished_at)
    return {"progress": None, "by_whom": f"{by_whom}{ended}", **_found(visit, proof)}


def _trail(visit: Visit) -> Response:
    listing = Listing.asked(visit, filters=FILTERS)
    wanted, errors = _wanted(visit, listing)
    with visit.reading() as tx:
        head = reads.head(tx)
        rows, total = reads.entries(tx, wanted, offset=listing.offset, limit=listing.per_page)
        events = reads.events(tx)
        proof = newest_proof(tx)
    return show(
        visit,
        "trail/list.html",
        status=422 if errors else 200,
        state=FormState(dict(listing.filters), errors),
        events=[Option(event, event_word(visit, event)) for event in events],
        head=head,
        proof=proof_told(visit, proof) if proof else None,
        actions=[
            Action(visit.t("opened.title"), "/trail/opened"),
            Action(visit.t("trail_page.export"), _export_href(listing)),
        ],
        columns=_columns(visit),
        rows=[_row(visit, row) for row in rows],
        pages=listing.pages(len(rows), total),
    )


def days_asked(
    visit: Visit, listing: Listing
) -> tuple[tuple[date | None, date | None], dict[str, str]]:
    """From which day to which the list is asked for, and what was typed wrong."""
    errors: dict[str, str] = {}

    def day(name: str) -> date | None:
        try:
            return typed.day(listing.text(name), name) if listing.text(name) else None
        except ArchiveError as error:
            errors[name] = visit.told(error)
            return None

    return (day("from"), day("to")), errors


def _wanted(visit: Visit, listing: Listing) -> tuple[TrailFilter, dict[str, str]]:
    """The filter, and what was typed wrong in it."""
    (from_on, to_on), errors = days_asked(visit, listing)
    wanted = TrailFilter(
        event=listing.text("event"),
        subject=listing.text("subject"),
        actor=listing.text("actor"),
        from_on=from_on,
        to_on=to_on,
    )
    return wanted, errors


def _export_href(listing: Listing) -> str:
    _, _, query = listing.address().partition("?")
    return f"/trail/export?{query}" if query else "/trail/export"


def _found(visit: Visit, check: TrailProof) -> dict[str, object]:
    if check.unbroken is None:
        return {
            "tone": "warn",
            "title": visit.t("trail_page.gave_up"),
            "text": visit.t("trail_page.gave_up_told"),
            "href": "",
        }
    if check.unbroken:
        return {
            "tone": "good",
            "title": visit.t("trail_page.unbroken"),
            "text": visit.t("trail_page.unbroken_told", n=check.entries, head=check.head),
            "href": "",
        }
    return {
        "tone": "bad",
        "title": visit.t("trail_page.broken", seq=check.broken_at),
        "text": visit.t(
            "trail_page.broken_told",
            reason=visit.t(f"trail-flaw.{check.reason}"),
            n=check.entries,
        ),
        "href": f"/trail/{check.broken_at}" if check.reason in ALTERED else "",
    }


def _columns(visit: Visit) -> list[Column]:
    return [
        Column("seq", visit.t("trail_page.seq"), "link"),
        Column("at", visit.t("trail_page.at"), "moment"),
        Column("actor", visit.t("trail_page.actor")),
        Column("event", visit.t("trail_page.event"), "status"),
        Column("subject", visit.t("trail_page.subject"), "link"),
        Column("facts", visit.t("trail_page.facts")),
    ]


def _row(visit: Visit, row: TrailEntry) -> dict[str, object]:
    told = "  ".join(f"{key}={_short(_plain(value))}" for key, value in sorted(row.told.items()))
    refused = row.event == "attempt.refused"
    return {
        "seq": Link(str(row.seq), f"/trail/{row.seq}"),
        "at": row.happened_at,
        "actor": row.actor,
        "event": Status(event_word(visit, row.event), "bad" if refused else "quiet"),
        "subject": Link(row.subject, Listing("/trail", {}, "", 1, "").address(subject=row.subject)),
        "facts": told if len(told) <= FACTS_SHOWN else f"{told[:FACTS_SHOWN]}…",
    }


def _facts(visit: Visit, found: TrailEntry) -> list[Fact]:
    by_subject = Listing("/trail", {}, "", 1, "").address(subject=found.subject)
    by_actor = Listing("/trail", {}, "", 1, "").address(actor=found.actor)
    return [
        Fact(visit.t("trail_page.at"), found.happened_at, "moment"),
        Fact(visit.t("trail_page.actor"), found.actor, href=by_actor),
        Fact(visit.t("trail_page.event"), f"{event_word(visit, found.event)}（{found.event}）"),
        Fact(visit.t("trail_page.subject"), found.subject, href=by_subject),
        Fact(visit.t("trail_page.digest"), found.digest),
        Fact(visit.t("trail_page.previous"), found.previous),
    ]


def _short(text: str) -> str:
    """A digest is known by its beginning; the whole stands on the page of the entry."""
    return f"{text[:12]}…" if _DIGEST.fullmatch(text) else text


def _plain(value: object) -> str:
    if isinstance(value, list):
        return "、".join(_plain(item) for item in value)
    if isinstance(value, dict):
        return "、".join(f"{key}:{_plain(item)}" for key, item in value.items())
    return "—" if value is None else str(value)
