"""The forms whoever writes a reader may look at. They share nothing with the held-out ones."""

from archive.demo.drawing.forms import Field, Form, Label, NumberPlace, grid


def _county() -> Form:
    """One a page: the classic 190 × 105 mm form, a table, number under code at the top right."""
    labels = (
        Label(95, 11, "江淮省农村电费专用发票", 6.2, "centre", spacing=1.2, bold=0.12),
        Label(95, 19.5, "存 根 联", 4.2, "centre"),
        Label(12, 28.5, "户号：", 3.4),
        Label(62, 28.5, "电费月份：", 3.4),
        Label(128, 28.5, "开票日期：", 3.4),
        *(
            Label(x, y, text, 3.4, "centre")
            for x, y, text in (
                (23, 36.5, "户　名"),
                (108, 36.5, "台　区"),
                (23, 44.5, "地　址"),
                (135, 44.5, "表　号"),
                (23, 52.5, "起　度"),
                (48, 52.5, "止　度"),
                (73, 52.5, "倍率"),
                (95, 52.5, "电量(千瓦时)"),
                (122, 52.5, "电价(元)"),
                (158, 52.5, "金额(元)"),
                (23, 76.5, "合计(大写)"),
            )
        ),
        Label(12, 85.5, "收费员：", 3.4),
        Label(62, 85.5, "复核：", 3.4),
        Label(118, 85.5, "收费单位(盖章)：", 3.4),
        Label(
            10, 97, "说明：1.本发票手写无效。2.涂改作废,遗失不补。3.服务热线 95598", 2.5, face="hei"
        ),
        *(Label(186, 36 + 5 * i, sign, 3.0, "centre") for i, sign in enumerate("第一联存根联")),
    )
    rules = (
        *grid(10, 32.5, (26, 59, 26, 59), (8,)),
        *grid(10, 40.5, (26, 85, 26, 33), (8,)),
        *grid(10, 48.5, (26, 24, 22, 26, 26, 46), (8, 8, 8)),
        *grid(10, 72.5, (26, 144), (8,)),
    )
    fields = (
        Field("account", 22, 28.5),
        Field("month", 78, 28.5),
        Field("date", 144, 28.5),
        Field("payer", 38, 36.5, 3.8),
        Field("area", 124, 36.5),
        Field("address", 38, 44.5),
        Field("meter", 149, 44.5),
        Field("last", 23, 60.5, align="centre"),
        Field("this", 48, 60.5, align="centre"),
        Field("factor", 71, 60.5, align="centre"),
        Field("kwh", 95, 60.5, align="centre"),
        Field("price", 121, 60.5, align="centre"),
        Field("yuan", 178, 60.5, align="right"),
        Field("words", 40, 76.5, 3.8),
        Field("sum", 150, 76.5, 3.8),
        Field("collector", 26, 85.5),
        Field("checker", 74, 85.5),
    )
    return Form(
        "county",
        190,
        105,
        labels,
        rules,
        fields,
        number=NumberPlace(184, 19.5, 5.4, "right"),
        code=NumberPlace(184, 12, 3.8, "right"),
        seal_at=(152, 84),
        stubs_a_page=(1, 2),
    )


COUNTY = _county()

DEVELOPMENT: tuple[Form, ...] = (COUNTY,)
