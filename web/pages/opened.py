"""谁打开过什么: the acts by which facts about people were opened, one by one or added up."""

from fastapi import APIRouter
from starlette.responses import Response

from archive.messages import sentences
from archive.reports import opened as reads
from archive.reports.lists import every_opening
from archive.reports.opened import OPENING, By, Opened, OpenedFilter, OpenedSum
from archive.reports.spreadsheet import Form as FileForm
from web.deps import SignedIn, Visit
from web.exports import download, form_asked, headings
from web.listing import Listing
from web.page import show
from web.pages.around import crumbs
from web.pages.trail import days_asked
from web.parts import Column, FormState, Link, Option, Status

router = APIRouter(prefix="/trail/opened")

HERE = "/trail/opened"
FILTERS = ("by", "event", "person", "subject", "from", "to")
FILE_COLUMNS = {"seq": "number"} | dict.fromkeys(
    ("at", "person", "code", "event", "subject", "facts", "purpose"), "text"
)
FIELDS = {"customer.revealed": "customers", "record.revealed": "records"}
"""Where the names of what was opened stand."""


@router.get("")
def opened(visit: SignedIn) -> Response:
    listing = Listing.asked(visit, filters=FILTERS)
    wanted, errors = _asked(visit, listing)
    if not errors and (form := form_asked(visit)) is not None:
        return _file(visit, listing, form, wanted)
    by = listing.text("by")
    if by in set(By):
        table = _summed(visit, listing, wanted, By(by))
    else:
        table = _one_by_one(visit, listing, wanted)
    with visit.reading() as tx:
        people = reads.everybody(tx)
    return show(
        visit,
        "trail/opened.html",
        status=422 if errors else 200,
        state=FormState(dict(listing.filters), errors),
        crumbs=crumbs(visit, "trail", (visit.t("opened.title"), "")),
        events=[Option(event, visit.t(f"trail.{event}")) for event in OPENING],
        people=[Option(code, f"{name}（{code}）") for code, name in people.items()],
        ways=[Option(str(way), visit.t(f"opened.by_{way}")) for way in By],
        **table,
    )


def _asked(visit: Visit, listing: Listing) -> tuple[OpenedFilter, dict[str, str]]:
    """The filter, and what was typed wrong in it."""
    (from_on, to_on), errors = days_asked(visit, listing)
    wanted = OpenedFilter(
        event=listing.text("event"),
        person=listing.text("person"),
        subject=listing.text("subject"),
        from_on=from_on,
        to_on=to_on,
    )
    return wanted, errors


def facts_told(visit: Visit, one: Opened) -> str:
    """Which facts were opened, or how much was taken out."""
    area = FIELDS.get(one.event)
    if area is not None:
        return "、".join(visit.t(f"{area}.{name}") for name in one.fields)
    if one.rows is not None:
        return visit.t("opened.taken_out", n=one.rows, form=one.form.upper())
    return ""


def _one_by_one(visit: Visit, listing: Listing, wanted: OpenedFilter) -> dict[str, object]:
    with visit.reading() as tx:
        found, total = reads.opened(tx, wanted, offset=listing.offset, limit=listing.per_page)
    return {
        "columns": [
            Column("seq", visit.t("opened.seq"), "link"),
            Column("at", visit.t("opened.at"), "moment"),
            Column("person", visit.t("opened.person"), "code"),
            Column("event", visit.t("opened.event"), "status"),
            Column("subject", visit.t("opened.subject"), "link"),
            Column("facts", visit.t("opened.facts")),
            Column("purpose", visit.t("opened.purpose")),
        ],
        "rows": [_row(visit, listing, one) for one in found],
        "pages": listing.pages(len(found), total, exports=True),
    }


def _row(visit: Visit, listing: Listing, one: Opened) -> dict[str, object]:
    return {
        "seq": Link(str(one.seq), f"/trail/{one.seq}"),
        "at": one.at,
        "person": Link(one.by_name, listing.address(person=one.by_code)),
        "event": Status(visit.t(f"trail.{one.event}"), "quiet"),
        "subject": Link(
            subject_told(visit, one.subject, one.about), listing.address(subject=one.subject)
        ),
        "facts": facts_told(visit, one),
        "purpose": one.purpose,
    }


def _summed(visit: Visit, listing: Listing, wanted: OpenedFilter, by: By) -> dict[str, object]:
    with visit.reading() as tx:
        found, total = reads.opened_summed(
            tx, wanted, by, offset=listing.offset, limit=listing.per_page
        )
    return {
        "columns": [
            Column("name", visit.t(f"opened.{by}"), "link"),
            Column("acts", visit.t("opened.acts"), "number"),
            Column("others", visit.t(f"opened.others_{by}"), "number"),
            Column("last_at", visit.t("opened.last_at"), "moment"),
        ],
        "rows": [_sum_row(visit, listing, one, by) for one in found],
        "pages": listing.pages(len(found), total),
    }


def _sum_row(visit: Visit, listing: Listing, one: OpenedSum, by: By) -> dict[str, object]:
    link = Link(one.name, listing.address(by="", person=one.key))
    if by == By.SUBJECT:
        name = subject_told(visit, one.key, one.name)
        link = Link(name, listing.address(by="", subject=one.key))
    return {
        "name": link,
        "acts": one.acts,
        "others": one.others,
        "last_at": one.last_at,
    }


def subject_told(visit: Visit, subject: str, about: str) -> str:
    """What was opened, in words."""
    kind, _, rest = subject.partition(":")
    known = sentences("zh")
    if kind == "record" or not rest:
        return about or (visit.t("section.trail") if kind == "trail" else subject)
    if kind == "list":
        return visit.t(f"{rest}.title") if f"{rest}.title" in known else subject
    if kind == "station":
        return visit.t("opened.register_at", station=about or rest)
    word = visit.t(f"subject.{kind}") if f"subject.{kind}" in known else kind
    return f"{word} {about or rest[:8]}"


def _file(visit: Visit, listing: Listing, form: FileForm, wanted: OpenedFilter) -> Response:
    """The whole list as a file, one line an act."""

    def told(one: Opened) -> dict[str, object]:
        return {
            "seq": one.seq,
            "at": one.at,
            "person": one.by_name,
            "code": one.by_code,
            "event": visit.t(f"trail.{one.event}"),
            "subject": subject_told(visit, one.subject, one.about),
            "facts": facts_told(visit, one),
            "purpose": one.purpose,
        }

    return download(
        visit,
        listing,
        what="opened",
        form=form,
        columns=headings(visit, "opened", **FILE_COLUMNS),
        rows=lambda tx: (told(one) for one in every_opening(tx, wanted)),
    )
