"""What cannot run on a machine is said at the end of the run, and fails it where it must run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.backends import KeptServer, NotHere
from tests.conftest import everything_required

ROOT = Path(__file__).parents[3]
NEEDS_A_BROWSER = "tests/integration/backends/test_browser.py"


def run_without_a_browser(tmp_path, **env):
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", NEEDS_A_BROWSER),
            *("-k", "test_two_pages_share_no_cookie or test_a_page_speaks"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(tmp_path), "HOME": str(tmp_path), **env},
    )


def test_without_a_browser_the_run_passes_but_says_loudly_what_did_not_run(tmp_path):
    ended = run_without_a_browser(tmp_path)
    assert "NOT RUN ON THIS MACHINE" in ended.stdout
    assert "2 tests need a browser: no Chromium is found" in ended.stdout
    assert "2 skipped" in ended.stdout
    assert ended.returncode == 0


def test_where_everything_is_required_the_run_fails_without_a_browser(tmp_path):
    ended = run_without_a_browser(tmp_path, CI="true")
    assert "NOT RUN ON THIS MACHINE" in ended.stdout
    assert "2 errors" in ended.stdout
    assert ended.returncode == 1


@pytest.mark.parametrize(
    ("name", "value", "required"),
    [
        ("CI", "true", True),
        ("CI", "1", True),
        ("ARCHIVE_TESTS_REQUIRE_ALL", "1", True),
        ("CI", "false", False),
        ("CI", "", False),
    ],
)
def test_continuous_integration_or_the_developer_can_require_everything(
    monkeypatch, name, value, required
):
    for variable in ("CI", "ARCHIVE_TESTS_REQUIRE_ALL"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv(name, value)
    assert everything_required() is required


def test_a_server_that_does_not_come_up_is_said_with_its_last_words():
    server = KeptServer("sulker", end_signal=15)
    try:
        server.start(["/bin/sh", "-c", "echo no room here; exit 3"], {}, None)
        with pytest.raises(NotHere, match="no room here"):
            server.wait_until(lambda: False)
    finally:
        server.stop()


def test_a_server_and_its_folder_do_not_outlive_a_killed_test_run(tmp_path):
    script = """
import os, signal
from tests.backends import KeptServer
server = KeptServer("orphan", end_signal=15)
server.start(["/bin/sleep", "600"], {}, None)
print(server.pid, server.folder, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    pid, folder = ended.stdout.split()
    gone = KeptServer("watch", end_signal=15)
    try:
        gone.pid = os.getpid()
        gone.wait_until(lambda: not Path(folder).exists())
    finally:
        gone.stop()
    assert not Path(f"/proc/{pid}").exists()
