"""The sample station of the gallery: realistic values for every component."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

from archive.messages import Language
from web.desk_parts import (
    Box,
    Cell,
    CheckItem,
    Desk,
    Finding,
    NumberGrid,
    Sheet,
    Stub,
    Verdict,
    number_grid,
)
from web.parts import (
    Action,
    Column,
    Event,
    Fact,
    FormState,
    Link,
    Option,
    Pages,
    Person,
    Progress,
    Refusal,
    Shell,
    Signing,
    Status,
    Step,
    Upload,
)

CODE = "013001700111"
FIRST, COUNT, PER_PAGE = 4210051, 100, 3
SHEET_SIZE = (1240, 1754)
OFF = {
    "04210063": "void",
    "04210077": "missing",
    "04210078": "double",
    "04210085": "void",
    "04210091": "unreadable",
    "04210112": "void-unmarked",
    "04210118": "void-unregistered",
    "04210133": "void-doubted",
    "04210140": "found",
}
SETTLED = {"04210140", "04210085"}


def shell(language: Language = "zh", *, path: str = "/gallery") -> Shell:
    zh = language == "zh"
    names = ("首页", "票据", "审计", "设置") if zh else ("Home", "Invoices", "Audit", "Settings")
    sections = [
        Link(name, f"/{at}", current=at == 1, count=5 if at == 0 else 0)
        for at, name in enumerate(names)
    ]
    return Shell(
        station="青石供电所" if zh else "Qingshi Supply Station",
        sections=sections,
        language_href=f"{path}?lang={'en' if zh else 'zh'}",
        person=Person("陈静", "公司财务" if zh else "company finance", "/me"),
        csrf_token="sample-token",
    )


def full_shell() -> Shell:
    """All eight sections, as later issues fill them in."""
    names = ("首页", "检索", "归档", "票据", "库房", "保管期限与销毁", "审计", "设置")
    made = shell()
    return replace(
        made,
        sections=[Link(name, f"/{at}", at == 3, 12 * (at == 0)) for at, name in enumerate(names)],
    )


def components(language: Language = "zh") -> SimpleNamespace:
    """What the gallery of components shows."""
    return SimpleNamespace(
        title="票据领用与保管",
        lead="青石供电所 2026 年第四季度领用的全部电费票据，按持有人列出。",
        status=Status("在用", "good"),
        crumbs=[Link("票据", "/stubs"), Link("库存", "/stubs/stock"), Link("第四季度", "#")],
        actions=[
            Action(
                "领用新票据",
                "/issue",
                "primary",
                why_not="上月有 1 册还没有经财务认可，先办完核验才能领用。",
            ),
            Action("登记用票", "/use"),
        ],
        steps_label="一册票据的经过",
        steps=[
            Step("装订", "done", "10月31日 周敏"),
            Step("收费员签字", "done", "11月1日 李国强"),
            Step("盖章封存", "done", "11月1日 周敏"),
            Step("送财务核验", "current", "陈静正在核验"),
            Step("财务认可", "todo"),
            Step("归档", "todo"),
        ],
        flash="已登记 2026年10月18日 的用票：04210051–04210068，其中废票 1 张。",
        warning_title="还有 2 册逾期没有送核",
        warning="2026年9月的第 2、3 册应在 10月31日 前送公司财务，请尽快补送。",
        **_list(),
        **_single(),
        **_forms(),
        **_outcomes(),
        grid_title="号码表（整页，每行 25 个）",
        grid=grid(per_row=25, everything=True),
        codes_title="数字、编号与金额",
        kwh=Decimal("128340.50"),
        language=language,
    )


def _list() -> dict[str, object]:
    rows = [
        {"who": "李国强", "first": "04210051", "last": "04210100", "since": date(2026, 10, 8), "sets": 50, "void": 2, "kwh": Decimal("31240.50"), "fee": 1874430, "state": Status("用完待装订", "warn"), "go": [Action("装订", "/bind")]},
        {"who": "王秀兰", "first": "04210101", "last": "04210150", "since": date(2026, 10, 12), "sets": 36, "void": 1, "kwh": Decimal(22018), "fee": 1321080, "state": Status("在用", "good"), "go": [Action("登记", "/use")]},
        {"who": "周敏", "first": "04210151", "last": "04210250", "since": date(2026, 10, 8), "sets": 0, "void": 0, "kwh": None, "fee": 0, "state": Status("在库", "quiet"), "go": []},
        {"who": "张建华", "first": "04209951", "last": "04210000", "since": date(2026, 9, 3), "sets": 50, "void": 3, "kwh": Decimal("30122.00"), "fee": -3650, "state": Status("财务退回", "bad"), "go": [Action("查看", "/look")]},
        {"who": "赵春梅", "first": "04210001", "last": "04210050", "since": date(2026, 9, 10), "sets": 50, "void": 0, "kwh": Decimal(28890), "fee": 1733400, "state": Status("送核中", "info"), "go": [Action("查看", "/look")]},
    ]  # fmt: skip
    columns = [
        Column("who", "持有人", sort_href="?sort=who"),
        Column("first", "起号", "code", sort_href="?sort=-first", sorted="ascending"),
        Column("last", "止号", "code"),
        Column("since", "领用日期", "day", sort_href="?sort=since"),
        Column("sets", "已用份数", "number", total=186),
        Column("void", "废票", "number", total=6),
        Column("kwh", "电量（千瓦时）", "kwh", total=Decimal("112270.50")),
        Column("fee", "电费（元）", "money", total=4925260),
        Column("state", "状态", "status"),
        Column("go", "操作", "action"),
    ]
    return {
        "columns": columns,
        "rows": rows,
        "caption": "票据库存",
        "caption_empty": "待交接",
        "nothing": "没有等您确认的交接。要把票据交给收费员，请点“登记用票”旁的“交接”。",
        "pages": Pages(1, 5, 128, next_href="?page=2", export_href="/stock.xlsx"),
        "holders": [Option("1", "李国强", "收费员"), Option("2", "周敏", "票据保管员")],
    }


def _single() -> dict[str, object]:
    return {
        "facts_title": "2026年10月 第 1 册",
        "facts_note": "封面",
        "facts": [
            Fact("收费日期", "2026年10月8日至31日"),
            Fact("发票代码", CODE, "code"),
            Fact("起止号码", "04210051–04210100", "code"),
            Fact("票据张数", "有效 98 张，废票 2 张"),
            Fact("废票号码", "04210063、04210085"),
            Fact("电量", Decimal("31240.50"), "kwh"),
            Fact("电费", 1874430, "money"),
            Fact("大写", "人民币壹万捌仟柒佰肆拾肆元叁角整"),
            Fact("装订日期", date(2026, 10, 31), "day"),
            Fact("状态", Status("送核中", "info"), "status"),
            Fact("档号", None, "code"),
        ],
        "timeline_title": "经过",
        "events": [
            Event("公司财务发出", datetime(2026, 10, 8, 1, 20, tzinfo=UTC), "陈静", "依据第四季度计划 2026-Q4"),
            Event("保管员签收", datetime(2026, 10, 8, 2, 5, tzinfo=UTC), "周敏", tone="good"),
            Event("收费员签收", datetime(2026, 10, 8, 6, 40, tzinfo=UTC), "李国强", tone="good"),
            Event("财务退回", datetime(2026, 11, 2, 3, 0, tzinfo=UTC), "陈静", "04210077 缺存根，没有说明。", "bad"),
            Event("补扫并重新送核", datetime(2026, 11, 3, 7, 30, tzinfo=UTC), "周敏", tone="info"),
        ],
    }  # fmt: skip


def _forms() -> dict[str, object]:
    return {
        "blank": FormState(),
        "form": FormState(
            {"kind": "general", "code": "01300170011", "first": "04210151", "last": "04210150", "fee": "18744.3", "reason": "用户姓名写错，三联已收回。", "copies": "some"},
            {"code": "发票代码应为 12 位或 10 位数字，现在是 11 位。", "last": "止号 04210150 在起号 04210151 之前。", "copies": "三联没有收齐的发票不能作废，请改走红字发票。"},
        ),
        "f": {"q": "号码或姓名", "holder": "持有人", "from": "领用日期从", "to": "到", "all": "全部", "kind": "票据种类", "code": "发票代码", "code_hint": "印在发票左上角，12 位；老式发票 10 位。", "first": "起号", "last": "止号", "fee": "电费", "yuan": "元", "reason": "作废原因", "reason_hint": "写给一年后看的人。", "copies": "三联是否收齐", "confirm": "我已逐张看过，票面写明“废票”二字"},
        "kinds": [Option("general", "农村电费发票（三联）"), Option("vat", "增值税普通发票")],
        "copies": [Option("all", "存根联、报销联、记账联都在"), Option("some", "报销联没有收回", "用户已拿走的发票不能作废")],
        "form_actions": [Action("保存", style="primary"), Action("取消", "/stubs", "plain")],
        "upload": Upload("/scans", "/uploads", "放入本册的扫描件", "一个 PDF，或者按顺序的一组图片；整册扫完再放，一次放齐。", button="交给机器读取"),
    }  # fmt: skip


def _outcomes() -> dict[str, object]:
    return {
        "running": Progress("读取 2026年10月第 1 册", 34, 100, remaining_seconds=68, note="第 12 页", poll_href="/gallery/progress"),
        "waiting": Progress("读取 2026年10月第 2 册", 0, 100, "waiting"),
        "done": Progress("读取 2026年9月第 3 册", 50, 50, "done", result_href="/desk"),
        "failed": Progress("读取 2026年9月第 2 册", 17, 50, "failed", note="第 18 页的图像损坏，请重新扫描这一页。"),
        "refusal": Refusal(
            "现在不能领用新票据",
            ["2026年9月第 2 册的记账联已经装订，但财务还没有签字认可。", "票据本 04209951–04210000 的存根没有交回公司财务部。", "第四季度计划还剩 1 本，本次申请 2 本。"],
            "《供电所农电营销工作管理制度》三、5",
            "供电所领用新电费票据时，必须将装订成册的旧电费票据记账联及存根交由公司财务部签字认可，才能办理新票据的领用手续。",
            [Link("把 9月第 2 册送财务核验", "/submit"), Link("登记存根交回", "/stub"), "需要更多票据，请先报补充计划。"],
        ),
        "destroying": Signing("/destroy", "批准销毁", ["将销毁 37 件、412 页，不可恢复。", "其中电子文件 37 份、纸质 37 件，两处同时销毁。", "监销人：王秀兰、赵春梅。"], "签字批准销毁", "刘建国", "9f2c41d07ab3e5581144", irreversible=True),
        "blocked": Signing("/sign", "财务认可", ["本册 100 个号码：有效 98、废票 2。"], "签字认可", "陈静", why_not=["还有 3 处疑点没有认定。", "核对清单第 4 项没有回答。"]),
    }  # fmt: skip


def numbers() -> list[str]:
    return [f"{FIRST + at:08d}" for at in range(COUNT)]


def place(number: str) -> tuple[int, Box]:
    """On which page of the sample scan a number stands, and where."""
    at = int(number) - FIRST
    page, slot = divmod(at, PER_PAGE)
    top = 90 + slot * 540
    return page + 1, (90, top, 1150, top + 470)


def grid(*, per_row: int = 10, chosen: str = "", everything: bool = False) -> NumberGrid:
    def cell(number: str) -> Cell:
        mark = OFF.get(number, "found")
        href = f"/gallery/desk?number={number}"
        finding = number if mark not in {"found", "void"} else ""
        page = None if mark == "missing" else place(number)[0]
        return Cell(number, mark, href, number in SETTLED, page, finding)

    cells = [cell(number) for number in numbers()]
    if everything:
        extra = ("not-issued", "not-registered", "not-scanned", "not-scanned")
        cells += [Cell(f"{FIRST + COUNT + at:08d}", mark, "#") for at, mark in enumerate(extra)]
    strays = [
        Cell("04110078", "foreign", "/gallery/desk?number=04110078", page=28, finding="04110078"),
        Cell("", "unreadable", "/gallery/desk?stub=s31", page=31, finding="s31", key="s31"),
    ]
    return number_grid({CODE: cells}, strays=strays, chosen=chosen, per_row=per_row)


def sheets() -> list[Sheet]:
    width, height = SHEET_SIZE
    last = -(-COUNT // PER_PAGE)
    made = []
    for page in range(1, last + 1):
        stubs = [
            Stub(
                number, OFF.get(number, "found"), place(number)[1], number if number in OFF else ""
            )
            for number in numbers()
            if place(number)[0] == page and OFF.get(number) != "missing"
        ]
        made.append(
            Sheet(page, f"/pages/{page}.jpg", f"/pages/{page}.jpg?small", width, height, f"/gallery/desk?page={page}", 180 if page == 5 else 0, "倒置" if page == 5 else "", stubs)
        )  # fmt: skip
    return made


def findings() -> list[Finding]:
    def about(number: str, title: str, said: str, **more: object) -> Finding:
        page, box = place(number)
        given = {"page": page, "box": box, "stub": number, "crop": f"/crops/{number}.jpg", **more}
        return Finding(number, OFF[number], title, said, **given)

    return [
        Finding("04210077", "missing", "04210077 缺号", "登记簿记为有效票，扫描件里没有这一张。第 9 页上 04210078 出现了两次，请先看那一处。", page=9, advice="如果原册里有这一张，请补扫；如果确实没有，请退回并写明。"),
        about("04210078", "04210078 重号", "第 9 页和第 10 页都读到这个号码。", offers=("number", "not-a-stub", "unreadable"), reading="04210078"),
        about("04210091", "第 14 页有一张读不清", "印章压住了号码的后三位。", offers=("number", "void", "not-a-stub", "unreadable"), reading="042100?1"),
        about("04210112", "04210112 登记为废票，票面没有盖字", "使用登记簿记为废票，但扫描件上没有看到“废票”二字。", offers=("void", "not-void", "unreadable")),
        about("04210118", "04210118 有“废票”字样，没有登记", "票面有“废票”字样，登记簿和封面都没有记。", offers=("void", "not-void")),
        about("04210133", "04210133 废票字样存疑", "像有一个斜盖的“废票”章，颜色很淡。", offers=("void", "not-void", "unreadable"), blocks=False),
        about("04210140", "04210140 读不清", "装订线阴影盖住了号码。", offers=("number", "unreadable"), settled="陈静 2026-11-03 15:42 认定：号码是 04210140。"),
    ]  # fmt: skip


def desk(*, chosen: str = "04210078", read_only: bool = False) -> Desk:
    pages = sheets()
    at = place(chosen)[0] - 1 if chosen else 0
    signing = Signing(
        "/gallery/desk/verdict",
        "财务认可",
        ["本册 2026年10月第 1、2 册，100 个号码：有效 96、废票 3、缺 1。", "电量 53,258.50 千瓦时，电费 31,955.10 元。"],
        "签字认可",
        "陈静",
        "9f2c41d07ab3e5581144",
        why_not=["还有 4 处疑点没有认定。", "核对清单第 3 项没有回答。"],
    )  # fmt: skip
    items = [
        CheckItem("cover", "封面与号码逐一相符", machine=Status("起止号码、张数相符", "good"), answer="yes", may_not_apply=False),
        CheckItem("once", "每个号码只出现一次，没有遗漏", machine=Status("缺 1，重 1", "bad"), answer="no", remark="04210077 缺", may_not_apply=False),
        CheckItem("void", "废票票面写明“废票”，三联齐全", hint="看原件，不只看扫描件。", machine=Status("1 张没有看到字样", "warn")),
        CheckItem("sums", "电量、电费合计与应收清单、交接清单、银行交款一致", machine=Status("与登记簿一致", "good"), answer="yes"),
        CheckItem("order", "按号码顺序使用", machine=Status("顺序正确", "good"), answer="yes"),
        CheckItem("seal", "收费员先签字，后盖公章", answer="yes", may_not_apply=False),
        CheckItem("paper", "扫描件与纸质原件一致", answer="yes", may_not_apply=False),
    ]  # fmt: skip
    return Desk(
        sheets=pages,
        sheet=pages[at],
        grid=grid(chosen=chosen),
        findings=findings(),
        settle_action="/gallery/desk/settle",
        verdict=Verdict(items, signing, "退回并写明原因", "先存下"),
        open_finding=chosen,
        read_only=read_only,
    )


def long_desk(count: int, *, at: int) -> Desk:
    """The desk of a volume of so many pages; the pages are those of the sample, again and again."""
    few = sheets()
    pages = [
        replace(
            few[n % len(few)],
            number=n + 1,
            thumbnail=f"/pages/{few[n % len(few)].number}.jpg?small&at={n + 1}",
            href=f"/gallery/desk?pages={count}&page={n + 1}",
        )
        for n in range(count)
    ]
    return replace(desk(), sheets=pages, sheet=pages[at - 1])


def desk_page() -> SimpleNamespace:
    return SimpleNamespace(
        desk_title="核验 2026年10月 第 1、2 册",
        desk_crumbs=[Link("票据", "/stubs"), Link("送核", "/stubs/submitted"), Link("青石供电所 2026年10月", "#")],
        desk_status=Status("核验中", "info"),
        desk_actions=[Action("打印核验单", "/print", "plain")],
    )  # fmt: skip
