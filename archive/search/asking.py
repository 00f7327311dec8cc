"""Reads what somebody typed into the one box.

A run of Chinese is a phrase, runs with blanks between them must all be there, quotes hold blanks
together, a minus excludes, ``户号:`` and the like narrow to a field, ``年度:2024..2026`` to a span,
``*`` and ``?`` stand for what one does not know of a code or number. Nothing typed is an error:
what cannot be meant is read as text, or as nothing.
"""

import re
from dataclasses import dataclass

from archive.search.folding import Wording, fold

MOST_TYPED = 400
MOST_CLAUSES = 20
_PIECE = re.compile(
    r"""(?P<minus>[-−－]?)
        (?:(?P<field>[^\s:："“”「」]{1,12})[:：])?
        (?:["“”](?P<quoted>[^"“”]*)["“”]?|「(?P<hooked>[^」]*)」?|(?P<bare>[^\s"“”「」]+))""",
    re.VERBOSE,
)
_SPAN = re.compile(r"(?P<first>[0-9-]*)(?P<dots>\.\.|~|至|…)?(?P<last>[0-9-]*)")
_WILD = re.compile(r"[*?]")
_CODED = re.compile(r"[0-9a-z*?\-·.()〔〕\[\]/_]+")

_WORDS = {
    "title": ("题名", "标题", "title"),
    "code": ("档号", "code"),
    "customer": ("户号", "customer"),
    "number": ("文号", "编号", "number"),
    "names": ("责任者", "姓名", "当事人", "name", "party"),
    "text": ("正文", "全文", "text"),
}
_CHOICES = {
    "kind": ("类别", "门类", "种类", "kind"),
    "station": ("供电所", "单位", "station"),
    "period": ("期限", "保管期限", "period"),
    "pair": ("配对", "pair"),
    "place": ("库位", "位置", "place"),
}
_SPANS = {"year": ("年度", "年份", "year"), "day": ("日期", "date", "day")}
PREFIXES = {
    name: field
    for table in (_WORDS, _CHOICES, _SPANS)
    for field, names in table.items()
    for name in names
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that must be there, or (``negated``) must not.

    Attributes:
        words: a phrase, folded; empty where there is a pattern.
        pattern: a regular expression for a whole run or code.
        field: where it must be; empty is anywhere.
        given: as it was typed, for telling.
    """

    words: tuple[str, ...] = ()
    pattern: str = ""
    field: str = ""
    negated: bool = False
    given: str = ""

    @property
    def sound(self) -> str:
        """What a name might sound like, where Latin letters alone were typed."""
        if self.field in {"", "names"} and len(self.words) == 1 and self.words[0].isalpha():
            return self.words[0] if self.words[0].isascii() and len(self.words[0]) > 1 else ""
        return ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, understood.

    Attributes:
        choices: field and value as typed; which kind, station, … that is, the rows know.
        years, days: spans, both ends included; days as 20260331.
    """

    clauses: tuple[Clause, ...] = ()
    choices: tuple[tuple[str, str, bool], ...] = ()
    years: tuple[int, int] | None = None
    days: tuple[int, int] | None = None

    @property
    def says_nothing(self) -> bool:
        return not (self.clauses or self.choices or self.years or self.days)


def understood(typed: str, wording: Wording) -> Asked:
    """What somebody typed, whatever it is."""
    clauses: list[Clause] = []
    choices: list[tuple[str, str, bool]] = []
    spans: dict[str, tuple[int, int]] = {}
    for found in _PIECE.finditer(typed[:MOST_TYPED]):
        field = PREFIXES.get(fold(found["field"] or ""), "")
        quoted = found["quoted"] if found["quoted"] is not None else found["hooked"]
        value = quoted if quoted is not None else found["bare"]
        if found["field"] and not field:
            value, field = f"{found['field']}:{value}", ""
        if field in _SPANS and (span := _span(field, value)):
            spans[field] = span
        elif field in _CHOICES:
            choices.append((field, fold(value), bool(found["minus"])))
        else:
            clause = _clause(
                value, wording, quoted is not None, found, field if field in _WORDS else ""
            )
            clauses += [clause] if clause else []
    return Asked(tuple(clauses[:MOST_CLAUSES]), tuple(choices), spans.get("year"), spans.get("day"))


def _clause(
    value: str, wording: Wording, quoted: bool, found: "re.Match[str]", field: str
) -> Clause | None:
    negated, given = bool(found["minus"]), found[0]
    folded = fold(value)
    if not quoted and _WILD.search(folded) and _CODED.fullmatch(folded):
        if not re.search(r"[0-9a-z]", folded):
            return None
        pattern = "".join({"*": ".*", "?": "."}.get(one, _plain(one)) for one in folded)
        return Clause(pattern=pattern, field=field, negated=negated, given=given)
    words = tuple(wording.words(value))
    return Clause(words, "", field, negated, given) if words else None


def _plain(character: str) -> str:
    return "\\" + character if character in ".()[]" else character


def _span(field: str, value: str) -> tuple[int, int] | None:
    """First and last year, or day; an open end reaches as far as there is anything."""
    found = _SPAN.fullmatch(fold(value))
    if found is None or not (found["first"] or found["last"]):
        return None
    first = found["first"]
    last = found["last"] if found["dots"] else first
    if field == "year":
        ends = (first or "0", last or "9999")
        return (int(ends[0]), int(ends[1])) if all(end.isdigit() for end in ends) else None
    low, high = _day(first or "0000", "0101"), _day(last or "9999", "1231")
    return (low, high) if low is not None and high is not None else None


def _day(text: str, rest: str) -> int | None:
    """``2026``, ``2026-03`` or ``2026-03-31`` as a number; what lacks is filled from ``rest``."""
    parts = text.split("-")
    if len(parts) > 3 or not all(part.isdigit() for part in parts) or len(parts[0]) != 4:
        return None
    filled = parts[0] + "".join(part.zfill(2) for part in parts[1:])
    return int(filled + rest[len(filled) - 4 :]) if len(filled) <= 8 else None
