"""What tests have a sandbox do with scans."""

import warnings
from collections.abc import Iterator
from pathlib import Path

from archive.errors import ArchiveError
from archive.ingest import raster
from archive.ingest.inspect import inspect, inspect_all
from archive.ingest.limits import ScanLimits
from archive.messages import LANGUAGES, sentence


def judged(path: str, limits: ScanLimits) -> Iterator[str]:
    """What inspection says, in words, so that one child can judge many files."""
    try:
        found = inspect(Path(path), name="x", limits=limits)
        yield f"{found.kind} {found.pages}"
    except ArchiveError as error:
        _check_can_be_told(error)
        yield str(error)


def judged_document(path: str, limits: ScanLimits) -> Iterator[str]:
    """The same, where what was never paper may come too."""
    try:
        (found,) = inspect_all([(Path(path), "x")], limits=limits, documents=True)
        yield f"{found.kind} {found.pages}"
    except ArchiveError as error:
        _check_can_be_told(error)
        yield str(error)


def _check_can_be_told(error: ArchiveError) -> None:
    """A sentence that lacks a fact warns; here that is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for language in LANGUAGES:
            sentence(f"error.{type(error).__name__}", language, **error.facts)


def rendered(paths: list[str], start: int = 1) -> Iterator[tuple[int, tuple[int, ...], float]]:
    for page in raster.pages([Path(path) for path in paths], start):
        yield page.number, page.pixels.shape, page.dpi


def judged_and_rendered(path: str) -> Iterator[str]:
    """What becomes of a file that is taken if it may be: always a word, or the child dies."""
    try:
        found = inspect(Path(path), name="x")
        count = sum(1 for _ in raster.pages([Path(path)]))
        yield f"{found.pages} {count}"
    except ArchiveError as error:
        yield type(error).__name__


def written_on(path: str) -> Iterator[list[tuple[str, tuple[float, ...]]]]:
    """Of each page of an OFD: its lines with their left, top, right and bottom."""
    for page in raster.pages([Path(path)]):
        yield [(line.text, (*line.quad[0], *line.quad[2])) for line in page.written or ()]


def pixel_at(path: str, x_mm: float, y_mm: float) -> Iterator[tuple[int, ...]]:
    """The colour of each page at a place."""
    for page in raster.pages([Path(path)]):
        a_mm = page.dpi / 25.4
        yield tuple(int(part) for part in page.pixels[round(y_mm * a_mm), round(x_mm * a_mm)])
