"""The table of promises: name → function that keeps it, and how one is kept."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import structlog

from archive import outbox, proof
from archive.access import SYSTEM
from archive.custody import jobs as custody
from archive.filing import jobs as filing
from archive.filing import renditions
from archive.finding import jobs as finding
from archive.importing import jobs as importing
from archive.outbox import Promise
from archive.retention import jobs as retention
from archive.retention import opinion_paper
from archive.system import System

_log = structlog.get_logger(__name__)


def destroy_batch(system: System, **args: Any) -> None:
    """Take the records out of the index of words, for good, and then destroy them."""
    finding.forget_going(system)
    retention.destroy_batch(system, **args)


JOBS: dict[str, Callable[..., None]] = {
    "read_scan": custody.read_scan,
    "read_delivery": filing.read_delivery,
    "make_rendition": renditions.make_rendition,
    "import_rows": importing.import_rows,
    "destroy_batch": destroy_batch,
    "print_certificate": retention.print_certificate,
    "print_appraisal": opinion_paper.print_appraisal,
    "prove_trail": proof.prove_trail,
}


GIVEN_UP: dict[str, Callable[..., None]] = {
    "read_scan": custody.give_up_reading,
    "read_delivery": filing.give_up_reading,
    "make_rendition": renditions.give_up_rendition,
    "import_rows": importing.give_up_import,
    "destroy_batch": retention.give_up_destruction,
    "print_certificate": retention.give_up_certificate,
    "print_appraisal": opinion_paper.give_up_appraisal,
    "prove_trail": proof.give_up_proof,
}
"""What is set down, in the same transaction, when a promise is given up for good."""


def keep_promise(system: System, promise_id: int, worker: str) -> bool:
    """Keep one promise; False when somebody else has it, or it is kept.

    A failure puts it back with a growing wait; after the last attempt it is given up, and says
    so on the overview.
    """
    lease = timedelta(seconds=system.settings.lease_seconds)
    with system.transaction(SYSTEM) as tx:
        promise = outbox.take(tx.session, promise_id, tx.now, worker, lease)
        if promise is None:
            return False
        name, args = promise.name, dict(promise.args)
        if promise.given_up_at is not None:
            GIVEN_UP[name](tx, **args)
            return False
    try:
        with _renewing(system, promise_id, worker, lease):
            JOBS[name](system, **args)
    except Exception as failure:  # noqa: BLE001 - whatever happens, the worker goes on
        _log.warning("promise not kept", promise=name, error=repr(failure), exc_info=True)
        _put_back(system, promise_id, worker, repr(failure))
        return False
    with system.transaction(SYSTEM) as tx:
        promise = tx.get(Promise, promise_id, lock=True)
        promise.kept_at, promise.leased_until = tx.now, None
    return True


def _put_back(system: System, promise_id: int, worker: str, reason: str) -> None:
    """Let it be tried again, or give it up; nothing when another worker has taken it over."""
    with system.transaction(SYSTEM) as tx:
        promise = tx.get(Promise, promise_id, lock=True)
        if promise.leased_by != worker or promise.kept_at is not None:
            return
        promise.failed(tx.now, reason)
        if promise.given_up_at is not None:
            GIVEN_UP[promise.name](tx, **promise.args)


@contextmanager
def _renewing(system: System, promise_id: int, worker: str, lease: timedelta) -> Iterator[None]:
    """Renew the lease while the work goes on, so that a death is noticed soon."""
    done = threading.Event()

    def renew() -> None:
        while not done.wait(lease.total_seconds() / 3):
            try:
                with system.transaction(SYSTEM) as tx:
                    promise = tx.get(Promise, promise_id, lock=True)
                    if promise.leased_by == worker:
                        promise.leased_until = tx.now + lease
            except Exception:  # noqa: BLE001 - the next round may succeed
                _log.warning("lease not renewed", promise=promise_id, exc_info=True)

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
