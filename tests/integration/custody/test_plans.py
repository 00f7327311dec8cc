"""What finance says about a plan of invoice use, and that it is kept once."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event

from archive.custody.actions import plans
from archive.custody.plan import PlanState, UsagePlan
from archive.reason import ReasonMissing
from tests.builders import Station


@pytest.fixture
def opinions() -> Iterator[list[str]]:
    """Every opinion that is put on a plan meanwhile."""
    put: list[str] = []

    def note(_plan: UsagePlan, opinion: str, *_: object) -> None:
        put.append(opinion)

    event.listen(UsagePlan.opinion, "set", note)
    yield put
    event.remove(UsagePlan.opinion, "set", note)


@pytest.fixture
def proposed(station: Station) -> UsagePlan:
    return station.custodian.does(
        plans.propose_plan,
        station_id=station.id,
        kind_id=station.kind_id,
        year=2026,
        quarter=4,
        books=2,
    )


def test_the_reason_a_plan_is_returned_for_is_put_on_it_once(
    station: Station, proposed: UsagePlan, opinions: list[str]
):
    station.finance.does(plans.return_plan, proposed.id, opinion=" 依据不足 ")
    assert opinions == ["依据不足"]
    kept = station.sees(UsagePlan, proposed.id)
    assert (kept.state, kept.opinion) == (PlanState.RETURNED, "依据不足")
    assert kept.decided_by_id == station.finance.id


def test_an_approval_keeps_what_was_said_or_nothing(
    station: Station, proposed: UsagePlan, opinions: list[str]
):
    station.finance.does(plans.approve_plan, proposed.id, opinion=" 同意 ")
    assert opinions == ["同意"]
    assert station.sees(UsagePlan, proposed.id).opinion == "同意"


def test_a_plan_returned_without_a_word_stays_as_it_is(station: Station, proposed: UsagePlan):
    with pytest.raises(ReasonMissing):
        station.finance.does(plans.return_plan, proposed.id, opinion="——")
    kept = station.sees(UsagePlan, proposed.id)
    assert (kept.state, kept.decided_by_id, kept.version) == (PlanState.PROPOSED, None, 1)
