"""Verbs about photographs of a destruction; they stay with the batch for ever [seed 5.4]."""

from collections.abc import Sequence

from archive.access import Permission
from archive.ingest.keeping import StoredFile
from archive.retention.batch import Batch
from archive.retention.batching import check_photographed
from archive.retention.erasure import DestructionPhoto
from archive.transaction import Transaction


def keep_photos(
    tx: Transaction, batch_id: int, photos: Sequence[StoredFile]
) -> list[DestructionPhoto]:
    """Photographs whose bytes are in the store already, set down for good.

    Raises:
        NotAWitness, NotPossibleNow: nothing is set down.
    """
    batch = tx.get(Batch, batch_id, lock=True)
    if batch.executor_id != tx.actor.person_id:
        tx.require(Permission.DESTRUCTION_WITNESS, batch.station_id)
    check_photographed(tx, batch)
    kept = [
        tx.add(
            DestructionPhoto(
                batch_id=batch.id,
                name=photo.name,
                media_type=photo.media_type,
                size=photo.digests.size,
                sha256=photo.digests.sha256,
                sm3=photo.digests.sm3,
                object_key=photo.object_key,
                taken_in_by_id=tx.person_id,
                taken_in_at=tx.now,
            )
        )
        for photo in photos
    ]
    for photo in kept:
        tx.record("batch.photo-kept", batch.subject, photo=photo.id, sha256=photo.sha256)
    return kept
