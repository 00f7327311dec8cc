"""A text the database keeps without being able to read it.

The column holds what :mod:`archive.customers.sealing` made of the text; the key is not in the
database. What a query gives back is still sealed: only a verb that asked for the permission and
the purpose opens it.
"""

from dataclasses import dataclass, field

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator


@dataclass(frozen=True, slots=True)
class SealedText:
    """Ciphertext, as kept; neither its representation nor a log line says more."""

    token: str = field(repr=False)


class Sealed(TypeDecorator[SealedText]):
    """The column of a sealed text; a plain one is a mistake of ours and raises."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: SealedText | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the signature is given
        if value is None:
            return None
        if not isinstance(value, SealedText):
            message = "only what is sealed is kept here"
            raise TypeError(message)
        return value.token

    def process_result_value(self, value: str | None, dialect: Dialect) -> SealedText | None:  # noqa: ARG002 - the signature is given
        return None if value is None else SealedText(value)
