"""The loan: its steps, its days, and when it is overdue."""

from datetime import date, timedelta

import pytest

from archive.shelving.loan import LOAN_WORKFLOW, DueImpossible, Loan, LoanState, check_due
from archive.workflow import NotPossibleNow

STEPS = {
    ("out", "renew"): "out",
    ("requested", "approve"): "approved",
    ("requested", "decline"): "declined",
    ("requested", "withdraw"): "withdrawn",
    ("approved", "withdraw"): "withdrawn",
    ("approved", "hand-out"): "out",
    ("out", "return"): "returned",
}
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("state", LoanState)
@pytest.mark.parametrize("step", LOAN_WORKFLOW.steps)
def test_a_step_leads_where_the_table_says_and_nowhere_else(state, step):
    if (state, step) in STEPS:
        assert LOAN_WORKFLOW.target(step, state) == STEPS[state, step]
    else:
        with pytest.raises(NotPossibleNow):
            LOAN_WORKFLOW.target(step, state)


def test_a_loan_is_overdue_the_day_after_its_day_while_it_is_out():
    loan = Loan(
        station_id=1,
        record_id=1,
        borrower_id=1,
        purpose="查",
        on_site=False,
        due_on=TODAY,
        requested_at=None,
    )
    assert not loan.overdue(TODAY + timedelta(days=1))
    loan.state = LoanState.OUT
    assert not loan.overdue(TODAY)
    assert loan.overdue(TODAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("days", "on_site", "fine"),
    [(0, False, True), (30, False, True), (31, False, False), (-1, False, False), (0, True, True), (1, True, False)],
)  # fmt: skip
def test_the_day_it_is_due_lies_within_bounds(days, on_site, fine):
    due = TODAY + timedelta(days=days)
    if fine:
        check_due(due, TODAY, on_site=on_site, most=30)
        return
    with pytest.raises(DueImpossible):
        check_due(due, TODAY, on_site=on_site, most=30)
