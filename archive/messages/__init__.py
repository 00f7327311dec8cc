"""The sentences people read, in Chinese and English, by key.

One TOML file per area and language (``zh/stubs.toml`` beside ``en/stubs.toml``); tables nest into
dotted keys, so ``[error] NotAPdf = "…"`` is ``error.NotAPdf``. A key stands in one file only.

A sentence names its facts in braces. After a colon it may say how they are written::

    {fee:money}       integer fen            1,234.50 元
    {on:day}          a date in prose        2026年10月18日   (also :month, :iso, :moment)
    {n:quantity}      12,345                 {used:kwh}  12,345.67 千瓦时
    {file_size:size}  1.4 MB                 {left:duration}  约 3 分钟
    {n:plural|one book|# books}              the first when n is 1, else the second with # = n

Without a colon, dates are written in prose, collections are joined with 、 and None is ``—``.
"""

import tomllib
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any

from archive.messages import written
from archive.messages.written import Language

__all__ = ["LANGUAGES", "Language", "MissingSentence", "fields", "sentence", "sentences"]

LANGUAGES: tuple[Language, ...] = ("zh", "en")
_HERE = Path(__file__).parent

_Piece = tuple[str, str | None, str]
"""Literal text, then the name of a fact (or None) and how it is written."""


class MissingSentence(UserWarning):
    """A key or a fact is not there; the page still stands, and tests (warnings as errors) fail."""


class DuplicateSentence(ValueError):
    """One key is written in two files of one language."""


def sentence(key: str, language: Language, /, **facts: object) -> str:
    """The sentence for ``key`` with its facts in place.

    What is missing in English is said in Chinese, and what is missing there is the key itself.
    """
    pieces = _pieces(language).get(key)
    if pieces is not None and len(pieces) == 1 and pieces[0][1] is None:
        return pieces[0][0]
    if pieces is None:
        warnings.warn(MissingSentence(f"no {language} sentence for {key}"), stacklevel=2)
        pieces = _pieces("zh").get(key)
    if pieces is None:
        return key
    return "".join(_written(piece, key, facts, language) for piece in pieces)


@cache
def sentences(language: Language) -> Mapping[str, str]:
    """Every sentence of a language by its dotted key, as written in the files."""
    return load(_HERE / language)


def fields(text: str) -> frozenset[str]:
    """The names of the facts a sentence needs."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def load(folder: Path) -> Mapping[str, str]:
    """All sentences of the TOML files in ``folder``.

    Raises:
        DuplicateSentence: a key stands in more than one of them.
    """
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        for key, text in _flat(tomllib.loads(path.read_text("utf-8"))):
            if key in found:
                raise DuplicateSentence(f"{key} stands twice; the second time in {path.name}")
            found[key] = text
    return MappingProxyType(found)


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", str(value)


@cache
def _pieces(language: Language) -> Mapping[str, tuple[_Piece, ...]]:
    return {key: tuple(_parsed(text)) for key, text in sentences(language).items()}


def _parsed(text: str) -> Iterator[_Piece]:
    for literal, name, spec, _ in Formatter().parse(text):
        yield literal, name, spec or ""


_WAYS: Mapping[str, Callable[[Any, Language], str]] = {
    "": written.plain,
    "money": written.money,
    "amount": lambda value, _: written.amount(value),
    "quantity": lambda value, _: written.quantity(value),
    "kwh": written.kwh,
    "day": written.day,
    "month": written.month,
    "iso": lambda value, _: written.iso(value),
    "moment": written.moment,
    "size": lambda value, _: written.size(value),
    "duration": written.duration,
}


def _written(piece: _Piece, key: str, facts: Mapping[str, object], language: Language) -> str:
    literal, name, way = piece
    if name is None:
        return literal
    if name not in facts:
        warnings.warn(MissingSentence(f"{key} is said without its fact {name}"), stacklevel=3)
        return f"{literal}{{{name}}}"
    value = facts[name]
    if way.startswith("plural|"):
        _, one, many = way.split("|")
        return literal + (one if value == 1 else many).replace("#", written.plain(value, language))
    if value is None:
        return literal + written.NOTHING
    return literal + _WAYS[way](value, language)
