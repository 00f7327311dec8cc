"""Supervision, execution, photographs, backups and what is left, on the pages without scripts."""

import io
import zipfile

import pytest
from PIL import Image

from archive.retention.batch import Batch
from archive.retention.erasure import DestructionPhoto
from archive.storage import StorageUnavailable
from tests.builders import PASSWORD, Station
from tests.destruction import (
    Case,
    approve,
    approved,
    begun,
    counted,
    destroyed,
    keep_promises,
    proposed,
    registered,
    sign,
    signed,
    supervised,
    worthless,
)
from tests.integration.web.visiting import Visits
from tests.shelving import with_store

HERE = "/retention/batches"


@pytest.fixture
def station(station: Station) -> Station:
    return with_store(station)


@pytest.fixture
def case(station: Station) -> Case:
    return proposed(station, records=worthless(station, 2))


def at(case: Case, page: str = "") -> str:
    return f"{HERE}/{case.batch_id}{page and '/' + page}"


def photo(colour: str = "grey") -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(kept, "JPEG")
    return kept.getvalue()


def test_the_leader_approves_on_a_page_that_says_what_why_and_for_ever(case: Case, visits: Visits):
    signed(case)
    leader = visits(case.station.leader)
    assert leader.get("/").says(f"批准销毁批次 {case.batch.name}")
    page = leader.get(at(case, "approve"))
    assert page.says("将销毁 2 件、2 页", "都不能恢复", "保管期满，无保存价值（2 件）", "沈静")
    stale = leader.post(at(case, "approve"), digest="0" * 64, opinion="批准", password=PASSWORD)
    assert stale.status == 409
    assert stale.says("清册有变动")
    given = {"digest": case.batch.digest, "opinion": "批准", "password": PASSWORD}
    head = visits(case.station.head)
    assert head.get(at(case, "approve")).says("您没有“批准销毁（公司领导）”的权限")
    assert head.post(at(case, "approve"), given).status == 403
    assert leader.post(at(case, "approve"), given).leads_to(at(case) + "?done=approved")


def test_taking_a_line_out_voids_what_was_signed_and_says_so_before(case: Case, visits: Visits):
    registered(case)
    sign(case, next(iter(case.signers)))
    archivist = visits(case.station.archivist)
    line = f"{at(case)}/items/{case.items[0].id}"
    assert archivist.get(line).says("所有签字作废")
    assert archivist.post(f"{line}/drop", reason="").status == 422
    dropped = archivist.post(f"{line}/drop", reason="还要用于核对")
    assert dropped.leads_to(at(case) + "?done=dropped")
    page = archivist.get(at(case))
    assert page.says("已作废的签字（1）", "还要用于核对", "将销毁 1 件、1 页")


def test_a_register_is_sent_back_with_a_reason_and_cancelled_for_good(case: Case, visits: Visits):
    registered(case)
    head = visits(case.company.archives_head)
    assert head.post(at(case, "reopen"), reason="").status == 422
    assert head.post(at(case, "reopen"), reason="题名不对").leads_to(at(case) + "?done=reopened")
    archivist = visits(case.station.archivist)
    cancelled = archivist.post(at(case, "cancel"), reason="另行鉴定")
    assert cancelled.leads_to(at(case) + "?done=cancelled")
    assert archivist.get(at(case)).says("没有销毁任何档案。原因：另行鉴定")
    assert archivist.post(at(case, "freeze")).status == 409


def test_witnesses_are_chosen_from_those_without_a_part_and_others_are_told_why(
    case: Case, visits: Visits
):
    approved(case)
    archivist = visits(case.station.archivist)
    page = archivist.get(at(case, "supervision"))
    assert page.says("许文（档案部门）", "还缺这些部门的监销人：财务部门、档案部门、信息部门")
    assert page.says("方正平（档案部门）：在清册上签过", "吴海燕（审计部门）：参加了鉴定")
    involved = f"{case.company.audit.id}:audit"
    refused = archivist.post(at(case, "witnesses"), witness=involved)
    assert refused.status == 403
    assert refused.says("参加了鉴定", "不能做监销人")
    wrong = archivist.post(at(case, "witnesses"), witness=f"{case.company.information.id}:audit")
    assert wrong.status == 403
    assert wrong.says("不属于“审计部门”")
    chosen = f"{case.company.other_archives.id}:archives"
    named = archivist.post(at(case, "witnesses"), witness=chosen)
    assert named.leads_to(at(case, "supervision") + "?done=witness-named")
    executor = archivist.post(at(case, "executor"), executor=case.company.other_archives.id)
    assert executor.status == 403
    assert visits(case.company.other_archives).get("/").says(f"清点销毁批次 {case.batch.name}")
    assert visits(case.company.audit).get(at(case, "supervision")).status == 403


def test_the_count_says_right_or_wrong_and_what_is_left(case: Case, visits: Visits):
    supervised(case)
    stranger = worthless(case.station, first=3)[0]
    witness = visits(case.witnesses[0])
    first, second = case.items
    page = witness.get(at(case, "count"))
    assert page.says("0 / 2", first.told["code"], second.told["code"])
    right = witness.post(at(case, "count"), said=first.told["code"])
    assert right.says(f"✓ 在清册里：{first.told['code']}", "1 / 2")
    case.station.system.clock.advance(seconds=1)
    assert witness.post(at(case, "count"), said=first.told["code"]).says("已经清点过了")
    wrong = witness.post(at(case, "count"), said=stranger.code)
    assert wrong.status == 422
    assert wrong.says(f"✕ “{stranger.code}”不在 {case.batch.name} 的清册里")
    assert witness.get(at(case, "count")).button("完成清点") == "grey"
    assert witness.post(at(case, "count/finish")).status == 409
    here = f"{at(case)}/items/{second.id}/withhold"
    assert witness.post(here, why="not-found", note="").beside("note")
    kept = witness.post(here, why="not-found", note="柜中没有")
    assert kept.leads_to(at(case, "count") + "?done=withheld")
    assert witness.get(at(case, "count")).says("清点时未找到：柜中没有")
    assert witness.post(at(case, "count/finish")).leads_to(at(case) + "?done=counted")
    other = visits(case.station.archivist).get(at(case, "count"))
    assert other.says("现在不在清点阶段")


def test_a_script_is_told_the_count_as_json(case: Case, visits: Visits):
    supervised(case)
    witness = visits(case.witnesses[0])
    page = witness._asks(
        "POST",
        at(case, "count"),
        data={"said": case.items[0].told["code"], "csrf_token": _token(witness)},
        headers={"accept": "application/json"},
    )
    told = page.response.json()
    assert (told["item"], told["counted"], told["left"]) == (case.items[0].id, 1, 1)


def _token(visitor) -> str:
    from web.deps import csrf_token

    return csrf_token(visitor.token)


def test_the_destruction_is_begun_confirmed_photographed_witnessed_and_closed(
    case: Case, visits: Visits
):
    counted(case)
    archivist = visits(case.station.archivist)
    assert archivist.get("/").says(f"执行销毁批次 {case.batch.name}")
    other = visits(case.company.archives)
    assert other.get(at(case)).says("这个批次指定由孙梅执行")
    given = {"place": "销毁室", "method": "化浆", "password": PASSWORD}
    assert other.post(at(case, "execute"), given).status == 403
    empty = archivist.post(at(case, "execute"), {**given, "place": ""})
    assert empty.beside("place")
    assert empty.holds("method") == "化浆"
    begun_ = archivist.post(at(case, "execute"), given)
    assert begun_.leads_to(at(case, "execute") + "?done=begun")
    record = visits(case.station.clerk).get(f"/holdings/records/{case.records[0].id}")
    assert record.says("正由销毁批次", "没有页面可看")
    wrong = archivist.post(at(case, "paper"), count="3", password=PASSWORD)
    assert wrong.beside("count")
    burnt = archivist.post(at(case, "paper"), count="2", weight_kg="1.5", password=PASSWORD)
    assert burnt.leads_to(at(case, "execute") + "?done=paper")
    keep_promises(case.station)
    _photographed(case, visits)
    assert archivist.get(at(case)).says("还没有签字的监销人")
    for witness in case.witnesses:
        page = visits(witness)
        assert page.get("/").says(f"监销批次 {case.batch.name} 后签字")
        assert page.get(at(case, "witness")).says("纸质件在销毁室以“化浆”的方式销毁 2 件")
        done = page.post(at(case, "witness"), opinion="全程监销", password=PASSWORD)
        assert done.leads_to(at(case) + "?done=witnessed")
    assert archivist.get("/").says(f"销毁批次 {case.batch.name} 可以结案")
    assert archivist.post(at(case, "close")).leads_to(at(case) + "?done=closed")
    keep_promises(case.station)
    page = archivist.get(at(case))
    assert page.says("已销毁 2 件、2 页", "打开销毁证明（PDF）")
    assert archivist.get(at(case, "certificate.pdf")).response.content.startswith(b"%PDF")
    gone = visits(case.station.clerk).get(f"/holdings/records/{case.records[0].id}")
    assert gone.says(f"由销毁批次 {case.batch.name} 销毁")
    assert "/filing/pages/" not in gone.response.text
    assert gone.response.text.count("copy.pdf") == 0
    listed = visits(case.station.clerk).get("/holdings/records?pair=destroyed")
    assert len(listed.rows()) == 2


def _photographed(case: Case, visits: Visits) -> None:
    witness = visits(case.witnesses[1])
    sent = witness.sends(at(case, "photos/uploads"), "销毁.jpg", photo())
    kept = witness.post(at(case, "photos"), upload=sent.response.json()["upload"])
    assert kept.leads_to(at(case, "execute") + "?done=photos")
    (one,) = case.station.asks(lambda tx: tx.session.query(DestructionPhoto).all())
    shown = witness.get(f"{at(case)}/photos/{one.id}")
    assert shown.response.content == photo()
    refused = witness.sends(at(case, "photos/uploads"), "清册.pdf", b"%PDF-1.7 not a photograph")
    assert refused.status == 422
    assert "JPG" in refused.response.json()["told"]
    stranger = visits(case.company.audit)
    assert stranger.sends(at(case, "photos/uploads"), "a.jpg", photo()).status == 403


def test_nothing_begins_before_the_cooling_off_is_over(case: Case, visits: Visits):
    case.station.system.settings.destruction_cooling_days = 7
    try:
        counted(case)
        page = visits(case.station.archivist).get(at(case, "execute"))
        assert page.says("冷静期还没有过", "2026年10月26日")
        assert page.button("开始销毁") == "grey"
    finally:
        case.station.system.settings.destruction_cooling_days = 0


def test_a_backup_keeps_a_batch_waiting_until_it_is_gone(case: Case, visits: Visits):
    information = visits(case.company.information)
    assert information.get("/retention/backups").says("还没有登记备份")
    given = {"label": "十月全量", "medium": "磁带 12 号"}
    assert information.post("/retention/backups", {**given, "medium": ""}).beside("medium")
    future = information.post("/retention/backups", {**given, "made_on": "2027-01-01"})
    assert future.beside("made_at") or future.beside("made_on") or future.status == 422
    kept = information.post("/retention/backups", given)
    assert kept.leads_to("/retention/backups?done=registered")
    case.station.system.clock.advance(hours=1)
    destroyed(case)
    page = information.get("/retention/backups")
    assert page.says("1 个批次在等它", case.batch.name)
    gone = information.post("/retention/backups/1/gone", how="磁带已改写")
    assert gone.leads_to("/retention/backups?done=gone")
    assert visits(case.station.archivist).post("/retention/backups", given).status == 403


def test_the_register_is_had_as_a_file_with_every_line(case: Case, visits: Visits):
    archivist = visits(case.station.archivist)
    file = archivist.get(at(case) + "?file=xlsx")
    with zipfile.ZipFile(io.BytesIO(file.response.content)) as book:
        sheet = "".join(book.read(name).decode() for name in book.namelist() if "sheet1" in name)
    assert all(item.told["code"] in sheet for item in case.items)


def test_every_page_is_told_in_english_too(case: Case, visits: Visits):
    begun(case)
    english = visits(case.station.archivist, language="en")
    for page in ("", "sign", "approve", "supervision", "count", "execute", "witness"):
        answer = english.get(at(case, page))
        assert answer.status == 200, page
    assert english.get(HERE).says("Destruction batches")
    assert english.get("/retention/backups").says("Backups")


def test_somebody_of_another_station_or_without_retention_learns_nothing(
    case: Case, neighbour: Station, visits: Visits
):
    assert visits(neighbour.archivist).get(at(case)).status == 404
    assert visits(neighbour.archivist).post(at(case, "freeze")).status == 404
    assert visits(case.station.collector).get(HERE).status == 403
    assert case.station.sees(Batch, case.batch_id).state == "draft"


def test_approval_and_signature_are_by_different_people(case: Case, visits: Visits):
    signed(case)
    approve(case)
    again = visits(case.station.leader).post(
        at(case, "approve"), digest=case.batch.digest, opinion="批准", password=PASSWORD
    )
    assert again.status == 409


def test_what_the_store_would_not_destroy_is_told_and_tried_again(
    case: Case, visits: Visits, monkeypatch: pytest.MonkeyPatch
):
    begun(case)
    store = type(case.station.system.objects)

    def refuses(*_: object, **__: object) -> None:
        raise StorageUnavailable

    with monkeypatch.context() as failing:
        failing.setattr(store, "destroy", refuses)
        keep_promises(case.station)
    archivist = visits(case.station.archivist)
    page = archivist.get(at(case, "execute"))
    assert page.says("还没有全部销毁的", "还剩 8 个")
    assert page.says("这一件的电子件没有销毁成功")
    assert page.button("继续销毁") == "ready"
    assert archivist.post(at(case, "go-on")).leads_to(at(case, "execute") + "?done=gone-on")
    keep_promises(case.station)
    page = archivist.get(at(case, "execute"))
    assert page.says("已销毁并回读 8 个对象，还剩 0 个")
    assert page.button("继续销毁") == "missing"
