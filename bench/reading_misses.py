"""Pictures of what the reader left to a person, overlooked or imagined, to find out why.

    python -m bench.reading_misses worn 7001 7002 --into FOLDER              development looks
    python -m bench.reading_misses worn 83018 --held-out --into FOLDER       after measuring

Held-out looks may be looked at only once they were measured, and never measured again after.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from archive.custody.reading import PageReading, StubReader, StubReading
from archive.demo.drawing import DrawnPage, StubTruth, draw_pages
from archive.demo.drawing.chance import Condition, random_volume
from archive.ocr import Box
from archive.ocr.rapid import RapidTextReader
from bench.reading import STUBS_A_VOLUME, count_page, image_of, stub_for

AROUND = 40


def misses(page: DrawnPage, reading: PageReading) -> list[tuple[str, Box]]:
    """What a person must see to understand the page: a name, and the place on it."""
    told: list[tuple[str, Box]] = []
    left = list(reading.stubs)
    for truth in page.stubs:
        stub = stub_for(truth, left)
        if stub is None:
            told.append((f"overlooked-{truth.number}", truth.stub_box))
            continue
        left.remove(stub)
        told += [(name, box) for name, box in _of_stub(truth, stub) if truth.readable]
    return told + [(f"invented-{stub.number}", stub.box) for stub in left]


def _of_stub(truth: StubTruth, stub: StubReading) -> list[tuple[str, Box]]:
    told = []
    if not stub.certain:
        told.append((f"{stub.doubt}-{truth.number}-read-{stub.number}", stub.box))
    elif stub.number != truth.number:
        told.append((f"WRONG-{truth.number}-read-{stub.number}", stub.box))
    if truth.void and stub.void is None:
        told.append((f"void-missed-{truth.number}", truth.void_box or truth.stub_box))
    if stub.void is not None and not truth.void:
        told.append((f"void-imagined-{truth.number}-{stub.void.confidence}", stub.void.box))
    return told


def look(condition: Condition, seed: int, count: int, into: Path, *, held_out: bool) -> None:
    """Read one volume and put a picture of every miss into the folder."""
    reader = StubReader(RapidTextReader(threads=1))
    told: Counter[str] = Counter()
    spec = random_volume(seed, held_out=held_out, wear=condition, count=count)
    for page in draw_pages(spec):
        image = image_of(page)
        reading = reader.read(image)
        count_page(page, reading, told)
        for name, (left, top, right, bottom) in misses(page, reading):
            part = image.pixels[
                max(0, top - AROUND) : bottom + AROUND, max(0, left - AROUND) : right + AROUND
            ]
            upright = np.rot90(part, reading.turned // -90)
            print(f"{condition} {seed} page {page.number}: {name}", flush=True)
            Image.fromarray(upright).save(into / f"{condition}-{seed}-{page.number}-{name}.png")
    print(condition, seed, spec.look.form.name, dict(told), flush=True)


def main() -> int:
    """Look at the volumes asked for."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("condition", choices=("clean", "worn"))
    ask.add_argument("seeds", type=int, nargs="+")
    ask.add_argument("--numbers", type=int, default=STUBS_A_VOLUME)
    ask.add_argument("--held-out", action="store_true")
    ask.add_argument("--into", type=Path, required=True)
    given = ask.parse_args()
    given.into.mkdir(parents=True, exist_ok=True)
    for seed in given.seeds:
        look(given.condition, seed, given.numbers, given.into, held_out=given.held_out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
