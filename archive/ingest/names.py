"""File names as received: kept for people to read, harmless wherever they are shown."""

import unicodedata

NAMELESS = "未命名"
LONGEST = 200
"""Bytes of UTF-8. File systems take 255; the rest is room for a date in front and an end."""

_LONGEST_SUFFIX = 20
# Control, format (bidi overrides, zero-width marks), lone surrogates, line and paragraph ends.
# Private-use characters stay: that is how some offices write rare surnames.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def name_as_received(raw: str | None) -> str:
    """The file's own name: one line, no folders, no hidden marks, never empty, never over-long.

    Full-width characters stay as they are; the name is for display and is never used as a path.
    """
    name = (raw or "").replace("\\", "/").rsplit("/", 1)[-1]
    name = unicodedata.normalize("NFC", "".join(filter(_is_shown, name)))
    name = _trimmed(" ".join(name.split()))
    return _trimmed(_shortened(name)) or NAMELESS


def _is_shown(character: str) -> bool:
    return unicodedata.category(character) not in _DROPPED


def _trimmed(name: str) -> str:
    """Without the ends that Windows drops silently; ``.`` and ``..`` become nothing."""
    return name.strip().rstrip(". ")


def _shortened(name: str) -> str:
    """At most ``LONGEST`` bytes, cut between characters, the suffix kept."""
    if len(name.encode()) <= LONGEST:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix.encode()) > _LONGEST_SUFFIX:
        stem, suffix = name, ""
    room = LONGEST - len((dot + suffix).encode()) if suffix else LONGEST
    cut = stem.encode()[:room].decode(errors="ignore").rstrip(". ")
    return f"{cut}.{suffix}" if suffix else cut
