"""What the page components are given: small frozen values a page makes and a macro draws.

Every text in them is already in the reader's language (``t(key, …)`` or a record's own words).
Templates reach attributes only, so a page may also pass dicts with the same names – all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Tone = Literal["good", "bad", "warn", "info", "quiet"]
"""What a status says at a glance; each has its own colour *and* its own shape."""

# ── the shell ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go.

    Attributes:
        current: it leads to the section or page one is on.
        count: how many things wait there; shown when above nought.
    """

    label: str
    href: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in: name and the capacities they act in."""

    name: str
    duties: str = ""
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Shell:
    """What surrounds every page.

    Attributes:
        sections: only those that exist and that this person may enter.
        language_href: this same page in the other language.
        person: None before sign-in; sections and sign-out are then not drawn.
        csrf_token: goes into every form and into the header of scripts' requests.
        home_href: where the station's name leads.
    """

    station: str
    sections: Sequence[Link] = ()
    language_href: str = ""
    person: Person | None = None
    sign_out_href: str = "/sign-out"
    csrf_token: str = ""
    home_href: str = "/"


# ── page parts ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Status:
    """A status word with its shape."""

    label: str
    tone: Tone = "quiet"


@dataclass(frozen=True, slots=True)
class Action:
    """A button or a link that looks like one.

    Attributes:
        href: a link when given; otherwise a submit button of ``form`` or of the form around it.
        why_not: why it cannot be used now – the button is greyed and this text stands beside it.
        form: id of the form it submits.
    """

    label: str
    href: str | None = None
    style: Literal["primary", "secondary", "danger", "plain"] = "secondary"
    why_not: str = ""
    form: str = ""
    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a long flow.

    Attributes:
        state: where the flow stands; exactly one is ``current`` unless all are done.
        note: who and when, or what it waits for.
    """

    label: str
    state: Literal["done", "current", "todo", "failed"]
    note: str = ""
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, for a timeline (newest last unless the page says otherwise)."""

    label: str
    at: datetime | None = None
    by: str = ""
    note: str = ""
    tone: Tone = "quiet"


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a description list; ``kind`` as for a column."""

    label: str
    value: object
    kind: str = "text"
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not done.

    Attributes:
        reasons: every reason, each in one plain sentence.
        clause: the rule that refused, e.g. ``供电所管理制度 三、5``.
        clause_text: its words.
        next_steps: what to do now, each a sentence or a link.
    """

    title: str
    reasons: Sequence[str]
    clause: str = ""
    clause_text: str = ""
    next_steps: Sequence["Link | str"] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far long work has come.

    Attributes:
        poll_href: answers with this same component (``fragment=True``); polled while not done.
        cancel_href: posted to, to stop the work.
        result_href: where to look when it is done.
    """

    label: str
    done: int
    total: int
    state: Literal["waiting", "running", "done", "failed"] = "running"
    remaining_seconds: float | None = None
    note: str = ""
    poll_href: str = ""
    cancel_href: str = ""
    result_href: str = ""


# ── lists ───────────────────────────────────────────────────────────────────────────────────

Kind = Literal[
    "text", "number", "money", "kwh", "code", "day", "moment", "size", "status", "link", "action"
]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list.

    Attributes:
        key: what is taken from a row (attribute or item).
        kind: how it is written and aligned; numbers, money and kWh stand to the right.
        sort_href: makes the heading a link; ``sorted`` says how it is sorted now.
        total: shown at the foot, already written as a cell value of this kind.
    """

    key: str
    label: str
    kind: Kind = "text"
    sort_href: str = ""
    sorted: Literal["", "ascending", "descending"] = ""
    total: object = None


@dataclass(frozen=True, slots=True)
class Pages:
    """Where in a long list one is; numbers count from 1."""

    first: int
    last: int
    total: int
    previous_href: str = ""
    next_href: str = ""
    export_href: str = ""
    csv_href: str = ""
    print_href: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select, of radio buttons or of check boxes."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class FormState:
    """What was typed and what is wrong with it, so a form can be drawn again.

    Attributes:
        values: by field name, exactly as typed.
        errors: by field name, the sentence beside the field; key ``""`` is for the whole form.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str, otherwise: object = "") -> object:
        return self.values.get(name, otherwise)

    def error(self, name: str) -> str:
        return self.errors.get(name, "")


# ── signing ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Signing:
    """What is about to be signed, in numbers.

    Attributes:
        action: where it is posted.
        statements: what will happen or what is confirmed, each with its numbers.
        person: who signs, as in their sign-in name.
        digest: of exactly what was seen; posted back, so that a change in between is noticed.
        why_not: every reason why it cannot be signed now; the button is then grey.
    """

    action: str
    title: str
    statements: Sequence[str]
    button: str
    person: str
    digest: str = ""
    why_not: Sequence[str] = ()
    irreversible: bool = False


# ── upload ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Upload:
    """A drop zone for scans.

    Attributes:
        action: the form's address. Without scripts it gets a multipart form with ``files``; with
            scripts an ordinary form with one ``upload`` field per file already received, in order.
        receive: each file is posted here as a raw body, its name percent-encoded in
            ``X-File-Name``; answered with JSON ``{"upload": id}``, or ``{"told": sentence}``.
        accept: as the attribute of the same name, e.g. ``.pdf,.jpg,.jpeg,.png,.tif,.tiff``.
        largest: in bytes; larger files are refused before they are sent.
    """

    action: str
    receive: str
    title: str
    hint: str = ""
    accept: str = ".pdf,.jpg,.jpeg,.png,.tif,.tiff"
    largest: int = 2_000_000_000
    button: str = ""
