"""The forms kept for the bench: whoever writes a reader has never looked at them."""

from archive.demo.drawing.forms import Field, Form, Label, NumberPlace, Rule, grid


def _ledger() -> Form:
    """A bookkeeping copy: the number at the bottom left, the table open at the sides."""
    heads = ("计费项目", "上月示数", "本月示数", "倍率", "计费电量", "电价", "应收电费")
    widths = (34, 26, 26, 16, 26, 22, 26)
    labels = [
        Label(14, 10, "云溪县农电服务有限责任公司", 4.0, face="hei", bold=0.03),
        Label(14, 17.5, "电费发票 记账联", 5.6, face="hei", bold=0.06),
        Label(112, 7, "用户编号", 3.0, face="hei"),
        Label(112, 13, "用户名称", 3.0, face="hei"),
        Label(112, 26, "用电地址", 3.0, face="hei"),
        Label(14, 26, "计费月份", 3.0, face="hei"),
        Label(58, 26, "电表资产号", 3.0, face="hei"),
        Label(14, 68, "应收合计(大写)", 3.2, face="hei"),
        Label(130, 68, "小写", 3.2, face="hei"),
        Label(14, 77, "制票", 3.0, face="hei"),
        Label(52, 77, "收款", 3.0, face="hei"),
        Label(92, 77, "打印时间", 3.0, face="hei"),
        Label(110, 94.5, "本联不作报销凭证;填写错误应注明作废字样并保存全部联次", 2.3, face="hei"),
    ]
    fields = [
        Field("account", 130, 7, 3.2),
        Field("payer", 130, 13, 3.4),
        Field("address", 130, 26, 3.2),
        Field("month", 30, 26, 3.2),
        Field("long_meter", 78, 26, 3.2),
        Field("words", 44, 68, 3.6),
        Field("sum", 142, 68, 3.6),
        Field("collector", 24, 77, 3.2),
        Field("checker", 62, 77, 3.2),
        Field("compact_date", 110, 77, 3.2),
    ]
    x = 12.0
    for head, key, width in zip(
        heads, ("area", "last", "this", "factor", "kwh", "price", "yuan"), widths, strict=True
    ):
        labels.append(Label(x + width / 2, 34, head, 3.0, "centre", face="hei"))
        fields.append(Field(key, x + width / 2, 42, 3.2, "centre"))
        x += width
    rules = (
        *(Rule(12, y, 188, y, width) for y, width in ((30, 0.5), (38, 0.2), (62, 0.5), (72, 0.2))),
        *(Rule(12, y, 188, y, 0.1) for y in (46, 54)),
        Rule(12, 88, 188, 88, 0.15),
    )
    return Form(
        "ledger",
        200,
        100,
        tuple(labels),
        rules,
        tuple(fields),
        number=NumberPlace(16, 93, 5.6),
        code=NumberPlace(186, 19.5, 3.2, "right"),
        code_label="发票代码 ",
        seal_at=(166, 72),
        sign_at=(54, 82),
        stubs_a_page=(1, 2),
    )


def _upright() -> Form:
    """An upright slip, two side by side: lines of key and value, the number in a box."""
    rows = (
        ("交费户名", "payer"),
        ("交费户号", "account"),
        ("表　　号", "meter"),
        ("起止示数", "last"),
        ("", "this"),
        ("用电量 kWh", "kwh"),
        ("电价 元/kWh", "price"),
        ("电费金额", "yuan"),
        ("大写金额", "words"),
        ("收费日期", "short_date"),
        ("联系电话", "phone"),
    )
    labels = [
        Label(47.5, 10, "农村电费收费凭证", 5.4, "centre", bold=0.1),
        Label(47.5, 17, "存根 · 由收费单位留存", 3.0, "centre"),
        Label(47.5, 133, "凭证遗失不补 涂改作废", 2.6, "centre"),
        Label(10, 121, "经手人", 3.2),
    ]
    fields = [Field("collector", 24, 121, 3.4)]
    rules = [
        *grid(14, 22, (67,), (11,)),
        Rule(8, 116, 87, 116, 0.4),
        Rule(3, 3, 92, 3, 0.15),
        Rule(92, 3, 92, 137, 0.15),
        Rule(92, 137, 3, 137, 0.15),
        Rule(3, 137, 3, 3, 0.15),
    ]
    for index, (label, key) in enumerate(rows):
        y = 47.5 + 6.3 * index
        labels.append(Label(10, y, label, 3.2))
        fields.append(Field(key, 34, y, 3.4 if key != "words" else 3.0))
        rules.append(Rule(32, y + 2.5, 87, y + 2.5, 0.1))
    return Form(
        "upright",
        95,
        140,
        tuple(labels),
        tuple(rules),
        tuple(fields),
        number=NumberPlace(47.5, 27.5, 5.2, "centre"),
        code=NumberPlace(47.5, 38.5, 3.2, "centre"),
        code_label="票据代码 ",
        seal_at=(62, 120),
        sign_at=(22, 130),
        stubs_a_page=(1, 2),
        across=2,
        number_styles=("№ ", "NO.", "No "),
    )


def _counterfoil() -> Form:
    """A counterfoil, three a page: everything on the right of a thick bar, number mid-right."""
    labels = (
        Label(24, 14, "江北电力", 5.0, "centre", face="hei", bold=0.05),
        Label(24, 22, "收费凭据", 4.0, "centre", face="hei"),
        Label(24, 30, "(留底联)", 3.4, "centre", face="hei"),
        Label(52, 11, "户号", 3.2, face="hei"),
        Label(96, 11, "户名", 3.2, face="hei"),
        Label(52, 20, "台区", 3.2, face="hei"),
        Label(52, 47, "抄表示数", 3.2, face="hei"),
        Label(112, 47, "至", 3.2, face="hei"),
        Label(52, 56, "电量(度)", 3.2, face="hei"),
        Label(98, 56, "单价", 3.2, face="hei"),
        Label(52, 65, "实收金额", 3.2, face="hei"),
        Label(52, 77, "收费人", 3.2, face="hei"),
        Label(98, 77, "日期", 3.2, face="hei"),
        Label(14, 84, "客服 95598  投诉 12398  作废凭据须三联齐全", 2.2, face="hei"),
        Label(166, 24, "凭据号码", 3.0, "centre", face="hei"),
    )
    rules = (
        Rule(46, 5, 46, 81, 0.9),
        *(Rule(50, y, 140, y, 0.12) for y in (15, 24, 51, 60, 69, 81)),
        *grid(50, 28, (30, 30, 30), (6, 7)),
        *grid(144, 20, (44,), (8, 12)),
    )
    fields = (
        Field("account", 64, 11, 3.3),
        Field("payer", 108, 11, 3.6),
        Field("area", 64, 20, 3.3),
        Field("meter", 65, 37.6, 3.3, "centre"),
        Field("card", 95, 37.6, 3.3, "centre"),
        Field("month", 125, 37.6, 3.3, "centre"),
        Field("last", 74, 47, 3.3),
        Field("this", 120, 47, 3.3),
        Field("kwh", 74, 56, 3.3),
        Field("price", 110, 56, 3.3),
        Field("sum", 74, 65, 3.8),
        Field("words", 98, 65, 3.2),
        Field("collector", 66, 77, 3.3),
        Field("short_date", 108, 77, 3.3),
    )
    heads = tuple(
        Label(x, 31, text, 3.0, "centre", face="hei")
        for x, text in ((65, "表号"), (95, "抄表册"), (125, "年月"))
    )
    return Form(
        "counterfoil",
        196,
        88,
        (*labels, *heads),
        rules,
        fields,
        number=NumberPlace(166, 34, 5.0, "centre"),
        code=NumberPlace(166, 46, 3.0, "centre"),
        code_label="代码：",
        seal_at=(168, 66),
        sign_at=(60, 80),
        stubs_a_page=(1, 2, 3),
        number_styles=("№ ", "NO.", "№:"),
    )


def _bill() -> Form:
    """Another electronic bill: twenty digits at the left, above the first line."""
    labels = (
        Label(100, 11, "电 费 电 子 发 票", 6.0, "centre", face="hei"),
        Label(14, 29, "开票日期：", 3.1, face="hei"),
        Label(120, 22, "机器编号：", 3.1, face="hei"),
        Label(14, 39, "客户名称", 3.1, face="hei"),
        Label(14, 46, "客户地址", 3.1, face="hei"),
        Label(120, 39, "客户编号", 3.1, face="hei"),
        Label(120, 46, "计量点号", 3.1, face="hei"),
        Label(14, 57, "电费项目", 3.1, face="hei"),
        Label(70, 57, "示数", 3.1, face="hei"),
        Label(114, 57, "电量", 3.1, face="hei"),
        Label(160, 57, "金额", 3.1, face="hei"),
        Label(14, 65, "居民生活电度电费", 3.1, face="hei"),
        Label(14, 82, "合计人民币", 3.1, face="hei"),
        Label(14, 91, "收款方：云溪县农电服务有限责任公司", 3.1, face="hei"),
        Label(120, 91, "复核", 3.1, face="hei"),
    )
    rules = tuple(Rule(12, y, 188, y, 0.25) for y in (34, 51, 61, 76, 87))
    fields = (
        Field("compact_date", 32, 29, 3.2),
        Field("long_meter", 138, 22, 3.2),
        Field("payer", 34, 39, 3.4),
        Field("address", 34, 46, 3.2),
        Field("account", 140, 39, 3.2),
        Field("meter", 140, 46, 3.2),
        Field("last", 66, 65, 3.2),
        Field("this", 66, 71, 3.2),
        Field("kwh", 114, 65, 3.2),
        Field("yuan", 160, 65, 3.2),
        Field("words", 40, 82, 3.5),
        Field("sum", 150, 82, 3.5),
        Field("checker", 132, 91, 3.2),
    )
    return Form(
        "bill",
        200,
        100,
        labels,
        rules,
        fields,
        number=NumberPlace(14, 22, 3.5, face="roman", lead_in_form_ink=True),
        code=NumberPlace(14, 16, 3.0),
        seal_at=(160, 86),
        sign_at=(132, 94),
        stubs_a_page=(1, 2),
        number_styles=("发票号码：", "发票号码 "),
        electronic=True,
    )


LEDGER, UPRIGHT, COUNTERFOIL, BILL = _ledger(), _upright(), _counterfoil(), _bill()

HELD_OUT: tuple[Form, ...] = (LEDGER, UPRIGHT, COUNTERFOIL, BILL)
"""Three forms with codes, one electronic."""
