"""How names sound: ``wangxiulan`` and ``wxl`` for 王秀兰, so that a half-remembered name is found.

A character with several readings sounds every way (单 as *shan* and *dan*), within reason.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice, product

from archive.search.folding import fold

_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0002ffff]{2,5}")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0002ffff]")
_WAYS = 8
"""So many readings of one name are kept."""


def sounds(names: str) -> frozenset[str]:
    """Every way the names in a text are typed by sound: whole, by initials, surname and initials."""
    found: set[str] = set()
    for name in _NAME.findall(fold(names)):
        for syllables in islice(product(*map(_readings, name)), _WAYS):
            initials = "".join(syllable[0] for syllable in syllables)
            found |= {"".join(syllables), initials, syllables[0] + initials[1:]}
    return frozenset(sound for sound in found if sound.isascii())


def spoken(words: Iterable[str]) -> tuple[str, ...]:
    """How words are spoken, one by one; what is typed by a wrong character is spoken the same."""
    return tuple(_readings(word)[0] if _HAN.fullmatch(word) else word for word in words)


@lru_cache(maxsize=30_000)
def _readings(character: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin  # noqa: PLC0415, TID251 - this is the module that may

    ways = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
    return tuple(way.replace("ü", "v") for way in ways)
