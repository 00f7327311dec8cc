"""What is stored is hashed again; what is not as it came shows in the pair, and mends it again."""

from archive.digest import digest_of
from archive.filing.actions.drafts import file_draft
from archive.filing.delivery import DeliveredFile
from archive.filing.fixity import check_copies
from archive.holdings.copy import ElectronicCopy
from archive.holdings.pair import Pair, PairState
from tests.builders import Station
from tests.clock import SettableClock
from tests.integration.filing.test_filing import said, stack


def test_a_copy_that_was_altered_or_lost_shows_in_its_pair_until_it_is_whole_again(
    station: Station, clock: SettableClock
):
    _, (complaint, _) = stack(station)
    record = station.archivist.does(file_draft, complaint.id, said(station))
    system = station.system
    assert check_copies(system) == 0
    assert station.sees(Pair, record.id).state == PairState.E_ONLY
    assert station.asks(lambda tx: tx.session.query(ElectronicCopy).one()).checked_at is not None

    kept = station.asks(lambda tx: tx.session.query(DeliveredFile).one())
    objects = (path for path in system.settings.data_dir.rglob("*") if path.is_file())
    (path,) = [path for path in objects if digest_of([path.read_bytes()]).sha256 == kept.sha256]
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(content[:-1] + b"x")
    assert check_copies(system) == 0, "it was looked at a moment ago"
    clock.advance(days=8)
    assert check_copies(system) == 1
    assert station.sees(Pair, record.id).state == PairState.E_CORRUPT

    path.write_bytes(content)
    clock.advance(days=8)
    assert check_copies(system) == 0
    assert station.sees(Pair, record.id).state == PairState.E_ONLY

    path.unlink()
    clock.advance(days=8)
    assert check_copies(system) == 1
    assert station.sees(Pair, record.id).state == PairState.E_CORRUPT
