"""The components in a real browser, under the policy the real pages are sent with."""

import threading
import time

import pytest
import uvicorn

from tests.unit.web.gallery import app
from web import assets

DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 740}
CELL = 'a.n[data-key="{}"]'


@pytest.fixture(scope="module")
def gallery():
    """The address of the gallery, served on a port of its own."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def axe():
    if not assets.is_installed(with_test_tools=True):
        assets.install(with_test_tools=True)
    return (assets.ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture
def visit(new_page, gallery):
    def visit(path, **options):
        page = new_page(**{"base_url": gallery, "viewport": DESKTOP, **options})
        page.goto(path)
        return page

    return visit


IN_SIGHT = "document.querySelector('[data-page=\"{}\"] img').checkVisibility({{contentVisibilityAuto: true}})"


def test_of_a_thousand_pages_only_those_in_sight_are_fetched_and_laid_out(new_page, gallery):
    page = new_page(base_url=gallery, viewport=DESKTOP)
    fetched = []
    page.on("request", lambda asked: fetched.append(asked.url) if "small" in asked.url else None)
    page.goto("/gallery/desk?pages=1000&page=900")
    page.wait_for_load_state("networkidle")
    until(page, IN_SIGHT.format(900))
    assert not page.evaluate(IN_SIGHT.format(1))
    assert not page.evaluate(IN_SIGHT.format(700))
    assert 5 < len(fetched) < 150
    assert any(address.endswith("at=900") for address in fetched)

    page.keyboard.press("j")
    until(page, IN_SIGHT.format(901))
    assert shown_page(page) == "901"
    assert page.locator(".thumbnails [aria-current]").get_attribute("data-page") == "901"


def zoom(page):
    return page.evaluate("station.viewer.osd?.viewport.getZoom(false) ?? 0")


def shown_page(page):
    return page.locator("[data-where]").inner_text().split(" /")[0]


def until(page, true, patience=15.0):
    """Waits for an expression; the policy forbids what Playwright's own waiting would need."""
    end = time.monotonic() + patience
    while not page.evaluate(true):
        assert time.monotonic() < end, f"never came true: {true}"
        page.wait_for_timeout(50)


def wait_for_viewer(page):
    until(page, "Boolean(station.viewer.osd?.isOpen())")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize(
    "path", ["/gallery?full=1", "/gallery/desk", "/gallery?lang=en", "/gallery/desk?lang=en", "/problem/409"]
)  # fmt: skip
def test_axe_finds_nothing_serious_and_nothing_runs_out_of_the_window(visit, axe, path, viewport):
    page = visit(path, viewport=viewport, bypass_csp=True)
    page.evaluate(axe)
    found = page.evaluate("axe.run().then((result) => result.violations)")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_arrow_keys_walk_the_grid_and_tab_stops_at_it_once(visit):
    page = visit("/gallery/desk")
    page.locator(CELL.format("04210051")).focus()
    for key in ("ArrowRight", "ArrowDown", "End", "ArrowDown", "Home"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.dataset.key") == "04210071"
    assert page.locator('[data-grid] a.n[tabindex="0"]').count() == 1


def test_choosing_a_number_shows_its_place_and_opens_its_finding(visit):
    page = visit("/gallery/desk")
    page.locator(CELL.format("04210112")).focus()
    page.keyboard.press("Enter")
    wait_for_viewer(page)
    assert shown_page(page) == "21"
    until(page, "station.viewer.osd.viewport.getZoom(false) > 0.9")
    assert page.locator("#finding-04210112").get_attribute("open") is not None
    assert page.locator("#finding-04210078").get_attribute("open") is None
    assert page.url.endswith("?number=04210112")


def test_deep_zoom_is_fetched_only_when_it_is_used(visit):
    page = visit("/gallery/desk")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("!document.querySelector('script[src*=openseadragon]')")
    page.get_by_role("button", name="放大").click()
    until(page, "'OpenSeadragon' in window")


def test_j_and_k_turn_pages_but_not_while_typing(visit):
    page = visit("/gallery/desk")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    wait_for_viewer(page)
    assert shown_page(page) == "11"
    page.locator("#r-04210078").focus()
    page.keyboard.type("kjk")
    assert shown_page(page) == "11"
    assert page.locator("#r-04210078").input_value() == "kjk"


def test_the_page_can_be_enlarged_and_turned_by_keyboard(visit):
    page = visit("/gallery/desk")
    page.keyboard.press("0")
    wait_for_viewer(page)
    before = zoom(page)
    page.keyboard.press("+")
    assert zoom(page) > before
    page.keyboard.press("r")
    assert page.evaluate("station.viewer.osd.viewport.getRotation(false)") % 360 == 90


def test_an_upside_down_page_is_opened_upright(visit):
    page = visit("/gallery/desk")
    page.locator('.thumbnails a[data-page="5"]').click()
    wait_for_viewer(page)
    until(page, "station.viewer.osd.viewport.getRotation(true) === 180")


def test_typing_a_number_chooses_it_and_settling_goes_on_to_the_next_finding(visit):
    page = visit("/gallery/desk")
    page.evaluate("document.querySelector('[data-viewer]').dataset.same = 'yes'")
    form = page.locator("#finding-04210078 form")
    form.locator('input[name="number"]').fill("04210077")
    assert form.locator('input[value="number"]').is_checked()
    with page.expect_request(lambda asked: asked.method == "POST") as sent:
        form.get_by_role("button", name="认定").click()
    assert "decision=number" in sent.value.post_data
    assert "number=04210077" in sent.value.post_data
    page.locator("#finding-04210091[open]").wait_for()
    until(page, "document.activeElement.closest('#finding-04210091')")
    assert page.locator('[data-viewer][data-same="yes"]').count() == 1
    wait_for_viewer(page)
    until(page, "station.viewer.page.n === 14")


def test_what_goes_wrong_while_settling_is_said_and_loses_nothing(visit, new_page):
    page = visit("/gallery/desk")
    page.route("**/settle", lambda route: route.abort())
    new_page.expect_complaint("Failed to fetch")
    new_page.expect_complaint("ERR_FAILED")
    form = page.locator("#finding-04210078 form")
    form.locator('input[name="number"]').fill("04210077")
    form.get_by_role("button", name="认定").click()
    page.locator("#live").filter(has_text="没有送到").wait_for()
    assert form.locator('input[name="number"]').input_value() == "04210077"


def test_enter_in_a_remark_sends_nothing(visit):
    page = visit("/gallery/desk")
    page.locator("#remark-cover").fill("封面第二行有涂改")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "answer-once"
    assert page.url.endswith("/gallery/desk")


def settle(page, reason):
    form = page.locator("#finding-04210078 form")
    form.locator('input[name="reason"]').fill(reason)
    form.get_by_role("button", name="认定").click()
    return form


def test_a_refusal_while_settling_is_shown_beside_what_was_typed(visit):
    page = visit("/gallery/desk")
    form = settle(page, "拒绝")
    page.locator("#finding-04210078 .refusal").get_by_text("三、5").wait_for()
    assert form.locator('input[name="reason"]').input_value() == "拒绝"
    assert page.locator("[data-grid]").count() == 1


def test_when_signed_out_meanwhile_the_browser_goes_where_it_was_sent(visit):
    page = visit("/gallery/desk")
    settle(page, "过期")
    page.wait_for_url("**/gallery")


def test_files_are_sent_one_by_one_and_handed_in_in_order(visit):
    page = visit("/gallery")
    hand_in = page.get_by_role("button", name="交给机器读取")
    assert hand_in.get_attribute("aria-disabled") == "true"
    files = [
        {"name": f"第{n}页.jpg", "mimeType": "image/jpeg", "buffer": b"x" * n} for n in (10, 9, 1)
    ]
    page.locator(".drop-files").set_input_files(files)
    page.locator(".upload.done").nth(2).wait_for()
    assert page.locator(".upload-name").all_inner_texts() == [
        "第1页.jpg",
        "第9页.jpg",
        "第10页.jpg",
    ]
    with page.expect_navigation():
        hand_in.click()
    assert page.evaluate("JSON.parse(document.body.innerText)") == [
        ["csrf_token", "sample-token"], ["upload", "u-1"], ["upload", "u-9"], ["upload", "u-10"],
    ]  # fmt: skip


def test_a_file_that_is_refused_says_why_and_can_be_sent_again(visit):
    page = visit("/gallery")
    files = [
        {"name": "fail.pdf", "mimeType": "application/pdf", "buffer": b"x"},
        {"name": "程序.exe", "mimeType": "application/x-msdownload", "buffer": b"x"},
        {"name": "空.pdf", "mimeType": "application/pdf", "buffer": b""},
    ]
    page.locator(".drop-files").set_input_files(files)
    page.get_by_text("这个文件不是 PDF，请重新扫描。").wait_for()
    assert page.get_by_text("不是能收的文件").is_visible()
    assert page.get_by_text("文件是空的").is_visible()
    with page.expect_response("**/uploads"):
        page.get_by_role("button", name="重试 fail.pdf").click()


def test_a_file_on_its_way_can_be_cancelled(visit):
    page = visit("/gallery")
    page.route("**/uploads", lambda _: None)
    pdf = {"name": "慢.pdf", "mimeType": "application/pdf", "buffer": b"x"}
    page.locator(".drop-files").set_input_files([pdf])
    page.get_by_role("button", name="取消 慢.pdf").click()
    page.locator(".upload.failed").wait_for()
    page.get_by_role("button", name="移除 慢.pdf").click()
    assert page.locator(".upload").count() == 0


def test_files_may_be_dropped_anywhere_on_the_page(visit):
    page = visit("/gallery")
    page.evaluate(
        """() => {
            const carried = new DataTransfer();
            carried.items.add(new File(["abc"], "册.pdf", { type: "application/pdf" }));
            document.querySelector("h1").dispatchEvent(
                new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: carried }));
        }"""
    )
    page.locator(".upload.done").get_by_text("册.pdf").wait_for()


def test_progress_moves_by_itself(visit):
    page = visit("/gallery")
    page.locator("#p-1").get_by_text("35 / 100").wait_for(timeout=15000)


def test_a_grouped_number_is_copied_whole(visit):
    page = visit("/gallery")
    copied = page.evaluate(
        """() => {
            const code = [...document.querySelectorAll(".code")].find((one) => one.textContent.length === 20);
            getSelection().selectAllChildren(code);
            return getSelection().toString();
        }"""
    )
    assert copied == "26377000000012345678"


def test_a_greyed_button_does_nothing(visit):
    page = visit("/gallery")
    page.get_by_role("button", name="领用新票据").first.click(force=True)
    assert page.url.endswith("/gallery")


def test_a_form_is_sent_once_however_often_it_is_pressed(visit):
    page = visit("/gallery")
    sent = []
    page.route("**/destroy", lambda route: sent.append(route.request.method))
    page.evaluate(
        """() => {
            const button = [...document.querySelectorAll("button")].find((one) => one.textContent === "签字批准销毁");
            button.click(); button.click();
        }"""
    )
    page.wait_for_timeout(300)
    assert sent == ["POST"]


def test_without_scripts_a_number_is_a_link_to_its_place(visit):
    page = visit("/gallery/desk", java_script_enabled=False)
    page.locator(CELL.format("04210112")).click()
    page.wait_for_url("**/gallery/desk?number=04210112")
    assert page.locator("image[href='/pages/21.jpg']").count() == 1
    assert page.locator("#finding-04210112[open]").count() == 1
    assert page.get_by_role("button", name="放大").count() == 0


def test_without_scripts_files_go_with_the_form(visit):
    page = visit("/gallery", java_script_enabled=False)
    pdf = {"name": "册.pdf", "mimeType": "application/pdf", "buffer": b"abc"}
    page.locator(".drop-files").set_input_files([pdf])
    page.get_by_role("button", name="交给机器读取").click()
    page.wait_for_url("**/scans")
    assert "册.pdf (3)" in page.locator("body").inner_text()


def test_without_scripts_the_menu_opens_on_a_phone(visit):
    page = visit("/gallery", java_script_enabled=False, viewport=PHONE)
    assert not page.get_by_role("link", name="审计").is_visible()
    page.locator(".bar-menu summary").click()
    assert page.get_by_role("link", name="审计").is_visible()
