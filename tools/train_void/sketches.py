# ruff: noqa: C901, PLR0917 - a script of arrays, run by hand
"""Small sketches of form parts, some with a void mark, and where the mark stands.

Nothing here is taken from the program's own scan generator: the classifier is judged on its
pages, so it must not have learned from them.
"""

import cv2
import numpy as np
from glyphs import CELL, FACES, bent, printed, smooth_noise, written

SIDE = 192
SMALLEST, LARGEST = 13.0, 72.0
VOID_WORDS = ("废票", "作废", "废 票", "作 废", "废", "废票", "作废", "廢票")
OTHER_WORDS = [
    "收讫",
    "付讫",
    "已付",
    "现金",
    "转账",
    "复核",
    "作业",
    "发票",
    "存根",
    "样票",
    "副本",
    "补交",
    "欠费",
    "电费",
    "缴清",
    "已核",
    "审核",
    "查讫",
    "银行",
    "度数",
    "庆典",
    "床位",
    "应收",
    "座机",
    "底数",
    "康庄",
    "广告",
    "麻袋",
    "收费",
    "发电",
    "票据",
    "作为",
    "工作",
    "已阅",
    "合格",
    "专用",
    "财务",
    "验讫",
    "结清",
    "代收",
    "注销",
    "作账",
    "支票",
    "车票",
    "记账",
    "退费",
    "红冲",
    "换票",
    "附件",
    "存档",
    "已录",
    "张伟",
    "李强",
    "王芳",
]
COMMON = (
    "江淮省农村电费专用发票存根联户名地址台区表号起止度倍率电量千瓦时价金额合计大写收员复核单位盖章"
    "壹贰叁肆伍陆柒捌玖拾佰仟万元角分整零日期年月代码号本手无效遗失不补服务热线第一二三四五六七八九十"
    "县市乡镇组街道供所张李王刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭"
    "度庆庭店应座底康席麻庄床作票示要标漂飘拨泼发友反仿什仵伴做件"
)
FINE_PRINT = (
    "涂改作废",
    "手写作废遗失不补",
    "逾期作废",
    "涂改作废,遗失不补",
    "本票涂改作废",
    "过期作废无效",
    "涂改无效作废",
)
INKS = {
    "red": ((150, 225), (10, 70), (20, 80)),
    "blue": ((10, 80), (20, 90), (110, 190)),
    "black": ((5, 70), (5, 70), (10, 75)),
}


class Sketch:
    """A patch under construction: float RGB 0–1 and the marks on it."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        paper = np.array([0.97, 0.965, 0.94]) + rng.normal(0, 0.02, 3)
        if rng.random() < 0.25:
            paper -= rng.uniform(0, 0.15, 3)
        self.image = np.ones((SIDE, SIDE, 3), np.float32) * np.clip(paper, 0, 1).astype(np.float32)
        self.marks: list[tuple[float, float, float, float, bool]] = []

    def ink(self, colour: str) -> np.ndarray:
        return np.array([self.rng.uniform(*span) for span in INKS[colour]], np.float32) / 255

    def lay(self, mask: np.ndarray, ink: np.ndarray, strength: float) -> None:
        """Ink over paper: darkens, as ink does."""
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        if len(rows) == 0:
            return
        part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        under = self.image[part]
        cover = (mask[part] * strength)[:, :, None]
        under += (np.minimum(under, ink) - under) * cover

    def glyph(
        self, layer: np.ndarray, mask: np.ndarray, x: float, y: float, size: float, angle: float
    ) -> None:
        """Put a cell's mask on a layer, its middle at x, y, turned by ``angle``."""
        scale = size / (CELL - 14)
        c, s = np.cos(angle) * scale, np.sin(angle) * scale
        move = np.array(
            [[c, -s, x - CELL / 2 * (c - s)], [s, c, y - CELL / 2 * (s + c)]], np.float32
        )
        reach = size * 0.8 + 2
        left, top = max(0, int(x - reach)), max(0, int(y - reach))
        right, bottom = min(SIDE, int(x + reach) + 1), min(SIDE, int(y + reach) + 1)
        if right <= left or bottom <= top:
            return
        move[:, 2] -= (left, top)
        if scale < 0.45:
            mask = _smaller(mask, scale)
            factor = CELL / mask.shape[0]
            move[:, :2] *= factor
        part = cv2.warpAffine(mask, move, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
        np.maximum(layer[top:bottom, left:right], part, out=layer[top:bottom, left:right])

    def line_of_text(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        angle: float,
        face: int,
        ink: np.ndarray,
        strength: float,
    ) -> None:
        if not -size < y < SIDE + size:
            return
        layer = np.zeros((SIDE, SIDE), np.float32)
        dx, dy = np.cos(angle), np.sin(angle)
        for char in text:
            if size < 5 and not char.isspace():  # too small to be told: a smudge
                if -size < x < SIDE + size and self.rng.random() < 0.9:
                    half = size * (0.2 if char.isascii() else 0.42)
                    middle = x + dx * size * (0.28 if char.isascii() else 0.52), y + dy * size / 2
                    corner = (int(middle[0] - half), int(middle[1] - size * 0.4))
                    other = (int(middle[0] + half), int(middle[1] + size * 0.4))
                    cv2.rectangle(layer, corner, other, float(self.rng.uniform(0.3, 0.7)), -1)
                step = size * (0.56 if char.isascii() else 1.04)
                x, y = x + dx * step, y + dy * step
                continue
            step = size * (0.56 if char.isascii() else 1.04)
            x, y = x + dx * step / 2, y + dy * step / 2
            if -size < x < SIDE + size and -size < y < SIDE + size and char != " ":
                self.glyph(layer, printed(char, face), x, y, size, angle)
            x, y = x + dx * step / 2, y + dy * step / 2
        self.lay(layer, ink, strength)


def _smaller(mask: np.ndarray, scale: float) -> np.ndarray:
    side = max(12, int(CELL * max(scale * 1.3, 0.1)))
    return cv2.resize(mask, (side, side), interpolation=cv2.INTER_AREA)


def form_part(sketch: Sketch, unit: float) -> None:
    """Lines, cells and words of a printed form; ``unit`` is pixels per millimetre."""
    rng = sketch.rng
    skew = rng.normal(0, 0.02)
    colour = (
        sketch.ink("black") if rng.random() < 0.7 else rng.uniform(0.1, 0.6, 3).astype(np.float32)
    )
    strength = rng.uniform(0.45, 1.0)
    layer = np.zeros((SIDE, SIDE), np.float32)
    pitch = unit * rng.uniform(5, 10)
    if rng.random() < 0.75:
        width = max(1, round(unit * rng.uniform(0.15, 0.5)))
        top, bottom = sorted(rng.uniform(-0.4 * SIDE, 1.4 * SIDE, 2))
        y = top
        while y < bottom:
            cv2.line(
                layer, (-10, int(y)), (SIDE + 10, int(y + skew * SIDE)), 1.0, width, cv2.LINE_AA
            )
            y += pitch
        x = rng.uniform(-50, 50)
        while x < SIDE:
            cv2.line(
                layer,
                (int(x), int(top)),
                (int(x - skew * SIDE), int(bottom)),
                1.0,
                width,
                cv2.LINE_AA,
            )
            x += unit * rng.uniform(12, 40)
        sketch.lay(layer, colour, strength)
    y = rng.uniform(0, pitch)
    while y < SIDE:
        x = rng.uniform(-60, 40)
        while x < SIDE:
            size = unit * rng.choice([2.3, 2.8, 3.2, 3.8, 4.5]) * rng.uniform(0.9, 1.1)
            text = _words(rng)
            if rng.random() < 0.8:
                ink = colour if rng.random() < 0.6 else sketch.ink(rng.choice(["blue", "black"]))
                sketch.line_of_text(
                    text, x, y + skew * x, size, skew, int(rng.integers(4)), ink, strength
                )
            x += len(text) * size * 0.8 + unit * rng.uniform(4, 30)
        y += pitch
    if rng.random() < 0.25:
        sketch.line_of_text(
            "".join(rng.choice(list(COMMON), rng.integers(4, 10)))
            + rng.choice(["发票", "", "票据"]),
            rng.uniform(-100, 100),
            rng.uniform(0, SIDE),
            unit * rng.uniform(5, 10),
            skew,
            int(rng.integers(4)),
            colour if rng.random() < 0.8 else sketch.ink("red"),
            strength,
        )
    for _ in range(int(rng.random() < 0.45) + int(rng.random() < 0.2)):
        before = "".join(rng.choice(list(COMMON), rng.integers(2, 7)))
        after = "".join(rng.choice(list(COMMON), rng.integers(0, 6)))
        sketch.line_of_text(
            rng.choice(["说明:1.", "注:", "2.", ""]) + before + rng.choice(FINE_PRINT) + after,
            rng.uniform(-120, 60),
            rng.uniform(0, SIDE),
            unit * rng.uniform(1.9, 4.2),
            skew,
            int(rng.integers(4)),
            colour if rng.random() < 0.8 else sketch.ink("red"),
            strength,
        )
    if rng.random() < 0.3:
        sketch.line_of_text(
            rng.choice(["№ ", "NO.", "发票号码："]) + "".join(map(str, rng.integers(0, 10, 8))),
            rng.uniform(-30, 100),
            rng.uniform(0, SIDE),
            unit * rng.uniform(3.5, 6.5),
            skew,
            int(rng.integers(4)),
            sketch.ink(rng.choice(["red", "black"])),
            strength,
        )


def _words(rng: np.random.Generator) -> str:
    if rng.random() < 0.4:
        return "".join(map(str, rng.integers(0, 10, rng.integers(1, 11))))
    return "".join(rng.choice(list(COMMON), rng.integers(1, 8)))


def seal(sketch: Sketch, unit: float) -> None:
    """A round, oval or square seal."""
    rng = sketch.rng
    layer = np.zeros((SIDE, SIDE), np.float32)
    x, y = rng.uniform(-20, SIDE + 20, 2)
    radius = unit * rng.uniform(12, 22)
    squash = 1.0 if rng.random() < 0.6 else rng.uniform(0.6, 0.8)
    thick = max(1, round(unit * rng.uniform(0.5, 1.3)))
    turn = rng.uniform(-40, 40)
    cv2.ellipse(layer, ((x, y), (2 * radius, 2 * radius * squash), turn), 1.0, thick, cv2.LINE_AA)
    face = int(rng.integers(4))
    many = int(rng.integers(8, 18))
    for n in range(many):
        angle = np.pi * (0.8 + 1.4 * n / many) + np.radians(turn)
        sketch.glyph(
            layer,
            printed(str(rng.choice(list(COMMON))), face),
            x + 0.78 * radius * np.cos(angle),
            y + 0.78 * radius * squash * np.sin(angle),
            radius * 0.26,
            angle + np.pi / 2,
        )
    for row, word in enumerate(
        [rng.choice(["★", "电费", "税号"]), rng.choice(["发票专用章", "财务专用章", "收费专用章"])]
    ):
        for n, char in enumerate(word):
            size = radius * 0.24
            sketch.glyph(
                layer,
                printed(char, face),
                x + (n - (len(word) - 1) / 2) * size,
                y + (row * 0.4 - 0.05) * radius,
                size,
                np.radians(turn) / 3,
            )
    layer *= _worn_ink(rng, 0.5)
    sketch.lay(layer, sketch.ink("red"), rng.uniform(0.4, 0.95))


def word_mark(sketch: Sketch, words: str, *, void: bool) -> None:
    """A word put on by stamp, brush or pen, large beside the print; remembered when void."""
    rng = sketch.rng
    size = float(np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST))))
    angle = np.radians(rng.normal(0, 28)) if rng.random() < 0.7 else rng.uniform(-np.pi, np.pi)
    hand = rng.choice(["stamp", "boxed", "brush", "pen"])
    apart = 1.0 + rng.uniform(-0.05, 0.3) + (0.4 if rng.random() < 0.12 else 0)
    chars = words.replace(" ", "　") if rng.random() < 0.5 else words
    upright = rng.random() < 0.12  # written downwards
    mid = (len(chars) - 1) / 2
    x0, y0 = rng.uniform(-0.1 * SIDE, 1.1 * SIDE, 2)
    face, weight = int(rng.integers(len(FACES))), rng.uniform(0.018, 0.05)
    if hand == "brush":
        weight = rng.uniform(0.035, 0.072)
    layer = np.zeros((SIDE, SIDE), np.float32)
    spots = []
    for n, char in enumerate(chars):
        along = (n - mid) * apart * size
        dx, dy = (0.0, along) if upright else (along, 0.0)
        if hand in {"brush", "pen"}:
            dx, dy = dx + rng.normal(0, 0.05) * size, dy + rng.normal(0, 0.07) * size
        x = x0 + dx * np.cos(angle) - dy * np.sin(angle)
        y = y0 + dx * np.sin(angle) + dy * np.cos(angle)
        if char in " 　":
            continue
        turn, own = angle, size
        if hand in {"brush", "pen"}:
            mask = written(char, rng, weight)
            turn, own = angle + rng.normal(0, 0.07), size * np.exp(rng.normal(0, 0.08))
        else:
            mask = printed(char, face)
            if rng.random() < 0.4:
                mask = bent(mask, rng, rng.uniform(0.3, 1.5))
            if rng.random() < 0.35:
                mask = cv2.dilate(mask, np.ones((3, 3)), iterations=int(rng.integers(1, 4)))
        sketch.glyph(layer, mask, x, y, own, turn)
        spots.append((x, y, own, turn, char in "废廢"))
    if hand == "boxed":
        _box(layer, rng, (x0, y0), angle, len(chars) * apart * size, size, upright)
    strength = rng.uniform(0.55, 1.0)
    if rng.random() < 0.8:
        layer *= _worn_ink(rng, 0.55 if hand in {"stamp", "boxed"} else 0.25)
    if hand in {"stamp", "boxed"} and rng.random() < 0.3:
        layer = cv2.GaussianBlur(layer, (0, 0), rng.uniform(0.3, 1.2))
    sketch.lay(layer, sketch.ink(rng.choice(["red", "blue", "black"], p=[0.5, 0.2, 0.3])), strength)
    if void:
        sketch.marks.extend(spots)


def _box(layer, rng, middle, angle, long, size, upright) -> None:
    pad = rng.uniform(0.25, 0.6) * size
    wide, high = long + 2 * pad, size * 1.05 + 2 * pad
    if upright:
        wide, high = high, wide
    thick = max(1, round(size * rng.uniform(0.03, 0.1)))
    if rng.random() < 0.2:
        cv2.ellipse(
            layer, (middle, (wide * 1.25, high * 1.3), np.degrees(angle)), 1.0, thick, cv2.LINE_AA
        )
        return
    for grow in (0, 3 * thick) if rng.random() < 0.3 else (0,):
        corners = cv2.boxPoints((middle, (wide + 2 * grow, high + 2 * grow), np.degrees(angle)))
        cv2.polylines(layer, [corners.astype(np.int32)], True, 1.0, thick, cv2.LINE_AA)


def _worn_ink(rng: np.random.Generator, depth: float) -> np.ndarray:
    """Where a stamp or a dry brush left less ink."""
    wear = 0.6 * smooth_noise(rng, SIDE, int(rng.integers(3, 8))) + 0.7 * smooth_noise(
        rng, SIDE, 64
    )
    if rng.random() < 0.5:
        wear += 0.5 * rng.standard_normal((SIDE, SIDE)).astype(np.float32)
    return np.clip(
        1.0 - depth * np.clip(wear * rng.uniform(0.2, 0.9) + rng.uniform(-0.3, 0.5), 0, 2), 0.05, 1
    )


def scanned(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The sketch as a scanner hands it over, 8 bits."""
    if rng.random() < 0.6:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.25, 0.9))
    if rng.random() < 0.3:  # faded everywhere
        image = 1 - (1 - image) * rng.uniform(0.4, 0.9)
    if rng.random() < 0.3:
        ramp = np.linspace(rng.uniform(0.3, 1), 1, SIDE, dtype=np.float32) ** rng.uniform(0.5, 3)
        image = image * (ramp[None, :, None] if rng.random() < 0.6 else ramp[:, None, None])
    if rng.random() < 0.1:  # beside the sheet
        edge = int(rng.integers(10, SIDE // 2))
        bed = rng.choice([0.05, 0.5, 1.0])
        if rng.random() < 0.5:
            image[:, :edge] = bed
        else:
            image[-edge:] = bed
    if rng.random() < 0.3:
        image = np.repeat((image @ np.array([0.299, 0.587, 0.114], np.float32))[:, :, None], 3, 2)
    image = image * rng.uniform(0.85, 1.05) + rng.normal(0, 1, image.shape) * rng.uniform(0, 0.04)
    pixels = (np.clip(image, 0, 1) * 255).astype(np.uint8)
    if rng.random() < 0.6:
        _, data = cv2.imencode(
            ".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 95))]
        )
        pixels = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return pixels


def drawn(
    rng: np.random.Generator,
) -> tuple[np.ndarray, list[tuple[float, float, float, float, bool]]]:
    """A patch, and for each character of its void marks x, y, size, angle, whether it is 废."""
    sketch = Sketch(rng)
    unit = float(np.exp(rng.uniform(np.log(0.9), np.log(6.0))))
    form_part(sketch, unit)
    if rng.random() < 0.35:
        seal(sketch, unit)
    if rng.random() < 0.5:
        word_mark(sketch, str(rng.choice(VOID_WORDS)), void=True)
    if rng.random() < 0.35:
        words = str(rng.choice(OTHER_WORDS))
        if rng.random() < 0.4:
            words = "".join(rng.choice(list(COMMON), rng.integers(1, 4)))
        word_mark(sketch, words, void=False)
    if rng.random() < 0.15:
        seal(sketch, unit)
    if rng.random() < 0.25:
        _scrawl(sketch)
    return scanned(sketch.image, rng), sketch.marks


def _scrawl(sketch: Sketch) -> None:
    rng = sketch.rng
    layer = np.zeros((SIDE, SIDE), np.float32)
    for _ in range(int(rng.integers(1, 6))):
        points = np.cumsum(rng.normal(0, 18, (int(rng.integers(3, 9)), 2)), axis=0) + rng.uniform(
            0, SIDE, 2
        )
        cv2.polylines(
            layer, [points.astype(np.int32)], False, 1.0, int(rng.integers(1, 6)), cv2.LINE_AA
        )
    sketch.lay(layer, sketch.ink(rng.choice(["red", "blue", "black"])), rng.uniform(0.5, 1))
