"""Reads about searches that were made before."""

from collections.abc import Sequence

from sqlalchemy import select

from archive.access import Permission
from archive.finding.search import Search
from archive.transaction import Transaction

RECENT = 8


def search_at(tx: Transaction, token: str) -> Search:
    """The search behind an address, whoever made it.

    Raises:
        NoSuchThing: there is none, or it was cleared away.
    """
    tx.require(Permission.RECORD_READ)
    return tx.get(Search, token[:22])


def my_searches(tx: Transaction) -> tuple[Sequence[Search], Sequence[Search]]:
    """What this person keeps, by name, and what they searched for last."""
    tx.require(Permission.RECORD_READ)
    mine = select(Search).where(Search.person_id == tx.person_id)
    kept = tx.session.scalars(mine.where(Search.name != "").order_by(Search.name))
    recent = mine.where(Search.name == "").order_by(Search.used_at.desc()).limit(RECENT)
    return list(kept), list(tx.session.scalars(recent))
