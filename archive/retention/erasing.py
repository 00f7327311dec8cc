"""How one line of a batch goes on the electronic side: named, destroyed, read back, set down.

Every step can die and be done again: objects are written down before they are touched, a shared
file is replaced before the old one goes, and only what was proved absent is called gone.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select, update

from archive.access import SYSTEM
from archive.custody.scan import Scan, ScanFile, ScanPage
from archive.digest import digest_of
from archive.filing.delivery import DeliveredFile, DeliveredPage, Draft, DraftState
from archive.filing.volume_record import VolumeRecord
from archive.holdings.copy import ElectronicCopy
from archive.holdings.pairing import locked_pair
from archive.holdings.record import GOING, Record
from archive.ingest.paging import files_at_hand
from archive.ingest.sandbox import Limits, run_pages
from archive.retention.batch import Batch, BatchItem, ItemState
from archive.retention.erasure import ErasedObject, ObjectKind, StillThere
from archive.retention.separating import without_pages
from archive.storage import new_key
from archive.system import System
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class _Shared:
    """A file that holds pages of records that stay."""

    file_id: int
    object_key: str
    sha256: str
    media_type: str
    pages: tuple[int, ...]


def erase_item(system: System, item_id: int) -> None:
    """Destroy everything electronic of one line, and prove it gone; once gone, a no-op.

    Raises:
        PagesNotSeparable, StillThere, DestructionPrevented, StorageUnavailable: what is gone
            stays gone, and the next try goes on from there.
    """
    with system.transaction(SYSTEM) as tx:
        item = tx.get(BatchItem, item_id, lock=True)
        if item.state != ItemState.DESTROYING or item.electronic_gone_at is not None:
            return
        leave = tx.get(Batch, item.batch_id).name
        shared = _name_objects(tx, item)
    for file in shared:
        _separate(system, item_id, file)
    with system.transaction(SYSTEM, writes=False) as tx:
        keys = tx.session.scalars(
            select(ErasedObject.object_key)
            .where(ErasedObject.item_id == item_id, ErasedObject.absent_at.is_(None))
            .order_by(ErasedObject.id)
        ).all()
    for key in keys:
        system.objects.destroy(key, released_by=leave)
        check_absent(system, key)
        with system.transaction(SYSTEM) as tx:
            tx.session.execute(
                update(ErasedObject).where(ErasedObject.object_key == key).values(absent_at=tx.now)
            )
    with system.transaction(SYSTEM) as tx:
        _set_down(tx, item_id)


def check_absent(system: System, key: str) -> None:
    """Read back that nothing of an object can be had or is listed any more.

    Raises:
        StillThere: with the key.
    """
    if system.objects.size(key) is not None or any(
        found == key for found, _ in system.objects.keys(prefix=key)
    ):
        raise StillThere(key=key)


def _name_objects(tx: Transaction, item: BatchItem) -> list[_Shared]:
    """Write down every object of the record; gives the files it shares with records that stay."""
    copies = select(ElectronicCopy.id).where(ElectronicCopy.record_id == item.record_id)
    pages = tx.session.scalars(select(DeliveredPage).where(DeliveredPage.copy_id.in_(copies))).all()
    shared = []
    for file_id in sorted({page.file_id for page in pages}):
        file = tx.get(DeliveredFile, file_id)
        if _lives_on(tx, file_id):
            own = tuple(sorted(page.page_in_file for page in pages if page.file_id == file_id))
            if not _separated(tx, item.id, file_id):
                shared.append(
                    _Shared(file_id, file.object_key, file.stored_sha256, file.media_type, own)
                )
        else:
            _name(tx, item.id, ObjectKind.RECEIVED, file.object_key, file.sha256)
            _name_pages(tx, item.id, _pages_of_file(tx, file_id))
    _name_pages(tx, item.id, pages)
    _name_volume(tx, item)
    for copy in tx.session.scalars(select(ElectronicCopy).where(ElectronicCopy.id.in_(copies))):
        _name(tx, item.id, ObjectKind.RENDITION, copy.rendition_key, copy.rendition_sha256)
    return shared


def _name_volume(tx: Transaction, item: BatchItem) -> None:
    """A record that is a bound volume: every scan there ever was of it, whole."""
    own = select(VolumeRecord.volume_id).where(VolumeRecord.record_id == item.record_id)
    scans = select(Scan.id).where(Scan.volume_id.in_(own))
    for file in tx.session.scalars(select(ScanFile).where(ScanFile.scan_id.in_(scans))):
        _name(tx, item.id, ObjectKind.RECEIVED, file.object_key, file.sha256)
    for page in tx.session.scalars(select(ScanPage).where(ScanPage.scan_id.in_(scans))):
        _name(tx, item.id, ObjectKind.IMAGE, page.image_key, page.image_sha256)
        _name(tx, item.id, ObjectKind.THUMBNAIL, page.thumb_key, "")


def _name_pages(tx: Transaction, item_id: int, pages: Iterable[DeliveredPage]) -> None:
    for page in pages:
        _name(tx, item_id, ObjectKind.IMAGE, page.image_key, page.image_sha256)
        _name(tx, item_id, ObjectKind.THUMBNAIL, page.thumb_key, "")


def _name(tx: Transaction, item_id: int, kind: ObjectKind, key: str, sha256: str) -> None:
    known = select(ErasedObject.id).where(ErasedObject.object_key == key)
    if key and tx.session.scalars(known).first() is None:
        tx.add(ErasedObject(item_id=item_id, kind=kind, object_key=key, sha256=sha256))


def _lives_on(tx: Transaction, file_id: int) -> bool:
    """Whether a page of the file belongs to a record that stays, or waits to be filed."""
    of_record = (
        select(DeliveredPage.id)
        .join(ElectronicCopy, ElectronicCopy.id == DeliveredPage.copy_id)
        .join(Record, Record.id == ElectronicCopy.record_id)
        .where(DeliveredPage.file_id == file_id, Record.state.not_in(GOING))
    )
    waiting = (
        select(DeliveredPage.id)
        .outerjoin(Draft, Draft.id == DeliveredPage.draft_id)
        .where(
            DeliveredPage.file_id == file_id,
            DeliveredPage.copy_id.is_(None),
            DeliveredPage.set_aside == "",
            or_(Draft.id.is_(None), Draft.state == DraftState.OPEN),
        )
    )
    return any(
        tx.session.scalars(query.limit(1)).first() is not None for query in (of_record, waiting)
    )


def _pages_of_file(tx: Transaction, file_id: int) -> list[DeliveredPage]:
    return list(tx.session.scalars(select(DeliveredPage).where(DeliveredPage.file_id == file_id)))


def _separated(tx: Transaction, item_id: int, file_id: int) -> bool:
    """Whether this line's pages were taken out of the file already."""
    done = select(ErasedObject.id).where(
        ErasedObject.item_id == item_id, ErasedObject.shared_file_id == file_id
    )
    return tx.session.scalars(done).first() is not None


def _separate(system: System, item_id: int, file: _Shared) -> None:
    """Keep the file without these pages under a new key, then condemn the old one."""
    limits = Limits(
        memory=system.settings.reader_memory_mb << 20,
        seconds_per_result=system.settings.page_seconds * 4,
    )
    with files_at_hand(system, [(file.object_key, file.sha256)]) as (path,):
        told = b"".join(
            run_pages(
                without_pages, (str(path), file.media_type, file.pages), limits=limits, first=0
            )
        )
    digests, key = digest_of([told]), new_key()
    system.objects.put(key, io.BytesIO(told), digests)
    with system.transaction(SYSTEM) as tx:
        kept = tx.get(DeliveredFile, file.file_id, lock=True)
        if kept.object_key != file.object_key or _separated(tx, item_id, file.file_id):
            return  # another worker was first; ours is an orphan, and is swept
        tx.add(
            ErasedObject(
                item_id=item_id,
                kind=ObjectKind.RECEIVED,
                object_key=kept.object_key,
                sha256=kept.stored_sha256,
                shared_file_id=kept.id,
            )
        )
        kept.object_key, kept.kept_sha256 = key, digests.sha256
        kept.size = digests.size
        item = tx.get(BatchItem, item_id)
        tx.record(
            "record.pages-taken-out",
            item.subject,
            pages=list(file.pages),
            before=kept.sha256,
            after=digests.sha256,
        )


def _set_down(tx: Transaction, item_id: int) -> None:
    """The electronic side is gone: what was read and typed about it goes too."""
    item = tx.get(BatchItem, item_id, lock=True)
    if item.electronic_gone_at is not None:
        return
    _, pair = locked_pair(tx, item.record_id)
    pair.take("destroy-copy", tx.now)
    _forget_words(tx, item)
    item.electronic_gone_at, item.failure = tx.now, ""
    erased = select(ErasedObject.object_key).where(ErasedObject.item_id == item_id)
    tx.session.execute(
        update(DeliveredFile)
        .where(DeliveredFile.object_key.in_(erased))
        .values(destroyed_at=tx.now, name="")
    )
    count = len(tx.session.scalars(erased).all())
    tx.record("pair.destroy-copy", item.subject, objects=count, digest=item.content_digest)


def _forget_words(tx: Transaction, item: BatchItem) -> None:
    """What the reader read and what people typed on the filing desk."""
    copies = select(ElectronicCopy.id).where(ElectronicCopy.record_id == item.record_id)
    gone = select(ErasedObject.object_key).where(ErasedObject.item_id == item.id)
    tx.session.execute(
        update(DeliveredPage)
        .where(or_(DeliveredPage.copy_id.in_(copies), DeliveredPage.image_key.in_(gone)))
        .values(lines=[], payload="", set_aside_note="")
        .execution_options(synchronize_session=False)
    )
    tx.session.execute(
        update(Draft)
        .where(Draft.record_id == item.record_id)
        .values(title="", parties="", customer_number="", document_number="", proposed={})
        .execution_options(synchronize_session=False)
    )
