"""What every page shares: the shell, and answering with a rendered template."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import HTMLResponse, RedirectResponse

from archive.access import Permission
from archive.messages import Language, sentence
from web.deps import Visit, csrf_token
from web.parts import FormState, Link, Person, Shell
from web.rendering import render, wants_fragment

Shown = Callable[[Visit], bool]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the site: where it lives and who may enter."""

    key: str
    href: str
    shown: Shown


SECTIONS = (
    Section("home", "/", lambda _visit: True),
    Section("search", "/search", lambda visit: visit.actor.may(Permission.RECORD_READ)),
    Section("invoices", "/invoices", lambda visit: visit.actor.may(Permission.BOOK_READ)),
    Section("filing", "/filing", lambda visit: visit.actor.may(Permission.RECORD_FILE)),
    Section("holdings", "/holdings", lambda visit: visit.actor.may(Permission.FILE_PLAN_READ)),
    Section("customers", "/customers", lambda visit: visit.actor.may(Permission.CUSTOMER_READ)),
    Section(
        "special",
        "/special",
        lambda visit: (
            visit.actor.may(Permission.SPECIAL_KEEP) or visit.actor.may(Permission.SPECIAL_COUNT)
        ),
    ),
    Section("store", "/store", lambda visit: visit.actor.may(Permission.RECORD_READ)),
    Section("retention", "/retention", lambda visit: visit.actor.may(Permission.RETENTION_READ)),
    Section("trail", "/trail", lambda visit: visit.actor.may(Permission.TRAIL_READ)),
    Section("settings", "/settings", lambda visit: visit.actor.may(Permission.PERSON_READ)),
)


def show(visit: Visit, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page for this visitor; only its moving part when htmx asks for that."""
    page = render(
        template,
        visit.language,
        fragment=wants_fragment(visit.request.headers),
        shell=shell_for(visit)
        if visit.signed_in
        else stranger_shell(visit.request, visit.language),
        state=context.pop("state", FormState()),
        **context,
    )
    return HTMLResponse(page, status)


def go(href: str) -> RedirectResponse:
    """On to another page after something was done."""
    return RedirectResponse(href, 303)


def shell_for(visit: Visit) -> Shell:
    """What surrounds the pages of somebody signed in."""
    path = visit.request.url.path
    return Shell(
        station=sentence("site.name", visit.language),
        sections=[
            Link(
                visit.t(f"section.{section.key}"),
                section.href,
                current=path == section.href
                or (section.href != "/" and path.startswith(section.href + "/")),
            )
            for section in SECTIONS
            if section.shown(visit)
        ],
        language_href=_other_language(visit.request, visit.language),
        person=Person(visit.actor.name, _duties(visit), "/account"),
        csrf_token=visit.csrf_token,
    )


def stranger_shell(request: Request, language: Language) -> Shell:
    """What surrounds the sign-in page."""
    return Shell(
        station=sentence("site.name", language),
        language_href=_other_language(request, language),
        csrf_token=csrf_token(""),
    )


def _duties(visit: Visit) -> str:
    roles = dict.fromkeys(str(office.role) for office in visit.actor.offices)
    return "、".join(visit.t(f"role.{role}") for role in roles)


def _other_language(request: Request, language: Language) -> str:
    if request.method != "GET":
        return "/"
    query = dict(request.query_params) | {"language": "en" if language == "zh" else "zh"}
    return f"{request.url.path}?{urlencode(query)}"
