"""The five kinds of error.

Concrete errors are declared beside what raises them, are named as a person would say it,
carry facts (never sentences, never HTTP) and get one sentence per language in the message
catalogues under ``error.<ClassName>``. ``str(error)`` is English, for logs, and must hold no
personal data.
"""

from typing import Any, ClassVar


class ArchiveError(Exception):
    """Root of all expected errors: something a person can be told about."""

    kind: ClassVar[str] = "error"

    def __init__(self, **facts: Any) -> None:
        super().__init__(type(self).__name__)
        self.facts: dict[str, Any] = facts

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{type(self).__name__}({told})"


class NotFound(ArchiveError):
    """There is no such thing, or the actor may not know that there is."""

    kind = "not-found"


class Refused(ArchiveError):
    """A rule about persons forbids it; the attempt goes on the trail."""

    kind = "refused"


class Conflict(ArchiveError):
    """The state of things forbids it now; it may be allowed later."""

    kind = "conflict"


class Invalid(ArchiveError):
    """What came in is not usable as it is.

    ``field`` names the form field the sentence belongs beside, where there is one.
    """

    kind = "invalid"

    def __init__(self, *, field: str | None = None, **facts: Any) -> None:
        super().__init__(**facts)
        self.field = field


class Unavailable(ArchiveError):
    """A back-end does not answer; trying again later may help."""

    kind = "unavailable"
