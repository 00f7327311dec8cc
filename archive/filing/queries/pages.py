"""Reads about the pages of a delivery."""

from collections.abc import Sequence

from sqlalchemy import select

from archive.access import Permission
from archive.filing.delivery import DeliveredPage, NoSuchPage
from archive.transaction import Transaction


def pages_of(tx: Transaction, delivery_id: int, numbers: Sequence[int]) -> list[DeliveredPage]:
    """These pages of a delivery, in order.

    Raises:
        NoSuchPage: one of them is none.
    """
    tx.require(Permission.RECORD_FILE)
    found = tx.session.scalars(
        select(DeliveredPage)
        .where(DeliveredPage.delivery_id == delivery_id, DeliveredPage.number.in_(numbers))
        .order_by(DeliveredPage.number)
    ).all()
    missing = set(numbers) - {page.number for page in found}
    if missing or not numbers:
        raise NoSuchPage(field="pages", pages="、".join(map(str, sorted(missing))) or "—")
    return list(found)
