"""A seekable stream over what can be asked for its bytes from any place on."""

import io
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import urllib3

from archive.storage import StorageUnavailable

_ROUNDS = 3


class Answer(Protocol):
    """An answer that is still coming in."""

    def read(self, amt: int | None = None) -> bytes: ...

    def close(self) -> None: ...

    def release_conn(self) -> None: ...


class RangedStream(io.RawIOBase):
    """``size`` bytes; ``ask(n)`` answers with those from the n-th on.

    A connection that breaks in the middle is taken up again where it broke, three times in a
    row; bytes that never come are :class:`archive.storage.StorageUnavailable`, not an early end.
    """

    def __init__(self, ask: Callable[[int], Answer], size: int) -> None:
        super().__init__()
        self._ask = ask
        self._size = size
        self._at = 0
        self._answer: Answer | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        at = max(0, start + offset)
        if at != self._at:
            self._hang_up()
            self._at = at
        return at

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._size - self._at)
        if wanted <= 0:
            return 0
        piece = self._read(wanted)
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        self._hang_up()
        super().close()

    def _read(self, wanted: int) -> bytes:
        for _ in range(_ROUNDS):
            with suppress(urllib3.exceptions.HTTPError, OSError):
                if self._answer is None:
                    self._answer = self._ask(self._at)
                if piece := self._answer.read(wanted):
                    return piece
            self._hang_up()
        raise StorageUnavailable(reason="BrokenRead")

    def _hang_up(self) -> None:
        """Let go of the connection; one whose answer is not read to its end is of no more use."""
        if self._answer is not None:
            if self._at < self._size:
                self._answer.close()
            self._answer.release_conn()
            self._answer = None
