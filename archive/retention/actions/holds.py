"""Verbs of the hold: place and lift."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from archive.access import Permission, forbid_same_person
from archive.holdings.file_plan import RecordKind
from archive.holdings.queries.records import visible_records
from archive.holdings.record import GOING, Record
from archive.people.person import Station
from archive.reason import reason_in
from archive.retention.hold import (
    MOST_NAMED,
    SECOND_PERSON,
    GoneAlready,
    Hold,
    HoldCoversNothing,
    HoldCoversTooMuch,
    HoldKind,
    HoldRecord,
    HoldScope,
    HoldYearsTurned,
    LiftGround,
)
from archive.retention.queries.holds import in_pieces, under
from archive.transaction import NoSuchThing, Transaction


@dataclass(frozen=True, slots=True)
class Covers:
    """What a hold is to cover: records by id, a customer by number, or a span."""

    record_ids: Collection[int] = ()
    customer_number: str = ""
    kind_code: str = ""
    year_from: int | None = None
    year_to: int | None = None

    @property
    def scope(self) -> HoldScope:
        """Which of the three it is.

        Raises:
            HoldCoversNothing, HoldCoversTooMuch, HoldYearsTurned: with the field.
        """
        span = bool(self.kind_code) or self.year_from is not None or self.year_to is not None
        said = {
            HoldScope.RECORDS: bool(self.record_ids),
            HoldScope.CUSTOMER: bool(self.customer_number),
            HoldScope.SPAN: span,
        }
        scopes = [scope for scope, given in said.items() if given]
        if not scopes:
            raise HoldCoversNothing(field="covers")
        if len(scopes) > 1 or len(self.record_ids) > MOST_NAMED:
            raise HoldCoversTooMuch(field="covers", most=MOST_NAMED)
        if (self.year_from or 0) > (self.year_to or 9999):
            raise HoldYearsTurned(field="year_to")
        return scopes[0]


def place_hold(
    tx: Transaction,
    station_id: int,
    covers: Covers,
    *,
    kind: HoldKind,
    reason: str,
    document: str = "",
) -> Hold:
    """A hold from this moment on; what it covers is not destroyed until it is lifted.

    It locks every record it covers now: a destruction that holds the lock is waited for, and one
    that comes after sees the hold.

    Raises:
        GoneAlready: a record it names is destroyed.
        HoldCoversNothing, HoldCoversTooMuch, HoldYearsTurned, ReasonMissing: nothing is held.
        NoSuchThing: a record of another station, or one this person may not know of.
    """
    tx.require(Permission.HOLD_PLACE, station_id)
    scope, said = covers.scope, reason_in(reason)
    tx.get(Station, station_id)
    if covers.kind_code:
        _check_kind(tx, covers.kind_code)
    hold = _hold(tx, station_id, covers, kind, said)
    hold.document = document.strip()
    named = sorted(set(covers.record_ids))
    codes = _locked(tx, station_id, named) if named else []
    hold.covered = len(named) or _lock_covered(tx, hold)
    tx.add(hold)
    tx.session.add_all([HoldRecord(hold_id=hold.id, record_id=one) for one in named])
    tx.record(
        "hold.placed",
        hold.subject,
        kind=str(kind),
        scope=str(scope),
        covered=hold.covered,
        records=codes[:20],
    )
    return hold


def _hold(tx: Transaction, station_id: int, covers: Covers, kind: HoldKind, reason: str) -> Hold:
    return Hold(
        station_id=station_id,
        kind=kind,
        scope=covers.scope,
        customer_number=covers.customer_number.strip(),
        kind_code=covers.kind_code,
        year_from=covers.year_from,
        year_to=covers.year_to,
        reason=reason,
        placed_by_id=tx.person_id,
        placed_at=tx.now,
    )


def lift_hold(
    tx: Transaction,
    hold_id: int,
    *,
    ground: LiftGround,
    reason: str,
    document: str = "",
    settled_on: date | None = None,
) -> Hold:
    """The hold ends; what lay under it may be judged again. The hold itself stays to be read.

    Raises:
        SamePerson: for arrears, a court, an audit or the tax office another person lifts it.
        NotSettled: arrears were not paid; that they were written off settles nothing.
        HoldLifted, HoldDocumentMissing, ReasonMissing: it stays.
    """
    hold = tx.get(Hold, hold_id, lock=True)
    tx.require(Permission.HOLD_LIFT, hold.station_id)
    paper = document.strip()
    hold.check_liftable(ground, paper, settled_on, tx.today)
    if hold.kind in SECOND_PERSON:
        forbid_same_person(tx.actor, "hold:lift", hold_placer=hold.placed_by_id)
    hold.lift_reason, hold.lift_ground = reason_in(reason), ground
    hold.lift_document, hold.settled_on = paper, settled_on
    hold.lifted_by_id, hold.lifted_at = tx.person_id, tx.now
    tx.record("hold.lifted", hold.subject, kind=str(hold.kind), ground=str(ground))
    return hold


def _check_kind(tx: Transaction, kind_code: str) -> None:
    known = select(RecordKind.id).where(RecordKind.code == kind_code).limit(1)
    if tx.session.scalar(known) is None:
        raise NoSuchThing(thing="record_kind", key=kind_code[:40])


def _locked(tx: Transaction, station_id: int, record_ids: list[int]) -> list[str]:
    """Codes of the records, each locked, seen, of the station and not destroyed."""
    codes: list[str] = []
    for ids in in_pieces(record_ids):
        found = tx.session.scalars(
            visible_records(tx)
            .where(Record.id.in_(ids), Record.station_id == station_id)
            .order_by(Record.id)
            .with_for_update(of=Record, key_share=True)
        ).all()
        if len(found) < len(ids):
            missing = min(set(ids) - {record.id for record in found})
            raise NoSuchThing(thing="record", key=str(missing))
        gone = tx.session.scalar(
            select(Record.code).where(Record.id.in_(ids), Record.state.in_(sorted(GOING))).limit(1)
        )
        if gone is not None:
            raise GoneAlready(record=gone)
        codes += [record.code for record in found]
    return codes


def _lock_covered(tx: Transaction, hold: Hold) -> int:
    """Lock what a customer or a span covers and is not going; how many records these are."""
    here = Record.state.not_in(sorted(GOING))
    query = select(Record.id).where(under(hold), here).order_by(Record.id)
    return len(tx.session.scalars(query.with_for_update(of=Record, key_share=True)).all())
