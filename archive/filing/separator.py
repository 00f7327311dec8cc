"""Separator sheets (分隔页): a QR code that says where one record ends and what the next one is.

S1:k:<kind>     a record of that kind of the file plan begins
S1:r:<code>     the pages of a record that is catalogued already and awaits its scan
S1:n            just another record
"""

from dataclasses import dataclass

_PREFIX = "S1:"


@dataclass(frozen=True, slots=True)
class Separator:
    """What a separator sheet says about the pages after it."""

    kind_code: str = ""
    record_code: str = ""

    @property
    def payload(self) -> str:
        """What its QR code holds; archival codes and kinds only, nothing about people."""
        if self.record_code:
            return f"{_PREFIX}r:{self.record_code}"
        return f"{_PREFIX}k:{self.kind_code}" if self.kind_code else f"{_PREFIX}n"


def separator_in(payload: str) -> Separator | None:
    """The separator a code speaks of; None for any other code (a label, an invoice's own)."""
    if not payload.startswith(_PREFIX):
        return None
    what, _, rest = payload.removeprefix(_PREFIX).partition(":")
    match what:
        case "k":
            return Separator(kind_code=rest)
        case "r":
            return Separator(record_code=rest)
        case "n":
            return Separator()
    return None
