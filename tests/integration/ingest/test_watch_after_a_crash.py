import subprocess
import sys

import pytest


def watch(folder, store, *moment):
    command = [sys.executable, "-m", "tests.integration.ingest.scanner_desk", folder, store]
    return subprocess.run([*map(str, command), *moment], check=False, timeout=120).returncode


@pytest.mark.parametrize(("moment", "seen_again"), [("before store", False), ("after store", True)])
def test_a_watcher_killed_at_any_moment_takes_the_scan_exactly_once(tmp_path, moment, seen_again):
    folder, store = tmp_path / "watched", tmp_path / "store"
    folder.mkdir()
    store.mkdir()
    (folder / "QS-202610-01.pdf").write_bytes(b"scan")
    assert watch(folder, store, moment) == -9
    assert (folder / "QS-202610-01.pdf").exists()
    assert watch(folder, store) == 0
    kept = sorted(path.name.partition(" ")[2] for path in store.iterdir())
    assert kept == (["", "again"] if seen_again else [""])
    (moved,) = (folder / "done").iterdir()
    assert moved.name.endswith(" QS-202610-01.pdf")
    assert moved.read_bytes() == b"scan"
    assert sorted(path.name for path in folder.iterdir()) == ["done", "failed"]
