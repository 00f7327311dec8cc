"""Settling what the machine doubts, on the desk: the place, what can be said, what follows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from archive.custody.reconciliation import FindingCode
from archive.custody.scan import FoundStub, Settlement, Verdict
from archive.custody.volume import Volume
from archive.messages import sentences
from tests.builders import CODE, Sheet, Station
from tests.integration.web.visiting import Seen, Visits
from web.desk_parts import MARKS
from web.pages.desk_findings import ADDED_OFFERS, MARK_OF, OFFERS

VOID = "04210003"


@dataclass(frozen=True)
class Scanned:
    """A volume of ten, 04210003 registered void, with a scan of its own kind."""

    station: Station
    volume: Volume

    @property
    def desk(self) -> str:
        return f"/invoices/volumes/{self.volume.id}/desk"

    def stub(self, number: str | None, nth: int = 0) -> str:
        """The key of the nth stub the machine read so."""
        found = self.station.asks(
            lambda tx: tx.session.query(FoundStub).filter_by(number=number).all()
        )
        return f"s{found[nth].id}"

    def findings(self) -> list[FindingCode]:
        return [each.code for each in self.station.dossier(self.volume).reconciliation.blocking]

    def words(self) -> list[Settlement]:
        return self.station.asks(lambda tx: tx.session.query(Settlement).all())


def scanned(
    station: Station, *changes: Any, problems: dict[int, list[str]] | None = None
) -> Scanned:
    """``changes``: number → the sheets that stand in its place."""
    station.used(voids=[VOID])
    volume = station.bound_volume()
    replaced: dict[str, Sequence[Sheet]] = dict(changes)
    sheets = [
        sheet
        for shown in station.shown(volume)
        for sheet in replaced.get(shown.number or "", [shown])
    ]
    station.scan(volume, sheets, problems=problems)
    return Scanned(station, volume)


def opened(page: Seen) -> str:
    """The key of the finding that stands open."""
    before, is_open, _ = page.response.text.partition(" open>")
    return before.rpartition('data-finding-key="')[2].partition('"')[0] if is_open else ""


def offers(page: Seen, key: str) -> list[str]:
    """What can be decided about a finding."""
    start = page.response.text.partition(f'data-finding-key="{key}"')[2].partition("</details>")[0]
    return [part.partition('"')[0] for part in start.split('name="decision" value="')[1:]]


ONE = Sheet("04210005")
UNREADABLE = Sheet(None, doubt="covered")

CASES = [
    ("missing", {"04210005": []}, f"n{CODE}.04210005", ["number"]),
    ("double", {"04210005": [ONE, ONE]}, "s5", ["number", "not-a-stub", "unreadable"]),
    ("foreign", {"04210005": [ONE, Sheet("04219999")]}, "s6", ["number", "not-a-stub", "unreadable"]),
    ("foreign-code", {"04210005": [ONE, replace(ONE, code="999999999999")]}, "s6", ["number", "not-a-stub", "unreadable"]),
    ("unreadable", {"04210005": [UNREADABLE]}, "s5", ["number", "not-a-stub", "unreadable"]),
    ("void-not-marked", {VOID: [Sheet(VOID)]}, "s3", ["void", "number"]),
    ("void-not-registered", {"04210005": [replace(ONE, void=True)]}, "s5", ["not-void", "number"]),
    ("void-doubted", {"04210005": [replace(ONE, void=True, void_certain=False)]}, "s5", ["void", "not-void"]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "changes", "key", "offered"), CASES, ids=[c[0] for c in CASES])
def test_each_doubt_shows_its_place_and_what_can_be_said(
    station: Station,
    visits: Visits,
    code: str,
    changes: dict[str, list[Sheet]],
    key: str,
    offered: list[str],
):
    at = scanned(station, *changes.items())
    assert FindingCode(code) in at.findings()
    page = visits(station.finance).get(f"{at.desk}?finding={key}")
    assert opened(page) == key
    assert offers(page, key) == offered


@pytest.mark.parametrize(
    ("problem", "offered"),
    [
        ("no-stub-found", ["number", "page-done"]),
        ("cut", ["page-done", "number"]),
        ("not-read", ["number", "page-done"]),
        ("upside-down", []),
        ("blank", []),
    ],
)
def test_each_problem_of_a_page_shows_what_can_be_said(
    station: Station, visits: Visits, problem: str, offered: list[str]
):
    at = scanned(station, problems={6: [problem]})
    page = visits(station.finance).get(at.desk)
    (key,) = {
        part.partition('"')[0] for part in page.response.text.split('data-finding-key="p')[1:]
    }
    assert offers(page, f"p{key}") == offered


@pytest.mark.parametrize(
    ("changes", "key", "said"),
    [
        ({"04210005": [UNREADABLE]}, "s5", {"decision": "number", "number": "０４２１０００５"}),
        ({"04210005": [ONE, ONE]}, "s6", {"decision": "not-a-stub"}),
        ({"04210005": [ONE, Sheet("04219999")]}, "s6", {"decision": "not-a-stub"}),
        (
            {"04210005": [replace(ONE, code="999999999999")]},
            "s5",
            {"decision": "number", "number": "04210005", "code": CODE},
        ),
        ({VOID: [Sheet(VOID)]}, "s3", {"decision": "void"}),
        ({"04210005": [replace(ONE, void=True)]}, "s5", {"decision": "not-void"}),
        ({VOID: [Sheet(VOID, void=True, void_certain=False)]}, "s3", {"decision": "void"}),
        (
            {"04210005": []},
            f"n{CODE}.04210005",
            {"decision": "number", "number": "04210005", "page": "3"},
        ),
    ],
)
def test_settling_it_leaves_no_doubt_and_says_who_did(
    station: Station,
    visits: Visits,
    changes: dict[str, list[Sheet]],
    key: str,
    said: dict[str, str],
):
    at = scanned(station, *changes.items())
    finance = visits(station.finance)
    done = finance.post(f"{at.desk}/settle", finding=key, reason="看原图", **said)
    assert done.leads_to(f"{at.desk}?done=settled")
    page = finance.goes(done)
    assert page.says("没有别的疑点了", "陈玉华 2026-10-19 09:30 认定", "说明：看原图")
    assert at.findings() == []


def test_a_page_that_was_looked_at_is_done_with(station: Station, visits: Visits):
    at = scanned(station, problems={6: ["no-stub-found"]})
    finance = visits(station.finance)
    finance.post(f"{at.desk}/settle", finding="p6-no-stub-on-page", decision="page-done")
    assert at.findings() == []
    assert finance.get(at.desk).says("第 6 页", "这一页看过，没有别的号码")


def test_a_number_seen_on_a_page_by_mistake_is_taken_back(station: Station, visits: Visits):
    at = scanned(station, problems={6: ["not-read"]})
    finance = visits(station.finance)
    finance.post(
        f"{at.desk}/settle", finding="p6-page-not-read", decision="number", number="04219999"
    )
    assert FindingCode.FOREIGN in at.findings()
    page = finance.get(f"{at.desk}?finding=a6.04219999")
    assert offers(page, "a6.04219999") == ["not-there"]
    finance.post(f"{at.desk}/settle", finding="a6.04219999", decision="not-there")
    assert FindingCode.FOREIGN not in at.findings()


def test_a_missing_void_is_seen_on_a_page_and_then_seen_to_be_void(
    station: Station, visits: Visits
):
    at = scanned(station, (VOID, []))
    finance = visits(station.finance)
    said = {"decision": "number", "number": VOID, "page": "2"}
    finance.post(f"{at.desk}/settle", finding=f"n{CODE}.{VOID}", **said)
    assert at.findings() == [FindingCode.VOID_NOT_MARKED]
    finance.post(f"{at.desk}/settle", finding=f"a2.{VOID}", decision="void")
    assert at.findings() == []


def test_what_nobody_can_read_stays_in_the_way_and_names_who_looked(
    station: Station, visits: Visits
):
    at = scanned(station, ("04210005", [UNREADABLE]))
    custodian = visits(station.custodian)
    custodian.post(f"{at.desk}/settle", finding="s5", decision="unreadable")
    page = visits(station.finance).get(f"{at.desk}?finding=s5")
    assert page.says("已经有人看过：王秀兰", "认定：看不清", "疑点还在")
    assert FindingCode.UNREADABLE in at.findings()
    assert offers(page, "s5") == ["number", "not-a-stub", "unreadable"]


def test_the_last_word_counts_and_every_word_is_kept(station: Station, visits: Visits):
    at = scanned(station, ("04210005", [UNREADABLE]))
    visits(station.custodian).post(f"{at.desk}/settle", finding="s5", decision="not-a-stub")
    assert at.findings() == [FindingCode.MISSING]
    finance = visits(station.finance)
    assert offers(finance.get(at.desk), "s5") == ["number", "not-a-stub", "unreadable"]
    finance.post(f"{at.desk}/settle", finding="s5", decision="number", number="04210005")
    assert at.findings() == []
    assert [word.verdict for word in at.words()] == [Verdict.NOT_A_STUB, Verdict.NUMBER]


def test_after_settling_the_next_doubt_stands_open(station: Station, visits: Visits):
    at = scanned(station, ("04210005", [UNREADABLE]), ("04210007", [UNREADABLE]))
    finance = visits(station.finance)
    first = opened(finance.get(at.desk))
    page = finance.goes(finance.post(f"{at.desk}/settle", finding=first, decision="not-a-stub"))
    assert opened(page) not in {"", first}
    assert page.says("已经认定，接着看下一处")


@pytest.mark.parametrize(
    ("finding", "said", "sentence"),
    [
        ("s5", {}, "还没有认定内容"),
        ("s5", {"decision": "eat-it"}, "还没有认定内容"),
        ("s5", {"decision": "number"}, "还没有认定内容"),
        ("s5", {"decision": "number", "number": "123"}, "不是发票号码"),
        ("s5", {"decision": "number", "number": "1.2E+11"}, "科学计数"),
        ("n{code}.04210007", {"decision": "number", "number": "04210008", "page": "4"}, "输入的不是缺的这一号"),
        ("n{code}.04210007", {"decision": "number", "number": "04210007", "page": "x"}, "不合适"),
        ("n{code}.04210007", {"decision": "number", "number": "04210007"}, "没有填"),
        ("n{code}.04210007", {"decision": "number", "number": "04210007", "page": "99"}, "还没有认定内容"),
    ],
)  # fmt: skip
def test_a_slip_is_told_beside_the_doubt_and_what_was_typed_stays(
    station: Station, visits: Visits, finding: str, said: dict[str, str], sentence: str
):
    at = scanned(station, ("04210005", [UNREADABLE]), ("04210007", []))
    key = finding.format(code=CODE)
    page = visits(station.finance).post(f"{at.desk}/settle", finding=key, reason="我看过了", **said)
    assert page.status == 422
    assert opened(page) == key
    body = page.response.text.partition(f'data-finding-key="{key}"')[2].partition("</details>")[0]
    assert sentence in body
    assert 'value="我看过了"' in body
    assert said.get("number", "") in body
    assert not at.words()


@pytest.mark.parametrize("finding", ["", "x1", "s0", "p0", "s999999", "nonsense", "s1' OR 1=1"])
def test_findings_nobody_was_shown_settle_nothing(station: Station, visits: Visits, finding: str):
    at = scanned(station, ("04210005", [UNREADABLE]))
    page = visits(station.finance).post(f"{at.desk}/settle", finding=finding, decision="not-a-stub")
    assert page.status in {404, 422}
    assert not at.words()


def test_a_stub_of_another_volume_is_not_settled_from_here(station: Station, visits: Visits):
    first = scanned(station, ("04210005", [UNREADABLE]))
    station.used()
    other = station.bound_volume()
    station.scan(other)
    page = visits(station.finance).post(
        f"/invoices/volumes/{other.id}/desk/settle", finding="s5", decision="not-a-stub"
    )
    assert page.status == 422
    assert not first.words()


def test_only_those_who_settle_are_asked(station: Station, neighbour: Station, visits: Visits):
    at = scanned(station, ("04210005", [UNREADABLE]))
    for person in (station.custodian, station.archivist, station.finance):
        assert offers(visits(person).get(at.desk), "s5")
    for person in (station.collector, station.head, station.auditor, station.leader):
        looking = visits(person)
        assert not offers(looking.get(at.desk), "s5")
        assert looking.get(at.desk).says("您在这里只能看")
        assert looking.post(f"{at.desk}/settle", finding="s5", decision="not-a-stub").status == 403
    stranger = visits(neighbour.custodian)
    assert stranger.get(at.desk).status == 404
    assert stranger.post(f"{at.desk}/settle", finding="s5", decision="not-a-stub").status == 404
    forged = {"finding": "s5", "decision": "not-a-stub"}
    assert visits(station.finance).post_bare(f"{at.desk}/settle", forged).status == 403
    assert not at.words()


def test_a_number_of_the_grid_leads_to_its_place_and_its_doubt(station: Station, visits: Visits):
    at = scanned(station, ("04210005", [UNREADABLE]), ("04210007", [Sheet("04210007", void=True)]))
    finance = visits(station.finance)
    page = finance.get(f"{at.desk}?number=04210007")
    assert opened(page) == "s7"
    assert finance.get(f"{at.desk}?number=04210001").response.text.count(" open>") == 0
    assert finance.get(f"{at.desk}?page=2&number=%3Cscript%3E").status == 200


def test_the_same_number_under_two_codes_is_two_numbers_on_the_desk(
    station: Station, visits: Visits
):
    other = "555555555555"
    station.used()
    station.next_number -= station.book_size
    book = station.book_in_use(book=station.book_in_stock(station.issued_books(code=other)[0]))
    station.used(book)
    volume = station.bound_volume()
    sheets = [
        sheet
        for sheet in station.shown(volume)
        if (sheet.code, sheet.number) != (other, "04210005")
    ]
    station.scan(volume, sheets)
    at = Scanned(station, volume)
    finance = visits(station.finance)
    page = finance.get(f"{at.desk}?number={other}.04210005")
    assert opened(page) == f"n{other}.04210005"
    said = {"decision": "number", "number": "04210005", "page": "1"}
    finance.post(f"{at.desk}/settle", finding=f"n{other}.04210005", **said)
    assert at.findings() == []


def test_every_doubt_there_can_be_has_a_mark_a_title_and_words_in_both_languages():
    decisions = {
        offer for table in (OFFERS, ADDED_OFFERS) for each in table.values() for offer in each
    }
    keys = [f"desk_pages.title.{code}" for code in FindingCode]
    keys += [f"finding.{code}" for code in FindingCode]
    keys += [f"desk.decision.{decision}" for decision in decisions]
    keys += [f"desk_pages.said.{verdict}" for verdict in Verdict]
    for language in ("zh", "en"):
        assert not [key for key in keys if key not in sentences(language)]
    assert {MARK_OF[code] for code in FindingCode} <= set(MARKS)


def test_the_desk_reads_in_english_too(station: Station, visits: Visits):
    at = scanned(station, ("04210005", [UNREADABLE]), problems={6: ["cut"]})
    finance = visits(station.finance, "en")
    finance.post(f"{at.desk}/settle", finding="p6-page-cut", decision="page-done")
    page = finance.get(f"{at.desk}?finding=s5")
    assert page.says(
        "One stub on page 3 is not certain", "04210005 is missing", "nothing else is on it"
    )
