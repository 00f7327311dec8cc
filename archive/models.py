"""Every mapped noun, for whoever needs all tables at once (migrations, tests)."""

from archive import audit, outbox, proof
from archive.custody import book, gate, kind, plan, scan, verification, volume
from archive.customers import customer
from archive.holdings import code, file_plan, fonds, pair, record
from archive.people import person

__all__ = [
    "audit",
    "book",
    "code",
    "customer",
    "file_plan",
    "fonds",
    "gate",
    "kind",
    "outbox",
    "pair",
    "person",
    "plan",
    "proof",
    "record",
    "scan",
    "verification",
    "volume",
]
