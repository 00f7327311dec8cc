"""The archival code (档号): rendered once from structured fields, kept as text, never changed.

By item (DA/T 22-2015) ``Z109-WS·2011-Y-BGS-0001``; by volume (DA/T 13-2022)
``Z109-KU·PZ·2023·D30·BGS-003``. Levels are joined by ``-``, codes of one level by ``·`` (U+00B7).
A number runs within everything that stands before it (a series), from 1, without a gap.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from string import Formatter

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid
from archive.holdings.file_plan import CATEGORY_CODE, RETENTION_CODE, Arrangement
from archive.holdings.fonds import FONDS_CODE

TEMPLATES: Mapping[Arrangement, str] = {
    Arrangement.ITEM: "{fonds}-{category}·{year}-{retention}-{unit}-{number:4}",
    Arrangement.VOLUME: "{fonds}-{category}·{year}·{retention}·{unit}-{number:3}",
}
"""How a new series writes its codes; a series keeps the template it began with."""


class NotAnArchivalCode(Invalid):
    """The text is not an archival code of the expected form."""


class CodeMistyped(Invalid):
    """Look-alike dots, dashes or full-width characters; the right form is offered."""


class CodeUnfit(Invalid):
    """A part of the code has a form no archival code can carry."""


class NotArchived(Conflict):
    """Records of that kind do not come into the archive, so they get no code."""


class SeriesFull(Conflict):
    """The series has no number left that fits its width."""


class CodeTaken(Conflict):
    """The archival code was given already; none is ever given twice."""


class CodeKeptForEver(Conflict):
    """An archival code is neither changed nor taken back, and no number is left out."""


@dataclass(frozen=True, slots=True)
class CodeFields:
    """What a code is made of; ``fonds`` is empty while the fonds has no number."""

    fonds: str
    category: str
    year: int
    retention: str
    unit: str
    number: int


_PATTERNS = {
    "fonds": FONDS_CODE.pattern,
    "category": CATEGORY_CODE.pattern.replace("(", "(?:"),
    "year": "[12][0-9]{3}",
    "retention": RETENTION_CODE.pattern,
    "unit": "[A-Z0-9]{2,12}",
}


def render(template: str, fields: CodeFields) -> str:
    """The code of these fields, e.g. ``Z109-WS·2011-Y-BGS-0001``.

    Raises:
        CodeUnfit, SeriesFull: a field does not fit its place.
    """
    width = number_width(template)
    if not 0 < fields.number < 10**width:
        raise SeriesFull(most=10**width - 1)
    for name, pattern in _PATTERNS.items():
        text = str(getattr(fields, name))
        if not re.fullmatch(pattern, text) and not (name == "fonds" and not text):
            raise CodeUnfit(field=name, part=name, given=text)
    start = template if fields.fonds else template.removeprefix("{fonds}-")
    written = start.replace(f"{{number:{width}}}", f"{fields.number:0{width}}")
    return written.format(
        fonds=fields.fonds,
        category=fields.category,
        year=fields.year,
        retention=fields.retention,
        unit=fields.unit,
    )


def parse(template: str, text: str, *, field: str | None = None) -> CodeFields:
    """The fields of a code as it was typed or scanned.

    Raises:
        CodeMistyped: it would be right but for look-alikes; ``right`` is the form to take.
        NotAnArchivalCode: it is none.
    """
    right = right_form(text)
    found = _pattern(template).fullmatch(right)
    if found is None:
        raise NotAnArchivalCode(field=field, given=text)
    if right != text:
        raise CodeMistyped(field=field, given=text, right=right)
    return CodeFields(
        fonds=found["fonds"] or "",
        category=found["category"],
        year=int(found["year"]),
        retention=found["retention"],
        unit=found["unit"],
        number=int(found["number"]),
    )


_DOTS = ".\u0387\u2022\u2027\u2219\u22c5\u25cf\u3002\u30fb\uff0e\uff61\uff65"
_DASHES = "_\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\uff3f"
_LOOK_ALIKES = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, _DOTS), "\u00b7"),
    **dict.fromkeys(map(ord, _DASHES), "-"),
}


def right_form(text: str) -> str:
    """The text with U+00B7 for every dot, ``-`` for every dash, half-width capitals, no blanks.

    NFKC does not make one dot of these, and only U+00B7 survives GBK (``domain.md`` §9.25).
    """
    visible = (character for character in text if character.isprintable())
    return "".join("".join(visible).translate(_LOOK_ALIKES).split()).upper()


def number_width(template: str) -> int:
    """How many digits the number at the end of a code has."""
    return next(
        int(spec or 0) for _, name, spec, _ in Formatter().parse(template) if name == "number"
    )


@cache
def _pattern(template: str) -> re.Pattern[str]:
    pieces = []
    for literal, name, spec, _ in Formatter().parse(template):
        pieces.append(re.escape(literal))
        if name is None:
            continue
        pattern = f"[0-9]{{{spec}}}" if name == "number" else _PATTERNS[name]
        pieces.append(f"(?P<{name}>{pattern})")
    whole = "".join(pieces)
    first = f"(?P<fonds>{_PATTERNS['fonds']}){re.escape('-')}"
    return re.compile(whole.replace(first, f"(?:{first})?", 1))


class CodeSeries(Base, kw_only=True):
    """Where numbers run (流水范围): one fonds, category, year, retention and unit.

    It keeps the template it began with.
    """

    __tablename__ = "code_series"
    __table_args__ = (
        UniqueConstraint("fonds_id", "category", "year", "retention", "unit", "arrangement"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    fonds_id: Mapped[int] = mapped_column(ForeignKey("fonds.id"))
    category: Mapped[str] = mapped_column(String(8))
    year: Mapped[int]
    retention: Mapped[str] = mapped_column(String(4))
    unit: Mapped[str] = mapped_column(String(12))
    arrangement: Mapped[Arrangement] = mapped_column(String(8))
    template: Mapped[str] = mapped_column(String(120))

    def code_for(self, number: int, fonds: str) -> str:
        """The code of that number in this series.

        Raises:
            CodeUnfit, SeriesFull: it cannot be written.
        """
        return render(
            self.template,
            CodeFields(fonds, self.category, self.year, self.retention, self.unit, number),
        )


class ArchivalCode(Base, kw_only=True):
    """A code that was given; it stays given when what bore it is long destroyed."""

    __tablename__ = "archival_code"
    __table_args__ = (
        UniqueConstraint("series_id", "number"),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    text: Mapped[str] = mapped_column(String(80), unique=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("code_series.id"))
    number: Mapped[int]
    kind_id: Mapped[int] = mapped_column(ForeignKey("record_kind.id"))
    assigned_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    assigned_at: Mapped[datetime] = mapped_column(Instant)


refused_by(
    CodeTaken,
    "uq_archival_code_text",
    "archival_code.text",
    "uq_archival_code_series_id_number",
    "archival_code.series_id",
)
refused_by(CodeKeptForEver, "sealed_archival_code", "sealed_code_series", "code_gap")
