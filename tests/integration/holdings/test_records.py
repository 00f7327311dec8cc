"""Records and their pairs: filed, paired by two people, archived; the database keeps the rule."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from archive.access import NotPermitted, SamePerson
from archive.db import error_for
from archive.holdings.actions.pairs import compare
from archive.holdings.actions.records import Description, describe_again, file_record
from archive.holdings.code import ArchivalCode
from archive.holdings.pair import (
    ComparedByUploader,
    MismatchUnexplained,
    PagesNotCounted,
    Pair,
    PairContradictory,
    PairState,
    SeenAnother,
)
from archive.holdings.pairing import copy_checked, locked_pair, paper_moved
from archive.holdings.queries.records import RecordFilter, count_records, records, seen_record
from archive.holdings.record import (
    FormedInFuture,
    NotArchivedUnpaired,
    Record,
    RecordKeptForEver,
    RecordState,
    TitleMissing,
)
from archive.transaction import NoSuchThing
from archive.workflow import NotPossibleNow
from tests.builders import Station, settle_station
from tests.holdings import (
    FIRST,
    SECOND,
    compared,
    filed,
    kind_id,
    registered,
    scanned,
    with_file_plan,
)


@pytest.fixture
def station(station: Station) -> Station:
    return with_file_plan(station)


def pair_of(station: Station, record: Record) -> Pair:
    return station.asks(lambda tx: tx.get(Pair, record.id))


def test_a_record_is_archived_once_its_paper_is_registered_in_its_place_and_compared(
    station: Station,
):
    record = filed(station)
    assert record.code == "Z109-WS·2026-D10-QS-0001"
    scanned(station, record)
    registered(station, record)
    compared(station, record)
    assert station.asks(lambda tx: tx.get(Record, record.id)).state == RecordState.FILED
    station.archivist.does(paper_moved, record.id, "place")
    seen = station.asks(lambda tx: tx.get(Record, record.id))
    assert seen.state == RecordState.ARCHIVED
    assert seen.archived_at is not None


def test_who_brought_the_scan_in_does_not_compare_it(station: Station):
    record = filed(station)
    scanned(station, record)
    registered(station, record)
    with pytest.raises(SamePerson):
        station.archivist.does(compare, record.id, digest=FIRST, paper_pages=2, matches=True)
    assert pair_of(station, record).state == PairState.UNCOMPARED


def test_a_scan_that_was_replaced_meanwhile_is_not_what_was_compared(station: Station):
    record = filed(station)
    scanned(station, record)
    registered(station, record)
    scanned(station, record, SECOND)
    with pytest.raises(SeenAnother):
        compared(station, record)
    assert compared(station, record, digest=SECOND).state == PairState.PAIRED


def test_page_counts_that_differ_are_a_mismatch_whatever_was_ticked(station: Station):
    record = filed(station)
    scanned(station, record)
    registered(station, record)
    assert compared(station, record, paper_pages=3).state == PairState.MISMATCH
    with pytest.raises(MismatchUnexplained):
        compared(station, record, matches=False)
    with pytest.raises(PagesNotCounted):
        compared(station, record, paper_pages=0)


def test_a_new_scan_breaks_the_pair_until_it_is_compared_again(station: Station):
    record = filed(station)
    scanned(station, record)
    registered(station, record)
    compared(station, record)
    pair = scanned(station, record, SECOND)
    assert (pair.state, pair.compared_by_id) == (PairState.UNCOMPARED, None)


def test_a_failed_hash_shows_and_a_right_one_mends_it(station: Station):
    record = filed(station)
    scanned(station, record)
    registered(station, record)
    compared(station, record)
    assert station.archivist.does(copy_checked, record.id, sound=False).state == "e-corrupt"
    assert station.archivist.does(copy_checked, record.id, sound=False).state == "e-corrupt"
    assert station.archivist.does(copy_checked, record.id, sound=True).state == "paired"


@pytest.mark.parametrize(
    ("described", "refusal"),
    [({"title": " "}, TitleMissing), ({"formed_on": date(2030, 1, 1)}, FormedInFuture)],
)
def test_what_is_not_described_is_not_filed_and_uses_no_number(station, described, refusal):
    facts = {"title": "投诉", "formed_on": date(2026, 9, 3)} | described
    with pytest.raises(refusal):
        station.archivist.does(
            file_record, station.id, Description(kind_id(station, "complaint"), **facts)
        )
    assert station.asks(lambda tx: tx.session.query(ArchivalCode).count()) == 0


def test_a_description_is_corrected_with_a_reason_and_the_code_stays(station: Station):
    record = filed(station)
    station.archivist.does(describe_again, record.id, reason="错字", title="关于限电的投诉")
    seen = station.asks(lambda tx: tx.get(Record, record.id))
    assert (seen.title, seen.code) == ("关于限电的投诉", record.code)
    with pytest.raises(NotPermitted):
        station.clerk.does(describe_again, record.id, reason="错字", title="别的")


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE record SET state = 'archived'", NotArchivedUnpaired),
        ("UPDATE record SET code = 'Z109-WS·2026-D10-QS-0002'", RecordKeptForEver),
        ("DELETE FROM record", RecordKeptForEver),
        ("UPDATE pair SET state = 'paired'", PairContradictory),
        (
            (
                "UPDATE pair SET comparison = 'matched', compared_by_id = 1, compared_digest = 'x',"
                " electronic = 'present', paper = 'placed', state = 'paired'"
            ),
            PairContradictory,
        ),
        (
            (
                "UPDATE pair SET comparison = 'mismatched', compared_by_id = 1, scanned_by_id = 1,"
                " electronic = 'present', paper = 'placed', state = 'mismatch'"
            ),
            ComparedByUploader,
        ),
    ],
)
def test_the_database_itself_refuses_what_goes_round_the_verbs(station, statement, refusal):
    filed(station)
    filed(station)
    with station.system.engine.connect() as connection:
        if "DELETE" in statement:
            connection.execute(text("DELETE FROM pair"))
        with pytest.raises(IntegrityError) as violation:
            connection.execute(text(statement))
    assert isinstance(error_for(violation.value), refusal)


def test_everybody_sees_the_records_of_their_station_and_no_sensitive_ones(station: Station):
    other = settle_station(station.system, code="BH", name="白河供电所")
    plain = filed(station)
    sensitive = filed(station, "special-customer-file", "特殊客户一户")
    told = [line.record.code for line in station.clerk.does(records)]
    assert told == [plain.code]
    assert station.clerk.does(count_records) == 1
    assert station.head.does(count_records) == 2
    assert other.clerk.does(records) == []
    with pytest.raises(NoSuchThing):
        station.clerk.does(seen_record, sensitive.id)
    with pytest.raises(NotPermitted):
        station.collector.does(records)


def test_a_list_is_narrowed_by_words_code_and_state(station: Station):
    complaint = filed(station)
    report = filed(station, "complaint", "关于电价的投诉")
    scanned(station, report)
    find = lambda **asked: [  # noqa: E731 - said three times
        line.record.code for line in station.clerk.does(records, RecordFilter(**asked))
    ]
    assert find(text="停电") == [complaint.code]
    assert find(text="ｚ109－WS・2026") == [report.code, complaint.code]
    assert find(pair=PairState.E_ONLY) == [report.code]
    assert find(text="100%") == []


MOVES = ["place", "take-out", "bring-back", "bring-back-changed", "miss", "find"]


def test_no_order_of_events_leaves_an_archived_record_that_never_was_paired(station: Station):
    """A stateful property on the real database: what the verbs let through keeps the rule."""
    record = filed(station)

    class Life(RuleBasedStateMachine):
        @rule(event=st.sampled_from(MOVES))
        def move(self, event: str) -> None:
            self._try(lambda: station.archivist.does(paper_moved, record.id, event))

        @rule(digest=st.sampled_from([FIRST, SECOND]))
        def scan(self, digest: str) -> None:
            self._try(lambda: scanned(station, record, digest))

        @rule()
        def register(self) -> None:
            self._try(lambda: registered(station, record))

        @rule(
            pages=st.integers(1, 3), digest=st.sampled_from([FIRST, SECOND]), matches=st.booleans()
        )
        def compare(self, pages: int, digest: str, matches: bool) -> None:
            self._try(
                lambda: compared(
                    station,
                    record,
                    digest=digest,
                    paper_pages=pages,
                    matches=matches,
                    difference="有涂改",
                )
            )

        @rule(sound=st.booleans())
        def check(self, sound: bool) -> None:
            station.archivist.does(copy_checked, record.id, sound=sound)

        @invariant()
        def paired_means_compared_as_it_is_now(self) -> None:
            seen, pair = station.asks(lambda tx: locked_pair(tx, record.id))
            if pair.state == PairState.PAIRED:
                assert pair.compared_digest == pair.electronic_digest
                assert pair.paper_pages == pair.electronic_pages
                assert pair.compared_by_id not in {None, pair.scanned_by_id}
            if pair.settled:
                assert seen.state == RecordState.ARCHIVED

        @staticmethod
        def _try(verb) -> None:
            with suppress(NotPossibleNow, SeenAnother):
                verb()

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=6,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
