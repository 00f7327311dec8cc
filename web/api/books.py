"""Books, hand-overs, the use register, voids, stubs."""

from datetime import date
from decimal import Decimal

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select

from archive.access import Permission
from archive.custody.actions import books
from archive.custody.book import Book
from archive.custody.queries.waiting import narrowed
from archive.transaction import NoSuchThing
from web.api.told import BookTold, HandoverTold, UseTold, VoidTold
from web.deps import SignedIn

router = APIRouter(tags=["books"])


class Offer(BaseModel):
    receiver_id: int
    remark: str = ""


class Why(BaseModel):
    reason: str


class Use(BaseModel):
    last: str
    used_on: date
    kwh: Decimal
    amount_fen: int


class NewVoid(BaseModel):
    number: str
    reason: str
    copies_kept: int
    voided_on: date


@router.get("/books")
def list_books(
    visit: SignedIn, state: str = "", after: int = 0, limit: int = 100
) -> list[BookTold]:
    """Books by id, ``limit`` (at most 500) after the one with id ``after``."""
    with visit.reading() as tx:
        tx.require(Permission.BOOK_READ)
        query = select(Book).where(Book.id > after).order_by(Book.id).limit(min(limit, 500))
        if state:
            query = query.where(Book.state == state)
        found = tx.session.scalars(narrowed(tx, query, Book.station_id, Permission.BOOK_READ))
        return [BookTold.model_validate(book) for book in found]


@router.get("/books/{book_id}")
def show_book(visit: SignedIn, book_id: int) -> BookTold:
    with visit.reading() as tx:
        book = tx.get(Book, book_id)
        if not tx.can(Permission.BOOK_READ, book.station_id):
            raise NoSuchThing(thing="book", key=str(book_id))
        return BookTold.model_validate(book)


@router.post("/books/{book_id}/receive")
def receive(visit: SignedIn, book_id: int) -> BookTold:
    with visit.transaction() as tx:
        return BookTold.model_validate(books.receive_book(tx, book_id))


@router.post("/books/{book_id}/offer", status_code=201)
def offer(visit: SignedIn, book_id: int, given: Offer) -> HandoverTold:
    with visit.transaction() as tx:
        handover = books.offer_book(tx, book_id, given.receiver_id, remark=given.remark)
        return HandoverTold.model_validate(handover)


@router.post("/handovers/{handover_id}/confirm")
def confirm(visit: SignedIn, handover_id: int) -> BookTold:
    with visit.transaction() as tx:
        return BookTold.model_validate(books.confirm_handover(tx, handover_id))


@router.post("/handovers/{handover_id}/decline")
def decline(visit: SignedIn, handover_id: int, given: Why) -> BookTold:
    with visit.transaction() as tx:
        book = books.decline_handover(tx, handover_id, reason=given.reason)
        return BookTold.model_validate(book)


@router.post("/handovers/{handover_id}/withdraw")
def withdraw(visit: SignedIn, handover_id: int) -> BookTold:
    with visit.transaction() as tx:
        return BookTold.model_validate(books.withdraw_handover(tx, handover_id))


@router.post("/books/{book_id}/uses", status_code=201)
def record_use(visit: SignedIn, book_id: int, given: Use) -> UseTold:
    with visit.transaction() as tx:
        return UseTold.model_validate(books.record_use(tx, book_id, **given.model_dump()))


@router.post("/books/{book_id}/voids", status_code=201)
def record_void(visit: SignedIn, book_id: int, given: NewVoid) -> VoidTold:
    with visit.transaction() as tx:
        return VoidTold.model_validate(books.record_void(tx, book_id, **given.model_dump()))


@router.post("/books/{book_id}/hand-in-stub")
def hand_in_stub(visit: SignedIn, book_id: int) -> BookTold:
    with visit.transaction() as tx:
        return BookTold.model_validate(books.hand_in_stub(tx, book_id))
