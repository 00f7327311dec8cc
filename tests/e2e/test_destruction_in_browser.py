"""A destruction in a real browser, with real processes: twelve people, and every refusal.

The same person twice, a leader missing, a witness of the wrong department, a register that changed
after it was read, a hold and a loan between the approval and the destruction – and at the end what
was to go is gone, what was not is there.
"""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from archive.clock import Clock
from archive.holdings.record import Record
from archive.retention.actions.holds import Covers, place_hold
from archive.retention.batch import Batch, BatchItem
from archive.retention.hold import HoldKind
from archive.shelving.actions.loans import request_loan
from tests.builders import PASSWORD, Colleague, Station, open_system, settle_station
from tests.company import Company, open_company
from tests.destruction import worthless
from tests.e2e.browsing import DESKTOP, PHONE, Someone, says
from tests.e2e.deaths import Mortal
from tests.e2e.installation import eventually, made_of
from tests.e2e.servers import free_port
from tests.e2e.test_killed_filing import answers
from tests.shelving import with_store
from web.deps import SESSION_COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]


class Scene:
    """The station with five records of 2012, served and worked for."""

    def __init__(self, station: Station, company: Company, address: str, new_page: Any) -> None:
        self.station, self.company = station, company
        self._address, self._new_page = address, new_page

    def at_a_browser(self, who: Colleague, **options: Any) -> Someone:
        someone = Someone(self._new_page, self._address, who.code, **options)
        token = who.signs_in().token
        cookie = {"name": SESSION_COOKIE, "value": token, "url": self._address}
        someone.page.context.add_cookies([cookie])
        return someone

    @property
    def panel(self) -> dict[str, Colleague]:
        return {
            "archives": self.company.archives_head,
            "accounting": self.company.finance_head,
            "audit": self.company.audit,
            "discipline": self.company.discipline,
            "business": self.station.head,
        }

    @property
    def batch(self) -> Batch:
        return self.station.asks(lambda tx: tx.session.query(Batch).one())

    @property
    def here(self) -> str:
        return f"/retention/batches/{self.batch.id}"

    @property
    def items(self) -> list[BatchItem]:
        return self.station.asks(
            lambda tx: tx.session.query(BatchItem).order_by(BatchItem.position).all()
        )


@pytest.fixture
def scene(tmp_path: Path, new_page: Any) -> Iterator[Scene]:
    port = free_port()
    running = open_system("", Clock(), tmp_path / "data")
    station = with_store(settle_station(running))
    company = open_company(station)
    worthless(station, 5)
    settings = made_of(data_dir=tmp_path / "data", port=port, lease_seconds=30)
    processes = [Mortal("web", settings), Mortal("worker", settings)]
    eventually(lambda: answers(type("At", (), {"settings": settings})))
    yield Scene(station, company, f"http://127.0.0.1:{port}", new_page)
    for process in processes:
        process.kill()
    running.engine.dispose()


def test_twelve_people_destroy_two_records_and_whatever_must_not_go_stays(
    scene: Scene, tmp_path: Path
):
    archivist = scene.at_a_browser(scene.station.archivist)
    sweeps(scene, archivist)
    the_panel_judges(scene)
    draws_up(archivist)
    changed_after_it_was_read(scene, archivist)
    signs_all_four(scene)
    without_the_leader_nothing_goes_on(scene, archivist)
    the_leader_approves_on_a_phone(scene)
    names_witnesses(scene, archivist)
    counts_on_a_phone(scene)
    held, lent = comes_between(scene)
    carries_out(scene, archivist, tmp_path)
    witnesses_sign(scene)
    closes(scene, archivist)
    states = {item.record_id: (item.state, item.withheld) for item in scene.items}
    assert sorted(states.values()) == [
        ("destroyed", ""),
        ("destroyed", ""),
        *[("withheld", "held")] * 2,
    ]
    assert states[held] == states[lent] == ("withheld", "held")
    assert scene.station.sees(Record, held).state == "archived"


def sweeps(scene: Scene, archivist: Someone) -> None:
    """What is due is put before a panel of five departments."""
    page = archivist.page
    page.goto("/retention/due")
    assert page.locator("tbody tr").count() == 5
    archivist.looks()
    page.goto("/retention/appraisals/new")
    page.fill("#f-title", "2012年到期档案鉴定")
    page.click("form[action$='/new'] button")
    page.wait_for_url("**done=proposed")
    page.click("form[action$='/add-due'] button")
    page.wait_for_url("**done=added")
    for department, member in scene.panel.items():
        page.check(f"input[name=member-{department}][value='{member.id}']")
    page.select_option("#f-chair", str(scene.panel["archives"].id))
    page.click("form[action$='/panel'] button")
    page.wait_for_url("**done=panel")
    page.click("form[action$='/convene'] button")
    page.wait_for_url("**done=convened")


def the_panel_judges(scene: Scene) -> None:
    chair = scene.at_a_browser(scene.company.archives_head)
    page = chair.page
    page.goto("/retention/appraisals/1")
    page.check("#f-to_all")
    page.check("input[name=opinion][value=destroy]")
    page.fill("#f-reason", "保管期满，无保存价值")
    page.check("#f-content_seen")
    page.click("form[action$='/judge'] button")
    page.wait_for_url("**done=judged")
    page.click("form[action$='/conclude'] button")
    page.wait_for_url("**done=concluded")
    for member in scene.panel.values():
        signer = scene.at_a_browser(member, viewport=PHONE)
        signer.page.goto("/retention/appraisals/1/sign")
        signer.page.fill("#f-password", PASSWORD)
        signer.page.click("form[action$='/sign'] button")
        signer.page.wait_for_url("**done=signed")


def draws_up(archivist: Someone) -> None:
    page = archivist.page
    page.goto("/")
    archivist.looks()
    page.get_by_role("link", name="可以编制销毁清册").click()
    page.wait_for_url("**/retention/batches")
    archivist.looks()
    archivist.presses("batches.propose")
    page.wait_for_url("**done=proposed")
    archivist.sees("将销毁 5 件、5 页，不可恢复。")
    archivist.looks()
    archivist.presses("batches.do.freeze")
    page.wait_for_url("**done=frozen")


def changed_after_it_was_read(scene: Scene, archivist: Someone) -> None:
    """Somebody signed, somebody is reading; then a line is taken out."""
    signs(scene, scene.company.archives)
    reader = scene.at_a_browser(scene.station.finance, viewport=PHONE)
    reader.page.goto(f"{scene.here}/sign")
    archivist.page.goto(f"{scene.here}/items/{scene.items[-1].id}")
    archivist.looks()
    archivist.sees("所有签字作废")
    archivist.page.fill("#f-reason", "这一件还有用")
    archivist.presses("batches.drop")
    archivist.page.wait_for_url("**done=dropped")
    archivist.presses("batches.do.freeze")
    archivist.page.wait_for_url("**done=frozen")
    archivist.sees("已作废的签字（1）")
    reader.page.fill("#f-password", PASSWORD)
    reader.presses("batches.press.sign")
    reader.sees("您看过之后清册有变动")
    reader.sees("共 4 件、4 页")
    reader.looks()


def signs(scene: Scene, who: Colleague) -> Someone:
    someone = scene.at_a_browser(who, viewport=PHONE)
    someone.page.goto(f"{scene.here}/sign")
    someone.looks()
    someone.page.fill("#f-password", PASSWORD)
    someone.presses("batches.press.sign")
    someone.page.wait_for_url("**done=signed")
    return someone


def signs_all_four(scene: Scene) -> None:
    first = signs(scene, scene.company.archives)
    first.page.goto(f"{scene.here}/sign")
    first.sees("同一个人只能签一处")
    assert first.is_grey("batches.press.sign")
    for who in (scene.company.archives_head, scene.station.finance, scene.company.finance_head):
        signs(scene, who)


def without_the_leader_nothing_goes_on(scene: Scene, archivist: Someone) -> None:
    archivist.page.goto(scene.here)
    archivist.sees("等公司领导批准")
    assert archivist.page.get_by_text(says("batches.do.supervision")).count() == 0
    archivist.page.goto(f"{scene.here}/execute")
    assert archivist.is_grey("batches.press.execute")
    head = scene.at_a_browser(scene.station.head)
    head.page.goto(f"{scene.here}/approve")
    head.sees("您没有“批准销毁（公司领导）”的权限")
    assert head.is_grey("batches.press.approve")


def the_leader_approves_on_a_phone(scene: Scene) -> None:
    leader = scene.at_a_browser(scene.station.leader, viewport=PHONE)
    leader.page.goto("/")
    leader.page.get_by_role("link", name="批准销毁批次").click()
    leader.page.wait_for_url("**/approve")
    leader.sees("批准后将销毁 4 件、4 页。", "保管期满，无保存价值（4 件）")
    leader.looks()
    leader.page.fill("#f-password", "not-the-password")
    leader.presses("batches.press.approve")
    leader.sees(says("error.WrongPassword"))
    leader.page.fill("#f-password", PASSWORD)
    leader.presses("batches.press.approve")
    leader.page.wait_for_url("**done=approved")


def names_witnesses(scene: Scene, archivist: Someone) -> None:
    page, company = archivist.page, scene.company
    page.goto(f"{scene.here}/supervision")
    archivist.looks()
    wrong = f"{company.information.id}:accounting"
    page.eval_on_selector("#f-witness option:nth-of-type(2)", "(one, v) => one.value = v", wrong)
    page.select_option("#f-witness", wrong)
    archivist.presses("batches.do.name-witness")
    archivist.sees("这位同事不属于“财务部门”")
    involved = f"{company.audit.id}:audit"
    page.eval_on_selector("#f-witness option:nth-of-type(2)", "(one, v) => one.value = v", involved)
    page.select_option("#f-witness", involved)
    archivist.presses("batches.do.name-witness")
    archivist.sees("不能做监销人")
    for who, department in (
        (company.other_archives, "archives"),
        (scene.station.other_finance, "accounting"),
        (company.information, "information"),
    ):
        page.goto(f"{scene.here}/supervision")
        page.select_option("#f-witness", f"{who.id}:{department}")
        archivist.presses("batches.do.name-witness")
        page.wait_for_url("**done=witness-named")
    archivist.sees(says("batches.witnesses_enough"))
    page.select_option("#f-executor", str(scene.station.archivist.id))
    archivist.presses("batches.do.name-executor")
    page.wait_for_url("**done=executor-named")
    archivist.looks()


def counts_on_a_phone(scene: Scene) -> None:
    witness = scene.at_a_browser(scene.company.other_archives, viewport=PHONE)
    page = witness.page
    page.goto("/")
    page.get_by_role("link", name="清点销毁批次").click()
    page.wait_for_url("**/count")
    witness.looks()
    answer = page.locator("[data-answer]")
    page.fill("#f-said", "Z109-WS·2012-D10-QS-9999")
    page.keyboard.press("Enter")
    answer.get_by_text("不在").wait_for()
    assert "wrong" in (answer.get_attribute("class") or "")
    witness.looks()
    *most, last = [item.told["code"] for item in scene.items]
    for number, code in enumerate(most, start=1):
        page.fill("#f-said", code)
        page.keyboard.press("Enter")
        answer.get_by_text(code).wait_for()
        assert "right" in (answer.get_attribute("class") or "")
        assert page.locator("[data-counted]").inner_text() == str(number)
    witness.looks()
    assert witness.is_grey("batches.do.finish-count")
    page.fill("#f-said", last)
    page.keyboard.press("Enter")
    witness.sees(says("batches.nothing_left"))
    witness.presses("batches.do.finish-count")
    page.wait_for_url("**done=counted")


def comes_between(scene: Scene) -> tuple[int, int]:
    """A hold and a loan after everybody has signed, approved and counted."""
    station = scene.station
    held, lent = (item.record_id for item in scene.items[:2])
    station.finance.does(
        place_hold,
        station.id,
        Covers(record_ids=(held,)),
        kind=HoldKind.AUDIT,
        reason="审计局来函抽查",
    )
    station.clerk.does(
        request_loan,
        lent,
        purpose="核对客户来信",
        unit="",
        due_on=station.today + timedelta(days=3),
        on_site=False,
    )
    return held, lent


def carries_out(scene: Scene, archivist: Someone, folder: Path) -> None:
    page = archivist.page
    page.goto("/")
    page.get_by_role("link", name="执行销毁批次").click()
    page.wait_for_url("**/execute")
    archivist.looks()
    page.fill("#f-place", "县公司档案销毁室")
    page.fill("#f-method", "碎纸后化浆")
    page.fill("#f-password", PASSWORD)
    archivist.presses("batches.press.execute")
    page.wait_for_url("**done=begun")
    archivist.looks()
    page.fill("#f-count", "4")
    page.fill("#f-password", PASSWORD)
    archivist.presses("batches.press.paper")
    archivist.sees("清册上要销毁的纸质件是 2 件，您填的是 4 件")
    page.fill("#f-count", "2")
    page.fill("#f-weight_kg", "0.4")
    page.fill("#f-password", PASSWORD)
    archivist.presses("batches.press.paper")
    page.wait_for_url("**done=paper")
    photo = folder / "销毁现场.jpg"
    kept = io.BytesIO()
    Image.new("RGB", (320, 240), "grey").save(kept, "JPEG")
    photo.write_bytes(kept.getvalue())
    page.set_input_files("input[name=files]", photo)
    page.wait_for_selector(".upload.done")
    page.click("[data-hand-in]")
    page.wait_for_url("**done=photos")
    eventually(lambda: scene.batch.state == "destroyed")
    page.goto(scene.here)
    archivist.sees("有冻结、在借或双套不符：审计或检查", "有冻结、在借或双套不符：借阅中")
    archivist.looks()
    assert archivist.is_grey("batches.do.close")


def witnesses_sign(scene: Scene) -> None:
    for who in (
        scene.company.other_archives,
        scene.station.other_finance,
        scene.company.information,
    ):
        witness = scene.at_a_browser(who, viewport=PHONE)
        witness.page.goto(f"{scene.here}/witness")
        witness.sees("已销毁 2 件，暂缓 2 件")
        witness.looks()
        witness.page.fill("#f-password", PASSWORD)
        witness.presses("batches.press.witness")
        witness.page.wait_for_url("**done=witnessed")


def closes(scene: Scene, archivist: Someone) -> None:
    page = archivist.page
    page.goto("/")
    page.get_by_role("link", name="可以结案").click()
    page.wait_for_url(f"**{scene.here}")
    archivist.presses("batches.do.close")
    page.wait_for_url("**done=closed")
    link = page.get_by_role("link", name=says("batches.certificate_pdf"))
    archivist.until(lambda: page.goto(scene.here) and link.count())
    archivist.looks()
    pdf = page.request.get(f"{scene.here}/certificate.pdf")
    assert pdf.body().startswith(b"%PDF")
    gone = next(item for item in scene.items if item.state == "destroyed")
    clerk = scene.at_a_browser(scene.station.clerk, viewport=DESKTOP)
    clerk.page.goto(f"/holdings/records/{gone.record_id}")
    clerk.sees(f"由销毁批次 {scene.batch.name} 销毁", says("records.gone"))
    assert clerk.page.locator("img[src*='/filing/']").count() == 0
    clerk.looks()
