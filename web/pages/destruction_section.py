"""销毁: every page of a destruction batch, and of backups, as one router."""

from fastapi import APIRouter

from web.pages import (
    backups,
    batch_execution,
    batch_register,
    batch_signing,
    batch_supervision,
    batches,
)

router = APIRouter()
for part in (batches, batch_register, batch_signing, batch_supervision, batch_execution, backups):
    router.include_router(part.router)
