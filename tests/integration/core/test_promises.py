"""What is promised is done once, however often it is tried and whoever dies."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from archive import jobs, outbox
from archive.access import SYSTEM
from archive.outbox import MAX_ATTEMPTS, Promise
from archive.system import System
from archive.transaction import Transaction
from tests.clock import SettableClock

LEASE = timedelta(seconds=60)


class Work:
    """A job that keeps count; ``fails`` says how often it goes wrong first."""

    def __init__(self, fails: int = 0) -> None:
        self.done: list[str] = []
        self.tries = 0
        self.fails = fails
        self.given_up: list[str] = []

    def __call__(self, _system: System, what: str) -> None:
        self.tries += 1
        if self.tries <= self.fails:
            message = "no answer"
            raise OSError(message)
        self.done.append(what)

    def give_up(self, _tx: Transaction, what: str) -> None:
        self.given_up.append(what)


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Work]:
    def hire(fails: int = 0) -> Work:
        work = Work(fails)
        monkeypatch.setitem(jobs.JOBS, "test_work", work)
        monkeypatch.setitem(jobs.GIVEN_UP, "test_work", work.give_up)
        return work

    return hire


def promised(system: System, what: str = "it") -> int:
    with system.transaction(SYSTEM) as tx:
        promise = tx.promise("test_work", what=what)
    return promise.id


def kept(system: System, promise_id: int) -> Promise:
    with system.transaction(SYSTEM, writes=False) as tx:
        return tx.get(Promise, promise_id)


def waiting(system: System) -> list[int]:
    with system.transaction(SYSTEM, writes=False) as tx:
        return outbox.waiting(tx.session, tx.now)


def test_a_promise_is_kept_once_however_often_it_is_called_for(system: System, job):
    work = job()
    promise = promised(system)
    assert waiting(system) == [promise]
    assert jobs.keep_promise(system, promise, "w1")
    assert not jobs.keep_promise(system, promise, "w1")
    assert not jobs.keep_promise(system, promise, "w2")
    assert (work.done, waiting(system)) == (["it"], [])


def test_what_is_rolled_back_was_never_promised(system: System, job):
    job()

    def stumble() -> None:
        with system.transaction(SYSTEM) as tx:
            tx.promise("test_work", what="it")
            raise KeyError

    with pytest.raises(KeyError):
        stumble()
    assert waiting(system) == []


def test_eight_workers_called_at_once_keep_it_once(system: System, job):
    work = job()
    promise = promised(system)
    start = threading.Barrier(8)

    def keep(worker: int) -> bool:
        start.wait()
        return jobs.keep_promise(system, promise, f"w{worker}")

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(keep, range(8))) == 1
    assert work.done == ["it"]


def test_a_failure_is_tried_again_after_growing_waits(system: System, job, clock: SettableClock):
    work = job(fails=3)
    promise = promised(system)
    for attempt in (1, 2, 3):
        assert not jobs.keep_promise(system, promise, "w")
        assert waiting(system) == []
        assert "no answer" in kept(system, promise).last_error
        clock.advance(seconds=2**attempt - 1)
        assert not jobs.keep_promise(system, promise, "w")
        clock.advance(seconds=1)
        assert waiting(system) == [promise]
    assert jobs.keep_promise(system, promise, "w")
    assert (work.tries, work.done) == (4, ["it"])


def test_after_the_last_attempt_it_is_given_up_visibly(system: System, job, clock: SettableClock):
    work = job(fails=99)
    promise = promised(system)
    while kept(system, promise).given_up_at is None:
        assert not jobs.keep_promise(system, promise, "w")
        clock.advance(days=1)
    assert work.tries == MAX_ATTEMPTS
    assert work.given_up == ["it"]
    assert waiting(system) == []
    assert not jobs.keep_promise(system, promise, "w")


def take(system: System, promise: int, worker: str) -> bool:
    """Take it and die: nothing is said afterwards."""
    with system.transaction(SYSTEM) as tx:
        return outbox.take(tx.session, promise, tx.now, worker, LEASE) is not None


def test_the_work_of_a_worker_that_died_is_taken_up_when_its_lease_is_over(
    system: System, job, clock: SettableClock
):
    work = job()
    promise = promised(system)
    assert take(system, promise, "dead")
    assert not jobs.keep_promise(system, promise, "alive")
    clock.advance(seconds=LEASE.total_seconds() - 1)
    assert waiting(system) == []
    clock.advance(seconds=1)
    assert waiting(system) == [promise]
    assert jobs.keep_promise(system, promise, "alive")
    assert work.done == ["it"]


def test_what_kills_its_worker_every_time_is_given_up_too(
    system: System, job, clock: SettableClock
):
    work = job()
    promise = promised(system)
    for attempt in range(MAX_ATTEMPTS):
        assert take(system, promise, f"dead-{attempt}")
        clock.advance(seconds=LEASE.total_seconds())
    assert not jobs.keep_promise(system, promise, "alive")
    assert kept(system, promise).given_up_at == system.clock.now()
    assert (work.done, work.given_up, waiting(system)) == ([], ["it"], [])


def test_a_worker_that_was_overtaken_does_not_put_the_promise_back(
    system: System, job, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
):
    """The first worker is stopped so long that its lease ends, and fails when it wakes."""
    job()
    promise = promised(system)

    def overtaken(_system: System, what: str) -> None:
        clock.advance(seconds=LEASE.total_seconds())
        assert take(system, promise, "second")
        raise OSError(what)

    monkeypatch.setitem(jobs.JOBS, "test_work", overtaken)
    assert not jobs.keep_promise(system, promise, "first")
    now = kept(system, promise)
    assert (now.leased_by, now.leased_until) == ("second", clock.now() + LEASE)


def test_promises_wait_oldest_first_and_a_lost_queue_loses_none(
    system: System, job, clock: SettableClock
):
    """Nothing but the table of promises says what is owed: an empty queue is refilled from it."""
    work = job()
    promises = []
    for what in "abc":
        promises.append(promised(system, what))
        clock.advance(seconds=1)
    assert waiting(system) == promises
    for promise in waiting(system):
        jobs.keep_promise(system, promise, "w")
    assert work.done == ["a", "b", "c"]


def test_a_nudge_comes_only_after_the_commit(system: System, job, tmp_path):
    job()
    heard: list[tuple[list[int], list[int]]] = []
    loud = System(
        system.settings,
        system.engine,
        system.objects,
        system.clock,
        nudge=lambda ids: heard.append((ids, waiting(system))),
    )
    promise = promised(loud)
    assert heard == [([promise], [promise])]
