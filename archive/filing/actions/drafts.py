"""Verbs about drafts: gather pages, correct the proposals, file [seed 5.1, 5.3]."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from archive.access import Permission
from archive.filing.delivery import (
    DRAFT_WORKFLOW,
    ELECTRONIC,
    DayUndecided,
    DeliveredFile,
    DeliveredPage,
    Delivery,
    DeliveryNotRead,
    DeliveryState,
    Draft,
    DraftState,
    ElectronicDivided,
    KindGone,
    KindUndecided,
    NoPagesInDraft,
    NoSuchPage,
)
from archive.filing.queries.kinds import kind_now
from archive.filing.queries.pages import pages_of
from archive.holdings.actions.pairs import receive_scan
from archive.holdings.actions.records import Description, file_record
from archive.holdings.copy import ElectronicCopy, page_digest
from archive.holdings.record import Origin, Record, TitleMissing
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says about a draft; the words of the record to be.

    ``origin`` is which side is the original: a scan is a copy of paper, but an electronic file
    that was never paper is kept as it is, with its printout beside it (``domain.md`` §3.1).
    """

    kind_id: int | None
    title: str
    formed_on: date | None
    document_number: str = ""
    parties: str = ""
    customer_number: str = ""
    origin: Origin = Origin.PAPER


def correct_draft(tx: Transaction, draft_id: int, said: Said) -> Draft:
    """Keep what is said about a draft that is not filed yet; nothing needs to be complete.

    A kind of an earlier version of the file plan becomes the one in force, or none if it is gone.
    """
    draft, _ = _open_draft(tx, draft_id)
    kind = kind_now(tx, said.kind_id)
    draft.kind_id, draft.formed_on = kind.id if kind else None, said.formed_on
    draft.title, draft.document_number = said.title.strip(), said.document_number.strip()
    draft.parties, draft.customer_number = said.parties.strip(), said.customer_number.strip()
    draft.settled_by_id = tx.person_id
    return draft


def file_draft(tx: Transaction, draft_id: int, said: Said) -> Record:
    """The draft as a record with its code; its pages are the record's first electronic copy.

    Raises:
        KindUndecided, KindGone, TitleMissing, DayUndecided, NoPagesInDraft, NotPossibleNow:
        nothing is filed.
    """
    draft, delivery = _open_draft(tx, draft_id)
    if said.kind_id is None:
        raise KindUndecided(field="kind")
    kind = kind_now(tx, said.kind_id)
    if kind is None:
        raise KindGone(field="kind")
    if not said.title.strip():
        raise TitleMissing(field="title")
    if said.formed_on is None:
        raise DayUndecided(field="formed_on")
    pages = _pages_in(tx, draft)
    described = Description(
        kind_id=kind.id,
        title=said.title,
        formed_on=said.formed_on,
        pages=len(pages),
        origin=said.origin,
        document_number=said.document_number,
        parties=said.parties,
        customer_number=said.customer_number,
    )
    record = file_record(tx, delivery.station_id, described, source="scan")
    correct_draft(tx, draft_id, said)
    _close(tx, draft, delivery, record, pages)
    return record


def attach_draft(tx: Transaction, draft_id: int, record_id: int) -> Record:
    """The draft's pages as the electronic copy of a record that is there: its first, or a re-scan.

    Raises:
        NoPagesInDraft, NotPossibleNow, NoSuchThing: nothing is changed.
    """
    draft, delivery = _open_draft(tx, draft_id)
    record = tx.get(Record, record_id, lock=True)
    tx.require(Permission.RECORD_FILE, record.station_id)
    pages = _pages_in(tx, draft)
    _close(tx, draft, delivery, record, pages)
    return record


def split_draft(tx: Transaction, draft_id: int, *, at_page: int) -> Draft:
    """The pages from ``at_page`` on as a draft of their own, right after this one.

    Raises:
        NoSuchPage: it is not a later page of the draft.
    """
    draft, delivery = _open_draft(tx, draft_id)
    pages = _pages_in(tx, draft)
    if at_page not in {page.number for page in pages[1:]}:
        raise NoSuchPage(field="pages", pages=str(at_page))
    later = [page for page in pages if page.number >= at_page]
    fresh = tx.add(Draft(delivery_id=delivery.id, position=_next_position(tx, delivery.id)))
    for page in later:
        page.draft_id = fresh.id
    tx.record("draft.split", f"delivery:{delivery.id}", at_page=at_page)
    return fresh


def join_drafts(tx: Transaction, draft_id: int, into_id: int) -> Draft:
    """This draft's pages into another of the same delivery; this one is dropped.

    Raises:
        NoSuchPage: the other is of another delivery, or is this one.
    """
    draft, delivery = _open_draft(tx, draft_id)
    into, other = _open_draft(tx, into_id)
    if other.id != delivery.id or into.id == draft.id:
        raise NoSuchPage(field="into", pages="—")
    for page in _pages_in(tx, draft):
        page.draft_id = into.id
    DRAFT_WORKFLOW.take("empty", draft)
    tx.record("draft.joined", f"delivery:{delivery.id}", pages=delivery.pages)
    return into


def gather_pages(tx: Transaction, delivery_id: int, numbers: Sequence[int]) -> Draft:
    """Open pages as a new draft, taken from wherever they were; emptied drafts are dropped.

    Raises:
        NoSuchPage: one of them is filed or set aside.
    """
    delivery = tx.get(Delivery, delivery_id, lock=True)
    tx.require(Permission.RECORD_FILE, delivery.station_id)
    fresh = tx.add(Draft(delivery_id=delivery.id, position=_next_position(tx, delivery.id)))
    left = set()
    for page in pages_of(tx, delivery_id, numbers):
        if not page.is_open:
            raise NoSuchPage(field="pages", pages=str(page.number))
        left.add(page.draft_id)
        page.draft_id = fresh.id
    tx.session.flush()
    _drop_empty(tx, delivery_id)
    tx.record("draft.gathered", f"delivery:{delivery_id}", pages=list(numbers))
    return fresh


def _drop_empty(tx: Transaction, delivery_id: int) -> None:
    """Drop the open drafts whose pages all went elsewhere."""
    held = select(DeliveredPage.draft_id).where(
        DeliveredPage.delivery_id == delivery_id, DeliveredPage.draft_id.is_not(None)
    )
    empty = tx.session.scalars(
        select(Draft).where(
            Draft.delivery_id == delivery_id,
            Draft.state == DraftState.OPEN,
            Draft.id.not_in(held),
        )
    ).all()
    for draft in empty:
        DRAFT_WORKFLOW.take("empty", draft)


def _open_draft(tx: Transaction, draft_id: int) -> tuple[Draft, Delivery]:
    """A draft that is open, of a delivery that is read; both locked."""
    delivery = tx.get(Delivery, tx.get(Draft, draft_id).delivery_id, lock=True)
    tx.require(Permission.RECORD_FILE, delivery.station_id)
    draft = tx.get(Draft, draft_id, lock=True)
    DRAFT_WORKFLOW.target("file", draft.state, thing=f"draft:{draft.id}")
    if delivery.state != DeliveryState.READ:
        raise DeliveryNotRead(delivery=delivery.id)
    return draft, delivery


def _pages_in(tx: Transaction, draft: Draft) -> list[DeliveredPage]:
    pages = tx.session.scalars(
        select(DeliveredPage)
        .where(DeliveredPage.draft_id == draft.id)
        .order_by(DeliveredPage.number)
    ).all()
    if not pages:
        raise NoPagesInDraft(draft=draft.id)
    return list(pages)


def _check_undivided(tx: Transaction, draft: Draft, pages: Sequence[DeliveredPage]) -> None:
    """Refuse to file a part of an electronic original; pages set aside are no part of any record.

    Nobody could take one record's pages out of such a file again when its time comes.

    Raises:
        ElectronicDivided: pages of it are in another draft, or in none.
    """
    elsewhere = select(DeliveredPage.file_id).where(
        DeliveredPage.file_id.in_({page.file_id for page in pages}),
        func.coalesce(DeliveredPage.draft_id, 0) != draft.id,
        DeliveredPage.set_aside == "",
    )
    divided = tx.session.scalars(
        select(DeliveredFile).where(
            DeliveredFile.id.in_(elsewhere), DeliveredFile.media_type.in_(ELECTRONIC)
        )
    ).first()
    if divided is not None:
        raise ElectronicDivided(name=divided.name)


def _close(
    tx: Transaction,
    draft: Draft,
    delivery: Delivery,
    record: Record,
    pages: Sequence[DeliveredPage],
) -> None:
    """The pages become a copy of the record, and its PDF/A is promised.

    Raises:
        ElectronicDivided: an electronic original would be in two records.
    """
    _check_undivided(tx, draft, pages)
    wanted = select(DeliveredFile.id, DeliveredFile.sha256)
    rows = tx.session.execute(wanted.where(DeliveredFile.delivery_id == delivery.id))
    files = {row.id: row.sha256 for row in rows}
    earlier = tx.session.scalar(
        select(func.max(ElectronicCopy.number)).where(ElectronicCopy.record_id == record.id)
    )
    digest = page_digest([(files[page.file_id], page.page_in_file) for page in pages])
    copy = tx.add(
        ElectronicCopy(
            record_id=record.id,
            number=0 if earlier is None else earlier + 1,
            digest=digest,
            pages=len(pages),
            made_at=tx.now,
            brought_by_id=delivery.received_by_id or tx.actor.person_id,
        )
    )
    for position, page in enumerate(pages, start=1):
        page.copy_id, page.copy_position = copy.id, position
    draft.record_id = record.id
    DRAFT_WORKFLOW.take("file", draft)
    receive_scan(tx, record.id, pages=len(pages), digest=digest, by_id=copy.brought_by_id)
    if not record.pages:
        record.pages = len(pages)
    tx.promise("make_rendition", copy_id=copy.id)


def _next_position(tx: Transaction, delivery_id: int) -> int:
    last = tx.session.scalar(
        select(func.max(Draft.position)).where(Draft.delivery_id == delivery_id)
    )
    return (last or 0) + 1
