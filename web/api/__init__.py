"""The same verbs as JSON under ``/api/v1``, described by ``/api/openapi.json``.

Sign in with ``POST /api/v1/sign-in`` and send the token as ``Authorization: Bearer …``. Money is
integer fen, kWh a decimal string, numbers and codes strings, instants ISO 8601 in UTC. An
expected error is ``{"error", "kind", "message", "field", "facts"}`` with the status of its kind.
"""

from fastapi import APIRouter

from web.api import (
    appraisals,
    batches,
    books,
    customers,
    expected,
    filing,
    gate,
    holdings,
    holds,
    imports,
    people,
    plan_versions,
    plans,
    records,
    registers,
    retention,
    scans,
    search,
    session,
    store,
    store_counts,
    store_loans,
    trail,
    verifications,
    volumes,
)

router = APIRouter(prefix="/api/v1")
for part in (
    session,
    people,
    plans,
    gate,
    books,
    volumes,
    scans,
    verifications,
    holdings,
    plan_versions,
    registers,
    filing,
    records,
    customers,
    expected,
    imports,
    search,
    retention,
    store,
    store_counts,
    store_loans,
    holds,
    appraisals,
    batches,
    trail,
):
    router.include_router(part.router)
