"""Verbs about deliveries: record one that came in, read it again, set its pages aside."""

from collections.abc import Sequence

from archive.access import Permission
from archive.filing.delivery import (
    DELIVERY_WORKFLOW,
    DeliveredFile,
    Delivery,
    NoSuchPage,
    SetAside,
)
from archive.filing.queries.pages import pages_of
from archive.ingest.keeping import StoredFile
from archive.reason import reason_in
from archive.transaction import Transaction


def record_delivery(
    tx: Transaction,
    station_id: int,
    files: Sequence[StoredFile],
    *,
    sha256: str,
    source: str,
    together: bool = False,
) -> Delivery:
    """A delivery whose bytes are stored; reading it is promised.

    Raises:
        DeliveredBefore: nothing is kept.
    """
    tx.require(Permission.DELIVERY_RECEIVE, station_id)
    delivery = tx.add(
        Delivery(
            station_id=station_id,
            sha256=sha256,
            pages=sum(file.pages for file in files),
            together=together,
            source=source,
            received_by_id=tx.actor.person_id,
            received_at=tx.now,
        )
    )
    tx.session.add_all(
        DeliveredFile(
            delivery_id=delivery.id,
            position=position,
            **file.columns(),
            seals=file.signed.seals if file.signed else None,
            signatures=file.signed.signatures if file.signed else None,
        )
        for position, file in enumerate(files, start=1)
    )
    tx.record(
        "delivery.received",
        f"delivery:{delivery.id}",
        files=len(files),
        pages=delivery.pages,
        sha256=[file.digests.sha256 for file in files],
        sm3=[file.digests.sm3 for file in files],
        source=source,
    )
    tx.promise("read_delivery", delivery_id=delivery.id)
    return delivery


def read_again(tx: Transaction, delivery_id: int) -> Delivery:
    """Try once more to read a delivery whose reading failed; pages already read stay read.

    Raises:
        NotPossibleNow: its reading has not failed.
    """
    delivery = tx.get(Delivery, delivery_id, lock=True)
    tx.require(Permission.RECORD_FILE, delivery.station_id)
    DELIVERY_WORKFLOW.take("read-again", delivery)
    delivery.failure = ""
    tx.record("delivery.read-again", f"delivery:{delivery.id}")
    tx.promise("read_delivery", delivery_id=delivery.id)
    return delivery


def set_aside(
    tx: Transaction, delivery_id: int, numbers: Sequence[int], *, why: SetAside, note: str = ""
) -> int:
    """Put open pages where no record takes them, with the reason; how many.

    Raises:
        NoSuchPage: one of them is not an open page of the delivery.
        ReasonMissing: ``other`` says nothing without words.
    """
    delivery = tx.get(Delivery, delivery_id, lock=True)
    tx.require(Permission.RECORD_FILE, delivery.station_id)
    said = reason_in(note, field="note") if why == SetAside.OTHER else note.strip()
    for page in pages_of(tx, delivery_id, numbers):
        if not page.is_open:
            raise NoSuchPage(field="pages", pages=str(page.number))
        page.set_aside, page.set_aside_note = str(why), said
        page.set_aside_by_id, page.draft_id = tx.person_id, None
    tx.record("delivery.set-aside", f"delivery:{delivery_id}", pages=list(numbers), why=str(why))
    return len(numbers)


def put_back(
    tx: Transaction, delivery_id: int, numbers: Sequence[int], *, draft_id: int | None = None
) -> int:
    """Take pages that were set aside back among the open ones, into a draft if one is named.

    Raises:
        NoSuchPage: one of them was not set aside.
    """
    delivery = tx.get(Delivery, delivery_id, lock=True)
    tx.require(Permission.RECORD_FILE, delivery.station_id)
    for page in pages_of(tx, delivery_id, numbers):
        if not page.set_aside:
            raise NoSuchPage(field="pages", pages=str(page.number))
        page.set_aside = page.set_aside_note = ""
        page.set_aside_by_id, page.draft_id = None, draft_id
    tx.record("delivery.put-back", f"delivery:{delivery_id}", pages=list(numbers))
    return len(numbers)
