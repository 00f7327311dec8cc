"""What an invoice proposes for its description: from its own words, and from the code printed on it.

Invoices of the tax office carry a QR code with number, amount and day. What the code says is
certain where words read off a scan are not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from archive.filing.line import Line
from archive.filing.proposing import PageText, Proposal, days_in, plain

_HEADED = re.compile(r"电子发票|增值税.{0,6}发票|数电票")
_NUMBER = re.compile(r"发票号码[:：]?(\d{8,20})(?!\d)")
_DAY = re.compile(r"开票日期[:：]?(.{8,12})")
_BUYER = re.compile(r"购买方(?:信息)?名称[:：](.{2,60})")
_SELLER = re.compile(r"(?:销售方|销方)(?:信息)?名称[:：](.{2,60})")
_TOTAL = re.compile(r"(?:价税合计)?[(（]小写[)）][:：]?[¥￥]?(\d{1,12}(?:\.\d{1,2})?)")
_CODE = re.compile(r"01,(\d{2}),(\d*),(\d{8,20}),(\d{1,12}(?:\.\d{1,2})?)?,(\d{8})?,.*")
_WITH_TAX = frozenset({"31", "32"})
"""Kinds of 数电票; only in their code does the amount hold the tax."""

_SAID_BY_CODE = 0.99


@dataclass(frozen=True, slots=True)
class _Coded:
    """What the QR code of an invoice says."""

    number: str
    total: str
    day: date | None


def invoice_proposals(pages: Sequence[PageText]) -> dict[str, Proposal]:
    """What the pages propose if they are an invoice; nothing otherwise."""
    first = pages[0] if pages else None
    if first is None:
        return {}
    coded = _coded(first.payload)
    headed = next((line for line in first.lines if _HEADED.search(plain(line.text))), None)
    if headed is None and coded is None:
        return {}
    number, buyer, seller, total = (
        _after(pages, pattern) for pattern in (_NUMBER, _BUYER, _SELLER, _TOTAL)
    )
    day = _day(pages)
    if coded is not None:
        number = Proposal(coded.number, _SAID_BY_CODE, first.number)
        total = Proposal(coded.total, _SAID_BY_CODE, first.number) if coded.total else total
        day = Proposal(coded.day.isoformat(), _SAID_BY_CODE, first.number) if coded.day else day
    if number is None:
        return {}
    found = {
        "document_number": number,
        "formed_on": day,
        "parties": _parties(buyer, seller),
        "title": _title(headed, first.number, seller, total),
    }
    return {name: proposal for name, proposal in found.items() if proposal is not None}


def _coded(payload: str) -> _Coded | None:
    match = _CODE.fullmatch(payload.strip())
    if match is None:
        return None
    kind, _, number, amount, day = match.groups()
    total = amount or "" if kind in _WITH_TAX else ""
    return _Coded(number, total, next(iter(days_in(day or "")), None))


def _after(pages: Sequence[PageText], pattern: re.Pattern[str]) -> Proposal | None:
    """What follows its label the first time, as it is read."""
    for page in pages:
        for line in page.lines:
            if match := pattern.search(plain(line.text)):
                return Proposal(match[1], 0.98 * line.confidence, page.number)
    return None


def _day(pages: Sequence[PageText]) -> Proposal | None:
    said = _after(pages, _DAY)
    day = next(iter(days_in(said.value)), None) if said else None
    return Proposal(day.isoformat(), said.confidence, said.page) if said and day else None


def _parties(buyer: Proposal | None, seller: Proposal | None) -> Proposal | None:
    known = [(role, one) for role, one in (("销售方", seller), ("购买方", buyer)) if one]
    if not known:
        return None
    said = "；".join(f"{role} {one.value}" for role, one in known)
    return Proposal(said[:200], min(one.confidence for _, one in known), known[0][1].page)


def _title(
    headed: Line | None, page: int, seller: Proposal | None, total: Proposal | None
) -> Proposal:
    """Which invoice, of whom, over how much: nothing about who bought."""
    confidence = headed.confidence if headed else _SAID_BY_CODE
    parts = [
        headed.text.strip() if headed else "发票",
        seller.value if seller else "",
        f"{total.value}元" if total else "",
    ]
    sure = min(one.confidence for one in (seller, total) if one) if seller or total else confidence
    return Proposal(" ".join(part for part in parts if part)[:200], min(sure, confidence), page)
