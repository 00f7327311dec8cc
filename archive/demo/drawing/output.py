"""Scans as files: an image-only PDF written page by page, or one image a page."""

from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from archive.demo.drawing.spec import DrawnPage, StubTruth, VolumeSpec
from archive.demo.drawing.volume import draw_pages


class _PdfWriter:
    """Writes objects as they come and remembers only where they stand."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._at = 0
        self._places: dict[int, int] = {}
        self._put(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")

    def _put(self, data: bytes) -> None:
        self._out.write(data)
        self._at += len(data)

    def object(self, number: int, head: str, stream: bytes | None = None) -> None:
        """One numbered object, with a stream or without."""
        self._places[number] = self._at
        self._put(f"{number} 0 obj\n".encode())
        if stream is None:
            self._put(f"<< {head} >>\nendobj\n".encode())
            return
        self._put(f"<< {head} /Length {len(stream)} >>\nstream\n".encode())
        self._put(stream)
        self._put(b"\nendstream\nendobj\n")

    def page(self, first: int, page: DrawnPage) -> None:
        """A page with nothing on it but its image: objects ``first`` to ``first + 2``."""
        width, height = (side * 72 / page.dpi for side in page.size)
        space = "/DeviceGray" if page.grey else "/DeviceRGB"
        self.object(
            first,
            "/Type /XObject /Subtype /Image /BitsPerComponent 8 /Filter /DCTDecode "
            f"/Width {page.size[0]} /Height {page.size[1]} /ColorSpace {space}",
            page.jpeg,
        )
        self.object(first + 1, "", f"{width:.3f} 0 0 {height:.3f} 0 0 cm /I Do".encode())
        self.object(
            first + 2,
            f"/Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.3f} {height:.3f}] "
            f"/Resources << /XObject << /I {first} 0 R >> >> /Contents {first + 1} 0 R",
        )

    def end(self) -> None:
        """The table of places and the trailer."""
        start, count = self._at, max(self._places) + 1
        rows = [f"{self._places[number]:010d} 00000 n \n" for number in range(1, count)]
        self._put(f"xref\n0 {count}\n0000000000 65535 f \n{''.join(rows)}".encode())
        self._put(f"trailer\n<< /Size {count} /Root 1 0 R >>\n".encode())
        self._put(f"startxref\n{start}\n%%EOF\n".encode())


def draw_pdf(spec: VolumeSpec, out: BinaryIO, jpeg_quality: int | None = None) -> list[StubTruth]:
    """Write the scan as an image-only PDF, page by page; gives what stands on it."""
    writer, pages = _PdfWriter(out), 0
    truths: list[StubTruth] = []
    for page in draw_pages(_at_quality(spec, jpeg_quality)):
        writer.page(3 + 3 * pages, page)
        pages += 1
        truths.extend(page.stubs)
    kids = " ".join(f"{5 + 3 * index} 0 R" for index in range(pages))
    writer.object(1, "/Type /Catalog /Pages 2 0 R")
    writer.object(2, f"/Type /Pages /Count {pages} /Kids [{kids}]")
    writer.end()
    return truths


def draw_images(
    spec: VolumeSpec, folder: Path, jpeg_quality: int | None = None
) -> tuple[list[Path], list[StubTruth]]:
    """Write the scan as one JPEG a page, named in order, into a folder that exists."""
    paths: list[Path] = []
    truths: list[StubTruth] = []
    for page in draw_pages(_at_quality(spec, jpeg_quality)):
        path = folder / f"{page.number:04d}.jpg"
        path.write_bytes(page.jpeg)
        paths.append(path)
        truths.extend(page.stubs)
    return paths, truths


def _at_quality(spec: VolumeSpec, quality: int | None) -> VolumeSpec:
    return spec if quality is None else replace(spec, look=replace(spec.look, jpeg_quality=quality))
