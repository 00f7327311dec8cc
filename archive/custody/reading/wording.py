"""What a line of text says about invoice numbers and codes.

A bare run of eight digits can be a meter, a customer, an account: only a label, or the place
where labelled numbers stood before, makes it an invoice number (发票号码). Digits are never
repaired: a letter read among them makes the line unusable as a number.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from archive.ocr import LineText


class Kind(StrEnum):
    """What a run of digits is by the words before it."""

    NUMBER = "number"
    CODE = "code"
    BARE = "bare"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class DigitRun:
    """A run of digits on a line.

    Attributes:
        start: where its first digit's middle stands, as a share of the line's width.
        end: where its last digit's middle stands.
        confidence: of its weakest digit.
        first: index of its first character in the line.
    """

    digits: str
    kind: Kind
    start: float
    end: float
    confidence: float
    first: int


_NUMBER_LABEL = re.compile(
    r"(发票号[码碼]?|票据号[码碼]?|票号|号码|Invoice\s*No|[N№][º°o0O9eaQ.。·,\s]{0,4}|^[N№]\s*)[:：.。\s]*$",
    re.IGNORECASE,
)
_CODE_LABEL = re.compile(
    r"(发票代[码碼]|票据代[码碼]|代[码碼]|Invoice\s*Code)[:：.。\s]*$", re.IGNORECASE
)
_OTHER_LABEL = re.compile(
    r"(户号|表号|表计|电能表|电话|手机|帐号|账号|账户|日期|金额|合计|编号|流水|纳税|税号|识别|身份|"
    r"起度|止度|电量|电价|单价|户名|册|页|台区|热线|服务|监督|资产|抄表|客户|用户|合同|批准|许可|第|印)[^0-9]{0,6}$"
)
_RUN = re.compile(r"[0-9]+")
_SPECKED_RUN = re.compile(r"[0-9]+(?:[.·,'’`][0-9]+)+")


def plain(text: str) -> str:
    """The text with full-width forms made narrow, character for character."""
    return "".join(_narrow(char) for char in text)


def digit_runs(line: LineText, *, over_specks: bool = False) -> list[DigitRun]:
    """Every run of six digits or more on the line, with what the words before it make of it.

    A run continues over a single space in the print, but not over anything else; ``over_specks``
    gives those alone that go on over a speck, which reads like a point or a comma.
    """
    text = plain("".join(glyph.char for glyph in line.glyphs))
    runs = []
    for match in (_SPECKED_RUN if over_specks else _RUN).finditer(text):
        if match.end() - match.start() < 6:
            continue
        signs = line.glyphs[match.start() : match.end()]
        glyphs = [glyph for glyph in signs if _narrow(glyph.char).isdecimal()]
        runs.append(
            DigitRun(
                digits=re.sub(r"[^0-9]", "", match.group()),
                kind=_kind(text[: match.start()], text[match.end() :]),
                start=glyphs[0].at,
                end=glyphs[-1].at,
                confidence=min(glyph.confidence for glyph in glyphs),
                first=match.start(),
            )
        )
    return runs


def _kind(before: str, after: str) -> Kind:
    if after[:1] in {".", "-", "/", "年"} or before[-1:] in {"-", "/", ".", "*", "¥", "￥"} & {
        "-",
        "/",
        "*",
    }:
        return Kind.OTHER
    if _CODE_LABEL.search(before):
        return Kind.CODE
    if _OTHER_LABEL.search(before):
        return Kind.OTHER
    if _NUMBER_LABEL.search(before):
        return Kind.NUMBER
    return Kind.BARE if not before.strip(" :：.。") else Kind.OTHER


def _narrow(char: str) -> str:
    narrow = unicodedata.normalize("NFKC", char)
    return narrow if len(narrow) == 1 else char


def is_number_label(text: str) -> bool:
    """Whether the text ends with the words that introduce an invoice number."""
    return bool(_NUMBER_LABEL.search(plain(text).strip()))
