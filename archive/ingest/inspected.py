"""What is known of a file once it was looked into."""

from dataclasses import dataclass

from archive.ingest.magic import Kind
from archive.ingest.ofd import Signed


@dataclass(frozen=True, slots=True)
class Inspected:
    """One file that can be taken.

    Attributes:
        signed: what is signed in it; None for kinds where nobody looked.
    """

    kind: Kind
    pages: int
    size: int
    signed: Signed | None = None

    @property
    def media_type(self) -> str:
        return self.kind.media_type
