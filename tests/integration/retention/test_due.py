"""What is due, as the database is asked, is what the engine works out record by record."""

import random
from datetime import date

import pytest
from sqlalchemy import insert, select

from archive.access import SYSTEM
from archive.customers.customer import Customer
from archive.holdings.actions.plans import adopt_version, draft_next_version, edit_kind
from archive.holdings.code import ArchivalCode
from archive.holdings.content import PlanContent, RecordContent
from archive.holdings.file_plan import ClockStart, RecordKind
from archive.holdings.record import Record
from archive.retention.period import DueState
from archive.retention.queries.due import due_of, due_select
from archive.retention.trigger import ClockEvent, ExtendedPeriod, Reclassification
from tests.builders import Station
from tests.holdings import filed, with_file_plan

RECORDS = 2500
NOW = date(2026, 10, 19)
EVENTS = ("service-end", "account-closed", "contract-end", "settled", "equipment-life")


def some_day(chance: random.Random, first: int = 1970, last: int = 2026) -> date:
    day = date.fromordinal(
        chance.randint(date(first, 1, 1).toordinal(), date(last, 10, 19).toordinal())
    )
    return chance.choice([day, day, date(day.year, 12, 31), date(day.year, 1, 1)])


def generate(station: Station, chance: random.Random) -> None:
    """Thousands of records with every mixture of rules, straight into the tables."""
    sample = filed(station)
    station.archivist.does(draft_next_version, 1)
    with station.system.transaction(SYSTEM) as tx:
        session = tx.session
        at, by = tx.now, station.archivist.id
        kinds = [one for one in session.scalars(select(RecordKind)) if one.archived]
        contents = list(session.scalars(select(PlanContent)))
        by_plan = {plan: [c.id for c in contents if c.plan_id == plan] for plan in (1, 2)}
        old = [one for one in kinds if one.plan_id == 1]
        newer = {one.code: one.id for one in kinds if one.plan_id == 2}
        shape = {c.key: getattr(sample, c.key) for c in Record.__table__.columns if c.key != "id"}
        given = session.scalars(select(ArchivalCode).where(ArchivalCode.text == sample.code)).one()
        code_shape = {
            c.key: getattr(given, c.key) for c in ArchivalCode.__table__.columns if c.key != "id"
        }
        numbers = [f"0418{n:06}" for n in range(300)]
        customers, codes, records, holding, events, longer, moved = [], [], [], [], [], [], []
        for n, number in enumerate(numbers[:250]):
            closed = some_day(chance) if n % 3 else None
            customers.append({
                "station_id": station.id, "number": number, "type": "resident", "name": "某",
                "village": "某村", "house": "", "telephone": "", "opened_on": None,
                "registered_by_id": by, "registered_at": at,
                "state": "closed" if closed else "open", "closed_on": closed,
                "closing_paper": "销户单" if closed else "", "version": 1,
            })  # fmt: skip
        first = sample.id + 1
        for n in range(RECORDS):
            kind, formed = chance.choice(old), some_day(chance)
            code = f"X-{n:05}"
            codes.append({**code_shape, "text": code, "number": n + 2})
            records.append({
                **shape, "id": first + n, "code": code, "kind_id": kind.id, "formed_on": formed,
                "year": formed.year + chance.choice([0, 0, 0, 1]),
                "customer_number": chance.choice([*numbers, "", ""]),
            })  # fmt: skip
            for content in chance.sample(by_plan[1], chance.choice([0, 0, 0, 1, 2])):
                withdrawn = chance.random() < 0.2
                holding.append({
                    "record_id": first + n, "content_id": content, "added_by_id": by,
                    "added_at": at, "withdrawn_by_id": station.head.id if withdrawn else None,
                    "withdrawn_at": at if withdrawn else None, "reason": "错" if withdrawn else "",
                })  # fmt: skip
            events += [
                {"record_id": first + n, "starts": starts, "happened_on": some_day(chance),
                 "document": "单", "entered_by_id": by, "entered_at": at}
                for starts in chance.choices(EVENTS, k=chance.choice([0, 1, 3, 6]))
            ]  # fmt: skip
            longer += [
                {"record_id": first + n, "new_due_on": some_day(chance, 1990, 2026),
                 "appraisal_id": None, "reason": "续存", "set_by_id": by, "set_at": at}
                for _ in range(chance.choice([0, 0, 0, 0, 1, 2]))
            ]  # fmt: skip
            if chance.random() < 0.15:
                moved.append({"record_id": first + n, "from_kind_id": kind.id, "reason": "新版",
                              "to_kind_id": newer[kind.code], "by_id": by, "at": at})  # fmt: skip
        for noun, rows in (
            (Customer, customers), (ArchivalCode, codes), (Record, records),
            (RecordContent, holding), (ClockEvent, events), (ExtendedPeriod, longer),
            (Reclassification, moved),
        ):  # fmt: skip
            session.execute(insert(noun), rows)


@pytest.mark.slow
def test_the_question_to_the_database_gives_what_the_engine_works_out(station: Station):
    with_file_plan(station)
    generate(station, random.Random(20541))
    with station.system.transaction(station.archivist.actor(), writes=False) as tx:
        ids = list(tx.session.scalars(select(Record.id)))
        assert len(ids) > RECORDS
        seen = set()
        days = [date(year, month, day) for year in (1975, 1999, 2025, 2026, 2031, 2060)
                for month, day in ((1, 1), (12, 31), (6, 15))]  # fmt: skip
        for on in days:
            asked = list(tx.session.scalars(due_select(tx, on)))
            worked_out = due_of(tx, ids, on=on)
            expired = {at for at, one in worked_out.items() if one.state == DueState.EXPIRED}
            assert set(asked) == expired, on
            assert len(asked) == len(set(asked))
            seen.add(len(expired))
            for one in worked_out.values():
                assert (one.state == DueState.EXPIRED) == bool(
                    one.eligible_from and one.eligible_from <= on
                )
        assert len(seen) > 6
        states = {one.state for one in due_of(tx, ids).values()}
        assert states == set(DueState)


def test_a_day_decides(station: Station):
    with_file_plan(station)
    record = filed(station, "complaint", formed_on=date(2015, 12, 31))

    def due_on(day: date) -> list[int]:
        return station.archivist.does(lambda tx: list(tx.session.scalars(due_select(tx, day))))

    assert due_on(date(2025, 12, 31)) == []
    assert due_on(date(2026, 1, 1)) == [record.id]
    told = station.archivist.does(due_of, [record.id])[record.id]
    assert (told.state, told.eligible_from) == (DueState.EXPIRED, date(2026, 1, 1))


def test_the_fiscal_year_counts_and_not_the_day_of_the_paper(station: Station):
    """A December bill booked in January belongs to the year it was booked in."""
    with_file_plan(station)
    record = filed(station, "fees-due-list", formed_on=date(2022, 12, 28), year=2023)
    told = station.archivist.does(due_of, [record.id])[record.id]
    assert (told.protected_through, told.eligible_from) == (date(2053, 12, 31), date(2054, 1, 1))


def test_a_shorter_period_in_a_new_version_never_touches_what_is_filed(station: Station):
    from tests.integration.holdings.test_plan_versions import facts, line

    with_file_plan(station)
    record = filed(station, "report-of-wrongdoing", formed_on=date(2000, 5, 1))
    before = station.archivist.does(due_of, [record.id])[record.id]
    plan = station.archivist.does(draft_next_version, 1)
    wrongdoing = line(station, plan, "report-of-wrongdoing")
    station.archivist.does(
        edit_kind, wrongdoing.id, facts(wrongdoing, retention="D10"), reason="缩短"
    )
    station.leader.does(adopt_version, plan.id, reason="修订")
    assert station.archivist.does(due_of, [record.id])[record.id] == before
    assert before.eligible_from == date(2031, 1, 1)
    assert station.archivist.does(
        lambda tx: list(tx.session.scalars(due_select(tx, date(2030, 12, 31))))
    ) == []  # fmt: skip


def test_who_may_not_know_of_a_record_is_not_told_that_it_is_due(station: Station):
    with_file_plan(station)
    record = filed(station, "special-customer-file", formed_on=date(2010, 5, 1))
    with station.system.transaction(SYSTEM) as tx:
        tx.session.add(
            ClockEvent(
                record_id=record.id,
                starts=ClockStart.SERVICE_END,
                happened_on=date(2012, 1, 1),
                document="终止单",
                entered_by_id=station.archivist.id,
                entered_at=tx.now,
            )
        )

    def asked(tx):
        return list(tx.session.scalars(due_select(tx, NOW)))

    assert station.archivist.does(asked) == [record.id]
    assert station.finance.does(asked) == []
