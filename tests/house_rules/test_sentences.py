"""Everything a person can be told has its sentence, in Chinese and in English."""

import ast
import re
from collections import defaultdict
from enum import StrEnum
from functools import cache

import pytest

from archive.access import Permission, Role
from archive.custody.book import BOOK_WORKFLOW, BookState, HandoverState
from archive.custody.gate import LINE, REQUEST_WORKFLOW, ClearanceKind, ReasonCode, RequestState
from archive.custody.plan import PLAN_WORKFLOW, PlanState
from archive.custody.reconciliation import FindingCode, NumberStatus
from archive.custody.scan import SCAN_WORKFLOW, ScanState
from archive.custody.verification import VERIFICATION_WORKFLOW, CheckItem, VerificationState
from archive.custody.volume import VOLUME_WORKFLOW, VolumeState
from archive.customers.customer import CUSTOMER_WORKFLOW, CustomerState, CustomerType
from archive.customers.special import SPECIAL_WORKFLOW, SpecialCategory, SpecialState
from archive.db import _REFUSALS
from archive.filing.delivery import (
    DELIVERY_WORKFLOW,
    DRAFT_WORKFLOW,
    DeliveryState,
    DraftState,
    PageKind,
    SetAside,
)
from archive.holdings.file_plan import (
    Arrangement,
    ClockStart,
    Cycle,
    PersonalData,
)
from archive.holdings.pair import EVENTS as PAIR_EVENTS
from archive.holdings.pair import Comparison, Electronic, PairState, Paper
from archive.holdings.record import RECORD_WORKFLOW, Origin, RecordState
from archive.importing.fields import ProblemCode
from archive.importing.run import RUN_WORKFLOW, Outcome, RunState, Target
from archive.messages import LANGUAGES, Language, fields, sentences
from archive.retention.appraisal import APPRAISAL_WORKFLOW, AppraisalState, Opinion
from archive.retention.hold import HoldKind, HoldScope, LiftGround
from archive.retention.period import DueState
from archive.shelving.difference import Result
from archive.shelving.loan import LOAN_WORKFLOW, LoanState
from archive.shelving.movement import MovementKind, OutFor
from archive.shelving.stocktake import STOCKTAKE_WORKFLOW, StocktakeState
from tests.house_rules.code import errors, modules

CODES: dict[str, type[StrEnum]] = {
    "gate": ReasonCode,
    "finding": FindingCode,
    "number-status": NumberStatus,
    "check": CheckItem,
    "role": Role,
    "permission": Permission,
    "clearance": ClearanceKind,
    "state-plan": PlanState,
    "state-book": BookState,
    "state-handover": HandoverState,
    "state-volume": VolumeState,
    "state-scan": ScanState,
    "state-verification": VerificationState,
    "state-request": RequestState,
    "arrangement": Arrangement,
    "cycle": Cycle,
    "personal-data": PersonalData,
    "clock-start": ClockStart,
    "state-record": RecordState,
    "state-pair": PairState,
    "due-state": DueState,
    "state-customer": CustomerState,
    "customer-type": CustomerType,
    "state-special": SpecialState,
    "state-import": RunState,
    "import-outcome": Outcome,
    "import-target": Target,
    "import-problem": ProblemCode,
    "special-category": SpecialCategory,
    "paper": Paper,
    "electronic": Electronic,
    "comparison": Comparison,
    "origin": Origin,
    "state-stocktake": StocktakeState,
    "state-loan": LoanState,
    "stock-result": Result,
    "movement": MovementKind,
    "out-for": OutFor,
    "state-delivery": DeliveryState,
    "state-draft": DraftState,
    "page-kind": PageKind,
    "set-aside": SetAside,
    "state-appraisal": AppraisalState,
    "opinion": Opinion,
    "hold-kind": HoldKind,
    "hold-scope": HoldScope,
    "lift-ground": LiftGround,
    "not-possible.pair": StrEnum("PairEvent", {event: event for event in PAIR_EVENTS}),
}
WORKFLOWS = (
    PLAN_WORKFLOW,
    BOOK_WORKFLOW,
    VOLUME_WORKFLOW,
    SCAN_WORKFLOW,
    VERIFICATION_WORKFLOW,
    REQUEST_WORKFLOW,
    RECORD_WORKFLOW,
    STOCKTAKE_WORKFLOW,
    LOAN_WORKFLOW,
    CUSTOMER_WORKFLOW,
    SPECIAL_WORKFLOW,
    RUN_WORKFLOW,
    DELIVERY_WORKFLOW,
    DRAFT_WORKFLOW,
    APPRAISAL_WORKFLOW,
)


Made = tuple[str, set[str] | None]
"""Where an error is made, and the names of its facts (None: they cannot be told from the code)."""

ADDED_LATER = {"BadScan": {"name"}, "PageTooFull": {"page"}}
"""Facts that are put in on the way up."""


@cache
def made() -> dict[str, list[Made]]:
    """Every place where something is called or raised, by its name."""
    found: dict[str, list[Made]] = defaultdict(list)
    for module in modules():
        for called, call in module.calls():
            open_ended = any(word.arg is None for word in call.keywords) or call.args
            facts = {word.arg for word in call.keywords if word.arg} - {"field"}
            found[called.split(".")[-1]].append((module.at(call), None if open_ended else facts))
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name):
                found[node.exc.id].append((module.at(node), set()))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_is_told_with_facts_it_has(language: Language):
    wrong = []
    for error in errors():
        text = sentences(language).get(f"error.{error.name}")
        if not text:
            wrong.append(f"{error.place} has no sentence")
            continue
        later = [facts for kind, facts in ADDED_LATER.items() if kind in {error.name, *error.kinds}]
        needed = fields(text).difference(*later)
        wrong += [
            f"{place}: {error.name} is told without {set(needed - facts)}"
            for place, facts in made()[error.name]
            if facts is not None and not needed <= facts
        ]
    assert wrong == []
    assert len(errors()) > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_database_refuses_needs_no_facts(language: Language):
    """A violated constraint brings none along."""
    told = {error: sentences(language)[f"error.{error.__name__}"] for error in _REFUSALS.values()}
    assert {error.__name__ for error, text in told.items() if fields(text)} == set()
    assert len(told) > 8


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", CODES)
def test_every_code_is_told(table: str, language: Language):
    known = sentences(language)
    assert [code for code in CODES[table] if not known.get(f"{table}.{code}")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_the_gate_is_told(language: Language):
    assert all(sentences(language).get(f"gate-line.{line}") for line in set(LINE.values()))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.subject)
def test_every_step_that_is_not_possible_says_why(workflow, language: Language):
    assert sentences(language).get(f"subject.{workflow.subject}")
    for step in workflow.steps:
        assert sentences(language).get(f"not-possible.{workflow.subject}.{step}"), step


@cache
def events() -> frozenset[str]:
    """Names of everything that is put on the trail."""
    found = {"attempt.refused"}
    for module in modules():
        for called, call in module.calls():
            if called.endswith(".record") and call.args and isinstance(call.args[0], ast.Constant):
                found.add(str(call.args[0].value))
    return frozenset(found | {f"pair.{event}" for event in PAIR_EVENTS})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_of_the_trail_has_its_name(language: Language):
    assert len(events()) > 30
    assert {event for event in events() if not sentences(language).get(f"trail.{event}")} == set()


@cache
def duties() -> frozenset[str]:
    """Steps two people are needed for, and the earlier steps they clash with."""
    found: set[str] = set()
    for module in modules("archive"):
        for called, call in module.calls():
            if called == "forbid_same_person":
                found |= {word.arg for word in call.keywords if word.arg}
                step = call.args[1]
                if isinstance(step, ast.Constant):
                    found.add(str(step.value))
    return frozenset(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_duty_kept_apart_is_told(language: Language):
    assert len(duties()) > 10
    assert {duty for duty in duties() if not sentences(language).get(f"duty.{duty}")} == set()


def test_both_languages_tell_the_same_things_with_the_same_facts():
    chinese, english = sentences("zh"), sentences("en")
    assert set(chinese) == set(english)
    differing = {
        key: (fields(chinese[key]), fields(english[key]))
        for key in chinese
        if fields(chinese[key]) != fields(english[key])
    }
    assert differing == {}


HALF_WIDTH = re.compile("[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]")


HALF_WIDTH = re.compile("[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]")


@pytest.mark.parametrize("kind", ["error", "gate", "finding"])
def test_a_refusal_is_a_whole_sentence_with_full_width_punctuation(kind: str):
    wrong = [
        key
        for key, text in sentences("zh").items()
        if key.startswith(f"{kind}.") and (not text.endswith("。") or HALF_WIDTH.search(text))
    ]
    assert wrong == []
