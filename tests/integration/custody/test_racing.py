"""What several people do at the same moment comes out as if one had gone first."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

from archive.custody.actions import books, volumes
from archive.custody.volume import NothingToBind
from archive.errors import ArchiveError
from tests.builders import Station


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each of these came to, all begun at the same moment."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return work()
        except ArchiveError as refused:
            return refused

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def outcomes(results: list[Any]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def test_using_and_binding_at_the_same_moment_wait_for_each_other(station: Station):
    book = station.book_in_use()
    station.used(book, last=f"{int(book.first):08d}")

    def use_on() -> None:
        for number in list(book.run)[1:]:
            station.collector.does(
                books.record_use,
                book.id,
                last=number,
                used_on=station.today,
                kwh=Decimal(1),
                amount_fen=1,
            )

    def bind() -> int:
        bound = 0
        for _ in range(12):
            try:
                station.custodian.does(
                    volumes.bind_volume,
                    station_id=station.id,
                    month="2026-10",
                    collector_id=station.collector.id,
                )
            except NothingToBind:
                continue
            bound += 1
        return bound

    results = at_once(use_on, bind)
    assert outcomes(results) == {"NoneType": 1, "int": 1}
