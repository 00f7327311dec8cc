"""Every mapped noun, for whoever needs all tables at once (migrations, tests)."""

from archive import audit, outbox, proof
from archive.custody import book, gate, kind, plan, scan, verification, volume
from archive.customers import customer, special
from archive.expected import expectation
from archive.filing import delivery, volume_record
from archive.finding import search, unindexed
from archive.holdings import code, content, copy, file_plan, fonds, pair, record, volume_item
from archive.importing import run
from archive.people import person
from archive.retention import appraisal, batch, conclusion, erasure, hold, signing, trigger
from archive.shelving import box, climate, loan, movement, place, stocktake

__all__ = [
    "appraisal",
    "audit",
    "batch",
    "book",
    "box",
    "climate",
    "code",
    "conclusion",
    "content",
    "copy",
    "customer",
    "delivery",
    "erasure",
    "expectation",
    "file_plan",
    "fonds",
    "gate",
    "hold",
    "kind",
    "loan",
    "movement",
    "outbox",
    "pair",
    "person",
    "place",
    "plan",
    "proof",
    "record",
    "run",
    "scan",
    "search",
    "signing",
    "special",
    "stocktake",
    "trigger",
    "unindexed",
    "verification",
    "volume",
    "volume_item",
    "volume_record",
]
