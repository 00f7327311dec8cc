"""Invoice numbers (发票号码) and runs of them.

A number is a string with its leading zeros; its identity is ``(code, number)``, where the code
(发票代码) is ``""`` for electronic invoices that have none – never NULL, which a unique index
would let through twice. A run is kept as its first and last number: ten million numbers are a
hundred thousand rows.

The *key* ``code:width:number`` is one text that sorts as the numbers do, so that one index and
one constraint speak about place and overlap on every database.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.errors import Invalid

CODE = re.compile(r"\d{12}|\d{10}|")
NUMBER = re.compile(r"\d{6,20}")
_FULL_WIDTH = {0x3000: " "} | {wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
MAX_RUN = 1_000_000


class NotAnInvoiceNumber(Invalid):
    """It does not consist of 6 to 20 digits."""


class NotAnInvoiceCode(Invalid):
    """An invoice code has 12 or 10 digits, or there is none."""


class SpoiledBySpreadsheet(Invalid):
    """Scientific notation: the digits are already lost and cannot be guessed."""


class RunEndsBeforeItBegins(Invalid):
    """The last number is smaller than the first."""


class WidthsDiffer(Invalid):
    """First and last number have different lengths; a run never crosses a width."""


class RunTooLong(Invalid):
    """A run of so many numbers is a typing slip."""


def normal_digits(text: str, *, field: str | None = None) -> str:
    """The text with full-width characters folded and the spaces between digits removed.

    Only what an input method writes full-width is folded; ``²`` or ``①`` may be a slip and is
    left to be refused.

    Raises:
        SpoiledBySpreadsheet: for ``1.2E+11`` and the like.
    """
    folded = text.translate(_FULL_WIDTH).strip().replace(" ", "")
    if _SCIENTIFIC.fullmatch(folded):
        raise SpoiledBySpreadsheet(field=field, text=text.strip()[:40])
    return folded


def parse_number(text: str, *, field: str | None = "number") -> str:
    """An invoice number as typed, in its one written form.

    Raises:
        NotAnInvoiceNumber, SpoiledBySpreadsheet: nothing is guessed.
    """
    number = normal_digits(text, field=field)
    if not (number.isascii() and NUMBER.fullmatch(number)):
        raise NotAnInvoiceNumber(field=field, text=text.strip()[:40])
    return number


def parse_code(text: str, *, field: str | None = "code") -> str:
    """An invoice code as typed; ``""`` when there is none.

    Raises:
        NotAnInvoiceCode, SpoiledBySpreadsheet: nothing is guessed.
    """
    code = normal_digits(text, field=field)
    if not (code.isascii() and CODE.fullmatch(code)):
        raise NotAnInvoiceCode(field=field, text=text.strip()[:40])
    return code


def key_of(code: str, number: str) -> str:
    """The sortable identity of one number."""
    return f"{code}:{len(number):02d}:{number}"


def key_check(number: str, key: str) -> str:
    """The same in SQL, for a CHECK: that the column ``key`` is the key of the column ``number``."""
    padding = f"CASE WHEN length({number}) < 10 THEN '0' ELSE '' END"
    return f"{key} = code || ':' || {padding} || length({number}) || ':' || {number}"


def number_of(key: str) -> str:
    """The number a key stands for."""
    return key.rpartition(":")[2]


@dataclass(frozen=True, slots=True)
class NumberRun:
    """Numbers of one code and one width, from ``first`` to ``last``, both included (号段)."""

    code: str
    first: str
    last: str

    def __post_init__(self) -> None:
        if len(self.first) != len(self.last):
            raise WidthsDiffer(field="last", first=self.first, last=self.last)
        if self.last < self.first:
            raise RunEndsBeforeItBegins(field="last", first=self.first, last=self.last)
        if len(self) > MAX_RUN:
            raise RunTooLong(field="last", count=len(self), most=MAX_RUN)

    @classmethod
    def parse(cls, code: str, first: str, last: str) -> "NumberRun":
        """A run as typed.

        Raises:
            Invalid: one of this module's errors, naming the field.
        """
        return cls(
            parse_code(code), parse_number(first, field="first"), parse_number(last, field="last")
        )

    def __len__(self) -> int:
        return int(self.last) - int(self.first) + 1

    def __contains__(self, number: object) -> bool:
        return (
            isinstance(number, str)
            and len(number) == len(self.first)
            and self.first <= number <= self.last
        )

    def __iter__(self) -> Iterator[str]:
        width = len(self.first)
        return (f"{value:0{width}d}" for value in range(int(self.first), int(self.last) + 1))

    @property
    def first_key(self) -> str:
        return key_of(self.code, self.first)

    @property
    def last_key(self) -> str:
        return key_of(self.code, self.last)

    def covers(self, other: "NumberRun") -> bool:
        """Whether every number of ``other`` is in here."""
        return self.code == other.code and other.first in self and other.last in self

    def overlaps(self, other: "NumberRun") -> bool:
        return self.first_key <= other.last_key and other.first_key <= self.last_key

    def split(self, size: int) -> list["NumberRun"]:
        """The run cut into books of ``size`` numbers, the last maybe shorter."""
        start, end, width = int(self.first), int(self.last), len(self.first)
        return [
            NumberRun(self.code, f"{at:0{width}d}", f"{min(at + size - 1, end):0{width}d}")
            for at in range(start, end + 1, size)
        ]


def after(number: str) -> str:
    """The next number, of the same width.

    Raises:
        WidthsDiffer: after the highest number of its width.
    """
    following = f"{int(number) + 1:0{len(number)}d}"
    if len(following) != len(number):
        raise WidthsDiffer(first=number, last=following)
    return following


def joined(runs: Iterable[NumberRun]) -> list[NumberRun]:
    """The same numbers in as few runs as possible, in order; overlapping runs melt."""
    result: list[NumberRun] = []
    for run in sorted(runs, key=lambda run: run.first_key):
        previous = result[-1] if result else None
        if (
            previous
            and previous.code == run.code
            and len(previous.last) == len(run.first)
            and int(run.first) <= int(previous.last) + 1
        ):
            result[-1] = NumberRun(run.code, previous.first, max(previous.last, run.last))
        else:
            result.append(run)
    return result
