"""How codes are written is chosen with the next version of the plan, and reaches only new series."""

import json
from datetime import date

import pytest

from archive.access import NotPermitted
from archive.audit import TrailEntry
from archive.holdings.actions.code_styles import set_code_style
from archive.holdings.actions.plans import adopt_version, draft_next_version
from archive.holdings.code_style import CodeStyleImpossible, CodeStylesAlike
from archive.holdings.file_plan import FilePlan, NotYourDraft, PlanSealed
from archive.holdings.fonds import Fonds
from archive.holdings.queries.plans import categories_of
from archive.holdings.record import Record
from tests.builders import Station
from tests.holdings import filed, with_file_plan

ITEM = "{fonds}-{category}-{year}-{unit}-{retention}-{number:5}"
VOLUME = "{fonds}-{category}·{year}·{retention}·{unit}-{number:3}"


def drafted(station: Station) -> tuple[FilePlan, dict[str, int]]:
    fonds = station.asks(lambda tx: tx.session.query(Fonds.id).scalar())
    plan = station.archivist.does(draft_next_version, fonds)
    found = station.archivist.does(categories_of, plan.id)
    return plan, {one.code: one.id for one in found}


def test_a_chosen_form_is_that_of_new_series_and_of_no_code_given_before(station: Station):
    with_file_plan(station)
    before = filed(station, formed_on=date(2025, 9, 3))
    plan, categories = drafted(station)
    station.archivist.does(set_code_style, categories["WS"], item=ITEM, volume=VOLUME)
    waiting = filed(station, formed_on=date(2024, 9, 3))
    station.leader.does(adopt_version, plan.id, reason="公司档案规则")

    begun = filed(station, formed_on=date(2025, 10, 3))
    fresh = filed(station, formed_on=date(2026, 9, 3))
    other = filed(station, "bank-pay-in-slip", formed_on=date(2026, 8, 31))
    assert before.code == "Z109-WS·2025-D10-QS-0001"
    assert waiting.code == "Z109-WS·2024-D10-QS-0001"
    assert begun.code == "Z109-WS·2025-D10-QS-0002"
    assert fresh.code == "Z109-WS-2026-QS-D10-00001"
    assert other.code == "Z109-KU·PZ·2026·D30·QS-001"
    assert station.sees(Record, before.id).code == before.code
    told = station.asks(
        lambda tx: tx.session.query(TrailEntry).filter_by(event="file-plan.code-style-set").one()
    )
    assert json.loads(told.facts)["category"] == "WS"


def test_the_next_version_goes_on_with_the_form_of_the_one_before(station: Station):
    with_file_plan(station)
    plan, categories = drafted(station)
    station.archivist.does(set_code_style, categories["WS"], item=ITEM, volume=VOLUME)
    station.leader.does(adopt_version, plan.id, reason="公司档案规则")
    after, _ = drafted(station)
    (kept,) = (one for one in station.archivist.does(categories_of, after.id) if one.code == "WS")
    assert (kept.item_template, kept.volume_template) == (ITEM, VOLUME)


def test_forms_that_could_give_one_code_twice_are_refused(station: Station):
    with_file_plan(station)
    _, categories = drafted(station)
    usual_by_volume = VOLUME
    with pytest.raises(CodeStylesAlike) as alike:
        station.archivist.does(set_code_style, categories["WS"], item=usual_by_volume, volume=ITEM)
    assert alike.value.field == "item"
    with pytest.raises(CodeStylesAlike):
        station.archivist.does(set_code_style, categories["WS"], item=ITEM, volume=ITEM)
    with pytest.raises(CodeStyleImpossible) as impossible:
        station.archivist.does(set_code_style, categories["WS"], item=ITEM, volume="{number:3}")
    assert impossible.value.field == "volume"


def test_only_who_drafts_chooses_and_only_in_a_draft(station: Station):
    with_file_plan(station)
    first = station.asks(lambda tx: tx.session.query(FilePlan.id).scalar())
    (sealed, *_) = station.archivist.does(categories_of, first)
    with pytest.raises(PlanSealed):
        station.archivist.does(set_code_style, sealed.id, item=ITEM, volume=VOLUME)
    _, categories = drafted(station)
    for who, refusal in ((station.leader, NotYourDraft), (station.clerk, NotPermitted)):
        with pytest.raises(refusal):
            who.does(set_code_style, categories["WS"], item=ITEM, volume=VOLUME)
