"""What only a folder can do wrong: a kill between two steps, a full disk, a planted link."""

import errno
import io
import os
import secrets
import signal
import subprocess
import sys
from itertools import count

import pytest

from archive.digest import digest_of
from archive.storage import ObjectMissing, StorageFull, StorageUnavailable, new_key
from archive.storage.disk import DiskObjects
from tests.integration.storage.acts import EARLIER, LATER, keep, keys_in, read

CONTENT = bytes(range(256)) * 10_000
DIES_BEFORE_A_STEP = """
import io, os, signal, sys
from pathlib import Path
from archive.digest import digest_of
from archive.storage import disk

steps_left = int(sys.argv[1])

class StepByStep:
    def __getattr__(self, name):
        real = getattr(os, name)
        if not callable(real):
            return real
        def step(*arguments, **named):
            global steps_left
            if steps_left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            steps_left -= 1
            return real(*arguments, **named)
        return step

disk.os = StepByStep()
content = bytes(range(256)) * 10_000
disk.DiskObjects(Path(sys.argv[2])).put(sys.argv[3], io.BytesIO(content), digest_of([content]))
"""


def put_until_killed(root, key, *, before_step):
    ended = subprocess.run(
        [sys.executable, "-c", DIES_BEFORE_A_STEP, str(before_step), root, key],
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode in {0, -signal.SIGKILL}, ended.stderr
    return ended.returncode != 0


def files(root):
    return [path for path in root.rglob("*") if path.is_file()]


def test_kill_9_before_any_step_of_a_put_leaves_the_object_whole_or_absent(tmp_path):
    was_there = []
    for step in count():
        root, key = tmp_path / str(step), new_key()
        if not put_until_killed(root, key, before_step=step):
            break
        store = DiskObjects(root)
        was_there.append(store.size(key) is not None)
        assert store.size(key) in {None, len(CONTENT)}
        assert keys_in(store) == [key] * was_there[-1]
        left_behind = len(files(root)) - was_there[-1]
        assert left_behind <= 1
        if step % 2:  # destroyed at once, or taken up again as a retried promise would
            store.destroy(key)
            assert files(root) == []
            continue
        store.put(key, io.BytesIO(CONTENT), digest_of([CONTENT]))
        assert read(store, key) == CONTENT
        assert store.discard_unfinished(LATER) == left_behind
        assert files(root) == [root / key]
    assert len(was_there) > 10
    assert was_there == sorted(was_there)
    assert {False, True} == set(was_there)


def test_an_unfinished_write_is_left_alone_while_it_may_still_be_going_on(tmp_path):
    root, key = tmp_path, new_key()
    assert put_until_killed(root, key, before_step=5)
    store = DiskObjects(root)
    assert store.discard_unfinished(EARLIER) == 0
    assert len(files(root)) == 1
    assert store.discard_unfinished(LATER) == 1
    assert files(root) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_to_be_full_and_nothing_half_kept_stays(tmp_path, monkeypatch, number):
    store = DiskObjects(tmp_path)
    key = keep(store, b"before")

    def no_room(*_):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr("archive.storage.disk.os.write", no_room)
        with pytest.raises(StorageFull):
            keep(store, b"too much")
    assert files(tmp_path) == [tmp_path / key]


def test_a_folder_that_cannot_be_made_is_a_store_that_is_away(tmp_path):
    (tmp_path / "objects").write_text("a file where the folder should be")
    store = DiskObjects(tmp_path / "objects")
    for attempt in (store.check, lambda: keep(store, b"x"), lambda: keys_in(store)):
        with pytest.raises(StorageUnavailable):
            attempt()


def test_a_disk_that_fails_while_reading_is_a_store_that_is_away(tmp_path):
    store = DiskObjects(tmp_path)
    key = keep(store, CONTENT)
    with store.open(key) as file:
        spare = os.dup(file.fileno())
        os.close(file.fileno())
        with pytest.raises(StorageUnavailable):
            file.read()
        os.dup2(spare, file.fileno())
        os.close(spare)


def test_a_link_planted_in_the_folder_is_not_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("not ours")
    store = DiskObjects(tmp_path / "objects")
    key = new_key()
    place = tmp_path / "objects" / key
    place.parent.mkdir(parents=True)
    place.symlink_to(secret)
    with pytest.raises(StorageUnavailable), store.open(key):
        pass
    assert keys_in(store) == []
    store.destroy(key)
    assert secret.read_text() == "not ours"
    assert not place.is_symlink()


def test_what_is_kept_is_read_only_and_not_for_everyone(tmp_path):
    key = keep(DiskObjects(tmp_path), b"kept")
    assert (tmp_path / key).stat().st_mode & 0o777 == 0o440 & ~_umask()
    assert (tmp_path / key).parent.stat().st_mode & 0o007 == 0


def test_other_files_in_the_folder_are_not_taken_for_objects(tmp_path):
    store = DiskObjects(tmp_path)
    key = keep(store, b"kept")
    (tmp_path / "lost+found").mkdir()
    (tmp_path / ".DS_Store").write_bytes(secrets.token_bytes(10))
    (tmp_path / key[:2] / "folder").mkdir()
    assert keys_in(store) == [key]


def test_an_object_that_vanishes_while_listed_is_not_listed(tmp_path):
    store = DiskObjects(tmp_path)
    keys = [keep(store, str(number).encode()) for number in range(20)]
    listing = store.keys()
    first, _ = next(listing)
    for key in keys:
        store.destroy(key)
    assert len(list(listing)) < len(keys) - 1
    with pytest.raises(ObjectMissing), store.open(first):
        pass


def _umask():
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
