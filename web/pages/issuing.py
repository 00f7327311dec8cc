"""The numbers of the books finance hands out, as typed: several runs, counted while one types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.custody.gate import BookRequest
from archive.custody.kind import InvoiceKind
from archive.custody.numbers import NumberRun
from archive.errors import ArchiveError, Invalid
from web import typed
from web.deps import Visit
from web.parts import FormState, Status

MOST_RUNS = 12


@dataclass(frozen=True, slots=True)
class Run:
    """One line of the form: code, first and last number."""

    code: str
    first: str
    last: str

    @property
    def begun(self) -> bool:
        return bool(self.first or self.last)

    @property
    def whole(self) -> bool:
        return bool(self.first and self.last)


@dataclass(frozen=True, slots=True)
class Counted:
    """What the runs come to so far, in words."""

    lines: Sequence[str]
    status: Status


def runs_typed(values: Mapping[str, object]) -> list[Run]:
    """The lines of the form, at least one, gaps included."""
    found = []
    for place in range(MOST_RUNS):
        parts = [values.get(f"{name}-{place}") for name in ("code", "first", "last")]
        if place and all(part is None for part in parts):
            break
        found.append(Run(*(typed.plain(str(part or "")).strip()[:40] for part in parts)))
    return found


def checked(kind: InvoiceKind, runs: Sequence[Run]) -> list[tuple[str, str, str]]:
    """The runs as the verb takes them.

    Raises:
        Invalid: a line cannot be; the error names the field with its line, ``last-1``.
    """
    found = []
    for place, run in enumerate(runs):
        if not run.begun:
            continue
        try:
            _parsed(kind, run)
        except Invalid as error:
            error.field = f"{error.field or 'last'}-{place}"
            raise
        found.append((run.code, run.first, run.last))
    if not found:
        raise typed.NothingTyped(field="first-0")
    return found


def counted(visit: Visit, kind: InvoiceKind, runs: Sequence[Run], request: BookRequest) -> Counted:
    """How many books it is, line by line, and whether that is what was granted."""
    lines, books, wrong = [], 0, False
    for run in (run for run in runs if run.whole):
        try:
            parsed = _parsed(kind, run)
        except Invalid as error:
            lines.append(visit.told(error))
            wrong = True
            continue
        cut = len(parsed) // kind.book_size
        books += cut
        lines.append(
            visit.t(
                "requests.run_counted",
                first=parsed.first,
                last=parsed.last,
                sets=len(parsed),
                books=cut,
            )
        )
    return Counted(lines, _verdict(visit, books, request.books, wrong=wrong))


def state_of(visit: Visit, runs: Sequence[Run], error: ArchiveError | None) -> FormState:
    """The form again, with the error beside its field; what has no line stands at the last."""
    values: dict[str, object] = {}
    for place, run in enumerate(runs):
        values |= {f"code-{place}": run.code, f"first-{place}": run.first}
        values[f"last-{place}"] = run.last
    if error is None:
        return FormState(values)
    field = getattr(error, "field", None) or ""
    if field and "-" not in field:
        field = f"{field}-{max(len(runs) - 1, 0)}"
    return FormState(values, {field: visit.told(error)})


def _parsed(kind: InvoiceKind, run: Run) -> NumberRun:
    parsed = NumberRun.parse(run.code, run.first, run.last)
    kind.check_run(parsed)
    return parsed


def _verdict(visit: Visit, books: int, wanted: int, *, wrong: bool) -> Status:
    if wrong:
        return Status(visit.t("requests.count_wrong"), "bad")
    if books == wanted:
        return Status(visit.t("requests.count_right", books=books), "good")
    key = "requests.count_short" if books < wanted else "requests.count_over"
    return Status(visit.t(key, books=books, wanted=wanted, off=abs(wanted - books)), "warn")
