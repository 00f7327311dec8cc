"""导入旧目录: upload, choose the columns, look at the preview, import in the background."""

from typing import Literal

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from archive.access import Permission
from archive.errors import ArchiveError, NotFound
from archive.holdings.queries.plans import fonds_with_plan, plan_in_force
from archive.importing import actions as verbs
from archive.importing import queries as reads
from archive.importing.fields import FIELDS, RowRead
from archive.importing.mapping import map_register
from archive.importing.queries import RunLine, RunSeen
from archive.importing.receiving import receive as receive_import
from archive.importing.run import RUN_WORKFLOW, ImportRow, ImportRun, Outcome, RunState, Target
from archive.importing.source import MOST_BYTES, RegisterEmpty
from archive.people.person import Station
from archive.transaction import NoSuchThing
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.page import go, show
from web.pages.around import just_done, station_options
from web.parts import Column, FormState, Kind, Link, Option, Progress, Status, Tone
from web.rendering import render
from web.typed import RowNumber

router = APIRouter(prefix="/imports")

HERE = "/imports"
TONES: dict[str, Tone] = {
    RunState.RECEIVED: "warn",
    RunState.MAPPED: "warn",
    RunState.RUNNING: "info",
    RunState.DONE: "good",
}
COUNTED = (Outcome.IMPORTED, Outcome.WAITING, Outcome.WRONG, Outcome.DOUBLE)


@router.get("")
def imports(visit: SignedIn) -> Response:
    return _list_page(visit, FormState())


@router.post("")
def receive(visit: SignedIn, form: PostedForm) -> Response:
    try:
        run = _received(visit, form)
    except NotFound:
        raise
    except ArchiveError as error:
        return _list_page(visit, visit.form_state(form, error), status_of(error))
    return go(f"{HERE}/{run.id}?done=received")


def _received(visit: Visit, form: Form) -> ImportRun:
    with visit.reading() as tx:
        station_id = _station(reads.import_stations(tx), form.text("station")).id
    target = form.text("target")
    known = Target(target) if target in set(Target) else None
    return receive_import(
        visit.system,
        visit.actor,
        station_id,
        target=typed.given(known, "target"),
        register=typed.words(form.text("register"), "register", most=80, required=False),
        content=_content(form),
    )


@router.get("/{run_id}")
def one(visit: SignedIn, run_id: RowNumber) -> Response:
    return _page(visit, run_id, FormState())


@router.get("/{run_id}/progress")
def progress(visit: SignedIn, run_id: RowNumber) -> Response:
    """The bar alone, for the page that asks how far it is; the whole page when it has ended."""
    with visit.reading() as tx:
        seen = reads.run_seen(tx, run_id)
    bar = _progress(visit, seen)
    answer = HTMLResponse(
        render("imports/progress.html", visit.language, fragment=True, progress=bar)
    )
    if bar.state == "done":
        answer.headers["HX-Refresh"] = "true"
    return answer


@router.post("/{run_id}/columns")
def map_columns(visit: SignedIn, run_id: RowNumber, form: PostedForm) -> Response:
    columns = {
        key.removeprefix("column-"): int(str(value))
        for key, value in form.values.items()
        if key.startswith("column-") and str(value).isascii() and str(value).isdigit()
    }
    error = None
    try:
        kind = form.text("kind_code")
        map_register(visit.system, visit.actor, run_id, columns=columns, kind_code=kind)
    except ArchiveError as refused:
        error = refused
    return _after(visit, run_id, form, error, "mapped")


@router.post("/{run_id}/begin")
def begin(visit: SignedIn, run_id: RowNumber, form: PostedForm) -> Response:
    error = visit.attempt(lambda tx: verbs.begin_import(tx, run_id)).error
    return _after(visit, run_id, form, error, "begun")


@router.post("/{run_id}/discard")
def discard(visit: SignedIn, run_id: RowNumber, form: PostedForm) -> Response:
    error = visit.attempt(lambda tx: verbs.discard_import(tx, run_id)).error
    return _after(visit, run_id, form, error, "discarded")


def _after(
    visit: Visit, run_id: int, form: Form, error: ArchiveError | None, done: str
) -> Response:
    if error is None:
        return go(f"{HERE}/{run_id}?done={done}")
    if isinstance(error, NoSuchThing):
        raise error
    told = visit.form_state(form, error)
    field = getattr(error, "field", None) or ""
    beside = f"column-{field}" if field and field != "kind_code" else field
    return _page(
        visit, run_id, FormState(told.values, {beside: visit.told(error)}), status_of(error)
    )


def _list_page(visit: Visit, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        tx.require(Permission.REGISTER_IMPORT)
        stations = reads.import_stations(tx)
        found = reads.runs(tx)
    return show(
        visit,
        "imports/list.html",
        status=status,
        state=state,
        labels={
            key: visit.t(f"imports.{key}") for key in ("target", "register", "file", "station")
        },
        stations=station_options(stations),
        targets=[Option(str(one), visit.t(f"import-target.{one}")) for one in Target],
        columns=_columns(
            visit,
            register="link",
            target="text",
            station="text",
            by="text",
            received_at="moment",
            imported="number",
            wrong="number",
            state="status",
        ),
        rows=[_line(visit, line) for line in found],
    )


def _page(visit: Visit, run_id: int, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        seen = reads.run_seen(tx, run_id)
        columns, kind = reads.columns_for(tx, seen.run)
        kinds = plan_in_force(tx).kinds if fonds_with_plan(tx) else ()
    run, current = seen.run, RunState(seen.run.state)
    english = visit.language == "en"
    return show(
        visit,
        "imports/run.html",
        status=status,
        state=state,
        labels={f"column-{one.key}": _called(visit, one.key) for one in FIELDS[run.target]},
        crumbs=[Link(visit.t("imports.title"), HERE), Link(run.register, "")],
        run=run,
        href=f"{HERE}/{run.id}",
        run_state=Status(visit.t(f"state-import.{current}"), TONES.get(current, "quiet")),
        notice_text=_notice(visit, status, current),
        stopped=bool(run.note),
        counts=[
            (visit.t(f"import-outcome.{outcome}"), seen.counts.get(outcome, 0))
            for outcome in COUNTED
        ],
        waiting=seen.counts.get(Outcome.WAITING, 0),
        progress=_progress(visit, seen) if current == RunState.RUNNING else None,
        mapping=RUN_WORKFLOW.allows("map", current),
        beginning=RUN_WORKFLOW.allows("begin", current),
        discarding=RUN_WORKFLOW.allows("discard", current),
        fields=[
            (
                f"column-{one.key}",
                _called(visit, one.key),
                one.needed,
                str(columns.get(one.key, "")),
            )
            for one in FIELDS[run.target]
        ],
        headings=[Option(str(at), name) for at, name in enumerate(run.headings) if name],
        records=run.target == Target.RECORDS,
        kind=kind,
        kinds=[
            Option(one.code, one.name_en if english else one.name_zh)
            for one in kinds
            if one.archived
        ],
        preview_columns=_preview_columns(visit, seen),
        preview=[_preview(one.row.line, one.read) for one in seen.first],
        wrong_columns=_columns(visit, line="number", said="text"),
        wrong=[{"line": row.line, "said": _problems(visit, row)} for row in seen.wrong],
    )


def _notice(visit: Visit, status: int, current: RunState) -> str:
    """What was just done; that it was begun says nothing any more once it has ended."""
    return just_done(visit, "imports") if status == 200 and current != RunState.DONE else ""


def _preview_columns(visit: Visit, seen: RunSeen) -> list[Column]:
    keys = [one.key for one in FIELDS[seen.run.target] if one.key in seen.run.columns]
    shown = [Column(key, _called(visit, key)) for key in keys if key != "kind"]
    return [Column("line", visit.t("imports.line"), "number"), *shown]


def _preview(line: int, read: RowRead) -> dict[str, object]:
    """A row as it will be imported."""
    told: dict[str, object] = {"line": line}
    if read.record is not None:
        described = read.record.described
        told |= {
            "title": described.title,
            "formed_on": described.formed_on.isoformat(),
            "pages": read.record.pages or "",
            "old_code": read.record.old_code,
            "document_number": described.document_number,
            "parties": described.parties,
            "customer_number": described.customer_number,
            "remark": described.remark,
        }
    if read.customer is not None:
        facts = read.customer.tidied()
        told |= {
            "number": facts.number,
            "name": facts.name,
            "village": facts.village,
            "house": facts.house,
            "telephone": facts.telephone,
            "type": str(facts.type),
            "opened_on": facts.opened_on.isoformat() if facts.opened_on else "",
        }
    return told


def _problems(visit: Visit, row: ImportRow) -> str:
    told = [
        f"{_called(visit, problem[0])}：{visit.t(f'import-problem.{problem[1]}')}"
        if problem[0]
        else visit.t(f"import-problem.{problem[1]}")
        for problem in row.problems
    ]
    return "；".join(told)


def _called(visit: Visit, key: str) -> str:
    return visit.t("imports.title_field" if key == "title" else f"imports.{key}")


def _progress(visit: Visit, seen: RunSeen) -> Progress:
    left = seen.counts.get(Outcome.WAITING, 0)
    state: Literal["running", "done"] = "running" if seen.run.state == RunState.RUNNING else "done"
    return Progress(
        visit.t("imports.progress"),
        seen.rows - left,
        seen.rows,
        state,
        poll_href=f"{HERE}/{seen.run.id}/progress",
        result_href=f"{HERE}/{seen.run.id}",
    )


def _line(visit: Visit, line: RunLine) -> dict[str, object]:
    return {
        "register": Link(line.run.register, f"{HERE}/{line.run.id}"),
        "target": visit.t(f"import-target.{line.run.target}"),
        "station": line.station.name,
        "by": line.by.name,
        "received_at": line.run.received_at,
        "imported": line.counts.get(Outcome.IMPORTED, 0),
        "wrong": line.counts.get(Outcome.WRONG, 0),
        "state": Status(
            visit.t(f"state-import.{line.run.state}"), TONES.get(line.run.state, "quiet")
        ),
    }


def _columns(visit: Visit, **kinds: Kind) -> list[Column]:
    return [Column(key, visit.t(f"imports.{key}"), kind) for key, kind in kinds.items()]


def _station(stations: list[Station], code: str) -> Station:
    if len(stations) == 1:
        return stations[0]
    return typed.given(next((one for one in stations if one.code == code), None), "station")


def _content(form: Form) -> bytes:
    """The bytes of the one file, no more of them than a register has.

    Raises:
        RegisterEmpty: no file was chosen.
    """
    files = form.files("file")
    if not files:
        raise RegisterEmpty(field="file")
    return files[0].file.read(MOST_BYTES + 1)
