"""Reasons in words: what undoes, refuses or excepts something says why [seed 3.4, 3.5]."""

import unicodedata

from archive.errors import Invalid


class ReasonMissing(Invalid):
    """A reason in words is needed."""


def says_something(text: str) -> bool:
    """Whether there is a letter, character or digit in it; dashes and blanks say nothing."""
    return any(unicodedata.category(character)[0] in "LN" for character in text)


def reason_in(text: str, *, field: str = "reason") -> str:
    """The reason as given, without the space around it.

    Raises:
        ReasonMissing: nothing is said in it.
    """
    if not says_something(text):
        raise ReasonMissing(field=field)
    return text.strip()
