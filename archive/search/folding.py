"""Which writings are the same to whoever searches.

Full and half width, capitals and small letters, traditional and simplified characters are one.
Text becomes words: a run of Latin letters and digits is a word, every other letter is one of its
own, so that a phrase of Chinese is found whatever a dictionary would cut. Punctuation, line and
page breaks are no words. A number is the same with and without its leading zeros. What looks like
a telephone, identity or account number stands in no index: its word is a keyed digest of it.
"""

import hashlib
import hmac
import re
import sys
import unicodedata
from functools import cache

_RUN = re.compile(r"[0-9a-z]+|[^\W_]")
_LATIN = re.compile(r"[0-9a-z]+")
_PERSONAL = re.compile(r"1[3-9]\d{9}|\d{15,19}|\d{17}x")
"""Mobile telephone, identity (15, 18) and bank account numbers (16–19), once folded."""

MOST_LETTERS = 60
"""A longer run is no word anybody types; it is cut."""


@cache
def _table() -> dict[int, int]:
    """Character by character, so that nothing changes its length."""
    same: dict[int, int] = {}
    for point in (*range(0x41, 0x5B), *range(0x80, 0xD800), *range(0xF900, 0x10000)):
        character = chr(point)
        folded = unicodedata.normalize("NFKC", character).lower()
        if len(folded) == 1 and folded != character:
            same[point] = ord(folded)
    han = [point for block in _HAN for point in block]
    simplified = _simplified([same.get(one, one) for one in han])
    return same | {
        point: simple for point, simple in zip(han, simplified, strict=True) if simple != point
    }


_HAN = (range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x2A6E0))


def _simplified(points: list[int]) -> list[int]:
    import opencc  # noqa: PLC0415, TID251 - this is the module that may, when it is needed

    text = opencc.OpenCC("t2s").convert("\n".join(map(chr, points)))
    return [
        ord(line) if len(line) == 1 else point
        for line, point in zip(text.split("\n"), points, strict=True)
    ]


def fold(text: str) -> str:
    """The one writing of a text; as long as the text."""
    return text.translate(_table())


class Wording:
    """Makes words of text, with the key that hides the numbers of people."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def words(self, text: str) -> list[str]:
        """The words of a text, in order."""
        return [self._word(run) if run[0] in _ASCII else run for run in _RUN.findall(fold(text))]

    def words_at(self, text: str) -> list[tuple[str, int, int]]:
        """The words of a text with where each begins and ends in it."""
        return [
            (self._word(found[0]), found.start(), found.end())
            for found in _RUN.finditer(fold(text))
        ]

    def said(self, text: str) -> tuple[list[str], set[str]]:
        """Words and runs of a text, which is folded once."""
        if not text:
            return [], set()
        found = _RUN.findall(fold(text))
        runs = {run for run in found if run[0] in _ASCII}
        words = [self._word(run) if run in runs else run for run in found]
        return words, {self._written(run) for run in runs}

    def runs(self, text: str) -> set[str]:
        """Letters and digits as they are written, leading zeros and all."""
        return {self._written(run) for run in _LATIN.findall(fold(text))}

    def _written(self, run: str) -> str:
        return self._hidden(run) if _PERSONAL.fullmatch(run) else run[:MOST_LETTERS]

    def _word(self, run: str) -> str:
        if len(run) < 2:
            return run
        if run.isdigit() or run[-1] == "x":
            if _PERSONAL.fullmatch(run):
                return self._hidden(run)
            if run[0] == "0" and run.isdigit():
                run = run.lstrip("0") or "0"
        return sys.intern(run[:MOST_LETTERS]) if len(run) < 9 else run[:MOST_LETTERS]

    def _hidden(self, run: str) -> str:
        return "h" + hmac.new(self._key, run.encode(), hashlib.sha256).hexdigest()[:24]


_ASCII = frozenset("0123456789abcdefghijklmnopqrstuvwxyz")


def masked_numbers(text: str) -> str:
    """A text with the numbers of people starred, for showing; as long as the text."""
    folded = fold(text)
    for found in reversed(list(_LATIN.finditer(folded))):
        if _PERSONAL.fullmatch(found[0]):
            start, end = found.span()
            text = text[: start + 3] + "*" * (end - start - 7) + text[end - 4 :]
    return text
