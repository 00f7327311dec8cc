"""The next version of the plan: drafted by one, adopted by another, sealed from then on."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from archive.access import NotPermitted, SamePerson
from archive.audit import TrailEntry
from archive.db import error_for
from archive.filing.gathering import kinds_in_force
from archive.holdings.actions.codes import assign_code
from archive.holdings.actions.plans import (
    KindFacts,
    add_kind,
    adopt_default_plan,
    adopt_version,
    discard_draft,
    draft_next_version,
    edit_kind,
    number_fonds,
    remove_kind,
)
from archive.holdings.file_plan import (
    AdoptedByDrafter,
    AdoptionIncomplete,
    Arrangement,
    ClockStart,
    Cycle,
    DraftAlready,
    FilePlan,
    KindSuperseded,
    LineCodeTaken,
    NotYourDraft,
    PersonalData,
    PlanSealed,
    RecordKind,
    RecordKindImpossible,
    RetentionBasis,
    ShorterThanLaw,
)
from archive.holdings.fonds import Fonds, FondsNumbered, NotAFondsCode
from archive.holdings.queries.plans import (
    differences,
    draft_of,
    kinds_known,
    kinds_of,
    plan_in_force,
)
from archive.holdings.record import Record
from archive.reason import ReasonMissing
from archive.workflow import NotPossibleNow
from tests.builders import Station
from tests.holdings import filed, kind_id, with_file_plan

METER = KindFacts(
    "电能表检定记录",
    "Meter tests",
    "6.9",
    "KJ",
    Arrangement.ITEM,
    Cycle.YEAR,
    PersonalData.NONE,
    "D10",
    RetentionBasis.COMPANY,
    legal_basis="公司自定",
)


def drafted(station: Station) -> FilePlan:
    """The default plan in force, and a draft of the archivist's."""
    with_file_plan(station)
    plan = station.archivist.does(plan_in_force)
    return station.archivist.does(draft_next_version, plan.fonds.id)


def line(station: Station, plan: FilePlan, code: str) -> RecordKind:
    kinds = station.archivist.does(kinds_of, plan.id)
    return next(kind for kind in kinds if kind.code == code)


def facts(kind: RecordKind, **changes: object) -> KindFacts:
    said = {name: getattr(kind, name) for name in KindFacts.__dataclass_fields__}
    return KindFacts(**{**said, **changes})


def test_a_draft_says_what_the_version_in_force_says_and_changes_nothing_yet(station: Station):
    plan = drafted(station)
    seen = station.archivist.does(plan_in_force)
    assert (plan.edition, seen.plan.edition) == (2, 1)
    copied = station.archivist.does(kinds_of, plan.id)
    assert len(copied) == 53
    assert differences(seen.kinds, copied) == []
    assert {kind.plan_id for kind in station.archivist.does(kinds_known)} == {seen.plan.id}
    assert {kind.plan_id for kind in station.asks(kinds_in_force).values()} == {seen.plan.id}
    with pytest.raises(DraftAlready):
        station.leader.does(draft_next_version, plan.fonds_id)


def test_another_person_adopts_it_with_a_reason(station: Station):
    plan = drafted(station)
    added = station.archivist.does(add_kind, plan.id, "meter-check", METER)
    assert added.number == 54
    complaint = line(station, plan, "complaint")
    station.archivist.does(
        edit_kind, complaint.id, facts(complaint, name_zh="投诉及处理", retention="D30")
    )
    with pytest.raises(SamePerson):
        station.archivist.does(adopt_version, plan.id, reason="岗位调整")
    with pytest.raises(ReasonMissing):
        station.leader.does(adopt_version, plan.id, reason=" — ")
    assert station.archivist.does(plan_in_force).plan.edition == 1
    station.leader.does(adopt_version, plan.id, reason="增加检定记录")

    seen = station.archivist.does(plan_in_force)
    assert (seen.plan.edition, len(seen.kinds), seen.plan.reason) == (2, 54, "增加检定记录")
    assert seen.adopted_by.id == station.leader.id
    assert kind_id(station, "complaint") == complaint.id
    assert {kind.plan_id for kind in station.asks(kinds_in_force).values()} == {plan.id}
    assert station.archivist.does(plan_in_force, edition=1).plan.edition == 1
    with pytest.raises(NotPossibleNow):
        station.leader.does(adopt_version, plan.id, reason="再来一次")
    told = station.asks(
        lambda tx: [
            entry.event
            for entry in tx.session.query(TrailEntry).order_by(TrailEntry.seq)
            if entry.subject == f"file-plan:{plan.id}" and entry.event != "attempt.refused"
        ]
    )
    assert told == [
        "file-plan.drafted",
        "file-plan.line-added",
        "file-plan.line-changed",
        "file-plan.adopted",
    ]


def test_records_keep_the_kind_they_were_filed_under_and_old_kinds_give_no_more_codes(
    station: Station,
):
    plan = drafted(station)
    before = filed(station)
    complaint = line(station, plan, "complaint")
    station.archivist.does(edit_kind, complaint.id, facts(complaint, category="ZY·YX"))
    station.leader.does(adopt_version, plan.id, reason="调整门类")
    kept = station.sees(Record, before.id)
    assert kept.kind_id == before.kind_id != complaint.id
    assert station.sees(RecordKind, kept.kind_id).category == "WS"
    with pytest.raises(KindSuperseded):
        station.archivist.does(assign_code, kind_id=kept.kind_id, station_id=station.id, year=2026)
    after = filed(station)
    assert after.kind_id == complaint.id
    assert "ZY·YX" in after.code
    assert "WS" in before.code


def test_a_kind_of_a_draft_gives_no_code_and_a_series_goes_on_in_the_next_version(
    station: Station,
):
    plan = drafted(station)
    first = filed(station)
    with pytest.raises(KindSuperseded):
        station.archivist.does(
            assign_code,
            kind_id=line(station, plan, "complaint").id,
            station_id=station.id,
            year=2026,
        )
    station.leader.does(adopt_version, plan.id, reason="照旧")
    second = filed(station)
    assert (first.code[:-1], first.code[-1], second.code[-1]) == (second.code[:-1], "1", "2")


def test_shortening_a_retention_needs_a_reason_and_the_law_is_a_floor(station: Station):
    plan = drafted(station)
    contract = line(station, plan, "supply-contract")
    shorter = facts(contract, retention="D10")
    with pytest.raises(ReasonMissing):
        station.archivist.does(edit_kind, contract.id, shorter)
    assert line(station, plan, "supply-contract").retention == "D30"
    station.archivist.does(edit_kind, contract.id, shorter, reason="公司 2026 年 3 号文")
    bound = line(station, plan, "bookkeeping-volume")
    with pytest.raises(ShorterThanLaw):
        station.archivist.does(
            edit_kind, bound.id, facts(bound, retention="D10"), reason="公司要求"
        )
    station.archivist.does(edit_kind, bound.id, facts(bound, retention="Y"))
    with pytest.raises(ShorterThanLaw):
        station.archivist.does(remove_kind, bound.id, reason="不要了")
    now = station.archivist.does(plan_in_force)
    found = differences(now.kinds, station.archivist.does(kinds_of, plan.id))
    assert {one.after.code: one.shortened for one in found if one.after} == {
        "supply-contract": True,
        "bookkeeping-volume": False,
    }


def test_a_line_is_taken_out_with_a_reason_and_counts_as_shortened(station: Station):
    plan = drafted(station)
    gone = line(station, plan, "complaint")
    with pytest.raises(ReasonMissing):
        station.archivist.does(remove_kind, gone.id, reason="")
    station.archivist.does(remove_kind, gone.id, reason="并入信访")
    now = station.archivist.does(plan_in_force)
    (found,) = differences(now.kinds, station.archivist.does(kinds_of, plan.id))
    assert (found.before.code, found.after, found.shortened) == ("complaint", None, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"category": "XX"},
        {"retention": "99"},
        {"name_zh": " "},
        {"arrangement": Arrangement.NONE},
        {"retention": "Y", "starts": ClockStart.CONTRACT_END},
    ],
)
def test_an_impossible_line_is_not_kept(station: Station, changes: dict[str, object]):
    plan = drafted(station)
    kind = line(station, plan, "complaint")
    with pytest.raises(RecordKindImpossible):
        station.archivist.does(edit_kind, kind.id, facts(kind, **changes), reason="试试")
    assert facts(line(station, plan, "complaint")) == facts(kind)


def test_a_code_stands_once_in_a_version(station: Station):
    plan = drafted(station)
    with pytest.raises(LineCodeTaken):
        station.archivist.does(add_kind, plan.id, "complaint", METER)
    with pytest.raises(RecordKindImpossible):
        station.archivist.does(add_kind, plan.id, "Meter Check", METER)
    with pytest.raises(RecordKindImpossible):
        station.archivist.does(add_kind, plan.id, "meter", replace(METER, retention=""))


def test_only_who_drafts_changes_it_and_anybody_who_may_adopt_gives_it_up(station: Station):
    plan = drafted(station)
    kind = line(station, plan, "complaint")
    for attempt in (
        lambda: station.leader.does(edit_kind, kind.id, facts(kind, clause="9.9")),
        lambda: station.leader.does(add_kind, plan.id, "meter-check", METER),
        lambda: station.leader.does(remove_kind, kind.id, reason="不要"),
    ):
        with pytest.raises(NotYourDraft):
            attempt()
    with pytest.raises(NotPermitted):
        station.clerk.does(adopt_version, plan.id, reason="好")
    station.leader.does(discard_draft, plan.id)
    assert station.archivist.does(draft_of, plan.fonds_id) is None
    again = station.leader.does(draft_next_version, plan.fonds_id)
    assert again.edition == 2
    station.archivist.does(adopt_version, again.id, reason="重新起草")


def test_what_was_adopted_is_neither_edited_nor_given_up(station: Station):
    with_file_plan(station)
    seen = station.archivist.does(plan_in_force)
    kind = seen.kinds[0]
    for attempt in (
        lambda: station.archivist.does(edit_kind, kind.id, facts(kind, clause="9.9")),
        lambda: station.archivist.does(add_kind, seen.plan.id, "meter-check", METER),
        lambda: station.archivist.does(remove_kind, kind.id, reason="不要"),
        lambda: station.archivist.does(discard_draft, seen.plan.id),
    ):
        with pytest.raises(PlanSealed):
            attempt()


LINE = (
    "SELECT {id}, plan_id, 99, 'extra', name_zh, name_en, clause, implied, category, arrangement,"
    " cycle, personal, retention, starts, basis FROM record_kind WHERE id = 19"
)
COLUMNS = (
    "id, plan_id, number, code, name_zh, name_en, clause, implied, category, arrangement, cycle,"
    " personal, retention, starts, basis"
)


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("UPDATE record_kind SET retention = 'D10' WHERE plan_id = {old}", PlanSealed),
        ("DELETE FROM plan_category WHERE plan_id = {old}", PlanSealed),
        (("UPDATE record_kind SET plan_id = {old}, code = 'a', number = 99"
         " WHERE plan_id = {new} AND number = 19"), PlanSealed),
        (f"INSERT INTO record_kind ({COLUMNS}) {LINE.format(id=9999)}", PlanSealed),
        ("UPDATE file_plan SET reason = 'x' WHERE id = {old}", PlanSealed),
        (("UPDATE file_plan SET state = 'draft', adopted_by_id = NULL, in_force_from = NULL"
         " WHERE id = {old}"), PlanSealed),
        ("DELETE FROM file_plan WHERE id = {old}", PlanSealed),
        ("UPDATE file_plan SET state = 'adopted' WHERE id = {new}", AdoptionIncomplete),
        (("UPDATE file_plan SET state = 'adopted', adopted_by_id = drafted_by_id, reason = 'x',"
         " in_force_from = '2026-10-19 00:00:00' WHERE id = {new}"), AdoptedByDrafter),
        (("INSERT INTO file_plan (id, fonds_id, edition, state, reason, version)"
         " SELECT 999, fonds_id, 3, 'draft', '', 1 FROM file_plan WHERE id = {old}"), DraftAlready),
    ],
)  # fmt: skip
def test_the_database_itself_refuses_what_goes_round_the_verbs(
    station: Station, statement: str, error: type
):
    plan = drafted(station)
    old = station.archivist.does(plan_in_force).plan.id
    with (
        pytest.raises(IntegrityError) as refused,
        station.system.engine.begin() as connection,
    ):
        connection.exec_driver_sql(statement.format(old=old, new=plan.id))
    assert isinstance(error_for(refused.value), error)


def test_a_fonds_gets_its_number_later_and_earlier_codes_stay(station: Station):
    station.archivist.does(adopt_default_plan, fonds_name="青石县供电公司")
    before = filed(station)
    fonds = station.archivist.does(plan_in_force).fonds
    assert before.code == f"WS·2026-D10-{station.code}-0001"
    with pytest.raises(NotAFondsCode):
        station.archivist.does(number_fonds, fonds.id, code="ｚ109")
    with pytest.raises(NotAFondsCode):
        station.archivist.does(number_fonds, fonds.id, code="")
    station.archivist.does(number_fonds, fonds.id, code="Z109")
    after = filed(station, formed_on=date(2026, 9, 4))
    assert station.sees(Record, before.id).code == f"WS·2026-D10-{station.code}-0001"
    assert after.code == f"Z109-WS·2026-D10-{station.code}-0002"
    with pytest.raises(FondsNumbered):
        station.archivist.does(number_fonds, fonds.id, code="Z110")
    assert station.sees(Fonds, fonds.id).code == "Z109"
