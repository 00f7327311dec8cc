"""What is found, by whom, on either database; and that the index never says more than the rows."""

import random
import shutil
from datetime import date

import pytest
from sqlalchemy import select

from archive.access import NotPermitted
from archive.audit import TrailEntry
from archive.custody.scan import FoundStub, Scan
from archive.customers.actions.customers import CustomerFacts, correct_customer, open_dossier
from archive.finding import jobs
from archive.finding.actions.searches import keep_search, note_search
from archive.finding.queries.numbers import located
from archive.finding.queries.search import Look, search, searched_ids
from archive.finding.queries.searches import my_searches, search_at
from archive.finding.search import NothingToSearch, SearchTooLong
from archive.finding.unindexed import Unindexed
from archive.holdings.actions.records import Description, describe_again, file_record
from archive.holdings.queries.records import visible_records
from archive.search import IndexUnavailable
from archive.search.folding import fold
from archive.transaction import NoSuchThing
from tests.builders import settle_station
from tests.destruction import destroyed, proposed, worthless
from tests.finding import scanned_in, searched, titles
from tests.holdings import filed, kind_id, with_file_plan
from tests.shelving import boxed, ready, with_store


@pytest.fixture
def station(station):
    return with_file_plan(station)


def pages_of(result):
    return [(place.field, place.page) for place in result.places]


def shown(segments):
    return "".join(f"[{one.text}]" if one.marked else one.text for one in segments)


def test_a_phrase_is_found_across_lines_and_pages_and_its_place_is_shown(station):
    scanned_in(
        station, "线路检修记录", ["九月二日晚检修", "变压器三号台"], ["区恢复供电，电话13812345678"]
    )
    (one,) = searched(station.clerk, "检修变压器").results
    assert pages_of(one) == [("text", 1)]
    assert "[检修 变压器]" in shown(one.places[0].snippet)
    (one,) = searched(station.clerk, "三号台区恢复").results
    assert pages_of(one) == [("text", 1)], "where it begins"
    (one,) = searched(station.clerk, "恢复供电").results
    assert pages_of(one) == [("text", 2)]
    assert "138****5678" in shown(one.places[0].snippet)


def test_one_character_is_enough(station):
    filed(station, title="关于停电的投诉")
    filed(station, title="关于电价的投诉")
    assert titles(station.clerk, "停") == ["关于停电的投诉"]
    assert searched(station.clerk, "电").total == 2


def test_a_title_shows_what_was_looked_for_as_it_is_written(station):
    filed(station, title="關於停電的投訴 ＮＯ．0421")
    (one,) = searched(station.clerk, "停电的投诉no.421").results
    assert shown(one.title) == "關於[停電的投訴 ＮＯ．0421]"


def test_whoever_works_with_customers_finds_them_by_how_their_names_sound(station):
    filed(station, title="停电投诉", parties="王秀兰", customer_number="0418002317")
    for typed in ("wxl", "wangxiulan", "王秀兰", "0418002317", "户号:418002317"):
        assert titles(station.clerk, typed) == ["停电投诉"], typed


def test_who_may_not_be_told_a_name_finds_nothing_by_it(station):
    filed(station, title="停电投诉", parties="王秀兰", customer_number="0418002317")
    for who in (station.finance, station.leader, station.auditor):
        assert titles(who, "停电") == ["停电投诉"]
        for typed in ("wxl", "王秀兰", "责任者:王秀兰", "0418002317", "041800*", "户号:0418002317"):
            assert searched(who, typed).total == 0, typed
        assert titles(who, "停电 -王秀兰") == ["停电投诉"], "excluding it tells nothing either"


def test_the_name_of_a_customer_is_found_in_their_dossier_and_the_new_one_after_a_correction(
    station,
):
    facts = CustomerFacts("0418002317", "王秀兰", "青石村")
    customer = station.archivist.does(open_dossier, station.id, facts)
    filed(station, title="报装申请", kind="supply-application", customer_number="0418002317")
    assert titles(station.clerk, "wxl") == ["报装申请"]
    station.archivist.does(
        correct_customer,
        customer.id,
        CustomerFacts("0418002317", "刘喆", "青石村"),
        reason="登记时写错",
    )
    assert titles(station.clerk, "wxl") == []
    assert titles(station.clerk, "刘喆") == ["报装申请"]


def test_sensitive_records_are_in_no_index_whoever_asks(station):
    filed(station, kind="special-customer-file", title="特殊客户同意书")
    filed(station, kind="report-of-wrongdoing", title="举报材料")
    for who in (station.archivist, station.head, station.clerk):
        assert searched(who, "特殊客户").total == 0
        assert searched(who, "举报").total == 0
    assert not list(station.system.index.stamps())


def test_another_stations_records_do_not_exist_in_hits_counts_facets_or_suggestions(station):
    neighbour = settle_station(station.system, code="HX", name="河西供电所")
    filed(station, title="停电投诉 04210051")
    described = Description(
        kind_id(station, "complaint"), "停电投诉 04219999", date(2026, 9, 3), pages=1
    )
    neighbour.archivist.does(file_record, neighbour.id, described)
    found = searched(station.clerk, "停电")
    assert found.total == 1
    assert [one.value for one in found.facets["station"]] == [str(station.id)]
    assert searched(station.clerk, "04219998").meant == ()
    assert searched(neighbour.clerk, "04219998").meant == ("04219999",)
    assert searched(station.finance, "停电").total == 2, "the company sees both"


def test_a_wrong_character_of_the_same_sound_is_set_right_from_titles_one_may_see(station):
    neighbour = settle_station(station.system, code="HX", name="河西供电所")
    filed(station, title="关于停电的投诉")
    assert searched(station.clerk, "停点的投诉 -合同").meant == ("停电的投诉 -合同",)
    assert searched(station.clerk, "亭殿").meant == ("停电",)
    assert searched(neighbour.clerk, "停点的投诉").meant == ()
    assert searched(station.clerk, "完全不同").meant == ()


def test_who_may_read_no_records_may_not_search(station):
    with pytest.raises(NotPermitted):
        station.collector.does(search, Look("停电"))


def test_results_are_counted_by_facet_and_narrowed_by_them(station):
    filed(station, title="停电投诉", formed_on=date(2025, 3, 1))
    filed(station, title="停电投诉", formed_on=date(2026, 3, 1))
    found = searched(station.clerk, "停电")
    assert [(one.value, one.count) for one in found.facets["year"]] == [("2026", 1), ("2025", 1)]
    assert searched(station.clerk, "停电", facets={"year": "2025"}).total == 1
    assert searched(station.clerk, "停电 年度:2026..2027").total == 1
    assert searched(station.clerk, "停电 类别:投诉").total == 2
    assert searched(station.clerk, "停电 -类别:投诉").total == 0
    assert searched(station.clerk, "停电 类别:没有的类").total == 0
    assert searched(station.clerk, "停电 配对:待").total == 2


def test_a_record_is_found_by_where_it_stands_and_moves_with_its_box(station):
    with_store(station)
    record = ready(station, title="停电投诉")
    assert searched(station.clerk, "库位:未上架").total == 1
    boxed(station, record)
    assert searched(station.clerk, "停电 库位:KF01-G01").total == 1
    assert searched(station.clerk, "库位:未上架").total == 0


def test_what_is_described_anew_is_found_by_the_new_words_alone(station):
    record = filed(station, title="停电投诉")
    assert titles(station.clerk, "停电") == ["停电投诉"]
    station.archivist.does(describe_again, record.id, reason="题名写错", title="电价投诉")
    assert titles(station.clerk, "停电") == []
    assert titles(station.clerk, "电价") == ["电价投诉"]


def test_until_it_is_indexed_a_changed_record_is_left_out_and_that_is_said(station):
    filed(station, title="停电投诉")
    searched(station.clerk, "停电")
    filed(station, title="停电投诉之二")
    found = station.clerk.does(search, Look("停电"))
    assert (found.total, found.catching_up) == (1, True)
    assert not searched(station.clerk, "停电").catching_up


def test_a_change_while_indexing_is_indexed_by_the_next_round(station, monkeypatch):
    filed(station, title="先有的一件")
    jobs.catch_up(station.system)
    record = filed(station, title="停电投诉")
    write = station.system.index.write

    def slow(ids, units):
        done = write(ids, units)
        station.archivist.does(describe_again, record.id, reason="题名写错", title="电价投诉")
        monkeypatch.setattr(station.system.index, "write", write)
        return done

    monkeypatch.setattr(station.system.index, "write", slow)
    jobs.catch_up(station.system)
    assert titles(station.clerk, "电价") == ["电价投诉"]
    assert station.asks(lambda tx: tx.session.query(Unindexed).count()) == 0


def test_what_is_being_destroyed_leaves_the_index_and_no_file_keeps_its_words(station):
    (kept, gone) = worthless(station, 2)
    assert searched(station.clerk, "停电投诉").total == 2
    destroyed(proposed(station, records=[gone]))
    assert searched(station.clerk, "停电投诉").total == 1
    assert searched(station.clerk, "第2户").total == 0
    held = {one for one, _ in station.system.index.stamps()}
    assert kept.id in held
    assert gone.id not in held
    folder = station.system.settings.data_dir / "search"
    files = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert files
    assert gone.code.lower().encode() not in files


def test_the_nightly_check_finds_what_differs_and_sets_it_right(station):
    one, other = filed(station, title="停电投诉"), filed(station, title="电价投诉")
    jobs.catch_up(station.system)
    assert jobs.check_index(station.system).none
    station.system.index.write([one.id, 999], lambda _ids: [])
    drift = jobs.check_index(station.system)
    assert (drift.lacking, drift.foreign, drift.other) == ((one.id,), (), ())
    assert jobs.check_index(station.system).none
    assert titles(station.clerk, "停电") == ["停电投诉"]
    assert other.id != one.id


def test_a_reindex_gives_the_same_answers(station):
    scanned_in(station, "线路检修记录", ["变压器三号台区"])
    filed(station, title="停电投诉")
    before = searched(station.clerk, "电").total, titles(station.clerk, "变压器")
    assert jobs.reindex(station.system) == 2
    assert (searched(station.clerk, "电").total, titles(station.clerk, "变压器")) == before


def test_every_answer_is_that_of_a_plain_scan_over_what_may_be_seen(station):
    chance = random.Random(7)
    characters = "停电投诉电价合同台区"
    for number in range(40):
        title = "".join(chance.choices(characters, k=6))
        filed(station, title=title, document_number=f"青供〔2026〕{number}号")
    for _ in range(200):
        words = ["".join(chance.choices(characters, k=chance.randrange(1, 4))) for _ in range(2)]
        typed = f"{words[0]} {chance.choice(('', '-'))}{words[1]}"
        wanted, other = words[0], words[1]
        excluded = f" -{other}" in typed
        seen = station.clerk.does(
            lambda tx: [(one.id, one.title) for one in tx.session.scalars(visible_records(tx))]
        )
        expected = {
            record_id
            for record_id, title in seen
            if wanted in fold(title) and (other in fold(title)) != excluded
        }
        look = Look(typed, limit=100)
        found = searched(station.clerk, typed, limit=100)
        assert {one.line.record.id for one in found.results} == expected, typed
        assert found.total == len(expected)
        assert set(station.clerk.does(searched_ids, look)) == expected


def test_an_invoice_number_finds_its_book_even_if_nothing_ever_read_it(station):
    book = station.book_in_use()
    number = str(int(book.first) + 3).zfill(len(book.first))
    (one,) = station.custodian.does(located, number)
    assert one.found.book.id == book.id
    assert one.found.book.holder == station.collector.name
    assert one.stub is None
    assert station.clerk.does(located, number) == [], "who may not see books is told nothing"


def test_a_read_number_is_shown_on_its_page_with_who_verified_it(station):
    volume_id = station.accepted_volume().volume_id
    number = station.asks(read_number, volume_id)
    (one,) = station.finance.does(located, f"No.{number}")
    assert one.stub is not None
    assert one.found.volume_id == volume_id
    assert one.verified_by == station.finance.name


def read_number(tx, volume_id):
    stubs = tx.session.query(FoundStub).join(Scan, Scan.id == FoundStub.scan_id)
    return stubs.filter(Scan.volume_id == volume_id).first().number


def test_a_search_has_an_address_that_says_nothing_and_is_anybodys_who_is_sent_it(station):
    filed(station, title="停电投诉", parties="王秀兰")
    made = station.clerk.does(note_search, " 王秀兰 ")
    assert made.typed == "王秀兰"
    assert "王" not in made.token
    assert station.clerk.does(note_search, "王秀兰").token == made.token
    assert station.finance.does(search_at, made.token).typed == "王秀兰"
    assert searched(station.finance, made.typed).total == 0, "with what they themselves may see"


def test_a_search_is_kept_under_a_name_by_whoever_made_it(station):
    made = station.clerk.does(note_search, "停电")
    station.clerk.does(keep_search, made.token, "停电的")
    kept, recent = station.clerk.does(my_searches)
    assert ([one.name for one in kept], recent) == (["停电的"], [])
    with pytest.raises(NoSuchThing):
        station.archivist.does(keep_search, made.token, "我的")


def test_nothing_and_too_much_are_no_searches(station):
    with pytest.raises(NothingToSearch):
        station.clerk.does(note_search, "  ")
    with pytest.raises(SearchTooLong):
        station.clerk.does(note_search, "电" * 401)


def test_what_was_searched_for_stands_on_no_trail(station):
    filed(station, title="停电投诉", parties="王秀兰")
    searched(station.clerk, "王秀兰")
    entries = select(TrailEntry.event, TrailEntry.subject, TrailEntry.facts)
    told = station.asks(lambda tx: [str(row) for row in tx.session.execute(entries)])
    assert told
    assert not any("王秀兰" in entry for entry in told)


def test_an_index_that_was_lost_is_made_anew_by_the_next_round_and_until_then_said_to_be_away(
    station,
):
    filed(station, title="停电投诉")
    jobs.catch_up(station.system)
    shutil.rmtree(station.system.settings.data_dir / "search")
    with pytest.raises(IndexUnavailable):
        station.clerk.does(search, Look("停电"))
    assert titles(station.clerk, "停电") == ["停电投诉"]
