"""Keeping what somebody searched for under an address that says nothing."""

import secrets

from sqlalchemy import select

from archive.access import Permission
from archive.finding.search import (
    MOST_NAME,
    MOST_TYPED,
    NothingToSearch,
    Search,
    SearchNameMissing,
    SearchTooLong,
)
from archive.transaction import NoSuchThing, Transaction


def note_search(tx: Transaction, typed: str) -> Search:
    """The search of this person for that text, made or made again.

    Raises:
        NothingToSearch, SearchTooLong: with the field.
    """
    tx.require(Permission.RECORD_READ)
    text = " ".join(typed.split())
    if not text:
        raise NothingToSearch(field="q")
    if len(text) > MOST_TYPED:
        raise SearchTooLong(field="q", most=MOST_TYPED)
    mine = select(Search).where(Search.person_id == tx.person_id, Search.typed == text)
    known = tx.session.scalars(mine).first()
    if known is not None:
        known.used_at = tx.now
        return known
    return tx.add(
        Search(token=secrets.token_urlsafe(16), person_id=tx.person_id, typed=text, used_at=tx.now)
    )


def keep_search(tx: Transaction, token: str, name: str) -> Search:
    """Give a search of one's own a name, so that it stays; an empty one lets it go again.

    Raises:
        NoSuchThing: it is nobody's, or somebody else's.
        SearchNameMissing: a name longer than it may be.
    """
    tx.require(Permission.RECORD_READ)
    search = tx.get(Search, token[:22])
    if search.person_id != tx.person_id:
        raise NoSuchThing(thing="search", key=token[:22])
    if len(name.strip()) > MOST_NAME:
        raise SearchNameMissing(field="name", most=MOST_NAME)
    search.name = name.strip()
    return search
