"""The paper of the tests: small volumes that were drawn, with what stands on them."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from archive.demo.drawing import DEVELOPMENT, StubTruth, VoidStyle, draw_pdf, tidy_look, volume_of

CODE = "034002600104"
MARK = VoidStyle(words="作废", hand="stamp", colour="red", height=14.0, slant=12.0, over="table")


@dataclass(frozen=True)
class Paper:
    """A bound volume on paper, and its scan."""

    numbers: list[str]
    voids: list[str]
    kwh: Decimal
    amount_fen: int
    scan: Path
    truths: list[StubTruth]

    @property
    def pages(self) -> int:
        return max(truth.page for truth in self.truths)

    def truth_near(self, page: int, box: list[int]) -> StubTruth:
        """What was drawn where the machine found a stub."""

        def distance(truth: StubTruth) -> int:
            left, top, right, bottom = truth.stub_box
            return abs((top + bottom) - (box[1] + box[3])) + abs((left + right) - (box[0] + box[2]))

        return min((truth for truth in self.truths if truth.page == page), key=distance)


def draw(
    folder: Path,
    first: str = "04210051",
    count: int = 10,
    *,
    voids: tuple[str, ...] = (),
    spoilt: tuple[str, ...] = (),
    stubs_a_page: int = 3,
    on: date = date(2026, 10, 1),
    form: int = 0,
    seed: int = 1,
) -> Paper:
    """A tidy volume; ``spoilt`` numbers are hidden by a blot, so that a person must look."""
    look = tidy_look(DEVELOPMENT[form], stubs_a_page=stubs_a_page)
    marked = dict.fromkeys(voids, MARK)
    spec = volume_of(first, count, look, code=CODE, voids=marked, seed=seed, on=on)
    stubs = tuple(
        replace(stub, spoilt="blot") if stub.number in spoilt else stub for stub in spec.stubs
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{first}-{count}-{seed}.pdf"
    with path.open("wb") as out:
        truths = draw_pdf(replace(spec, stubs=stubs), out)
    valid = [stub for stub in stubs if not stub.void]
    return Paper(
        numbers=[stub.number for stub in stubs],
        voids=list(voids),
        kwh=sum((stub.kwh or Decimal(0) for stub in valid), Decimal(0)),
        amount_fen=sum(stub.amount_fen or 0 for stub in valid),
        scan=path,
        truths=truths,
    )
