"""The demo station's customers, one special customer, what it should have filed, an old register."""

from collections.abc import Iterator
from datetime import date, timedelta

from archive.access import Actor
from archive.customers.actions.customers import CustomerFacts, close_account, open_dossier
from archive.customers.actions.special import Consent, plan_visit, register_special
from archive.customers.customer import CustomerType
from archive.customers.special import SpecialCategory
from archive.customers.special_facts import SpecialFacts
from archive.expected.actions import say_not_applicable, set_start
from archive.expected.period import period_of
from archive.holdings.actions.pairs import register_paper
from archive.holdings.actions.records import Description, file_record
from archive.holdings.file_plan import Cycle
from archive.holdings.queries.plans import plan_in_force
from archive.importing.actions import begin_import
from archive.importing.jobs import import_rows
from archive.importing.mapping import map_register
from archive.importing.queries import columns_for
from archive.importing.receiving import receive as receive_import
from archive.importing.run import Target
from archive.system import System
from archive.transaction import Transaction

FOLK = (
    CustomerFacts(
        "0340026001", "王德福", "青石村一组", "12 号", "13800001101", opened_on=date(2009, 4, 1)
    ),
    CustomerFacts("0340026002", "李秀英", "青石村一组", "15 号", "13800001102"),
    CustomerFacts("0340026003", "赵喆", "青石村二组", "3 号"),
    CustomerFacts("0340026004", "欧阳建国", "青石村二组", "8 号", "0351-6001104"),
    CustomerFacts(
        "0340026005", "青石水泵站", "青石村三组", "", "13800001105", CustomerType.FARMING
    ),
    CustomerFacts("0340026006", "䶮记粮油店", "河西村", "街面 4 号", "", CustomerType.BUSINESS),
    CustomerFacts("0340026007", "马桂兰", "河西村", "西头 2 号", "13800001107"),
    CustomerFacts("0340026008", "孙志强", "河西村", "", "13800001108", CustomerType.TEMPORARY),
)
OLD_REGISTER = """旧档号,题名,日期,页数,责任者
WS-2019-01,关于做好春检停电通知的通知,2019-03-05,2,供电所
WS-2019-02,营销例会记录,2019年4月,3,供电所
WS-2019-03,迎峰度夏安全检查报告,2019.6.20,5,供电所
WS-2019-04,农网改造现场协调会记录,二〇一九年九月,2,县公司
"""


def settle_customers(
    system: System, station_id: int, *, archivist: Actor, head: Actor, care: Actor | None = None
) -> None:
    """Customers with dossiers in part, a special customer if somebody is appointed to the
    register, what is expected since two months ago, and an old register brought in.
    """
    with system.transaction(archivist) as tx:
        for facts in FOLK:
            open_dossier(tx, station_id, facts)
        for described in _papers(tx):
            record = file_record(tx, station_id, described)
            register_paper(tx, record.id, pages=described.pages)
    with system.transaction(archivist) as tx:
        leaving = open_dossier(
            tx,
            station_id,
            CustomerFacts("0340026009", "周明", "河西村", opened_on=date(2015, 1, 1)),
        )
        close_account(
            tx,
            leaving.id,
            closed_on=tx.today - timedelta(days=9),
            closing_paper="销户申请 2026-15 号",
        )
    if care is not None:
        _register(system, station_id, archivist, care)
    _expect(system, station_id, archivist, head)
    _bring_in(system, station_id, archivist)


def _papers(tx: Transaction) -> Iterator[Description]:
    """Applications for all, contracts for most, meter tests for a few."""
    kinds = {kind.code: kind.id for kind in plan_in_force(tx).kinds}
    held = (
        ("supply-application", "新装用电申请表", 8, 2),
        ("supply-contract", "供用电合同", 5, 6),
        ("meter-test", "电能表校试记录", 3, 1),
    )
    for code, title, many, pages in held:
        for at, facts in enumerate(FOLK[:many]):
            yield Description(
                kinds[code],
                title,
                tx.today - timedelta(days=400 - 7 * at),
                pages,
                customer_number=facts.number,
            )


def _register(system: System, station_id: int, archivist: Actor, care: Actor) -> None:
    with system.transaction(archivist) as tx:
        kinds = {kind.code: kind.id for kind in plan_in_force(tx).kinds}
        signed = tx.today - timedelta(days=20)
        form = file_record(
            tx, station_id, Description(kinds["special-customer-file"], "同意书", signed, 1)
        )
        register_paper(tx, form.id, pages=1)
    facts = SpecialFacts(
        SpecialCategory.ELDERLY_ALONE,
        FOLK[6].number,
        FOLK[6].name,
        FOLK[6].village,
        "村委会证明",
        "2026-07",
        signed,
        telephone=FOLK[6].telephone,
        need="每月上门抄表收费，检查屋内线路",
    )
    with system.transaction(care) as tx:
        entry = register_special(
            tx,
            station_id,
            facts,
            Consent(signed, form.code, "2026-1"),
            review_on=tx.today + timedelta(days=300),
        )
        plan_visit(tx, entry.id, due_on=tx.today)


def _expect(system: System, station_id: int, archivist: Actor, head: Actor) -> None:
    """Asked since the month before last; one report was filed, one thing did not occur."""
    with system.transaction(head) as tx:
        before = (tx.today.replace(day=1) - timedelta(days=1)).replace(day=1)
        since = (before - timedelta(days=1)).replace(day=1)
        set_start(tx, station_id, month=f"{since:%Y-%m}")
    with system.transaction(archivist) as tx:
        kinds = {kind.code: kind.id for kind in plan_in_force(tx).kinds}
        title = f"{since.year}年{since.month}月营销月报"
        file_record(
            tx,
            station_id,
            Description(kinds["monthly-report"], title, before - timedelta(days=1), 4),
        )
        say_not_applicable(
            tx,
            station_id,
            "late-payment-charge",
            str(period_of(Cycle.MONTH, since)),
            reason="当月没有计收违约金",
        )


def _bring_in(system: System, station_id: int, archivist: Actor) -> None:
    run = receive_import(
        system,
        archivist,
        station_id,
        target=Target.RECORDS,
        register="2019 年文书档案目录",
        content=OLD_REGISTER.encode("gb18030"),
    )
    with system.transaction(archivist) as tx:
        columns, _ = columns_for(tx, run)
    map_register(system, archivist, run.id, columns=columns, kind_code="letter-or-visit")
    with system.transaction(archivist) as tx:
        begin_import(tx, run.id)
    import_rows(system, run.id)
