"""State machines as tables: guards, buttons, documentation and tests read the same one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from archive.errors import Conflict

S = TypeVar("S", bound=StrEnum)


class NotPossibleNow(Conflict):
    """The step does not lead from the present state."""


@dataclass(frozen=True, slots=True)
class Step(Generic[S]):
    """One row of a workflow table: ``name`` leads from any of ``sources`` to ``target``."""

    name: str
    sources: frozenset[S]
    target: S


class Workflow(Generic[S]):
    """The lawful steps of one kind of thing; everything else is refused."""

    def __init__(self, subject: str, table: Mapping[str, tuple[Iterable[S], S]]) -> None:
        self.subject = subject
        self.steps = {
            name: Step(name, frozenset(sources), target)
            for name, (sources, target) in table.items()
        }

    def target(self, step: str, state: S, *, thing: str = "") -> S:
        """The state that ``step`` leads to; ``thing`` is how the trail names what is refused.

        Raises:
            NotPossibleNow: the table has no such step from ``state``.
        """
        found = self.steps[step]
        if state not in found.sources:
            raise NotPossibleNow(subject=self.subject, thing=thing, step=step, state=str(state))
        return found.target

    def allows(self, step: str, state: S) -> bool:
        """Whether a button for ``step`` makes sense in ``state``."""
        return state in self.steps[step].sources

    def take(self, step: str, thing: Any) -> None:
        """Move ``thing.state`` by ``step``, the only way a state ever changes."""
        named = getattr(thing, "subject", None) or f"{self.subject}:{thing.id}"
        thing.state = self.target(step, thing.state, thing=named)
