"""What the words on a record's pages propose for its description, each with a confidence.

Proposals are only ever shown to a person; what is sure enough (``SURE``) is filled in without a
mark, the rest is marked as doubtful. Nothing is filed because a machine said so.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from archive.filing.line import Line

SURE = 0.8
_TITLE_WITHIN = 0.45
"""The share of the first page, from the top, in which a title stands."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value for one field: how sure, and on which of the pages it was read."""

    value: str
    confidence: float
    page: int = 1

    def told(self) -> dict[str, Any]:
        return {"value": self.value, "confidence": round(self.confidence, 2), "page": self.page}


@dataclass(frozen=True, slots=True)
class PageText:
    """The lines of one page from the top down, its height as it stands upright, and its QR code."""

    number: int
    height: int
    lines: tuple[Line, ...]
    payload: str = ""


def proposals(pages: Sequence[PageText], hints: Mapping[str, Sequence[str]]) -> dict[str, Proposal]:
    """What the pages propose, by field; ``hints`` are the words that tell a kind, by its code."""
    found = {
        "kind": _kind(pages, hints),
        "title": _title(pages),
        "formed_on": _day(pages),
        "customer_number": _labelled(pages, _CUSTOMER),
        "document_number": _labelled(pages, _DOCUMENT),
        "parties": _labelled(pages, _PARTY),
    }
    return {field: proposal for field, proposal in found.items() if proposal is not None}


def plain(text: str) -> str:
    """Text without width and blanks, for looking words up in."""
    return "".join(unicodedata.normalize("NFKC", text).split())


# ── kind ────────────────────────────────────────────────────────────────────────────────────


def _kind(pages: Sequence[PageText], hints: Mapping[str, Sequence[str]]) -> Proposal | None:
    """The kind whose words stand on the first page; in the title they weigh most."""
    if not pages:
        return None
    head = _largest(pages[0])
    title = plain(head.text) if head else ""
    body = plain("".join(line.text for line in pages[0].lines))
    scores: list[tuple[float, int, str]] = []
    for code, words in hints.items():
        best = 0.0
        length = 0
        for word in words:
            if word in title:
                score = 0.75 + 0.2 * min(1.0, len(word) / max(1, len(title)))
            elif word in body:
                score = 0.45
            else:
                continue
            best, length = max((best, length), (score, len(word)))
        if best:
            scores.append((best, length, code))
    if not scores:
        return None
    scores.sort(reverse=True)
    best, length, code = scores[0]
    rivals = [score for score, size, _ in scores[1:] if score >= best - 0.02 and size >= length]
    return Proposal(code, best / (1 + len(rivals)), pages[0].number)


# ── title ───────────────────────────────────────────────────────────────────────────────────

_NO_TITLE = re.compile(r"^[\d\W_]*$|^(编号|日期|户号|电话|地址|第.{0,3}页)")


def _largest(page: PageText) -> Line | None:
    """The largest line in the upper part of a page."""
    upper = [
        line
        for line in page.lines
        if line.box[1] < _TITLE_WITHIN * page.height
        and len(plain(line.text)) >= 4
        and not _NO_TITLE.match(plain(line.text))
    ]
    return max(upper, key=lambda line: (_height(line), -line.box[1]), default=None)


def _height(line: Line) -> float:
    """How large its letters are: the shorter side, also where the page came in turned."""
    left, top, right, bottom = line.box
    return float(min(right - left, bottom - top))


def _title(pages: Sequence[PageText]) -> Proposal | None:
    for page in pages[:2]:
        head = _largest(page)
        if head is None:
            continue
        others = [_height(line) for line in page.lines if line is not head]
        usual = sorted(others)[len(others) // 2] if others else _height(head)
        stands_out = _height(head) >= 1.25 * usual
        sure = head.confidence * (0.95 if stands_out else 0.6)
        return Proposal(head.text.strip()[:200], sure, page.number)
    return None


# ── day ─────────────────────────────────────────────────────────────────────────────────────

_DIGIT_OF = {**{c: str(n) for n, c in enumerate("〇一二三四五六七八九")}, "零": "0", "○": "0"}
_DAY = re.compile(
    r"(?P<y>[12]\d{3})(?:年|[-/.])(?P<m>\d{1,2})(?:月|[-/.])(?P<d>\d{1,2})日?(?!\d)"
    r"|(?<!\d)(?P<y2>[12]\d{3})(?P<m2>[01]\d)(?P<d2>[0-3]\d)(?!\d)"
)
_CHINESE_DAY = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_SAYS_DAY = re.compile(r"(日期|时间|签订|填报|制表|落款)")


def days_in(text: str) -> list[date]:
    """Every day written in a text, in figures or in Chinese."""
    said = plain(text)
    found: list[date] = []
    for match in _DAY.finditer(said):
        year, month, day = (int(match[name] or match[f"{name}2"]) for name in ("y", "m", "d"))
        found += _possible(year, month, day)
    for match in _CHINESE_DAY.finditer(said):
        year = int("".join(_DIGIT_OF[c] for c in match[1]))
        found += _possible(year, _ten(match[2]), _ten(match[3]))
    return found


def _possible(year: int, month: int, day: int) -> list[date]:
    try:
        return [date(year, month, day)]
    except ValueError:
        return []


def _ten(text: str) -> int:
    """A number up to 99 as it is written in Chinese dates."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(_DIGIT_OF[c] for c in ones))
    return 10 * (int(_DIGIT_OF[tens]) if tens else 1) + (int(_DIGIT_OF[ones]) if ones else 0)


def _day(pages: Sequence[PageText]) -> Proposal | None:
    """A day beside its word; else the last on the last page that has one (where one signs)."""
    every = [
        (page, line, day) for page in pages for line in page.lines for day in days_in(line.text)
    ]
    if not every:
        return None
    if len({day for _, _, day in every}) == 1:
        page, line, day = every[0]
        return Proposal(day.isoformat(), 0.97 * line.confidence, page.number)
    named = [each for each in every if _SAYS_DAY.search(plain(each[1].text))]
    page, line, day = (named or every)[-1]
    sure = 0.85 if len({each[2] for each in named}) == 1 else 0.6
    return Proposal(day.isoformat(), sure * line.confidence, page.number)


# ── what stands after its label ─────────────────────────────────────────────────────────────

_CUSTOMER = re.compile(r"(?:户号|客户编号|用户编号|客户号)[:：]?(\d{6,16})(?!\d)")
_DOCUMENT = re.compile(r"([\u4e00-\u9fff]{1,8}[〔\[(（]20\d{2}[〕\])）]\d{1,4}号)")
_PARTY = re.compile(
    r"(?:申请人|客户名称|用电人|用户名称|户名|投诉人|举报人|乙方|甲方|报告人|来访人)"
    r"(?:[(（][^)）]{1,10}[)）])?[:：]([\u4e00-\u9fff·]{2,30})"
)


def _labelled(pages: Iterable[PageText], pattern: re.Pattern[str]) -> Proposal | None:
    """What follows its label; told apart from others of its kind on the pages by being the only one."""
    found = [
        (match[1], line.confidence, page.number)
        for page in pages
        for line in page.lines
        for match in pattern.finditer(plain(line.text))
    ]
    if not found:
        return None
    value, confidence, page_number = found[0]
    only = len({each[0] for each in found}) == 1
    return Proposal(value, confidence * (0.98 if only else 0.6), page_number)
