"""Everything a search found, line by line, for files."""

from collections.abc import Iterator

from archive.finding.queries.search import Look, lines_of, searched_ids
from archive.holdings.queries.records import RecordLine
from archive.retention.queries.due import Due, due_of
from archive.transaction import Transaction

AT_ONCE = 500


def found_lines(tx: Transaction, look: Look) -> Iterator[tuple[RecordLine, Due]]:
    """The records found in their order, as far as lists go, and how long each is kept."""
    ids = searched_ids(tx, look)
    for at in range(0, len(ids), AT_ONCE):
        some = ids[at : at + AT_ONCE]
        lines, dues = lines_of(tx, some), due_of(tx, some)
        yield from ((lines[one], dues[one]) for one in some if one in lines)
