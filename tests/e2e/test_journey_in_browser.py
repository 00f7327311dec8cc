"""The main job through the pages, in a real browser, as each of the people would do it.

It begins with an approved plan still to be had and ends with a new book in the custodian's hands.
The program is the real one, the worker reads a scan that was really drawn, and every page on the
way is judged for people who cannot see, or use no mouse.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.browser import Watched
from tests.e2e.browsing import PHONE, Someone, says
from tests.e2e.paper import CODE, Paper
from tests.e2e.people import FIRST_PASSWORD, PASSWORD, Company, company
from tests.e2e.servers import Program

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1200)]
GATE = "/invoices/requests/new?books={}"
LEFT = "details.finding:not(.is-settled):has(form)"


class Journey:
    """The steps, in order; everybody sits at a browser of their own."""

    def __init__(self, program: Program, them: Company, paper: Paper, new_page: Watched) -> None:
        self.program = program
        self.them = them
        self.paper = paper
        at = {"new_page": new_page, "address": program.url}
        self.custodian = Someone(**at, code="B001")
        self.collector = Someone(**at, code="C001").signs_in()
        self.head = Someone(**at, code="Z001").signs_in()
        self.finance = Someone(**at, code="F001").signs_in()
        self.leader = Someone(**at, code="L001").signs_in()
        self.volume = ""
        self.settled = 0

    @property
    def looked_at(self) -> set[str]:
        """Every page that was judged."""
        everybody = (self.custodian, self.collector, self.head, self.finance, self.leader)
        return {path for one in everybody for path in one.looked_at}

    # ------------------------------------------------------------ a password, a plan, books

    def the_first_thing_is_a_password_of_ones_own(self) -> None:
        custodian = self.custodian
        custodian.page.goto("/sign-in")
        custodian.looks()
        custodian.signs_in(FIRST_PASSWORD)
        custodian.sees(says("account.first_password"))
        custodian.page.goto("/invoices/books")
        assert custodian.page.url.endswith("/password")
        custodian.looks()
        custodian.fills("account.old_password", FIRST_PASSWORD)
        custodian.fills("account.new_password", PASSWORD)
        custodian.fills("account.again", PASSWORD)
        custodian.presses("account.change_password")
        custodian.sees(says("home.title"))
        custodian.looks()

    def a_plan_is_approved(self) -> None:
        self.gate_is_closed(("a", says("gate.no-plan")), ("c", says("gate.nothing-cleared")))
        custodian = self.custodian
        custodian.page.goto("/invoices/plans")
        custodian.follows(says("plans.propose"))
        custodian.fills("plans.books", 4)
        custodian.fills("plans.basis", "268 户，每月约 90 份")
        custodian.looks()
        custodian.presses("plans.propose_button")
        custodian.sees(says("plans.done.proposed"))
        finance = self.finance
        finance.page.goto("/")
        finance.follows("审批青石供电所")
        finance.looks()
        finance.presses("plans.approve")
        finance.sees(says("plans.done.approved"))

    def books_come_on_the_leaders_exception(self) -> None:
        self.gate_is_closed(("c", says("gate.nothing-cleared")))
        leader = self.leader
        leader.page.goto(GATE.format(2))
        leader.sees(says("requests.exception"))
        leader.page.get_by_label("首次领用").check()
        leader.fills("requests.reason", "新建票据台账，首次领用。")
        leader.fills("sign.password", PASSWORD, person="周志远")
        leader.looks()
        leader.presses("requests.exception_button")
        leader.sees(says("requests.done.excepted"))
        self.books_are_granted(2)
        first, size = int(self.paper.numbers[0]), len(self.paper.numbers)
        self.finance_issues(2, first, first + 2 * size)
        self.custodian_receives(f"{first:08d}")
        self.custodian_receives(f"{first + size:08d}")

    def books_are_granted(self, books: int) -> None:
        custodian = self.custodian
        custodian.page.goto(GATE.format(books))
        assert not custodian.page.locator("li.gate-line.closed").count()
        custodian.looks()
        custodian.presses("requests.ask_button", books=books)
        custodian.sees(says("requests.done.granted"))

    def finance_issues(self, books: int, first: int, beyond: int) -> None:
        finance = self.finance
        finance.page.goto("/")
        finance.follows(says("waiting.issue", station="青石供电所", books=books))
        finance.fills("requests.code_n", CODE, n=1)
        finance.fills("requests.first_n", f"{first:08d}", n=1)
        finance.fills("requests.last_n", f"{beyond:08d}", n=1)
        finance.presses("requests.issue_button")
        wrong = finance.page.locator("#f-last-0[aria-invalid='true']")
        wrong.wait_for()
        assert wrong.input_value() == f"{beyond:08d}"
        finance.looks()
        finance.fills("requests.last_n", f"{beyond - 1:08d}", n=1)
        finance.sees(says("requests.count_right", books=books))
        finance.presses("requests.issue_button")
        finance.sees(says("requests.done.issued"))

    def custodian_receives(self, first: str) -> None:
        custodian = self.custodian
        self.opens_book(custodian, first)
        custodian.looks()
        custodian.presses("books.receive_button")
        custodian.sees(says("books.done.receive"))

    def opens_book(self, who: Someone, number: str) -> None:
        who.page.goto("/invoices/books")
        who.fills("books.find_number", number)
        who.presses("books.find")
        who.page.locator("section.panel a[href*='/invoices/books/']").first.click()
        who.sees(says("books.life"))

    # ------------------------------------------------------------ use

    def the_collector_takes_the_book_and_writes_it_up(self) -> None:
        custodian, collector, paper = self.custodian, self.collector, self.paper
        self.opens_book(custodian, paper.numbers[0])
        custodian.chooses("books.receiver", "张大勇（收费员）")
        custodian.presses("books.give_button")
        custodian.sees(says("books.done.give"))
        self.opens_book(collector, paper.numbers[0])
        collector.looks()
        collector.presses("books.confirm_button")
        collector.sees(says("books.done.confirm"))
        collector.looks()
        collector.fills("books.last", paper.numbers[-1])
        collector.fills("books.kwh_sum", paper.kwh)
        collector.fills("books.amount_sum", f"{paper.amount_fen / 100:,.2f}")
        collector.presses("books.use_button")
        collector.sees(says("books.done.use"))
        for number in paper.voids:
            collector.fills("books.void_number", number)
            collector.fills("books.void_reason", "写错户名")
            collector.presses("books.void_button")
            collector.page.locator("#f-copies_kept-error").wait_for()
            for box in collector.page.locator("input[name=copies_kept]").all():
                box.check()
            collector.looks()
            collector.presses("books.void_button")
            collector.sees(says("books.done.void"))

    # ------------------------------------------------------------ the volume

    def the_month_is_bound_signed_and_sealed(self) -> None:
        custodian, collector, head = self.custodian, self.collector, self.head
        custodian.page.goto("/invoices/volumes/new")
        custodian.follows(custodian.page.locator("tbody a"))
        custodian.looks()
        custodian.presses("volumes.bind_n", n=len(self.paper.numbers))
        custodian.sees(says("volumes.done.bound"))
        self.volume = custodian.page.url.partition("?")[0].rpartition("/")[2]
        path = f"/invoices/volumes/{self.volume}"
        custodian.looks()
        custodian.page.get_by_text(says("volumes.correct.title")).click()
        custodian.fills("volumes.remark", "缴款单附后")
        custodian.presses("volumes.correct.button")
        custodian.sees(says("volumes.done.correct"))
        head.page.goto(path)
        assert not head.button("volumes.act.seal.button").count()
        collector.page.goto(path)
        collector.sees(f"{self.paper.amount_fen / 100:,.2f}", self.paper.voids[0], "缴款单附后")
        collector.fills("sign.password", "not-mine", person="张大勇")
        collector.presses("volumes.sign.button")
        collector.sees(says("error.WrongPassword"))
        collector.fills("sign.password", PASSWORD, person="张大勇")
        collector.looks()
        collector.presses("volumes.sign.button")
        collector.sees(says("volumes.done.sign"))
        head.page.goto(path)
        head.looks()
        head.presses("volumes.act.seal.button")
        head.sees(says("volumes.done.seal"))

    def the_scan_is_dropped_onto_the_page_and_read(self) -> None:
        custodian = self.custodian
        custodian.page.goto(f"/invoices/volumes/{self.volume}")
        custodian.looks()
        custodian.drops(self.paper.scan, "QS 十月.pdf")
        custodian.sees("QS 十月.pdf", says("upload.received"))
        custodian.presses("upload.hand_in")
        custodian.sees(says("volumes.done.received"))
        custodian.sees(says("progress.may_close"))
        assert custodian.page.locator("#reading progress").count() == 1
        custodian.looks()
        custodian.until(
            custodian.page.locator("#reading.done").count,
            moving=lambda: custodian.page.locator("#reading .figures").all_inner_texts(),
        )
        custodian.sees(says("progress.count", done=self.paper.pages, total=self.paper.pages))
        custodian.looks()

    # ------------------------------------------------------------ the desk

    def what_is_doubted_is_settled_by_keyboard(self) -> None:
        custodian = self.custodian
        custodian.follows(says("progress.result"))
        custodian.looks()
        while self.settle_one():
            self.settled += 1
        assert self.settled
        custodian.sees(says("desk.all_settled"))
        custodian.looks()

    def settle_one(self) -> bool:
        """The first doubt that stands, with nothing but the keyboard; False when none does."""
        page = self.custodian.page
        left = page.locator(LEFT)
        before = left.count()
        if not before:
            return False
        for finding in left.all():
            title = finding.locator(".finding-title").inner_text()
            decision = self.decision(title)
            if decision is None:
                continue
            page.locator("#desk-findings-title").focus()
            if finding.get_attribute("open") is None:
                self.custodian.tabs_to(finding.locator("summary"))
                page.keyboard.press("Enter")
            verdict, number = decision
            if number:
                self.custodian.tabs_to(finding.locator("input[name=number]"))
                page.keyboard.type(number)
            else:
                self.custodian.tabs_to(finding.locator("input[name=decision]").first)
                choice = finding.locator(f"input[value={verdict}]")
                page.keyboard.press("Space")
                for _ in range(6):
                    if choice.is_checked():
                        break
                    page.keyboard.press("ArrowDown")
                assert choice.is_checked()
            page.keyboard.press("Enter")
            self.custodian.until(lambda: left.count() < before)
            return True
        return False

    def decision(self, title: str) -> tuple[str, str] | None:
        """What the paper says about a finding: a verdict, or the number that stands there."""
        number = next((number for number in self.paper.numbers if number in title), "")
        truth = {truth.number: truth for truth in self.paper.truths}
        if not number:
            blotted = next(one.number for one in self.paper.truths if not one.readable)
            return ("number", blotted) if "读不准" in title else None
        if "废票" in title:
            return ("void" if truth[number].void else "not-void", "")
        return None

    # ------------------------------------------------------------ finance

    def the_volume_goes_to_finance(self) -> None:
        """Nothing is to be had on it before the signature, and the page says why."""
        custodian = self.custodian
        custodian.page.goto(f"/invoices/volumes/{self.volume}")
        code = custodian.page.title().partition(" ")[0]
        custodian.presses("volumes.act.submit.button")
        custodian.sees(says("volumes.done.submit"))
        self.gate_is_closed(("c", says("gate.nothing-cleared")), ("c", code))

    def who_sealed_it_cannot_sign_for_it(self) -> None:
        """The head helps out in finance, too, and sealed this very volume."""
        head = self.head
        head.page.goto(f"/invoices/volumes/{self.volume}/desk")
        self.answers_everything(head)
        assert head.is_grey("desk_pages.sign.button")
        assert "不能由同一个人办" in head.page.locator("#sign .why-not").inner_text()
        head.looks()

    def finance_signs_what_it_sees(self) -> None:
        finance = self.finance
        finance.page.goto("/")
        finance.follows(finance.page.locator(f"a[href$='/volumes/{self.volume}/desk']"))
        settled = finance.page.locator("details.finding.is-settled")
        assert settled.count() == self.settled
        settled.first.locator("summary").click()
        finance.sees("王秀兰")
        finance.looks()
        self.signs_at_the_desk(PASSWORD)
        finance.page.locator(".check.wrong").first.wait_for()
        finance.looks()
        self.answers_everything(finance)
        self.signs_at_the_desk("not-mine")
        finance.sees(says("error.WrongPassword"))
        self.signs_at_the_desk(PASSWORD)
        finance.sees(says("volumes.done.accepted"))
        finance.looks()

    def signs_at_the_desk(self, password: str) -> None:
        self.finance.fills("sign.password", password, person="陈玉华", within="#sign")
        self.finance.presses("desk_pages.sign.button")

    def answers_everything(self, who: Someone) -> None:
        for line in who.page.locator("ol.checks > li").all():
            line.get_by_label(says("check.yes"), exact=True).check()

    # ------------------------------------------------------------ the gate

    def gate_is_closed(self, *why: tuple[str, str]) -> None:
        """The page says beforehand which lines are closed and why, and the button is grey."""
        custodian = self.custodian
        custodian.page.goto(GATE.format(1))
        for line, reason in why:
            closed = custodian.page.locator(f"#line-{line}.closed .reasons")
            assert reason in closed.inner_text()
        assert custodian.is_grey("requests.ask_button", books=1)
        custodian.looks()

    def a_new_book_comes_into_the_custodians_hands(self) -> None:
        self.books_are_granted(1)
        self.gate_is_closed(("c", says("gate.nothing-cleared")))
        size = len(self.paper.numbers)
        first = int(self.paper.numbers[0]) + 2 * size
        self.finance_issues(1, first, first + size)
        self.custodian_receives(f"{first:08d}")
        self.custodian.sees("王秀兰")
        self.custodian.page.goto("/invoices/books?mine=1")
        self.custodian.sees(f"{first:08d}")


@contextmanager
def settled(program: Program, newcomers: frozenset[str]) -> Iterator[Company]:
    program.start("serve")
    with company(program, newcomers=newcomers) as them:
        yield them


def test_from_a_plan_to_a_new_book_through_the_pages(
    program: Program, paper: Paper, new_page: Watched
):
    with settled(program, frozenset({"custodian"})) as them:
        journey = Journey(program, them, paper, new_page)
        journey.the_first_thing_is_a_password_of_ones_own()
        journey.a_plan_is_approved()
        journey.books_come_on_the_leaders_exception()
        journey.the_collector_takes_the_book_and_writes_it_up()
        journey.the_month_is_bound_signed_and_sealed()
        journey.the_scan_is_dropped_onto_the_page_and_read()
        journey.what_is_doubted_is_settled_by_keyboard()
        journey.the_volume_goes_to_finance()
        journey.who_sealed_it_cannot_sign_for_it()
        journey.finance_signs_what_it_sees()
        journey.a_new_book_comes_into_the_custodians_hands()
        on_a_phone(journey, new_page)
        assert len(journey.looked_at) >= 12, journey.looked_at
    verified = program.run("trail", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "Traceback" not in program.log, program.log


def on_a_phone(journey: Journey, new_page: Watched) -> None:
    """Sign-in, overview, desk and gate can be used with a thumb, too."""
    phone = Someone(new_page, journey.program.url, "F001", viewport=PHONE, has_touch=True)
    phone.page.goto("/sign-in")
    phone.looks()
    phone.signs_in()
    phone.page.goto("/")
    phone.looks()
    phone.page.goto(f"/invoices/volumes/{journey.volume}/desk")
    phone.looks()
    phone.page.goto(GATE.format(1))
    phone.looks()
