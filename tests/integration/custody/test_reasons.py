"""What undoes, refuses or excepts something says why, at whichever door it is asked."""

from collections.abc import Callable

import pytest

from archive.custody.actions import books, plans, requests, verifications, volumes
from archive.custody.gate import ClearanceKind, ExceptionNeedsReason
from archive.custody.verification import ReturnNeedsReasons, Verification, VerificationState
from archive.custody.volume import Volume, VolumeState
from archive.errors import Invalid
from archive.reason import ReasonMissing, reason_in
from tests.builders import PASSWORD, Station

NOTHING_SAID = ["", "  ", "\u3000\u200b", "——。"]


def reopening(station: Station) -> Callable[[str], object]:
    volume = station.signed_volume()

    return lambda why: station.custodian.does(volumes.reopen_volume, volume.id, reason=why)


def declining(station: Station) -> Callable[[str], object]:
    offer = station.offered_book(station.collector)
    return lambda why: station.collector.does(books.decline_handover, offer.id, reason=why)


def voiding(station: Station) -> Callable[[str], object]:
    book = station.book_in_use()
    station.used(book)
    return lambda why: station.collector.does(
        books.record_void,
        book.id,
        number=book.first,
        reason=why,
        copies_kept=3,
        voided_on=station.today,
    )


def returning_a_plan(station: Station) -> Callable[[str], object]:
    plan = station.custodian.does(
        plans.propose_plan,
        station_id=station.id,
        kind_id=station.kind_id,
        year=2027,
        quarter=1,
        books=4,
        basis="",
    )
    return lambda why: station.finance.does(plans.return_plan, plan.id, opinion=why)


def returning_a_volume(station: Station) -> Callable[[str], object]:
    verification = station.submitted_volume()
    return lambda why: station.finance.does(
        verifications.return_volume, verification.id, reasons=[why, ""]
    )


def excepting(station: Station) -> Callable[[str], object]:
    return lambda why: station.leader.does(
        requests.allow_exception,
        station.id,
        kind=ClearanceKind.FIRST_ISSUE,
        reason=why * 3,
        password=PASSWORD,
    )


REFUSED = (ReasonMissing, ReturnNeedsReasons, ExceptionNeedsReason)


@pytest.mark.parametrize(
    "verb", [reopening, declining, voiding, returning_a_plan, returning_a_volume, excepting]
)
def test_a_reason_that_says_nothing_is_none(station: Station, verb):
    tries = verb(station)
    for nothing in NOTHING_SAID:
        with pytest.raises(Invalid) as refused:
            tries(nothing)
        assert isinstance(refused.value, REFUSED), refused.value
        assert refused.value.field
    assert tries("写错") is not None


def test_a_volume_stays_signed_and_on_the_desk_while_nobody_says_why(station: Station):
    verification = station.submitted_volume()
    with pytest.raises(ReasonMissing):
        station.custodian.does(volumes.reopen_volume, verification.volume_id, reason=" ")
    assert station.sees(Volume, verification.volume_id).state == VolumeState.SUBMITTED
    assert station.sees(Verification, verification.id).state == VerificationState.OPEN


def test_the_reason_is_kept_as_given():
    assert reason_in("  漏登废票 1 张。\n") == "漏登废票 1 张。"
