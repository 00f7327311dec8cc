"""From spooled files to stored ones: looked into, then put into the store; rows come after.

Killed in between, at worst objects are left that no row names, which the sweep removes; sending
the files again is always safe.
"""

import atexit
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from archive.digest import Digests, digest_of
from archive.ingest.inspected import Inspected
from archive.ingest.inspector import Inspector
from archive.ingest.limits import ScanLimits
from archive.ingest.names import name_as_received
from archive.ingest.ofd import Signed
from archive.ingest.spool import Spooled
from archive.settings import Settings
from archive.storage import new_key
from archive.system import System


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file whose bytes are in the object store already."""

    name: str
    media_type: str
    pages: int
    digests: Digests
    object_key: str
    signed: Signed | None = None

    def columns(self) -> dict[str, Any]:
        """What the row of a file as received says of it, whatever it is a file of."""
        return {
            "name": self.name,
            "media_type": self.media_type,
            "pages": self.pages,
            "size": self.digests.size,
            "sha256": self.digests.sha256,
            "sm3": self.digests.sm3,
            "object_key": self.object_key,
        }


def keep_files(
    system: System, files: Sequence[Spooled], *, documents: bool = False
) -> list[StoredFile]:
    """The files of one delivery, looked into and stored as they came.

    ``documents``: what was never paper (OFD) is taken too.

    Raises:
        BadScan: about one of them; nothing is stored.
    """
    named = [(file.path, file.name) for file in files]
    found = inspector(system.settings).inspect(named, documents=documents)
    return [_stored(system, file, kind) for file, kind in zip(files, found, strict=True)]


def keep_bytes(system: System, content: bytes) -> str:
    """The key of a small object made by ourselves, a page image for example; empty for nothing."""
    if not content:
        return ""
    key = new_key()
    system.objects.put(key, io.BytesIO(content), digest_of([content]))
    return key


def delivery_digest(files: Sequence[Spooled]) -> str:
    """What tells whether the very same delivery was received before."""
    if len(files) == 1:
        return files[0].digests.sha256
    joined = "".join(file.digests.sha256 for file in files)
    return hashlib.sha256(joined.encode()).hexdigest()


def scan_limits(settings: Settings) -> ScanLimits:
    """The limits of this installation."""
    return ScanLimits(
        bytes_in_all=settings.max_upload_mb * 1_000_000, pages=settings.max_scan_pages
    )


def inspector(settings: Settings) -> Inspector:
    """This process's look into files; its child is started with the first."""
    return _inspector(scan_limits(settings))


@cache
def _inspector(limits: ScanLimits) -> Inspector:
    made = Inspector(limits)
    atexit.register(made.close)
    return made


def _stored(system: System, file: Spooled, found: Inspected) -> StoredFile:
    key = new_key()
    with file.path.open("rb") as content:
        system.objects.put(key, content, file.digests)
    return StoredFile(
        name_as_received(file.name),
        found.media_type,
        found.pages,
        file.digests,
        key,
        found.signed,
    )
