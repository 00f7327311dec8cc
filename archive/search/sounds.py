"""How names sound: ``wangxiulan`` and ``wxl`` for 王秀兰, so that a half-remembered name is found.

A character with several readings sounds every way (单 as *shan* and *dan*), within reason.
"""

import re
from itertools import islice, product

from archive.search.folding import fold

_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0002ffff]{2,5}")
_WAYS = 8
"""So many readings of one name are kept."""


def sounds(names: str) -> frozenset[str]:
    """Every way the names in a text are typed by sound: whole, by initials, surname and initials."""
    from pypinyin import Style, pinyin  # noqa: PLC0415, TID251 - this is the module that may

    found: set[str] = set()
    for name in _NAME.findall(fold(names)):
        readings = pinyin(name, style=Style.NORMAL, heteronym=True)
        for ways in islice(product(*readings), _WAYS):
            syllables = [way.replace("ü", "v") for way in ways]
            initials = "".join(syllable[0] for syllable in syllables)
            found |= {"".join(syllables), initials, syllables[0] + initials[1:]}
    return frozenset(sound for sound in found if sound.isascii())


def sounds_alike(words: tuple[str, ...]) -> tuple[str, ...]:
    """The first reading of each word; two phrases that are spoken alike have the same."""
    from pypinyin import Style, pinyin  # noqa: PLC0415, TID251 - as above

    return tuple(
        pinyin(word, style=Style.NORMAL)[0][0] if not word.isascii() else word for word in words
    )
