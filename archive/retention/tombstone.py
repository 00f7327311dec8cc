"""What stays of a destroyed record for ever: code, kind, year, period, digests – no person.

A title that may name people gives way to the name of its kind (``domain.md`` §9.33).
"""

from archive.holdings.file_plan import PersonalData, RecordKind
from archive.holdings.record import Record


def lasting_title(record: Record, kind: RecordKind) -> str:
    """The title a register and the catalogue keep: its own, or its kind's where it tells of people."""
    return record.title if kind.personal == PersonalData.NONE else kind.name_zh


def bury(record: Record, kind: RecordKind) -> None:
    """Leave of the description what says nothing about people."""
    record.title = lasting_title(record, kind)
    record.parties = record.customer_number = record.document_number = record.remark = ""
