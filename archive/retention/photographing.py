"""From spooled photographs to kept ones: looked into, stored, then set down.

Killed in between, at worst objects are left that no row names, which the sweep removes.
"""

from collections.abc import Sequence

from archive.access import Actor
from archive.ingest.keeping import keep_files
from archive.ingest.magic import Kind, recognise
from archive.ingest.refusals import BadScan
from archive.ingest.spool import Spooled
from archive.retention.actions.photos import keep_photos
from archive.retention.batch import Batch
from archive.retention.batching import check_photographed
from archive.retention.erasure import DestructionPhoto
from archive.system import System

PHOTOS = frozenset({Kind.JPEG, Kind.PNG})


class NotAPhoto(BadScan):
    """Only photographs are kept with a destruction, as every browser shows them."""


def recognise_photo(head: bytes) -> Kind:
    """The kind of photograph that begins with ``head``.

    Raises:
        NotAPhoto, EmptyFile, NotAScan, UnknownFile: it is none.
    """
    kind = recognise(head)
    if kind not in PHOTOS:
        raise NotAPhoto
    return kind


def receive_photos(
    system: System, actor: Actor, batch_id: int, files: Sequence[Spooled]
) -> list[DestructionPhoto]:
    """Take photographs of a destruction in.

    Raises:
        NotAWitness, NotPossibleNow: about the batch; nothing is stored.
        BadScan: about one of the files; nothing is stored.
    """
    with system.transaction(actor, writes=False) as tx:
        check_photographed(tx, tx.get(Batch, batch_id))
    stored = keep_files(system, files)
    with system.transaction(actor) as tx:
        return keep_photos(tx, batch_id, stored)
