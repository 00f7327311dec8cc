"""The pair (双套): the paper and the electronic copy of one record, as one thing with a state.

Three facts make the state – how the electronic side is, where the paper is, what a second person
found when comparing them – and every event changes some of them (``EVENTS``):

    e-only, p-only      one side is there, the other is awaited
    uncompared          both are there, nobody has compared them
    paired              compared: page counts and content agree
    mismatch            compared: they do not
    paper-out           the paper is lent, or being scanned
    paper-missing       a stocktake did not find the paper
    e-corrupt           what is stored is not what was put there
    destroyed           both sides were destroyed with leave

The worst counts. The database computes the same state from the same facts, and takes no other.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid, Refused
from archive.workflow import NotPossibleNow


class ComparedByUploader(Refused):
    """Whoever brought the scan in cannot be the one who compares it with the paper."""


class PairContradictory(Conflict):
    """The state of a pair does not follow from its facts."""


class SeenAnother(Conflict):
    """The scan was replaced after it was looked at."""


class PagesNotCounted(Invalid):
    """The pages of the paper are counted, from 1 up."""


class MismatchUnexplained(Invalid):
    """What does not agree is said in words."""


class Electronic(StrEnum):
    ABSENT = "absent"
    PRESENT = "present"
    CORRUPT = "corrupt"
    DESTROYED = "destroyed"


class Paper(StrEnum):
    EXPECTED = "expected"  # not handed in yet
    REGISTERED = "registered"  # counted, not in a box yet
    PLACED = "placed"  # stands in its box
    OUT = "out"
    MISSING = "missing"
    DESTROYED = "destroyed"


class Comparison(StrEnum):
    NONE = "none"
    MATCHED = "matched"
    MISMATCHED = "mismatched"


class PairState(StrEnum):
    E_ONLY = "e-only"
    P_ONLY = "p-only"
    UNCOMPARED = "uncompared"
    PAIRED = "paired"
    MISMATCH = "mismatch"
    PAPER_OUT = "paper-out"
    PAPER_MISSING = "paper-missing"
    E_CORRUPT = "e-corrupt"
    DESTROYED = "destroyed"


STATES: tuple[tuple[PairState, Mapping[str, Collection[StrEnum]]], ...] = (
    (
        PairState.DESTROYED,
        {"electronic": {Electronic.DESTROYED}, "paper": {Paper.DESTROYED}},
    ),
    (PairState.E_CORRUPT, {"electronic": {Electronic.CORRUPT}}),
    (PairState.PAPER_MISSING, {"paper": {Paper.MISSING}}),
    (PairState.PAPER_OUT, {"paper": {Paper.OUT}}),
    (PairState.P_ONLY, {"electronic": {Electronic.ABSENT, Electronic.DESTROYED}}),
    (PairState.E_ONLY, {"paper": {Paper.EXPECTED, Paper.DESTROYED}}),
    (PairState.MISMATCH, {"comparison": {Comparison.MISMATCHED}}),
    (PairState.PAIRED, {"comparison": {Comparison.MATCHED}}),
    (PairState.UNCOMPARED, {}),
)
"""Which state the facts make: the first line that fits."""


@dataclass(frozen=True, slots=True)
class Event:
    """What may happen to a pair: while which facts hold, and which it changes."""

    while_: Mapping[str, Collection[StrEnum]]
    sets: Mapping[str, StrEnum]
    ends_comparison: bool = False


_HERE = {Paper.REGISTERED, Paper.PLACED}
_KEPT = {Electronic.PRESENT}

EVENTS: Mapping[str, Event] = {
    "register-paper": Event({"paper": {Paper.EXPECTED}}, {"paper": Paper.REGISTERED}, True),
    "receive-scan": Event(
        {
            "electronic": {Electronic.ABSENT, Electronic.PRESENT, Electronic.CORRUPT},
            "paper": {*_HERE, Paper.EXPECTED, Paper.OUT},
        },
        {"electronic": Electronic.PRESENT},
        True,
    ),
    "match": Event({"electronic": _KEPT, "paper": _HERE}, {"comparison": Comparison.MATCHED}),
    "mismatch": Event({"electronic": _KEPT, "paper": _HERE}, {"comparison": Comparison.MISMATCHED}),
    "place": Event({"paper": _HERE}, {"paper": Paper.PLACED}),
    "take-out": Event({"paper": _HERE}, {"paper": Paper.OUT}),
    "bring-back": Event({"paper": {Paper.OUT}}, {"paper": Paper.REGISTERED}),
    "bring-back-changed": Event({"paper": {Paper.OUT}}, {"paper": Paper.REGISTERED}, True),
    "miss": Event({"paper": {*_HERE, Paper.OUT}}, {"paper": Paper.MISSING}),
    "find": Event({"paper": {Paper.MISSING}}, {"paper": Paper.REGISTERED}, True),
    "corrupt": Event({"electronic": _KEPT}, {"electronic": Electronic.CORRUPT}),
    "restore": Event({"electronic": {Electronic.CORRUPT}}, {"electronic": Electronic.PRESENT}),
    "destroy-paper": Event({"paper": _HERE}, {"paper": Paper.DESTROYED}),
    "destroy-copy": Event(
        {"electronic": {Electronic.ABSENT, Electronic.PRESENT}},
        {"electronic": Electronic.DESTROYED},
    ),
}
"""Every event, by its name on the trail (``pair.<name>``)."""


def state_of(electronic: Electronic, paper: Paper, comparison: Comparison) -> PairState:
    """The state these facts make."""
    facts = {"electronic": electronic, "paper": paper, "comparison": comparison}
    return next(
        state
        for state, needs in STATES
        if all(facts[name] in wanted for name, wanted in needs.items())
    )


def state_in_sql() -> str:
    """The same as an SQL expression, for the database's own check."""

    def test(name: str, wanted: Collection[StrEnum]) -> str:
        return f"{name} IN ({', '.join(repr(str(value)) for value in sorted(wanted))})"

    lines = [
        (" AND ".join(test(name, wanted) for name, wanted in needs.items()) or "1 = 1", state)
        for state, needs in STATES
    ]
    return f"CASE {' '.join(f'WHEN {tests} THEN {str(state)!r}' for tests, state in lines)} END"


class Pair(Base, kw_only=True):
    """The two sides of one record.

    Attributes:
        electronic_pages, electronic_digest: of the scan that counts; the digest is what a
            comparison is about.
        scanned_by_id: who brought that scan in; never who compares it.
        paper_pages: as counted on the paper.
        compared_digest: the scan the comparison was made with.
    """

    __tablename__ = "pair"
    __table_args__ = (
        CheckConstraint(f"state = {state_in_sql()}", name="state"),
        CheckConstraint(
            "compared_by_id IS NULL OR scanned_by_id IS NULL OR compared_by_id <> scanned_by_id",
            name="second_person",
        ),
        CheckConstraint(
            "(comparison = 'none') = (compared_by_id IS NULL)"
            " AND (comparison <> 'matched' OR (electronic_pages = paper_pages"
            " AND compared_digest = electronic_digest))",
            name="compared",
        ),
        Index(None, "state"),
    )

    record_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("record.id"), primary_key=True, autoincrement=False
    )
    electronic: Mapped[Electronic] = mapped_column(String(12), default=Electronic.ABSENT)
    paper: Mapped[Paper] = mapped_column(String(12), default=Paper.EXPECTED)
    comparison: Mapped[Comparison] = mapped_column(String(12), default=Comparison.NONE)
    state: Mapped[PairState] = mapped_column(String(16), default=PairState.P_ONLY)
    electronic_pages: Mapped[int] = mapped_column(default=0)
    electronic_digest: Mapped[str] = mapped_column(String(64), default="")
    scanned_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    paper_pages: Mapped[int] = mapped_column(default=0)
    paper_registered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), default=None
    )
    paper_registered_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    compared_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    compared_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    compared_digest: Mapped[str] = mapped_column(String(64), default="")
    difference: Mapped[str] = mapped_column(String(500), default="")
    since: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def settled(self) -> bool:
        """Whether the record may be archived: compared, and the paper in its place."""
        return self.state == PairState.PAIRED and self.paper == Paper.PLACED

    def allows(self, event: str) -> bool:
        """Whether a button for ``event`` makes sense now."""
        return all(getattr(self, name) in wanted for name, wanted in EVENTS[event].while_.items())

    def take(self, event: str, now: datetime) -> None:
        """Let ``event`` happen, the only way the facts and the state ever change.

        Raises:
            NotPossibleNow: the facts do not allow it.
        """
        if not self.allows(event):
            raise NotPossibleNow(
                subject="pair", thing=f"pair:{self.record_id}", step=event, state=str(self.state)
            )
        changes: dict[str, Any] = dict(EVENTS[event].sets)
        for name, value in changes.items():
            setattr(self, name, value)
        if EVENTS[event].ends_comparison:
            self.forget_comparison()
        state = state_of(self.electronic, self.paper, self.comparison)
        if state != self.state:
            self.state, self.since = state, now

    def forget_comparison(self) -> None:
        """Nobody has compared the two sides as they are now."""
        self.comparison = Comparison.NONE
        self.compared_by_id = self.compared_at = None
        self.compared_digest = self.difference = ""


refused_by(PairContradictory, "ck_pair_state", "ck_pair_compared")
refused_by(ComparedByUploader, "ck_pair_second_person")
