"""The desk of one appraisal: its items, its panel, and what may be done with it now."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from archive.access import Permission
from archive.people.person import Person
from archive.retention.appraisal import (
    APPRAISAL_WORKFLOW,
    TAKEN_OUT_FOR,
    AppraisalState,
    Opinion,
    departments_wanted,
)
from archive.retention.department import Department
from archive.retention.queries.appraisals import (
    UNJUDGED,
    AppraisalSeen,
    ItemLine,
    appraisal_seen,
    categories_of,
    count_items,
    items,
)
from archive.retention.queries.panels import eligible
from archive.transaction import Transaction
from web.deps import Visit
from web.listing import Listing
from web.page import show
from web.pages.around import crumbs, just_done
from web.parts import Column, Fact, FormState, Option, Status, Step, Tone

HERE = "/retention/appraisals"
PER_PAGE = 100
PANEL = tuple(
    str(one)
    for one in (
        Department.ARCHIVES,
        Department.ACCOUNTING,
        Department.AUDIT,
        Department.DISCIPLINE,
        Department.BUSINESS,
    )
)
"""Departments a panel is named from, in this order."""

TONES: Mapping[str, Tone] = {
    AppraisalState.DRAFT: "quiet",
    AppraisalState.CONVENED: "info",
    AppraisalState.CONCLUDED: "warn",
    AppraisalState.SIGNED: "good",
    AppraisalState.WITHDRAWN: "quiet",
}
OPINION_TONES: Mapping[str, Tone] = {
    Opinion.DESTROY: "bad",
    Opinion.KEEP: "good",
    Opinion.TAKE_OUT: "warn",
}


@dataclass(frozen=True, slots=True)
class PanelPlace:
    """A department in the form that names the panel: who could sit for it, and who does."""

    department: str
    label: str
    options: list[Option]
    chosen: list[str]


@dataclass(frozen=True, slots=True)
class May:
    """What this person may do with the appraisal now."""

    propose: bool
    judge: bool
    conclude: bool
    sign: bool
    reopen: bool
    withdraw: bool


def state_status(visit: Visit, state: str) -> Status:
    return Status(visit.t(f"state-appraisal.{state}"), TONES[state])


def desk_page(visit: Visit, appraisal_id: int, state: FormState, status: int = 200) -> Response:
    """The desk, for whoever reads about retention; with its forms for proposer and panel."""
    listing = Listing.asked(visit, filters=("opinion",), per_page=PER_PAGE)
    asked = listing.text("opinion")
    listing = Listing(f"{HERE}/{appraisal_id}", listing.filters, "", listing.page, "", PER_PAGE)
    with visit.reading() as tx:
        seen = appraisal_seen(tx, appraisal_id)
        reads = tx.can(Permission.RECORD_READ, seen.station.id)
        lines = (
            items(tx, appraisal_id, opinion=asked, limit=PER_PAGE, offset=listing.offset)
            if reads
            else []
        )
        total = count_items(tx, appraisal_id, opinion=asked) if reads else 0
        may = may_do(tx, seen)
        people = eligible(tx, seen.station.id) if may.propose else {}
        wanted = departments_wanted(categories_of(tx, appraisal_id))
    one = seen.appraisal
    return show(
        visit,
        "appraisals/desk.html",
        status=status,
        state=state,
        crumbs=crumbs(visit, "retention", (visit.t("appraisals.title"), HERE), (one.name, "")),
        seen=seen,
        one=one,
        href=f"{HERE}/{appraisal_id}",
        appraisal_state=state_status(visit, one.state),
        notice_text=just_done(visit, "appraisals") if status == 200 else "",
        steps=_steps(visit, seen),
        facts=_facts(visit, seen),
        totals=totals(visit, seen),
        opinions=[
            Option(str(opinion), visit.t(f"opinion.{opinion}")) for opinion in (*Opinion, UNJUDGED)
        ],
        filter_state=FormState(dict(listing.filters)),
        columns=_columns(visit, may),
        rows=[_row(visit, line) for line in lines],
        pages=listing.pages(len(lines), total),
        may=may,
        **_panel_form(visit, seen, people),
        wanted="、".join(visit.t(f"department.{name}") for name in PANEL if name in wanted),
        held_as=[Option(str(kind), visit.t(f"appraisals.held-{kind}")) for kind in TAKEN_OUT_FOR],
        judgements=[Option(str(opinion), visit.t(f"opinion.{opinion}")) for opinion in Opinion],
        panel=_panel(visit, seen),
        dissents=_dissents(visit, seen),
        why_not_conclude=visit.t("appraisals.left_n", n=seen.unjudged) if seen.unjudged else "",
        mine=seen.seat_of(visit.actor.person_id),
    )


def may_do(tx: Transaction, seen: AppraisalSeen) -> May:
    """From the workflow table, the policy and the panel: which buttons there are."""
    one, station_id = seen.appraisal, seen.station.id
    state = AppraisalState(one.state)
    seat = seen.seat_of(tx.actor.person_id)
    sits = seat is not None and tx.can(Permission.APPRAISAL_JUDGE, station_id)
    proposes = tx.can(Permission.APPRAISAL_PROPOSE, station_id)

    def allows(step: str) -> bool:
        return APPRAISAL_WORKFLOW.allows(step, state)

    return May(
        propose=proposes and allows("propose") and one.proposed_by_id == tx.actor.person_id,
        judge=sits and allows("judge"),
        conclude=sits and allows("conclude") and seat is not None and seat.member.chair,
        sign=sits and allows("sign") and seat is not None and seat.signature is None,
        reopen=sits and allows("reopen"),
        withdraw=proposes and allows("withdraw"),
    )


def totals(visit: Visit, seen: AppraisalSeen) -> str:
    """What the opinions come to, in one sentence."""
    return visit.t(
        "appraisals.totals",
        destroy=seen.counts.get("destroy", 0),
        keep=seen.counts.get("keep", 0),
        out=seen.counts.get("take-out", 0),
        none=seen.unjudged,
    )


def _steps(visit: Visit, seen: AppraisalSeen) -> list[Step]:
    one = seen.appraisal
    state = AppraisalState(one.state)
    if state == AppraisalState.WITHDRAWN:
        return []
    done = visit.t("appraisals.progress", done=seen.total - seen.unjudged, total=seen.total)
    signed = sum(seat.signature is not None for seat in seen.panel)
    signatures = visit.t("appraisals.signed_n", signed=signed, members=len(seen.panel))
    notes = {
        AppraisalState.DRAFT: visit.t("holds.n_records", n=seen.total),
        AppraisalState.CONVENED: done,
        AppraisalState.CONCLUDED: signatures,
        AppraisalState.SIGNED: "",
    }
    order = list(notes)
    at = order.index(state)
    final = state == AppraisalState.SIGNED
    return [
        Step(
            visit.t(f"state-appraisal.{name}"),
            "done" if final or number < at else "current" if number == at else "todo",
            notes[name] if number <= at else "",
        )
        for number, name in enumerate(order)
    ]


def _facts(visit: Visit, seen: AppraisalSeen) -> list[Fact]:
    one = seen.appraisal
    facts = [
        Fact(visit.t("appraisals.station"), seen.station.name),
        Fact(visit.t("appraisals.proposed_by"), seen.proposed_by.name),
        Fact(visit.t("appraisals.proposed_at"), one.proposed_at, "moment"),
    ]
    for key, at in (
        ("convened_at", one.convened_at),
        ("concluded_at", one.concluded_at),
        ("signed_at", one.signed_at),
    ):
        if at is not None:
            facts.append(Fact(visit.t(f"appraisals.{key}"), at, "moment"))
    if one.digest:
        facts.append(Fact(visit.t("appraisals.digest"), f"{one.digest[:16]}…", "code"))
    return facts


def _columns(visit: Visit, may: May) -> list[Column]:
    found = [
        Column("code", visit.t("appraisals.code")),
        Column("title", visit.t("appraisals.record_title")),
        Column("year", visit.t("appraisals.years")),
        Column("retention", visit.t("appraisals.retention")),
        Column("expired_on", visit.t("appraisals.expired_on"), "day"),
        Column("holds", visit.t("appraisals.holds")),
        Column("opinion", visit.t("appraisals.opinion")),
    ]
    if may.propose or may.judge:
        found.insert(0, Column("select", visit.t("appraisals.select")))
    return found


def _row(visit: Visit, line: ItemLine) -> dict[str, object]:
    item = line.item
    opinion = str(item.opinion)
    status = Status(visit.t(f"opinion.{opinion or UNJUDGED}"), OPINION_TONES.get(opinion, "quiet"))
    extra = [item.reason] if item.reason else []
    if item.new_due_on:
        extra.insert(0, f"{visit.t('appraisals.new_due_on')} {item.new_due_on.isoformat()}")
    if item.held_as:
        extra.insert(0, visit.t(f"appraisals.held-{item.held_as}"))
    if item.content_seen:
        extra.append(visit.t("appraisals.seen_yes"))
    return {
        "id": item.record_id,
        "code": line.record.code,
        "href": f"/holdings/records/{item.record_id}",
        "title": line.record.title,
        "year": str(line.record.year),
        "retention": line.kind.retention,
        "expired_on": item.protected_through,
        "holds": "、".join(visit.t(f"hold-kind.{hold.kind}") for hold in line.holds),
        "status": status,
        "extra": "；".join(extra),
        "dissents": line.dissents,
    }


def _panel_form(
    visit: Visit, seen: AppraisalSeen, people: Mapping[Department, list[Person]]
) -> dict[str, object]:
    """What the form that names the panel offers, and who is on it."""
    places = _places(visit, seen, people)
    chair = next((str(seat.person.id) for seat in seen.panel if seat.member.chair), "")
    return {"places": places, "chairs": _chairs(places), "chair": chair}


def _places(
    visit: Visit, seen: AppraisalSeen, people: Mapping[Department, list[Person]]
) -> list[PanelPlace]:
    """The departments with those who may judge for them; the proposer may not."""
    return [
        PanelPlace(
            name,
            visit.t(f"department.{name}"),
            [
                Option(str(person.id), f"{person.name}（{person.code}）")
                for person in people.get(Department(name), [])
                if person.id != seen.appraisal.proposed_by_id
            ],
            [str(seat.person.id) for seat in seen.panel if seat.member.department == name],
        )
        for name in PANEL
    ]


def _chairs(places: list[PanelPlace]) -> list[Option]:
    """Everybody who could sit on the panel, once each, in the order of the departments."""
    found = {
        option.value: Option(option.value, f"{place.label} {option.label}")
        for place in reversed(places)
        for option in reversed(place.options)
    }
    return list(reversed(found.values()))


def _panel(visit: Visit, seen: AppraisalSeen) -> list[dict[str, object]]:
    rows = []
    for seat in seen.panel:
        signature = seat.signature
        told = Status(visit.t("appraisals.unsigned"), "quiet")
        if signature is not None:
            told = Status(visit.t("appraisals.signed"), "good")
        rows.append(
            {
                "department": visit.t(f"department.{seat.member.department}"),
                "name": seat.person.name,
                "chair": visit.t("appraisals.chair") if seat.member.chair else "",
                "status": told,
                "at": signature.signed_at if signature else None,
            }
        )
    return rows


def _dissents(visit: Visit, seen: AppraisalSeen) -> list[dict[str, str]]:
    whole = visit.t("appraisals.dissent_whole")
    return [
        {"who": person.name, "on": code or whole, "said": dissent.said}
        for dissent, person, code in seen.dissents
    ]
