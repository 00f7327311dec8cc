"""Where everything stands on the pages of a scan, and what grid and viewer call it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from archive.custody.queries.dossier import Dossier
from archive.custody.reconciliation import Cell, SeenStub
from web.desk_parts import Box
from web.pages.desk_targets import Target


@dataclass(frozen=True, slots=True)
class Placed:
    """A stub that is seen on a page.

    Attributes:
        key: what grid and viewer call it: the number, or the target's own key for a stray.
        mark: how it stands.
        cell: the number of the volume it shows; None for a stray.
    """

    stub: SeenStub
    key: str
    mark: str
    cell: Cell | None = None


class Places:
    """An index over one dossier, made once for a desk."""

    def __init__(self, dossier: Dossier) -> None:
        self.cells = dossier.reconciliation.cells
        self._many_codes = len({cell.code for cell in self.cells}) > 1
        self._scan_id = dossier.scan.id if dossier.scan else 0
        self._found = {stub.id: stub for stub in dossier.stubs}
        self._pictured = {page.number for page in dossier.pages if page.image_key}
        self._numbers = {cell.number for cell in self.cells}
        self.all = tuple(self._placed(dossier))
        self._by_target = {target_of(placed.stub).key: placed for placed in self.all}
        self._by_key = {placed.key: placed for placed in reversed(self.all)}
        self._beside = dict(self._neighbours())

    @property
    def strays(self) -> list[Placed]:
        """Stubs that are none of the volume's numbers: foreign, or not read by anybody yet."""
        return [placed for placed in self.all if placed.cell is None]

    def at(self, target: Target) -> Placed | None:
        """The stub a target is about, where it is seen."""
        return self._by_target.get(target.key)

    def page_of(self, key: str) -> int | None:
        """The page on which something stands first, by what grid and viewer call it."""
        placed = self._by_key.get(key)
        return placed.stub.page if placed else None

    def page_beside(self, cell: Cell) -> int | None:
        """Where a number that was not found most likely stands: with its neighbours."""
        return self._beside.get((cell.code, cell.number))

    def cell_key(self, cell: Cell) -> str:
        """What grid and viewer call a number; its code in front where there are several."""
        return f"{cell.code}.{cell.number}" if self._many_codes else cell.number

    def box(self, target: Target) -> Box | None:
        stub = self._found.get(target.stub_id or 0)
        return cast("Box", tuple(stub.box)) if stub else None

    def crop(self, target: Target) -> str:
        """Address of the enlarged place of a stub the machine found; empty without an image."""
        stub = self._found.get(target.stub_id or 0)
        if stub is None or stub.page not in self._pictured:
            return ""
        return f"/invoices/scans/{self._scan_id}/stubs/{stub.id}.jpg"

    def _placed(self, dossier: Dossier) -> Iterator[Placed]:
        shown: set[int] = set()
        for cell in self.cells:
            for nth, stub in enumerate(cell.places, start=1):
                shown.add(id(stub))
                key = self.cell_key(cell)
                key = key if nth == 1 else f"{key}@{nth}"
                yield Placed(stub, key, str(cell.status), cell)
        for stub in dossier.seen or ():
            if id(stub) not in shown:
                yield Placed(stub, target_of(stub).key, self._stray_mark(stub))

    def _stray_mark(self, stub: SeenStub) -> str:
        if stub.number is None:
            return "unreadable"
        return "foreign-code" if stub.number in self._numbers else "foreign"

    def _neighbours(self) -> Iterator[tuple[tuple[str, str], int]]:
        page: int | None = None
        waiting: list[tuple[str, str]] = []
        for cell in self.cells:
            if cell.places:
                page = cell.places[-1].page
                yield from ((key, cell.places[0].page) for key in waiting)
                waiting.clear()
            elif page is None:
                waiting.append((cell.code, cell.number))
            else:
                yield (cell.code, cell.number), page


def target_of(stub: SeenStub) -> Target:
    """What a settlement about this stub is about."""
    if stub.stub_id is not None:
        return Target(stub.page, stub.stub_id)
    return Target(stub.page, number=stub.number or "")
