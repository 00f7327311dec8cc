"""The default file plan is adopted once, by those who may, and never changed afterwards."""

import pytest
from sqlalchemy.exc import IntegrityError

from archive.access import NotPermitted
from archive.audit import TrailEntry
from archive.db import TextTooLong, error_for
from archive.holdings.actions.plans import adopt_default_plan
from archive.holdings.file_plan import FilePlan, PlanAlreadyAdopted, PlanSealed, RecordKind
from archive.holdings.fonds import Fonds, FondsCodeTaken, FondsNameMissing, NotAFondsCode
from archive.holdings.queries.plans import NoPlanInForce, PlanSeen, matching, plan_in_force
from tests.builders import Station
from tests.integration.custody.test_racing import at_once, outcomes

NAME = "青石县供电公司"


def adopted(station: Station, code: str = "Z109") -> FilePlan:
    return station.archivist.does(adopt_default_plan, fonds_name=NAME, fonds_code=code)


def seen(station: Station, code: str | None = None) -> PlanSeen:
    return station.archivist.does(plan_in_force, code)


def count(station: Station, kind: type) -> int:
    return station.asks(lambda tx: tx.session.query(kind).count())


def test_adopted_it_is_the_first_version_in_force_with_all_its_kinds(station: Station):
    plan = adopted(station)
    found = seen(station)
    assert (found.fonds.code, found.fonds.name, found.plan.edition) == ("Z109", NAME, 1)
    assert (found.plan.id, found.adopted_by.id) == (plan.id, station.archivist.id)
    assert [kind.number for kind in found.kinds] == list(range(1, 54))
    assert [one.code for one in found.categories] == [
        "KU·PZ",
        "KU·ZB",
        "KU·QT",
        "ZY·YX",
        "WS",
        "KJ",
    ]
    assert found.kinds[18].name_zh == "记账联按月装订册及封面"
    assert (found.kinds[18].category, found.kinds[18].retention) == ("KU·PZ", "D30")


def test_the_adoption_stands_on_the_trail(station: Station):
    plan = adopted(station)
    told = station.asks(
        lambda tx: [
            (entry.event, entry.subject, entry.actor)
            for entry in tx.session.query(TrailEntry).order_by(TrailEntry.seq.desc()).limit(2)
        ]
    )
    assert told == [
        ("file-plan.adopted", f"file-plan:{plan.id}", station.archivist.code),
        ("fonds.registered", f"fonds:{plan.fonds_id}", station.archivist.code),
    ]


def test_a_second_adoption_is_refused(station: Station):
    adopted(station)
    with pytest.raises(PlanAlreadyAdopted):
        station.leader.does(adopt_default_plan, fonds_name=NAME, fonds_code="Z109")
    assert (count(station, FilePlan), count(station, RecordKind)) == (1, 53)


def test_of_many_adopting_at_once_one_does(station: Station):
    actors = [station.archivist.actor(), station.leader.actor()] * 4

    def adopt(actor: object) -> FilePlan:
        with station.system.transaction(actor) as tx:
            return adopt_default_plan(tx, fonds_name=NAME, fonds_code="Z109")

    told = outcomes(at_once(*[lambda actor=actor: adopt(actor) for actor in actors]))
    assert told["FilePlan"] == 1
    assert told[PlanAlreadyAdopted.__name__] + told[FondsCodeTaken.__name__] == 7
    assert (count(station, Fonds), count(station, RecordKind)) == (1, 53)


def test_another_fonds_has_a_plan_of_its_own(station: Station):
    adopted(station)
    adopted(station, "")
    assert seen(station).fonds.code == ""
    assert seen(station, "Z109").fonds.code == "Z109"
    with pytest.raises(NoPlanInForce):
        seen(station, "Z110")


@pytest.mark.parametrize("who", ["custodian", "collector", "head", "finance", "auditor"])
def test_who_may_only_look_is_refused_and_the_attempt_is_on_the_trail(station: Station, who: str):
    with pytest.raises(NotPermitted):
        getattr(station, who).does(adopt_default_plan, fonds_name=NAME)
    refused = station.asks(
        lambda tx: tx.session.query(TrailEntry).order_by(TrailEntry.seq.desc()).first()
    )
    assert refused is not None
    assert (refused.event, "file-plan:adopt" in refused.facts) == ("attempt.refused", True)
    adopted(station)
    assert getattr(station, who).does(plan_in_force).plan.edition == 1


def test_the_administrator_has_no_business_with_the_plan(station: Station):
    with pytest.raises(NotPermitted):
        station.administrator.does(plan_in_force)


@pytest.mark.parametrize(
    ("name", "code", "error"),
    [
        (" ", "Z109", FondsNameMissing),
        (NAME, "z109", NotAFondsCode),
        (NAME, "Z109-1", NotAFondsCode),
        ("青" * 61, "Z109", TextTooLong),
    ],
)
def test_a_fonds_that_cannot_be_leaves_nothing_behind(
    station: Station, name: str, code: str, error: type
):
    with pytest.raises(error):
        station.archivist.does(adopt_default_plan, fonds_name=name, fonds_code=code)
    assert (count(station, Fonds), count(station, FilePlan)) == (0, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record_kind SET retention = 'D10' WHERE number = 19",
        "DELETE FROM record_kind WHERE number = 19",
        "UPDATE plan_category SET code = 'ZZ'",
        "DELETE FROM plan_category",
    ],
)
def test_no_statement_changes_a_plan_that_was_adopted(station: Station, statement: str):
    adopted(station)
    with (
        pytest.raises(IntegrityError) as refused,
        station.system.engine.begin() as connection,
    ):
        connection.exec_driver_sql(statement)
    assert isinstance(error_for(refused.value), PlanSealed)
    assert seen(station).kinds[18].retention == "D30"


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("存根", [17]),
        ("STUB", [17, 21]),
        ("废票 3.4", [20]),
        ("d3 zy·yx 1.5", [1]),
        ("没有的", []),
    ],
)
def test_words_find_the_kinds_that_have_all_of_them(
    station: Station, words: str, numbers: list[int]
):
    adopted(station)
    found = [kind.number for kind in matching(seen(station).kinds, words)]
    assert found == numbers
