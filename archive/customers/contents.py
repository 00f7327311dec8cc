"""The expected contents of a dossier: ``contents.toml``, read, and a dossier held against it."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from archive.customers.customer import CustomerType

CONTENTS = Path(__file__).with_name("contents.toml")


@dataclass(frozen=True, slots=True)
class Content:
    """A kind of record of a dossier; ``must`` and ``should`` name types of customers."""

    kind: str
    must: frozenset[CustomerType]
    should: frozenset[CustomerType]


@dataclass(frozen=True, slots=True)
class Completeness:
    """What a dossier lacks, as codes of kinds in the order of the dossier."""

    lacks: tuple[str, ...]
    wanted: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether everything that must be there is."""
        return not self.lacks


@cache
def contents() -> tuple[Content, ...]:
    """Every line of the table, in order."""
    rows = tomllib.loads(CONTENTS.read_text("utf-8"))["content"]
    return tuple(
        Content(
            row["kind"],
            frozenset(CustomerType(one) for one in row.get("must", ())),
            frozenset(CustomerType(one) for one in row.get("should", ())),
        )
        for row in rows
    )


def completeness(of: CustomerType, held: Collection[str]) -> Completeness:
    """What a dossier of that type lacks that holds these kinds."""
    return Completeness(
        tuple(line.kind for line in contents() if of in line.must and line.kind not in held),
        tuple(line.kind for line in contents() if of in line.should and line.kind not in held),
    )


def place_in_dossier(kind: str) -> int:
    """Where a kind lies in the dossier; kinds the table does not know come last."""
    order = [line.kind for line in contents()]
    return order.index(kind) if kind in order else len(order)
