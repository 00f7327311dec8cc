"""Verbs about archival codes (DA/T 13-2022: one code, one object, for ever)."""

from archive.access import Permission
from archive.holdings.code import ArchivalCode
from archive.holdings.numbering import next_code
from archive.transaction import Transaction


def assign_code(tx: Transaction, *, kind_id: int, station_id: int, year: int) -> ArchivalCode:
    """The next archival code for a record of that kind, formed at the station in that year.

    The number is the next of its series; with the transaction it is given for good or not at
    all, so that none is left out. Whoever assigns waits for the others of the fonds: a lock on
    each series would let two who file a mixed pile wait for each other.

    Raises:
        NotArchived, KindSuperseded, CodeUnfit, SeriesFull: no number is used.
    """
    tx.require(Permission.CODE_ASSIGN, station_id)
    return next_code(tx, kind_id=kind_id, station_id=station_id, year=year)
