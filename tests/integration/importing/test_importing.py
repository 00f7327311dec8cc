"""Importing registers on both databases: preview, batches, resumed, repeated without doubles."""

from typing import Any

import pytest
from sqlalchemy import event, func, select

from archive import migrations
from archive.access import NotPermitted
from archive.audit import TrailEntry
from archive.customers.customer import Customer
from archive.holdings.pair import Pair, Paper
from archive.holdings.queries.records import RecordFilter
from archive.holdings.queries.records import records as find_records
from archive.holdings.record import Record
from archive.importing import jobs
from archive.importing.actions import (
    begin_import,
    discard_import,
    import_batch,
    map_columns,
)
from archive.importing.fields import RowRead, read_row
from archive.importing.mapping import map_register
from archive.importing.queries import columns_for, counts_of, rows_judged, run_seen
from archive.importing.receiving import receive
from archive.importing.run import (
    ColumnsMissing,
    ImportRow,
    ImportRun,
    RegisterNameMissing,
    RunState,
    Target,
)
from archive.outbox import Promise
from archive.transaction import ChangedMeanwhile, NoSuchThing
from archive.workflow import NotPossibleNow
from tests.builders import Station, settle_station
from tests.holdings import with_file_plan
from tests.registers import ROWS, csv_text, workbook

NAME = "2019 年文书档案目录"


def received(station: Station, content: bytes | None = None, **said: Any) -> ImportRun:
    told = {"target": Target.RECORDS, "register": NAME} | said
    actor = station.archivist.actor()
    return receive(station.system, actor, station.id, content=content or workbook(), **told)


def mapped(station: Station, run: ImportRun, kind: str = "complaint") -> ImportRun:
    columns, _ = station.archivist.does(lambda tx: columns_for(tx, tx.get(ImportRun, run.id)))
    actor = station.archivist.actor()
    return map_register(station.system, actor, run.id, columns=columns, kind_code=kind)


def imported(station: Station, content: bytes | None = None, **said: Any) -> dict[str, int]:
    """What became of the rows of a register that is imported from upload to end."""
    run = mapped(station, received(station, content, **said))
    station.archivist.does(begin_import, run.id)
    jobs.import_rows(station.system, run.id)
    assert station.sees(ImportRun, run.id).state == RunState.DONE
    return station.asks(counts_of, run.id)


def records(station: Station) -> list[Record]:
    return station.asks(lambda tx: list(tx.session.scalars(select(Record).order_by(Record.id))))


def test_rows_become_records_of_paper_with_new_codes_and_the_old_ones_kept(station: Station):
    with_file_plan(station)
    assert imported(station) == {"imported": 3}
    found = records(station)
    assert [one.title for one in found] == [str(row[1]) for row in ROWS]
    assert [one.source for one in found] == ["import"] * 3
    assert len({one.code for one in found}) == 3
    assert [found[n - 1].old_code for n in (1, 2, 3)] == [f"WS-2019-{n}" for n in (1, 2, 3)]
    papers = [station.sees(Pair, one.id).paper for one in found]
    assert papers == [Paper.REGISTERED, Paper.REGISTERED, Paper.EXPECTED]


def test_what_a_row_said_is_kept_no_longer_than_until_it_is_imported(station: Station):
    with_file_plan(station)
    imported(station)
    assert station.asks(
        lambda tx: [row.cells for row in tx.session.scalars(select(ImportRow))]
    ) == [[], [], []]


def test_a_register_brought_again_makes_nothing_twice(station: Station):
    with_file_plan(station)
    imported(station)
    assert imported(station) == {"double": 3}
    more = [*ROWS, ("WS-2019-4", "新的一份", "2019-12-01", 1, "", "")]
    assert imported(station, csv_text(more).encode("gbk")) == {"double": 3, "imported": 1}
    assert len(records(station)) == 4
    assert imported(station, register="另一本") == {"imported": 3}


def test_an_old_code_with_something_else_in_its_row_is_not_imported_twice(station: Station):
    with_file_plan(station)
    imported(station)
    changed = [("WS-2019-1", "改了题名", "2019-03-05", 2, "供电所", "")]
    assert imported(station, workbook(changed)) == {"wrong": 1}
    (line,) = station.asks(
        lambda tx: [row.problems for row in tx.session.scalars(select(ImportRow)) if row.problems]
    )
    assert line == [["old_code", "old-code"]]


def test_the_same_row_twice_in_one_register_is_imported_once(station: Station):
    with_file_plan(station)
    assert imported(station, workbook([ROWS[0], ROWS[0]])) == {"imported": 1, "double": 1}


def test_bad_rows_are_left_out_and_said_before_anything_is_imported(station: Station):
    with_file_plan(station)
    rows = [
        ROWS[0],
        ("x", "=1+1", "去年", "很多", "", ""),
        ("y", "", "2019", 110101199001011234, "", ""),
    ]
    run = mapped(station, received(station, workbook(rows)))
    seen = station.archivist.does(run_seen, run.id)
    assert [line.read.record.described.title for line in seen.first] == [str(ROWS[0][1])]
    assert [(row.line, sorted(code for _, code in row.problems)) for row in seen.wrong] == [
        (3, ["formula"]),
        (4, ["digits-lost", "missing"]),
    ]
    assert records(station) == []
    assert imported(station, workbook(rows)) == {"imported": 1, "wrong": 2}


def test_the_columns_of_a_register_are_remembered(station: Station):
    with_file_plan(station)
    odd = workbook([("a", "2019", "甲")], ("一", "二", "三"))
    run = received(station, odd)
    with pytest.raises(ColumnsMissing):
        mapped(station, run)
    chosen = {"title": 2, "formed_on": 1}
    actor = station.archivist.actor()
    map_register(station.system, actor, run.id, columns=chosen, kind_code="complaint")
    again = received(station, workbook([("b", "乙", "2020")], ("一", "三", "二")))
    columns, kind = station.archivist.does(lambda tx: columns_for(tx, tx.get(ImportRun, again.id)))
    assert (columns, kind) == ({"title": 1, "formed_on": 2}, "complaint")


def test_rows_are_looked_through_before_the_transaction_that_writes(
    station: Station, monkeypatch: pytest.MonkeyPatch
):
    with_file_plan(station)
    run = received(station, workbook([("a", "甲", "2019"), ("b", "", "2019")] * 30))
    steps: list[str] = []

    def looked_at(*told: Any) -> RowRead:
        steps.append("row")
        return read_row(*told)

    def noted(*told: Any) -> None:
        steps.extend(["write"] * told[2].startswith(("UPDATE", "INSERT")))

    monkeypatch.setattr("archive.importing.queries.read_row", looked_at)
    event.listen(station.system.engine, "before_cursor_execute", noted)
    mapped(station, run)
    event.remove(station.system.engine, "before_cursor_execute", noted)
    assert steps[:60] == ["row"] * 60
    assert set(steps[60:]) == {"write"}


def test_two_who_choose_columns_at_once_do_not_mix_them(station: Station):
    with_file_plan(station)
    run = received(station)
    columns, _ = station.archivist.does(lambda tx: columns_for(tx, tx.get(ImportRun, run.id)))
    earlier = station.archivist.does(rows_judged, run.id, columns=columns, kind_code="complaint")
    mapped(station, run, "letter-or-visit")
    with pytest.raises(ChangedMeanwhile):
        station.archivist.does(map_columns, run.id, earlier)
    assert station.sees(ImportRun, run.id).kind_code == "letter-or-visit"


def test_an_import_that_died_between_two_batches_goes_on(
    station: Station, monkeypatch: pytest.MonkeyPatch
):
    with_file_plan(station)
    rows = [(f"旧{n}", f"第{n}份", "2019-01-02", 1, "", "") for n in range(1, 8)]
    run = mapped(station, received(station, workbook(rows)))
    station.archivist.does(begin_import, run.id)
    assert station.asks(lambda tx: tx.session.query(Promise).one().name) == "import_rows"
    monkeypatch.setattr(jobs, "BATCH", 3)
    seen = []

    def dies(tx, run_id: int, *, most: int):
        if len(seen) == 2:
            raise ConnectionAbortedError
        seen.append(most)
        return import_batch(tx, run_id, most=most)

    monkeypatch.setattr(jobs, "import_batch", dies)
    with pytest.raises(ConnectionAbortedError):
        jobs.import_rows(station.system, run.id)
    assert len(records(station)) == 6
    monkeypatch.setattr(jobs, "import_batch", import_batch)
    jobs.import_rows(station.system, run.id)
    jobs.import_rows(station.system, run.id)
    assert [one.title for one in records(station)] == [f"第{n}份" for n in range(1, 8)]


def test_a_batch_is_kept_whole_or_not_at_all(station: Station, monkeypatch: pytest.MonkeyPatch):
    with_file_plan(station)
    run = mapped(station, received(station))
    station.archivist.does(begin_import, run.id)
    from archive.importing import actions

    real = actions.register_paper

    def fails_at_the_second(tx, record_id: int, *, pages: int):
        if pages == 3:
            raise ConnectionAbortedError
        return real(tx, record_id, pages=pages)

    monkeypatch.setattr(actions, "register_paper", fails_at_the_second)
    with pytest.raises(ConnectionAbortedError):
        jobs.import_rows(station.system, run.id)
    assert records(station) == []
    assert station.asks(counts_of, run.id) == {"waiting": 3}


def test_a_row_the_archive_refuses_is_left_out_and_the_others_come_in(
    station: Station, monkeypatch: pytest.MonkeyPatch
):
    from archive.holdings.code import SeriesFull
    from archive.importing import actions

    with_file_plan(station)
    run = mapped(station, received(station))
    station.archivist.does(begin_import, run.id)
    real = actions.file_record

    def refuses_one(tx, station_id: int, described, **said):
        if described.title == ROWS[1][1]:
            raise SeriesFull(most=9999)
        return real(tx, station_id, described, **said)

    monkeypatch.setattr(actions, "file_record", refuses_one)
    jobs.import_rows(station.system, run.id)
    assert station.asks(counts_of, run.id) == {"imported": 2, "wrong": 1}
    assert [one.title for one in records(station)] == [ROWS[0][1], ROWS[2][1]]


def test_an_import_stops_when_who_began_it_may_no_longer(station: Station, clock):
    from archive.people import actions as people
    from archive.people.person import Appointment

    with_file_plan(station)
    run = mapped(station, received(station))
    station.archivist.does(begin_import, run.id)
    held = station.asks(
        lambda tx: tx.session.scalars(
            select(Appointment.id).where(Appointment.person_id == station.archivist.id)
        ).one()
    )
    station.administrator.does(people.end_appointment, held)
    clock.advance(days=1)
    jobs.import_rows(station.system, run.id)
    ended = station.sees(ImportRun, run.id)
    assert (ended.state, ended.note) == (RunState.DONE, "NotPermitted")
    assert station.asks(counts_of, run.id) == {"waiting": 3}


def test_a_list_of_customers_is_imported_and_brought_again(station: Station):
    headings = ("户号", "户名", "地址", "联系电话", "用电类别")
    rows = [
        ("0000012345", "王秀兰", "青石村三组", "13800005678", "居民生活"),
        ("0000012346", "欧阳䶮", "河西村", "", ""),
        (12347, "李四", "河西村", "", "动力"),
    ]
    text = csv_text(rows, headings).encode("gb18030")
    told = {"target": Target.CUSTOMERS, "register": "客户名册"}
    assert imported(station, text, **told) == {"imported": 3}
    names = station.asks(
        lambda tx: [one.name for one in tx.session.scalars(select(Customer).order_by(Customer.id))]
    )
    assert names == ["王秀兰", "欧阳䶮", "李四"]
    rows[0] = ("0000012345", "王秀岚", "青石村三组", "", "")
    again = csv_text(rows, headings).encode()
    assert imported(station, again, **told) == {"double": 2, "wrong": 1}
    assert station.asks(lambda tx: tx.session.scalar(select(func.count(Customer.id)))) == 3
    whole = station.asks(
        lambda tx: "".join(
            one.facts + one.subject for one in tx.session.scalars(select(TrailEntry))
        )
    )
    assert [word for word in ("王秀", "1380000", "0000012345") if word in whole] == []


def test_what_is_discarded_is_gone_and_cannot_be_begun(station: Station):
    with_file_plan(station)
    run = received(station)
    with pytest.raises(NotPossibleNow):
        station.archivist.does(begin_import, run.id)
    station.archivist.does(discard_import, run.id)
    assert station.asks(counts_of, run.id) == {}
    with pytest.raises(NotPossibleNow):
        mapped(station, run)


def test_only_the_archivist_imports_and_only_at_home(station: Station):
    with_file_plan(station)
    with pytest.raises(NotPermitted):
        receive(
            station.system,
            station.clerk.actor(),
            station.id,
            target=Target.RECORDS,
            register=NAME,
            content=workbook(),
        )
    with pytest.raises(RegisterNameMissing):
        received(station, register=" — ")
    other = settle_station(station.system, code="HX", name="河西供电所")
    with pytest.raises(NoSuchThing):
        other.archivist.does(run_seen, received(station).id)


def test_an_old_code_finds_its_record(station: Station):
    with_file_plan(station)
    imported(station)
    found = station.archivist.does(find_records, RecordFilter(text="WS-2019-2"))
    assert [line.record.title for line in found] == [str(ROWS[1][1])]
    assert station.archivist.does(find_records, RecordFilter(text="WS-2019-9")) == []


def test_what_was_imported_before_gets_its_old_code_from_the_import(station: Station):
    with_file_plan(station)
    imported(station)
    engine = station.system.engine
    migrations.downgrade(engine, "0016")
    migrations.upgrade(engine)
    found = station.archivist.does(find_records, RecordFilter(text="WS-2019-2"))
    assert [line.record.old_code for line in found] == ["WS-2019-2"]
