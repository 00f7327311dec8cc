"""Who may do what: one actor, one list of permissions, one policy table, one gate.

A permission (:mod:`archive.policy`) says what an office may do; that two steps need two
*persons* is a rule of the noun (:func:`forbid_same_person`), which no office outranks.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from archive.errors import Refused
from archive.policy import COMPANY_ROLES, POLICY, Permission, Role

__all__ = [
    "COMPANY_ROLES",
    "POLICY",
    "SYSTEM",
    "WATCHED_FOLDER",
    "Actor",
    "NotPermitted",
    "Office",
    "Permission",
    "Role",
    "SamePerson",
    "forbid_same_person",
]


class NotPermitted(Refused):
    """The actor holds no office that may do this here."""


class SamePerson(Refused):
    """Two steps that need two people were asked of one (``domain.md`` §8)."""


@dataclass(frozen=True, slots=True)
class Office:
    """An appointment in force: a role, at one station or (None) at the company."""

    role: Role
    station_id: int | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts. ``code`` is the staff number, the only name that goes on the trail."""

    code: str
    person_id: int | None = None
    name: str = ""
    offices: tuple[Office, ...] = field(default=())

    def may(self, permission: Permission, station_id: int | None = None) -> bool:
        """Whether some office of the actor allows it at that station (None: anywhere)."""
        return any(
            permission in POLICY[office.role]
            and (station_id is None or office.station_id in {None, station_id})
            for office in self.offices
        )

    def stations(self, permission: Permission) -> frozenset[int] | None:
        """Stations where the actor may do it; None stands for every station."""
        found = {one.station_id for one in self.offices if permission in POLICY[one.role]}
        return None if None in found else frozenset(one for one in found if one is not None)

    def holds(self, role: Role, station_id: int | None = None) -> bool:
        """Whether the actor is appointed to ``role`` there."""
        return any(
            office.role == role and (station_id is None or office.station_id in {None, station_id})
            for office in self.offices
        )


SYSTEM = Actor(code="system")
"""The program itself: kept promises and operators' commands without a person."""

WATCHED_FOLDER = Actor(code="watched-folder", offices=(Office(Role.SCANNER, None),))
"""Who receives what a scanner puts into the watched folder."""


def forbid_same_person(actor: Actor, step: str, **earlier: int | Collection[int] | None) -> None:
    """Refuse ``step`` to a person who already did one of the ``earlier`` steps.

    Each earlier step names the person who did it, or everybody who did.

    Raises:
        SamePerson: with the first clash, as ``step`` and ``other``.
    """
    for other, persons in earlier.items():
        did = persons if isinstance(persons, Collection) else (persons,)
        if actor.person_id is not None and actor.person_id in did:
            raise SamePerson(step=step, other=other, person=actor.code)
