"""What the panel does: opinions on the desk, dissent, the conclusion, the signature, the report."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.errors import ArchiveError
from archive.holdings.queries.records import NoRecordOfCode, record_by_code
from archive.printing import print_form
from archive.retention.actions import judging as verbs
from archive.retention.actions.judging import Judgement
from archive.retention.appraisal import Opinion
from archive.retention.hold import HoldKind
from archive.retention.opinion_paper import opinion_told
from archive.retention.queries.appraisals import AppraisalSeen, appraisal_seen
from archive.transaction import Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.images import image
from web.page import go, show
from web.pages.appraisal_desk import HERE, desk_page, may_do, state_status
from web.pages.appraisals import chosen
from web.pages.around import crumbs
from web.parts import FormState, Signing
from web.typed import RowNumber

router = APIRouter(prefix=HERE)


@router.get("/{appraisal_id}")
def desk(visit: SignedIn, appraisal_id: RowNumber) -> Response:
    return desk_page(visit, appraisal_id, FormState())


@router.post("/{appraisal_id}/judge")
def judge(visit: SignedIn, appraisal_id: RowNumber, form: PostedForm) -> Response:
    """One opinion on what is ticked, or on everything without one."""

    def work(tx: Transaction) -> None:
        to_all = form.text("to_all") == "yes"
        given = _judgement(form)
        verbs.judge(tx, appraisal_id, given, record_ids=None if to_all else chosen(form))

    return _done(visit, appraisal_id, form, work, "judged")


@router.post("/{appraisal_id}/dissent")
def dissent(visit: SignedIn, appraisal_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        record_id = None
        if code := form.text("dissent_code"):
            try:
                record_id = record_by_code(tx, code).id
            except NoRecordOfCode as error:
                raise NoRecordOfCode(field="dissent_code", **error.facts) from error
        said = typed.words(form.text("said"), "said", most=500)
        verbs.dissent(tx, appraisal_id, said, record_id=record_id)

    return _done(visit, appraisal_id, form, work, "dissented")


@router.post("/{appraisal_id}/conclude")
def conclude(visit: SignedIn, appraisal_id: RowNumber, form: PostedForm) -> Response:
    return _done(
        visit, appraisal_id, form, lambda tx: verbs.conclude(tx, appraisal_id), "concluded"
    )


@router.post("/{appraisal_id}/reopen")
def reopen(visit: SignedIn, appraisal_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        reason = typed.words(form.text("reopen_reason"), "reopen_reason", most=500)
        verbs.reopen_appraisal(tx, appraisal_id, reason=reason)

    return _done(visit, appraisal_id, form, work, "reopened")


@router.get("/{appraisal_id}/sign")
def sign_page(visit: SignedIn, appraisal_id: RowNumber) -> Response:
    return _sign_page(visit, appraisal_id, FormState())


@router.post("/{appraisal_id}/sign")
def sign(visit: SignedIn, appraisal_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        digest, password = form.text("digest"), form.text("password")
        verbs.sign_appraisal(tx, appraisal_id, digest=digest, password=password)

    error = visit.attempt(work).error
    if error is None:
        return go(f"{HERE}/{appraisal_id}?done=signed")
    return _sign_page(visit, appraisal_id, _sign_state(visit, error), status_of(error))


@router.get("/{appraisal_id}/opinion.pdf")
def opinion(visit: SignedIn, appraisal_id: RowNumber) -> Response:
    """The report: as it was kept once it is, before that as it would be."""
    with visit.reading() as tx:
        seen = appraisal_seen(tx, appraisal_id)
        tx.require(Permission.RECORD_READ, seen.station.id)
        told, printed_at = opinion_told(tx, appraisal_id), tx.now
    name = f"{seen.appraisal.name} 鉴定意见书.pdf"
    if seen.paper is not None:
        return image(visit, seen.paper.object_key, seen.paper.sha256, "application/pdf", name)
    pdf = print_form("appraisal", told, printed_at=printed_at)
    return Response(pdf, media_type="application/pdf", headers={"content-disposition": "inline"})


def _judgement(form: Form) -> Judgement:
    said = form.text("opinion")
    opinion = typed.given(Opinion(said) if said in set(Opinion) else None, "opinion")
    held_as = form.text("held_as")
    keeps = opinion == Opinion.KEEP
    takes = opinion == Opinion.TAKE_OUT and held_as in set(HoldKind)
    return Judgement(
        opinion,
        typed.words(form.text("reason"), "reason", most=500),
        content_seen=form.text("content_seen") == "yes",
        new_due_on=typed.day(form.text("new_due_on"), "new_due_on") if keeps else None,
        held_as=HoldKind(held_as) if takes else None,
    )


def _done(
    visit: Visit,
    appraisal_id: int,
    form: Form,
    work: Callable[[Transaction], object],
    done: str,
) -> Response:
    error = visit.attempt(work).error
    if error is None:
        return go(f"{HERE}/{appraisal_id}?done={done}")
    return desk_page(visit, appraisal_id, visit.form_state(form, error), status_of(error))


def _sign_state(visit: Visit, error: ArchiveError) -> FormState:
    """The error beside the password where it is about that; nothing of what was typed."""
    at = {"WrongPassword": "password"}.get(type(error).__name__, "")
    return FormState({}, {at: visit.told(error)})


def _sign_page(visit: Visit, appraisal_id: int, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        seen = appraisal_seen(tx, appraisal_id)
        may = may_do(tx, seen)
    one = seen.appraisal
    seat = seen.seat_of(visit.actor.person_id)
    why_not = []
    if seat is None:
        why_not.append(visit.t("appraisals.not_yours"))
    elif seat.signature is not None:
        why_not.append(visit.t("error.MemberSigned"))
    elif not may.sign:
        why_not.append(visit.t("not-possible.appraisal.sign"))
    return show(
        visit,
        "appraisals/sign.html",
        status=status,
        state=state,
        crumbs=crumbs(
            visit,
            "retention",
            (visit.t("appraisals.title"), HERE),
            (one.name, f"{HERE}/{one.id}"),
            (visit.t("appraisals.sign_title"), ""),
        ),
        one=one,
        href=f"{HERE}/{one.id}",
        appraisal_state=state_status(visit, one.state),
        dissents=[f"{person.name}：{said.said}" for said, person, _ in seen.dissents],
        signing=Signing(
            f"{HERE}/{one.id}/sign",
            visit.t("appraisals.sign_title"),
            _statements(visit, seen),
            visit.t("appraisals.sign_button"),
            visit.actor.name,
            one.digest,
            why_not=why_not,
        ),
        may=may,
    )


def _statements(visit: Visit, seen: AppraisalSeen) -> list[str]:
    """What is signed, in numbers."""
    counts = seen.counts
    others = sum(
        seat.signature is None and seat.person.id != visit.actor.person_id for seat in seen.panel
    )
    told = [visit.t("appraisals.sign_items", n=seen.total)]
    if counts.get("destroy"):
        n = counts["destroy"]
        told.append(visit.t("appraisals.sign_destroy", n=n, pages=seen.pages))
    if counts.get("keep"):
        told.append(visit.t("appraisals.sign_keep", n=counts["keep"]))
    if counts.get("take-out"):
        told.append(visit.t("appraisals.sign_take_out", n=counts["take-out"]))
    told.append(visit.t("appraisals.sign_seen", n=seen.seen_count))
    if seen.dissents:
        told.append(visit.t("appraisals.sign_dissents", n=len(seen.dissents)))
    last = visit.t("appraisals.sign_last")
    told.append(visit.t("appraisals.sign_others", n=others) if others else last)
    return told
