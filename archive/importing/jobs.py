"""Promises kept for imports: the rows of a register, batch by batch, however often it dies."""

import structlog

from archive.access import SYSTEM, Actor
from archive.errors import ArchiveError, Refused, Unavailable
from archive.importing.actions import import_batch, refuse_next_row, stop_import
from archive.importing.run import ImportRun
from archive.people.actions import actor_of
from archive.people.person import Person
from archive.system import System
from archive.transaction import ChangedMeanwhile, Transaction

BATCH = 50

_log = structlog.get_logger(__name__)


def import_rows(system: System, run_id: int) -> None:
    """Import what waits, as the person who began it; a batch is kept whole or not at all.

    A batch that a row refuses is done again row by row, so that only that row is left out.
    """
    with system.transaction(SYSTEM, writes=False) as tx:
        actor = _who_began(tx, run_id)
    more = True
    while more:
        try:
            with system.transaction(actor) as tx:
                more = import_batch(tx, run_id, most=BATCH).more
        except Refused as refusal:
            with system.transaction(SYSTEM) as tx:
                stop_import(tx, run_id, note=type(refusal).__name__)
            return
        except (Unavailable, ChangedMeanwhile):
            raise
        except ArchiveError:
            _log.info("import goes on row by row", run=run_id)
            _row_by_row(system, actor, run_id)


def give_up_import(tx: Transaction, run_id: int) -> None:
    """The work failed too often; what waits can be begun again."""
    stop_import(tx, run_id, note="given-up")


def _row_by_row(system: System, actor: Actor, run_id: int) -> None:
    for _ in range(BATCH):
        try:
            with system.transaction(actor) as tx:
                if not import_batch(tx, run_id, most=1).more:
                    return
        except (Refused, Unavailable, ChangedMeanwhile):
            raise
        except ArchiveError as refusal:
            with system.transaction(actor) as tx:
                refuse_next_row(tx, run_id, refusal)


def _who_began(tx: Transaction, run_id: int) -> Actor:
    run = tx.get(ImportRun, run_id)
    if run.begun_by_id is None:
        return SYSTEM
    return actor_of(tx, tx.get(Person, run.begun_by_id))
