"""What a doubt is about, as addresses and forms name it, and how it is settled.

==================  ==================================================================
``s12``             stub 12, which the machine found
``a3.04210055``     number 04210055 on page 3, which only a person has seen there
``p3-page-cut``     page 3 as a whole (what follows the dash tells findings apart)
``n0130….04210055`` number 04210055 of that code, which stands nowhere
==================  ==================================================================
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from archive.custody.actions import scans as verbs
from archive.custody.numbers import parse_number
from archive.custody.scan import NothingSettled, Settlement, Verdict
from archive.errors import Invalid
from archive.transaction import Transaction
from web import typed
from web.deps import Form

_KEY = re.compile(
    r"s(?P<stub>\d{1,9})"
    r"|a(?P<page>\d{1,5})\.(?P<added>\d{1,20})"
    r"|p(?P<whole>\d{1,5})(-[a-z-]+)?"
    r"|n(?P<code>\d{0,12})\.(?P<number>\d{1,20})"
)

VERDICTS: Mapping[str, Verdict] = {
    "number": Verdict.NUMBER,
    "void": Verdict.VOID,
    "not-void": Verdict.NOT_VOID,
    "unreadable": Verdict.UNREADABLE,
    "not-a-stub": Verdict.NOT_A_STUB,
    "not-there": Verdict.NOT_A_STUB,
    "page-done": Verdict.NOT_A_STUB,
}
"""A decision of the desk as the word that is kept."""


class NotTheMissingNumber(Invalid):
    """Another number was typed than the one that is missing."""


@dataclass(frozen=True, slots=True)
class Target:
    """A stub found, a number only a person has seen, a page, or a number that stands nowhere."""

    page: int | None = None
    stub_id: int | None = None
    number: str = ""
    code: str = ""

    @classmethod
    def of(cls, key: str) -> "Target | None":
        """The target a key names; None when it names none that can be settled."""
        found = _KEY.fullmatch(key)
        if found is None:
            return None
        if found["stub"]:
            return cls(stub_id=int(found["stub"]))
        if found["added"]:
            return cls(page=int(found["page"]), number=found["added"])
        if found["whole"]:
            return cls(page=int(found["whole"]))
        return cls(number=found["number"], code=found["code"])

    @property
    def key(self) -> str:
        if self.stub_id is not None:
            return f"s{self.stub_id}"
        if self.page is None:
            return f"n{self.code}.{self.number}"
        return f"a{self.page}.{self.number}" if self.number else f"p{self.page}"

    @property
    def is_page(self) -> bool:
        return self.stub_id is None and not self.number

    @property
    def is_added(self) -> bool:
        return self.stub_id is None and self.page is not None and bool(self.number)


def settle(tx: Transaction, scan_id: int, form: Form) -> Settlement:
    """Keep what a person decided on the desk.

    Raises:
        NothingSettled, NotTheMissingNumber, NotAnInvoiceNumber, ScanNotRead: nothing is kept.
    """
    target = Target.of(form.text("finding"))
    verdict = VERDICTS.get(form.text("decision"))
    if target is None or verdict is None:
        raise NothingSettled(field="decision")
    if verdict == Verdict.NUMBER and not form.text("number"):
        raise NothingSettled(field="number")
    note = typed.words(form.text("reason"), "reason", most=500, required=False)
    page, number, code = _place(target, verdict, form)
    return verbs.settle(
        tx,
        scan_id,
        page=page,
        verdict=verdict,
        stub_id=target.stub_id,
        number=number,
        code=code,
        note=note,
    )


def _place(target: Target, verdict: Verdict, form: Form) -> tuple[int, str, str]:
    """Page, number and code of what is said."""
    number = form.text("number") if verdict == Verdict.NUMBER else ""
    if target.stub_id is not None:
        return 0, number, form.text("code")
    if target.page is not None:
        return target.page, target.number or number, ""
    if parse_number(number) != target.number:
        raise NotTheMissingNumber(field="number", number=target.number)
    return typed.count(form.text("page"), "page", most=99_999), number, target.code
