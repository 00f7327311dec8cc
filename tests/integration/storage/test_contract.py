"""What every store of objects promises, tried on a folder and on a real S3."""

import io
import secrets
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from archive.clock import Clock
from archive.digest import digest_of
from archive.storage import (
    DigestMismatch,
    MalformedKey,
    ObjectExists,
    ObjectMissing,
    new_key,
)
from tests.integration.storage.acts import LATER, keep, keys_in, read

SEVERAL_PARTS = 20 << 20


@pytest.mark.parametrize("size", [0, 1, 1 << 20, 8 << 20, (8 << 20) + 1, SEVERAL_PARTS])
def test_what_is_kept_comes_back_byte_for_byte(object_store, size):
    content = secrets.token_bytes(size)
    key = keep(object_store, content)
    assert read(object_store, key) == content
    assert object_store.size(key) == size


def test_a_file_is_kept_from_where_it_stands(object_store):
    file = io.BytesIO(b"coverbody")
    file.seek(5)
    key = new_key()
    object_store.put(key, file, digest_of([b"body"]))
    assert read(object_store, key) == b"body"


def test_a_stream_that_gives_few_bytes_at_a_time_is_kept_whole(object_store):
    content = secrets.token_bytes(100_000)
    source = io.BytesIO(content)

    class Trickle(io.RawIOBase):
        def read(self, size=-1):
            return source.read(min(size, 7_001))

    key = new_key()
    object_store.put(key, Trickle(), digest_of([content]))
    assert read(object_store, key) == content


def test_a_kept_object_can_be_read_from_any_place(object_store):
    content = secrets.token_bytes(3 << 20)
    key = keep(object_store, content)
    with object_store.open(key) as file:
        assert file.seekable()
        assert file.read(10) == content[:10]
        file.seek(-10, io.SEEK_END)
        assert file.read() == content[-10:]
        file.seek(2_000_000)
        assert file.read(1000) == content[2_000_000:2_001_000]
        file.seek(5)
        file.seek(1_000_000, io.SEEK_CUR)
        assert file.tell() == 1_000_005
        assert file.read() == content[1_000_005:]
        assert file.read() == b""


def test_keeping_the_same_bytes_again_changes_nothing(object_store):
    key = keep(object_store, b"as received")
    before = dict(object_store.keys())
    keep(object_store, b"as received", key)
    assert dict(object_store.keys()) == before
    assert read(object_store, key) == b"as received"


def test_other_bytes_never_replace_what_is_kept(object_store):
    key = keep(object_store, b"as received")
    for other in (b"as repaired", b"longer than what was received"):
        with pytest.raises(ObjectExists):
            keep(object_store, other, key)
    assert read(object_store, key) == b"as received"


@pytest.mark.parametrize("size", [1000, SEVERAL_PARTS])
@pytest.mark.parametrize("damage", ["a byte changed", "cut short", "grown", "nothing came"])
def test_bytes_that_are_not_the_announced_ones_are_not_kept(object_store, size, damage):
    content = bytes(size)
    came = {
        "a byte changed": content[:-1] + b"\1",
        "cut short": content[:-1],
        "grown": content + b"\0",
        "nothing came": b"",
    }[damage]
    key = new_key()
    with pytest.raises(DigestMismatch):
        object_store.put(key, io.BytesIO(came), digest_of([content]))
    assert object_store.size(key) is None
    assert keys_in(object_store) == []
    assert object_store.discard_unfinished(LATER) == 0


def test_a_source_that_fails_leaves_nothing_behind(object_store):
    class Torn(io.BytesIO):
        def read(self, size=-1):
            if self.tell() > 10 << 20:
                raise ConnectionResetError
            return super().read(size)

    key = new_key()
    with pytest.raises(ConnectionResetError):
        object_store.put(key, Torn(bytes(SEVERAL_PARTS)), digest_of([bytes(SEVERAL_PARTS)]))
    assert object_store.size(key) is None
    assert object_store.discard_unfinished(LATER) == 0


def test_of_writers_at_once_one_wins_and_the_others_are_told(object_store):
    key = new_key()
    contents = [b"one" * 1000, b"two" * 1000] * 6

    def attempt(content):
        try:
            keep(object_store, content, key)
        except ObjectExists:
            return None
        return content

    with ThreadPoolExecutor(len(contents)) as pool:
        kept = [content for content in pool.map(attempt, contents) if content is not None]
    assert kept == [read(object_store, key)] * 6
    assert keys_in(object_store) == [key]


def test_what_is_not_there_is_missing(object_store):
    key = new_key()
    assert object_store.size(key) is None
    with pytest.raises(ObjectMissing), object_store.open(key):
        pass
    object_store.destroy(key)


def test_a_destroyed_object_is_gone_and_its_neighbours_stay(object_store):
    keys = [keep(object_store, content) for content in (b"one", b"two", b"three")]
    object_store.destroy(keys[1])
    object_store.destroy(keys[1])
    assert object_store.size(keys[1]) is None
    with pytest.raises(ObjectMissing), object_store.open(keys[1]):
        pass
    assert set(keys_in(object_store)) == {keys[0], keys[2]}


def test_after_destruction_the_key_can_be_kept_under_again(object_store):
    key = keep(object_store, b"first")
    object_store.destroy(key)
    keep(object_store, b"second", key)
    assert read(object_store, key) == b"second"


def test_keys_tell_what_is_kept_and_since_when(object_store):
    assert keys_in(object_store) == []
    before = Clock().now() - timedelta(seconds=2)
    keys = {keep(object_store, str(number).encode()) for number in range(5)}
    after = Clock().now() + timedelta(seconds=2)
    found = dict(object_store.keys())
    assert set(found) == keys
    assert all(before <= written <= after for written in found.values())
    one = min(keys)
    assert keys_in(object_store, one[:20]) == [one]
    assert set(keys_in(object_store, one[:2])) == {key for key in keys if key.startswith(one[:2])}


@pytest.mark.parametrize(
    "key",
    [
        "",
        "ab",
        "../../etc/passwd",
        "ab/../../../etc/passwd",
        "/etc/passwd",
        "ab/" + "a" * 31,
        "ab/" + "A" * 32,
        "ab/" + "a" * 32 + "\n",
        "ab/" + "a" * 31 + "\0",
        ".incoming/" + "a" * 32,
        "ab\\" + "a" * 32,
        "档案/" + "a" * 32,
    ],
)
def test_a_key_we_did_not_make_is_refused_by_every_door(object_store, key):
    with pytest.raises(MalformedKey):
        object_store.put(key, io.BytesIO(b"x"), digest_of([b"x"]))
    with pytest.raises(MalformedKey), object_store.open(key):
        pass
    for door in (object_store.size, object_store.destroy):
        with pytest.raises(MalformedKey):
            door(key)


def test_keys_are_never_twice_the_same_and_say_nothing():
    keys = {new_key() for _ in range(1000)}
    assert len(keys) == 1000
    assert all(key[:2] == key[3:5] and len(key) == 35 for key in keys)


def test_a_store_that_answers_passes_its_check_and_leaves_nothing_behind(object_store):
    object_store.check()
    object_store.check()
    assert keys_in(object_store) == []
    assert object_store.discard_unfinished(LATER) == 0


def test_finished_objects_are_never_discarded_as_unfinished(object_store):
    key = keep(object_store, b"finished")
    assert object_store.discard_unfinished(LATER) == 0
    assert read(object_store, key) == b"finished"


FLAT_MEMORY = """
import hashlib, sys, psutil
from archive.digest import Digests
from archive.storage import new_key

url, size = sys.argv[1], 300 << 20
if url.startswith("disk:"):
    from pathlib import Path
    from archive.storage.disk import DiskObjects
    store = DiskObjects(Path(url.removeprefix("disk:")))
else:
    from archive.storage.s3 import S3Objects
    store = S3Objects.at(url)

block = bytes(range(256)) * 4096
me, highest = psutil.Process(), 0

def look():
    global highest
    highest = max(highest, me.memory_info().rss)

class Stream:
    left = size
    def read(self, wanted):
        look()
        piece = block[: min(wanted, len(block), self.left)]
        self.left -= len(piece)
        return piece

digest = hashlib.sha256()
for _ in range(size // len(block)):
    digest.update(block)
announced = Digests(digest.hexdigest(), "0" * 64, size)
store.check()
before = me.memory_info().rss
key = new_key()
store.put(key, Stream(), announced)
with store.open(key) as file:
    back = hashlib.sha256()
    while piece := file.read(1 << 20):
        back.update(piece)
        look()
assert back.hexdigest() == announced.sha256, "other bytes came back"
print(highest - before)
"""


def test_300_megabytes_go_in_and_out_with_flat_memory(objects_url):
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", FLAT_MEMORY, objects_url],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    grown = int(ended.stdout)
    assert 0 < grown < 96 << 20
