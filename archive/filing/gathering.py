"""Which pages of a delivery make one record each, and what is proposed for it.

A separator sheet begins a record. Without one, a file with pages of its own (PDF, TIFF) is one
record, and an image is one, unless the delivery says that its images belong together.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from archive.filing.delivery import DeliveredFile, DeliveredPage, Delivery, PageKind, SetAside
from archive.filing.invoices import invoice_proposals
from archive.filing.line import Line
from archive.filing.proposing import PageText, Proposal, proposals
from archive.filing.separator import Separator, separator_in
from archive.holdings.file_plan import FilePlan, PlanState, RecordKind
from archive.holdings.record import Record
from archive.transaction import Transaction

HINTS = Path(__file__).with_name("hints.toml")


@dataclass(slots=True)
class Gathered:
    """Pages that belong together, with what is proposed for them by field."""

    pages: list[DeliveredPage] = field(default_factory=list)
    separator: Separator | None = None
    said: dict[str, Any] = field(default_factory=dict)
    attach_to_id: int | None = None


def gather(tx: Transaction, delivery: Delivery) -> list[Gathered]:
    """The pages of a delivery by record; separator sheets are set aside as such."""
    pages = tx.session.scalars(
        select(DeliveredPage)
        .where(DeliveredPage.delivery_id == delivery.id)
        .options(undefer(DeliveredPage.lines))
        .order_by(DeliveredPage.number)
    ).all()
    loose = _loose_files(tx, delivery)
    found = [each for each in _divided(pages, loose) if each.pages]
    kinds = kinds_in_force(tx)
    for each in found:
        each.said = _said(each, kinds)
        if each.separator is not None and each.separator.record_code:
            each.attach_to_id = tx.session.scalar(
                select(Record.id).where(
                    Record.code == each.separator.record_code,
                    Record.station_id == delivery.station_id,
                )
            )
    return found


def kinds_in_force(tx: Transaction) -> dict[str, RecordKind]:
    """The kinds of the newest plan that are archived, by their code."""
    newest = select(func.max(FilePlan.id)).where(FilePlan.state == PlanState.ADOPTED)
    kinds = tx.session.scalars(
        select(RecordKind).where(RecordKind.plan_id == newest.scalar_subquery())
    )
    return {kind.code: kind for kind in kinds if kind.archived}


@cache
def hints() -> dict[str, tuple[str, ...]]:
    """The words that tell a kind, by its code: ``hints.toml``."""
    return {code: tuple(words) for code, words in tomllib.loads(HINTS.read_text("utf-8")).items()}


def _loose_files(tx: Transaction, delivery: Delivery) -> set[int]:
    """Files that go on with the record before them: further images of one that belongs together."""
    if not delivery.together:
        return set()
    files = tx.session.scalars(
        select(DeliveredFile)
        .where(DeliveredFile.delivery_id == delivery.id)
        .order_by(DeliveredFile.position)
    ).all()
    return {
        after.id
        for before, after in pairwise(files)
        if before.media_type.startswith("image/") and after.media_type.startswith("image/")
    }


def _divided(pages: Sequence[DeliveredPage], loose: set[int]) -> Iterator[Gathered]:
    current, last_file = Gathered(), 0
    for page in pages:
        separator = separator_in(page.payload)
        if separator is not None:
            yield current
            current = Gathered(separator=separator)
            page.kind, page.set_aside = PageKind.SEPARATOR, str(SetAside.SEPARATOR)
            last_file = page.file_id
            continue
        another = page.file_id != last_file and page.file_id not in loose
        if another and current.pages:
            yield current
            current = Gathered()
        last_file = page.file_id
        if not page.set_aside:
            current.pages.append(page)
    yield current


def _said(each: Gathered, kinds: dict[str, RecordKind]) -> dict[str, Any]:
    texts = [_text_of(page) for page in each.pages]
    known = {code: words for code, words in hints().items() if code in kinds}
    found = proposals(texts, known) | invoice_proposals(texts)
    if each.separator is not None and each.separator.kind_code in kinds:
        found["kind"] = Proposal(each.separator.kind_code, 1.0, each.pages[0].number)
    told = {name: proposal.told() for name, proposal in found.items()}
    if "kind" in told:
        told["kind"]["id"] = kinds[told["kind"]["value"]].id
    return told


def _text_of(page: DeliveredPage) -> PageText:
    sideways = page.turned in {90, 270}
    lines = tuple(
        Line(text, sure, _upright(page, (left, top, right, bottom)))
        for text, sure, left, top, right, bottom in page.lines
    )
    height = page.width if sideways else page.height
    return PageText(page.number, height, lines, page.payload)


def _upright(page: DeliveredPage, box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """A box of the page as received, on the page as it stands upright."""
    left, top, right, bottom = box
    match page.turned:
        case 90:
            return page.height - bottom, left, page.height - top, right
        case 180:
            return page.width - right, page.height - bottom, page.width - left, page.height - top
        case 270:
            return top, page.width - right, bottom, page.width - left
    return box
