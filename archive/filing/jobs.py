"""Promises kept for deliveries: reading their pages, making searchable copies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from archive.access import SYSTEM
from archive.digest import digest_of
from archive.errors import Invalid
from archive.filing.delivery import (
    DELIVERY_WORKFLOW,
    DeliveredFile,
    DeliveredPage,
    Delivery,
    DeliveryState,
    Draft,
    PageKind,
    SetAside,
)
from archive.filing.gathering import gather
from archive.filing.reading_task import ReadPage, read_pages
from archive.ingest.keeping import keep_bytes
from archive.ingest.paging import GIVEN_UP, Paging, StoredAt, files_at_hand, go_through
from archive.ocr.version import reader_version
from archive.system import System
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class _Work:
    """What is left to read; ``places`` are file id and page in that file, by page from 1."""

    files: tuple[StoredAt, ...]
    places: tuple[tuple[int, int], ...]
    next_page: int


def read_delivery(system: System, delivery_id: int) -> None:
    """Read every page that is not read yet, then gather them into drafts with proposals."""
    work = _begin(system, delivery_id)
    if work is None:
        return
    try:
        with files_at_hand(system, work.files) as paths:
            _read_rest(system, delivery_id, work, paths)
    except Invalid as unusable:
        with system.transaction(SYSTEM) as tx:
            _set_down_failure(tx, delivery_id, type(unusable).__name__)
        return
    _finish(system, delivery_id)


def give_up_reading(tx: Transaction, delivery_id: int) -> None:
    """The promise to read was given up; from now on a person can have it read again."""
    if tx.get(Delivery, delivery_id, lock=True).state in {
        DeliveryState.RECEIVED,
        DeliveryState.READING,
    }:
        _set_down_failure(tx, delivery_id, GIVEN_UP)


def _begin(system: System, delivery_id: int) -> _Work | None:
    with system.transaction(SYSTEM) as tx:
        delivery = tx.get(Delivery, delivery_id, lock=True)
        if delivery.state not in {DeliveryState.RECEIVED, DeliveryState.READING}:
            return None
        DELIVERY_WORKFLOW.take("begin", delivery)
        files = tx.session.scalars(
            select(DeliveredFile)
            .where(DeliveredFile.delivery_id == delivery_id)
            .order_by(DeliveredFile.position)
        ).all()
        read = tx.session.scalar(
            select(func.max(DeliveredPage.number)).where(DeliveredPage.delivery_id == delivery_id)
        )
        places = [(file.id, page) for file in files for page in range(1, file.pages + 1)]
        stored = tuple((file.object_key, file.stored_sha256) for file in files)
        return _Work(stored, tuple(places), (read or 0) + 1)


def _read_rest(system: System, delivery_id: int, work: _Work, paths: Sequence[Path]) -> None:
    def arguments(page: int) -> tuple[Any, ...]:
        return (paths, page, system.settings.reader_threads)

    keep = partial(_keep_page, system, delivery_id, work.places)
    give_up = partial(_give_up_page, system, delivery_id, work.places)
    pages = range(work.next_page, len(work.places) + 1)
    paging = Paging(read_pages, arguments, keep, give_up)
    go_through(system.settings, pages, paging, thing=f"delivery:{delivery_id}")


def _keep_page(
    system: System,
    delivery_id: int,
    places: Sequence[tuple[int, int]],
    number: int,
    read: ReadPage,
) -> None:
    """Objects before rows: the page images are stored, then the page is set down."""
    image_key = keep_bytes(system, read.image)
    thumb_key = keep_bytes(system, read.thumb)
    kind = PageKind.BLANK if read.blank else PageKind.CONTENT
    file_id, page_in_file = places[number - 1]
    with system.transaction(SYSTEM) as tx:
        if _is_known(tx, delivery_id, number):
            return
        tx.session.add(
            DeliveredPage(
                delivery_id=delivery_id,
                number=number,
                file_id=file_id,
                page_in_file=page_in_file,
                kind=kind,
                width=read.width,
                height=read.height,
                turned=read.turned,
                lines=[[line.text, line.confidence, *line.box] for line in read.lines],
                payload=read.payload,
                image_key=image_key,
                thumb_key=thumb_key,
                image_sha256=digest_of([read.image]).sha256,
                read_at=tx.now,
                set_aside=str(SetAside.BLANK) if read.blank else "",
            )
        )


def _give_up_page(
    system: System, delivery_id: int, places: Sequence[tuple[int, int]], number: int
) -> None:
    """Set a page down as not read; a person looks at the paper."""
    file_id, page_in_file = places[number - 1]
    with system.transaction(SYSTEM) as tx:
        tx.session.add(
            DeliveredPage(
                delivery_id=delivery_id,
                number=number,
                file_id=file_id,
                page_in_file=page_in_file,
                kind=PageKind.UNREAD,
                read_at=tx.now,
            )
        )


def _is_known(tx: Transaction, delivery_id: int, number: int) -> bool:
    wanted = select(DeliveredPage.id).where(
        DeliveredPage.delivery_id == delivery_id, DeliveredPage.number == number
    )
    return tx.session.scalar(wanted) is not None


def _finish(system: System, delivery_id: int) -> None:
    with system.transaction(SYSTEM) as tx:
        delivery = tx.get(Delivery, delivery_id, lock=True)
        if delivery.state != DeliveryState.READING:
            return
        gathered = gather(tx, delivery)
        for position, each in enumerate(gathered, start=1):
            draft = tx.add(_draft(delivery.id, position, each.said))
            draft.attach_to_id = each.attach_to_id
            for page in each.pages:
                page.draft_id = draft.id
        DELIVERY_WORKFLOW.take("finish", delivery)
        delivery.read_at, delivery.reader = tx.now, reader_version()
        tx.record(
            "delivery.read", f"delivery:{delivery.id}", pages=delivery.pages, drafts=len(gathered)
        )


def _draft(delivery_id: int, position: int, said: dict[str, Any]) -> Draft:
    """A draft with everything the machine proposes filled in, sure or not."""
    day = said.get("formed_on")
    return Draft(
        delivery_id=delivery_id,
        position=position,
        kind_id=said["kind"].get("id") if "kind" in said else None,
        title=_value(said, "title", 200),
        formed_on=date.fromisoformat(day["value"]) if day else None,
        document_number=_value(said, "document_number", 60),
        parties=_value(said, "parties", 200),
        customer_number=_value(said, "customer_number", 20),
        proposed=said,
    )


def _value(said: dict[str, Any], field: str, most: int) -> str:
    return str(said[field]["value"])[:most] if field in said else ""


def _set_down_failure(tx: Transaction, delivery_id: int, why: str) -> None:
    delivery = tx.get(Delivery, delivery_id, lock=True)
    DELIVERY_WORKFLOW.take("fail", delivery)
    delivery.failure = why
    tx.record("delivery.unreadable", f"delivery:{delivery_id}", why=why)
