"""A version of the file plan adopted while papers lie on the filing desk."""

import pytest

from archive.filing.actions.drafts import Said, correct_draft, file_draft
from archive.filing.delivery import Draft, DraftState, KindGone
from archive.filing.queries.kinds import kind_now
from archive.holdings.actions.plans import (
    adopt_version,
    draft_next_version,
    edit_kind,
    remove_kind,
)
from archive.holdings.file_plan import FilePlan, RecordKind
from archive.holdings.queries.plans import plan_in_force
from tests.deliveries import COMPLAINT, delivered, pdf_of, read, read_as
from tests.integration.holdings.test_plan_versions import facts, line


def on_the_desk(station) -> Draft:
    delivery = delivered(station, ("投诉.pdf", pdf_of(COMPLAINT)))
    (draft,) = read(station, delivery, [read_as(COMPLAINT)])
    return draft


def drafted(station) -> FilePlan:
    fonds = station.archivist.does(plan_in_force).fonds
    return station.archivist.does(draft_next_version, fonds.id)


def said(draft: Draft) -> Said:
    return Said(draft.kind_id, draft.title, draft.formed_on)


def test_a_draft_moves_to_the_kind_of_its_code_in_the_version_in_force(station):
    draft = on_the_desk(station)
    plan = drafted(station)
    moved = line(station, plan, "complaint")
    station.archivist.does(edit_kind, moved.id, facts(moved, category="ZY·YX"))
    station.leader.does(adopt_version, plan.id, reason="调整门类")
    assert draft.kind_id != moved.id
    assert station.archivist.does(kind_now, draft.kind_id).id == moved.id
    record = station.archivist.does(file_draft, draft.id, said(draft))
    assert record.kind_id == moved.id == station.sees(Draft, draft.id).kind_id
    assert "ZY·YX" in record.code


def test_a_kind_that_is_gone_is_asked_for_and_nothing_is_filed(station):
    draft = on_the_desk(station)
    plan = drafted(station)
    gone = line(station, plan, "complaint")
    station.archivist.does(remove_kind, gone.id, reason="不再单列")
    station.leader.does(adopt_version, plan.id, reason="并类")
    with pytest.raises(KindGone) as caught:
        station.archivist.does(file_draft, draft.id, said(draft))
    assert caught.value.field == "kind"
    assert station.sees(Draft, draft.id).state == DraftState.OPEN
    kept = station.archivist.does(correct_draft, draft.id, said(draft))
    assert kept.kind_id is None


def test_what_is_kept_for_later_is_kept_under_the_version_in_force(station):
    draft = on_the_desk(station)
    plan = drafted(station)
    station.leader.does(adopt_version, plan.id, reason="换版")
    kept = station.archivist.does(correct_draft, draft.id, said(draft))
    assert station.sees(RecordKind, kept.kind_id).plan_id == plan.id


def test_the_newest_of_many_versions_counts(station):
    draft = on_the_desk(station)
    for n in range(3):
        plan = drafted(station)
        station.leader.does(adopt_version, plan.id, reason=f"第 {n} 次换版")
    record = station.archivist.does(file_draft, draft.id, said(draft))
    assert station.sees(RecordKind, record.kind_id).plan_id == plan.id
