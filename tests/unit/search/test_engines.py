"""Both engines against a plain scan, and what keeps the copy on disk whole."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest

from archive.search import ORDERS, IndexUnavailable, Wanted
from archive.search.asking import understood
from archive.search.index import SearchIndex
from archive.search.tantivy_index import Tantivy
from archive.search.whoosh_index import Whoosh
from tests.searching import WORDING, made_up, question, scanned, unit

ENGINES = [Tantivy, Whoosh]
ASKED = {"tantivy": 1500, "whoosh": 400}
"""Questions to each engine; Whoosh takes its time."""


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name)
def index(request, tmp_path):
    made = SearchIndex(tmp_path / "search", tmp_path / "key", request.param)
    made._wording = WORDING
    return made


def keep(index, units):
    by_id = {one.id: one for one in units}
    index.write(list(by_id), lambda ids: [by_id[one] for one in ids if one in by_id])


def asked(typed, **said):
    understanding = understood(typed, WORDING)
    return Wanted(understanding.clauses, years=understanding.years, days=understanding.days, **said)


def ids(index, wanted):
    return [hit.id for hit in index.search(wanted).hits]


def test_every_question_is_answered_like_a_plain_scan(index):
    units = made_up(150, seed=11)
    keep(index, units)
    chance = random.Random(12)
    seen = [(None, None), (frozenset({1, 2}), frozenset({2})), (frozenset({3}), frozenset())]
    answered = 0
    for _ in range(ASKED[index.engine]):
        stations, naming = chance.choice(seen)
        wanted = asked(
            question(chance),
            stations=stations,
            naming=naming,
            facets=chance.choice(({}, {}, {"kind": frozenset({"contract"})})),
            without=frozenset(chance.sample(range(1, 151), 2)),
            order="code",
            limit=500,
        )
        if not wanted.clauses:
            continue
        expected, spread = scanned(units, wanted)
        found = index.search(wanted)
        assert [hit.id for hit in found.hits] == expected, wanted
        assert found.total == len(expected)
        assert found.facets == spread
        answered += bool(expected)
    assert answered > ASKED[index.engine] / 5, "most questions had no answer; the test says little"


def test_a_phrase_runs_across_lines_and_pages_but_never_from_one_field_into_the_next(index):
    keep(index, [unit(1, title="供电", number="所", text=["应收\n电", "费清单"])])
    assert ids(index, asked("电费清")) == [1]
    assert ids(index, asked("供电所")) == []


def test_results_are_ordered_as_wanted_and_leafed_through(index):
    keep(index, [unit(n, title="电费", day=20260101 + n % 5) for n in range(1, 31)])
    by_code = ids(index, asked("电费", order="code", limit=50))
    assert by_code == list(range(1, 31))
    assert ids(index, asked("电费", order="-code", limit=50)) == by_code[::-1]
    assert ids(index, asked("电费", order="code", limit=7, offset=7)) == by_code[7:14]
    newest = index.search(asked("电费", order="-day", limit=6)).hits
    assert [hit.id for hit in newest] == [29, 24, 19, 14, 9, 4]


def test_what_stands_in_the_title_comes_first_and_the_newest_of_it(index):
    only_in_text = [unit(n, text=["电费 电费 电费"], day=20260900 + n) for n in range(1, 6)]
    in_title = [unit(n, title="表计更换电费单", day=20250100 + n) for n in range(6, 11)]
    keep(index, [*only_in_text, *in_title])
    in_order = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert ids(index, asked("电费")) == in_order
    leafed = [ids(index, asked("电费", limit=3, offset=offset)) for offset in range(0, 12, 3)]
    assert leafed == [in_order[:3], in_order[3:6], in_order[6:9], in_order[9:]]


def test_a_title_that_says_one_word_of_two_is_no_better_than_none(index):
    keep(
        index,
        [
            unit(1, title="电费收据", day=20260101),
            unit(2, title="电费", text=["收据"], day=20260103),
            unit(3, text=["电费", "收据"], day=20260102),
        ],
    )
    assert ids(index, asked("电费 收据")) == [1, 2, 3]
    assert ids(index, asked("年度:2026 -合同")) == [2, 3, 1]


def test_a_span_holds_both_of_its_ends(index):
    keep(
        index,
        [unit(n, title="电费", day=day) for n, day in enumerate((20251231, 20260101, 20260102), 1)],
    )
    assert ids(index, asked("日期:2026-01-01..2026-01-02", order="day")) == [2, 3]
    assert ids(index, asked("年度:2025")) == [1]


def test_what_is_written_again_replaces_what_was_there(index):
    keep(index, [unit(1, title="电费"), unit(2, title="电费")])
    index.write([1, 2], lambda ids: [unit(1, title="合同")])
    assert ids(index, asked("电费")) == []
    assert ids(index, asked("合同")) == [1]


def test_a_slip_in_a_number_is_offered_only_where_its_record_may_be_seen(index):
    keep(index, [unit(1, station=1, title="04210051"), unit(2, station=2, title="04210061")])
    assert index.near("04210015", asked("", stations=frozenset({1}))) == ["04210051"]
    assert index.near("04210062", asked("", stations=frozenset({1}))) == []


def test_an_index_that_is_not_there_is_said_to_be_away(index):
    with pytest.raises(IndexUnavailable):
        index.search(asked("电费"))


def everything(units):
    by_id = {one.id: one for one in units}
    return (
        lambda at: [[one] for one in sorted(by_id) if one > at],
        lambda ids: [by_id[one] for one in ids if one in by_id],
    )


def test_the_old_index_answers_until_the_new_one_takes_its_place(index):
    units = [unit(n, title="电费") for n in range(1, 6)]
    keep(index, units)
    during = []
    index.rebuild(*everything(units), lambda _n: during.append(index.search(asked("电费")).total))
    assert during == [5] * 5
    assert index.search(asked("电费")).total == 5


def test_whoever_searches_while_indexes_take_each_others_place_is_always_answered(index):
    units = [unit(n, title="电费") for n in range(1, 4)]
    keep(index, units)
    stop = threading.Event()
    answers = set()

    def searching():
        while not stop.is_set():
            answers.add(index.search(asked("电费")).total)

    with ThreadPoolExecutor(3) as pool:
        searches = [pool.submit(searching) for _ in range(3)]
        for _ in range(8):
            index.rebuild(*everything(units), lambda _n: None)
        stop.set()
        for one in searches:
            one.result()
    assert answers == {3}


def test_a_rebuild_that_was_cut_off_goes_on_where_it_was(index):
    batches, make = everything([unit(n, title="电费") for n in range(1, 6)])
    made = []

    class Cut(Exception):
        pass

    def said(_n):
        if len(made) == 3:
            raise Cut

    def noted(ids):
        made.extend(ids)
        return make(ids)

    with pytest.raises(Cut):
        index.rebuild(batches, noted, said)
    index.rebuild(batches, noted, lambda _n: None)
    assert made == [1, 2, 3, 4, 5]
    assert index.search(asked("电费")).total == 5


def test_what_changes_during_a_rebuild_is_in_the_new_index_as_it_is_now(index):
    now = {n: unit(n, title="电费") for n in range(1, 5)}
    keep(index, now.values())

    def change(_done):
        now[1] = unit(1, title="合同")
        index.write([1], lambda ids: [now[one] for one in ids if one in now])

    index.rebuild(
        lambda at: [[one] for one in sorted(now) if one > at],
        lambda ids: [now[one] for one in ids if one in now],
        change,
    )
    assert ids(index, asked("合同")) == [1]
    assert index.search(asked("电费")).total == 3


def test_after_a_rebuild_no_file_holds_a_word_of_what_is_gone(index, tmp_path):
    keep(index, [unit(1, title="zxqplanted", text=["zxqpaged 只此一处"]), unit(2, title="电费")])
    index.write([1], lambda _ids: [])
    index.rebuild(*everything([unit(2, title="电费")]), lambda _n: None)
    held = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"zxqp" not in held
    assert [one for one, _ in index.stamps()] == [2]


def test_stamps_tell_what_the_index_holds(index):
    keep(index, [unit(n) for n in (3, 1, 2)])
    assert sorted(index.stamps()) == [(1, 7), (2, 14), (3, 21)]


def test_both_engines_are_asked_the_same(tmp_path):
    units = made_up(60, seed=3)
    both = []
    for engine in ENGINES:
        made = SearchIndex(tmp_path / engine.name, tmp_path / "key", engine)
        keep(made, units)
        both.append(made)
    chance = random.Random(4)
    for _, order in product(range(40), ORDERS):
        wanted = asked(question(chance), order=order, limit=100)
        one, other = (made.search(wanted) for made in both)
        assert (one.total, one.facets) == (other.total, other.facets)
        assert [hit.id for hit in one.hits] == [hit.id for hit in other.hits]


def test_another_engine_makes_an_index_of_its_own_and_removes_the_one_before(tmp_path):
    units = [unit(1, title="zxqplanted 电费")]
    keep(SearchIndex(tmp_path / "search", tmp_path / "key", Tantivy), units)
    other = SearchIndex(tmp_path / "search", tmp_path / "key", Whoosh)
    assert not other.exists
    other.rebuild(*everything(units), lambda _n: None)
    assert other.search(asked("电费")).total == 1
    assert [folder.name for folder in (tmp_path / "search").iterdir()] == ["whoosh-1"]
