"""From spooled files to a scan on record: the one way in for page, API, command and folder.

Objects before rows: looked into, then stored, then recorded. Killed in between, at worst objects
are left that no row names, which the sweep removes; sending the files again is always safe.
"""

from collections.abc import Sequence

from sqlalchemy import select

from archive.access import Actor, Permission
from archive.custody.actions.scans import record_scan
from archive.custody.numbers import normal_digits
from archive.custody.scan import AlreadyReceived, NoVolumeNamed, Scan
from archive.custody.volume import Volume
from archive.ingest.keeping import delivery_digest, keep_files
from archive.ingest.spool import Spooled
from archive.system import System


def receive(
    system: System, actor: Actor, volume_id: int, files: Sequence[Spooled], *, source: str
) -> Scan:
    """Take a scan in: a PDF, or images in order; its reading is promised.

    Raises:
        NotPermitted, AlreadyReceived, BookOfReleasedVolume: about the volume.
        BadScan: about the files; nothing is stored.
    """
    sha256 = delivery_digest(files)
    check_welcome(system, actor, volume_id, sha256)
    stored = keep_files(system, files)
    with system.transaction(actor) as tx:
        return record_scan(tx, volume_id, stored, sha256=sha256, source=source)


def check_welcome(system: System, actor: Actor, volume_id: int, sha256: str = "") -> None:
    """Refuse what would be refused anyway; doors ask before they take the first byte.

    Raises:
        NoSuchThing, NotPermitted: about the volume.
        AlreadyReceived: with ``sha256``, when the same delivery came before.
    """
    with system.transaction(actor, writes=False) as tx:
        volume = tx.get(Volume, volume_id)
        tx.require(Permission.SCAN_RECEIVE, volume.station_id)
        known = tx.session.scalars(
            select(Scan.id).where(Scan.volume_id == volume_id, Scan.sha256 == sha256)
        ).first()
        if known is not None:
            raise AlreadyReceived(subject=f"volume:{volume.code}", scan=known)


def volume_named(system: System, actor: Actor, code: str) -> int:
    """The id of the volume with this code, as it stands at the front of a file's name.

    Raises:
        NoVolumeNamed: there is none, or the actor may not know of it.
    """
    with system.transaction(actor, writes=False) as tx:
        volume = tx.session.scalars(
            select(Volume).where(Volume.code == normal_digits(code).upper())
        ).first()
        if volume is None or not tx.can(Permission.SCAN_RECEIVE, volume.station_id):
            raise NoVolumeNamed(field="volume", code=code[:40])
        return volume.id
