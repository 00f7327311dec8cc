"""kill −9 while a register is brought in: begun again, every row is a record exactly once."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from archive import audit
from archive.access import SYSTEM
from archive.clock import Clock
from archive.holdings.pair import Pair
from archive.holdings.record import Record
from archive.importing.actions import begin_import
from archive.importing.mapping import map_register
from archive.importing.queries import columns_for
from archive.importing.receiving import receive
from archive.importing.run import ImportedRow, ImportRow, ImportRun, Target
from tests.builders import Station, open_system, settle_station
from tests.e2e.deaths import LATER, Mortal, Step
from tests.e2e.installation import Installation, eventually, made_of, work_off
from tests.e2e.servers import free_port
from tests.holdings import with_file_plan
from tests.registers import workbook

pytestmark = pytest.mark.slow

ROWS = [
    (f"WS-2019-{n}", f"第 {n} 号通知", "2019-03-05", n % 9 + 1, "供电所", "") for n in range(1, 121)
]
DOUBLES = [ROWS[3], ROWS[60]]
BAD = [("WS-2019-900", "日子写错的一份", "去年", 1, "", "")]


class Importing(Installation):
    """An installation whose state is what a register has become."""

    def state(self) -> dict[str, Any]:
        with self.system() as running, running.transaction(SYSTEM, writes=False) as tx:
            records = tx.session.scalars(select(Record).order_by(Record.id)).all()
            return {
                "records": [(one.code, one.title, one.pages, one.remark) for one in records],
                "pairs": len(tx.session.scalars(select(Pair.record_id)).all()),
                "rows": [
                    (one.line, one.outcome, one.cells, one.problems, bool(one.record_id))
                    for one in tx.session.scalars(select(ImportRow).order_by(ImportRow.line))
                ],
                "known": sorted(one.digest for one in tx.session.scalars(select(ImportedRow))),
                "runs": [(one.state, one.note) for one in tx.session.scalars(select(ImportRun))],
                "events": sorted(
                    entry.event
                    for entry in tx.session.scalars(select(audit.TrailEntry))
                    if entry.event.startswith(("import.", "record.", "paper."))
                ),
            }


def settled(folder: Path) -> Station:
    return with_file_plan(settle_station(open_system("", Clock(), folder / "data")))


def made(folder: Path, station: Station) -> Importing:
    token = station.archivist.signs_in().token
    assert token is not None
    station.system.engine.dispose()
    settings = made_of(data_dir=folder / "data", lease_seconds=5)
    return Importing(settings, 0, "", token)


def begun(station: Station) -> ImportRun:
    actor = station.archivist.actor()
    content = workbook([*ROWS, *DOUBLES, *BAD])
    told = {"target": Target.RECORDS, "register": "旧目录"}
    run = receive(station.system, actor, station.id, content=content, **told)
    columns, _ = station.archivist.does(lambda tx: columns_for(tx, tx.get(ImportRun, run.id)))
    map_register(station.system, actor, run.id, columns=columns, kind_code="complaint")
    return station.archivist.does(begin_import, run.id)


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Importing:
    """A register whose rows are owed."""
    folder = tmp_path_factory.mktemp("waiting")
    station = settled(folder)
    begun(station)
    return made(folder, station)


@pytest.fixture(scope="module")
def undisturbed(waiting: Importing, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What comes of the register when nobody dies."""
    installation = waiting.copied(tmp_path_factory.mktemp("undisturbed"))
    work_off(installation, None)
    state = installation.state()
    assert state["runs"] == [("done", "")]
    assert len(state["records"]) == state["pairs"] == len(state["known"]) == len(ROWS)
    assert [line for line, outcome, *_ in state["rows"] if outcome == "double"] == [122, 123]
    assert [line for line, outcome, *_ in state["rows"] if outcome == "wrong"] == [124]
    return state


STEPS = [
    Step("archive.importing.jobs:_who_began", "after"),
    Step("archive.importing.actions:file_record", "before"),
    Step("archive.importing.actions:file_record", "after", nth=70),
    Step("archive.importing.actions:register_paper", "after", nth=120),
    Step("archive.importing.jobs:import_rows", "commit", nth=2),
    Step("archive.importing.jobs:import_rows", "commit", nth=3),
    Step("archive.importing.jobs:import_batch", "before", nth=3),
    Step("archive.importing.actions:_finish", "before"),
    Step("archive.importing.actions:_finish", "after"),
    Step("archive.importing.jobs:import_rows", "commit", nth=5),
]


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_a_worker_killed_while_importing_brings_every_row_in_once(
    step, waiting, undisturbed, tmp_path
):
    installation = waiting.copied(tmp_path)
    assert Mortal("worker", installation.settings, step=step).died()
    work_off(installation, None)
    assert installation.state() == undisturbed
    installation.check_sound()


def test_a_worker_killed_again_and_again_still_comes_to_the_end(waiting, undisturbed, tmp_path):
    installation = waiting.copied(tmp_path)
    for nth in (10, 60, 15):
        step = Step("archive.importing.actions:file_record", "after", nth=nth)
        assert Mortal("worker", installation.settings, step=step, later=LATER).died()
    work_off(installation, None)
    assert installation.state() == undisturbed
    installation.check_sound()


@pytest.mark.parametrize(
    "step",
    [
        Step("archive.importing.receiving:looked_into", "after"),
        Step("archive.importing.receiving:receive", "commit", nth=2),
    ],
    ids=str,
)
def test_a_server_killed_while_it_takes_a_register_has_kept_nothing_of_it(
    step, tmp_path_factory, tmp_path
):
    folder = tmp_path_factory.mktemp("empty")
    installation = made(folder, settled(folder)).copied(tmp_path, port=free_port())
    server = Mortal("web", installation.settings, step=step)
    eventually(lambda: answers(installation))
    with pytest.raises(httpx.TransportError):
        send(installation)
    assert server.died()
    assert installation.count(ImportRun) == installation.count(ImportRow) == 0
    server = Mortal("web", installation.settings, later=LATER)
    eventually(lambda: answers(installation))
    try:
        told = send(installation)
        assert (told.status_code, told.json()["rows"]) == (201, {"waiting": len(ROWS)})
    finally:
        server.kill()


def send(installation: Installation) -> httpx.Response:
    address = f"http://127.0.0.1:{installation.settings.port}/api/v1/imports"
    return httpx.post(
        address,
        params={"station_id": 1, "target": "records", "register": "旧目录"},
        content=workbook(ROWS),
        headers={"authorization": f"Bearer {installation.token}"},
        timeout=60,
    )


def answers(installation: Installation) -> bool:
    try:
        address = f"http://127.0.0.1:{installation.settings.port}/healthz"
        return httpx.get(address, timeout=10).status_code == 200
    except httpx.TransportError:
        return False
