"""One bound volume through the pages: cover, signature, seal, submission, return, reopening."""

from decimal import Decimal

import pytest

from archive.audit import TrailEntry
from archive.custody.actions import scans, verifications, volumes
from archive.custody.scan import Scan, ScanState, Verdict
from archive.custody.verification import CheckItem
from archive.custody.volume import Volume, VolumeState
from tests.builders import PASSWORD, Station
from tests.integration.web.visiting import Seen, Visits

STEPS = ("sign", "seal", "submit", "cover", "reopen", "discard")


def at(volume: Volume) -> str:
    return f"/invoices/volumes/{volume.id}"


def kept(station: Station, volume: Volume) -> Volume:
    return station.sees(Volume, volume.id)


def refusals(station: Station) -> list[str]:
    entries = station.asks(
        lambda tx: tx.session.query(TrailEntry).filter_by(event="attempt.refused").all()
    )
    return [entry.told["rule"] for entry in entries]


def marked(page: Seen) -> str:
    """The step the volume stands at."""
    current = page.response.text.partition('aria-current="step"')[2]
    return current.partition("<b>")[2].partition("</b>")[0]


def test_a_volume_is_signed_sealed_and_submitted_each_by_whose_turn_it_is(
    station: Station, visits: Visits
):
    volume = station.bound_volume()
    collector, head, custodian = (
        visits(person) for person in (station.collector, station.head, station.custodian)
    )
    page = collector.get(at(volume))
    assert marked(page) == "收费员签字"
    assert page.says("本册票据 10 张：有效 10 张，废票 0 张", "没有废票", "只能退回草稿")
    signed = collector.post(f"{at(volume)}/sign", digest=page.holds("digest"), password=PASSWORD)
    assert collector.goes(signed).says("已经签字", "张大勇 2026-10-19 09:30")

    page = head.get(at(volume))
    assert marked(page) == "加盖公章"
    assert page.button("已加盖公章") == "ready"
    assert head.goes(head.post(f"{at(volume)}/seal")).says("已经盖章")

    station.scan(kept(station, volume))
    page = custodian.get(at(volume))
    assert page.says("扫描件已读完，没有未认定的疑点")
    submitted = custodian.goes(custodian.post(f"{at(volume)}/submit"))
    assert submitted.says("已经送财务核验", "等公司财务核验签字", "王秀兰 2026-10-19 09:30")
    assert kept(station, volume).state == VolumeState.SUBMITTED


def test_a_wrong_password_signs_nothing_and_stands_beside_its_box(station: Station, visits: Visits):
    volume = station.bound_volume()
    collector = visits(station.collector)
    digest = collector.get(at(volume)).holds("digest")
    page = collector.post(f"{at(volume)}/sign", digest=digest, password="guessed-it")
    assert page.status == 403
    assert "密码不对" in page.beside("password")
    assert kept(station, volume).state == VolumeState.DRAFT


def test_a_cover_corrected_after_it_was_shown_is_not_signed(station: Station, visits: Visits):
    volume = station.bound_volume()
    collector = visits(station.collector)
    digest = collector.get(at(volume)).holds("digest")
    station.custodian.does(
        volumes.correct_cover, volume.id, sets=10, void_numbers=[], kwh=Decimal(1), amount_fen=1
    )
    page = collector.post(f"{at(volume)}/sign", digest=digest, password=PASSWORD)
    assert page.status == 409
    assert page.says("内容变过", "1.00 千瓦时", "0.01 元")
    assert page.holds("digest") != digest
    assert kept(station, volume).state == VolumeState.DRAFT


def test_only_the_collector_of_the_numbers_is_asked_to_sign(station: Station, visits: Visits):
    volume = station.bound_volume()
    assert visits(station.custodian).get(at(volume)).button("签字") == "missing"
    other = visits(station.other_collector).get(at(volume))
    assert other.button("签字") == "grey"
    assert other.says("封面要由用这些票据的收费员本人签字")
    refused = visits(station.other_collector).post(f"{at(volume)}/sign", password=PASSWORD)
    assert refused.status in {403, 409}
    assert kept(station, volume).state == VolumeState.DRAFT


def test_sealing_before_signing_is_refused_with_the_clause(station: Station, visits: Visits):
    volume = station.bound_volume()
    head = visits(station.head)
    assert head.get(at(volume)).button("已加盖公章") == "missing"
    page = head.post(f"{at(volume)}/seal")
    assert page.status == 409
    assert page.says("没有办成", "要收费员签字后才能加盖公章", "收费员签字后并加盖公章")
    assert "NotPossibleNow" in refusals(station)


def test_without_a_scan_submitting_is_grey_and_says_why(station: Station, visits: Visits):
    volume = station.sealed_volume()
    custodian = visits(station.custodian)
    page = custodian.get(at(volume))
    assert page.button("送财务核验") == "grey"
    assert page.says("请先扫描上传")
    assert custodian.post(f"{at(volume)}/submit").status == 409
    assert kept(station, volume).state == VolumeState.SEALED


def test_the_cover_is_made_to_say_what_the_paper_says(station: Station, visits: Visits):
    book = station.book_in_use()
    station.used(book, voids=["04210003"])
    volume = station.bound_volume()
    custodian = visits(station.custodian)
    paper = {
        "sets": "１０",
        "void_numbers": "04210003、04210007",
        "kwh": "1,200.5",
        "amount": "900",
    }
    page = custodian.goes(custodian.post(f"{at(volume)}/cover", {**paper, "remark": "雨天"}))
    assert page.says("封面已经改正", "废票张数 2 张", "1,200.50 千瓦时", "900.00 元", "雨天")
    assert kept(station, volume).void_numbers == ["04210003", "04210007"]


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("sets", "11", "封面上的数合不上"),
        ("sets", "ten", "不合适"),
        ("void_numbers", "04219999", "不在本册的起止号码之内"),
        ("void_numbers", "04210003 04210003", "写了两遍"),
        ("void_numbers", "12", "不是发票号码"),
        ("kwh", "1.2E+3", "不是电量"),
        ("kwh", "-5", "不能是负数"),
        ("amount", "12.345", "小数超过两位"),
    ],
)
def test_a_slip_on_the_cover_stands_beside_its_field_and_what_was_typed_stays(
    station: Station, visits: Visits, field: str, typed: str, told: str
):
    volume = station.bound_volume()
    paper = {"sets": "10", "void_numbers": "", "kwh": "5", "amount": "6", "remark": "别丢"}
    page = visits(station.custodian).post(f"{at(volume)}/cover", {**paper, field: typed})
    assert page.status == 422
    assert told in page.beside(field)
    assert page.holds(field) == typed
    assert page.holds("remark") == "别丢"
    assert kept(station, volume).kwh == volume.kwh


def test_a_signed_cover_is_reopened_with_a_reason_and_every_step_falls(
    station: Station, visits: Visits
):
    volume = station.sealed_volume()
    custodian = visits(station.custodian)
    assert custodian.post(f"{at(volume)}/cover", sets="10", kwh="1", amount="1").status == 409
    empty = custodian.post(f"{at(volume)}/reopen", reason="  ")
    assert empty.status == 422
    assert "要写明原因" in empty.beside("reason")

    page = custodian.goes(custodian.post(f"{at(volume)}/reopen", reason="金额写错一位"))
    assert page.says("签字、盖章和送核都已作废", "退回草稿 王秀兰", "金额写错一位")
    assert marked(page) == "收费员签字"
    assert kept(station, volume).signed_at is None


def test_a_draft_is_undone_and_its_numbers_wait_again(station: Station, visits: Visits):
    volume = station.bound_volume()
    custodian = visits(station.custodian)
    assert custodian.get(at(volume)).says("10 张票据重新等待装订")
    done = custodian.post(f"{at(volume)}/discard")
    assert custodian.goes(done).says("装订已经撤销")
    assert custodian.get(at(volume)).status == 404
    assert custodian.get("/invoices/volumes/new").says("张大勇", "1 10")


def test_what_was_scanned_is_not_undone(station: Station, visits: Visits):
    volume = station.bound_volume()
    station.scan(volume)
    custodian = visits(station.custodian)
    assert custodian.get(at(volume)).button("撤销装订") == "missing"
    refused = custodian.post(f"{at(volume)}/discard")
    assert (refused.status, refused.says("装订不能撤销")) == (409, True)


def test_a_returned_volume_shows_every_reason_and_can_be_submitted_again(
    station: Station, visits: Visits
):
    verification = station.submitted_volume()
    station.finance.does(
        verifications.return_volume,
        verification.id,
        reasons=["第 3 页缺角", "公章不清楚"],
        check_list={str(CheckItem.SEAL_PRESENT): {"answer": "no", "remark": "看不清"}},
    )
    volume = station.sees(Volume, verification.volume_id)
    custodian = visits(station.custodian)
    page = custodian.get(at(volume))
    assert page.says("陈玉华退回了这一册", "第 3 页缺角", "公章不清楚", "否（看不清）")
    assert page.button("送财务核验") == "ready"
    custodian.post(f"{at(volume)}/submit")
    assert kept(station, volume).state == VolumeState.SUBMITTED


def test_an_accepted_volume_says_who_signed_what(station: Station, visits: Visits):
    verification = station.accepted_volume()
    volume = station.sees(Volume, verification.volume_id)
    page = visits(station.collector).get(at(volume))
    assert page.says("公司财务已经签字认可", "陈玉华 2026-10-19 09:30", verification.digest)
    assert page.says("每个号码都有，并且只出现一次吗？ 是")
    assert page.button("退回草稿") == "missing"


def test_a_signature_that_fell_says_why(station: Station, visits: Visits):
    verification = station.accepted_volume()
    volume = station.sees(Volume, verification.volume_id)
    station.scan(volume)
    page = visits(station.custodian).get(at(volume))
    assert page.says("签字已失效：收到了新的扫描件", "签字失效")
    assert marked(page) == "财务认可"


@pytest.mark.parametrize("step", STEPS)
def test_another_stations_volume_does_not_exist_for_strangers(
    station: Station, neighbour: Station, visits: Visits, step: str
):
    volume = station.bound_volume()
    stranger = visits(neighbour.custodian)
    missing = stranger.get("/invoices/volumes/999999")
    assert stranger.get(at(volume)).words == missing.words
    assert stranger.post(f"{at(volume)}/{step}", password=PASSWORD, reason="x").status == 404
    assert kept(station, volume).state == VolumeState.DRAFT


@pytest.mark.parametrize("step", STEPS)
def test_a_form_from_elsewhere_changes_nothing(station: Station, visits: Visits, step: str):
    volume = station.bound_volume()
    for person in (station.collector, station.custodian, station.head):
        sent = {"password": PASSWORD, "reason": "x"}
        assert visits(person).post_bare(f"{at(volume)}/{step}", sent).status == 403
    assert kept(station, volume).state == VolumeState.DRAFT


def test_the_auditor_reads_everything_and_is_offered_nothing(station: Station, visits: Visits):
    volume = station.signed_volume()
    station.scan(volume)
    page = visits(station.auditor).get(at(volume))
    assert page.says("封面", "经过", "SM3")
    assert "<form" not in page.response.text.partition("<main")[2]


@pytest.mark.parametrize(
    ("failure", "told"),
    [("DamagedPage", "有一页的图像损坏了"), ("Whatever", "机器没有读成这份扫描件")],
)
def test_a_scan_that_failed_says_why_and_is_read_again(
    station: Station, visits: Visits, failure: str, told: str
):
    volume = station.bound_volume()
    scan = station.received_scan(volume, pages=3)
    with station.system.transaction(station.custodian.actor()) as tx:
        broken = tx.get(Scan, scan.id)
        broken.state, broken.failure = ScanState.FAILED, failure
    custodian = visits(station.custodian)
    page = custodian.get(at(volume))
    assert page.says(told, "识别未成", "没有成功")
    assert page.button("再读一次") == "ready"
    assert visits(station.collector).get(at(volume)).button("再读一次") == "missing"
    again = custodian.post(f"/invoices/scans/{scan.id}/read-again")
    assert again.leads_to(f"{at(volume)}?done=read-again#scan")
    assert station.sees(Scan, scan.id).state == ScanState.RECEIVED


def test_a_scan_that_did_not_fail_is_not_read_again(station: Station, visits: Visits):
    volume = station.bound_volume()
    scan = station.scan(volume)
    page = visits(station.custodian).post(f"/invoices/scans/{scan.id}/read-again")
    assert (page.status, page.says("没有办成", "不用重新识别")) == (409, True)


def test_the_history_groups_what_one_person_settled_in_a_row(station: Station, visits: Visits):
    volume = station.bound_volume()
    scan = station.scan(volume)
    for stub in (1, 2, 3):
        station.custodian.does(
            scans.settle, scan.id, page=0, stub_id=stub, verdict=Verdict.NOT_VOID
        )
    assert visits(station.custodian).get(at(volume)).says("人工认定（3 处） 王秀兰")


def test_a_discarded_volume_of_the_same_code_left_no_history(station: Station, visits: Visits):
    first = station.bound_volume()
    station.custodian.does(volumes.discard_draft, first.id)
    volume = station.bound_volume()
    assert volume.code == first.code
    words = visits(station.custodian).get(at(volume)).words
    assert words.count("装订成册 王秀兰") == 1
    assert "撤销装订 王秀兰" not in words


@pytest.mark.parametrize("make", ["bound_volume", "signed_volume", "sealed_volume"])
def test_the_page_of_every_state_reads_in_english(station: Station, visits: Visits, make: str):
    volume = getattr(station, make)()
    for person in (station.custodian, station.collector, station.head, station.finance):
        page = visits(person, "en").get(at(volume))
        assert page.says("Cover", "History", "October 2026, volume 1")


def test_the_api_tells_electricity_as_the_cover_does(station: Station, visits: Visits):
    station.used(kwh="1200.5")
    volume = station.bound_volume()
    told = visits(station.custodian).get(f"/api/v1/volumes/{volume.id}").response.json()
    assert told["kwh"] == "1200.50"
    assert visits(station.custodian).get(at(volume)).says("1,200.50 千瓦时")
