"""What personal facts are opened for, in words; it goes on the trail, so it names nobody."""

import re
import unicodedata
from collections.abc import Iterable

from archive.errors import Invalid
from archive.reason import says_something

MOST = 200
_LONG_DIGITS = re.compile(r"\d{11,}|\d{17}[Xx]")
"""A telephone or identity number; no purpose needs one."""


class PurposeMissing(Invalid):
    """Personal facts are opened for a purpose, said in words."""


class PurposeNamesPerson(Invalid):
    """The purpose goes on the trail, where no name and no number of a person may stand."""


class PurposeTooLong(Invalid):
    """A purpose is said in a sentence."""


def purpose_in(text: str, personal: Iterable[str] = (), *, field: str = "purpose") -> str:
    """The purpose as given; ``personal`` are the facts it may not repeat.

    Raises:
        PurposeMissing, PurposeNamesPerson, PurposeTooLong: beside the field.
    """
    told = text.strip()
    if not says_something(told):
        raise PurposeMissing(field=field)
    if len(told) > MOST:
        raise PurposeTooLong(field=field, most=MOST)
    bare = "".join(unicodedata.normalize("NFKC", told).split())
    if _LONG_DIGITS.search(bare) or any(
        fact and len(fact) > 1 and fact in bare for fact in personal
    ):
        raise PurposeNamesPerson(field=field)
    return told
