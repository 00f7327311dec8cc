"""Forms to be printed: a volume's cover and its verification sheet, as PDF/A."""

from fastapi import APIRouter
from starlette.responses import Response

from archive.custody.queries.printed import cover_told, verification_told
from archive.custody.queries.volumes import seen_volume
from archive.printing import print_form
from web.deps import SignedIn, Visit
from web.images import pdf_answer

router = APIRouter()

FORMS = {"cover": (cover_told, "装订封面"), "verification": (verification_told, "核验单")}


@router.get("/invoices/volumes/{volume_id}/cover.pdf")
def cover(visit: SignedIn, volume_id: int) -> Response:
    return _printed(visit, volume_id, "cover")


@router.get("/invoices/volumes/{volume_id}/verification.pdf")
def verification(visit: SignedIn, volume_id: int) -> Response:
    return _printed(visit, volume_id, "verification")


def _printed(visit: Visit, volume_id: int, form: str) -> Response:
    tell, name = FORMS[form]
    with visit.reading() as tx:
        volume = seen_volume(tx, volume_id)
        told, printed_at = tell(tx, volume), tx.now
    pdf = print_form(form, told, printed_at=printed_at)
    return pdf_answer(pdf, f"{volume.code} {name}")
