"""Reads about deliveries: the list, one delivery with its pages and drafts, the desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select

from archive.access import Permission
from archive.filing.delivery import (
    DeliveredFile,
    DeliveredPage,
    Delivery,
    Draft,
    DraftState,
)
from archive.filing.proposing import SURE
from archive.filing.queries.gone import check_file_shown, check_page_shown
from archive.holdings.copy import ElectronicCopy
from archive.holdings.queries.records import seen_record
from archive.holdings.record import Record
from archive.people.person import Person, Station
from archive.transaction import NoSuchThing, Transaction


@dataclass(frozen=True, slots=True)
class Account:
    """Where the pages of a delivery are; they add up to ``total``, or are not read yet."""

    total: int
    read: int
    filed: int
    set_aside: int

    @property
    def open(self) -> int:
        return self.read - self.filed - self.set_aside

    @property
    def unread(self) -> int:
        return self.total - self.read

    @property
    def settled(self) -> bool:
        """Whether every page that came in is accounted for."""
        return self.filed + self.set_aside == self.total


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A delivery as the list shows it."""

    delivery: Delivery
    station: Station
    received_by: str
    first_name: str
    account: Account


@dataclass(frozen=True, slots=True)
class DraftSeen:
    """A draft with its pages, and how sure the machine is of what it needs to be filed."""

    draft: Draft
    pages: tuple[DeliveredPage, ...]
    record_code: str = ""

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Fields a person has to look at; empty where everything needed was read well."""
        return doubtful_fields(self.draft)


NEEDED = ("kind", "title", "formed_on")


def doubtful_fields(draft: Draft) -> tuple[str, ...]:
    """Of what a record needs, what was not read, or not well; nothing once a person said it."""
    if draft.settled_by_id is not None or draft.attach_to_id is not None:
        return ()
    return tuple(
        name for name in NEEDED if draft.proposed.get(name, {}).get("confidence", 0.0) < SURE
    )


@dataclass(frozen=True, slots=True)
class DeliverySeen:
    """A delivery with everything on its page."""

    delivery: Delivery
    station: Station
    received_by: str
    files: tuple[DeliveredFile, ...]
    account: Account
    drafts: tuple[DraftSeen, ...]
    aside: tuple[DeliveredPage, ...]


def visible_deliveries(tx: Transaction) -> Select[Delivery]:
    """Every delivery this person may know of: those who file see what came in."""
    tx.require(Permission.RECORD_FILE)
    query = select(Delivery)
    stations = tx.actor.stations(Permission.RECORD_FILE)
    return query if stations is None else query.where(Delivery.station_id.in_(stations))


def seen_delivery(tx: Transaction, delivery_id: int) -> Delivery:
    """The delivery, for a page of a person who files.

    Raises:
        NoSuchThing: there is none, or it is another station's.
    """
    wanted = visible_deliveries(tx).where(Delivery.id == delivery_id)
    found = tx.session.scalars(wanted).first()
    if found is None:
        raise NoSuchThing(thing="delivery", key=str(delivery_id))
    return found


def deliveries(tx: Transaction, *, limit: int = 50, offset: int = 0) -> list[DeliveryLine]:
    """Deliveries, the newest first, each with the account of its pages."""
    found = tx.session.scalars(
        visible_deliveries(tx).order_by(Delivery.id.desc()).limit(limit).offset(offset)
    ).all()
    accounts = _accounts(tx, found)
    names = _first_names(tx, [delivery.id for delivery in found])
    return [
        DeliveryLine(
            delivery,
            tx.get(Station, delivery.station_id),
            _name(tx, delivery.received_by_id),
            names.get(delivery.id, ""),
            accounts[delivery.id],
        )
        for delivery in found
    ]


def count_deliveries(tx: Transaction) -> int:
    """How many deliveries there are to see."""
    counted = select(func.count()).select_from(visible_deliveries(tx).subquery())
    return tx.session.scalar(counted) or 0


def delivery_seen(tx: Transaction, delivery_id: int) -> DeliverySeen:
    """One delivery with its files, drafts (the doubtful ones first) and what was set aside.

    Raises:
        NoSuchThing: there is none, or it is another station's.
    """
    delivery = seen_delivery(tx, delivery_id)
    pages = tx.session.scalars(
        select(DeliveredPage)
        .where(DeliveredPage.delivery_id == delivery_id)
        .order_by(DeliveredPage.number)
    ).all()
    drafts = tx.session.scalars(
        select(Draft)
        .where(Draft.delivery_id == delivery_id, Draft.state != DraftState.DROPPED)
        .order_by(Draft.position)
    ).all()
    codes = {
        record.id: record.code
        for record in tx.session.scalars(
            select(Record).where(Record.id.in_([draft.record_id for draft in drafts]))
        )
    }
    seen = [
        DraftSeen(
            draft,
            tuple(page for page in pages if page.draft_id == draft.id),
            codes.get(draft.record_id or 0, ""),
        )
        for draft in drafts
    ]
    files = tx.session.scalars(
        select(DeliveredFile)
        .where(DeliveredFile.delivery_id == delivery_id)
        .order_by(DeliveredFile.position)
    )
    return DeliverySeen(
        delivery,
        tx.get(Station, delivery.station_id),
        _name(tx, delivery.received_by_id),
        tuple(files),
        _accounts(tx, [delivery])[delivery.id],
        tuple(sorted(seen, key=_first_to_do)),
        tuple(page for page in pages if page.set_aside),
    )


def next_open_draft(tx: Transaction, delivery_id: int) -> Draft | None:
    """The draft to file next: doubtful ones first; None when all is done."""
    seen = delivery_seen(tx, delivery_id).drafts
    return next((each.draft for each in seen if each.draft.state == DraftState.OPEN), None)


def seen_delivered_page(tx: Transaction, page_id: int) -> DeliveredPage:
    """A page for whoever files, or reads the record it belongs to.

    Raises:
        NoSuchThing: there is none, or this person may not know of it.
        NoLongerShown: its record is given up to destruction.
    """
    page = tx.get(DeliveredPage, page_id)
    delivery = tx.get(Delivery, page.delivery_id)
    if not tx.can(Permission.RECORD_FILE, delivery.station_id):
        if page.copy_id is None:
            raise NoSuchThing(thing="delivered_page", key=str(page_id))
        seen_record(tx, tx.get(ElectronicCopy, page.copy_id).record_id)
    check_page_shown(tx, page)
    return page


def seen_delivered_file(tx: Transaction, file_id: int) -> DeliveredFile:
    """A file as it came, for whoever files.

    Raises:
        NoSuchThing: there is none, or it is another station's.
        NoLongerShown: a record in it is given up to destruction.
    """
    file = tx.get(DeliveredFile, file_id)
    seen_delivery(tx, file.delivery_id)
    check_file_shown(tx, file)
    return file


def _first_to_do(seen: DraftSeen) -> tuple[int, int, int]:
    filed = seen.draft.state != DraftState.OPEN
    return filed, 0 if seen.doubtful else 1, seen.draft.position


def _accounts(tx: Transaction, found: Sequence[Delivery]) -> Mapping[int, Account]:
    def counted(test: Any) -> Any:
        return func.coalesce(func.sum(case((test, 1), else_=0)), 0)

    rows = tx.session.execute(
        select(
            DeliveredPage.delivery_id,
            func.count().label("read"),
            counted(DeliveredPage.copy_id.is_not(None)).label("filed"),
            counted(DeliveredPage.set_aside != "").label("aside"),
        )
        .where(DeliveredPage.delivery_id.in_([delivery.id for delivery in found]))
        .group_by(DeliveredPage.delivery_id)
    )
    counts = {row.delivery_id: (row.read, row.filed, row.aside) for row in rows}
    return {
        delivery.id: Account(delivery.pages, *counts.get(delivery.id, (0, 0, 0)))
        for delivery in found
    }


def _first_names(tx: Transaction, ids: Sequence[int]) -> dict[int, str]:
    rows = tx.session.execute(
        select(DeliveredFile.delivery_id, DeliveredFile.name).where(
            DeliveredFile.delivery_id.in_(ids), DeliveredFile.position == 1
        )
    )
    return {row.delivery_id: row.name for row in rows}


def _name(tx: Transaction, person_id: int | None) -> str:
    return "" if person_id is None else tx.get(Person, person_id).name
