"""Printed forms as PDF/A-2b, by Typst.

A form is a ``.typ`` file beside this module; what it prints is one JSON value. Fonts come from
wheels: Noto Sans and Serif SC, then Noto Sans CJK for rare names. A character none of them has
is printed as its code point in a marked form (〔U+2A6A5〕), never as a box, and never lets a form
fail.
"""

import json
import shutil
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import cvttf_NotoSansCJK_Regular
import pylopdf_fonts_zh_cn
import typst  # noqa: TID251 - this is the one place

from archive.clock import STATION_ZONE
from archive.errors import Unavailable

FORMS = Path(__file__).parent / "forms"
STANDARD: Literal["a-2b"] = "a-2b"


class FormNotPrinted(Unavailable):
    """The form could not be set; the log says why."""


def print_form(form: str, told: Mapping[str, Any], *, printed_at: datetime) -> bytes:
    """A form filled with what it is told, as PDF/A-2b.

    Raises:
        FormNotPrinted: Typst refused it.
    """
    return _set(FORMS / f"{form}.typ", FORMS, told, printed_at)


def print_pages(told: Mapping[str, Any], folder: Path, *, printed_at: datetime) -> bytes:
    """Page images of ``folder`` with their text behind them, as searchable PDF/A-2b.

    Raises:
        FormNotPrinted: Typst refused it.
    """
    form = folder / "pages.typ"
    shutil.copyfile(FORMS / form.name, form)
    return _set(form, folder, told, printed_at)


def _set(form: Path, root: Path, told: Mapping[str, Any], printed_at: datetime) -> bytes:
    content = json.dumps(_printable(told), ensure_ascii=False, default=str)
    try:
        pdf = typst.compile(
            form,
            root=root,
            font_paths=list(_font_folders()),
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=STANDARD,
            sys_inputs={
                "told": content,
                "printed": f"{printed_at.astimezone(STATION_ZONE):%Y-%m-%d %H:%M}",
            },
            timestamp=int(printed_at.timestamp()),
        )
    except typst.TypstError as failure:
        raise FormNotPrinted(form=form.stem) from failure
    return bytes(pdf)


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(
            character if ord(character) in _known() else f"〔U+{ord(character):04X}〕"
            for character in value
        )
    if isinstance(value, Mapping):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(item) for item in value]
    return value


@cache
def _known() -> frozenset[int]:
    """Every character some font of ours has."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - a start need not wait for it

    known: set[int] = {ord("\n")}
    for path in _fonts():
        with TTFont(path, lazy=True) as font:
            known.update(font.getBestCmap())
    return frozenset(known)


@cache
def _fonts() -> tuple[Path, ...]:
    return tuple(path for folder in _font_folders() for path in sorted(folder.glob("*.otf")))


@cache
def _font_folders() -> tuple[Path, ...]:
    return (
        Path(pylopdf_fonts_zh_cn.__file__).parent,
        Path(cvttf_NotoSansCJK_Regular.__file__).parent,
    )
