"""鉴定与冻结: every page of holds and appraisals, as one router."""

from fastapi import APIRouter

from web.pages import appraisal_panel, appraisals, holds

router = APIRouter()
for part in (holds, appraisals, appraisal_panel):
    router.include_router(part.router)
