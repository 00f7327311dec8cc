"""One record: what it is, its pages, its pair of paper and electronic copy, and what happened."""

from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.errors import ArchiveError
from archive.filing.queries.copies import copy_files, copy_pages
from archive.holdings.actions.pairs import compare, register_paper
from archive.holdings.actions.records import describe_again
from archive.holdings.pair import Electronic, Paper
from archive.holdings.queries.record_seen import Happened, RecordSeen, is_overdue, record_seen
from archive.holdings.queries.records import seen_record
from archive.messages import sentences
from archive.reports.opened import RECORD_OPENED, opened_of_record
from archive.reports.personal import PeopleTold, openable, people_told, reveal_record
from archive.retention.batch import ItemState
from archive.retention.queries.batch_tasks import NamedBy, batch_naming
from archive.retention.queries.due import due_of
from archive.transaction import NoSuchThing, Transaction
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.images import image
from web.page import go, show
from web.pages.around import crumbs, just_done
from web.pages.batch_told import HERE as BATCHES
from web.pages.customer_page import Opened
from web.pages.filing import kind_name
from web.pages.filing_desk import sheets_of
from web.pages.holds import hold_card
from web.pages.opened import HERE as OPENED
from web.pages.opened import facts_told
from web.pages.records import RECORDS, pair_status
from web.pages.retention_record import due_shown
from web.pages.signed import signed_told
from web.parts import Event, Fact, FormState, Option, Status
from web.typed import RowNumber, count
from web.typed import day as day_typed

router = APIRouter(prefix=RECORDS)

WORDS = ("title", "document_number", "parties", "customer_number", "remark", "old_code")


@router.get("/{record_id}")
def record(visit: SignedIn, record_id: RowNumber, page: int = 0) -> Response:
    return _page(visit, record_id, FormState(), page=page)


@router.post("/{record_id}/paper")
def paper(visit: SignedIn, record_id: RowNumber, form: PostedForm) -> Response:
    """The paper is here and counted."""

    def work(tx: Transaction) -> None:
        seen_record(tx, record_id)
        register_paper(tx, record_id, pages=count(form.text("pages"), "pages", most=10_000))

    return _done(visit, record_id, form, work, "paper")


@router.post("/{record_id}/compare")
def compared(visit: SignedIn, record_id: RowNumber, form: PostedForm) -> Response:
    """A second person has laid the paper beside the pages."""

    def work(tx: Transaction) -> None:
        seen_record(tx, record_id)
        compare(
            tx,
            record_id,
            digest=form.text("digest"),
            paper_pages=count(form.text("paper_pages"), "paper_pages", most=10_000),
            matches=form.text("verdict") == "match",
            difference=form.text("difference"),
        )

    return _done(visit, record_id, form, work, "compared")


@router.post("/{record_id}/describe")
def described(visit: SignedIn, record_id: RowNumber, form: PostedForm) -> Response:
    """Correct the description; the code stays."""

    def work(tx: Transaction) -> None:
        seen_record(tx, record_id)
        changes: dict[str, str | date] = {name: form.text(name) for name in WORDS}
        changes["formed_on"] = day_typed(form.text("formed_on"), "formed_on")
        describe_again(tx, record_id, reason=form.text("reason"), **changes)

    return _done(visit, record_id, form, work, "described")


@router.post("/{record_id}/open")
def reveal(visit: SignedIn, record_id: RowNumber, form: PostedForm) -> Response:
    """Who the record is about stands in this answer alone; nothing of it is kept."""
    purpose, fields = form.text("purpose"), form.texts("fields")
    outcome = visit.attempt(lambda tx: reveal_record(tx, record_id, fields=fields, purpose=purpose))
    if outcome.error is None:
        return _page(visit, record_id, FormState(), opened=Opened(outcome.value, purpose))
    if isinstance(outcome.error, NoSuchThing):
        raise outcome.error
    errors = visit.form_state(form, outcome.error).errors
    state = FormState({"purpose": purpose, "fields": fields}, errors)
    return _page(visit, record_id, state, status=status_of(outcome.error))


@router.get("/{record_id}/copy.pdf")
def searchable(visit: SignedIn, record_id: RowNumber) -> Response:
    """The searchable PDF/A of the copy that counts."""
    with visit.reading() as tx:
        seen = record_seen(tx, record_id)
    copy = seen.current
    if copy is None or not copy.rendition_key:
        raise NoSuchThing(thing="rendition", key=str(record_id))
    return image(
        visit,
        copy.rendition_key,
        copy.rendition_sha256,
        "application/pdf",
        f"{seen.record.code}.pdf",
    )


@router.get("/{record_id}/files/{file_id}")
def as_received(visit: SignedIn, record_id: RowNumber, file_id: RowNumber) -> Response:
    """A file as it came in; only where no other record's pages are in it."""
    with visit.reading() as tx:
        seen = record_seen(tx, record_id)
        found = next((file for file in copy_files(tx, seen.current) if file.id == file_id), None)
    if found is None:
        raise NoSuchThing(thing="delivered_file", key=str(file_id))
    return image(visit, found.object_key, found.sha256, found.media_type, found.name)


def _page(
    visit: Visit,
    record_id: int,
    state: FormState,
    *,
    page: int = 0,
    status: int = 200,
    opened: Opened | None = None,
) -> Response:
    with visit.reading() as tx:
        seen = record_seen(tx, record_id)
        pages = copy_pages(tx, seen.current)
        files = copy_files(tx, seen.current)
        people = people_told(tx, seen.line)
        masked = openable(tx, seen.line)
        station_id = seen.record.station_id
        may = _may(tx, seen)
        overdue = is_overdue(tx, seen.pair)
        told = hold_card(visit, tx, seen.record) | _openings(visit, tx, seen)
        due = due_of(tx, [record_id])[record_id]
        batch = batch_naming(tx, record_id)
    sheets = sheets_of(tuple(pages), f"{RECORDS}/{record_id}", visit)
    own = seen.pair.scanned_by_id == visit.actor.person_id
    return show(
        visit,
        "records/record.html",
        status=status,
        state=_filled(seen, state) if may["describe"] else state,
        crumbs=crumbs(
            visit, "holdings", (visit.t("records.title"), RECORDS), (seen.record.code, "")
        ),
        seen=seen,
        pair_status=pair_status(visit, seen.pair.state),
        overdue=visit.t("records.overdue_since", days=visit.system.settings.pair_days)
        if overdue
        else "",
        notice_text=just_done(visit, "records"),
        facts=_facts(visit, seen, people),
        **_opening(visit, masked, opened or Opened()),
        **_batch(visit, batch, station_id),
        pair_facts=_pair_facts(visit, seen),
        may=may,
        **told,
        compare_blocked=visit.t("records.own_scan") if own else "",
        sheets=sheets,
        sheet=next((one for one in sheets if one.number == page), next(iter(sheets), None)),
        files=[(file, signed_told(visit, file)) for file in files],
        history=[_event(visit, each) for each in seen.history if each.event != RECORD_OPENED],
        **due_shown(visit, due),
    )


def _may(tx: Transaction, seen: RecordSeen) -> dict[str, bool]:
    """Which forms stand on the page."""
    at = seen.record.station_id
    return {
        "paper": tx.can(Permission.PAPER_KEEP, at) and seen.pair.allows("register-paper"),
        "compare": tx.can(Permission.PAIR_COMPARE, at) and seen.pair.allows("match"),
        "describe": tx.can(Permission.RECORD_FILE, at) and not seen.gone,
    }


def _opening(visit: Visit, masked: tuple[str, ...], opened: Opened) -> dict[str, object]:
    """What is masked and may be opened, or what was opened for this one answer, and what for."""
    return {
        "open_fields": [Option(name, visit.t(f"records.{name}")) for name in masked],
        "opened": [Fact(visit.t(f"records.{key}"), told) for key, told in opened.facts.items()],
        "purpose_told": visit.t("customers.opened_told", purpose=opened.purpose),
    }


def _openings(visit: Visit, tx: Transaction, seen: RecordSeen) -> dict[str, object]:
    """Who opened facts about people here, for whoever may know; None for everybody else."""
    if not tx.can(Permission.OPENED_READ, seen.record.station_id):
        return {"openings": None, "openings_href": ""}
    reads_trail = tx.can(Permission.TRAIL_READ)
    return {
        "openings": [
            Event(facts_told(visit, one), one.at, one.by_name, one.purpose)
            for one in opened_of_record(tx, seen.record.id)
        ],
        "openings_href": f"{OPENED}?{urlencode({'subject': seen.record.subject})}"
        if reads_trail
        else "",
    }


def _batch(visit: Visit, named: NamedBy | None, station_id: int) -> dict[str, object]:
    """The register of destruction that names the record, and the way to it."""
    reads = named is not None and visit.actor.may(Permission.RETENTION_READ, station_id)
    return {
        "batch_notice": _batch_told(visit, named),
        "batch_href": f"{BATCHES}/{named.batch.id}" if named is not None and reads else "",
    }


def _batch_told(visit: Visit, named: NamedBy | None) -> str:
    """That the record stands in a register of destruction, or is destroyed."""
    if named is None:
        return ""
    state, gone_at = named.item.state, named.item.paper_gone_at
    if state == ItemState.DESTROYED and gone_at is not None:
        at = max(gone_at, named.item.electronic_gone_at or gone_at)
        return visit.t("records.destroyed_by", batch=named.batch.name, at=at)
    key = "records.destroying_by" if state == ItemState.DESTROYING else "records.listed_in"
    return visit.t(key, batch=named.batch.name)


def _filled(seen: RecordSeen, state: FormState) -> FormState:
    if state.values:
        return state
    values: dict[str, object] = {name: getattr(seen.record, name) for name in WORDS}
    values["formed_on"] = seen.record.formed_on.isoformat()
    return FormState(values, state.errors)


def _facts(visit: Visit, seen: RecordSeen, people: PeopleTold) -> list[Fact]:
    record = seen.record
    return [
        Fact(visit.t("records.code"), record.code, "code"),
        Fact(
            visit.t("records.state"),
            Status(
                visit.t(f"state-record.{record.state}"),
                "quiet" if seen.gone else "good" if record.archived_at else "info",
            ),
            "status",
        ),
        Fact(visit.t("records.old_code"), record.old_code, "code"),
        Fact(visit.t("records.kind"), kind_name(visit, seen.kind)),
        Fact(visit.t("records.clause"), seen.kind.clause),
        Fact(visit.t("records.day"), record.formed_on, "day"),
        Fact(visit.t("records.year"), str(record.year)),
        Fact(visit.t("records.retention"), _retention(visit, seen.kind.retention)),
        Fact(visit.t("records.station"), seen.station.name),
        Fact(visit.t("records.document_number"), record.document_number),
        Fact(visit.t("records.parties"), people.parties),
        Fact(visit.t("records.customer_number"), people.customer_number, "code"),
        Fact(visit.t("records.origin"), visit.t(f"origin.{record.origin}")),
        Fact(visit.t("records.filed_by"), seen.filed_by),
        Fact(visit.t("records.remark"), record.remark),
    ]


def _retention(visit: Visit, code: str) -> str:
    if code == "Y":
        return visit.t("holdings.for_ever")
    return visit.t("holdings.years", n=code.removeprefix("D"), code=code)


def _pair_facts(visit: Visit, seen: RecordSeen) -> list[Fact]:
    pair, copy = seen.pair, seen.current
    found = [
        Fact(
            visit.t("records.paper"),
            _told(
                visit, "paper", pair.paper, pair.paper_pages if pair.paper != Paper.EXPECTED else 0
            ),
        ),
        Fact(
            visit.t("records.electronic"),
            _told(
                visit,
                "electronic",
                pair.electronic,
                pair.electronic_pages if pair.electronic != Electronic.ABSENT else 0,
            ),
        ),
        Fact(visit.t("records.comparison"), visit.t(f"comparison.{pair.comparison}")),
    ]
    if pair.compared_at is not None:
        found.append(Fact(visit.t("records.compared_by"), seen.compared_by))
        found.append(Fact(visit.t("records.compared_at"), pair.compared_at, "moment"))
    if pair.difference:
        found.append(Fact(visit.t("records.difference"), pair.difference))
    if copy is not None:
        made = copy.rendition_tool or visit.t("records.rendition_waits")
        found.append(Fact(visit.t("records.rendition"), made))
        found.append(Fact(visit.t("records.digest"), f"{pair.electronic_digest[:16]}…"))
    return found


def _told(visit: Visit, side: str, value: str, pages: int) -> str:
    word = visit.t(f"{side}.{value}")
    return visit.t("records.side", word=word, n=pages) if pages else word


def _event(visit: Visit, each: Happened) -> Event:
    key = f"trail.{each.event}"
    label = visit.t(key) if key in sentences("zh") else each.event
    return Event(label, each.at, each.by)


def _done(visit: Visit, record_id: int, form: Form, work: object, done: str) -> Response:
    error: ArchiveError | None = visit.attempt(work).error  # type: ignore[arg-type]
    if error is None:
        return go(f"{RECORDS}/{record_id}?done={done}")
    return _page(visit, record_id, visit.form_state(form, error), status=status_of(error))
