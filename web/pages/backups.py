"""备份登记: backups outside the program, and which destructions wait for their end."""

from datetime import datetime, time

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.clock import STATION_ZONE
from archive.errors import ArchiveError
from archive.retention.actions import backups as verbs
from archive.retention.queries.backups import BackupLine, backups
from archive.transaction import Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.page import go, show
from web.pages.around import crumbs, just_done
from web.pages.batch_told import HERE as BATCHES
from web.parts import FormState, Status
from web.typed import RowNumber

HERE = "/retention/backups"

router = APIRouter(prefix=HERE)


@router.get("")
def backup_list(visit: SignedIn) -> Response:
    return _page(visit, FormState())


@router.post("")
def register(visit: SignedIn, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        day, hour = form.text("made_on"), form.text("made_time") or "00:00"
        made = None
        if day:
            made = datetime.combine(typed.day(day, "made_on"), _time(hour), STATION_ZONE)
        until = form.text("expires_on")
        verbs.register_backup(
            tx,
            label=typed.words(form.text("label"), "label", most=120),
            medium=typed.words(form.text("medium"), "medium", most=120),
            made_at=made,
            expires_on=typed.day(until, "expires_on") if until else None,
        )

    return _done(visit, form, visit.attempt(work).error, "registered")


@router.post("/{backup_id}/gone")
def gone(visit: SignedIn, backup_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        how = typed.words(form.text("how"), "how", most=200)
        verbs.backup_gone(tx, backup_id, how=how)

    return _done(visit, form, visit.attempt(work).error, "gone", opened=backup_id)


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise typed.NotADay(field="made_on", text=text[:40]) from None


def _done(
    visit: Visit, form: Form, error: ArchiveError | None, done: str, *, opened: int = 0
) -> Response:
    if error is None:
        return go(f"{HERE}?done={done}")
    return _page(visit, visit.form_state(form, error), status_of(error), opened=opened)


def _page(visit: Visit, state: FormState, status: int = 200, *, opened: int = 0) -> Response:
    with visit.reading() as tx:
        lines = backups(tx)
        keeps = tx.can(Permission.BACKUP_KEEP)
    links = [(visit.t("batches.title"), BATCHES), (visit.t("backups.title"), "")]
    return show(
        visit,
        "backups/list.html",
        status=status,
        state=state,
        crumbs=crumbs(visit, "retention", *links),
        here=HERE,
        keeps=keeps,
        notice_text=just_done(visit, "backups") if status == 200 else "",
        lines=[_line(visit, line) for line in lines],
        opened=opened,
    )


def _line(visit: Visit, line: BackupLine) -> dict[str, object]:
    backup = line.backup
    over = Status(visit.t("backups.over"), "quiet")
    holds = Status(visit.t("backups.holds_n", n=len(line.batches)), "warn")
    free = Status(visit.t("backups.holds_none"), "good")
    return {
        "id": backup.id,
        "label": backup.label,
        "status": over if line.over else holds if line.batches else free,
        "medium": backup.medium,
        "made_at": backup.made_at,
        "expires_on": backup.expires_on,
        "kept_by": line.kept_by,
        "gone_at": backup.gone_at,
        "gone_how": backup.gone_how,
        "open": backup.gone_at is None,
        "batches": [(batch.name, f"{BATCHES}/{batch.id}") for batch in line.batches],
    }
