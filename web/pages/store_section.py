"""The section 库房: every page of it, as one router."""

from fastapi import APIRouter

from web.pages import stocktake, store, store_boxes, store_labels, store_records

router = APIRouter()
for part in (store, store_boxes, store_records, store_labels, stocktake):
    router.include_router(part.router)
