"""Who is visiting, and the one door from a page or API call into a transaction.

A handler opens ``with visit.transaction() as tx:`` itself, so the commit is over before any
response is made. A dependency that commits after ``yield`` would answer first and commit second
(FastAPI ≥ 0.118), and a form drawn again after a refusal would commit half the work.
"""

import hashlib
import hmac
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from archive.access import SYSTEM, Actor
from archive.errors import ArchiveError, Refused
from archive.messages import Language, sentence
from archive.messages.refusal import refusal
from archive.people.actions import PasswordMustChange, actor_by_token
from archive.system import System
from archive.transaction import Transaction
from web.parts import FormState

SESSION_COOKIE = "archive_session"
LANGUAGE_COOKIE = "archive_language"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

T = TypeVar("T")


class NotSignedIn(Refused):
    """Nobody is signed in, or the sign-in has ended."""


class ForgedRequest(Refused):
    """The request does not carry the token of its own sign-in (CSRF)."""


@dataclass(frozen=True)
class Outcome:
    """What a verb came to: its value, or the expected error it ended in."""

    value: Any = None
    error: ArchiveError | None = None


@dataclass(frozen=True)
class Visit:
    """One request of one person."""

    request: Request
    system: System
    actor: Actor
    language: Language
    token: str = ""
    must_change_password: bool = False

    @property
    def signed_in(self) -> bool:
        return bool(self.token)

    @property
    def csrf_token(self) -> str:
        return csrf_token(self.token)

    @contextmanager
    def transaction(self, *, writes: bool = True) -> Iterator[Transaction]:
        """A transaction of this person; committed when the block ends."""
        with self.system.transaction(self.actor, writes=writes) as tx:
            yield tx

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that only reads."""
        with self.transaction(writes=False) as tx:
            yield tx

    def attempt(self, work: Callable[[Transaction], T]) -> Outcome:
        """Do ``work`` in a transaction; an expected error comes back instead of a value."""
        try:
            with self.transaction() as tx:
                value = work(tx)
        except ArchiveError as error:
            return Outcome(error=error)
        return Outcome(value)

    def t(self, key: str, /, **facts: object) -> str:
        """A sentence in the visitor's language."""
        return sentence(key, self.language, **facts)

    def told(self, error: ArchiveError) -> str:
        """The error's sentence in the visitor's language."""
        return told(error, self.language)

    def form_state(self, form: "Form", error: ArchiveError | None) -> FormState:
        """What was typed, with the error beside its field (or above the form)."""
        errors = {} if error is None else {getattr(error, "field", None) or "": self.told(error)}
        return FormState(values=form.values, errors=errors)


def told(error: ArchiveError, language: Language) -> str:
    """The sentence of an error; codes of states and steps in it are put in words."""
    return refusal(error, language)


def csrf_token(session_token: str) -> str:
    """The token a form of this sign-in must carry."""
    return hmac.new(session_token.encode(), b"csrf", hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Form:
    """A posted form: texts by name, and files."""

    data: FormData

    @property
    def values(self) -> dict[str, object]:
        return {key: value for key, value in self.data.items() if isinstance(value, str)}

    def text(self, name: str) -> str:
        """What was typed, without surrounding space; empty when absent."""
        value = self.data.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        return [value for value in self.data.getlist(name) if isinstance(value, str)]

    def files(self, name: str) -> list[UploadFile]:
        return [
            value
            for value in self.data.getlist(name)
            if isinstance(value, UploadFile) and value.filename
        ]


def get_system(request: Request) -> System:
    return cast("System", request.app.state.system)


async def get_visit(request: Request) -> Visit:
    """Whoever asks, signed in or not; a changing request must prove where it comes from.

    Raises:
        ForgedRequest: a signed-in browser's request without its token.
    """
    system = get_system(request)
    token, by_header = _presented_token(request)
    found = await run_in_threadpool(_recognise, system, token) if token else None
    if found is None:
        found, token = _Known(Actor(code="nobody")), ""
    language = _language(request, system, found.language)
    visit = Visit(request, system, found.actor, language, token, found.must_change_password)
    if request.method not in SAFE and token and not by_header:
        await _check_csrf(request, token)
    return visit


@dataclass(frozen=True, slots=True)
class _Known:
    actor: Actor
    language: str = ""
    must_change_password: bool = False


def _recognise(system: System, token: str) -> _Known | None:
    with system.transaction(SYSTEM, writes=False) as tx:
        found = actor_by_token(tx, token)
        if found is None:
            return None
        actor, person = found
        return _Known(actor, person.language, person.must_change_password)


def _presented_token(request: Request) -> tuple[str, bool]:
    """The sign-in token, and whether it came as a header (which no foreign page can set)."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value:
        return value.strip(), True
    return request.cookies.get(SESSION_COOKIE, ""), False


async def _check_csrf(request: Request, token: str) -> None:
    given = request.headers.get("x-csrf-token", "")
    kind = request.headers.get("content-type", "")
    if not given and kind.startswith(("multipart/form-data", "application/x-www-form-urlencoded")):
        value = (await request.form()).get("csrf_token", "")
        given = value if isinstance(value, str) else ""
    if not hmac.compare_digest(given, csrf_token(token)):
        raise ForgedRequest


def _language(request: Request, system: System, chosen: str) -> Language:
    asked = request.query_params.get("language") or chosen or request.cookies.get(LANGUAGE_COOKIE)
    return "en" if (asked or system.settings.language) == "en" else "zh"


async def get_form(request: Request) -> Form:
    return Form(await request.form())


async def closed_form(request: Request) -> AsyncIterator[None]:
    """For every request: the files of its form, whoever parsed it, are gone after the answer."""
    try:
        yield
    finally:
        await request.close()


AnyVisit = Annotated[Visit, Depends(get_visit)]
"""A visit that may be a stranger's: sign-in and errors only."""


async def require_sign_in(visit: AnyVisit) -> Visit:
    """A signed-in person who has a password of their own.

    Raises:
        NotSignedIn, PasswordMustChange: first things first.
    """
    if not visit.signed_in:
        raise NotSignedIn
    if visit.must_change_password and visit.request.url.path not in PASSWORD_PATHS:
        raise PasswordMustChange
    return visit


PASSWORD_PATHS = frozenset({"/password", "/sign-out", "/api/v1/password"})
"""Where somebody may go who has yet to choose a password."""

SignedIn = Annotated[Visit, Depends(require_sign_in)]
PostedForm = Annotated[Form, Depends(get_form)]
