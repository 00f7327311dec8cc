"""首页: what waits for me today, oldest first; below it what is overdue at my station."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.custody.queries.waiting import Waiting, overdue_at, waiting_for
from archive.customers.queries.special import due_for_me
from archive.expected.queries import not_filed_by_me, not_filed_by_others
from archive.filing.queries.waiting import filing_overdue, filing_waits
from archive.people.queries import stations_where
from archive.retention.queries.batch_tasks import waiting_batches
from archive.retention.queries.panels import waiting_panels
from archive.shelving.queries.waiting import overdue_in_store, waiting_in_store
from web.deps import SignedIn, Visit
from web.page import show
from web.parts import Column, Link, Status

router = APIRouter()

PLACES = {
    "handover": "/invoices/books?mine=1",
    "receive": "/invoices/books?state=issued",
    "sign-volume": "/invoices/volumes/{id}",
    "seal-volume": "/invoices/volumes/{id}",
    "submit-volume": "/invoices/volumes/{id}",
    "mend-volume": "/invoices/volumes/{id}",
    "verify": "/invoices/volumes/{id}/desk",
    "verify-soon": "/invoices/volumes/{id}/desk",
    "issue": "/invoices/requests/{id}",
    "approve-plan": "/invoices/plans/{id}",
    "propose-plan": "/invoices/plans/new",
    "scan-failed": "/invoices/volumes/{id}",
    "scan-volume": "/invoices/volumes/{id}",
    "unbound": "/invoices/volumes/new",
    "volume-overdue": "/invoices/volumes",
    "book-owed": "/invoices/books?state=used-up",
    "loan-overdue": "/store/loans/{id}",
    "loan-approve": "/store/loans/{id}",
    "loan-hand-out": "/store/loans/{id}",
    "loan-give-back": "/store/loans/{id}",
    "loan-incident": "/store/loans/{id}",
    "stocktake-join": "/store/stocktakes/{id}",
    "stocktake-close": "/store/stocktakes/{id}",
    "stocktake-findings": "/store/stocktakes/{id}",
    "put-away": "/store/put-away",
    "climate-read": "/store/climate",
    "climate-open": "/store/climate",
    "file-delivery": "/filing/{id}",
    "delivery-failed": "/filing/{id}",
    "compare-pairs": "/holdings/records?pair=uncompared",
    "pairs-overdue": "/holdings/records?sort=pair",
    "special-due": "/special",
    "not-filed": "/holdings/expected",
    "not-filed-by": "/holdings/expected",
    "appraisal-judge": "/retention/appraisals/{id}",
    "appraisal-conclude": "/retention/appraisals/{id}",
    "appraisal-sign": "/retention/appraisals/{id}/sign",
    "batch-propose": "/retention/batches",
    "batch-freeze": "/retention/batches/{id}",
    "batch-sign": "/retention/batches/{id}/sign",
    "batch-approve": "/retention/batches/{id}/approve",
    "batch-supervise": "/retention/batches/{id}/supervision",
    "batch-count": "/retention/batches/{id}/count",
    "batch-execute": "/retention/batches/{id}/execute",
    "batch-destroying": "/retention/batches/{id}/execute",
    "batch-witness": "/retention/batches/{id}/witness",
    "batch-close": "/retention/batches/{id}",
}
"""Where each kind of waiting thing is done."""


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the overview."""

    what: Link
    since: datetime | None
    status: Status

    def __getitem__(self, key: str) -> object:
        return getattr(self, key)


@router.get("/")
def home(visit: SignedIn, changed: str = "") -> Response:
    with visit.reading() as tx:
        waiting = [*waiting_for(tx), *waiting_in_store(tx)]
        overdue = [
            item
            for station in stations_where(tx, Permission.BOOK_READ)
            for item in overdue_at(tx, station.id)
        ]
        overdue += overdue_in_store(tx)
        waiting += [*filing_waits(tx), *not_filed_by_me(tx), *due_for_me(tx)]
        waiting += waiting_batches(tx)
        waiting += waiting_panels(tx)
        overdue += [*filing_overdue(tx), *not_filed_by_others(tx)]
    columns = (
        Column("what", visit.t("home.what"), "link"),
        Column("since", visit.t("home.since"), "moment"),
        Column("status", visit.t("home.status"), "status"),
    )
    return show(
        visit,
        "home/home.html",
        name=visit.actor.name,
        notice_text=visit.t("account.password_changed") if changed == "password" else "",
        columns=columns,
        overdue_columns=(columns[0], columns[2]),
        tasks=[_task(visit, item) for item in waiting],
        overdue=[_task(visit, item, late=True) for item in overdue],
    )


def _task(visit: Visit, item: Waiting, *, late: bool = False) -> Task:
    status = Status(visit.t("waiting.late" if late else "waiting.todo"), "bad" if late else "info")
    href = PLACES[item.kind].format(id=item.subject_id)
    return Task(Link(visit.t(f"waiting.{item.kind}", **item.facts), href), item.since, status)
