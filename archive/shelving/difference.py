"""The comparison at the end of a stocktake (盘点差异): what should be there with what was scanned.

First the boxes on their shelves; then, where the boxes were opened, the records in them. The last
scan of a thing counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """How one thing was found."""

    IN_PLACE = "in-place"  # 在位
    MISPLACED = "misplaced"  # 错位
    MISSING = "missing"  # 缺失
    EXTRA = "extra"  # 多余
    DAMAGED = "damaged"  # 破损


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan, for the comparison: what was found on which shelf, in what condition.

    Attributes:
        in_box_id: the box a record lay in; None: it lay loose on the shelf.
    """

    box_id: int | None
    shelf_id: int
    scanned: str = ""
    record_id: int | None = None
    in_box_id: int | None = None
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the comparison.

    Attributes:
        expected, found: shelves, for a box; boxes, for a record.
        shelf_id: the shelf it was scanned at.
    """

    result: Result
    box_id: int | None = None
    record_id: int | None = None
    scanned: str = ""
    expected: int | None = None
    found: int | None = None
    shelf_id: int | None = None


def compared(
    expected: Mapping[int, int], scans: Iterable[Scan], *, with_records: bool = False
) -> list[Difference]:
    """Every box expected or scanned, with how it was found.

    ``expected`` says which box should stand on which shelf. A damaged box has a line of its own
    beside the one for its place. Labels that mean no box here are extra; so are records, unless
    the boxes were opened. A record found in a box shows that the box is there.
    """
    found: dict[int, Scan] = {}
    strange: dict[tuple[int | None, str], Scan] = {}
    damaged: dict[int, Scan] = {}
    for scan in scans:
        if scan.box_id is not None:
            found[scan.box_id] = scan
            if scan.damaged:
                damaged[scan.box_id] = scan
        elif scan.record_id is None or not with_records:
            strange[scan.record_id, scan.scanned] = scan
        elif scan.in_box_id is not None:
            found.setdefault(scan.in_box_id, scan)
    lines = [_line(box, expected.get(box), found.get(box)) for box in {**expected, **found}]
    lines += [
        Difference(
            Result.DAMAGED,
            box,
            expected=expected.get(box),
            found=scan.shelf_id,
            shelf_id=scan.shelf_id,
        )
        for box, scan in damaged.items()
    ]
    lines += [
        Difference(Result.EXTRA, None, record, text, found=scan.shelf_id, shelf_id=scan.shelf_id)
        for (record, text), scan in strange.items()
    ]
    return lines


def _line(box_id: int, expected: int | None, scan: Scan | None) -> Difference:
    if scan is None:
        return Difference(Result.MISSING, box_id, expected=expected)
    if expected is None:
        result = Result.EXTRA
    else:
        result = Result.IN_PLACE if scan.shelf_id == expected else Result.MISPLACED
    return Difference(
        result,
        box_id,
        scanned=scan.scanned if scan.box_id else "",
        expected=expected,
        found=scan.shelf_id,
        shelf_id=scan.shelf_id,
    )


def opened_boxes(scans: Iterable[Scan]) -> set[int]:
    """The boxes that were found, and so opened."""
    named = (scan.in_box_id if scan.box_id is None else scan.box_id for scan in scans)
    return {box_id for box_id in named if box_id is not None}


def compared_records(expected: Mapping[int, int], scans: Sequence[Scan]) -> list[Difference]:
    """Every record expected in an opened box or scanned, with how it was found.

    ``expected`` says which record should lie in which box, of the boxes that were opened. A record
    in another of them, or loose on a shelf, is misplaced; one that should lie in none is extra.
    """
    found = {scan.record_id: scan for scan in scans if scan.record_id is not None}
    damaged = {
        scan.record_id: scan for scan in scans if scan.record_id is not None and scan.damaged
    }
    lines = [
        _record_line(record, expected.get(record), found.get(record))
        for record in {**expected, **found}
    ]
    return lines + [
        Difference(
            Result.DAMAGED,
            record_id=record,
            expected=expected.get(record),
            found=scan.in_box_id,
            shelf_id=scan.shelf_id,
        )
        for record, scan in damaged.items()
    ]


def _record_line(record_id: int, expected: int | None, scan: Scan | None) -> Difference:
    if scan is None:
        return Difference(Result.MISSING, record_id=record_id, expected=expected)
    if expected is None:
        result = Result.EXTRA
    else:
        result = Result.IN_PLACE if scan.in_box_id == expected else Result.MISPLACED
    return Difference(
        result,
        record_id=record_id,
        scanned=scan.scanned,
        expected=expected,
        found=scan.in_box_id,
        shelf_id=scan.shelf_id,
    )
