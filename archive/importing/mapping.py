"""Which column of a register is which: every row is looked through before anything is written.

Ten thousand rows take seconds to look through; nobody waits for them, because the transaction
that writes begins only when it is known which rows change.
"""

from collections.abc import Mapping

from archive.access import Actor
from archive.importing.actions import map_columns
from archive.importing.queries import rows_judged
from archive.importing.run import ImportRun
from archive.system import System


def map_register(
    system: System,
    actor: Actor,
    run_id: int,
    *,
    columns: Mapping[str, int],
    kind_code: str = "",
) -> ImportRun:
    """Say which column is which; remembered for the register, and every row is judged by it.

    Raises:
        ColumnsMissing, NotPossibleNow, NotPermitted, NoSuchThing: nothing changes.
    """
    with system.transaction(actor, writes=False) as tx:
        judged = rows_judged(tx, run_id, columns=columns, kind_code=kind_code)
    with system.transaction(actor) as tx:
        return map_columns(tx, run_id, judged)
