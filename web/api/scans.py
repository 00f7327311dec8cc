"""Scans: receive, follow the reading, settle what the machine doubts."""

from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel
from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool

from archive.custody.actions import scans
from archive.custody.queries.volumes import seen_volume
from archive.custody.receiving import check_welcome, receive
from archive.custody.scan import Scan, ScanFile, ScanPage, Verdict
from archive.digest import CHUNK
from archive.ingest.keeping import scan_limits
from archive.ingest.names import name_as_received
from archive.ingest.spool import Part, Spool
from web.api.told import ScanFileTold, ScanProgress, ScanTold, SettlementTold
from web.deps import SignedIn

router = APIRouter(tags=["scans"])


class NewSettlement(BaseModel):
    page: int = 0
    verdict: Verdict
    stub_id: int | None = None
    number: str = ""
    note: str = ""


@router.post("/volumes/{volume_id}/scans", status_code=201)
async def receive_scan(
    visit: SignedIn,
    volume_id: int,
    request: Request,
    x_file_name: Annotated[str, Header()] = "scan.pdf",
) -> ScanTold:
    """Receive a scan as the raw body (a PDF or one image), streamed, never held whole.

    The file's name goes percent-encoded into ``X-File-Name``.
    """
    await run_in_threadpool(check_welcome, visit.system, visit.actor, volume_id)
    settings = visit.system.settings
    limit = scan_limits(settings).bytes_in_all
    with Spool(settings.effective_spool_dir, limit_bytes=limit) as spool:
        part = spool.begin(name_as_received(unquote(x_file_name)))
        await write_body(part, request)
        scan = await run_in_threadpool(
            receive, visit.system, visit.actor, volume_id, spool.files, source="api"
        )
    return ScanTold.model_validate(scan)


async def write_body(part: Part, request: Request) -> None:
    """The body into the part, in the thread pool, a megabyte at a time."""
    waiting = bytearray()
    try:
        async for piece in request.stream():
            waiting += piece
            if len(waiting) >= CHUNK:
                await run_in_threadpool(part.write, bytes(waiting))
                waiting.clear()
        await run_in_threadpool(part.write, bytes(waiting))
        await run_in_threadpool(part.finish)
    except BaseException:
        part.discard()
        raise


@router.get("/scans/{scan_id}")
def progress(visit: SignedIn, scan_id: int) -> ScanProgress:
    """How far the reading has come."""
    with visit.reading() as tx:
        scan = tx.get(Scan, scan_id)
        seen_volume(tx, scan.volume_id)
        read = tx.session.scalar(
            select(func.count()).select_from(ScanPage).where(ScanPage.scan_id == scan_id)
        )
        files = tx.session.scalars(
            select(ScanFile).where(ScanFile.scan_id == scan_id).order_by(ScanFile.position)
        )
        told = ScanTold.model_validate(scan).model_dump()
        return ScanProgress(
            **told,
            pages_read=read or 0,
            files=[ScanFileTold.model_validate(file) for file in files],
        )


@router.post("/scans/{scan_id}/read-again")
def read_again(visit: SignedIn, scan_id: int) -> ScanTold:
    with visit.transaction() as tx:
        return ScanTold.model_validate(scans.read_again(tx, scan_id))


@router.post("/scans/{scan_id}/settlements", status_code=201)
def settle(visit: SignedIn, scan_id: int, given: NewSettlement) -> SettlementTold:
    with visit.transaction() as tx:
        return SettlementTold.model_validate(scans.settle(tx, scan_id, **given.model_dump()))
