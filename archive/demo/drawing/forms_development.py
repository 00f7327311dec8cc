"""The forms whoever writes a reader may look at. They share nothing with the held-out ones."""

from archive.demo.drawing.forms import Field, Form, Label, NumberPlace, Rule, grid


def _county() -> Form:
    """The classic 190 × 105 mm form: a table, the number under the code at the top right."""
    heads = (
        (23, 36.5, "户　名"),
        (108, 36.5, "台　区"),
        (23, 44.5, "地　址"),
        (135, 44.5, "表　号"),
        (23, 52.5, "起　度"),
        (48, 52.5, "止　度"),
        (71, 52.5, "倍率"),
        (95, 52.5, "电量(千瓦时)"),
        (121, 52.5, "电价(元)"),
        (157, 52.5, "金额(元)"),
        (23, 76.5, "合计(大写)"),
    )
    labels = (
        Label(89, 11, "江淮省农村电费专用发票", 5.8, "centre", spacing=0.8, bold=0.12),
        Label(95, 19.5, "存 根 联", 4.2, "centre"),
        Label(12, 28.5, "户号："),
        Label(62, 28.5, "电费月份："),
        Label(124, 28.5, "开票日期："),
        *(Label(x, y, text, 3.4, "centre") for x, y, text in heads),
        Label(12, 86, "收费员："),
        Label(62, 86, "复核："),
        Label(112, 86, "收费单位(盖章)："),
        Label(
            10,
            97.5,
            "说明：1.本发票手写无效。2.涂改作废,遗失不补。3.服务热线 95598",
            2.5,
            face="hei",
        ),
        *(Label(185.5, 40 + 5 * i, sign, 3.0, "centre") for i, sign in enumerate("第一联存根")),
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
        Field("date", 140, 28.5),
        Field("payer", 38, 36.5, 3.8),
        Field("area", 123, 36.5),
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
        Field("collector", 26, 86),
        Field("checker", 74, 86),
    )
    return Form(
        "county",
        190,
        105,
        labels,
        rules,
        fields,
        number=NumberPlace(184, 20, 5.4, "right"),
        code=NumberPlace(184, 12.5, 3.6, "right"),
        seal_at=(150, 84),
        sign_at=(28, 90),
        stubs_a_page=(1, 2),
    )


def _receipt() -> Form:
    """A collector's receipt: the number large at the top left, two columns of dotted lines."""
    rows = (
        ("户　　名", "payer", "客户编号", "account"),
        ("用电地址", "address", "电能表号", "long_meter"),
        ("上期示数", "last", "本期示数", "this"),
        ("用电量", "kwh", "电　　价", "price"),
        ("联系电话", "phone", "抄表日期", "short_date"),
    )
    labels = [
        Label(118, 9.5, "青石供电所农村电费收据", 5.6, "centre", face="hei"),
        Label(118, 16.5, "(存根)", 3.6, "centre", face="hei"),
        Label(12, 70, "金额(大写)：", 3.6, face="hei"),
        Label(128, 70, "￥：", 3.6, face="hei"),
        Label(12, 80, "收款人：", 3.4, face="hei"),
        Label(70, 80, "开票日期：", 3.4, face="hei"),
        Label(95, 88, "本收据涂改作废,复印无效。如有疑问请拨打 0556-8210 4410 查询", 2.4, "centre"),
    ]
    rules = [Rule(10, 21, 180, 21, 0.5), Rule(10, 63.5, 180, 63.5, 0.2), Rule(10, 75, 180, 75, 0.2)]
    fields = [
        Field("words", 34, 70, 4.0),
        Field("yuan", 137, 70, 4.2),
        Field("collector", 26, 80),
        Field("date", 88, 80),
    ]
    for index, (left, one, right, two) in enumerate(rows):
        y = 26.5 + 7.6 * index
        labels += [
            Label(12, y, left + "：", 3.4, face="hei"),
            Label(104, y, right + "：", 3.4, face="hei"),
        ]
        fields += [Field(one, 32, y), Field(two, 124, y)]
        rules += [Rule(31, y + 2.6, 98, y + 2.6, 0.12), Rule(123, y + 2.6, 178, y + 2.6, 0.12)]
    return Form(
        "receipt",
        190,
        93,
        tuple(labels),
        tuple(rules),
        tuple(fields),
        number=NumberPlace(12, 10, 6.4),
        code=NumberPlace(12, 17, 3.4),
        code_label="代码 ",
        seal_at=(155, 78),
        sign_at=(26, 84),
        stubs_a_page=(1, 2, 3),
    )


def _ticket() -> Form:
    """A narrow ticket, three to a sheet: a bar at the left, the number under the title."""
    heads = ("表号", "上次表底", "本次表底", "实用电量", "单价", "电费金额", "代收费", "合计金额")
    keys = ("meter", "last", "this", "kwh", "price", "yuan", "loss", "yuan")
    widths = (22, 22, 22, 21, 18, 22, 18, 25)
    labels = [
        Label(105, 9, "云溪县农村电网电费通知单存根", 5.2, "centre", bold=0.08),
        Label(22, 25, "户名"),
        Label(70, 25, "户号"),
        Label(120, 25, "所属年月"),
        Label(22, 57, "人民币(大写)"),
        Label(22, 66, "抄表员"),
        Label(62, 66, "收费员"),
        Label(112, 66, "交费期限"),
        Label(
            105,
            76.5,
            "注：逾期每日加收千分之一违约金；本单据撕毁、涂改作废。",
            2.5,
            "centre",
            face="hei",
        ),
        *(Label(12, 22 + 7 * i, sign, 3.6, "centre") for i, sign in enumerate("存根联留存备查")),
    ]
    fields = [
        Field("payer", 31, 25, 3.8),
        Field("card", 79, 25),
        Field("month", 136, 25),
        Field("words", 46, 57, 3.8),
        Field("collector", 34, 66),
        Field("checker", 75, 66),
        Field("due", 128, 66),
    ]
    x = 18.0
    for head, key, width in zip(heads, keys, widths, strict=True):
        labels.append(Label(x + width / 2, 34, head, 3.2, "centre"))
        fields.append(Field(key, x + width / 2, 42, 3.4, "centre"))
        x += width
    rules = (
        *grid(18, 30, widths, (8, 8, 6)),
        Rule(16.5, 4, 16.5, 80, 0.3),
        Rule(18, 61, 188, 61, 0.15),
    )
    return Form(
        "ticket",
        192,
        84,
        tuple(labels),
        rules,
        tuple(fields),
        number=NumberPlace(105, 17, 5.6, "centre"),
        code=NumberPlace(24, 17, 3.4),
        seal_at=(166, 62),
        sign_at=(62, 71),
        stubs_a_page=(2, 3),
        number_styles=("NO.", "№ ", "№"),
    )


def _electronic() -> Form:
    """A printed electronic invoice: no code, a number of twenty digits at the top right."""
    labels = (
        Label(95, 12, "电子发票(普通发票)", 6.4, "centre", bold=0.1),
        Label(16, 31.5, "购"),
        Label(16, 36.5, "买"),
        Label(16, 41.5, "方"),
        Label(24, 32, "名称："),
        Label(24, 40, "统一社会信用代码/纳税人识别号："),
        Label(104, 32, "名称：青石供电所"),
        Label(104, 40, "纳税人识别号：91340700MA2MX7K35T"),
        *(
            Label(x, 50.5, text, 3.2, "centre")
            for x, text in (
                (35, "项目名称"),
                (68, "起止示数"),
                (95, "单位"),
                (112, "数量"),
                (133, "单价"),
                (166, "金额"),
            )
        ),
        Label(20, 57.5, "*供电*居民电费"),
        Label(93, 57.5, "千瓦时"),
        Label(28, 76.5, "价税合计(大写)"),
        Label(136, 76.5, "(小写)"),
        Label(16, 85, "备注：户号"),
        Label(16, 92, "抄表段"),
        Label(16, 100, "开票人："),
    )
    rules = (
        *grid(13, 27, (6, 79, 79), (19,)),
        *grid(13, 46, (164,), (26, 9, 16)),
        Rule(57, 7, 133, 7, 0.3),
    )
    fields = (
        Field("payer", 35, 32),
        Field("last", 60, 57.5),
        Field("this", 60, 63.5),
        Field("kwh", 112, 57.5, align="centre"),
        Field("price", 133, 57.5, align="centre"),
        Field("yuan", 174, 57.5, align="right"),
        Field("words", 58, 76.5, 3.8),
        Field("sum", 150, 76.5),
        Field("account", 36, 85),
        Field("meter", 30, 92),
        Field("collector", 30, 100),
        Field("date", 156, 23, 3.2),
    )
    return Form(
        "electronic",
        190,
        105,
        (*labels, Label(140, 23, "开票日期：", 3.2)),
        rules,
        fields,
        number=NumberPlace(184, 17.6, 3.4, "right", face="hei", lead_in_form_ink=True),
        code=NumberPlace(140, 8, 3.2),
        seal_at=(98, 16),
        sign_at=(150, 95),
        stubs_a_page=(1, 2),
        number_styles=("发票号码：",),
        electronic=True,
    )


COUNTY, RECEIPT, TICKET, ELECTRONIC = _county(), _receipt(), _ticket(), _electronic()

DEVELOPMENT: tuple[Form, ...] = (COUNTY, RECEIPT, TICKET, ELECTRONIC)
"""Three forms with codes, one electronic."""
