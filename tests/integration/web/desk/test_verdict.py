"""Finance's verdict on the desk: check-list, machine's word, signature, return, saving."""

from typing import Any

import pytest

from archive.access import Role
from archive.audit import TrailEntry
from archive.custody.actions import scans, verifications, volumes
from archive.custody.scan import Verdict
from archive.custody.verification import CheckItem, Verification, VerificationState
from archive.custody.volume import Volume, VolumeState
from archive.messages import sentences
from archive.people import actions as people
from tests.builders import INSTALLER, PASSWORD, Sheet, Station
from tests.integration.web.visiting import Seen, Visits

YES = {f"answer-{item}": "yes" for item in CheckItem}


def desk(verification: Verification) -> str:
    return f"/invoices/volumes/{verification.volume_id}/desk"


def now(station: Station, verification: Verification) -> Verification:
    return station.sees(Verification, verification.id)


def signed(page: Seen, **more: Any) -> dict[str, Any]:
    """The form of the verdict, filled in and about to be signed."""
    digest = page.holds("digest")
    return {**YES, "digest": digest, "password": PASSWORD, "verdict": "sign", **more}


def with_a_doubt(station: Station) -> Verification:
    station.used(voids=["04210003"])
    volume = station.sealed_volume(station.bound_volume())
    sheets = station.shown(volume)
    sheets[4] = Sheet(None, doubt="covered")
    station.scan(volume, sheets)
    return station.submitted_volume(volume)


def test_finance_sees_what_it_signs_in_numbers_and_signs(station: Station, visits: Visits):
    station.used(voids=["04210003"], kwh="1234.5", amount_fen=67_890)
    verification = station.submitted_volume(station.bound_volume())
    finance = visits(station.finance)
    page = finance.get(desk(verification))
    assert page.says("核对 10 份：有效 9、废票 1", "没有解决的疑点 0 处", "缺号 0、重号 0")
    assert page.says("1,234.50 千瓦时", "678.90 元", "人民币陆佰柒拾捌元玖角整", "扫描件 5 页")
    assert page.button("签字认可") == "ready"

    done = finance.post(f"{desk(verification)}/verdict", signed(page, remark="账实相符"))
    assert finance.goes(done).says("已经签字认可", "财务认可", "意见：账实相符")
    kept = now(station, verification)
    assert (kept.state, kept.opinion) == (VerificationState.SIGNED, "账实相符")
    assert station.sees(Volume, kept.volume_id).state == VolumeState.ACCEPTED


def test_the_machine_says_what_it_can_to_every_line(station: Station, visits: Visits):
    station.used(voids=["04210003"])
    verification = station.submitted_volume(station.bound_volume())
    page = visits(station.finance).get(desk(verification))
    assert page.says("与使用登记相符", "10 个号码各出现一次", "使用登记 1 段，号码连续")
    assert page.says("登记废票 1 张，票面都看到字样", "1 张废票各收回 3 联", "请与进账单核对")
    assert page.says("张大勇 2026-10-19 09:30 签字，李国强 2026-10-19 09:30 盖章")
    assert page.says("扫描件 5 页，读到 10 张", "随册交来 1 本存根；还在使用的 0 本")


def test_the_machine_disagrees_where_it_has_reason_to(station: Station, visits: Visits):
    station.used(last=None, voids=["04210003", "04210004"])
    volume = station.bound_volume()
    station.custodian.does(
        volumes.correct_cover,
        volume.id, sets=10, void_numbers=["04210003"], kwh=volume.kwh, amount_fen=1,
    )  # fmt: skip
    volume = station.sealed_volume(station.sees(Volume, volume.id))
    sheets = station.shown(volume)
    sheets[2] = Sheet("04210003")
    station.scan(volume, [*sheets[:8], sheets[0], Sheet("04219999"), Sheet(None)])
    verification = station.submitted_volume(volume)
    page = visits(station.finance).get(desk(verification))
    assert page.says("有 2 处与使用登记不符", "缺号 2，重号 1，外来 1，读不准 1", "有 1 张对不上")


def test_while_a_doubt_is_open_signing_is_grey_and_refused(station: Station, visits: Visits):
    verification = with_a_doubt(station)
    finance = visits(station.finance)
    page = finance.get(desk(verification))
    assert page.button("签字认可") == "grey"
    assert page.says("还有 2 处疑点没有解决")
    refused = finance.post(f"{desk(verification)}/verdict", signed(page))
    assert refused.status == 409
    assert refused.says("没有办成", "必须将装订成册的旧电费票据记账联及存根交由公司财务部签字认可")
    assert now(station, verification).state == VerificationState.OPEN


def test_what_changed_after_it_was_shown_is_not_signed_and_answers_stay(
    station: Station, visits: Visits
):
    verification = with_a_doubt(station)
    finance = visits(station.finance)
    page = finance.get(desk(verification))
    scan = station.dossier(station.sees(Volume, verification.volume_id)).scan
    assert scan is not None
    station.custodian.does(
        scans.settle, scan.id, page=0, stub_id=5, verdict=Verdict.NUMBER, number="04210005"
    )
    refused = finance.post(f"{desk(verification)}/verdict", signed(page, remark="别丢了"))
    assert refused.status == 409
    assert refused.says("内容变过", "别丢了")
    assert refused.ticked("answer-cover-agrees", "yes")
    fresh = finance.post(f"{desk(verification)}/verdict", signed(refused))
    assert fresh.leads_to(f"/invoices/volumes/{verification.volume_id}?done=accepted")


def test_a_wrong_password_signs_nothing_and_keeps_the_answers(station: Station, visits: Visits):
    verification = station.submitted_volume()
    finance = visits(station.finance)
    given = signed(finance.get(desk(verification)), password="guess")
    page = finance.post(f"{desk(verification)}/verdict", given)
    assert page.status == 403
    assert "密码不对" in page.beside("password")
    assert page.ticked("answer-seal-present", "yes")
    assert page.holds("password") is None
    assert now(station, verification).state == VerificationState.OPEN


@pytest.mark.parametrize(
    ("item", "answer", "told"),
    [
        ("numbers-once", "", "还没有结论"),
        ("numbers-once", "not-applicable", "还没有结论"),
        ("seal-present", "no", "不能签字；请写明原因退回"),
        ("bank-agrees", "rubbish", "还没有结论"),
    ],
)
def test_every_line_needs_a_yes_before_a_signature(
    station: Station, visits: Visits, item: str, answer: str, told: str
):
    verification = station.submitted_volume()
    finance = visits(station.finance)
    given = signed(finance.get(desk(verification)), **{f"answer-{item}": answer})
    page = finance.post(f"{desk(verification)}/verdict", given)
    assert page.status in {409, 422}
    assert told in page.beside(f"answer-{item}")
    assert f'href="#f-answer-{item}"' in page.response.text
    assert now(station, verification).state == VerificationState.OPEN


def test_lines_that_may_not_apply_can_be_signed_so(station: Station, visits: Visits):
    verification = station.submitted_volume()
    finance = visits(station.finance)
    given = signed(finance.get(desk(verification)), **{"answer-bank-agrees": "not-applicable"})
    finance.post(f"{desk(verification)}/verdict", given)
    assert now(station, verification).state == VerificationState.SIGNED


def test_a_volume_is_returned_with_the_reason_of_every_line(station: Station, visits: Visits):
    verification = with_a_doubt(station)
    finance = visits(station.finance)
    given = {
        **YES,
        "verdict": "return",
        "answer-seal-present": "no",
        "remark-seal-present": "公章盖反了",
        "answer-scan-is-paper": "no",
        "remark": "请月底前送来",
    }
    page = finance.goes(finance.post(f"{desk(verification)}/verdict", given))
    assert page.says("已经退回", "封面有收费员签字，并且加盖了公章：否。公章盖反了")
    assert page.says("扫描件与纸质装订册一致：否", "请月底前送来")
    kept = now(station, verification)
    assert (kept.state, len(kept.reasons)) == (VerificationState.RETURNED, 3)
    again = visits(station.custodian).get(desk(verification))
    assert again.says("上次退回的原因", "公章盖反了")


def test_enter_in_a_field_never_returns_a_volume(station: Station, visits: Visits):
    """Without scripts Enter presses the first button of a form."""
    verification = with_a_doubt(station)
    page = visits(station.finance).get(desk(verification)).response.text
    form = page.partition('<form class="verdict"')[2].partition("</form>")[0]
    first = next(part for part in form.split("<button")[1:] if 'type="button"' not in part)
    assert 'value="save"' in first.partition(">")[0]


def test_without_a_reason_nothing_is_returned(station: Station, visits: Visits):
    verification = station.submitted_volume()
    page = visits(station.finance).post(
        f"{desk(verification)}/verdict", {**YES, "verdict": "return"}
    )
    assert page.status == 422
    assert "退回要逐项写明原因" in page.beside("remark")
    assert now(station, verification).state == VerificationState.OPEN


def test_a_check_list_is_put_aside_and_gone_on_with_by_a_colleague(
    station: Station, visits: Visits
):
    verification = station.submitted_volume()
    half = {
        "answer-sequence": "yes",
        "answer-void-copies": "not-applicable",
        "remark-sequence": "看过",
    }
    finance = visits(station.finance)
    saved = finance.post(f"{desk(verification)}/verdict", {**half, "verdict": "save"})
    assert finance.goes(saved).says("核对清单已经存下，没有签字，也没有退回")
    page = visits(station.other_finance).get(desk(verification))
    assert page.ticked("answer-sequence", "yes")
    assert page.ticked("answer-void-copies", "not-applicable")
    assert page.holds("remark-sequence") == "看过"
    assert now(station, verification).state == VerificationState.OPEN
    noted = station.asks(
        lambda tx: tx.session.query(TrailEntry).filter_by(event="check-list.saved").one()
    )
    assert noted.told == {"answered": 2}


def test_an_unknown_verdict_decides_nothing(station: Station, visits: Visits):
    verification = station.submitted_volume()
    finance = visits(station.finance)
    given = signed(finance.get(desk(verification)), verdict="burn")
    finance.post(f"{desk(verification)}/verdict", given)
    assert now(station, verification).state == VerificationState.OPEN


def test_whoever_collected_does_not_verify_even_when_moved_to_finance(
    station: Station, visits: Visits
):
    verification = station.submitted_volume()
    with station.system.transaction(INSTALLER) as tx:
        for office in people.appointments_of(tx, station.collector.id):
            office.until_on = station.today.replace(day=1)
            office.from_on = station.today.replace(day=1)
        people.appoint(tx, station.collector.id, Role.FINANCE, None)
    moved = visits(station.collector)
    page = moved.get(desk(verification))
    assert page.button("签字认可") == "grey"
    assert page.says("不相容的两步不能由同一个人办")
    for verdict in ("sign", "return", "save"):
        given = signed(page, verdict=verdict, remark="x")
        assert moved.post(f"{desk(verification)}/verdict", given).status == 403
    assert now(station, verification).state == VerificationState.OPEN


def test_only_finance_is_shown_the_check_list(station: Station, neighbour: Station, visits: Visits):
    verification = station.submitted_volume()
    for person in (station.custodian, station.collector, station.head, station.auditor):
        looking = visits(person)
        assert looking.get(desk(verification)).button("签字认可") == "missing"
        for verdict in ("sign", "return", "save"):
            given = {**YES, "verdict": verdict, "remark": "x", "password": PASSWORD}
            assert looking.post(f"{desk(verification)}/verdict", given).status == 403
    stranger = visits(neighbour.custodian)
    assert stranger.post(f"{desk(verification)}/verdict", {**YES, "verdict": "save"}).status == 404
    forged = visits(station.finance).post_bare(f"{desk(verification)}/verdict", {"verdict": "save"})
    assert forged.status == 403
    assert now(station, verification).check_list == {}


def test_what_was_never_submitted_has_no_verdict(station: Station, visits: Visits):
    volume = station.bound_volume()
    path = f"/invoices/volumes/{volume.id}/desk"
    finance = visits(station.finance)
    page = finance.get(path)
    assert page.says("还没有扫描件", "先到“封面和经过”放入扫描件")
    assert page.button("签字认可") == "missing"
    assert finance.post(f"{path}/verdict", {**YES, "verdict": "sign"}).status == 404


def test_before_submission_the_custodian_settles_and_is_told_so(station: Station, visits: Visits):
    volume = station.bound_volume()
    station.scan(volume, [*station.shown(volume)[1:], Sheet(None)])
    page = visits(station.custodian).get(f"/invoices/volumes/{volume.id}/desk")
    assert page.says("这一册还没有送财务核验；有疑点可以先在这里认定")
    assert page.button("认定") == "ready"


def test_a_scan_still_being_read_shows_its_progress_on_the_desk(station: Station, visits: Visits):
    volume = station.sealed_volume()
    station.received_scan(volume, pages=7)
    verification = station.custodian.does(volumes.submit_volume, volume.id)
    page = visits(station.finance).get(desk(verification))
    assert page.says("排队中", "0 / 7", "还没有扫描 10", "这一册还没有读完的扫描件")
    assert page.button("签字认可") == "grey"


def test_an_accepted_volume_can_only_be_looked_at(station: Station, visits: Visits):
    verification = with_a_doubt(station)
    volume = station.sees(Volume, verification.volume_id)
    scan = station.dossier(volume).scan
    assert scan is not None
    station.custodian.does(
        scans.settle, scan.id, page=0, stub_id=5, verdict=Verdict.NUMBER, number="04210005"
    )
    station.finance_signs(verification)
    page = visits(station.finance).get(desk(verification))
    assert page.says("陈玉华已于2026年10月19日 09:30签字认可", "王秀兰 2026-10-19 09:30 认定")
    assert page.button("改认定") == "missing"
    assert page.button("签字认可") == "missing"
    again = visits(station.finance).post(
        f"{desk(verification)}/verdict", {**YES, "verdict": "sign"}
    )
    assert again.status in {403, 409}


def test_a_returned_volume_is_not_decided_twice(station: Station, visits: Visits):
    verification = station.submitted_volume()
    station.finance.does(verifications.return_volume, verification.id, reasons=["缺页"])
    given = {**YES, "verdict": "return", "remark": "再退"}
    page = visits(station.other_finance).post(f"{desk(verification)}/verdict", given)
    assert page.status == 409
    assert now(station, verification).reasons == ["缺页"]


def test_the_verdict_reads_in_english_too(station: Station, visits: Visits):
    verification = with_a_doubt(station)
    page = visits(station.finance, "en").get(desk(verification))
    assert page.says("10 invoices checked: 9 valid, 1 void", "Return with reasons", "Machine")


def test_every_word_of_the_machine_is_in_both_catalogues():
    words = {key for key in sentences("zh") if key.startswith("machine.")}
    assert {key.split(".")[1] for key in words} == {str(item) for item in CheckItem}
    assert words <= set(sentences("en"))
