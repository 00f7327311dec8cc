"""Every workflow is a table; what is not in it is refused, from every state."""

from enum import StrEnum
from typing import Any

import pytest

from archive.custody.book import BOOK_WORKFLOW, BookState
from archive.custody.gate import REQUEST_WORKFLOW, RequestState
from archive.custody.plan import PLAN_WORKFLOW, PlanState
from archive.custody.scan import SCAN_WORKFLOW, ScanState
from archive.custody.verification import VERIFICATION_WORKFLOW, VerificationState
from archive.custody.volume import VOLUME_WORKFLOW, VolumeState
from archive.workflow import NotPossibleNow, Workflow

TABLES: dict[str, tuple[Workflow[Any], type[StrEnum], str]] = {
    "plan": (
        PLAN_WORKFLOW,
        PlanState,
        """
        proposed approve approved
        proposed return returned
        returned propose proposed
        """,
    ),
    "book": (
        BOOK_WORKFLOW,
        BookState,
        """
        issued receive in-stock
        in-stock give-out in-use
        in-use give-back in-stock
        in-use use-up used-up
        used-up hand-in stub-handed-in
        stub-handed-in take-back used-up
        stub-handed-in accept accepted
        accepted void-acceptance stub-handed-in
        """,
    ),
    "volume": (
        VOLUME_WORKFLOW,
        VolumeState,
        """
        draft sign signed
        signed seal sealed
        sealed submit submitted
        returned submit submitted
        submitted accept accepted
        submitted return returned
        signed reopen draft
        sealed reopen draft
        submitted reopen draft
        returned reopen draft
        accepted void-acceptance submitted
        """,
    ),
    "scan": (
        SCAN_WORKFLOW,
        ScanState,
        """
        received begin reading
        reading begin reading
        reading finish read
        received fail failed
        reading fail failed
        failed read-again received
        """,
    ),
    "verification": (
        VERIFICATION_WORKFLOW,
        VerificationState,
        """
        open sign signed
        open return returned
        open withdraw withdrawn
        signed void voided
        """,
    ),
    "request": (
        REQUEST_WORKFLOW,
        RequestState,
        """
        granted issue fulfilled
        granted cancel cancelled
        """,
    ),
}
CASES = [
    (subject, state, step)
    for subject, (workflow, states, _) in TABLES.items()
    for state in states
    for step in workflow.steps
]


def lawful(table: str) -> dict[tuple[str, str], str]:
    rows = [line.split() for line in table.strip().splitlines()]
    return {(state, step): target for state, step, target in rows}


class Thing:
    def __init__(self, state: str) -> None:
        self.state = state
        self.id = 7


@pytest.mark.parametrize(("subject", "state", "step"), CASES)
def test_a_step_leads_where_the_table_says_or_is_refused(subject: str, state: Any, step: str):
    workflow, _, table = TABLES[subject]
    target = lawful(table).get((str(state), step))
    thing = Thing(state)
    if target is not None:
        workflow.take(step, thing)
        assert thing.state == target
        return
    with pytest.raises(NotPossibleNow) as refused:
        workflow.take(step, thing)
    assert thing.state == state
    assert refused.value.facts == {
        "subject": subject,
        "thing": f"{subject}:7",
        "step": step,
        "state": str(state),
    }


@pytest.mark.parametrize("subject", TABLES)
def test_a_button_is_shown_exactly_where_its_step_is_lawful(subject: str):
    workflow, states, table = TABLES[subject]
    shown = {
        (str(state), step)
        for state in states
        for step in workflow.steps
        if workflow.allows(step, state)
    }
    assert shown == set(lawful(table))


@pytest.mark.parametrize("subject", TABLES)
def test_no_state_is_out_of_reach(subject: str):
    workflow, states, _ = TABLES[subject]
    targets = {str(step.target) for step in workflow.steps.values()}
    beginning = {str(next(iter(states)))}
    assert {str(state) for state in states} == targets | beginning
