"""How a bound volume is told wherever it is shown: its cover, reading, history, decisions."""

from collections.abc import Mapping

from archive.custody.money import capital_amount
from archive.custody.queries.volume_history import Happened, Passage, ReadingProgress
from archive.custody.queries.volumes import CoverShown
from archive.custody.scan import ScanState
from archive.custody.verification import CheckItem
from archive.custody.volume import Volume, VolumeState
from archive.messages import sentences
from web.deps import Visit
from web.parts import Event, Fact, Progress, Status, Tone
from web.rendering import environment

HERE = "/invoices/volumes"
VOLUME_TONES: Mapping[str, Tone] = {
    VolumeState.DRAFT: "quiet",
    VolumeState.SIGNED: "info",
    VolumeState.SEALED: "info",
    VolumeState.SUBMITTED: "warn",
    VolumeState.RETURNED: "bad",
    VolumeState.ACCEPTED: "good",
}
SCAN_TONES: Mapping[str, Tone] = {
    ScanState.RECEIVED: "quiet",
    ScanState.READING: "info",
    ScanState.READ: "good",
    ScanState.FAILED: "bad",
}


def target_of(volume_id: int) -> str:
    """What files that wait to be handed in for the volume are kept for."""
    return f"volume:{volume_id}"


def volume_status(visit: Visit, state: str) -> Status:
    return Status(visit.t(f"state-volume.{state}"), VOLUME_TONES[state])


def cover_facts(visit: Visit, cover: CoverShown, collector: str) -> list[Fact]:
    """The cover as it will look [seed 3.4]."""
    iso = environment(visit.language).filters["iso"]
    days = (
        f"{iso(cover.collected_from)} – {iso(cover.collected_to)}"
        if cover.collected_from and cover.collected_to
        else None
    )
    codes = sorted({run.code for run in cover.runs})

    def fact(key: str, value: object, kind: str = "text") -> Fact:
        return Fact(visit.t(f"volumes.cover.{key}"), value, kind)

    return [
        fact("month", environment(visit.language).filters["month"](cover.month)),
        fact("collector", collector),
        fact("collected", days),
        fact("code", "、".join(codes) if codes != [""] else visit.t("volumes.no_code")),
        fact("numbers", "、".join(f"{run.first}–{run.last}" for run in cover.runs), "code"),
        fact("sets", visit.t("volumes.sets_told", sets=cover.sets, valid=cover.valid_sets)),
        fact("void_sets", visit.t("volumes.sets_n", n=len(cover.void_numbers))),
        fact("void_numbers", "、".join(cover.void_numbers), "code"),
        fact("kwh", cover.kwh, "kwh"),
        fact("amount", cover.amount_fen, "money"),
        fact("capital", capital_amount(cover.amount_fen)),
        fact("remark", cover.remark),
    ]


def progress_of(visit: Visit, volume: Volume, reading: ReadingProgress | None) -> Progress | None:
    """How far the newest scan has been read; None when there is none."""
    if reading is None:
        return None
    scan, href = reading.scan, f"{HERE}/{volume.id}"
    states = {
        ScanState.RECEIVED: "waiting",
        ScanState.READING: "running",
        ScanState.READ: "done",
        ScanState.FAILED: "failed",
    }
    return Progress(
        visit.t("volumes.reading", volume=volume.code),
        reading.pages_read,
        scan.pages,
        states[ScanState(scan.state)],  # type: ignore[arg-type]
        remaining_seconds=reading.seconds_left,
        note=failure_told(visit, scan.failure) if scan.state == ScanState.FAILED else "",
        poll_href=f"{href}/progress",
        result_href=f"{href}/desk",
    )


def failure_told(visit: Visit, failure: str) -> str:
    """Why a scan could not be read, and what to do."""
    key = f"scan-failure.{failure}"
    return visit.t(key if key in sentences("zh") else "scan-failure.other")


def verdict_told(visit: Visit, passage: Passage) -> dict[str, object]:
    """One decision of finance, as it was given."""
    done = passage.verification
    tones: Mapping[str, Tone] = {"signed": "good", "returned": "bad", "voided": "warn"}
    void_key = f"void-reason.{done.void_reason}"
    return {
        "status": Status(
            visit.t(f"state-verification.{done.state}"), tones.get(done.state, "quiet")
        ),
        "passage": passage,
        "void_reason": visit.t(void_key) if done.void_reason else "",
        "answers": [
            Fact(visit.t(f"check.{item}"), _answer(visit, done.check_list[item]))
            for item in CheckItem
            if item in done.check_list and done.check_list[item].get("answer")
        ],
    }


def _answer(visit: Visit, given: Mapping[str, str]) -> str:
    told = visit.t(f"check.{given['answer']}")
    remark = given.get("remark", "")
    return f"{told}（{remark}）" if remark else told


_EVENT_TONES: Mapping[str, Tone] = {
    "volume.signed": "good",
    "volume.sealed": "good",
    "volume.reopened": "warn",
    "scan.read": "good",
    "scan.unreadable": "bad",
    "verification.signed": "good",
    "verification.returned": "bad",
    "verification.voided": "warn",
}


def event_told(visit: Visit, item: Happened) -> Event:
    label = visit.t(f"trail.{item.event}")
    if item.times > 1:
        label = visit.t("volumes.times", label=label, n=item.times)
    by = item.by or visit.t("volumes.program")
    return Event(
        label, item.at, by, _event_note(visit, item), _EVENT_TONES.get(item.event, "quiet")
    )


def _event_note(visit: Visit, item: Happened) -> str:
    if item.event == "volume.reopened":
        return str(item.facts.get("reason", ""))
    if item.event == "verification.voided":
        return visit.t(f"void-reason.{item.facts['reason']}")
    if item.event in {"scan.received", "scan.read"}:
        return visit.t("volumes.pages_n", n=item.facts.get("pages"))
    if item.event == "scan.unreadable":
        return failure_told(visit, str(item.facts.get("why", "")))
    return ""
