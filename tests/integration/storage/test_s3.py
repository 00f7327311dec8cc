"""What only a bucket can do wrong: versions, delete markers, locks, dead uploads, a dead server."""

import io
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from archive.digest import digest_of
from archive.storage import (
    DestructionPrevented,
    ObjectMissing,
    StorageFull,
    StorageUnavailable,
    new_key,
)
from archive.storage.ranged import RangedStream
from archive.storage.s3 import S3Objects
from tests.backends import Seaweed
from tests.conftest import here
from tests.integration.storage.acts import EARLIER, LATER, keep, keys_in, read


@pytest.fixture
def bucket(seaweed, request):
    name = f"only-{abs(hash(request.node.name))}"
    yield name
    seaweed.remove_bucket(name)


@pytest.fixture
def store(seaweed, bucket):
    return S3Objects.at(seaweed.url(bucket))


@pytest.fixture
def other_client(seaweed):
    """Another program with its own client, on the same bucket."""
    return seaweed.client()


def versions(client, bucket, key=""):
    found = client.list_objects(bucket, prefix=key, recursive=True, include_version=True)
    return [(one.object_name, one.version_id, one.is_delete_marker) for one in found]


def overwrite(client, bucket, key, content):
    client.put_object(bucket, key, io.BytesIO(content), len(content))


def test_the_bucket_is_made_when_first_needed_and_keeps_versions(store, other_client, bucket):
    assert not other_client.bucket_exists(bucket)
    store.check()
    assert other_client.get_bucket_versioning(bucket).status == "Enabled"


def test_a_bucket_that_stopped_keeping_versions_fails_the_check(store, other_client, bucket):
    from minio.versioningconfig import SUSPENDED, VersioningConfig  # noqa: TID251 - as another

    store.check()
    other_client.set_bucket_versioning(bucket, VersioningConfig(SUSPENDED))
    with pytest.raises(StorageUnavailable, match="VersioningOff"):
        store.check()


def test_the_digests_go_along_for_whoever_has_only_the_bucket(store, other_client, bucket):
    for content in (b"small", bytes(9 << 20)):
        key = keep(store, content)
        told = other_client.stat_object(bucket, key).metadata
        digests = digest_of([content])
        assert told["x-amz-meta-sha256"] == digests.sha256
        assert told["x-amz-meta-sm3"] == digests.sm3


def test_destruction_takes_every_version_and_every_delete_marker(store, other_client, bucket):
    key, neighbour = keep(store, b"as received"), keep(store, b"another")
    overwrite(other_client, bucket, key, b"overwritten by another program")
    other_client.remove_object(bucket, key)
    overwrite(other_client, bucket, key, b"and again")
    other_client.remove_object(bucket, key)
    overwrite(other_client, bucket, key + "-copy", b"not ours to destroy")
    assert [marker for *_, marker in versions(other_client, bucket, key + "")].count(True) == 2
    assert len(versions(other_client, bucket, key)) == 6
    old = [version for name, version, marker in versions(other_client, bucket, key) if not marker]

    store.destroy(key)

    left = [name for name, *_ in versions(other_client, bucket)]
    assert sorted(left) == sorted([neighbour, key + "-copy"])
    for version in old[:3]:
        with pytest.raises(Exception, match="NoSuch"):
            other_client.get_object(bucket, key, version_id=version)


def test_what_another_program_hid_is_missing_but_still_found_by_its_key(
    store, other_client, bucket
):
    key = keep(store, b"as received")
    other_client.remove_object(bucket, key)
    assert store.size(key) is None
    with pytest.raises(ObjectMissing), store.open(key):
        pass
    assert keys_in(store) == [key]
    store.destroy(key)
    assert keys_in(store) == []


def test_an_object_under_legal_hold_is_never_reported_destroyed(
    store, seaweed, other_client, bucket
):
    other_client.make_bucket(bucket, object_lock=True)
    key = keep(store, b"evidence")
    other_client.enable_object_legal_hold(bucket, key)
    with pytest.raises(DestructionPrevented):
        store.destroy(key)
    assert read(store, key) == b"evidence"
    other_client.disable_object_legal_hold(bucket, key)
    store.destroy(key)
    assert versions(other_client, bucket) == []


@pytest.fixture
def locked(seaweed, bucket):
    store = S3Objects.at(seaweed.url(bucket), lock_years=30)
    yield store
    for key in keys_in(store):
        store.destroy(key, released_by="the end of the test")


def test_a_bucket_made_with_locks_gives_its_objects_up_to_an_approved_batch_alone(
    locked, other_client, bucket
):
    locked.check()
    key = keep(locked, b"as received")
    with pytest.raises(DestructionPrevented):
        locked.destroy(key)
    assert read(locked, key) == b"as received"
    locked.destroy(key, released_by="销〔2026〕1号")
    assert versions(other_client, bucket) == []
    assert locked.size(key) is None


def test_no_batch_releases_a_legal_hold(locked, other_client, bucket):
    key = keep(locked, b"evidence")
    other_client.enable_object_legal_hold(bucket, key)
    with pytest.raises(DestructionPrevented):
        locked.destroy(key, released_by="销〔2026〕1号")
    assert read(locked, key) == b"evidence"
    other_client.disable_object_legal_hold(bucket, key)


def test_a_bucket_without_locks_fails_the_check_where_locks_are_asked_for(seaweed, bucket, store):
    store.check()
    with pytest.raises(StorageUnavailable) as refused:
        S3Objects.at(seaweed.url(bucket), lock_years=30).check()
    assert refused.value.facts == {"reason": "ObjectLockOff"}


def begin_upload(client, bucket, key):
    upload = client._create_multipart_upload(bucket, key, {})
    client._upload_part(bucket, key, bytes(5 << 20), None, upload, 1)


def uploads(client, bucket):
    return [upload.object_name for upload in client._list_multipart_uploads(bucket).uploads]


def test_destruction_takes_the_parts_of_a_put_that_never_ended(store, other_client, bucket):
    key, neighbour = keep(store, b"kept"), new_key()
    begin_upload(other_client, bucket, key)
    begin_upload(other_client, bucket, neighbour)
    store.destroy(key)
    assert uploads(other_client, bucket) == [neighbour]
    assert versions(other_client, bucket) == []


def test_puts_that_never_ended_are_discarded_once_they_are_old(store, other_client, bucket):
    store.check()
    begin_upload(other_client, bucket, new_key())
    begin_upload(other_client, bucket, new_key())
    assert store.discard_unfinished(EARLIER) == 0
    assert len(uploads(other_client, bucket)) == 2
    assert store.discard_unfinished(LATER) == 2
    assert uploads(other_client, bucket) == []


def test_a_server_killed_in_the_middle_of_a_put_or_a_read_loses_nothing(request):
    server = here(request, "S3 (SeaweedFS)", Seaweed)
    try:
        store = S3Objects.at(server.url("crash"))
        before, during, content = keep(store, bytes(9 << 20)), new_key(), bytes(24 << 20)

        class KillsTheServer(io.BytesIO):
            def read(self, size=-1):
                if self.tell() >= 16 << 20:
                    server.kill()
                return super().read(size)

        with pytest.raises(StorageUnavailable):
            store.put(during, KillsTheServer(content), digest_of([content]))
        with pytest.raises(StorageUnavailable):
            store.check()

        server.start()
        wait_until_whole(store, before)
        assert store.size(during) is None
        assert read(store, before) == bytes(9 << 20)
        keep(store, content, during)
        assert read(store, during) == content
        assert store.discard_unfinished(LATER) == 1

        with store.open(during) as file:
            file.read(1)
            server.kill()
            with pytest.raises(StorageUnavailable):
                file.read()
    finally:
        server.stop()


def wait_until_whole(store, key):
    """A server that comes back says that it is away until its parts have found each other."""
    for _ in range(300):
        try:
            read(store, key)
        except StorageUnavailable:
            time.sleep(0.1)
        else:
            return


def test_a_server_that_is_not_there_is_said_to_be_away_by_every_door():
    store = S3Objects("127.0.0.1:9", "archive", "nobody", "nothing")
    doors = [
        store.check,
        lambda: keep(store, b"x"),
        lambda: store.size(new_key()),
        lambda: keys_in(store),
        lambda: store.destroy(new_key()),
        lambda: store.discard_unfinished(LATER),
        lambda: store.open(new_key()).__enter__(),
    ]
    for door in doors:
        with pytest.raises(StorageUnavailable):
            door()


def test_a_wrong_secret_is_said_without_telling_the_secret(seaweed):
    store = S3Objects(seaweed.endpoint, "archive", seaweed.access_key, "wrong-secret")
    with pytest.raises(StorageUnavailable) as told:
        keep(store, b"x")
    assert "wrong-secret" not in f"{told.value} {told.value.__cause__}"


@contextmanager
def server_that_answers_a_put_with(status, body):
    """A made-up server, for what no real one can be brought to say."""

    class Answers(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.answer(200 if self.path.count("/") == 1 else 404, b"")

        def do_GET(self):
            enabled = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
            self.answer(200, enabled)

        def do_PUT(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(status, body)

        def answer(self, status, body):
            self.send_response(status)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (403, b"<Error><Code>QuotaExceeded</Code></Error>", StorageFull),
        (507, b"<Error><Code>Whatever</Code></Error>", StorageFull),
        (403, b"<Error><Code>AccessDenied</Code></Error>", StorageUnavailable),
        (400, b"<html>the page of a proxy</html", StorageUnavailable),
        (200, b"", StorageUnavailable),
    ],
)
def test_what_a_strange_server_says_becomes_an_error_of_ours(status, body, error):
    with server_that_answers_a_put_with(status, body) as endpoint:
        store = S3Objects(endpoint, "archive", "key", "secret")
        with pytest.raises(error):
            keep(store, b"x")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "disk:/somewhere",
        "s3://host:9000/bucket",
        "s3://key@host:9000/bucket",
        "s3://key:hidden@host:9000",
        "s3://key:hidden@host:9000/",
        "http://key:hidden@host:9000/bucket",
    ],
)
def test_an_address_that_lacks_something_is_refused_without_telling_the_secret(url):
    with pytest.raises(ValueError, match="s3://key:secret@host:port/bucket") as told:
        S3Objects.at(url)
    assert "hidden" not in str(told.value)


class Torn:
    """An answer whose connection breaks after so many bytes."""

    def __init__(self, content, lasts, fault):
        self._file, self._left, self._fault = io.BytesIO(content), lasts, fault

    def read(self, amount):
        piece = self._file.read(min(amount, self._left))
        self._left -= len(piece)
        if not piece and self._fault:
            raise self._fault
        return piece

    def close(self):
        pass

    def release_conn(self):
        pass


@pytest.mark.parametrize("fault", [ConnectionResetError(), None])
def test_a_read_goes_on_where_the_connection_broke(fault):
    content = bytes(range(256)) * 1000
    asked = []

    def ask(start):
        asked.append(start)
        return Torn(content[start:], 50_000, fault)

    with io.BufferedReader(RangedStream(ask, len(content)), 1000) as file:
        assert file.read() == content
    assert asked == list(range(0, len(content), 50_000))


def test_bytes_that_never_come_are_not_taken_for_the_end_of_the_file():
    content = bytes(1000)

    def ask(start):
        return Torn(content[start:600], 1000, None)

    with (
        io.BufferedReader(RangedStream(ask, len(content)), 100) as file,
        pytest.raises(StorageUnavailable, match="BrokenRead"),
    ):
        file.read()
