"""The certificate (销毁清册、批准及监销记录): what was destroyed, by whose leave, before whom.

It is printed once a batch is closed, kept as the electronic original of a record of its own that
is never destroyed, and names the head of the trail at that moment, so that an outsider who has
the paper can tell whether the trail was rewritten.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from archive.access import SYSTEM
from archive.audit import TrailHead
from archive.holdings.fonds import Fonds
from archive.messages import Language, sentence, sentences
from archive.messages.written import iso, moment
from archive.people.person import Person, Station
from archive.printing import print_form
from archive.retention.appraisal import Appraisal
from archive.retention.batch import Batch, BatchItem, ItemState
from archive.retention.erasure import Backup, ErasedObject
from archive.retention.filed_paper import keep_paper, stored
from archive.retention.queries.batches import all_signatures, items_of, witnesses_of
from archive.retention.signing import BEFORE_APPROVAL, BatchSignature, Part
from archive.system import System
from archive.transaction import Transaction

_ITEM_COLUMNS = (
    ("序号", "11", "center"),
    ("档号", "58", "start"),
    ("题名", "1fr", "start"),
    ("年度", "14", "center"),
    ("保管期限", "18", "center"),
    ("已保管", "16", "center"),
    ("页数", "13", "end"),
    ("处理结果", "24", "center"),
)
_SIGN_COLUMNS = (
    ("签署位置", "44", "start"),
    ("姓名", "26", "start"),
    ("工号", "36", "start"),
    ("意见", "1fr", "start"),
    ("时间", "40", "center"),
)
_WITHHELD_COLUMNS = (("档号", "70", "start"), ("原因", "40", "start"), ("说明", "1fr", "start"))


def file_certificate(system: System, batch_id: int) -> None:
    """Print the certificate of a closed batch and keep it as its record's copy; once, or again
    when the last backup is gone and it has more to say.
    """
    with system.transaction(SYSTEM, writes=False) as tx:
        batch = tx.get(Batch, batch_id)
        record_id, printed_at = batch.certificate_record_id, tx.now
        if record_id is None:
            return
        told = certificate(tx, batch)
    paper = stored(system.objects, print_form("destruction", told, printed_at=printed_at))
    with system.transaction(SYSTEM) as tx:
        record = keep_paper(tx, record_id, paper)
        digest = paper.digests.sha256
        tx.record("batch.certified", batch.subject, certificate=record.code, sha256=digest)


def certificate(tx: Transaction, batch: Batch) -> dict[str, Any]:
    """Everything the certificate says, in Chinese, the language of the file."""
    items = items_of(tx, batch.id)
    signatures = all_signatures(tx, batch.id)
    head = tx.session.scalars(select(TrailHead)).one()
    gone = [item for item in items if item.state == ItemState.DESTROYED]
    kept = [item for item in items if item.state == ItemState.WITHHELD]
    return {
        "code": f"{batch.name}销毁清册、批准及监销记录",
        "unit": _unit(tx, batch),
        "digest": batch.digest,
        "head": {"seq": head.seq, "digest": head.digest},
        "facts": _facts(tx, batch, items),
        "columns": _columns(_ITEM_COLUMNS),
        "rows": [_row(item) for item in items],
        "totals": f"合计 {len(items)} 件，其中已销毁 {len(gone)} 件、"
        f"{sum(item.told['pages'] for item in gone)} 页，未销毁 {len(kept)} 件。",
        "signing": {
            "columns": _columns(_SIGN_COLUMNS),
            "rows": [
                _signed(tx, one, _part(one.part)) for one in signatures if one.part != Part.WITNESS
            ],
        },
        "execution": _execution(tx, batch),
        "witnesses": {
            "columns": _columns(_SIGN_COLUMNS),
            "rows": _witnessed(tx, batch, signatures),
        },
        "withheld": {
            "columns": _columns(_WITHHELD_COLUMNS),
            "rows": [
                [
                    item.told["code"],
                    sentence(f"withheld.{item.withheld}", "zh"),
                    note_told(item) or "—",
                ]
                for item in kept
            ],
        },
        "electronic": _electronic(tx, batch),
    }


def register_told(tx: Transaction, batch: Batch) -> dict[str, Any]:
    """The whole register as whoever signs it may take it along, with who has signed so far."""
    items = items_of(tx, batch.id)
    signed = {one.part: one for one in all_signatures(tx, batch.id)}
    places = [*BEFORE_APPROVAL, Part.LEADER]
    return {
        "code": f"{batch.name}销毁清册",
        "unit": _unit(tx, batch),
        "digest": batch.digest,
        "facts": _facts(tx, batch, items)[:-1],
        "columns": _columns(_ITEM_COLUMNS),
        "rows": [_row(item) for item in items],
        "totals": f"合计 {len(items)} 件、{sum(item.told['pages'] for item in items)} 页。",
        "signing": {
            "columns": _columns(_SIGN_COLUMNS),
            "rows": [
                _signed(tx, signed[part], _part(part))
                if part in signed
                else [_part(part)] + [""] * 4
                for part in places
            ],
        },
    }


def note_told(item: BatchItem, language: Language = "zh") -> str:
    """The note of a line that stayed; what the program found by itself is put in words."""
    found = [code for code in item.note.split(",") if f"hold-kind.{code}" in sentences("zh")]
    if not found:
        return item.note
    return "、".join(sentence(f"hold-kind.{code}", language) for code in found)


def outstanding_backups(tx: Transaction, batch: Batch) -> list[Backup]:
    """Backups that still hold what this batch destroyed."""
    if batch.finished_at is None:
        return []
    known = tx.session.scalars(select(Backup).order_by(Backup.made_at)).all()
    return [one for one in known if one.holds(batch.finished_at, tx.now, tx.today)]


def _unit(tx: Transaction, batch: Batch) -> str:
    fonds = tx.session.scalars(select(Fonds).order_by(Fonds.id)).first()
    station = tx.get(Station, batch.station_id).name
    return f"{fonds.name}　{station}" if fonds is not None else station


def _columns(columns: Sequence[tuple[str, str, str]]) -> list[dict[str, str]]:
    return [{"label": label, "width": width, "align": align} for label, width, align in columns]


def _facts(tx: Transaction, batch: Batch, items: Sequence[BatchItem]) -> list[dict[str, str]]:
    years = sorted(item.told["year"] for item in items)
    span = f"{years[0]}—{years[-1]}" if years else "—"
    return _labelled(
        ("清册编号", batch.name),
        ("鉴定意见书", tx.get(Appraisal, batch.appraisal_id).name),
        ("起止年度", span),
        ("件数", str(len(items))),
        ("编制人", _person(tx, batch.proposed_by_id)),
        ("编制时间", _at(batch.proposed_at)),
        ("批准时间", _at(batch.approved_at)),
        ("销毁时间", _at(batch.finished_at)),
    )


def _execution(tx: Transaction, batch: Batch) -> list[dict[str, str]]:
    return _labelled(
        ("执行人", _person(tx, batch.executor_id)),
        ("地点", batch.place or "—"),
        ("方式", batch.method or "—"),
        ("开始", _at(batch.begun_at)),
        ("纸质件销毁", _at(batch.paper_destroyed_at)),
        ("纸质件数", "—" if batch.paper_count is None else str(batch.paper_count)),
        ("重量（千克）", batch.weight_kg or "—"),
        ("全部销毁", _at(batch.finished_at)),
    )


def _labelled(*facts: tuple[str, str]) -> list[dict[str, str]]:
    return [{"label": label, "value": value} for label, value in facts]


def _row(item: BatchItem) -> list[str]:
    told = item.told
    return [
        str(item.position),
        told["code"],
        told["title"],
        str(told["year"]),
        sentence(f"retention.{told['retention']}", "zh")
        if told["retention"] == "Y"
        else f"{told['retention'][1:]} 年",
        f"{told['kept_years']} 年",
        str(told["pages"]),
        sentence(f"item-state.{item.state}", "zh"),
    ]


def _signed(tx: Transaction, signature: BatchSignature, place: str) -> list[str]:
    person = tx.get(Person, signature.person_id)
    return [place, person.name, person.code, signature.opinion, _at(signature.signed_at)]


def _witnessed(
    tx: Transaction, batch: Batch, signatures: Sequence[BatchSignature]
) -> list[list[str]]:
    signed = {one.person_id: one for one in signatures if one.part == Part.WITNESS}
    return [
        _signed(tx, signed[one.person_id], sentence(f"department.{one.department}", "zh"))
        for one in witnesses_of(tx, batch.id)
        if one.person_id in signed
    ]


def _electronic(tx: Transaction, batch: Batch) -> list[str]:
    own = select(BatchItem.id).where(BatchItem.batch_id == batch.id)
    objects = tx.session.scalar(
        select(func.count()).where(
            ErasedObject.item_id.in_(own), ErasedObject.absent_at.is_not(None)
        )
    )
    lines = [
        f"已销毁电子对象 {objects or 0} 个（含各版本、派生图像、识别文字），逐一回读，均已不存在。"
    ]
    waiting = outstanding_backups(tx, batch)
    if waiting:
        lines.append("下列备份在销毁之前制作，仍含有上述内容，到期或改写后另行补记：")
        lines += [
            f"　{one.label}（{one.medium}，制作于 {_at(one.made_at)}，"
            + (f"到期 {iso(one.expires_on)}）" if one.expires_on else "到期日未定）")
            for one in waiting
        ]
    else:
        lines.append("系统登记的备份中，已没有含有上述内容的备份。")
    return lines


def _part(part: str) -> str:
    return sentence(f"part.{part}", "zh")


def _person(tx: Transaction, person_id: int | None) -> str:
    if person_id is None:
        return "—"
    person = tx.get(Person, person_id)
    return f"{person.name}（{person.code}）"


def _at(value: Any) -> str:
    return moment(value, "zh") if value is not None else "—"
