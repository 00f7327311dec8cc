"""The table of a batch, exhaustively: whatever it does not allow is refused, and on the trail."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from archive.audit import TrailEntry
from archive.errors import ArchiveError
from archive.retention.actions import batches, execution, signatures, supervision
from archive.retention.batch import Batch, BatchState, Withheld
from archive.retention.department import Department
from archive.retention.signing import Part
from tests import destruction as reach
from tests.builders import PASSWORD, Colleague, Station
from tests.destruction import Case
from tests.shelving import with_store


def cancelled(case: Case) -> Case:
    case.station.archivist.does(batches.cancel_batch, case.batch_id, reason="另行编制")
    return case


STATES: dict[BatchState, Callable[[Case], Case]] = {
    BatchState.DRAFT: lambda case: case,
    BatchState.REGISTERED: reach.registered,
    BatchState.SIGNED: reach.signed,
    BatchState.APPROVED: reach.supervised,
    BatchState.COUNTED: reach.counted,
    BatchState.DESTROYING: reach.begun,
    BatchState.DESTROYED: reach.destroyed,
    BatchState.CLOSED: reach.closed,
    BatchState.CANCELLED: cancelled,
}


@dataclass(frozen=True)
class Act:
    """Something that can be tried on a batch, and who may and when."""

    name: str
    verb: Callable[..., Any]
    words: Callable[[Case], dict[str, Any]]
    by: frozenset[str]
    states: frozenset[BatchState]
    of_item: bool = False

    def tried(self, case: Case, who: Colleague) -> None:
        thing = case.items[0].id if self.of_item else case.batch_id
        who.does(self.verb, thing, **self.words(case))


S = BatchState
EVERY_SIGNER = {"archives", "archives_head", "finance", "other_finance", "finance_head"}
PROPOSERS = frozenset({"archivist", "archives", "other_archives"})
WITNESSES = frozenset({"other_archives", "other_finance", "information"})


def sign_as(part: Part, by: set[str]) -> Act:
    return Act(
        f"sign as {part}",
        signatures.sign_register,
        lambda case: {
            "part": part,
            "seen": case.batch.digest,
            "opinion": "同意",
            "password": PASSWORD,
        },
        frozenset(by),
        frozenset({S.REGISTERED}),
    )


ACTS = (
    Act(
        "drop",
        batches.drop_item,
        lambda _: {"reason": "误列"},
        PROPOSERS,
        frozenset({S.DRAFT, S.REGISTERED, S.SIGNED, S.APPROVED, S.COUNTED}),
        of_item=True,
    ),
    Act("freeze", batches.freeze_register, lambda _: {}, PROPOSERS, frozenset({S.DRAFT})),
    Act(
        "reopen",
        batches.reopen_register,
        lambda _: {"reason": "退回"},
        PROPOSERS | EVERY_SIGNER | {"leader"},
        frozenset({S.REGISTERED, S.SIGNED, S.APPROVED, S.COUNTED}),
    ),
    Act(
        "cancel",
        batches.cancel_batch,
        lambda _: {"reason": "撤销"},
        PROPOSERS,
        frozenset({S.DRAFT, S.REGISTERED, S.SIGNED, S.APPROVED, S.COUNTED}),
    ),
    sign_as(Part.ARCHIVES_OFFICER, {"archives", "other_archives"}),
    sign_as(Part.ARCHIVES_HEAD, {"archives_head"}),
    sign_as(Part.ACCOUNTING_OFFICER, {"finance", "other_finance"}),
    sign_as(Part.ACCOUNTING_HEAD, {"finance_head"}),
    Act(
        "approve",
        signatures.approve_batch,
        lambda case: {"seen": case.batch.digest, "opinion": "批准", "password": PASSWORD},
        frozenset({"leader"}),
        frozenset({S.SIGNED}),
    ),
    Act(
        "name witness",
        supervision.name_witness,
        lambda case: {
            "person_id": case.station.other_finance.id,
            "department": Department.ACCOUNTING,
        },
        frozenset(),  # all are named where the batch is approved
        frozenset(),
    ),
    Act(
        "name executor",
        supervision.name_executor,
        lambda case: {"person_id": case.station.archivist.id},
        PROPOSERS,
        frozenset({S.APPROVED}),
    ),
    Act(
        "count",
        supervision.count_item,
        lambda case: {"said": case.records[0].code},
        WITNESSES,
        frozenset({S.APPROVED}),
    ),
    Act("finish count", supervision.finish_count, lambda _: {}, frozenset(), frozenset()),
    Act(
        "withhold",
        supervision.withhold_item,
        lambda _: {"why": Withheld.TAKEN_OUT, "note": "再看看"},
        WITNESSES | {"archivist"},
        frozenset({S.APPROVED, S.COUNTED}),
        of_item=True,
    ),
    Act(
        "begin",
        execution.begin_destruction,
        lambda _: {"place": "销毁室", "method": "碎纸", "password": PASSWORD},
        frozenset({"archivist"}),
        frozenset({S.COUNTED}),
    ),
    Act(
        "confirm papers",
        execution.confirm_papers_destroyed,
        lambda _: {"count": 1, "password": PASSWORD},
        frozenset({"archivist"}),
        frozenset({S.DESTROYING}),
    ),
    Act(
        "go on",
        execution.go_on_destroying,
        lambda _: {},
        frozenset({"archivist", "archives", "other_archives"}),
        frozenset({S.DESTROYING}),
    ),
    Act(
        "witness",
        supervision.sign_as_witness,
        lambda _: {"opinion": "全程监销", "password": PASSWORD},
        WITNESSES,
        frozenset({S.DESTROYED}),
    ),
    Act("close", execution.close_batch, lambda _: {}, frozenset(), frozenset()),
)


def everybody(case: Case) -> dict[str, Colleague]:
    station, company = case.station, case.company
    folk = {
        name: getattr(station, name)
        for name in (
            "custodian",
            "collector",
            "head",
            "archivist",
            "clerk",
            "finance",
            "other_finance",
            "leader",
            "auditor",
            "administrator",
        )
    }
    return folk | {
        name: getattr(company, name)
        for name in (
            "archives",
            "other_archives",
            "archives_head",
            "finance_head",
            "audit",
            "discipline",
            "information",
        )
    }


def refusals(station: Station) -> int:
    return station.asks(
        lambda tx: tx.session.query(TrailEntry).filter_by(event="attempt.refused").count()
    )


ON_ONE_FAMILY = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""The table is the noun's; what the database refuses by itself is tried on both elsewhere."""


@pytest.mark.slow
@ON_ONE_FAMILY
@pytest.mark.parametrize("state", STATES)
def test_what_the_table_does_not_allow_is_refused_and_stands_on_the_trail(
    station: Station, state: BatchState
):
    with_store(station)
    case = STATES[state](reach.proposed(station, records=reach.worthless(station, 1)))
    assert case.batch.state == state
    tried = 0
    for name, who in everybody(case).items():
        for act in ACTS:
            if name in act.by and state in act.states:
                continue
            before = refusals(station)
            with pytest.raises(ArchiveError):
                act.tried(case, who)
            assert refusals(station) == before + 1, (act.name, name)
            tried += 1
    assert tried > 250
    assert station.sees(Batch, case.batch_id).state == state


@ON_ONE_FAMILY
@pytest.mark.parametrize("name", ["drop", "reopen", "cancel", "withhold", "go on"])
def test_the_steps_aside_go_where_the_table_allows_them(station: Station, name: str):
    act = next(act for act in ACTS if act.name == name)
    with_store(station)
    state = min(act.states)
    case = STATES[state](reach.proposed(station, records=reach.worthless(station, 1)))
    act.tried(case, everybody(case)[max(act.by)])
