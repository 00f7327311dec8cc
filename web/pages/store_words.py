"""What the pages of the store say in the same words."""

from collections.abc import Mapping

from archive.holdings.code import CodeSeries
from archive.holdings.pair import Pair, PairState
from archive.shelving.queries.boxes import BoxLine
from web.deps import Visit
from web.parts import Status, Tone

PAIR_TONES: Mapping[str, Tone] = {
    PairState.PAIRED: "good",
    PairState.MISMATCH: "bad",
    PairState.PAPER_MISSING: "bad",
    PairState.E_CORRUPT: "bad",
    PairState.DESTROYED: "quiet",
}


def pair_status(visit: Visit, pair: Pair) -> Status:
    """How a pair stands, in a word."""
    return Status(visit.t(f"state-pair.{pair.state}"), PAIR_TONES.get(pair.state, "warn"))


def series_told(visit: Visit, series: CodeSeries) -> str:
    """A series in words: ``WS · 2026 · D10 · QS``."""
    return visit.t(
        "store.series_told",
        category=series.category,
        year=series.year,
        retention=series.retention,
        unit=series.unit,
    )


def box_status(visit: Visit, line: BoxLine) -> Status:
    """Where a box is, in a word."""
    if line.box.missing_since is not None:
        return Status(visit.t("store.where.missing"), "bad")
    if line.shelf is None:
        return Status(visit.t("store.where.unshelved"), "warn")
    return Status(visit.t("store.where.shelved"), "good")
