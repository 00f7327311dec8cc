"""From spooled files to a delivery on record: the one way in for page, API, command and folder.

Objects before rows: looked into, then stored, then recorded. Killed in between, at worst objects
are left that no row names, which the sweep removes; sending the files again is always safe.
"""

from collections.abc import Sequence

from sqlalchemy import select

from archive.access import Actor, Permission
from archive.filing.actions.deliveries import record_delivery
from archive.filing.delivery import DeliveredBefore, Delivery, NoStationNamed
from archive.ingest.keeping import delivery_digest, keep_files, scan_limits
from archive.ingest.magic import recognise_document
from archive.ingest.spool import Spool, Spooled
from archive.people.person import Station
from archive.settings import Settings
from archive.system import System


def delivery_spool(settings: Settings) -> Spool:
    """Where a delivery is written while it comes in: scans, and what was never paper."""
    limit = scan_limits(settings).bytes_in_all
    return Spool(settings.effective_spool_dir, limit_bytes=limit, first_look=recognise_document)


def receive(
    system: System,
    actor: Actor,
    station_id: int,
    files: Sequence[Spooled],
    *,
    source: str,
    together: bool = False,
) -> Delivery:
    """Take a delivery in; its reading is promised.

    Raises:
        NotPermitted, DeliveredBefore: about the delivery.
        BadScan: about the files; nothing is stored.
    """
    sha256 = delivery_digest(files)
    check_welcome(system, actor, station_id, sha256)
    stored = keep_files(system, files, documents=True)
    with system.transaction(actor) as tx:
        return record_delivery(
            tx, station_id, stored, sha256=sha256, source=source, together=together
        )


def check_welcome(system: System, actor: Actor, station_id: int, sha256: str = "") -> None:
    """Refuse what would be refused anyway; doors ask before they take the first byte.

    Raises:
        NoSuchThing, NotPermitted: about the station.
        DeliveredBefore: with ``sha256``, when the same delivery came before.
    """
    with system.transaction(actor, writes=False) as tx:
        tx.get(Station, station_id)
        tx.require(Permission.DELIVERY_RECEIVE, station_id)
        known = tx.session.scalars(
            select(Delivery.id).where(Delivery.station_id == station_id, Delivery.sha256 == sha256)
        ).first()
        if known is not None:
            raise DeliveredBefore(delivery=known)


def station_named(system: System, actor: Actor, code: str) -> int:
    """The id of the station with this code, as it names a folder or an option.

    Raises:
        NoStationNamed: there is none, or the actor brings nothing in there.
    """
    with system.transaction(actor, writes=False) as tx:
        station = tx.session.scalars(select(Station).where(Station.code == code.upper())).first()
        if station is None or not tx.can(Permission.DELIVERY_RECEIVE, station.id):
            raise NoStationNamed(field="station", code=code[:40])
        return station.id
