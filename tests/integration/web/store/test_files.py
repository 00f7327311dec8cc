"""The lists of the store as spreadsheets, and the register of movements."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from openpyxl import load_workbook  # noqa: TID251 - reads what the program wrote

from archive.audit import TrailEntry
from archive.shelving.actions import loans, stocktakes
from archive.shelving.actions.climate import read_climate
from tests.builders import Station
from tests.integration.web.visiting import Visits
from tests.shelving import boxed, ready, with_store


@pytest.fixture
def station(station: Station) -> Station:
    return with_store(station)


def cells(visits: Visits, station: Station, path: str) -> set[str]:
    answer = visits(station.archivist).get(f"{path}{'&' if '?' in path else '?'}file=xlsx").response
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.content))
    return {str(cell.value) for row in book.active.iter_rows() for cell in row if cell.value}


def test_every_list_of_the_store_is_had_as_a_spreadsheet(station: Station, visits: Visits):
    record = ready(station)
    box = boxed(station, record)
    loan = station.clerk.does(
        loans.request_loan,
        record.id,
        purpose="答复客户",
        due_on=station.today + timedelta(days=3),
    )
    station.archivist.does(read_climate, 1, celsius=Decimal("19.5"), humidity=54)
    assert {box.name, "KF01-G01-1-1", "40"} <= cells(visits, station, "/store/boxes")
    assert not cells(visits, station, "/store/boxes?where=missing") & {box.name}
    assert {record.code, "答复客户", loan.due_on.isoformat()} <= cells(
        visits, station, "/store/loans"
    )
    assert {"19.5", "54"} <= cells(visits, station, "/store/climate")
    assert {record.code, box.name, "入盒上架"} <= cells(visits, station, "/store/movements")
    station.archivist.does(stocktakes.open_stocktake, station.id, place="KF01-G01")
    assert {"KF01-G01", "清点中", "只点盒子"} <= cells(visits, station, "/store/stocktakes")
    taken = station.asks(
        lambda tx: {
            entry.subject for entry in tx.session.query(TrailEntry).filter_by(event="list.exported")
        }
    )
    assert taken == {
        f"list:store-{one}" for one in ("boxes", "loans", "climate", "movements", "stocktakes")
    }


def test_movements_are_told_newest_first_and_not_to_whoever_counts(
    station: Station, visits: Visits
):
    record = ready(station)
    box = boxed(station, record)
    archivist = visits(station.archivist)
    page = archivist.get("/store/movements")
    assert page.says("入盒上架", record.code, box.name, "KF01-G01-1-1")
    assert not archivist.get("/store/movements?kind=miss").says(record.code)
    station.archivist.does(stocktakes.open_stocktake, station.id)
    assert archivist.get("/store/movements").says("没有符合条件的出入库记录")


def test_a_record_one_may_not_know_of_is_moved_without_a_name(station: Station, visits: Visits):
    secret = ready(station, kind="report-of-wrongdoing")
    boxed(station, secret)
    assert visits(station.archivist).get("/store/movements").says(secret.code)
    page = visits(station.clerk).get("/store/movements")
    assert page.says("一件您无权查看的档案")
    assert not page.says(secret.code)
