"""Verbs about pairs: one goes through here whatever happens to either side [seed 5.3]."""

from archive.access import Permission, forbid_same_person
from archive.holdings.pair import MismatchUnexplained, PagesNotCounted, Pair, SeenAnother
from archive.holdings.pairing import copy_kept, locked_pair, settle_record
from archive.transaction import Transaction


def register_paper(tx: Transaction, record_id: int, *, pages: int) -> Pair:
    """The paper of a record is here and its pages are counted; it is not in a box yet.

    Raises:
        PagesNotCounted, NotPossibleNow: nothing changes.
    """
    record, pair = locked_pair(tx, record_id)
    tx.require(Permission.PAPER_KEEP, record.station_id)
    if pages < 1:
        raise PagesNotCounted(field="pages")
    pair.take("register-paper", tx.now)
    pair.paper_pages = pages
    pair.paper_registered_by_id, pair.paper_registered_at = tx.person_id, tx.now
    tx.record("pair.register-paper", record.subject, pages=pages)
    return pair


def receive_scan(
    tx: Transaction, record_id: int, *, pages: int, digest: str, by_id: int | None
) -> Pair:
    """An electronic copy is kept, a first one or a re-scan; it is compared anew either way.

    ``by_id`` brought it in (None: a scanner of its own accord).
    """
    record, pair = locked_pair(tx, record_id)
    tx.require(Permission.RECORD_FILE, record.station_id)
    copy_kept(tx, record, pair, pages=pages, digest=digest, by_id=by_id)
    return pair


def compare(
    tx: Transaction,
    record_id: int,
    *,
    digest: str,
    paper_pages: int,
    matches: bool,
    difference: str = "",
) -> Pair:
    """A second person has laid the paper beside the pages of exactly this digest.

    Page counts that differ are a mismatch whatever was ticked.

    Raises:
        SamePerson: whoever brought the scan in does not compare it.
        SeenAnother: the scan is not the one that was looked at.
        PagesNotCounted, MismatchUnexplained, NotPossibleNow: nothing changes.
    """
    record, pair = locked_pair(tx, record_id)
    tx.require(Permission.PAIR_COMPARE, record.station_id)
    forbid_same_person(tx.actor, "pair:compare", pair_scanner=pair.scanned_by_id)
    if digest != pair.electronic_digest:
        raise SeenAnother(record=record.code)
    if paper_pages < 1:
        raise PagesNotCounted(field="paper_pages")
    alike = matches and paper_pages == pair.electronic_pages
    if not alike and not difference.strip() and paper_pages == pair.electronic_pages:
        raise MismatchUnexplained(field="difference")
    pair.paper_pages = paper_pages
    pair.take("match" if alike else "mismatch", tx.now)
    pair.compared_by_id, pair.compared_at = tx.person_id, tx.now
    pair.compared_digest, pair.difference = digest, "" if alike else difference.strip()
    tx.record(
        "pair.compared",
        record.subject,
        verdict=str(pair.comparison),
        paper_pages=paper_pages,
        electronic_pages=pair.electronic_pages,
        digest=digest,
    )
    settle_record(tx, record, pair)
    return pair
