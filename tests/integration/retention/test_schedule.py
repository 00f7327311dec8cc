"""Events, contents, newer versions, explicit dates: what moves a date, and what never does."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from archive.access import SYSTEM, NotPermitted, SamePerson
from archive.customers.actions.customers import CustomerFacts, close_account, open_dossier
from archive.db import error_for
from archive.holdings.actions.contents import add_content, withdraw_content
from archive.holdings.actions.plans import adopt_version, draft_next_version, edit_kind
from archive.holdings.content import (
    ContentKept,
    ContentOfAnotherVersion,
    ContentThereAlready,
    PlanContent,
    RecordContent,
)
from archive.holdings.file_plan import ClockStart, PlanSealed
from archive.holdings.queries.plans import contents_of, plan_in_force
from archive.holdings.record import Record
from archive.reason import ReasonMissing
from archive.retention.actions.schedule import (
    NoNewerLine,
    ShorterOnlyByAppraisal,
    enter_event,
    reclassify_record,
)
from archive.retention.extending import extend
from archive.retention.period import Due, DueState
from archive.retention.queries.due import due_of
from archive.retention.queries.foresight import foresight
from archive.retention.trigger import (
    ClockEvent,
    ClockEventKept,
    DossierSaysWhenClosed,
    EventBeforeRecord,
    EventDocumentMissing,
    EventInFuture,
    ExtensionKept,
    ExtensionTooEarly,
    NoClockWaits,
    ReclassificationKept,
)
from tests.builders import Colleague, Station
from tests.company import open_company
from tests.holdings import filed, with_file_plan
from tests.integration.holdings.test_plan_versions import facts, line
from tests.shelving import boxed, ready, with_store


def due(station: Station, record: Record) -> Due:
    return station.archivist.does(due_of, [record.id])[record.id]


def contract(station: Station) -> Record:
    with_file_plan(station)
    return filed(station, "supply-contract", "供用电合同", date(2016, 3, 1))


def entered(who: Colleague, record: Record, day: date, **said: object) -> ClockEvent:
    told = {"document": "终止协议 7 号", "starts": ClockStart.CONTRACT_END} | said
    return who.does(enter_event, record.id, told.pop("starts"), day, **told)


def content(station: Station, code: str, plan_id: int | None = None) -> PlanContent:
    lines = station.archivist.does(
        contents_of, plan_id or station.archivist.does(plan_in_force).plan.id
    )
    return next(one for one in lines if one.code == code)


def next_version(station: Station, code: str, **changes: str) -> None:
    plan = station.archivist.does(draft_next_version, 1)
    kind = line(station, plan, code)
    station.archivist.does(edit_kind, kind.id, facts(kind, **changes), reason="修订")
    station.leader.does(adopt_version, plan.id, reason="修订")


def refused(station: Station, statement: str) -> type[Exception] | None:
    with (
        station.system.engine.connect() as connection,
        pytest.raises(IntegrityError) as found,
    ):
        connection.execute(text(statement))
    return type(error_for(found.value))


def test_an_event_starts_the_clock_and_the_newest_entry_counts(station: Station):
    record = contract(station)
    assert due(station, record).state == DueState.NOT_STARTED
    entered(station.archivist, record, date(2018, 6, 30))
    assert due(station, record).eligible_from == date(2049, 1, 1)
    entered(station.archivist, record, date(2017, 6, 30))
    assert due(station, record).eligible_from == date(2048, 1, 1)


def test_an_impossible_event_is_refused(station: Station):
    record = contract(station)
    with pytest.raises(EventInFuture):
        entered(station.archivist, record, date(2026, 10, 20))
    with pytest.raises(EventBeforeRecord):
        entered(station.archivist, record, date(2016, 2, 29))
    with pytest.raises(EventDocumentMissing):
        entered(station.archivist, record, date(2018, 6, 30), document="  ")
    with pytest.raises(NoClockWaits):
        entered(station.archivist, record, date(2018, 6, 30), starts=ClockStart.SETTLED)
    with pytest.raises(NotPermitted):
        entered(station.head, record, date(2018, 6, 30))
    assert due(station, record).state == DueState.NOT_STARTED


def test_the_dossier_tells_when_an_account_was_closed(station: Station):
    with_file_plan(station)
    known = station.archivist.does(
        open_dossier, station.id, CustomerFacts("0418002317", "王秀兰", "青石村一组")
    )
    record = filed(
        station, "supply-application", formed_on=date(2016, 3, 1), customer_number=known.number
    )
    with pytest.raises(DossierSaysWhenClosed):
        entered(station.archivist, record, date(2018, 6, 30), starts=ClockStart.ACCOUNT_CLOSED)
    assert due(station, record).state == DueState.NOT_STARTED
    station.archivist.does(
        close_account, known.id, closed_on=date(2020, 2, 29), closing_paper="销户单 3 号"
    )
    assert due(station, record).eligible_from == date(2051, 1, 1)
    stranger = filed(station, "supply-application", formed_on=date(2016, 3, 1))
    entered(station.archivist, stranger, date(2018, 6, 30), starts=ClockStart.ACCOUNT_CLOSED)
    assert due(station, stranger).eligible_from == date(2049, 1, 1)


def test_contents_prolong_and_a_mistake_is_taken_back_by_another_person(station: Station):
    with_file_plan(station)
    record = filed(station, formed_on=date(2012, 5, 4))
    voucher, report = content(station, "original-voucher"), content(station, "annual-report")
    station.archivist.does(add_content, record.id, voucher.id)
    assert due(station, record).eligible_from == date(2043, 1, 1)
    station.archivist.does(add_content, record.id, report.id)
    assert due(station, record).state == DueState.NEVER
    with pytest.raises(ContentThereAlready):
        station.archivist.does(add_content, record.id, report.id)
    with pytest.raises(SamePerson):
        station.archivist.does(withdraw_content, record.id, report.id, reason="误登")
    other = open_company(station).archives
    with pytest.raises(ReasonMissing):
        other.does(withdraw_content, record.id, report.id, reason=" — ")
    other.does(withdraw_content, record.id, report.id, reason="误登")
    assert due(station, record).eligible_from == date(2043, 1, 1)
    station.archivist.does(add_content, record.id, report.id)
    assert due(station, record).state == DueState.NEVER


def test_contents_are_of_the_version_the_record_is_kept_by(station: Station):
    with_file_plan(station)
    record = filed(station, formed_on=date(2012, 5, 4))
    next_version(station, "complaint", retention="D30")
    with pytest.raises(ContentOfAnotherVersion):
        station.archivist.does(add_content, record.id, content(station, "journal").id)
    station.archivist.does(reclassify_record, record.id, reason="改依新版")
    station.archivist.does(add_content, record.id, content(station, "journal").id)


def test_a_record_goes_over_to_a_longer_line_and_never_to_a_shorter_one(station: Station):
    with_file_plan(station)
    record = filed(station, formed_on=date(2012, 5, 4))
    with pytest.raises(NoNewerLine):
        station.archivist.does(reclassify_record, record.id, reason="改依新版")
    next_version(station, "complaint", retention="D30")
    assert due(station, record).eligible_from == date(2023, 1, 1)
    with pytest.raises(ReasonMissing):
        station.archivist.does(reclassify_record, record.id, reason=" ")
    station.archivist.does(reclassify_record, record.id, reason="改依新版")
    assert due(station, record).eligible_from == date(2043, 1, 1)
    assert station.sees(Record, record.id).kind_id == record.kind_id
    next_version(station, "complaint", retention="D5")
    with pytest.raises(ShorterOnlyByAppraisal):
        station.archivist.does(reclassify_record, record.id, reason="改依新版")
    assert due(station, record).eligible_from == date(2043, 1, 1)
    with pytest.raises(NotPermitted):
        station.head.does(reclassify_record, record.id, reason="改依新版")


def test_an_appraisal_sets_an_explicit_later_date_and_the_newest_counts(station: Station):
    with_file_plan(station)
    record = filed(station, formed_on=date(2012, 5, 4))

    def until(day: date):
        return station.archivist.does(
            lambda tx: extend(tx, tx.get(Record, record.id), day, reason="续存")
        )

    with pytest.raises(ExtensionTooEarly):
        until(station.today)
    until(date(2040, 6, 15))
    found = due(station, record)
    assert (found.protected_through, found.eligible_from) == (date(2040, 6, 14), date(2040, 6, 15))
    until(date(2030, 1, 1))
    assert due(station, record).eligible_from == date(2030, 1, 1)


@pytest.mark.parametrize("change", ["UPDATE {} SET id = id + 100", "DELETE FROM {}"])
@pytest.mark.parametrize(
    ("table", "error"),
    [
        ("clock_event", ClockEventKept),
        ("extended_period", ExtensionKept),
        ("reclassification", ReclassificationKept),
        ("record_content", ContentKept),
        ("plan_content", PlanSealed),
    ],
)
def test_the_database_keeps_what_was_entered(
    station: Station, table: str, error: type[Exception], change: str
):
    record = contract(station)
    entered(station.archivist, record, date(2018, 6, 30))
    station.archivist.does(add_content, record.id, content(station, "journal").id)
    station.archivist.does(
        lambda tx: extend(tx, tx.get(Record, record.id), date(2060, 1, 1), reason="续存")
    )
    next_version(station, "supply-contract", retention="Y", starts=ClockStart.YEAR_END)
    station.archivist.does(reclassify_record, record.id, reason="改依新版")
    assert refused(station, change.format(table)) is error


def test_the_database_takes_back_contents_only_by_a_second_person(station: Station):
    record = contract(station)
    held = station.archivist.does(add_content, record.id, content(station, "journal").id)
    by = station.archivist.id
    assert refused(
        station,
        "UPDATE record_content SET reason = '误', withdrawn_at = '2026-10-19',"
        f" withdrawn_by_id = {by} WHERE id = {held.id}",
    ) is ContentKept  # fmt: skip
    assert refused(station, f"UPDATE record_content SET content_id = 1 WHERE id = {held.id}") is (
        ContentKept
    )
    assert station.sees(RecordContent, held.id).withdrawn_at is None


def test_foresight_counts_by_year_and_kind_and_which_boxes_come_free(station: Station):
    with_store(station)
    first = ready(station, "甲", formed_on=date(2020, 5, 1))
    alone = boxed(station, first)
    with_more = ready(station, "乙", formed_on=date(2021, 5, 1))
    assert boxed(station, with_more).id != alone.id
    filed(station, "complaint", "丙", date(2010, 1, 1))
    waiting = filed(station, "supply-contract", "丁", date(2016, 3, 1))
    filed(station, "tariff-file", "戊", date(2014, 1, 1))
    ahead = station.archivist.does(foresight)
    assert {year: n for year, n in ahead.years.items() if n} == {2026: 1, 2031: 1, 2032: 1}
    assert (ahead.waiting, ahead.never, ahead.later) == (1, 1, 0)
    assert dict(ahead.boxes) == {2031: 1, 2032: 1}
    assert ahead.millimetres[2031] == alone.thickness_mm
    station.archivist.does(add_content, with_more.id, content(station, "annual-report").id)
    entered(station.archivist, waiting, date(2019, 1, 1))
    ahead = station.archivist.does(foresight)
    assert dict(ahead.boxes) == {2031: 1}
    assert (ahead.waiting, ahead.never, ahead.years[2050]) == (0, 2, 1)


def test_upgraded_plans_take_contents_and_clauses_with_their_next_version(station: Station):
    """A version from before there were contents stays as it was adopted."""
    with_file_plan(station)
    with station.system.transaction(SYSTEM) as tx:
        plan_id = tx.session.execute(text("SELECT id FROM file_plan")).scalar_one()
        if tx.session.get_bind().dialect.name == "sqlite":
            for trigger in ("delete_plan_content", "update_record_kind"):
                tx.session.execute(text(f"DROP TRIGGER sealed_{trigger}"))
        else:
            for table in ("plan_content", "record_kind"):
                tx.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        tx.session.execute(text(f"DELETE FROM plan_content WHERE plan_id = {plan_id}"))
        tx.session.execute(
            text(f"UPDATE record_kind SET legal_basis = '' WHERE plan_id = {plan_id}")
        )
    plan = station.archivist.does(draft_next_version, 1)
    assert len(station.archivist.does(contents_of, plan.id)) == 20
    assert line(station, plan, "bookkeeping-volume").legal_basis.startswith("《会计档案管理办法》")
