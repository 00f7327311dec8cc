"""Reaches the states of holds and appraisals through the real verbs.

old = due_record(station)                        # a complaint whose ten years are over
appraisal = proposed(station, old)               # a draft with it, the panel named
convened(station, company, appraisal); judged(...); concluded(...); signed(...)
"""

from collections.abc import Sequence
from datetime import date

from archive.holdings.record import Record
from archive.retention.actions.appraisals import (
    Named,
    add_record,
    convene,
    name_panel,
    propose_appraisal,
)
from archive.retention.actions.judging import Judgement, conclude, judge, sign_appraisal
from archive.retention.appraisal import Appraisal, Opinion
from archive.retention.department import Department
from tests.builders import PASSWORD, Colleague, Station
from tests.company import Company
from tests.holdings import archived

LONG_AGO = date(2011, 5, 20)


def due_record(station: Station, kind: str = "monthly-report", **said: object) -> Record:
    """A record of 2011, archived, whose ten years are over."""
    facts = {"title": "2011 年 5 月月报", "formed_on": LONG_AGO} | said
    return archived(station, kind=kind, **facts)


def panel(station: Station, company: Company, *, accounting: bool = False) -> list[Colleague]:
    """Whoever has to judge, the chair first."""
    if accounting:
        return [company.archives, station.finance, company.audit, company.discipline]
    return [company.archives, station.head]


def seats(station: Station, company: Company, *, accounting: bool = False) -> list[Named]:
    """The same as they are named."""
    people = panel(station, company, accounting=accounting)
    departments = [
        Department.ARCHIVES,
        *(
            [Department.ACCOUNTING, Department.AUDIT, Department.DISCIPLINE]
            if accounting
            else [Department.BUSINESS]
        ),
    ]
    return [
        Named(person.id, department, chair=at == 0)
        for at, (person, department) in enumerate(zip(people, departments, strict=True))
    ]


def proposed(
    station: Station, company: Company, *records: Record, accounting: bool = False
) -> Appraisal:
    """A draft of the archivist's with these records (one made for it), its panel named."""
    appraisal = station.archivist.does(propose_appraisal, station.id, title="2011 年度到期档案鉴定")
    for record in records or (due_record(station),):
        station.archivist.does(add_record, appraisal.id, record.id)
    station.archivist.does(name_panel, appraisal.id, seats(station, company, accounting=accounting))
    return station.sees(Appraisal, appraisal.id)


def convened(station: Station, company: Company, *records: Record, **how: bool) -> Appraisal:
    """Before its panel."""
    return station.archivist.does(convene, proposed(station, company, *records, **how).id)


def judged(
    company: Company,
    appraisal: Appraisal,
    *records: Record,
    opinion: Opinion = Opinion.DESTROY,
    **said: object,
) -> int:
    """An opinion of the archives on these records, or on all without one."""
    facts = {"reason": "保管期满，无继续保存价值", "content_seen": True} | said
    return company.archives.does(
        judge,
        appraisal.id,
        Judgement(opinion, **facts),
        record_ids=[record.id for record in records] or None,
    )


def concluded(station: Station, company: Company, *records: Record, **how: bool) -> Appraisal:
    """Everything judged worthless, waiting for its signatures."""
    appraisal = convened(station, company, *records, **how)
    judged(company, appraisal)
    return company.archives.does(conclude, appraisal.id)


def signs(person: Colleague, appraisal: Appraisal) -> Appraisal:
    return person.does(sign_appraisal, appraisal.id, digest=appraisal.digest, password=PASSWORD)


def signed(
    station: Station,
    company: Company,
    *records: Record,
    accounting: bool = False,
    appraisal: Appraisal | None = None,
    people: Sequence[Colleague] = (),
) -> Appraisal:
    """Signed by everybody on its panel."""
    appraisal = appraisal or concluded(station, company, *records, accounting=accounting)
    for person in people or panel(station, company, accounting=accounting):
        signs(person, appraisal)
    return station.sees(Appraisal, appraisal.id)
