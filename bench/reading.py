"""How well and how fast stub volumes are read, on volumes the reader was never adjusted on.

    python -m bench.reading                 a sample, a few minutes
    python -m bench.reading --numbers 500   that many numbers of each condition
    python -m bench.reading --full          3,000 numbers, and memory over 200 pages

Clean and worn volumes are drawn by lot from the held-out looks. The yardstick of speed is the
bare engine (RapidOCR as it comes: find, turn, recognise everything) on the same pages in the
same run, page by page in turn with ours. Writes ``bench/results/reading.md``.
"""

import argparse
import io
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from PIL import Image

from archive.custody.reading import PageReading, StubReader, StubReading
from archive.demo.drawing import DrawnPage, StubTruth, draw_pages
from archive.demo.drawing.chance import random_volume
from archive.ocr import Box, PageImage
from archive.ocr.rapid import RapidTextReader

RESULTS = Path(__file__).parent / "results" / "reading.md"
STUBS_A_VOLUME = 50
FIRST_SEED = 50_000
THREADS = 2


def image_of(page: DrawnPage) -> PageImage:
    pixels = np.asarray(Image.open(io.BytesIO(page.jpeg)).convert("RGB"), np.uint8)
    return PageImage(page.number, pixels, page.dpi)


def count_page(page: DrawnPage, reading: PageReading, told: Counter[str]) -> list[str]:
    """Add one page to the counts; gives a line for everything that went wrong for good."""
    wrong = []
    left = list(reading.stubs)
    for truth in page.stubs:
        told["numbers"] += 1
        told["unreadable by anybody"] += not truth.readable
        stub = stub_for(truth, left)
        if stub is None:
            told["stub overlooked"] += 1
            told["void"] += truth.void
            wrong.append(f"{truth.number} on page {page.number}: overlooked")
            continue
        left.remove(stub)
        if not stub.certain:
            told["to a person"] += 1
            told[f"because {stub.doubt}"] += 1
        elif stub.number == truth.number:
            told["read right"] += 1
        else:
            told["WRONG"] += 1
            wrong.append(f"{truth.number} on page {page.number}: read as {stub.number}")
        told["code wrong"] += stub.certain and (stub.code or "") != truth.code
        _count_void(truth, stub, told)
    certain = [stub for stub in left if stub.certain]
    told["WRONG"] += len(certain)
    told["stub invented"] += len(left)
    wrong.extend(f"page {page.number}: {stub.number} where no stub is" for stub in certain)
    return wrong


def _count_void(truth: StubTruth, stub: StubReading, told: Counter[str]) -> None:
    if truth.void:
        told["void"] += 1
        told["void found"] += stub.void is not None
        told["void certain"] += stub.void is not None and stub.void.certain
    else:
        told["not void"] += 1
        told["void imagined"] += stub.void is not None
        told["void imagined, certain"] += stub.void is not None and stub.void.certain


def stub_for(truth: StubTruth, stubs: Sequence[StubReading]) -> StubReading | None:
    where = truth.number_box or truth.stub_box
    near = [stub for stub in stubs if _meets(stub.box, where)]
    near = near or [stub for stub in stubs if _meets(stub.box, truth.stub_box)]
    return near[0] if near else None


def _meets(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def accuracy(
    condition: str, numbers: int, seed: int, minutes: float
) -> tuple[Counter[str], list[str]]:
    """What came out for so many numbers, or for the whole volumes read until the time was up."""
    engine = RapidTextReader(threads=1)
    told: Counter[str] = Counter()
    wrong: list[str] = []
    end = time.monotonic() + 60 * minutes
    while told["numbers"] < numbers and time.monotonic() < end:
        count = min(STUBS_A_VOLUME, numbers - told["numbers"])
        spec = random_volume(seed, held_out=True, wear=condition, count=count)
        reader = StubReader(engine)
        for page in draw_pages(spec):
            reading = reader.read(image_of(page))
            told["pages"] += 1
            told["blank wrong"] += page.blank != (reading.problems == ("blank",))
            wrong += [f"{condition} {seed}: {line}" for line in count_page(page, reading, told)]
        print(condition, "volume", seed, dict(told), flush=True)
        seed += 1
    return told, wrong


def speed(pages: int, seed: int) -> dict[str, float]:
    """Seconds a page, ours and the bare engine's, over whole volumes read page by page in turn."""
    from rapidocr import RapidOCR  # noqa: TID251 - the yardstick is the bare engine itself

    setup = {
        "Global.log_level": "error",
        "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    bare = RapidOCR(params=setup)
    engine = RapidTextReader(threads=THREADS)
    spent = {"ours": 0.0, "bare": 0.0, "ours cpu": 0.0, "bare cpu": 0.0, "pages": 0}
    warm = image_of(next(draw_pages(random_volume(seed, held_out=True, wear="clean", count=1))))
    bare(warm.pixels[:, :, ::-1])
    engine.read(warm.pixels)
    for condition in ("clean", "worn"):
        reader = StubReader(engine)
        spec = random_volume(seed, held_out=True, wear=condition, count=pages)
        for page in _some(spec, pages // 2):
            image = image_of(page)
            for name, work in (
                ("ours", lambda image=image, reader=reader: reader.read(image)),
                ("bare", lambda image=image: bare(image.pixels[:, :, ::-1])),
            ):
                wall, cpu = time.perf_counter(), time.process_time()
                work()
                spent[name] += time.perf_counter() - wall
                spent[f"{name} cpu"] += time.process_time() - cpu
            spent["pages"] += 1
    return spent


def _some(spec, most: int) -> Iterator[DrawnPage]:
    for page in draw_pages(spec):
        if page.number > most:
            return
        yield page


def memory(pages: int) -> float:
    """Peak memory in MB of a process that reads that many pages."""
    told = subprocess.run(
        [sys.executable, "-m", "bench.reading", "--peak", str(pages)],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(told.stdout.splitlines()[-1])["peak_mb"]


def _peak(pages: int) -> None:
    spec = random_volume(FIRST_SEED, held_out=True, wear="clean", count=10)
    drawn = list(draw_pages(spec))
    reader = StubReader(RapidTextReader(threads=THREADS))
    for n in range(pages):
        page = drawn[n % len(drawn)]
        reader.read(image_of(page))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"peak_mb": round(peak)}))


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} % ({part}/{whole})" if whole else "–"


def table(
    results: dict[str, Counter[str]],
    wrong: list[str],
    spent: dict[str, float],
    peaks: dict[int, float],
    seed: int,
) -> str:
    rows = [
        "# Reading stub volumes",
        "",
        f"Held-out looks, drawn by lot from seed {seed}; see `bench/reading.py`.",
        "",
    ]
    rows += ["| | clean | worn | aim |", "| --- | --- | --- | --- |"]

    def row(name: str, aim: str, of) -> None:
        rows.append(f"| {name} | {of(results['clean'])} | {of(results['worn'])} | {aim} |")

    row("numbers", "", lambda t: t["numbers"])
    row(
        "read right without a person",
        "≥ 99.5 % / ≥ 98 %",
        lambda t: _percent(t["read right"], t["numbers"] - t["unreadable by anybody"]),
    )
    row("wrong accepted as certain", "0", lambda t: t["WRONG"])
    row("left to a person", "", lambda t: t["to a person"])
    row("stubs overlooked", "0", lambda t: t["stub overlooked"])
    row("code wrong on a certain number", "0", lambda t: t["code wrong"])
    row("void marks found", "≥ 98 %", lambda t: _percent(t["void found"], t["void"]))
    row("of these certain", "", lambda t: t["void certain"])
    row("void imagined", "≤ 0.5 %", lambda t: _percent(t["void imagined"], t["not void"]))
    row("of these certain", "", lambda t: t["void imagined, certain"])
    many = max(1, int(spent["pages"]))
    rows += [
        "",
        f"| speed, {many} pages in turn | ours | bare engine | ratio |",
        "| --- | --- | --- | --- |",
        f"| seconds a page | {spent['ours'] / many:.2f} | {spent['bare'] / many:.2f} | {spent['ours'] / spent['bare']:.2f} |",
        f"| CPU seconds a page | {spent['ours cpu'] / many:.2f} | {spent['bare cpu'] / many:.2f} | {spent['ours cpu'] / spent['bare cpu']:.2f} |",
        "",
        "| peak memory | MB |",
        "| --- | --- |",
        *(f"| {pages} pages | {peak:.0f} |" for pages, peak in peaks.items()),
        "",
    ]
    doubts = {name for told in results.values() for name in told if name.startswith("because ")}
    for name in sorted(doubts):
        rows.append(f"- {name}: {results['clean'][name]} clean, {results['worn'][name]} worn")
    rows += ["", *(f"- {line}" for line in wrong), ""]
    return "\n".join(rows)


def main(
    pages: int = 16,
    numbers: int = 60,
    out: Path = RESULTS,
    seed: int = FIRST_SEED,
    *,
    full: bool = False,
    minutes: float = float("inf"),
) -> str:
    """Measure and write the table; gives its text."""
    if full:
        numbers, pages = 1500, 40
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as both:
        jobs = {
            condition: both.submit(accuracy, condition, numbers, seed, minutes)
            for condition in ("clean", "worn")
        }
        results = {condition: job.result()[0] for condition, job in jobs.items()}
        wrong = [line for job in jobs.values() for line in job.result()[1]]
    spent = speed(pages, seed + 5000)
    peaks = {n: memory(n) for n in ((20, 200) if full else (5, 20))}
    text = table(results, wrong, spent, peaks, seed)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    print(text)
    return text


if __name__ == "__main__":
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--numbers", type=int, default=60, help="numbers of each condition")
    ask.add_argument("--pages", type=int, default=16, help="pages whose speed is compared")
    ask.add_argument("--seed", type=int, default=FIRST_SEED)
    ask.add_argument("--minutes", type=float, default=float("inf"), help="begin no volume after")
    ask.add_argument("--full", action="store_true")
    ask.add_argument("--peak", type=int, help=argparse.SUPPRESS)
    given = ask.parse_args()
    if given.peak:
        _peak(given.peak)
    else:
        main(given.pages, given.numbers, seed=given.seed, full=given.full, minutes=given.minutes)
