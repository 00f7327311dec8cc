"""What a panel says of records whose time is over, and who may say it [seed 5.4]."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from archive.access import NotPermitted, Role
from archive.audit import TrailEntry
from archive.db import error_for
from archive.errors import ArchiveError, Refused
from archive.people import actions as people
from archive.people.actions import WrongPassword
from archive.people.person import Appointment
from archive.reason import ReasonMissing
from archive.retention.actions.appraisals import (
    Named,
    add_due,
    add_record,
    convene,
    name_panel,
    propose_appraisal,
    remove_items,
    withdraw_appraisal,
)
from archive.retention.actions.holds import Covers, lift_hold, place_hold
from archive.retention.actions.judging import (
    Judgement,
    conclude,
    dissent,
    judge,
    reopen_appraisal,
    sign_appraisal,
)
from archive.retention.appraisal import (
    APPRAISAL_WORKFLOW,
    Appraisal,
    AppraisalEmpty,
    AppraisalSealed,
    AppraisalState,
    AppraisedElsewhere,
    ChairMissing,
    DepartmentsMissing,
    HeldAsMissing,
    HeldNotDestroyed,
    HoldInTheWay,
    InOpenAppraisal,
    MemberTwice,
    NewDueImpossible,
    NotExpired,
    NotOfDepartment,
    NotOnPanel,
    NotSigned,
    NumberSkipped,
    OnlyChair,
    OnlyProposer,
    Opinion,
    OpinionsMissing,
    OpinionUnfounded,
    ProposerJudges,
    ProtectedYet,
)
from archive.retention.conclusion import AppraisalChanged, MemberSigned
from archive.retention.department import Department
from archive.retention.hold import HoldKind, LiftGround
from archive.retention.paneling import MemberCannotRead
from archive.retention.period import DueState
from archive.retention.queries.appraisals import (
    appraisal_seen,
    items,
    worthless,
)
from archive.retention.queries.due import due_of
from archive.retention.queries.holds import holds_on
from archive.retention.queries.panels import waiting_panels
from archive.transaction import NoSuchThing
from archive.workflow import NotPossibleNow
from tests.builders import Colleague, Station, settle_station
from tests.company import Company, open_company
from tests.holdings import archived, filed, scanned, with_file_plan
from tests.panels import (
    concluded,
    convened,
    due_record,
    judged,
    proposed,
    seats,
    signed,
    signs,
)

FAR = date(2036, 12, 31)


@pytest.fixture
def station(station: Station) -> Station:
    return with_file_plan(station)


@pytest.fixture
def company(station: Station) -> Company:
    return open_company(station)


def state_of(station: Station, appraisal: Appraisal) -> str:
    return station.sees(Appraisal, appraisal.id).state


def found_worthless(station: Station) -> set[int]:
    return station.asks(lambda tx: set(tx.session.scalars(worthless())))


def test_what_is_due_is_proposed_judged_concluded_and_signed_by_all(
    station: Station, company: Company
):
    record = due_record(station)
    appraisal = concluded(station, company, record)
    assert (appraisal.name, len(appraisal.digest)) == (f"鉴〔{station.today.year}〕1号", 64)
    signs(company.archives, appraisal)
    assert state_of(station, appraisal) == "concluded"
    assert found_worthless(station) == set()
    signs(station.head, appraisal)
    assert state_of(station, appraisal) == "signed"
    assert found_worthless(station) == {record.id}


def test_everything_due_at_the_station_comes_in_at_once_and_once(
    station: Station, company: Company
):
    old = {due_record(station).id for _ in range(3)}
    due_record(settle_station(station.system, code="HX", name="河西供电所"))
    archived(station)
    appraisal = station.archivist.does(propose_appraisal, station.id, title="到期档案")
    assert station.archivist.does(add_due, appraisal.id) == 3
    assert station.archivist.does(add_due, appraisal.id) == 0
    assert {line.record.id for line in station.archivist.does(items, appraisal.id)} == old
    second = station.archivist.does(propose_appraisal, station.id, title="第二次")
    assert station.archivist.does(add_due, second.id) == 0
    assert station.archivist.does(remove_items, appraisal.id, old) == 3
    assert station.archivist.does(add_due, second.id) == 3


def test_what_was_found_worthless_is_not_swept_in_again_but_may_be_judged_anew(
    station: Station, company: Company
):
    record = due_record(station)
    signed(station, company, record)
    assert found_worthless(station) == {record.id}
    second = station.archivist.does(propose_appraisal, station.id, title="再次鉴定")
    assert station.archivist.does(add_due, second.id) == 0
    station.archivist.does(add_record, second.id, record.id)
    station.archivist.does(name_panel, second.id, seats(station, company))
    station.archivist.does(convene, second.id)
    judged(company, second, record, opinion=Opinion.KEEP, new_due_on=FAR)
    signed(station, company, appraisal=company.archives.does(conclude, second.id))
    assert found_worthless(station) == set()


def test_numbers_of_a_year_run_without_a_gap_and_a_withdrawn_one_stays_used(station: Station):
    first = station.archivist.does(propose_appraisal, station.id, title="一")
    station.archivist.does(withdraw_appraisal, first.id, reason="重来")
    second = station.archivist.does(propose_appraisal, station.id, title="二")
    assert [first.number, second.number] == [1, 2]


def test_only_what_is_over_can_be_put_in(station: Station, company: Company):
    appraisal = station.archivist.does(propose_appraisal, station.id, title="到期档案")
    neighbour = settle_station(station.system, code="HX", name="河西供电所")
    for record, error in (
        (archived(station), NotExpired),
        (due_record(station, kind="appraisal-report"), NotExpired),
    ):
        with pytest.raises(error):
            station.archivist.does(add_record, appraisal.id, record.id)
    theirs = due_record(neighbour)
    with pytest.raises(NoSuchThing):
        station.archivist.does(add_record, appraisal.id, theirs.id)
    other = company.archives.does(propose_appraisal, station.id, title="公司提出")
    with pytest.raises(AppraisedElsewhere):
        company.archives.does(add_record, other.id, theirs.id)


def test_a_record_lies_before_one_panel_at_a_time(station: Station, company: Company):
    record = due_record(station)
    first = proposed(station, company, record)
    second = station.archivist.does(propose_appraisal, station.id, title="第二次")
    with pytest.raises(InOpenAppraisal):
        station.archivist.does(add_record, second.id, record.id)
    station.archivist.does(withdraw_appraisal, first.id, reason="重来")
    station.archivist.does(add_record, second.id, record.id)


# ── who may judge ───────────────────────────────────────────────────────────────────────────


def test_who_proposes_does_not_judge(station: Station, company: Company):
    record = due_record(station)
    appraisal = company.archives.does(propose_appraisal, station.id, title="公司提出")
    company.archives.does(add_record, appraisal.id, record.id)
    with pytest.raises(ProposerJudges):
        company.archives.does(name_panel, appraisal.id, seats(station, company))


def test_accounting_records_want_the_four_departments_together(station: Station, company: Company):
    record = due_record(station, kind="usage-plan", formed_on=date(1990, 3, 1))
    appraisal = proposed(station, company, record)
    with pytest.raises(DepartmentsMissing) as missing:
        station.archivist.does(convene, appraisal.id)
    assert missing.value.facts["departments"] == ["accounting", "audit", "discipline"]
    four = seats(station, company, accounting=True)
    for left_out in range(4):
        station.archivist.does(
            name_panel, appraisal.id, [one for at, one in enumerate(four) if at != left_out]
        )
        with pytest.raises(DepartmentsMissing):
            station.archivist.does(convene, appraisal.id)
    chaired = [Named(one.person_id, one.department, one.department == "audit") for one in four]
    station.archivist.does(name_panel, appraisal.id, chaired)
    with pytest.raises(ChairMissing):
        station.archivist.does(convene, appraisal.id)
    station.archivist.does(name_panel, appraisal.id, four)
    assert station.archivist.does(convene, appraisal.id).state == AppraisalState.CONVENED


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda named: named[:1], DepartmentsMissing),
        (lambda named: [Named(one.person_id, one.department) for one in named], ChairMissing),
        (lambda _: [], DepartmentsMissing),
    ],
    ids=["a department short", "no chair", "nobody"],
)
def test_a_panel_lacks_nobody_and_has_a_chair(station, company, change: Callable[..., Any], error):
    appraisal = proposed(station, company)
    station.archivist.does(name_panel, appraisal.id, change(seats(station, company)))
    with pytest.raises(error):
        station.archivist.does(convene, appraisal.id)


def test_a_member_speaks_for_a_department_of_theirs(station: Station, company: Company):
    appraisal = proposed(station, company)
    for person, department in (
        (company.audit, Department.ARCHIVES),
        (station.clerk, Department.BUSINESS),
        (company.information, Department.INFORMATION),
        (station.leader, Department.MANAGEMENT),
    ):
        with pytest.raises(NotOfDepartment):
            station.archivist.does(name_panel, appraisal.id, [Named(person.id, department)])
    twice = [Named(company.archives.id, Department.ARCHIVES)] * 2
    with pytest.raises(MemberTwice):
        station.archivist.does(name_panel, appraisal.id, twice)


def test_who_may_not_read_sensitive_records_does_not_judge_them(station: Station, company: Company):
    record = due_record(station, kind="report-of-wrongdoing", formed_on=date(1980, 1, 1))
    appraisal = proposed(station, company, record)
    named = [*seats(station, company), Named(company.audit.id, Department.AUDIT)]
    station.archivist.does(name_panel, appraisal.id, named)
    with pytest.raises(MemberCannotRead):
        station.archivist.does(convene, appraisal.id)


def test_a_member_who_has_left_the_office_cannot_conclude(station: Station, company: Company):
    appraisal = convened(station, company)
    judged(company, appraisal)

    def leave(tx):
        held = tx.session.query(Appointment).filter_by(
            person_id=station.head.id, role=Role.STATION_HEAD
        )
        people.end_appointment(tx, held.one().id)

    station.administrator.does(leave)
    with pytest.raises(NotOfDepartment):
        company.archives.does(conclude, appraisal.id)


def test_only_the_proposer_changes_the_draft(station: Station, company: Company):
    appraisal = proposed(station, company)
    for verb, told in (
        (add_due, {}),
        (remove_items, {"record_ids": [1]}),
        (name_panel, {"named": []}),
        (convene, {}),
    ):
        with pytest.raises(OnlyProposer):
            company.other_archives.does(verb, appraisal.id, **told)
    company.other_archives.does(withdraw_appraisal, appraisal.id, reason="提出人已调离")


def test_an_empty_appraisal_reaches_no_panel(station: Station, company: Company):
    appraisal = station.archivist.does(propose_appraisal, station.id, title="空")
    station.archivist.does(name_panel, appraisal.id, seats(station, company))
    with pytest.raises(AppraisalEmpty):
        station.archivist.does(convene, appraisal.id)


def test_only_the_panel_judges_signs_and_sends_back(station: Station, company: Company):
    appraisal = concluded(station, company)
    worthless = Judgement(Opinion.DESTROY, "无价值")
    for outsider in (company.audit, company.other_archives, station.finance):
        with pytest.raises(NotOnPanel):
            outsider.does(judge, appraisal.id, worthless)
        with pytest.raises(NotOnPanel):
            signs(outsider, appraisal)
        with pytest.raises(NotOnPanel):
            outsider.does(reopen_appraisal, appraisal.id, reason="不同意")
    for nobody in (station.archivist, station.clerk, station.leader, company.information):
        with pytest.raises(NotPermitted):
            signs(nobody, appraisal)
    assert state_of(station, appraisal) == "concluded"


# ── opinions ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"opinion": Opinion.DESTROY, "reason": " "}, ReasonMissing),
        ({"opinion": Opinion.KEEP}, NewDueImpossible),
        ({"opinion": Opinion.KEEP, "new_due_on": date(2020, 1, 1)}, NewDueImpossible),
        ({"opinion": Opinion.TAKE_OUT}, HeldAsMissing),
        ({"opinion": Opinion.TAKE_OUT, "held_as": HoldKind.AUDIT}, HeldAsMissing),
    ],
)
def test_an_opinion_is_whole(station, company, said, error):
    appraisal = convened(station, company)
    with pytest.raises(error):
        judged(company, appraisal, **said)
    with pytest.raises(OpinionsMissing):
        company.archives.does(conclude, appraisal.id)


def test_what_is_kept_gets_its_date_and_what_is_taken_out_is_held_with_the_last_signature(
    station: Station, company: Company
):
    keep, out, gone = (due_record(station) for _ in range(3))
    appraisal = convened(station, company, keep, out, gone)
    judged(company, appraisal, keep, opinion=Opinion.KEEP, new_due_on=FAR)
    judged(company, appraisal, out, opinion=Opinion.TAKE_OUT, held_as=HoldKind.DEBT)
    judged(company, appraisal)
    company.archives.does(conclude, appraisal.id)
    appraisal = station.sees(Appraisal, appraisal.id)
    signs(company.archives, appraisal)
    assert station.asks(due_of, [keep.id])[keep.id].state == DueState.EXPIRED
    assert station.asks(holds_on, [out.id])[out.id] == ()
    signs(station.head, appraisal)
    due = station.asks(due_of, [keep.id])[keep.id]
    assert (due.state, due.eligible_from) == (DueState.RUNNING, FAR)
    assert [one.kind for one in station.asks(holds_on, [out.id])[out.id]] == ["debt"]
    assert found_worthless(station) == {gone.id}


def test_what_is_held_is_judged_but_not_worthless(station: Station, company: Company):
    record = due_record(station)
    appraisal = convened(station, company, record)
    hold = station.finance.does(
        place_hold, station.id, Covers((record.id,)), kind=HoldKind.TAX, reason="税务检查"
    )
    with pytest.raises(HeldNotDestroyed) as refused:
        judged(company, appraisal)
    assert refused.value.facts == {"records": [record.code], "count": 1}
    judged(company, appraisal, opinion=Opinion.KEEP, new_due_on=FAR)
    station.head.does(lift_hold, hold.id, ground=LiftGround.CLOSED, reason="检查完毕")
    judged(company, appraisal, record)


def test_a_pair_out_of_order_is_not_judged_worthless(station: Station, company: Company):
    record = filed(station, kind="monthly-report", formed_on=date(2011, 5, 20))
    scanned(station, record)
    appraisal = convened(station, company, record)
    with pytest.raises(HeldNotDestroyed):
        judged(company, appraisal)


def test_a_hold_placed_before_the_last_signature_stops_it(station: Station, company: Company):
    record = due_record(station)
    appraisal = concluded(station, company, record)
    signs(company.archives, appraisal)
    station.archivist.does(
        place_hold, station.id, Covers((record.id,)), kind=HoldKind.LITIGATION, reason="起诉"
    )
    with pytest.raises(HeldNotDestroyed):
        signs(station.head, appraisal)
    assert state_of(station, appraisal) == "concluded"
    station.head.does(reopen_appraisal, appraisal.id, reason="有诉讼")
    judged(company, appraisal, record, opinion=Opinion.KEEP, new_due_on=FAR)
    again = company.archives.does(conclude, appraisal.id)
    signed(station, company, appraisal=again)


# ── what is signed ──────────────────────────────────────────────────────────────────────────


def test_sending_back_voids_every_signature_and_another_digest_is_signed(
    station: Station, company: Company
):
    appraisal = concluded(station, company)
    signs(company.archives, appraisal)
    station.head.does(reopen_appraisal, appraisal.id, reason="有一件要续存")
    station.head.does(dissent, appraisal.id, "应当续存")
    seen = station.head.does(appraisal_seen, appraisal.id)
    assert [seat.signature for seat in seen.panel] == [None, None]
    again = company.archives.does(conclude, appraisal.id)
    assert again.digest != appraisal.digest
    with pytest.raises(AppraisalChanged):
        signs(station.head, appraisal)
    signed(station, company, appraisal=again)


def test_a_signature_takes_the_password_and_is_given_once(station: Station, company: Company):
    appraisal = concluded(station, company)
    with pytest.raises(WrongPassword):
        station.head.does(
            sign_appraisal, appraisal.id, digest=appraisal.digest, password="no-such-word"
        )
    signs(station.head, appraisal)
    with pytest.raises(MemberSigned):
        signs(station.head, appraisal)


def test_only_the_chair_concludes(station: Station, company: Company):
    appraisal = convened(station, company)
    judged(company, appraisal)
    with pytest.raises(OnlyChair):
        station.head.does(conclude, appraisal.id)


def test_dissent_is_kept_with_who_said_it(station: Station, company: Company):
    record = due_record(station)
    appraisal = convened(station, company, record)
    station.head.does(dissent, appraisal.id, "这件应当续存", record_id=record.id)
    station.head.does(dissent, appraisal.id, "整体同意，另有说明")
    with pytest.raises(ReasonMissing):
        station.head.does(dissent, appraisal.id, "……")
    seen = station.head.does(appraisal_seen, appraisal.id)
    assert [(person.id, code) for _, person, code in seen.dissents] == [
        (station.head.id, record.code),
        (station.head.id, ""),
    ]
    (line,) = station.head.does(items, appraisal.id)
    assert line.dissents == (f"{station.head.name}：这件应当续存",)


def test_a_panel_sees_what_waits_for_each(station: Station, company: Company):
    appraisal = convened(station, company)

    def waits(person: Colleague) -> list[str]:
        return [one.kind.removeprefix("appraisal-") for one in person.does(waiting_panels)]

    assert (waits(company.archives), waits(station.head)) == (["judge"], ["judge"])
    judged(company, appraisal)
    assert (waits(company.archives), waits(station.head)) == (["conclude"], [])
    appraisal = company.archives.does(conclude, appraisal.id)
    signs(company.archives, appraisal)
    assert (waits(company.archives), waits(station.head)) == ([], ["sign"])


def test_what_happened_is_on_the_trail(station: Station, company: Company):
    record = due_record(station)
    appraisal = signed(station, company, record)
    entries = station.asks(
        lambda tx: (
            tx.session.query(TrailEntry)
            .filter(TrailEntry.subject == appraisal.subject)
            .order_by(TrailEntry.seq)
            .all()
        )
    )
    assert [one.event.removeprefix("appraisal.") for one in entries] == [
        "proposed",
        "items-added",
        "panel-named",
        "convened",
        "judged",
        "concluded",
        "member-signed",
        "member-signed",
        "signed",
    ]
    assert {one.told.get("digest") for one in entries[-4:]} == {appraisal.digest}


# ── the table, exhaustively ─────────────────────────────────────────────────────────────────

IN_STATE: dict[str, Callable[[Station, Company], Appraisal]] = {
    "draft": proposed,
    "convened": convened,
    "concluded": concluded,
    "signed": signed,
    "withdrawn": lambda station, company: station.archivist.does(
        withdraw_appraisal, proposed(station, company).id, reason="重来"
    ),
}

STEPS: dict[str, Callable[[Colleague, Appraisal], Any]] = {
    "propose": lambda who, one: who.does(add_due, one.id),
    "convene": lambda who, one: who.does(convene, one.id),
    "judge": lambda who, one: who.does(judge, one.id, Judgement(Opinion.DESTROY, "无继续保存价值")),
    "conclude": lambda who, one: who.does(conclude, one.id),
    "reopen": lambda who, one: who.does(reopen_appraisal, one.id, reason="再议"),
    "sign": signs,
    "withdraw": lambda who, one: who.does(withdraw_appraisal, one.id, reason="不办了"),
}
WHO = {
    "propose": {"archivist"},
    "convene": {"archivist"},
    "judge": {"archives", "head"},
    "conclude": {"archives"},
    "reopen": {"archives", "head"},
    "sign": {"archives", "head"},
    "withdraw": {"archivist", "archives", "other_archives"},
}
EVERYBODY = (
    "archivist",
    "head",
    "clerk",
    "custodian",
    "finance",
    "leader",
    "auditor",
    "administrator",
    "archives",
    "other_archives",
    "archives_head",
    "finance_head",
    "audit",
    "discipline",
    "information",
)


@pytest.mark.parametrize("state", IN_STATE)
def test_every_step_outside_the_table_is_refused_to_everybody(
    station: Station, company: Company, state: str
):
    """Each refusal about a person is on the trail, and nothing moves."""
    appraisal = IN_STATE[state](station, company)
    before = station.asks(lambda tx: tx.session.query(TrailEntry).count())
    refusals = 0
    for step, take in STEPS.items():
        possible = APPRAISAL_WORKFLOW.allows(step, AppraisalState(state))
        for name in EVERYBODY:
            if possible and name in WHO[step]:
                continue
            who = getattr(station, name, None) or getattr(company, name)
            with pytest.raises(ArchiveError) as refused:
                take(who, appraisal)
            expected = NotPossibleNow if name in WHO[step] else (Refused, NotPossibleNow)
            assert isinstance(refused.value, expected), (step, name, refused.value)
            refusals += isinstance(refused.value, Refused)
    assert state_of(station, appraisal) == state
    after = station.asks(lambda tx: tx.session.query(TrailEntry).count())
    assert after - before >= refusals > 60


# ── the database itself ─────────────────────────────────────────────────────────────────────


def refused(station: Station, statement: str) -> ArchiveError | None:
    with station.system.engine.connect() as connection, pytest.raises(IntegrityError) as violation:
        connection.execute(text(statement))
    return error_for(violation.value)


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("UPDATE appraisal SET title = '改'", AppraisalSealed),
        ("DELETE FROM appraisal", AppraisalSealed),
        ("UPDATE appraisal_item SET reason = '改'", AppraisalSealed),
        ("UPDATE appraisal_item SET told = '{}'", AppraisalSealed),
        ("UPDATE appraisal_item SET under_way = under_way", AppraisalSealed),
        ("DELETE FROM appraisal_item", AppraisalSealed),
        (
            "UPDATE appraisal_signature SET void_reason = '改', voided_at = signed_at",
            AppraisalSealed,
        ),
        ("DELETE FROM appraisal_signature", AppraisalSealed),
        ("DELETE FROM appraisal_member", AppraisalSealed),
        ("UPDATE appraisal_member SET chair = chair", AppraisalSealed),
        ("UPDATE appraisal_dissent SET said = '改'", AppraisalSealed),
        ("DELETE FROM appraisal_dissent", AppraisalSealed),
    ],
)
def test_the_database_itself_seals_what_was_signed(station, company, statement, error):
    appraisal = convened(station, company)
    station.head.does(dissent, appraisal.id, "有不同看法")
    judged(company, appraisal)
    signed(station, company, appraisal=company.archives.does(conclude, appraisal.id))
    assert isinstance(refused(station, statement), error)


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("UPDATE appraisal_item SET opinion = 'keep', new_due_on = '2099-01-01'", AppraisalSealed),
        ("UPDATE appraisal_item SET content_seen = NOT content_seen", AppraisalSealed),
        ("UPDATE appraisal_item SET protected_through = '1999-12-31'", AppraisalSealed),
        ("DELETE FROM appraisal_item", AppraisalSealed),
        ("UPDATE appraisal SET digest = 'f' WHERE state = 'concluded'", AppraisalSealed),
        (
            "UPDATE appraisal SET state = 'signed', signed_at = concluded_at",
            NotSigned,
        ),
        ("UPDATE appraisal_signature SET digest = 'f'", AppraisalSealed),
    ],
)
def test_the_database_itself_freezes_what_was_concluded(station, company, statement, error):
    signs(company.archives, concluded(station, company))
    assert isinstance(refused(station, statement), error)


def test_the_database_itself_keeps_proposer_and_panel_apart(station: Station, company: Company):
    appraisal = proposed(station, company)
    join = (
        "INSERT INTO appraisal_member (appraisal_id, person_id, department, chair)"
        f" VALUES ({appraisal.id}, {station.archivist.id}, 'archives', 1 = 0)"
    )
    assert isinstance(refused(station, join), ProposerJudges)


def test_the_database_itself_wants_a_whole_opinion_of_a_member(station: Station, company: Company):
    convened(station, company)
    by = f"judged_by_id = {company.archives.id}, judged_on = added_on"
    for values in ("opinion = 'destroy'", f"opinion = 'keep', reason = '留', {by}"):
        statement = f"UPDATE appraisal_item SET {values}"
        assert isinstance(refused(station, statement), OpinionUnfounded)
    early = f"opinion = 'keep', reason = '留', {by}, new_due_on = added_on"
    assert isinstance(refused(station, f"UPDATE appraisal_item SET {early}"), NewDueImpossible)
    outsider = f"judged_by_id = {company.audit.id}, judged_on = added_on"
    by_outsider = text(f"UPDATE appraisal_item SET opinion = 'destroy', reason = '无', {outsider}")
    with station.system.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(by_outsider)


@pytest.mark.parametrize(
    "covers", [{}, {"customer_number": "0312004567"}, {"kind_code": "monthly-report"}]
)
def test_the_database_itself_judges_nothing_on_hold_worthless(station, company, covers):
    record = due_record(station, customer_number="0312004567")
    convened(station, company, record)
    station.archivist.does(
        place_hold,
        station.id,
        Covers(() if covers else (record.id,), **covers),
        kind=HoldKind.OTHER,
        reason="未了",
    )
    by = f"judged_by_id = {company.archives.id}, judged_on = added_on"
    statement = f"UPDATE appraisal_item SET opinion = 'destroy', reason = '无', {by}"
    assert isinstance(refused(station, statement), HoldInTheWay)


def test_the_database_itself_lets_a_record_lie_before_one_panel(station, company):
    first = proposed(station, company)
    second = station.archivist.does(propose_appraisal, station.id, title="第二次")
    columns = (
        "record_id, added_on, protected_through, opinion, reason, content_seen, held_as, told,"
        " under_way"
    )
    again = (
        f"INSERT INTO appraisal_item (appraisal_id, {columns}) SELECT {second.id}, {columns}"
        f" FROM appraisal_item WHERE appraisal_id = {first.id}"
    )
    assert isinstance(refused(station, again), InOpenAppraisal)
    early = again.replace("added_on, protected_through,", "protected_through, added_on,", 1)
    assert isinstance(refused(station, early), ProtectedYet)


def test_the_database_itself_skips_no_number(station: Station, company: Company):
    proposed(station, company)
    columns = (
        "fonds_id, station_id, year, title, state, proposed_by_id, proposed_at, digest,"
        " closing, version"
    )
    for number in (1, 3):
        skip = (
            f"INSERT INTO appraisal (number, {columns}) SELECT {number}, {columns} FROM appraisal"
        )
        assert isinstance(refused(station, skip), NumberSkipped)


def test_ten_thousand_records_are_proposed_in_one_sweep_of_sets(station: Station, company):
    """Set by set: what the sweep asks of the database does not grow with what it finds."""

    def statements(records: int) -> int:
        for _ in range(records):
            due_record(station)
        appraisal = station.archivist.does(propose_appraisal, station.id, title="到期")
        asked = []
        listen = (station.system.engine, "before_cursor_execute", lambda *_: asked.append(1))
        event.listen(*listen)
        station.archivist.does(add_due, appraisal.id)
        event.remove(*listen)
        return len(asked)

    assert statements(2) == statements(9)


def test_an_appraisal_of_another_station_is_not_known(station: Station, company: Company):
    neighbour = settle_station(station.system, code="HX", name="河西供电所")
    appraisal = proposed(station, company)
    with pytest.raises(NoSuchThing):
        neighbour.archivist.does(appraisal_seen, appraisal.id)
    with pytest.raises(NotPermitted):
        station.clerk.does(appraisal_seen, appraisal.id)
