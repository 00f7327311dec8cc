"""How passwords are kept: Argon2id, with the library's present parameters."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher  # noqa: TID251 - this is the one place
from argon2.exceptions import VerifyMismatchError  # noqa: TID251 - this is the one place

from archive.errors import Invalid

SHORTEST = 8
LONGEST = 200
_hasher = PasswordHasher()


class PasswordTooShort(Invalid):
    """A password has at least eight characters."""


class PasswordTooLong(Invalid):
    """A password has at most 200 characters."""


class PasswordNotNew(Invalid):
    """The new password is the old one."""


def check_new_password(new: str, name: str, old_hash: str | None = None) -> None:
    """Refuse a password that is too short, too long, the sign-in name, or the old one.

    Raises:
        PasswordTooShort, PasswordTooLong, PasswordNotNew: beside the field.
    """
    if len(new) < SHORTEST or new.casefold() == name.casefold():
        raise PasswordTooShort(field="new_password", shortest=SHORTEST)
    if len(new) > LONGEST:
        raise PasswordTooLong(field="new_password", longest=LONGEST)
    if old_hash is not None and matches(old_hash, new):
        raise PasswordNotNew(field="new_password")


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _hasher.hash(_normal(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether it is the password; takes as long for a person who does not exist."""
    try:
        _hasher.verify(password_hash or _nobody(), _normal(password[: LONGEST + 1]))
    except VerifyMismatchError:
        return False
    return password_hash is not None


@cache
def _nobody() -> str:
    """What a person who does not exist is compared with."""
    return _hasher.hash("nobody signs in with this")


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
