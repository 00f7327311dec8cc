"""Sealing and opening: AES-256-GCM under a key that lies in a file of its own.

The key file (``ARCHIVE_SPECIAL_KEY_FILE``, or ``keys/special.key`` in the data folder) is made
on first use, readable by its owner alone. A backup of the database without it opens nothing, so
it is kept apart from the backups; a key that is lost cannot be made again, and no new one is made
while anything is sealed under the old one.

What is sealed is bound to its row and column (as associated data): moved elsewhere, it does not
open.
"""

import hashlib
import hmac
import os
import secrets
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from archive.customers.sealed import SealedText
from archive.errors import Unavailable

KEY_BYTES = 32
NONCE_BYTES = 12


class SpecialKeyMissing(Unavailable):
    """The key file is not where it should be, or is no key; what is sealed cannot be opened."""


class SealBroken(Unavailable):
    """A sealed text does not open under this key, or not in this place."""


class Keeper:
    """Seals and opens with one key."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(hashlib.sha256(b"seal" + key).digest())
        self._marking = hashlib.sha256(b"mark" + key).digest()
        self.key_name = hashlib.sha256(b"name" + key).hexdigest()[:12]

    def seal(self, text: str, place: str) -> SealedText:
        """The text, sealed for that place alone (``table:row:column``)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, text.encode(), place.encode())
        return SealedText(f"{self.key_name}:{b64encode(nonce + sealed).decode()}")

    def open(self, sealed: SealedText, place: str) -> str:
        """The text.

        Raises:
            SealBroken: another key, another place, or not what was kept.
        """
        name, _, body = sealed.token.partition(":")
        if name != self.key_name:
            raise SealBroken
        try:
            raw = b64decode(body, validate=True)
            return self._cipher.decrypt(
                raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()
            ).decode()
        except (InvalidTag, ValueError) as broken:
            raise SealBroken from broken

    def mark(self, text: str) -> str:
        """What tells two equal texts without telling either (HMAC-SHA256)."""
        return hmac.new(self._marking, text.encode(), hashlib.sha256).hexdigest()


def keeper_at(path: Path, *, make: bool) -> Keeper:
    """The keeper of the key in that file, which is made if there is none and ``make`` says so.

    Raises:
        SpecialKeyMissing: there is none, or what is there is no key.
    """
    if make:
        _make(path)
    try:
        key = b64decode(path.read_bytes(), validate=True)
    except (OSError, ValueError) as missing:
        raise SpecialKeyMissing from missing
    if len(key) != KEY_BYTES:
        raise SpecialKeyMissing
    return Keeper(key)


def _make(path: Path) -> None:
    """A new key, whole or not at all; of two who make one at once, the first has it."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(b64encode(secrets.token_bytes(KEY_BYTES)))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
