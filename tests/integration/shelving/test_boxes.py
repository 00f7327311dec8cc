"""Boxes and what is in them: one place or one open movement, one series in a box."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from archive.access import NotPermitted
from archive.db import error_for
from archive.errors import ArchiveError
from archive.holdings.pair import Pair, PairState, Paper
from archive.holdings.record import Record, RecordState
from archive.shelving.actions import boxes as verbs
from archive.shelving.actions.places import add_cabinet, add_storeroom
from archive.shelving.box import Box, BoxLost, BoxMixed
from archive.shelving.movement import (
    AlreadyThere,
    Movement,
    MovementKept,
    MovementKind,
    NotInBox,
    OutFor,
    TwoPlaces,
    Whereabouts,
)
from archive.shelving.place import (
    CabinetImpossible,
    NotAPlaceCode,
    PlaceCodeTaken,
    PlaceNameMissing,
    Shelf,
)
from archive.system import System
from archive.workflow import NotPossibleNow
from tests.builders import Station, settle_station
from tests.holdings import filed
from tests.shelving import boxed, ready, shelf, with_store


@pytest.fixture
def station(station: Station) -> Station:
    return with_store(station)


def pair_of(station: Station, record: Record) -> Pair:
    return station.asks(lambda tx: tx.get(Pair, record.id))


def whereabouts_of(station: Station, record: Record) -> Whereabouts | None:
    return station.asks(lambda tx: tx.session.get(Whereabouts, record.id))


def test_a_record_put_into_a_box_is_archived_and_known_to_stand_there(station: Station):
    record = ready(station)
    box = boxed(station, record)
    assert (box.number, box.shelf_id) == (1, shelf(station).id)
    assert whereabouts_of(station, record).box_id == box.id
    assert pair_of(station, record).paper == Paper.PLACED
    assert station.sees(Record, record.id).state == RecordState.ARCHIVED


def test_box_numbers_run_without_gaps(station: Station):
    assert [boxed(station).number for _ in range(3)] == [1, 2, 3]


def test_paper_that_was_not_registered_is_not_put_away(station: Station):
    box = boxed(station)
    record = filed(station)
    with pytest.raises(NotPossibleNow):
        station.archivist.does(verbs.put_in_box, record.id, box.id)
    assert whereabouts_of(station, record) is None


@pytest.mark.parametrize(
    "said", [{"year": 2025}, {"kind": "supply-contract"}, {"kind": "report-of-wrongdoing"}]
)
def test_a_box_never_mixes_year_or_retention(station: Station, said):
    box = boxed(station)
    record = ready(station, **said)
    with pytest.raises(BoxMixed):
        station.archivist.does(verbs.put_in_box, record.id, box.id)


def test_only_who_keeps_paper_moves_it(station: Station):
    box = boxed(station)
    for colleague in (station.clerk, station.head, station.auditor):
        with pytest.raises(NotPermitted):
            colleague.does(verbs.shelve_box, box.id, shelf(station, "KF01-G01-1-2").id)


def test_a_box_is_moved_and_the_move_is_kept(station: Station):
    box = boxed(station)
    there = shelf(station, "KF01-G01-2-3")
    station.archivist.does(verbs.shelve_box, box.id, there.id)
    with pytest.raises(AlreadyThere):
        station.archivist.does(verbs.shelve_box, box.id, there.id)
    moves = station.asks(
        lambda tx: tx.session.scalars(
            select(Movement).where(Movement.box_id == box.id).order_by(Movement.id)
        ).all()
    )
    assert [(move.kind, move.to_shelf_id) for move in moves] == [
        (MovementKind.PLACE, shelf(station).id),
        (MovementKind.MOVE, there.id),
    ]


def test_what_was_taken_out_comes_back_into_its_box(station: Station):
    record = ready(station)
    box = boxed(station, record)
    station.archivist.does(verbs.take_out, record.id, out_for=OutFor.SCAN)
    assert pair_of(station, record).state == PairState.PAPER_OUT
    assert station.archivist.does(verbs.bring_back, record.id, pages=2)
    assert whereabouts_of(station, record).box_id == box.id
    assert pair_of(station, record).state == PairState.PAIRED


@pytest.mark.parametrize("found", [{"pages": 3}, {"pages": 2, "seal_intact": False}])
def test_what_comes_back_otherwise_is_compared_again(station: Station, found):
    record = ready(station)
    boxed(station, record)
    station.archivist.does(verbs.take_out, record.id, out_for=OutFor.AUDIT)
    assert not station.archivist.does(verbs.bring_back, record.id, **found)
    assert pair_of(station, record).state == PairState.UNCOMPARED


def test_what_is_in_no_box_cannot_be_taken_out(station: Station):
    record = ready(station)
    with pytest.raises(NotInBox):
        station.archivist.does(verbs.take_out, record.id, out_for=OutFor.SCAN)


def test_a_missing_box_takes_its_records_along_and_brings_them_back(station: Station):
    first, second = ready(station), ready(station)
    box = boxed(station, first, second)
    station.archivist.does(verbs.miss_box, box.id)
    assert pair_of(station, first).state == PairState.PAPER_MISSING
    third = ready(station)
    with pytest.raises(BoxLost):
        station.archivist.does(verbs.put_in_box, third.id, box.id)
    station.archivist.does(verbs.shelve_box, box.id, shelf(station, "KF01-G01-1-2").id)
    for record in (first, second):
        assert whereabouts_of(station, record).box_id == box.id
        assert pair_of(station, record).state == PairState.UNCOMPARED


def test_places_have_codes_people_can_read(station: Station):
    archivist = station.archivist
    with pytest.raises(PlaceCodeTaken):
        archivist.does(add_storeroom, station.id, code="KF01", name="二楼")
    with pytest.raises(NotAPlaceCode):
        archivist.does(add_storeroom, station.id, code="一号", name="二楼")
    with pytest.raises(PlaceNameMissing):
        archivist.does(add_storeroom, station.id, code="KF02", name=" ")
    room = archivist.does(add_storeroom, station.id, code="ｋｆ02", name="二楼")
    assert room.code == "KF02"
    with pytest.raises(CabinetImpossible):
        archivist.does(add_cabinet, room.id, code="G01", sections=0, levels=3)
    archivist.does(add_cabinet, room.id, code="G01", sections=1, levels=2)
    assert shelf(station, "KF02-G01-1-2").level == 2


# ------------------------------------------------------------------ what the database refuses


BROKEN = {
    "two places": ("UPDATE whereabouts SET movement_id = 1", TwoPlaces),
    "no place": ("UPDATE whereabouts SET box_id = NULL", TwoPlaces),
    "forgotten": ("DELETE FROM whereabouts", TwoPlaces),
    "under way by what ended": (
        "UPDATE whereabouts SET box_id = NULL, movement_id = (SELECT min(id) FROM movement)",
        TwoPlaces,
    ),
    "missing on its shelf": ("UPDATE box SET missing_since = made_at", TwoPlaces),
    "an event rewritten": ("UPDATE movement SET note = 'x'", MovementKept),
    "an event taken away": ("DELETE FROM movement", MovementKept),
    "mixed": ("UPDATE whereabouts SET box_id = (SELECT max(id) FROM box)", BoxMixed),
    "another series": ("UPDATE box SET series_id = series_id + 1", BoxMixed),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_the_database_itself_refuses(station: Station, broken):
    boxed(station)
    boxed(station, ready(station, year=2025))
    statement, refusal = BROKEN[broken]
    with station.system.engine.connect() as connection, pytest.raises(IntegrityError) as violation:
        connection.execute(text(statement))
    assert isinstance(error_for(violation.value), refusal)


# ------------------------------------------------------------------ whatever happens


class Moves(RuleBasedStateMachine):
    """Two records and two boxes of one series, moved about in any order."""

    system: System

    def __init__(self) -> None:
        super().__init__()
        self.station = with_store(
            settle_station(self.system, code=f"Q{Moves.made}"), code="KF01", cabinet="G01"
        )
        Moves.made += 1
        self.records = [ready(self.station) for _ in range(2)]
        self.boxes = [boxed(self.station, self.records[0]), boxed(self.station)]

    made = 0

    def tries(self, verb, *args, **facts) -> None:
        with suppress(ArchiveError):
            self.station.archivist.does(verb, *args, **facts)

    @rule(record=st.integers(0, 1), box=st.integers(0, 1))
    def put(self, record, box):
        self.tries(verbs.put_in_box, self.records[record].id, self.boxes[box].id)

    @rule(record=st.integers(0, 1))
    def take_out(self, record):
        self.tries(verbs.take_out, self.records[record].id, out_for=OutFor.SCAN)

    @rule(record=st.integers(0, 1), pages=st.integers(1, 3))
    def bring_back(self, record, pages):
        self.tries(verbs.bring_back, self.records[record].id, pages=pages)

    @rule(record=st.integers(0, 1))
    def miss(self, record):
        self.tries(verbs.miss_record, self.records[record].id)

    @rule(record=st.integers(0, 1))
    def find(self, record):
        self.tries(verbs.find_record, self.records[record].id)

    @rule(box=st.integers(0, 1))
    def miss_box(self, box):
        self.tries(verbs.miss_box, self.boxes[box].id)

    @rule(box=st.integers(0, 1), level=st.integers(1, 3))
    def shelve(self, box, level):
        there = shelf(self.station, f"KF01-G01-1-{level}")
        self.tries(verbs.shelve_box, self.boxes[box].id, there.id)

    @invariant()
    def each_record_is_in_one_place_or_under_way(self):
        for record in self.records:
            standing = whereabouts_of(self.station, record)
            paper = pair_of(self.station, record).paper
            if standing is None:
                assert paper == Paper.REGISTERED
            elif standing.box_id is not None:
                assert standing.movement_id is None
                assert paper == Paper.PLACED
                assert self.station.sees(Box, standing.box_id).missing_since is None
            else:
                assert paper in {Paper.OUT, Paper.MISSING}

    @invariant()
    def each_box_is_on_a_shelf_or_missing(self):
        for box in self.boxes:
            seen = self.station.sees(Box, box.id)
            assert (seen.shelf_id is None) == (seen.missing_since is not None)


def test_whatever_happens_a_record_has_one_place_or_one_open_movement(system: System):
    machine = type("Here", (Moves,), {"system": system})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=6,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    with system.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Shelf)) > 0
