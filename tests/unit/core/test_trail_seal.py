"""What an entry of the trail is sealed with."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.audit import GENESIS, TrailCheck, TrailEntry, canonical, seal

FACTS: dict[str, Any] = {
    "seq": 7,
    "at": "2026-10-19T01:30:00.000000+00:00",
    "actor": "wang",
    "event": "book.received",
    "subject": "book:012345678901:04210051",
    "facts": canonical({"holder": "wang"}),
    "previous": GENESIS,
}
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=12,
)


def test_the_seal_is_the_digest_of_the_canonical_fields():
    told = json.dumps(FACTS, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert seal(TrailEntry(**FACTS, digest="")) == hashlib.sha256(told.encode()).hexdigest()


@pytest.mark.parametrize("name", FACTS)
def test_changing_any_field_breaks_the_seal(name: str):
    changed = FACTS | {name: 8 if name == "seq" else FACTS[name] + " "}
    assert seal(TrailEntry(**changed, digest="")) != seal(TrailEntry(**FACTS, digest=""))


def test_the_seal_does_not_depend_on_the_digest_it_is_compared_with():
    one, other = TrailEntry(**FACTS, digest=""), TrailEntry(**FACTS, digest="f" * 64)
    assert seal(one) == seal(other)


@given(values)
def test_one_value_is_written_in_one_way(value: Any):
    assert canonical(json.loads(canonical(value))) == canonical(value)


@given(st.dictionaries(st.text(), st.integers()))
def test_the_order_of_facts_does_not_matter(facts: dict[str, int]):
    turned = dict(reversed(facts.items()))
    assert canonical(turned) == canonical(facts)


def test_dates_and_amounts_are_written_as_text():
    at = datetime(2026, 10, 19, tzinfo=UTC)
    assert canonical({"at": at, "kwh": Decimal("1.50")}) == (
        '{"at":"2026-10-19 00:00:00+00:00","kwh":"1.50"}'
    )


def test_chinese_stands_as_it_is():
    assert canonical("废票") == '"废票"'


def test_a_check_is_unbroken_unless_it_names_an_entry():
    whole = TrailCheck(3, "ab")
    assert whole.unbroken
    assert not replace(whole, broken_at=2, reason="content-differs").unbroken
