"""Destruction batches: register, signatures, supervision, execution, what is left of it."""

from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Header, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from archive.ingest.keeping import scan_limits
from archive.ingest.names import name_as_received
from archive.ingest.spool import Spool
from archive.retention.actions import batches as verbs
from archive.retention.actions import execution, signatures, supervision
from archive.retention.actions.backups import backup_gone, register_backup
from archive.retention.batch import BatchState
from archive.retention.batching import check_photographed
from archive.retention.photographing import receive_photos, recognise_photo
from archive.retention.queries import backups as backup_reads
from archive.retention.queries.batch_lines import LineFilter, items_page, register_totals
from archive.retention.queries.batch_tasks import appraisals_ready, going
from archive.retention.queries.batches import (
    batch_seen,
    batches,
    count_batches,
    own_item,
    own_photo,
    seen_batch,
)
from web.api.batch_told import (
    BackupLineTold,
    BackupTold,
    BatchList,
    BatchTold,
    BatchWhole,
    Because,
    Begun,
    Burnt,
    GoingTold,
    How,
    ItemTold,
    Kept,
    LinesAsked,
    Named,
    NewBackup,
    NewBatch,
    NewWitness,
    PhotoTold,
    ReadyTold,
    RegisterTold,
    Scanned,
    Signed,
    SignedAs,
    Witnessed,
    batch_told,
)
from web.api.scans import write_body
from web.deps import SignedIn
from web.images import image

router = APIRouter(prefix="/destruction", tags=["destruction"])


@router.get("/appraisals")
def ready(visit: SignedIn) -> list[ReadyTold]:
    """Signed appraisals with records that no batch has."""
    with visit.reading() as tx:
        return [
            ReadyTold(appraisal_id=one.appraisal.id, name=one.appraisal.name, records=one.records)
            for one in appraisals_ready(tx)
        ]


@router.get("/batches")
def batch_list(
    visit: SignedIn,
    state: BatchState | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> BatchList:
    with visit.reading() as tx:
        lines = batches(tx, state=state, limit=limit, offset=offset)
        return BatchList(
            total=count_batches(tx, state=state),
            batches=[BatchTold.model_validate(line.batch) for line in lines],
        )


@router.post("/batches", status_code=201)
def propose(visit: SignedIn, given: NewBatch) -> BatchWhole:
    with visit.transaction() as tx:
        batch_id = verbs.propose_batch(tx, given.appraisal_id).id
    return _whole(visit, batch_id)


@router.get("/batches/{batch_id}")
def batch(visit: SignedIn, batch_id: int) -> BatchWhole:
    return _whole(visit, batch_id)


@router.get("/batches/{batch_id}/items")
def items(
    visit: SignedIn,
    batch_id: int,
    asked: Annotated[LinesAsked, Query()],
) -> list[ItemTold]:
    """Lines of the register, a page at a time; ``state=open`` for what is not settled."""
    narrowed = LineFilter(asked.state or "", asked.kind, asked.year, asked.retention)
    with visit.reading() as tx:
        found = items_page(
            tx, batch_id, narrowed, order=asked.sort, limit=asked.limit, offset=asked.offset
        )
        return [ItemTold.model_validate(item) for item in found]


@router.post("/batches/{batch_id}/freeze")
def freeze(visit: SignedIn, batch_id: int) -> BatchWhole:
    with visit.transaction() as tx:
        seen_batch(tx, batch_id)
        verbs.freeze_register(tx, batch_id)
    return _whole(visit, batch_id)


@router.post("/batches/{batch_id}/reopen")
def reopen(visit: SignedIn, batch_id: int, given: Because) -> BatchWhole:
    with visit.transaction() as tx:
        seen_batch(tx, batch_id)
        verbs.reopen_register(tx, batch_id, reason=given.reason)
    return _whole(visit, batch_id)


@router.post("/batches/{batch_id}/cancel")
def cancel(visit: SignedIn, batch_id: int, given: Because) -> BatchWhole:
    with visit.transaction() as tx:
        seen_batch(tx, batch_id)
        verbs.cancel_batch(tx, batch_id, reason=given.reason)
    return _whole(visit, batch_id)


@router.post("/batches/{batch_id}/items/{item_id}/drop")
def drop(visit: SignedIn, batch_id: int, item_id: int, given: Because) -> BatchWhole:
    with visit.transaction() as tx:
        own_item(tx, batch_id, item_id)
        verbs.drop_item(tx, item_id, reason=given.reason)
    return _whole(visit, batch_id)


@router.post("/batches/{batch_id}/sign", status_code=201)
def sign(visit: SignedIn, batch_id: int, given: SignedAs) -> BatchWhole:
    with visit.transaction() as tx:
        seen_batch(tx, batch_id)
        signatures.sign_register(tx, batch_id, **given.model_dump())
    return _whole(visit, batch_id)


@router.post("/batches/{batch_id}/approve")
def approve(visit: SignedIn, batch_id: int, given: Signed) -> BatchWhole:
    with visit.transaction() as tx:
        seen_batch(tx, batch_id)
        signatures.approve_batch(tx, batch_id, **given.model_dump())
    return _whole(visit, batch_id)


@router.post("/batches/{batch_id}/witnesses", status_code=201)
def name_witness(visit: SignedIn, batch_id: int, given: NewWitness) -> BatchWhole:
    with visit.transaction() as tx:
        seen_batch(tx, batch_id)
        supervision.name_witness(tx, batch_id, given.person_id, given.department)
    return _whole(visit, batch_id)


@router.post("/batches/{batch_id}/executor")
def name_executor(visit: SignedIn, batch_id: int, given: Named) -> BatchWhole:
    with visit.transaction() as tx:
        seen_batch(tx, batch_id)
        supervision.name_executor(tx, batch_id, given.person_id)
    return _whole(visit, batch_id)


@router.post("/batches/{batch_id}/count")
def count(visit: SignedIn, batch_id: int, given: Scanned) -> ItemTold:
    """One line is in hand; counting it again changes nothing."""
    with visit.transaction() as tx:
        seen_batch(tx, batch_id)
        return ItemTold.model_validate(supervision.count_item(tx, batch_id, given.said))


@router.post("/batches/{batch_id}/items/{item_id}/withhold")
def withhold(visit: SignedIn, batch_id: int, item_id: int, given: Kept) -> ItemTold:
    with visit.transaction() as tx:
        own_item(tx, batch_id, item_id)
        return ItemTold.model_validate(supervision.withhold_item(tx, item_id, **given.model_dump()))


@router.post("/batches/{batch_id}/finish-count")
def finish_count(visit: SignedIn, batch_id: int) -> BatchWhole:
    with visit.transaction() as tx:
        seen_batch(tx, batch_id)
        supervision.finish_count(tx, batch_id)
    return _whole(visit, batch_id)


@router.post("/batches/{batch_id}/begin")
def begin(visit: SignedIn, batch_id: int, given: Begun) -> BatchWhole:
    """The point of no return."""
    with visit.transaction() as tx:
        seen_batch(tx, batch_id)
        execution.begin_destruction(tx, batch_id, **given.model_dump())
    return _whole(visit, batch_id)


@router.post("/batches/{batch_id}/paper")
def paper(visit: SignedIn, batch_id: int, given: Burnt) -> BatchWhole:
    with visit.transaction() as tx:
        seen_batch(tx, batch_id)
        execution.confirm_papers_destroyed(tx, batch_id, **given.model_dump())
    return _whole(visit, batch_id)


@router.post("/batches/{batch_id}/go-on")
def go_on(visit: SignedIn, batch_id: int) -> BatchWhole:
    with visit.transaction() as tx:
        seen_batch(tx, batch_id)
        execution.go_on_destroying(tx, batch_id)
    return _whole(visit, batch_id)


@router.post("/batches/{batch_id}/witness-signatures", status_code=201)
def witness(visit: SignedIn, batch_id: int, given: Witnessed) -> BatchWhole:
    with visit.transaction() as tx:
        seen_batch(tx, batch_id)
        supervision.sign_as_witness(tx, batch_id, **given.model_dump())
    return _whole(visit, batch_id)


@router.post("/batches/{batch_id}/close")
def close(visit: SignedIn, batch_id: int) -> BatchWhole:
    with visit.transaction() as tx:
        seen_batch(tx, batch_id)
        execution.close_batch(tx, batch_id)
    return _whole(visit, batch_id)


@router.post("/batches/{batch_id}/photos", status_code=201)
async def keep_photo(
    visit: SignedIn,
    batch_id: int,
    request: Request,
    x_file_name: Annotated[str, Header()] = "photo.jpg",
) -> PhotoTold:
    """One photograph as the raw body; its name goes percent-encoded into ``X-File-Name``."""
    await run_in_threadpool(_check_photographed, visit, batch_id)
    settings = visit.system.settings
    limit = scan_limits(settings).bytes_in_all
    folder = settings.effective_spool_dir
    with Spool(folder, limit_bytes=limit, first_look=recognise_photo) as spool:
        part = spool.begin(name_as_received(unquote(x_file_name)))
        await write_body(part, request)
        (kept,) = await run_in_threadpool(
            receive_photos, visit.system, visit.actor, batch_id, spool.files
        )
    return PhotoTold.model_validate(kept)


@router.get("/batches/{batch_id}/photos/{photo_id}", response_class=Response)
def photo(visit: SignedIn, batch_id: int, photo_id: int) -> Response:
    with visit.reading() as tx:
        found = own_photo(tx, batch_id, photo_id)
    return image(visit, found.object_key, found.sha256, found.media_type, found.name)


@router.get("/backups")
def backup_list(visit: SignedIn) -> list[BackupLineTold]:
    """Backups outside the program, and the batches that wait for each."""
    with visit.reading() as tx:
        return [
            BackupLineTold(
                backup=BackupTold.model_validate(line.backup),
                over=line.over,
                batch_ids=[one.id for one in line.batches],
            )
            for line in backup_reads.backups(tx)
        ]


@router.post("/backups", status_code=201)
def register(visit: SignedIn, given: NewBackup) -> BackupTold:
    with visit.transaction() as tx:
        return BackupTold.model_validate(register_backup(tx, **given.model_dump()))


@router.post("/backups/{backup_id}/gone")
def gone(visit: SignedIn, backup_id: int, given: How) -> BackupTold:
    with visit.transaction() as tx:
        return BackupTold.model_validate(backup_gone(tx, backup_id, how=given.how))


def _check_photographed(visit: SignedIn, batch_id: int) -> None:
    with visit.reading() as tx:
        check_photographed(tx, seen_batch(tx, batch_id))


def _whole(visit: SignedIn, batch_id: int) -> BatchWhole:
    with visit.reading() as tx:
        seen = batch_seen(tx, batch_id)
        amount = GoingTold.model_validate(going(tx, batch_id))
        whole = RegisterTold.model_validate(register_totals(tx, batch_id))
    return batch_told(seen, amount, whole)
