"""The trail is proved in the background, once for all who ask, and what was found is kept."""

import pytest

from archive import audit, jobs
from archive import proof as proofs
from archive.access import NotPermitted
from archive.audit import TrailEntry
from archive.outbox import MAX_ATTEMPTS, Promise
from archive.proof import GAVE_UP, TrailProof, ask_proof, last_proof, prove_trail
from archive.system import System
from archive.transaction import NoSuchThing
from tests.builders import Station
from tests.clock import SettableClock


def works(station: Station) -> None:
    """The worker keeps everything it owes."""
    for promise in station.asks(lambda tx: [each.id for each in tx.session.query(Promise)]):
        jobs.keep_promise(station.system, promise, "worker")


def told(station: Station) -> TrailProof:
    return station.auditor.does(last_proof)


def test_a_proof_tells_how_far_it_is_and_then_what_was_found(
    station: Station, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(audit, "TOLD_EVERY", 5)
    come_to: list[int] = []
    set_down = proofs._come_to

    def watched(system: System, proof_id: int, seq: int) -> None:
        set_down(system, proof_id, seq)
        come_to.append(station.sees(TrailProof, proof_id).done)

    monkeypatch.setattr(proofs, "_come_to", watched)
    asked = station.auditor.does(ask_proof)
    assert (asked.unbroken, asked.finished_at, asked.done) == (None, None, 0)
    assert asked.asked_by == station.auditor.code
    clock.advance(minutes=3)
    works(station)
    found = told(station)
    assert come_to == list(range(5, asked.total + 1, 5))
    assert found.unbroken is True
    assert found.entries == found.done == asked.total
    assert found.finished_at == station.system.clock.now()
    last = station.asks(lambda tx: tx.session.query(TrailEntry).order_by(TrailEntry.seq).all()[-1])
    assert (last.event, last.told["asked_by"]) == ("trail.verified", station.auditor.code)
    assert found.head == last.previous


def test_while_one_is_under_way_no_second_is_begun_and_afterwards_it_is(station: Station):
    first, again = station.auditor.does(ask_proof), station.auditor.does(ask_proof)
    assert first.id == again.id
    works(station)
    assert station.auditor.does(ask_proof).id != first.id


def test_a_promise_kept_twice_finds_once(station: Station):
    proof = station.auditor.does(ask_proof)
    prove_trail(station.system, proof_id=proof.id)
    prove_trail(station.system, proof_id=proof.id)
    verified = station.asks(
        lambda tx: tx.session.query(TrailEntry).filter_by(event="trail.verified").count()
    )
    assert verified == 1


def test_a_proof_that_fails_again_and_again_says_that_nothing_is_known(
    station: Station, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
):
    def fails(*_: object) -> None:
        message = "the disk is gone"
        raise OSError(message)

    proof = station.auditor.does(ask_proof)
    monkeypatch.setattr(audit, "verify", fails)
    for _ in range(MAX_ATTEMPTS + 1):
        works(station)
        clock.advance(hours=1)
    found = told(station)
    assert (found.id, found.reason, found.unbroken) == (proof.id, GAVE_UP, None)
    assert found.finished_at is not None
    monkeypatch.undo()
    assert station.auditor.does(ask_proof).id != proof.id
    works(station)
    assert told(station).unbroken is True


def test_only_who_reads_the_trail_has_it_proved_or_sees_what_was_found(station: Station):
    with pytest.raises(NoSuchThing):
        station.auditor.does(last_proof)
    for who in (station.custodian, station.finance, station.administrator):
        with pytest.raises(NotPermitted):
            who.does(ask_proof)
        with pytest.raises(NotPermitted):
            who.does(last_proof)
