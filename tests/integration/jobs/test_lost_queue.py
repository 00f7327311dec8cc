"""The queue only tells the worker; what is owed stands in the database."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from huey import Huey  # noqa: TID251 - what is lost here is Huey's

from archive import jobs
from archive.access import SYSTEM
from archive.outbox import Promise
from archive.queue import Nudge, create_queue, keep_task
from archive.settings import Settings
from archive.system import System
from archive.worker import AGAIN_AFTER, Sweep
from tests.clock import SettableClock

LEASE = timedelta(seconds=60)


class Worker:
    """One that executes its queue when it is told to, and sweeps."""

    def __init__(self, system: System, settings: Settings) -> None:
        self.queue: Huey = create_queue(settings)
        task = keep_task(self.queue, lambda promise: jobs.keep_promise(system, promise, "w"))
        self.nudge = Nudge(self.queue, task)
        self.sweep = Sweep(system, self.nudge)

    def works(self) -> int:
        """How many tasks stood in the queue, which is empty then."""
        done = 0
        while (task := self.queue.dequeue()) is not None:
            self.queue.execute(task)
            done += 1
        return done

    def close(self) -> None:
        self.queue.storage.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def queue_settings(request: pytest.FixtureRequest, system: System) -> Iterator[Settings]:
    """The installation's settings, with either kind of queue."""
    if request.param == "sqlite":
        yield system.settings
        return
    server = request.getfixturevalue("postgres")
    url = server.create("queue_of_this_test").replace("postgresql+psycopg:", "postgresql:")
    yield system.settings.model_copy(update={"queue_url": url})
    server.drop("queue_of_this_test")


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done for the promises of the test, in order."""
    told: list[str] = []
    monkeypatch.setitem(jobs.JOBS, "test_work", lambda _system, what: told.append(what))
    return told


@pytest.fixture
def new_worker(system: System, queue_settings: Settings) -> Iterator[Callable[[], Worker]]:
    made: list[Worker] = []

    def new() -> Worker:
        made.append(Worker(system, queue_settings))
        return made[-1]

    yield new
    for worker in made:
        worker.close()


def promised(system: System, what: str) -> None:
    with system.transaction(SYSTEM) as tx:
        tx.promise("test_work", what=what)


def lose(settings: Settings, worker: Worker) -> None:
    """Everything the queue holds is gone, as with its disk."""
    worker.close()
    if settings.queue_url:
        worker.queue.storage.drop_tables()
        return
    for path in settings.data_dir.glob("queue.sqlite3*"):
        path.unlink()


def test_what_is_promised_is_done_as_soon_as_the_queue_tells(system, new_worker, done):
    worker = new_worker()
    heard = replace(system, nudge=worker.nudge)
    promised(heard, "a")
    promised(heard, "b")
    assert worker.works() == 2
    assert done == ["a", "b"]


def test_a_lost_queue_is_filled_again_from_what_is_owed(
    system, queue_settings, new_worker, done, clock: SettableClock
):
    worker = new_worker()
    heard = replace(system, nudge=worker.nudge)
    promised(heard, "done before")
    worker.works()
    for what in "abc":
        clock.advance(seconds=1)
        promised(heard, what)
    lose(queue_settings, worker)
    again = new_worker()
    assert again.works() == 0
    assert again.sweep() == 3
    assert again.works() == 3
    assert done == ["done before", "a", "b", "c"]
    assert again.sweep() == 0


def test_the_sweep_tells_again_what_stays_undone_but_not_every_second(
    system, new_worker, done, clock: SettableClock
):
    """The queue loses what it was told, under a worker that lives on."""
    worker = new_worker()
    promised(system, "a")
    assert worker.sweep() == 1
    worker.queue.flush()
    for _ in range(int(AGAIN_AFTER.total_seconds()) - 1):
        clock.advance(seconds=1)
        assert worker.sweep() == 0
    clock.advance(seconds=1)
    assert worker.sweep() == 1
    assert worker.works() == 1
    assert done == ["a"]


def test_a_queue_that_is_away_undoes_nothing_and_is_nobodys_refusal(system, new_worker, done):
    def away(_promises: list[int]) -> None:
        raise OSError

    promised(replace(system, nudge=away), "a")
    worker = new_worker()
    assert worker.sweep() == 1
    assert worker.works() == 1
    assert done == ["a"]


def test_what_is_told_twice_is_done_once(system, new_worker, done):
    worker = new_worker()
    promised(replace(system, nudge=worker.nudge), "a")
    worker.sweep()
    assert worker.works() == 2
    assert done == ["a"]


def test_a_lease_is_renewed_while_the_work_goes_on(system: System, clock: SettableClock, done):
    """Work that takes longer than its lease is not taken up by another worker meanwhile."""
    promised(system, "long")

    def the_promise() -> Promise:
        with system.transaction(SYSTEM, writes=False) as tx:
            found: Promise = tx.session.query(Promise).one()
            return found

    promise = the_promise()
    going_on, over = threading.Event(), threading.Event()

    def long_work(_system: System, what: str) -> None:
        going_on.set()
        over.wait()
        done.append(what)

    jobs.JOBS["test_work"] = long_work
    hurried = replace(system, settings=_Hurried(system.settings))
    working = threading.Thread(target=jobs.keep_promise, args=(hurried, promise.id, "first"))
    working.start()
    try:
        assert going_on.wait(60)
        for _ in range(3):
            clock.advance(seconds=0.2)
            until(lambda: the_promise().leased_until == clock.now() + _Hurried.LEASE)
            assert not jobs.keep_promise(system, promise.id, "second")
    finally:
        over.set()
        working.join()
    assert done == ["long"]
    assert the_promise().kept_at == clock.now()
    assert (the_promise().attempts, the_promise().leased_by) == (1, "first")


class _Hurried:
    """The settings with a lease that is renewed ten times a second."""

    LEASE = timedelta(seconds=0.3)
    lease_seconds = 0.3

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __getattr__(self, name: str) -> Any:
        return getattr(self._settings, name)


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)
