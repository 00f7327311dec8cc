"""Which engine reads here, without loading it."""

from importlib.metadata import version


def reader_version() -> str:
    """Name and version of the engine, as it goes into a scan's record."""
    return f"rapidocr {version('rapidocr')}"
