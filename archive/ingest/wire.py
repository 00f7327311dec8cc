"""What passes between a sandbox and its owner.

The owner does not trust what comes back: a C library that a hostile file has taken over could
write any pickle. So only plain values, arrays, and the dataclasses, enums and errors of named
packages are ever built from it.
"""

import importlib
import io
import pickle
import struct
from collections.abc import Collection
from dataclasses import is_dataclass
from enum import Enum
from typing import Any

from archive.errors import ArchiveError, Invalid

HEADER = struct.Struct("<cQQ")
"""Kind of message, peak memory of the child in bytes, length of what follows."""

STARTED = b"S"  # the task is loaded and begins
RESULT = b"R"
DONE = b"D"
TOLD = b"T"  # an error a person can be told about
BROKE = b"B"  # any other exception
KINDS = frozenset({STARTED, RESULT, DONE, TOLD, BROKE})

# numpy's own ways of rebuilding an array, in the spellings of numpy 1 and 2
_PLAIN = {
    ("builtins", "set"),
    ("builtins", "frozenset"),
    ("builtins", "bytearray"),
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("decimal", "Decimal"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
} | {
    (f"numpy.{core}.{module}", name)
    for core in ("core", "_core")
    for module, name in (
        ("multiarray", "_reconstruct"),
        ("multiarray", "scalar"),
        ("numeric", "_frombuffer"),
    )
}


class NotAllowed(pickle.UnpicklingError):
    """The child sent something that is no plain value."""


def packed(value: object) -> bytes:
    return pickle.dumps(value, protocol=5)


def unpacked(data: bytes, packages: Collection[str]) -> Any:
    """The value in ``data``, built from plain values and the nouns of ``packages`` only.

    Raises:
        NotAllowed: it asks for anything else.
    """
    return _Careful(data, packages).load()


class _Careful(pickle.Unpickler):
    def __init__(self, data: bytes, packages: Collection[str]) -> None:
        super().__init__(io.BytesIO(data))
        self._packages = packages

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        found = _class(module, name, self._packages)
        if is_dataclass(found) or issubclass(found, Enum):
            return found
        raise NotAllowed(f"{module}.{name}")


def _class(module: str, name: str, packages: Collection[str]) -> type:
    if module.split(".", maxsplit=1)[0] not in packages:
        raise NotAllowed(f"{module}.{name}")
    found: object = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    if not isinstance(found, type):
        raise NotAllowed(f"{module}.{name}")
    return found


def told(error: ArchiveError) -> tuple[str, str, dict[str, Any], str | None]:
    """An error taken apart, to be sent."""
    kind = type(error)
    return kind.__module__, kind.__qualname__, error.facts, getattr(error, "field", None)


def error_told(
    parts: tuple[str, str, dict[str, Any], str | None], packages: Collection[str]
) -> ArchiveError:
    """An error put together again; only facts enter it, its own code does not run."""
    module, name, facts, field = parts
    kind = _class(module, name, packages)
    if not issubclass(kind, ArchiveError):
        raise NotAllowed(f"{module}.{name}")
    error = kind.__new__(kind)
    ArchiveError.__init__(error, **facts)
    if isinstance(error, Invalid):
        error.field = field
    return error
