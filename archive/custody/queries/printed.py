"""What the printed forms of a volume say: the cover, and finance's verification sheet."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from archive.clock import STATION_ZONE
from archive.custody.book import Book
from archive.custody.kind import InvoiceKind
from archive.custody.money import capital_amount
from archive.custody.numbers import joined
from archive.custody.queries.dossier import Dossier, dossier
from archive.custody.verification import CheckItem, Verification, VerificationState
from archive.custody.volume import Volume
from archive.messages import Language, sentence
from archive.messages.written import amount, kwh
from archive.people.person import Person, Station
from archive.transaction import Transaction

FORM_LANGUAGE: Language = "zh"
"""Printed forms go to the station's paper archive and are Chinese."""


def cover_told(tx: Transaction, volume: Volume) -> dict[str, Any]:
    """The fields of 电费票据装订封面 [seed 3.4]."""
    lying = dossier(tx, volume)
    decided = _decided(tx, volume)
    told = _common(tx, lying)
    return told | {
        "kind": _kinds(tx, lying),
        "codes": "、".join(dict.fromkeys(run.code or "（无代码）" for run in lying.runs)),
        "runs": [
            {"first": run.first, "last": run.last, "sets": str(len(run))}
            for run in joined(row.run for row in lying.runs)
        ],
        "valid": f"{volume.sets - volume.void_sets} 份",
        "void_numbers": "、".join(volume.void_numbers) or "无",
        "capital": capital_amount(volume.amount_fen),
        "remark": volume.remark,
        "binder": _name(tx, volume.bound_by_id),
        "bound": _day(volume.bound_at),
        "signer": _name(tx, volume.signed_by_id),
        "signed": _day(volume.signed_at),
        "sealer": _name(tx, volume.sealed_by_id),
        "sealed": _day(volume.sealed_at),
        "verifier": _name(tx, decided.decided_by_id if decided else None),
        "verified": _day(decided.decided_at if decided else None),
        "digest": volume.signed_digest or "尚未签字",
    }


def verification_told(tx: Transaction, volume: Volume) -> dict[str, Any]:
    """The fields of 电费票据核验单: check-list, settlements, verdict, digest [seed 3.5]."""
    lying = dossier(tx, volume)
    decided = _decided(tx, volume)
    books = tx.session.scalars(
        select(Book).where(Book.id.in_(decided.stub_book_ids if decided else []))
    )
    return _common(tx, lying) | {
        "submitted": f"{_day(volume.submitted_at)} {_name(tx, volume.submitted_by_id)}",
        "runs": "、".join(
            f"{run.first}–{run.last}" for run in joined(row.run for row in lying.runs)
        ),
        "stub_books": "、".join(f"{book.first}–{book.last}" for book in books) or "无",
        "checks": _checks(decided.check_list if decided else {}),
        "findings": [
            sentence(f"finding.{finding.code}", FORM_LANGUAGE, **finding.facts)
            for finding in lying.reconciliation.findings
        ],
        "verdict": _verdict(decided),
        "verifier": _name(tx, decided.decided_by_id if decided else None),
        "verified": _day(decided.decided_at if decided else None),
        "digest": (decided.digest if decided else "") or "尚未签字",
        "scan": "；".join(f"SHA-256 {file.sha256} · SM3 {file.sm3}" for file in lying.files)
        or "无",
    }


def _common(tx: Transaction, lying: Dossier) -> dict[str, Any]:
    volume = lying.volume
    year, month = volume.month.split("-")
    return {
        "station": tx.get(Station, volume.station_id).name,
        "code": volume.code,
        "month": f"{year}年{int(month)}月",
        "collected": f"{volume.collected_from} 至 {volume.collected_to}",
        "collector": _name(tx, volume.collector_id),
        "sets": f"{volume.sets} 份",
        "void_sets": f"{volume.void_sets} 份",
        "kwh": kwh(volume.kwh, FORM_LANGUAGE),
        "amount": f"¥{amount(volume.amount_fen)} 元",
    }


def _checks(answers: Mapping[str, Any]) -> list[dict[str, str]]:
    lines = []
    for item in CheckItem:
        given = answers.get(item, {})
        answer = given.get("answer", "")
        lines.append(
            {
                "question": sentence(f"check.{item}", FORM_LANGUAGE),
                "answer": {"yes": "是", "no": "否", "not-applicable": "不适用"}.get(answer, ""),
                "remark": given.get("remark", ""),
            }
        )
    return lines


def _verdict(decided: Verification | None) -> str:
    if decided is None:
        return "待核验"
    if decided.state == VerificationState.SIGNED:
        return "认可"
    return "退回：" + "；".join(decided.reasons)


def _decided(tx: Transaction, volume: Volume) -> Verification | None:
    return tx.session.scalars(
        select(Verification)
        .where(
            Verification.volume_id == volume.id,
            Verification.state.in_([VerificationState.SIGNED, VerificationState.RETURNED]),
        )
        .order_by(Verification.id.desc())
        .limit(1)
    ).first()


def _kinds(tx: Transaction, lying: Dossier) -> str:
    ids = {book.kind_id for book in lying.books}
    kinds = tx.session.scalars(select(InvoiceKind).where(InvoiceKind.id.in_(ids)))
    return "、".join(kind.name for kind in kinds)


def _name(tx: Transaction, person_id: int | None) -> str:
    return tx.get(Person, person_id).name if person_id is not None else ""


def _day(at: datetime | None) -> str:
    return f"{at.astimezone(STATION_ZONE):%Y-%m-%d}" if at else ""
