"""Registers of the holdings, their statistics, and the items in volumes: as JSON and as files."""

from dataclasses import asdict
from datetime import date
from enum import StrEnum
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from archive.holdings.actions.items import ItemDescription, add_item
from archive.holdings.queries.items import volume_seen
from archive.reports.registers import RegisterChoice, register_lines
from archive.reports.registers_printed import accounting
from archive.reports.spreadsheet import Form
from archive.reports.statistics import holding_statistics
from archive.reports.volume_list import parties_told
from web.api.told import Told
from web.deps import SignedIn
from web.listing import Listing
from web.pages.registers import (
    catalogue_row,
    list_teller,
    printed_register,
    register_sheet,
    transfer_row,
)
from web.pages.statistics import statistics_file

router = APIRouter(tags=["registers"])

HERE = "/api/v1/registers"
MOST = 2000


class Register(StrEnum):
    CATALOGUE = "catalogue"  # 归档文件目录
    TRANSFER = "transfer"  # 移交清册
    CUSTODY_LIST = "custody-list"  # 保管清册


class LinesTold(BaseModel):
    total: int
    lines: list[dict[str, Any]]


class ItemTold(Told):
    id: int
    number: int
    code: str
    title: str
    formed_on: date
    first_page: int
    pages: int
    document_number: str
    parties: str
    remark: str


class NewItem(BaseModel):
    title: str = Field(max_length=200)
    formed_on: date
    pages: int
    first_page: int | None = None
    document_number: str = Field("", max_length=60)
    parties: str = Field("", max_length=200)
    remark: str = Field("", max_length=500)


@router.get("/registers/{register}")
def lines(
    visit: SignedIn,
    register: Register,
    *,
    year: int | None = None,
    retention: str = "",
    category: str = "",
    station_id: int | None = None,
    offset: int = 0,
    limit: int = MOST,
) -> LinesTold:
    """The lines of a register, in the order of the codes."""
    asked = RegisterChoice(year, retention, category, station_id)
    catalogue = register == Register.CATALOGUE
    first, last = max(offset, 0), max(offset, 0) + min(max(limit, 0), MOST)
    found, total = [], 0
    with visit.reading() as tx:
        for line in register_lines(tx, asked if catalogue else accounting(asked)):
            total += 1
            if first < total <= last:
                row = catalogue_row(total, line) if catalogue else transfer_row(total, line, tx)
                found.append(dict(row))
    return LinesTold(total=total, lines=found)


@router.get("/registers/{register}/file.{form}", response_class=Response)
def register_file(
    visit: SignedIn,
    register: Register,
    form: str,
    *,
    year: int | None = None,
    retention: str = "",
    category: str = "",
    station_id: int | None = None,
) -> Response:
    """The register as ``pdf`` (PDF/A) or ``xlsx``; that it was taken out is on the trail."""
    asked = RegisterChoice(year, retention, category, station_id)
    said = {name: str(value) for name, value in asdict(asked).items() if value}
    if form == "pdf":
        return printed_register(visit, register, list_teller(register, asked), said)
    return register_sheet(visit, Listing(HERE, said, "", 1, ""), register, asked)


@router.get("/statistics")
def statistics(visit: SignedIn, station_id: int | None = None) -> dict[str, Any]:
    """The holdings counted by category, year, period, pair and month."""
    with visit.reading() as tx:
        return asdict(holding_statistics(tx, station_id))


@router.get("/statistics/file.{form}", response_class=Response)
def statistics_as_file(visit: SignedIn, form: Form, station: str = "") -> Response:
    """The same as ``xlsx`` or ``csv``; ``station`` is a code."""
    listing = Listing(HERE, {"station": station} if station else {}, "", 1, "")
    return statistics_file(visit, listing, form)


@router.get("/records/{record_id}/items")
def items(visit: SignedIn, record_id: int) -> list[ItemTold]:
    """卷内文件: the items in a volume, in order."""
    with visit.reading() as tx:
        seen = volume_seen(tx, record_id)
        found = [ItemTold.model_validate(item) for item in seen.items]
        return [
            one.model_copy(update={"parties": parties_told(seen, item)})
            for one, item in zip(found, seen.items, strict=True)
        ]


@router.post("/records/{record_id}/items", status_code=201)
def add(visit: SignedIn, record_id: int, given: NewItem) -> ItemTold:
    with visit.transaction() as tx:
        volume_seen(tx, record_id)
        return ItemTold.model_validate(
            add_item(tx, record_id, ItemDescription(**given.model_dump()))
        )
