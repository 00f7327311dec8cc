"""Objects in a versioned bucket of any S3: SeaweedFS, Ceph, an existing MinIO.

Nothing is overwritten: every write says ``If-None-Match: *`` and the server decides between two
writers. The bucket keeps versions, so what another program deletes by mistake is only hidden;
:meth:`S3Objects.destroy` removes every version and every delete marker and reads the list back.
An S3 frees the disk behind a destroyed version when it next tidies its volumes; until then the
bytes are out of reach of its interface, not of its disks.

ETags are never taken for digests: the digests that were verified while writing go along as
metadata, for whoever has to rebuild a catalogue from the bucket alone.
"""

import io
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from threading import Lock
from typing import BinaryIO, Self, cast
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import urllib3
from minio import Minio  # noqa: TID251 - this is the one place
from minio.commonconfig import GOVERNANCE  # noqa: TID251 - this is the one place
from minio.datatypes import Upload  # noqa: TID251 - this is the one place
from minio.deleteobjects import DeleteObject  # noqa: TID251 - this is the one place
from minio.error import MinioException, S3Error  # noqa: TID251 - this is the one place
from minio.objectlockconfig import YEARS  # noqa: TID251 - this is the one place
from minio.objectlockconfig import ObjectLockConfig as LockConfig  # noqa: TID251 - this is the one place
from minio.versioningconfig import VersioningConfig  # noqa: TID251 - this is the one place

from archive.digest import CHUNK, Digests
from archive.storage import (
    DestructionPrevented,
    ObjectMissing,
    StorageFull,
    StorageUnavailable,
    already_kept,
    checked_key,
    verified_pieces,
)
from archive.storage.ranged import Answer, RangedStream

_PART = 8 << 20
"""Bytes in one request; ten thousand parts make the largest object 80 GB."""

_KEPT = "Enabled"
_RETRIES = urllib3.Retry(
    total=3,
    connect=1,
    backoff_factor=0.2,
    status_forcelist=[500, 502, 503, 504],
    raise_on_status=False,
)
_TIMEOUT = urllib3.Timeout(connect=3, read=30)
_INSUFFICIENT_STORAGE = 507

_ABSENT = {"NoSuchKey", "NoSuchVersion"}
_TAKEN = {"PreconditionFailed", "ConditionalRequestConflict"}
_FULL = {"InsufficientStorage", "QuotaExceeded", "XMinioStorageFull", "NoSpaceLeft"}
_LOCKED = {"AccessDenied", "InvalidObjectState", "MethodNotAllowed", "ObjectLocked"}


class S3Objects:
    """Keeps objects in ``bucket``, which is made, with versions, when first needed."""

    def __init__(
        self,
        endpoint: str,
        bucket: str,
        access_key: str,
        secret_key: str,
        *,
        tls: bool = False,
        region: str = "us-east-1",
        lock_years: int = 0,
    ) -> None:
        http = urllib3.PoolManager(maxsize=16, retries=_RETRIES, timeout=_TIMEOUT)
        self._bucket = _Bucket(
            endpoint, access_key, secret_key, secure=tls, region=region, http_client=http
        )
        self._bucket.name = bucket
        self._lock_years = lock_years
        self._prepared = False
        self._preparing = Lock()

    @classmethod
    def at(cls, url: str, *, lock_years: int = 0) -> Self:
        """The store at ``s3://key:secret@host:port/bucket`` (``s3s://`` with TLS).

        With ``lock_years`` the bucket is made with object lock: everything in it is locked in
        GOVERNANCE mode for so long, and only an approved batch releases it sooner.
        """
        parts = urlsplit(url)
        bucket = parts.path.strip("/")
        if parts.scheme not in {"s3", "s3s"} or not (
            parts.hostname and parts.username and parts.password and bucket
        ):
            raise ValueError("objects in S3 are given as s3://key:secret@host:port/bucket")
        endpoint = parts.hostname if parts.port is None else f"{parts.hostname}:{parts.port}"
        key, secret = unquote(parts.username), unquote(parts.password)
        return cls(endpoint, bucket, key, secret, tls=parts.scheme == "s3s", lock_years=lock_years)

    def put(self, key: str, file: BinaryIO, digests: Digests) -> None:
        """See :meth:`archive.storage.ObjectStore.put`."""
        self._prepare()
        if already_kept(self, checked_key(key), digests):
            return
        headers = {
            "Content-Type": "application/octet-stream",
            "x-amz-meta-sha256": digests.sha256,
            "x-amz-meta-sm3": digests.sm3,
        }
        pieces = verified_pieces(file, digests, _PART)
        if digests.size <= _PART:
            written = self._put_whole(key, next(pieces), headers)
        else:
            written = self._put_in_parts(key, pieces, headers)
        if not written and not already_kept(self, key, digests):
            raise StorageUnavailable(reason="VanishedMeanwhile")
        if self.size(key) != digests.size:
            raise StorageUnavailable(reason="KeptIncompletely")

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        """See :meth:`archive.storage.ObjectStore.open`."""
        with _edge(checked_key(key)):
            kept = self._bucket.stat_object(self._bucket.name, key)

        def ask(start: int) -> Answer:
            with _edge(key):
                return self._bucket.get_object(
                    self._bucket.name, key, start, version_id=kept.version_id
                )

        stream = RangedStream(ask, kept.size or 0)
        with closing(io.BufferedReader(stream, CHUNK)) as buffered:
            yield cast("BinaryIO", buffered)

    def size(self, key: str) -> int | None:
        """See :meth:`archive.storage.ObjectStore.size`."""
        try:
            with _edge(checked_key(key)):
                return self._bucket.stat_object(self._bucket.name, key).size
        except ObjectMissing:
            return None

    def keys(self, prefix: str = "") -> Iterator[tuple[str, datetime]]:
        """See :meth:`archive.storage.ObjectStore.keys`."""
        self._prepare()
        with _edge(prefix):
            for kept in self._bucket.list_objects(
                self._bucket.name, prefix=prefix, recursive=True, include_version=True
            ):
                if kept.is_latest == "true" and kept.object_name and kept.last_modified:
                    yield kept.object_name, kept.last_modified

    def destroy(self, key: str, *, released_by: str = "") -> None:
        """See :meth:`archive.storage.ObjectStore.destroy`."""
        self._prepare()
        self._abort(upload for upload in self._uploads(checked_key(key)))
        for version in self._versions(key):
            if released_by:
                self._release_version(key, version)
            else:
                self._destroy_version(key, version)
        if self._versions(key):
            raise DestructionPrevented(key=key)

    def discard_unfinished(self, started_before: datetime) -> int:
        """See :meth:`archive.storage.ObjectStore.discard_unfinished`."""
        self._prepare()
        return self._abort(
            upload
            for upload in self._uploads()
            if upload.initiated_time and upload.initiated_time < started_before
        )

    def check(self) -> None:
        """See :meth:`archive.storage.ObjectStore.check`; the bucket must keep versions.

        Where locks are asked for, it must lock too: that is decided when a bucket is made.
        """
        self._prepare()
        with _edge(""):
            status = self._bucket.get_bucket_versioning(self._bucket.name).status
        if status != _KEPT:
            raise StorageUnavailable(reason="VersioningOff")
        if self._lock_years and not self._locks():
            raise StorageUnavailable(reason="ObjectLockOff")

    def _locks(self) -> bool:
        try:
            mode = self._bucket.get_object_lock_config(self._bucket.name).mode
        except S3Error:
            return False
        return mode == GOVERNANCE

    def _prepare(self) -> None:
        """Make the bucket and have it keep versions, once a process."""
        if self._prepared:
            return
        with self._preparing, _edge(""):
            if not self._bucket.bucket_exists(self._bucket.name):
                self._make_bucket()
            if self._bucket.get_bucket_versioning(self._bucket.name).status != _KEPT:
                self._bucket.set_bucket_versioning(self._bucket.name, VersioningConfig(_KEPT))
            self._prepared = True

    def _make_bucket(self) -> None:
        try:
            self._bucket.make_bucket(self._bucket.name, object_lock=bool(self._lock_years))
            if self._lock_years:
                locked = LockConfig(GOVERNANCE, self._lock_years, YEARS)
                self._bucket.set_object_lock_config(self._bucket.name, locked)
        except S3Error as refusal:  # another process was first
            if refusal.code not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                raise

    def _put_whole(self, key: str, body: bytes, headers: dict[str, str]) -> bool:
        with _edge(key):
            return self._bucket.put_if_absent(key, body, headers)

    def _put_in_parts(self, key: str, pieces: Iterator[bytes], headers: dict[str, str]) -> bool:
        with _edge(key):
            upload = self._bucket.begin(key, headers)
        try:
            etags = []
            for number, piece in enumerate(pieces, start=1):
                with _edge(key):
                    etags.append(self._bucket.add(key, upload, number, piece))
            with _edge(key):
                written = self._bucket.complete_if_absent(key, upload, etags)
        except BaseException:
            self._forget(key, upload)
            raise
        if not written:
            self._forget(key, upload)
        return written

    def _forget(self, key: str, upload: str) -> None:
        """Abort an upload; if even that fails, :meth:`discard_unfinished` will find it."""
        with suppress(StorageUnavailable), _edge(key):
            self._bucket.abort(key, upload)

    def _uploads(self, prefix: str = "") -> list[Upload]:
        with _edge(prefix):
            return list(self._bucket.uploads(prefix))

    def _abort(self, uploads: Iterator[Upload]) -> int:
        count = 0
        for upload in uploads:
            with _edge(upload.object_name):
                self._bucket.abort(upload.object_name, upload.upload_id or "")
            count += 1
        return count

    def _versions(self, key: str) -> list[str]:
        """The ids of all versions and delete markers of exactly this key."""
        with _edge(key):
            kept = self._bucket.list_objects(
                self._bucket.name, prefix=key, recursive=True, include_version=True
            )
            return [one.version_id or "null" for one in kept if one.object_name == key]

    def _destroy_version(self, key: str, version: str) -> None:
        with suppress(ObjectMissing), _edge(key):
            try:
                self._bucket.remove_object(self._bucket.name, key, version)
            except S3Error as refusal:
                if refusal.code in _LOCKED:
                    raise DestructionPrevented(key=key) from refusal
                raise

    def _release_version(self, key: str, version: str) -> None:
        """Destroy a version whose governed lock an approved batch releases."""
        doomed = DeleteObject(key, None if version == "null" else version)
        with _edge(key):
            refusals = list(
                self._bucket.remove_objects(
                    self._bucket.name, [doomed], bypass_governance_mode=True
                )
            )
        if any(refusal.code in _LOCKED for refusal in refusals):
            raise DestructionPrevented(key=key)
        if refusals:
            raise StorageUnavailable(reason=str(refusals[0].code))


class _Bucket(Minio):
    """The client, with writes the server refuses where an object stands already.

    The client's own ``put_object`` cannot say ``If-None-Match``, nor clear away a dead upload.
    """

    name: str

    def put_if_absent(self, key: str, body: bytes, headers: dict[str, str]) -> bool:
        """False if an object stands there."""
        return self._unless_taken("PUT", key, body, headers)

    def begin(self, key: str, headers: dict[str, str]) -> str:
        return self._create_multipart_upload(self.name, key, {**headers})

    def add(self, key: str, upload: str, number: int, piece: bytes) -> str:
        return self._upload_part(self.name, key, piece, None, upload, number)

    def complete_if_absent(self, key: str, upload: str, etags: list[str]) -> bool:
        """False if an object stands there; the parts are then still to be aborted."""
        parts = ET.Element("CompleteMultipartUpload")
        for number, etag in enumerate(etags, start=1):
            part = ET.SubElement(parts, "Part")
            ET.SubElement(part, "PartNumber").text = str(number)
            ET.SubElement(part, "ETag").text = f'"{etag}"'
        headers = {"Content-Type": "application/xml"}
        query = {"uploadId": upload}
        return self._unless_taken("POST", key, ET.tostring(parts), headers, query)

    def abort(self, key: str, upload: str) -> None:
        """Forget the parts; an upload that is gone already is as good as aborted."""
        try:
            self._abort_multipart_upload(self.name, key, upload)
        except S3Error as refusal:
            if refusal.code != "NoSuchUpload":
                raise

    def uploads(self, prefix: str) -> Iterator[Upload]:
        marker: str | None = None
        while True:
            page = self._list_multipart_uploads(self.name, prefix=prefix, key_marker=marker)
            yield from page.uploads
            marker = page.next_key_marker
            if not page.is_truncated or not marker:
                return

    def _unless_taken(
        self,
        method: str,
        key: str,
        body: bytes,
        headers: dict[str, str],
        query: dict[str, str] | None = None,
    ) -> bool:
        try:
            answer = self._execute(
                method,
                self.name,
                key,
                body=body,
                headers={**headers, "If-None-Match": "*"},
                query_params={**query} if query else None,
            )
        except S3Error as refusal:
            if refusal.code in _TAKEN:
                return False
            raise
        if b"<Error>" in answer.data[:200]:  # a completion may fail under status 200
            raise StorageUnavailable(reason="CompletionFailed")
        return True


@contextmanager
def _edge(key: str) -> Iterator[None]:
    """Turn the vendor's errors into ours; their texts stay behind, they may name hosts and users."""
    try:
        yield
    except S3Error as refusal:
        if refusal.code in _ABSENT:
            raise ObjectMissing(key=key) from refusal
        if refusal.code in _FULL or refusal.response.status == _INSUFFICIENT_STORAGE:
            raise StorageFull from refusal
        raise StorageUnavailable(reason=refusal.code) from refusal
    except (MinioException, urllib3.exceptions.HTTPError, ET.ParseError, OSError) as fault:
        raise StorageUnavailable(reason=type(fault).__name__) from fault
