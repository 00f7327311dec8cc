"""From a delivery to records: every page is accounted for, and nothing is filed by a machine."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from archive.access import NotPermitted
from archive.db import error_for
from archive.demo.drawing.office import as_jpeg
from archive.filing.actions.deliveries import put_back, set_aside
from archive.filing.actions.drafts import (
    Said,
    attach_draft,
    correct_draft,
    file_draft,
    gather_pages,
    join_drafts,
    split_draft,
)
from archive.filing.delivery import (
    DayUndecided,
    DeliveredBefore,
    DeliveredPage,
    Delivery,
    DeliveryNotRead,
    DeliveryState,
    Draft,
    DraftState,
    KindUndecided,
    NoSuchPage,
    PageInTwoPlaces,
    SetAside,
)
from archive.filing.separator import Separator
from archive.holdings.code import ArchivalCode
from archive.holdings.copy import ElectronicCopy
from archive.holdings.pair import Pair, PairState
from archive.holdings.record import Record, TitleMissing
from archive.ingest.refusals import BadScan
from archive.reason import ReasonMissing
from archive.workflow import NotPossibleNow
from tests.builders import Station
from tests.deliveries import (
    COMPLAINT,
    CONTRACT,
    REPORT,
    delivered,
    pdf_of,
    read,
    read_as,
)
from tests.holdings import FIRST, filed, kind_id, registered
from tests.integration.custody.test_racing import at_once, outcomes

CONTRACT_AHEAD = Separator(kind_code="supply-contract").payload


def stack(station: Station) -> tuple[Delivery, list[Draft]]:
    """A complaint and its empty back, then behind a separator sheet a contract of two pages."""
    content = pdf_of(COMPLAINT, None, COMPLAINT, CONTRACT, CONTRACT)
    delivery = delivered(station, ("一摞.pdf", content))
    pages = [
        read_as(COMPLAINT),
        read_as(None),
        read_as(None, CONTRACT_AHEAD),
        read_as(CONTRACT),
        read_as(CONTRACT),
    ]
    return delivery, read(station, delivery, pages)


def pages_of(station: Station, delivery: Delivery) -> list[DeliveredPage]:
    return station.asks(
        lambda tx: (
            tx.session.query(DeliveredPage)
            .filter_by(delivery_id=delivery.id)
            .order_by(DeliveredPage.number)
            .all()
        )
    )


def numbers_in(station: Station, draft: Draft) -> list[int]:
    wanted = station.sees(Delivery, draft.delivery_id)
    return [page.number for page in pages_of(station, wanted) if page.draft_id == draft.id]


def said(station: Station, **other: object) -> Said:
    usual = {
        "kind_id": kind_id(station, "complaint"),
        "title": "王秀兰关于停电的投诉",
        "formed_on": date(2026, 9, 3),
    }
    return Said(**(usual | other))


def test_a_separator_sheet_splits_a_stack_and_names_the_kind(station: Station):
    delivery, (complaint, contract) = stack(station)
    assert numbers_in(station, complaint) == [1]
    assert numbers_in(station, contract) == [4, 5]
    assert contract.kind_id == kind_id(station, "supply-contract")
    told = {page.number: (page.kind, page.set_aside) for page in pages_of(station, delivery)}
    assert told[2] == ("blank", "blank")
    assert told[3] == ("separator", "separator")


def test_what_is_read_is_proposed_with_its_confidence(station: Station):
    _, (complaint, contract) = stack(station)
    assert complaint.kind_id == kind_id(station, "complaint")
    assert complaint.title == "客户投诉记录"
    assert complaint.formed_on == date(2026, 9, 3)
    assert complaint.customer_number == "0418002317"
    assert complaint.parties == "王秀兰"
    assert contract.formed_on == date(2026, 8, 11)
    assert contract.proposed["kind"]["confidence"] == 1.0
    assert 0 < complaint.proposed["title"]["confidence"] < 1


def test_filing_gives_a_code_and_the_pages_become_the_electronic_copy(station: Station):
    _, (complaint, _) = stack(station)
    record = station.archivist.does(file_draft, complaint.id, said(station))
    assert record.code == "Z109-WS·2026-D10-QS-0001"
    assert record.pages == 1
    pair = station.sees(Pair, record.id)
    assert (pair.state, pair.electronic_pages) == (PairState.E_ONLY, 1)
    assert pair.scanned_by_id == station.archivist.id
    copy = station.asks(lambda tx: tx.session.query(ElectronicCopy).one())
    assert (copy.number, copy.digest) == (0, pair.electronic_digest)
    with pytest.raises(NotPossibleNow):
        station.archivist.does(file_draft, complaint.id, said(station))


@pytest.mark.parametrize(
    ("missing", "refusal"),
    [
        ({"kind_id": None}, KindUndecided),
        ({"title": " "}, TitleMissing),
        ({"formed_on": None}, DayUndecided),
    ],
)
def test_what_is_not_decided_is_not_filed_and_uses_no_code(station: Station, missing, refusal):
    _, (complaint, _) = stack(station)
    with pytest.raises(refusal):
        station.archivist.does(file_draft, complaint.id, said(station, **missing))
    assert station.asks(lambda tx: tx.session.query(ArchivalCode).count()) == 0
    assert station.sees(Draft, complaint.id).state == DraftState.OPEN


def test_what_was_said_is_kept_until_it_is_filed(station: Station):
    _, (complaint, _) = stack(station)
    station.archivist.does(correct_draft, complaint.id, said(station, kind_id=None, title="投诉"))
    kept = station.sees(Draft, complaint.id)
    assert (kept.kind_id, kept.title) == (None, "投诉")


def test_every_page_ends_in_one_place(station: Station):
    delivery, (complaint, contract) = stack(station)
    station.archivist.does(file_draft, complaint.id, said(station))
    station.archivist.does(set_aside, delivery.id, [5], why=SetAside.DOUBLE)
    station.archivist.does(
        file_draft, contract.id, said(station, kind_id=contract.kind_id, title="供用电合同")
    )
    assert not [page.number for page in pages_of(station, delivery) if page.is_open]
    with pytest.raises(NoSuchPage):
        station.archivist.does(set_aside, delivery.id, [4], why=SetAside.DOUBLE)


def test_a_page_set_aside_can_be_put_back_and_other_needs_words(station: Station):
    delivery, (complaint, _) = stack(station)
    with pytest.raises(ReasonMissing):
        station.archivist.does(set_aside, delivery.id, [1], why=SetAside.OTHER)
    station.archivist.does(set_aside, delivery.id, [1], why=SetAside.OTHER, note="客户要回去了")
    with pytest.raises(NoSuchPage):
        station.archivist.does(put_back, delivery.id, [4])
    station.archivist.does(put_back, delivery.id, [1], draft_id=complaint.id)
    assert numbers_in(station, complaint) == [1]


def test_pages_are_split_joined_and_gathered_at_will(station: Station):
    delivery, (complaint, contract) = stack(station)
    later = station.archivist.does(split_draft, contract.id, at_page=5)
    assert (numbers_in(station, contract), numbers_in(station, later)) == ([4], [5])
    station.archivist.does(join_drafts, later.id, contract.id)
    assert numbers_in(station, contract) == [4, 5]
    assert station.sees(Draft, later.id).state == DraftState.DROPPED
    fresh = station.archivist.does(gather_pages, delivery.id, [1, 5])
    assert numbers_in(station, fresh) == [1, 5]
    assert station.sees(Draft, complaint.id).state == DraftState.DROPPED
    with pytest.raises(NoSuchPage):
        station.archivist.does(split_draft, contract.id, at_page=4)


def test_images_are_a_record_each_unless_they_belong_together(station: Station):
    images = [(f"{n}.jpg", COMPLAINT.drawn(dpi=40 + n)) for n in range(3)]
    files = [(name, _jpeg(image)) for name, image in images]
    apart = delivered(station, *files)
    assert len(read(station, apart, [read_as(COMPLAINT)] * 3)) == 3
    joined = delivered(station, *files[:2], together=True)
    assert len(read(station, joined, [read_as(COMPLAINT)] * 2)) == 1


def test_a_paper_that_waits_for_its_scan_gets_it_by_its_separator_sheet(station: Station):
    record = filed(station)
    registered(station, record)
    assert station.sees(Pair, record.id).state == PairState.P_ONLY
    delivery = delivered(station, ("a.pdf", pdf_of(COMPLAINT, REPORT)))
    sheet = Separator(record_code=record.code).payload
    (draft,) = read(station, delivery, [read_as(None, sheet), read_as(COMPLAINT)])
    assert draft.attach_to_id == record.id
    station.archivist.does(attach_draft, draft.id, record.id)
    assert station.sees(Pair, record.id).state == PairState.UNCOMPARED


def test_a_re_scan_is_a_further_copy_and_breaks_the_pair(station: Station):
    _, (complaint, contract) = stack(station)
    record = station.archivist.does(file_draft, complaint.id, said(station))
    first = station.sees(Pair, record.id).electronic_digest
    station.archivist.does(attach_draft, contract.id, record.id)
    assert station.sees(Pair, record.id).electronic_digest not in {first, FIRST}
    numbers = station.asks(
        lambda tx: [copy.number for copy in tx.session.query(ElectronicCopy).order_by("number")]
    )
    assert numbers == [0, 1]


def test_the_same_files_are_not_taken_twice(station: Station):
    content = pdf_of(COMPLAINT)
    delivered(station, ("a.pdf", content))
    with pytest.raises(DeliveredBefore):
        delivered(station, ("b.pdf", content))


def test_only_who_may_brings_in_and_files(station: Station):
    with pytest.raises(NotPermitted):
        delivered(station, ("a.pdf", pdf_of(COMPLAINT)), who=station.clerk)
    _, (complaint, _) = stack(station)
    with pytest.raises(NotPermitted):
        station.clerk.does(file_draft, complaint.id, said(station))


def test_nothing_is_filed_while_it_is_being_read(station: Station):
    delivery = delivered(station, ("a.pdf", pdf_of(COMPLAINT)))
    draft = station.archivist.does(lambda tx: tx.add(Draft(delivery_id=delivery.id, position=1)))
    with pytest.raises(DeliveryNotRead):
        station.archivist.does(file_draft, draft.id, said(station))
    assert station.sees(Delivery, delivery.id).state == DeliveryState.RECEIVED


def test_what_is_no_scan_is_refused_and_nothing_is_kept(station: Station):
    with pytest.raises(BadScan):
        delivered(station, ("木马.PDF", b"MZ" + bytes(4000)))
    assert station.asks(lambda tx: tx.session.query(Delivery).count()) == 0
    assert list(station.system.objects.keys()) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE delivered_page SET set_aside = 'double' WHERE copy_id IS NOT NULL",
        "UPDATE delivered_page SET copy_id = NULL, copy_position = NULL",
        "DELETE FROM delivered_page",
    ],
)
def test_the_database_lets_no_filed_page_go(station: Station, statement: str):
    _, (complaint, _) = stack(station)
    station.archivist.does(file_draft, complaint.id, said(station))
    with (
        station.system.engine.connect() as connection,
        pytest.raises(IntegrityError) as violation,
    ):
        connection.execute(text(statement))
    assert isinstance(error_for(violation.value), PageInTwoPlaces)


def test_two_archivists_who_file_the_same_draft_make_one_record(station: Station):
    _, (complaint, _) = stack(station)
    told = said(station)
    got = at_once(*[lambda: station.archivist.does(file_draft, complaint.id, told).code] * 8)
    assert outcomes(got)["str"] == 1
    assert station.asks(lambda tx: tx.session.query(Record).count()) == 1


def _jpeg(image) -> bytes:
    return as_jpeg(image)
