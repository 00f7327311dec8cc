"""The check-list and finance's two ways out of it: sign, or return with reasons [seed 3.5]."""

from collections.abc import Mapping, Sequence

from archive.custody.money import capital_amount
from archive.custody.queries.desk import MachineWord, OnDesk, Says, machine_words
from archive.custody.reconciliation import FindingCode, NumberStatus
from archive.custody.verification import MAY_BE_INAPPLICABLE, Answer
from archive.custody.verification import CheckItem as Line
from archive.errors import ArchiveError
from web.deps import Form, Visit
from web.desk_parts import CheckItem, Verdict
from web.parts import FormState, Signing, Status, Tone

Answers = dict[str, dict[str, str]]

TONES: Mapping[Says, Tone] = {
    "agrees": "good",
    "differs": "bad",
    "doubts": "warn",
    "tells": "quiet",
}
_LOOKED_OVER = frozenset({"CheckListIncomplete", "CheckListSaysNo", "WrongPassword"})
"""When a signature failed for one of these, every line that stands in its way is marked."""


def verdict_of(
    visit: Visit, on: OnDesk, *, form: Form | None = None, error: ArchiveError | None = None
) -> Verdict | None:
    """Check-list and signature, as saved or as just typed; None where nobody is to decide."""
    if not (on.is_open and on.may_verify) or on.verification is None:
        return None
    given = answers_in(form) if form else on.verification.check_list
    words = machine_words(on)
    name = type(error).__name__ if error else ""
    return Verdict(
        items=[_item(visit, line, given.get(line, {}), words.get(line), name) for line in Line],
        signing=_signing(visit, on),
        return_button=visit.t("desk_pages.return"),
        save_button=visit.t("desk_pages.save"),
        remark=form.text("remark") if form else "",
        errors=_errors(visit, error),
    )


def wrong_in(visit: Visit, verdict: Verdict | None) -> FormState:
    """Everything that is wrong in the form, for the summary above the desk."""
    if verdict is None:
        return FormState()
    wrong = [item for item in verdict.items if item.error]
    unanswered = [item for item in wrong if item.answer != "no"]
    errors: dict[str, str] = {}
    if unanswered:
        told = visit.t("desk_pages.unanswered_n", n=len(unanswered))
        errors[f"answer-{unanswered[0].key}"] = told
    for item in wrong:
        if item.answer == "no":
            errors[f"answer-{item.key}"] = f"{item.label}{item.error}"
    return FormState({}, {**errors, **verdict.errors})


def answers_in(form: Form) -> Answers:
    """The check-list as it was posted; what is no answer is none."""
    return {
        str(line): {
            "answer": form.text(f"answer-{line}")
            if form.text(f"answer-{line}") in set(Answer)
            else "",
            "remark": form.text(f"remark-{line}")[:500],
        }
        for line in Line
    }


def reasons_in(visit: Visit, form: Form) -> list[str]:
    """Why a volume is returned: each line that is answered no, and the remark over all."""
    reasons = []
    for line, given in answers_in(form).items():
        if given["answer"] == Answer.NO:
            item = visit.t(f"check.{line}").rstrip("吗？?")
            key = "desk_pages.reason_noted" if given["remark"] else "desk_pages.reason"
            reasons.append(visit.t(key, item=item, remark=given["remark"]))
    return [*reasons, *([form.text("remark")] if form.text("remark") else [])]


def _item(
    visit: Visit, line: Line, given: Mapping[str, str], word: MachineWord | None, error: str
) -> CheckItem:
    answer = given.get("answer", "")
    return CheckItem(
        key=str(line),
        label=visit.t(f"check.{line}"),
        machine=_machine(visit, line, word),
        answer=answer,  # type: ignore[arg-type]
        remark=given.get("remark", ""),
        may_not_apply=line in MAY_BE_INAPPLICABLE,
        error=_item_error(visit, line, answer) if error in _LOOKED_OVER else "",
    )


def _item_error(visit: Visit, line: Line, answer: str) -> str:
    """What stands in the way of a signature on this line."""
    if answer == Answer.NO:
        return visit.t("desk_pages.answered_no")
    lacking = not answer or (answer == Answer.NOT_APPLICABLE and line not in MAY_BE_INAPPLICABLE)
    return visit.t("desk_pages.unanswered") if lacking else ""


def _machine(visit: Visit, line: Line, word: MachineWord | None) -> Status | None:
    if word is None:
        return None
    return Status(visit.t(f"machine.{line}.{word.key}", **word.facts), TONES[word.says])


def _signing(visit: Visit, on: OnDesk) -> Signing:
    return Signing(
        f"/invoices/volumes/{on.volume.id}/desk/verdict",
        visit.t("desk_pages.sign.title"),
        statements(visit, on),
        visit.t("desk_pages.sign.button"),
        visit.actor.name,
        on.dossier.digest,
        why_not=[visit.told(reason) for reason in on.against_signing],
    )


def statements(visit: Visit, on: OnDesk) -> Sequence[str]:
    """What is signed, in numbers."""
    counts, outcome = on.counts, on.dossier.reconciliation
    total, voids = len(outcome.cells), len(on.dossier.voids)
    settled = len({word.stub_id or -word.id for word in on.dossier.settlements})
    return [
        visit.t("desk_pages.sign.numbers", n=total, valid=total - voids, voids=voids),
        visit.t(
            "desk_pages.sign.doubts",
            n=len(outcome.blocking),
            missing=counts[NumberStatus.MISSING],
            double=counts[NumberStatus.DOUBLE],
            foreign=on.found(FindingCode.FOREIGN, FindingCode.FOREIGN_CODE),
            unreadable=on.found(FindingCode.UNREADABLE),
        ),
        visit.t(
            "desk_pages.sign.sums",
            kwh=on.volume.kwh,
            amount=on.volume.amount_fen,
            capital=capital_amount(on.volume.amount_fen),
        ),
        visit.t("desk_pages.sign.scan", pages=len(on.dossier.pages), settled=settled),
    ]


def _errors(visit: Visit, error: ArchiveError | None) -> dict[str, str]:
    """Errors beside the password and the remark; others stand above everything."""
    if error is None:
        return {}
    at = {"WrongPassword": "password", "ReturnNeedsReasons": "remark"}.get(type(error).__name__)
    return {at: visit.told(error)} if at else {}
