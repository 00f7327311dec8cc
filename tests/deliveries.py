"""Deliveries as they come in, and what the reader would have made of them.

``delivered`` goes through the real door; ``read`` sets down what the reader gives, page by page,
exactly as the job does, so that tests about filing need no engine.
"""

from collections.abc import Sequence
from pathlib import Path

from archive.demo.drawing.office import OfficePaper, as_jpeg, as_pdf, blank_page
from archive.filing import jobs
from archive.filing.delivery import Delivery, Draft
from archive.filing.line import Line
from archive.filing.reading_task import ReadPage
from archive.filing.receiving import delivery_spool, receive
from tests.builders import Colleague, Station

COMPLAINT = OfficePaper(
    "客户投诉记录",
    ["投诉人：王秀兰", "户号：0418002317", "事由：九月二日晚停电三小时，未见通知。"],
    ["青石供电所", "2026年9月3日"],
)
CONTRACT = OfficePaper(
    "低压供用电合同",
    ["供电人：青石县供电公司", "用电人：刘喆", "户号：0418002555", "签订日期：2026年8月11日"],
)
REPORT = OfficePaper(
    "营销工作月报", ["本月抄表率 99.6%，电费回收率 98.2%。"], ["制表日期：2026-09-30"]
)


def pdf_of(*papers: OfficePaper | None, dpi: int = 60) -> bytes:
    """Papers as one PDF; None is an empty back. Small: the reader never sees it."""
    return as_pdf(
        [paper.drawn(dpi=dpi) if paper else blank_page(dpi=dpi) for paper in papers], dpi=dpi
    )


def delivered(
    station: Station,
    *files: tuple[str, bytes],
    who: Colleague | None = None,
    together: bool = False,
) -> Delivery:
    """Files brought in by somebody, the archivist if nobody else."""
    with delivery_spool(station.system.settings) as spool:
        for name, content in files:
            spool.take([content] if isinstance(content, bytes) else content, name)
        actor = (who or station.archivist).actor()
        return receive(
            station.system, actor, station.id, spool.files, source="api", together=together
        )


def read_as(paper: OfficePaper | None, payload: str = "") -> ReadPage:
    """What the reader gives for a paper."""
    small = as_jpeg(OfficePaper().drawn(dpi=20))
    lines = []
    if paper is not None:
        tops = [(120, 60, paper.heading)] if paper.heading else []
        tops += [(300 + 70 * n, 34, text) for n, text in enumerate(paper.lines)]
        tops += [(1400 + 70 * n, 34, text) for n, text in enumerate(paper.foot)]
        lines = [Line(text, 0.98, (100, top, 900, top + high)) for top, high, text in tops]
    blank = paper is None and not payload
    return ReadPage(1240, 1754, 0, blank, payload, tuple(lines), small, small)


def read(station: Station, delivery: Delivery, pages: Sequence[ReadPage]) -> list[Draft]:
    """The delivery read to its end; gives its drafts."""
    work = jobs._begin(station.system, delivery.id)
    assert work is not None
    for number, page in enumerate(pages, start=work.next_page):
        jobs._keep_page(station.system, delivery.id, work.places, number, page)
    jobs._finish(station.system, delivery.id)
    return drafts_of(station, delivery)


def drafts_of(station: Station, delivery: Delivery) -> list[Draft]:
    return station.asks(
        lambda tx: (
            tx.session.query(Draft)
            .filter_by(delivery_id=delivery.id)
            .order_by(Draft.position)
            .all()
        )
    )


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
