import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import psutil
import pytest

from archive.ingest import sandbox_process
from archive.ingest.sandbox import Limits, ReaderDied, Sandbox, run_pages
from tests.integration.ingest import misdeeds

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="Linux limits address space")


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(Limits(memory=1 << 30, seconds_per_result=30)) as sandbox:
        yield sandbox


def died(task, args=(), limits=None, first=1):
    """What came before the end, and the error."""
    got = []
    with pytest.raises(ReaderDied) as caught:
        got.extend(run_pages(task, args, limits=limits, first=first))
    return got, caught.value.facts


def is_gone(pid, within=10.0):
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


def test_results_come_one_by_one_as_they_were_made(sandbox):
    results = list(sandbox.run(misdeeds.seen, [4, 5]))
    assert [seen.page for seen in results] == [4, 5]
    assert np.array_equal(results[1].pixels, np.full((3, 2, 3), 5, np.uint8))


def test_a_task_may_be_given_by_its_name(sandbox):
    (only,) = sandbox.run("tests.integration.ingest.misdeeds:seen", [9])
    assert only.page == 9


def test_a_task_another_process_cannot_find_is_refused_at_once(sandbox):
    with pytest.raises(ValueError, match="does not stand in a module"):
        list(sandbox.run(lambda: [1]))


def test_an_error_with_a_name_comes_through_with_its_facts(sandbox):
    results = sandbox.run(misdeeds.raises_invalid, first=1)
    assert next(results) == 1
    with pytest.raises(misdeeds.StampMissing) as caught:
        next(results)
    assert caught.value.facts == {"page": 2}
    assert caught.value.field == "stamp"
    with pytest.raises(misdeeds.AlreadySealed):
        list(sandbox.run(misdeeds.raises_conflict))


def test_what_a_library_prints_does_not_disturb_the_results(sandbox):
    assert list(sandbox.run(misdeeds.prints)) == [1]


def test_the_child_gets_no_secret_of_its_owner(monkeypatch):
    monkeypatch.setenv("ARCHIVE_DATABASE_URL", "postgresql://archive:secret@db/archive")
    (environment,) = run_pages(misdeeds.environment)
    assert not [key for key in environment if key.startswith(("ARCHIVE_", "AWS_", "PG"))]
    assert "secret" not in str(environment)


def test_the_child_can_write_no_file(sandbox, tmp_path):
    assert list(sandbox.run(misdeeds.writes_a_file, [str(tmp_path / "x")])) == ["OSError"]
    assert not (tmp_path / "x").read_bytes()


@linux_only
def test_the_child_leaves_no_core_dump_and_has_its_address_space_limited(sandbox):
    (limits,) = sandbox.run(misdeeds.limits)
    assert limits == {"RLIMIT_AS": 1 << 30, "RLIMIT_CORE": 0, "RLIMIT_FSIZE": 0}


def test_a_crash_in_a_library_is_an_error_with_the_page(caplog):
    got, facts = died(misdeeds.segfaults)
    assert got == [1, 2]
    assert facts == {"page": 3, "how": "crashed SIGSEGV"}
    assert "A reader died at page 3" in caplog.text


def test_the_page_is_counted_from_where_reading_began():
    got, facts = died(misdeeds.is_killed, first=41)
    assert got == [1]
    assert facts == {"page": 42, "how": "killed"}


def test_a_signal_to_the_whole_group_is_for_the_owner_to_obey(sandbox):
    assert list(sandbox.run(misdeeds.is_asked_to_stop)) == [0, 1, 2]


def test_a_child_that_just_leaves_is_noticed():
    assert died(misdeeds.leaves_quietly)[1]["how"] == "ended"


def test_a_child_that_says_nothing_for_too_long_is_killed():
    got, facts = died(misdeeds.falls_silent, limits=Limits(seconds_per_result=2))
    assert got == [1]
    assert facts == {"page": 2, "how": "silent"}


def test_a_job_that_never_comes_to_its_end_is_stopped():
    limits = Limits(seconds_per_result=30, seconds_in_all=3)
    assert died(misdeeds.talks_for_ever, limits=limits)[1]["how"] == "silent"


@linux_only
def test_more_memory_than_given_is_an_error_with_a_name():
    got, facts = died(misdeeds.takes_memory, [2 << 30], limits=Limits(memory=1 << 30))
    assert got == [1]
    assert facts == {"page": 2, "how": "memory"}


def test_where_the_system_has_no_limit_the_child_watches_its_own_memory(caplog):
    sandbox_process._say_once.cache_clear()
    limits = Limits(memory=200 << 20)
    with Sandbox(limits, use_rlimit=False) as sandbox, pytest.raises(ReaderDied) as caught:
        list(sandbox.run(misdeeds.takes_resident_memory, [2 << 30]))
    assert caught.value.facts["how"] == "memory"
    assert sandbox.peak_memory < 400 << 20
    assert "no limit on address space" in caplog.text


def test_a_task_that_is_not_there_is_an_error_too():
    assert died("tests.integration.ingest.misdeeds:forgotten")[1]["how"] == "AttributeError"


def test_an_exception_nobody_expected_is_logged_with_its_trace(caplog):
    got, facts = died(misdeeds.raises_what_nobody_expected)
    assert got == [1]
    assert facts == {"page": 2, "how": "KeyError"}
    assert "raises_what_nobody_expected" in caplog.text


def test_a_result_that_is_too_large_is_not_taken():
    limits = Limits(result_bytes=1 << 20)
    assert died(misdeeds.gives_too_much, [2 << 20], limits=limits)[1]["how"] == "babbled"


def test_a_child_that_talks_nonsense_is_not_believed():
    got, facts = died(misdeeds.babbles)
    assert got == [1]
    assert facts["how"] == "babbled"


def test_a_command_hidden_in_a_result_is_not_run(tmp_path):
    marker = tmp_path / "run"
    assert died(misdeeds.sends_a_command, [f"touch {marker}"])[1]["how"] == "babbled"
    assert not marker.exists()


def test_a_child_serves_many_jobs_until_one_does_not_end_well():
    with Sandbox() as sandbox:
        (first,) = sandbox.run(misdeeds.pid)
        (second,) = sandbox.run(misdeeds.pid)
        with pytest.raises(misdeeds.AlreadySealed):
            list(sandbox.run(misdeeds.raises_conflict))
        (third,) = sandbox.run(misdeeds.pid)
    assert first == second != third
    assert is_gone(first)
    assert is_gone(third)


def test_a_child_is_replaced_after_its_share_of_jobs():
    with Sandbox(jobs=2) as sandbox:
        pids = [next(iter(list(sandbox.run(misdeeds.pid)))) for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_a_child_that_died_while_waiting_is_replaced_unnoticed():
    with Sandbox() as sandbox:
        (first,) = sandbox.run(misdeeds.pid)
        os.kill(first, signal.SIGKILL)
        assert is_gone(first)
        (second,) = sandbox.run(misdeeds.pid)
    assert second != first


def test_a_child_that_is_dying_when_its_job_comes_is_replaced_unnoticed():
    with Sandbox() as sandbox:
        pids = [next(iter(list(sandbox.run(misdeeds.pid))))]
        for _ in range(4):
            os.kill(pids[-1], signal.SIGKILL)
            pids.extend(sandbox.run(misdeeds.pid))
    assert len(set(pids)) == len(pids)


def test_a_reader_that_is_no_longer_wanted_ends():
    results = run_pages(misdeeds.falls_silent_in_c)
    pid = next(results)
    results.close()
    assert is_gone(pid)


def test_a_sandbox_can_be_closed_from_another_thread_while_it_works():
    sandbox = Sandbox()
    results = sandbox.run(misdeeds.falls_silent, first=1)
    assert next(results) == 1
    closer = threading.Timer(0.2, sandbox.close)
    closer.start()
    with pytest.raises(ReaderDied) as caught:
        next(results)
    closer.join()
    assert caught.value.facts == {"page": 2, "how": "killed"}


def test_a_child_outlives_the_thread_that_started_it():
    with Sandbox() as sandbox:
        pids = []
        starter = threading.Thread(target=lambda: pids.extend(sandbox.run(misdeeds.pid)))
        starter.start()
        starter.join()
        time.sleep(0.3)
        assert list(sandbox.run(misdeeds.pid)) == pids


@pytest.mark.parametrize(
    "task", ["pid_and_silence", pytest.param("falls_silent_in_c", marks=linux_only)]
)
def test_when_the_owner_is_killed_so_is_the_child(task):
    owner = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.ingest.owner", task],
        stdout=subprocess.PIPE,
    )
    try:
        child = int(owner.stdout.readline())
        assert psutil.pid_exists(child)
        owner.kill()
        owner.wait()
        assert is_gone(child)
    finally:
        owner.kill()
        owner.stdout.close()
        owner.wait()
