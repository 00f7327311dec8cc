"""The demo station's store: a storeroom, boxes, a stocktake with a difference, a loan."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from archive.access import Actor
from archive.holdings.pair import Pair, Paper
from archive.holdings.record import Record
from archive.shelving.actions import loans, stocktakes
from archive.shelving.actions.boxes import put_away, put_in_box, shelve_box
from archive.shelving.actions.climate import act_on_climate, read_climate
from archive.shelving.actions.places import add_cabinet, add_storeroom
from archive.shelving.box import Box
from archive.shelving.movement import Whereabouts
from archive.shelving.moving import series_of
from archive.shelving.place import Shelf
from archive.system import System
from archive.transaction import Transaction


def settle_shelving(
    system: System,
    station_id: int,
    *,
    archivist: Actor,
    clerk: Actor,
    head: Actor,
    password: str,
    leave_waiting: int = 2,
) -> None:
    """Fit the store out and put away what is registered, all but the last few records.

    One box is found on another shelf in the stocktake and waits to be put back; one shelf is then
    counted record by record; one record is lent. ``password`` is the clerk's, who signs the stocktake.
    """

    def does(actor: Actor, verb: Callable[..., Any], *args: Any, **facts: Any) -> Any:
        with system.transaction(actor) as tx:
            return verb(tx, *args, **facts)

    room = does(archivist, add_storeroom, station_id, code="KF01", name="一楼档案室")
    for code in ("G01", "G02"):
        does(archivist, add_cabinet, room.id, code=code, sections=2, levels=5)
    shelves = does(archivist, _shelves, station_id)
    boxes = _fill(does, archivist, does(archivist, _waiting, station_id), shelves, leave_waiting)
    _read_the_climate(does, archivist, room.id)
    if len(boxes) > 1:
        _count(
            does,
            archivist,
            clerk,
            station_id=station_id,
            boxes=boxes,
            shelves=shelves,
            password=password,
        )
        _count_records(does, archivist, clerk, box_id=boxes[-1].id, password=password)
    _lend(does, archivist, clerk, head, station_id)


def _fill(
    does: Callable[..., Any],
    archivist: Actor,
    records: Sequence[tuple[int, int]],
    shelves: Sequence[str],
    leave_waiting: int,
) -> list[Box]:
    """A box for each series, one after the other on the shelves."""
    boxes: dict[int, Box] = {}
    placed = records[: max(0, len(records) - leave_waiting)]
    for record_id, series_id in placed:
        if series_id in boxes:
            does(archivist, put_in_box, record_id, boxes[series_id].id)
            continue
        box = does(archivist, put_away, [record_id], thickness_mm=(40, 30, 50)[len(boxes) % 3])
        boxes[series_id] = does(
            archivist, _shelve, box.id, shelves[(len(boxes) + 2) // 3 % len(shelves)]
        )
    return list(boxes.values())


def _count(
    does: Callable[..., Any],
    archivist: Actor,
    clerk: Actor,
    *,
    station_id: int,
    boxes: Sequence[Box],
    shelves: Sequence[str],
    password: str,
) -> None:
    stocktake = does(archivist, stocktakes.open_stocktake, station_id)
    does(clerk, stocktakes.join_stocktake, stocktake.id)
    for at, box in enumerate(boxes):
        stands = does(archivist, _shelf_of, box.id) if at else shelves[-1]
        does(
            archivist,
            stocktakes.count,
            stocktake.id,
            client_id=f"demo-{box.id}",
            scanned=box.name,
            shelf=stands,
        )
    does(clerk, stocktakes.close_stocktake, stocktake.id, password=password)


def _count_records(
    does: Callable[..., Any], archivist: Actor, clerk: Actor, *, box_id: int, password: str
) -> None:
    """One shelf more closely: its boxes are opened, and every record in them is there."""
    station_id, shelf, labels = does(archivist, _on_shelf_of, box_id)
    counting = does(
        archivist, stocktakes.open_stocktake, station_id, place=shelf, with_records=True
    )
    does(clerk, stocktakes.join_stocktake, counting.id)
    for at, (box, label) in enumerate(labels):
        does(
            archivist,
            stocktakes.count,
            counting.id,
            client_id=f"demo-record-{at}",
            scanned=label,
            shelf=shelf,
            box=box,
        )
    does(clerk, stocktakes.close_stocktake, counting.id, password=password)


def _lend(
    does: Callable[..., Any], archivist: Actor, clerk: Actor, head: Actor, station_id: int
) -> None:
    lendable = does(archivist, _lendable, station_id)
    if lendable is None:
        return
    loan = does(clerk, _ask, lendable, timedelta(days=7))
    does(head, loans.approve_loan, loan.id)
    does(archivist, loans.hand_out, loan.id)


def _read_the_climate(does: Callable[..., Any], archivist: Actor, room_id: int) -> None:
    does(archivist, read_climate, room_id, celsius=Decimal("19.5"), humidity=54, instrument="WS-1")
    damp = does(
        archivist, read_climate, room_id, celsius=Decimal("20.1"), humidity=66, instrument="WS-1"
    )
    does(archivist, act_on_climate, damp.id, action="开除湿机，两小时后降到 57%")


def _ask(tx: Transaction, record_id: int, days: timedelta) -> Any:
    return loans.request_loan(
        tx, record_id, purpose="答复客户来访", unit="营业班", due_on=tx.today + days
    )


def _shelve(tx: Transaction, box_id: int, shelf: str) -> Box:
    box = tx.get(Box, box_id)
    query = select(Shelf).where(Shelf.station_id == box.station_id, Shelf.code == shelf)
    return shelve_box(tx, box_id, tx.session.scalars(query).one().id)


def _shelf_of(tx: Transaction, box_id: int) -> str:
    return tx.get(Shelf, tx.get(Box, box_id).shelf_id).code


def _on_shelf_of(tx: Transaction, box_id: int) -> tuple[int, str, list[tuple[str, str]]]:
    """Station and shelf of a box, and what is scanned on that shelf: box by box, with its records."""
    box = tx.get(Box, box_id)
    shelf = tx.get(Shelf, box.shelf_id)
    labels: list[tuple[str, str]] = []
    boxes = select(Box).where(Box.shelf_id == shelf.id).order_by(Box.id)
    for each in tx.session.scalars(boxes):
        inside = (
            select(Record.code)
            .join(Whereabouts, Whereabouts.record_id == Record.id)
            .where(Whereabouts.box_id == each.id)
            .order_by(Record.code)
        )
        labels.append(("", each.name))
        labels += [(each.name, code) for code in tx.session.scalars(inside)]
    return box.station_id, shelf.code, labels


def _shelves(tx: Transaction, station_id: int) -> list[str]:
    query = select(Shelf.code).where(Shelf.station_id == station_id).order_by(Shelf.id)
    return list(tx.session.scalars(query))


def _waiting(tx: Transaction, station_id: int) -> list[tuple[int, int]]:
    query = (
        select(Record)
        .join(Pair, Pair.record_id == Record.id)
        .where(Record.station_id == station_id, Pair.paper == Paper.REGISTERED)
        .order_by(Record.id)
    )
    return [(record.id, series_of(tx, record)) for record in tx.session.scalars(query)]


def _lendable(tx: Transaction, station_id: int) -> int | None:
    """A record that may leave the unit and tells nothing sensitive."""
    query = (
        select(Record.id)
        .join(Pair, Pair.record_id == Record.id)
        .where(
            Record.station_id == station_id,
            Pair.paper == Paper.PLACED,
            Record.code.contains("-WS"),
        )
        .order_by(Record.id)
    )
    return tx.session.scalars(query).first()
