"""The rule that somebody is always left who can appoint people."""

from sqlalchemy import exists, or_, select

from archive.access import Role
from archive.errors import Conflict, Refused
from archive.people.person import Appointment, Person
from archive.transaction import Transaction


class ShutsOneselfOut(Refused):
    """An administrator may not close the own account or end the own office."""


class LastAdministrator(Conflict):
    """Nobody would be left who can sign in and appoint people."""


def lock_administrators(tx: Transaction) -> None:
    """Let two who take the office from each other at the same moment go one after another.

    Both lock all who ever held it, in one order; who comes second then sees what the first did.
    """
    held = select(Appointment.person_id).where(Appointment.role == Role.ADMINISTRATOR)
    tx.session.execute(
        select(Person.id)
        .where(Person.id.in_(held))
        .order_by(Person.id)
        .with_for_update(key_share=True)
    ).all()


def check_administered(tx: Transaction) -> None:
    """Refuse what leaves the installation without an active administrator.

    Raises:
        LastAdministrator: appoint another first.
    """
    tx.session.flush()
    serving = exists().where(
        Appointment.person_id == Person.id,
        Appointment.role == Role.ADMINISTRATOR,
        Appointment.from_on <= tx.today,
        or_(Appointment.until_on.is_(None), Appointment.until_on >= tx.today),
        Person.active,
    )
    if not tx.session.scalar(select(serving)):
        raise LastAdministrator
