"""The verification desk of a volume: from the dossier to the pages, numbers and doubts on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from archive.custody.queries.desk import OnDesk
from archive.custody.reconciliation import Cell as NumberCell
from archive.custody.scan import ScanPage
from archive.messages import sentences
from web.deps import Visit
from web.desk_parts import Cell, Desk, Finding, NumberGrid, Sheet, Stub, Verdict, number_grid
from web.pages.desk_findings import FindingList
from web.pages.desk_places import Placed, Places


@dataclass(frozen=True)
class Chosen:
    """What of the desk was asked for.

    Attributes:
        typed: what was typed into the form of ``finding``.
        errors: by field, what was wrong with it.
    """

    number: str = ""
    finding: str = ""
    page: int = 0
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


class DeskView:
    """The desk of one volume for one visitor."""

    def __init__(self, visit: Visit, on: OnDesk) -> None:
        self._t = visit.t
        self._on = on
        self._here = f"/invoices/volumes/{on.volume.id}/desk"
        self._places = Places(on.dossier)
        self._listed = FindingList(visit, on, self._places)
        self._by_key = {finding.key: finding for finding in self._listed.all}

    def desk(self, chosen: Chosen, verdict: Verdict | None = None) -> Desk:
        """Everything on it, with what was asked for in front."""
        opened = self._opened(chosen)
        number = chosen.number or (opened.stub if opened else "")
        sheets = self._sheets()
        wanted = chosen.page or (opened.page if opened else None) or self._places.page_of(number)
        in_front = next((sheet for sheet in sheets if sheet.number == wanted), None)
        return Desk(
            sheets=sheets,
            sheet=in_front or next(iter(sheets), None),
            grid=self._grid(number),
            findings=[self._typed_into(finding, chosen) for finding in self._listed.all],
            settle_action=f"{self._here}/settle",
            verdict=verdict,
            open_finding=opened.key if opened else "",
            read_only=not self._on.may_settle,
        )

    def next_open(self, *, after: str = "") -> str:
        """The next doubt that stands in the way; empty when none is left."""
        keys = [finding.key for finding in self._listed.all if finding.blocks]
        return next((key for key in keys if key != after), next(iter(keys), ""))

    def _opened(self, chosen: Chosen) -> Finding | None:
        if chosen.finding:
            return self._by_key.get(chosen.finding)
        if chosen.number:
            return self._by_key.get(self._listed.about.get(chosen.number, ""))
        return None if chosen.page else self._by_key.get(self.next_open())

    def _typed_into(self, finding: Finding, chosen: Chosen) -> Finding:
        if finding.key != chosen.finding or not chosen.errors:
            return finding
        return replace(finding, typed=chosen.typed, errors=chosen.errors)

    def _grid(self, chosen: str) -> NumberGrid:
        by_code: dict[str, list[Cell]] = {}
        for cell in self._places.cells:
            by_code.setdefault(cell.code, []).append(self._cell(cell))
        strays = [self._stray(placed) for placed in self._places.strays]
        return number_grid(by_code, strays=strays, chosen=chosen)

    def _cell(self, cell: NumberCell) -> Cell:
        key = self._places.cell_key(cell)
        return Cell(
            cell.number,
            str(cell.status),
            f"{self._here}?number={key}",
            settled=any(place.settled_by is not None for place in cell.places),
            page=cell.places[0].page if cell.places else None,
            finding=self._listed.about.get(key, ""),
            key=key if key != cell.number else "",
        )

    def _stray(self, placed: Placed) -> Cell:
        stub = placed.stub
        return Cell(
            stub.number or "",
            placed.mark,
            f"{self._here}?number={placed.key}",
            settled=stub.settled_by is not None,
            page=stub.page,
            finding=self._listed.about.get(placed.key, ""),
            key=placed.key,
        )

    def _sheets(self) -> list[Sheet]:
        stubs: dict[int, list[Stub]] = {}
        for placed in self._places.all:
            if any(placed.stub.box):
                stub = Stub(
                    placed.key, placed.mark, placed.stub.box, self._listed.about.get(placed.key, "")
                )
                stubs.setdefault(placed.stub.page, []).append(stub)
        return [
            self._sheet(page, stubs.get(page.number, ()))
            for page in self._on.dossier.pages
            if page.image_key
        ]

    def _sheet(self, page: ScanPage, stubs: Sequence[Stub]) -> Sheet:
        images = f"/invoices/scans/{page.scan_id}"
        return Sheet(
            page.number,
            f"{images}/pages/{page.number}.jpg",
            f"{images}/thumbs/{page.number}.jpg",
            page.width,
            page.height,
            f"{self._here}?page={page.number}",
            page.turned,
            "、".join(self._problem(word) for word in page.problems),
            stubs,
        )

    def _problem(self, word: str) -> str:
        key = f"desk_pages.problem.{word}"
        return self._t(key if key in sentences("zh") else "desk_pages.problem.not-read")
