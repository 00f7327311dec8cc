"""The demo station's appraisal: judged and concluded, waiting for the station head's signature."""

from archive.access import Actor
from archive.holdings.record import Record
from archive.retention.actions.appraisals import (
    Named,
    add_due,
    convene,
    name_panel,
    propose_appraisal,
)
from archive.retention.actions.judging import Judgement, conclude, judge, sign_appraisal
from archive.retention.appraisal import Opinion
from archive.retention.department import Department
from archive.retention.queries.appraisals import unjudged_ids
from archive.retention.queries.due import due_select
from archive.retention.queries.holds import holds_on
from archive.system import System


def settle_appraisal(
    system: System,
    station_id: int,
    *,
    archivist: Actor,
    archives: Actor,
    head: Actor,
    password: str,
) -> int | None:
    """Everything due at the station before a panel of the archives and the station head.

    What something holds is kept four more years, the rest is found worthless; the archives have
    signed, the head has not. Only for a station where no accounting record is due.

    Returns:
        The appraisal, or None where nothing is due.
    """
    panel = [
        Named(archives.person_id or 0, Department.ARCHIVES, chair=True),
        Named(head.person_id or 0, Department.BUSINESS),
    ]
    with system.transaction(archivist) as tx:
        due = due_select(tx, tx.today).where(Record.station_id == station_id)
        if tx.session.scalar(due.limit(1)) is None:
            return None
        appraisal_id = propose_appraisal(tx, station_id, title="到期档案鉴定").id
        add_due(tx, appraisal_id)
        name_panel(tx, appraisal_id, panel)
        convene(tx, appraisal_id)
    with system.transaction(archives) as tx:
        held = [one for one, on in holds_on(tx, unjudged_ids(tx, appraisal_id)).items() if on]
        if held:
            until = tx.today.replace(year=tx.today.year + 4, month=12, day=31)
            keep = Judgement(Opinion.KEEP, "事项未了，续存", new_due_on=until)
            judge(tx, appraisal_id, keep, record_ids=held)
        if unjudged_ids(tx, appraisal_id):
            worthless = Judgement(Opinion.DESTROY, "保管期满，无继续保存价值", content_seen=True)
            judge(tx, appraisal_id, worthless)
        digest = conclude(tx, appraisal_id).digest
    with system.transaction(archives) as tx:
        sign_appraisal(tx, appraisal_id, digest=digest, password=password)
    return appraisal_id
