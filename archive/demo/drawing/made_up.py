"""Names, places and sums that belong to nobody."""

from decimal import ROUND_HALF_UP, Decimal

from numpy.random import Generator

from archive.demo.drawing.spec import StubSpec

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华建国志文玉春海山林福贵德生金凤"
VILLAGES = (
    "青石镇柳湾村",
    "青石镇石桥村",
    "青石镇高岭村",
    "云溪乡白杨村",
    "云溪乡李家坪",
    "南坡乡大塘村",
)
AREAS = ("柳湾01台区", "石桥2号公变", "高岭变", "白杨西台区", "大塘03公变")
COLLECTORS = ("林秋生", "何玉兰", "周建平", "罗志明", "孙桂芳")

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")


def payer(rng: Generator) -> str:
    """A name of two or three characters."""
    given = "".join(GIVEN[int(i)] for i in rng.integers(0, len(GIVEN), int(rng.integers(1, 3))))
    return SURNAMES[int(rng.integers(len(SURNAMES)))] + given


def _four_in_words(number: int) -> str:
    words, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(words)
            continue
        words += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return words


def amount_in_words(fen: int) -> str:
    """The 大写 of a sum up to 99,999,999.99 yuan."""
    yuan, jiao, rest = fen // 100, fen // 10 % 10, fen % 10
    high, low = divmod(yuan, 10_000)
    words = _four_in_words(high) + "万" if high else ""
    if low:
        words += ("零" if high and low < 1000 else "") + _four_in_words(low)
    words += "元" if yuan else ""
    if not jiao and not rest:
        return (words or "零元") + "整"
    words += _DIGITS[jiao] + "角" if jiao else ("零" if yuan else "")
    return words + (_DIGITS[rest] + "分" if rest else "整")


def digits(rng: Generator, count: int) -> str:
    """``count`` random digits, the first of them not 0."""
    return str(rng.integers(1, 10)) + "".join(str(d) for d in rng.integers(0, 10, count - 1))


def facts_of(stub: StubSpec, rng: Generator) -> dict[str, str]:
    """Everything that may be filled in on a stub, by the names the forms use.

    Many of these are digits in the shape of an invoice number, as they are on real ones.
    """
    kwh = stub.kwh if stub.kwh is not None else Decimal(int(rng.integers(12, 900)))
    fen = stub.amount_fen if stub.amount_fen is not None else int(kwh * 56)
    start = int(rng.integers(100, 90_000))
    yuan = (Decimal(fen) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    price = (yuan / kwh if kwh else Decimal("0.56")).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return {
        "account": digits(rng, 10),
        "payer": stub.payer or payer(rng),
        "address": f"{VILLAGES[int(rng.integers(len(VILLAGES)))]}{rng.integers(1, 12)}组{rng.integers(1, 180)}号",
        "area": AREAS[int(rng.integers(len(AREAS)))],
        "meter": digits(rng, 8),
        "long_meter": digits(rng, 12),
        "card": digits(rng, 6),
        "last": f"{start:08d}" if rng.random() < 0.3 else str(start),
        "this": f"{start + int(kwh):08d}" if rng.random() < 0.3 else str(start + int(kwh)),
        "factor": "1",
        "loss": "0",
        "kwh": f"{kwh}",
        "price": f"{price}",
        "yuan": f"{yuan}",
        "sum": f"￥{yuan}",
        "words": amount_in_words(fen),
        "collector": COLLECTORS[int(rng.integers(len(COLLECTORS)))],
        "checker": COLLECTORS[int(rng.integers(len(COLLECTORS)))],
        "date": f"{stub.on.year}年{stub.on.month:02d}月{stub.on.day:02d}日",
        "short_date": f"{stub.on:%Y-%m-%d}",
        "compact_date": f"{stub.on:%Y%m%d}",
        "month": f"{stub.on:%Y%m}",
        "phone": f"1{rng.integers(30, 99)}{digits(rng, 8)}",
        "due": f"{stub.on:%Y-%m}-25",
    }
