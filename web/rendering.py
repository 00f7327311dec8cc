"""Pages from templates: ``render`` gives the HTML of one page or of its moving part.

Each language has its own Jinja environment, so that ``t``, ``asset`` and the filters are known to
every macro without being passed along. Undefined names raise; everything is escaped.

Filters (money is integer fen; instants are UTC in, Asia/Shanghai out)::

    {{ fen | money }}  1,234.50 元     {{ fen | amount }}  1,234.50    {{ used | kwh }}
    {{ on | day }}  2026年10月18日      {{ on | month }}    {{ at | moment }}   {{ on | iso }}
    {{ number | code }}  grouped by four for the eye, copied whole
    {{ first | span(last) }}  04210051–04210100     {{ octets | size }}   {{ n | quantity }}
"""

from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from archive import messages
from archive.messages import Language, written
from web.assets import asset

TEMPLATES = Path(__file__).parent / "templates"

DOCUMENT = "base.html"
FRAGMENT = "fragment.html"


def render(template: str, language: Language, *, fragment: bool = False, **context: Any) -> str:
    """The HTML of a template.

    A page starts with ``{% extends layout %}``: as a fragment, only its block ``content`` comes
    out (with the title), for htmx to swap in; the same template serves both.
    """
    page = environment(language).get_template(template)
    return page.render(layout=FRAGMENT if fragment else DOCUMENT, **context)


def wants_fragment(headers: Mapping[str, str]) -> bool:
    """Whether a request comes from htmx and asks for a part of a page, not the whole."""
    return headers.get("hx-request") == "true" and headers.get("hx-request-type") == "partial"


@cache
def environment(language: Language) -> Environment:
    """The Jinja environment of a language; made once, its templates compiled once."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.globals.update(
        t=partial(_told, language),
        asset=asset,
        language=language,
        other_language="en" if language == "zh" else "zh",
    )
    made.filters.update(_filters(language))
    return made


def code(value: object) -> Markup:
    """A long number set in groups of four for the eye; selecting and copying gives it whole.

    The gaps are margins, not characters. Only digits are grouped; an archival code has its own
    separators and stays as it is.
    """
    text = "" if value is None else str(value)
    if not text:
        return escape(written.NOTHING)
    if len(text) < 8 or not text.isascii() or not text.isdigit():
        return Markup('<span class="code">{}</span>').format(text)
    groups = Markup("").join(
        Markup("<i>{}</i>").format(text[at : at + 4]) for at in range(0, len(text), 4)
    )
    return Markup('<span class="code">{}</span>').format(groups)


def _told(language: Language, key: str, /, **facts: object) -> str:
    return messages.sentence(key, language, **facts)


def _filters(language: Language) -> dict[str, Callable[..., object]]:
    return {
        "money": lambda fen: written.money(fen, language),
        "amount": written.amount,
        "quantity": written.quantity,
        "kwh": lambda value: written.kwh(value, language),
        "day": lambda on: written.day(on, language),
        "month": lambda on: written.month(on, language),
        "moment": lambda at: written.moment(at, language),
        "iso": written.iso,
        "size": written.size,
        "span": written.span,
        "duration": lambda seconds: written.duration(seconds, language),
        "joined": lambda values: written.joined(values, language),
        "code": code,
        "cell": lambda value, kind: cell(value, kind, language),
    }


def cell(value: object, kind: str, language: Language) -> object:
    """A value as a table writes it: units in the heading, dates in ISO, codes grouped."""
    if value is None or value == "":
        return written.NOTHING
    if isinstance(value, Markup):
        return value
    way = _CELLS.get(kind)
    return way(value) if way else written.plain(value, language)


_CELLS: Mapping[str, Callable[[Any], object]] = {
    "money": written.amount,
    "number": written.quantity,
    "kwh": written.electricity,
    "day": written.iso,
    "moment": written.iso,
    "size": written.size,
    "code": code,
}
