"""The section 库房: every page of it, as one router."""

from fastapi import APIRouter

from web.pages import (
    loan,
    stocktake,
    store,
    store_boxes,
    store_climate,
    store_labels,
    store_movements,
    store_records,
)

router = APIRouter()
for part in (
    store,
    store_boxes,
    store_records,
    store_movements,
    store_labels,
    store_climate,
    stocktake,
    loan,
):
    router.include_router(part.router)
