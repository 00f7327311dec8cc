"""Pages drawn from what a 数电票 says: for reading and finding, not its official look."""

from collections.abc import Sequence

from archive.ingest.einvoice import EInvoice, Item
from archive.ingest.ofd import OfdPage, Stroke, Written

NOTE = "由数电票 XML 的数据绘制，不是票面原貌；以 XML 原文件为准"
ITEMS_ON_A_PAGE = 12

_WIDE, _HIGH = 210.0, 148.0
_LEFT, _RIGHT = 10.0, 200.0
_SIZE = 3.4
_ROW = 5.2
_COLUMNS = (
    ("项目名称", 10.0, 52.0),
    ("规格型号", 63.0, 22.0),
    ("单位", 86.0, 10.0),
    ("数量", 97.0, 20.0),
    ("单价", 118.0, 24.0),
    ("金额", 143.0, 22.0),
    ("税率", 166.0, 12.0),
    ("税额", 179.0, 21.0),
)
"""Headings of the table, where each column begins and how wide it is."""


def page_count(invoice: EInvoice) -> int:
    """How many pages it is drawn on."""
    return -(-len(invoice.items) // ITEMS_ON_A_PAGE)


def page_of(invoice: EInvoice, number: int) -> OfdPage:
    """One of its pages, counted from 1."""
    page = OfdPage(_WIDE, _HIGH)
    last = page_count(invoice)
    _head(page, invoice, number, last)
    first = (number - 1) * ITEMS_ON_A_PAGE
    top = _table(page, invoice.items[first : first + ITEMS_ON_A_PAGE])
    if number == last:
        _sums(page, invoice, top)
    return page


def _head(page: OfdPage, invoice: EInvoice, number: int, last: int) -> None:
    title = f"电子发票（{invoice.kind}）" if invoice.kind else "电子发票"
    _put(page, title, 60, 16, size=7)
    _put(page, f"发票号码：{invoice.number}", 130, 24)
    _put(page, f"开票日期：{_day(invoice.day)}", 130, 30)
    if last > 1:
        _put(page, f"第 {number} 页，共 {last} 页", _LEFT, 30)
    sides = (("购买方", invoice.buyer, 38.0), ("销售方", invoice.seller, 50.0))
    for side, party, top in sides:
        _put(page, f"{side}名称：{party.name}", _LEFT, top, width=190)
        _put(page, f"统一社会信用代码/纳税人识别号：{party.number}", _LEFT, top + 5.5)
    for top in (33.0, 45.5, 57.5):
        _rule(page, top)


def _table(page: OfdPage, items: Sequence[Item]) -> float:
    """The lines of the table; where the next thing stands."""
    top = 62.5
    for heading, left, _ in _COLUMNS:
        _put(page, heading, left, top)
    for item in items:
        top += _ROW
        said = (item.name, item.model, item.unit, item.quantity, item.price)
        sums = (item.amount, _share(item.rate), item.tax)
        for text, (_, left, width) in zip((*said, *sums), _COLUMNS, strict=True):
            _put(page, text, left, top, width=width)
    _rule(page, top + 2)
    return top + 7


def _sums(page: OfdPage, invoice: EInvoice, top: float) -> None:
    _put(page, f"合计金额：¥{invoice.net}", _LEFT, top)
    _put(page, f"合计税额：¥{invoice.tax}", 100, top)
    _put(page, f"价税合计（大写）：{invoice.total_in_words}", _LEFT, top + 6)
    _put(page, f"价税合计（小写）：¥{invoice.total}", 130, top + 6)
    if invoice.remark:
        _put(page, f"备注：{invoice.remark}", _LEFT, top + 12, width=190)
    if invoice.drawer:
        _put(page, f"开票人：{invoice.drawer}", _LEFT, _HIGH - 4)


def _put(
    page: OfdPage, text: str, left: float, top: float, *, size: float = _SIZE, width: float = 0.0
) -> None:
    """Text with its foot at ``top``; made smaller where it would be wider than its place."""
    if not text:
        return
    wide = sum(_advance(character) for character in text)
    if width and wide * size > width:
        size = max(width / wide, 1.2)
    points, x = [], left
    for character in text:
        points.append((x, top))
        x += _advance(character) * size
    page.written.append(Written(text, size, tuple(points)))


def _advance(character: str) -> float:
    if character >= "\u2e80":
        return 1.0
    return 0.7 if character.isupper() else 0.55


def _rule(page: OfdPage, top: float) -> None:
    page.strokes.append(Stroke(((_LEFT, top), (_RIGHT, top))))


def _day(day: str) -> str:
    parts = day.split("-")
    return f"{parts[0]}年{parts[1]}月{parts[2]}日" if len(parts) == 3 else day


def _share(rate: str) -> str:
    """``0.06`` as ``6%``; words (免税) as they stand."""
    try:
        share = float(rate)
    except ValueError:
        return rate
    return f"{100 * share:g}%" if 0 <= share < 1 else rate
