"""What stops a destruction, up to the last second, and what the database refuses by itself."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from archive.access import SYSTEM
from archive.errors import ArchiveError
from archive.holdings.pair import Pair
from archive.holdings.record import DestroyedWithoutLeave, Record, RecordGone
from archive.retention.actions import backups, signatures, supervision
from archive.retention.actions.holds import Covers, place_hold
from archive.retention.appraisal import Opinion
from archive.retention.batch import (
    Batch,
    BatchItem,
    BatchKept,
    NotDestroyable,
    NothingToDestroy,
    PapersDiffer,
    RegisterChanged,
    StillCooling,
)
from archive.retention.batching import settle_backups
from archive.retention.department import Department
from archive.retention.hold import GoneAlready, HoldKind
from archive.retention.signing import (
    ApproverInvolved,
    ExecutorInvolved,
    NotYourPart,
    Part,
    PartSigned,
    SignedTwice,
    WitnessesMissing,
    WitnessInvolved,
    WrongDepartment,
)
from archive.shelving.actions.loans import approve_loan, hand_out, request_loan
from archive.transaction import Transaction
from tests import destruction as reach
from tests.builders import PASSWORD, Station
from tests.company import open_company
from tests.destruction import Case
from tests.shelving import with_store


@pytest.fixture
def station(station: Station) -> Station:
    return with_store(station)


@pytest.fixture
def case(station: Station) -> Case:
    return reach.proposed(station, records=reach.worthless(station, 2))


def hold(case: Case, record: Record) -> None:
    case.station.finance.does(
        place_hold,
        case.station.id,
        Covers((record.id,)),
        kind=HoldKind.AUDIT,
        reason="内部审计",
        document="审〔2026〕4号",
    )


def run(tx: Transaction, statement: str) -> None:
    tx.session.execute(text(statement))


def by_hand(station: Station, statement: str) -> None:
    """Somebody with a database client, past every verb."""
    with station.system.transaction(SYSTEM) as tx:
        run(tx, statement)


def states(case: Case) -> list[tuple[str, str]]:
    return [(item.state, item.withheld) for item in case.items]


def test_a_hold_placed_between_approval_and_execution_saves_the_record(case: Case):
    reach.counted(case)
    hold(case, case.records[0])
    reach.begin(case)
    reach.burn(case)
    reach.keep_promises(case.station)
    assert sorted(states(case)) == [("destroyed", ""), ("withheld", "held")]
    assert case.station.sees(Pair, case.records[0].id).state == "paired"
    assert case.batch.state == "destroyed"


def test_an_item_on_loan_is_withheld_and_comes_back_to_its_box(case: Case):
    reach.counted(case)
    station = case.station
    loan = station.clerk.does(
        request_loan,
        case.records[1].id,
        purpose="核对",
        due_on=station.today + timedelta(days=3),
    )
    station.head.does(approve_loan, loan.id)
    station.archivist.does(hand_out, loan.id)
    reach.begin(case)
    assert ("withheld", "held") in states(case)


def test_when_everything_is_withheld_nothing_begins(case: Case):
    reach.counted(case)
    for record in case.records:
        hold(case, record)
    with pytest.raises(NothingToDestroy):
        reach.begin(case)
    assert case.batch.state == "counted"


def test_a_record_held_while_the_register_is_drawn_up_cannot_be_frozen_into_it(case: Case):
    hold(case, case.records[0])
    with pytest.raises(NotDestroyable):
        reach.registered(case)


def test_one_person_signs_one_place_and_one_place_is_signed_once(case: Case):
    reach.registered(case)
    reach.sign(case, Part.ARCHIVES_OFFICER)
    with pytest.raises(PartSigned):
        reach.sign(case, Part.ARCHIVES_OFFICER, case.company.other_archives)
    with pytest.raises(NotYourPart):
        reach.sign(case, Part.ACCOUNTING_HEAD, case.company.archives_head)
    with pytest.raises(SignedTwice):
        by_hand(
            case.station,
            "INSERT INTO destruction_signature (batch_id, part, person_id, digest, opinion,"
            " signed_at, void_reason) SELECT batch_id, 'archives-head', person_id, digest, 'x',"
            " signed_at, '' FROM destruction_signature",
        )


def test_the_head_of_the_station_never_approves(case: Case):
    reach.signed(case)
    with pytest.raises(ArchiveError):
        reach.approve(case, case.station.head)
    assert case.batch.state == "signed"


def test_a_register_that_changed_after_signature_is_not_approved(case: Case):
    reach.signed(case)
    seen = case.batch.digest
    case.station.archivist.does(reach.batches.drop_item, case.items[0].id, reason="当事人还要用")
    assert case.batch.state == "draft"
    reach.signed(case)
    with pytest.raises(RegisterChanged):
        case.station.leader.does(
            signatures.approve_batch,
            case.batch_id,
            seen=seen,
            opinion="批准",
            password=PASSWORD,
        )


def test_nobody_changes_a_frozen_register_behind_the_program(case: Case):
    reach.signed(case)
    for statement in (
        "UPDATE destruction_item SET content_digest = 'other'",
        "DELETE FROM destruction_item",
        "DELETE FROM destruction_signature",
        "UPDATE destruction_signature SET opinion = '不同意'",
        "DELETE FROM destruction_batch",
    ):
        with pytest.raises(BatchKept):
            by_hand(case.station, statement)


def test_no_record_goes_without_a_batch_that_all_five_signed(case: Case):
    reach.counted(case)
    for statement in (
        "UPDATE record SET state = 'destroying'",
        "UPDATE record SET state = 'destroyed'",
    ):
        with pytest.raises(DestroyedWithoutLeave):
            by_hand(case.station, statement)


def test_nothing_comes_to_a_record_that_is_going(case: Case):
    reach.begun(case)
    (record, *_) = case.records
    with pytest.raises(RecordGone):
        by_hand(case.station, f"UPDATE record SET state = 'filed' WHERE id = {record.id}")
    with pytest.raises(GoneAlready):
        hold(case, record)
    with pytest.raises(ArchiveError):
        case.station.clerk.does(request_loan, record.id, purpose="看看", due_on=case.station.today)


def test_witnesses_come_from_the_right_departments_and_had_no_hand_in_it(case: Case):
    reach.approved(case)
    name = lambda person, department: case.station.archivist.does(  # noqa: E731 - read thrice
        supervision.name_witness, case.batch_id, person.id, department
    )
    for person, department in (
        (case.station.head, Department.BUSINESS),
        (case.company.information, Department.ARCHIVES),
        (case.station.clerk, Department.ARCHIVES),
    ):
        with pytest.raises(WrongDepartment):
            name(person, department)
    for person, department in (
        (case.company.archives, Department.ARCHIVES),  # signed it
        (case.company.audit, Department.AUDIT),  # appraised it
    ):
        with pytest.raises(WitnessInvolved):
            name(person, department)
    with pytest.raises(WitnessInvolved):
        by_hand(
            case.station,
            "INSERT INTO destruction_witness (batch_id, person_id, department, named_by_id,"
            f" named_at) SELECT id, {case.company.audit.id}, 'audit', proposed_by_id, proposed_at"
            " FROM destruction_batch",
        )


def test_without_the_information_department_no_electronic_record_is_counted_off(case: Case):
    reach.approved(case)
    for person, department in (
        (case.company.other_archives, Department.ARCHIVES),
        (case.station.other_finance, Department.ACCOUNTING),
    ):
        case.station.archivist.does(supervision.name_witness, case.batch_id, person.id, department)
    witness = case.company.other_archives
    for record in case.records:
        witness.does(supervision.count_item, case.batch_id, record.code)
    with pytest.raises(WitnessesMissing):
        witness.does(supervision.finish_count, case.batch_id)


def test_neither_the_leader_nor_a_witness_carries_it_out(case: Case):
    reach.supervised(case)
    for person in (case.station.leader, case.company.other_archives):
        with pytest.raises(ExecutorInvolved):
            case.station.archivist.does(supervision.name_executor, case.batch_id, person.id)


def test_a_leader_who_appraised_does_not_approve(case: Case):
    reach.signed(case)
    with pytest.raises(ApproverInvolved):
        by_hand(
            case.station,
            "INSERT INTO destruction_signature (batch_id, part, person_id, digest, opinion,"
            f" signed_at, void_reason) SELECT id, 'leader', {case.company.audit.id}, digest, 'x',"
            " proposed_at, '' FROM destruction_batch",
        )


def test_the_cooling_off_is_waited_for(case: Case, clock):
    object.__setattr__(case.station.system.settings, "destruction_cooling_days", 30)
    reach.counted(case)
    with pytest.raises(StillCooling):
        reach.begin(case)
    clock.advance(days=30, minutes=1)
    reach.begin(case)
    assert case.batch.state == "destroying"


def test_another_number_of_papers_than_the_register_has_is_not_set_down(case: Case):
    reach.begun(case)
    with pytest.raises(PapersDiffer):
        reach.burn(case, count=1)
    assert case.batch.paper_destroyed_at is None


def test_a_backup_made_before_keeps_the_batch_from_being_clear_until_its_day(case: Case, clock):
    station, keeper = case.station, case.company.information
    keeper.does(
        backups.register_backup,
        label="2026年第42周全备份",
        medium="磁带 07",
        expires_on=date(2026, 10, 30),
    )
    clock.advance(hours=1)
    reach.closed(case)
    assert case.batch.backups_clear_at is None
    clock.advance(days=10)
    with station.system.transaction(SYSTEM) as tx:
        assert settle_backups(tx) == 0
    clock.advance(days=3)
    with station.system.transaction(SYSTEM) as tx:
        assert settle_backups(tx) == 1
    assert station.sees(Batch, case.batch_id).backups_clear_at is not None


def test_a_cancelled_batch_gives_its_records_free(case: Case):
    case.station.archivist.does(reach.batches.cancel_batch, case.batch_id, reason="并入下批")
    again = case.station.archivist.does(reach.batches.propose_batch, case.batch.appraisal_id)
    assert again.name == "销〔2026〕2号"


def test_what_a_later_panel_keeps_does_not_reach_a_batch_of_an_earlier_one(station: Station):
    company = open_company(station)
    kept, gone = reach.worthless(station, 2)
    first = reach.appraised(station, company, [kept, gone])
    reach.appraised(station, company, [kept], Opinion.KEEP)
    batch = station.archivist.does(reach.batches.propose_batch, first.id)
    listed = station.asks(lambda tx: tx.session.query(BatchItem).filter_by(batch_id=batch.id).all())
    assert [item.record_id for item in listed] == [gone.id]
