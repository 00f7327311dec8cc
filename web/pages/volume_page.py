"""One bound volume: its cover, its steps, its scans, its way over finance's desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from starlette.responses import Response

from archive.access import NotPermitted, Permission
from archive.custody.actions.volumes import runs_of
from archive.custody.queries.dossier import cover_digest
from archive.custody.queries.volume_history import (
    Happened,
    Passage,
    ReadingProgress,
    against,
    history_of,
    may_read_again,
    passages_of,
    reading_of,
)
from archive.custody.queries.volumes import (
    CoverShown,
    ScanShown,
    cover_shown,
    names_of,
    scans_of,
    seen_volume,
)
from archive.custody.scan import ScanState
from archive.custody.verification import VerificationState
from archive.custody.volume import Volume, VolumeState
from archive.errors import ArchiveError
from archive.ingest.keeping import scan_limits
from archive.ingest.staging import Staged
from archive.people.person import Station
from archive.transaction import Transaction
from web.deps import Visit
from web.page import show
from web.pages.around import crumbs, just_done
from web.pages.volume_filing import filed_as
from web.pages.volume_told import (
    HERE,
    SCAN_TONES,
    cover_facts,
    event_told,
    failure_told,
    progress_of,
    target_of,
    verdict_told,
    volume_status,
)
from web.parts import (
    Action,
    FormState,
    Progress,
    Refusal,
    Signing,
    Status,
    Step,
    Upload,
)
from web.rendering import environment
from web.uploads import Uploads

FIELDS = ("password", "sets", "void_numbers", "kwh", "amount", "remark", "reason", "files")
STEPS = ("bind", "sign", "seal", "submit", "accept")
_REACHED: Mapping[str, int] = {
    VolumeState.DRAFT: 1,
    VolumeState.SIGNED: 2,
    VolumeState.SEALED: 3,
    VolumeState.SUBMITTED: 4,
    VolumeState.RETURNED: 4,
    VolumeState.ACCEPTED: 5,
}
"""How many steps are done in each state."""


@dataclass(frozen=True, slots=True)
class Act:
    """A step without a password: what it does, in numbers, and its button.

    Attributes:
        why_not: every reason why it cannot be taken now.
    """

    step: str
    title: str
    statements: Sequence[str]
    button: str
    action: str
    why_not: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ScanPanel:
    """A scan as the page shows it."""

    title: str
    status: Status
    lead: str
    shown: ScanShown
    current: bool
    failure: str = ""
    again_href: str = ""


@dataclass(frozen=True)
class Seen:
    """A volume with everything its page tells."""

    volume: Volume
    station: Station
    names: Mapping[int, str]
    cover: CoverShown
    digest: str
    scans: Sequence[ScanShown]
    reading: ReadingProgress | None
    passages: Sequence[Passage]
    happened: Sequence[Happened]
    against: Mapping[str, ArchiveError | None]
    may_receive: bool
    may_read_again: bool
    waiting: Sequence[Staged] = field(default_factory=tuple)


def volume_page(
    visit: Visit,
    volume_id: int,
    *,
    task: str = "",
    state: FormState | None = None,
    status: int = 200,
) -> Response:
    """The page of a volume; ``state`` is what was typed into the form of ``task``."""
    with visit.reading() as tx:
        seen = _seen(visit, tx, volume_id)
        archived = filed_as(tx, seen.volume)
    state = state or FormState()
    return show(
        visit,
        "volumes/volume.html",
        status=status,
        crumbs=crumbs(visit, "invoices", (visit.t("volumes.title"), HERE), (seen.volume.code, "")),
        seen=seen,
        archived=archived,
        volume=seen.volume,
        volume_status=volume_status(visit, seen.volume.state),
        notice_text=just_done(visit, "volumes") if status == 200 else "",
        refusal=_refusal(visit, state),
        state=state,
        task=task,
        labels={name: visit.t(f"volumes.{name}") for name in FIELDS},
        actions=_actions(visit, seen),
        steps=_steps(visit, seen),
        waits_for=_waits_for(visit, seen),
        returned=_returned(seen),
        signing=_signing(visit, seen),
        acts=_acts(visit, seen),
        cover=cover_facts(visit, seen.cover, seen.names.get(seen.volume.collector_id, "")),
        can={step: reason is None for step, reason in seen.against.items()},
        upload=_upload(visit, seen),
        progress=_progress(visit, seen),
        scans=[_panel(visit, seen, n) for n in range(len(seen.scans))],
        verdicts=[verdict_told(visit, passage) for passage in seen.passages if passage.decided_by],
        events=[event_told(visit, item) for item in seen.happened],
    )


def errors_beside(visit: Visit, error: ArchiveError) -> dict[str, str]:
    """The error beside its field; above everything when it is about none."""
    name = type(error).__name__
    at = "password" if name == "WrongPassword" else getattr(error, "field", None) or ""
    at = "amount" if at == "amount_fen" else at
    return {at if at in FIELDS else "": visit.told(error)}


def _seen(visit: Visit, tx: Transaction, volume_id: int) -> Seen:
    volume = seen_volume(tx, volume_id)
    station = tx.get(Station, volume.station_id)
    scans, passages = scans_of(tx, volume.id), passages_of(tx, volume)
    people = [volume.collector_id, volume.bound_by_id, volume.signed_by_id]
    people += [volume.sealed_by_id, volume.submitted_by_id]
    cover = cover_shown(tx, volume)
    may_receive = tx.can(Permission.SCAN_RECEIVE, station.id)
    newest = scans[0].scan if scans else None
    steps = ("sign", "seal", "submit", "reopen", "correct", "discard")
    return Seen(
        volume=volume,
        station=station,
        names=names_of(tx, people),
        cover=cover,
        digest=cover_digest(volume, runs_of(tx, volume)),
        scans=scans,
        reading=reading_of(tx, newest) if newest else None,
        passages=passages,
        happened=history_of(tx, volume),
        against={step: against(tx, volume, step) for step in steps},
        may_receive=may_receive,
        may_read_again=newest is not None and may_read_again(tx, volume, newest),
        waiting=Uploads(visit.system, tx.person_id).waiting(target_of(volume.id))
        if may_receive
        else (),
    )


def _actions(visit: Visit, seen: Seen) -> list[Action]:
    desk = f"{HERE}/{seen.volume.id}/desk"
    to_verify = seen.volume.state == VolumeState.SUBMITTED
    return [
        Action(visit.t("volumes.print_cover"), f"{HERE}/{seen.volume.id}/cover.pdf"),
        Action(visit.t("volumes.print_sheet"), f"{HERE}/{seen.volume.id}/verification.pdf"),
        Action(visit.t("volumes.to_desk"), desk, "primary" if to_verify else "secondary"),
    ]


def _steps(visit: Visit, seen: Seen) -> list[Step]:
    volume, done = seen.volume, _REACHED[seen.volume.state]
    notes = _step_notes(visit, seen)
    return [
        Step(visit.t(f"volumes.step.{step}"), _passed(place, done, volume.state), notes[place])
        for place, step in enumerate(STEPS)
    ]


def _passed(place: int, done: int, state: str) -> Literal["done", "current", "todo", "failed"]:
    if place < done:
        return "done"
    if place > done:
        return "todo"
    return "failed" if state == VolumeState.RETURNED else "current"


def _step_notes(visit: Visit, seen: Seen) -> list[str]:
    volume = seen.volume
    decided = seen.passages[0] if seen.passages and seen.passages[0].decided_by else None
    taken: list[tuple[str, datetime | None]] = [
        (seen.names.get(volume.bound_by_id, ""), volume.bound_at),
        (seen.names.get(volume.signed_by_id or 0, ""), volume.signed_at),
        (seen.names.get(volume.sealed_by_id or 0, ""), volume.sealed_at),
        (seen.names.get(volume.submitted_by_id or 0, ""), volume.submitted_at),
        (
            (decided.decided_by, decided.verification.decided_at)
            if decided and volume.state in {VolumeState.ACCEPTED, VolumeState.RETURNED}
            else ("", None)
        ),
    ]
    iso = environment(visit.language).filters["iso"]
    return [f"{name} {iso(at)}" if at else "" for name, at in taken]


def _waits_for(visit: Visit, seen: Seen) -> str:
    collector = seen.names.get(seen.volume.collector_id, "")
    return visit.t(f"volumes.waits.{seen.volume.state}", collector=collector)


def _returned(seen: Seen) -> Passage | None:
    """The return that is still to be answered."""
    if seen.volume.state != VolumeState.RETURNED:
        return None
    returned = VerificationState.RETURNED
    return next((each for each in seen.passages if each.verification.state == returned), None)


def _signing(visit: Visit, seen: Seen) -> Signing | None:
    """The collector's signature; None where it is not this person's to give, or not its turn."""
    reason = seen.against["sign"]
    if seen.volume.state != VolumeState.DRAFT or isinstance(reason, NotPermitted):
        return None
    return Signing(
        f"{HERE}/{seen.volume.id}/sign",
        visit.t("volumes.sign.title"),
        _cover_statements(visit, seen),
        visit.t("volumes.sign.button"),
        visit.actor.name,
        seen.digest,
        why_not=[visit.told(reason)] if reason else (),
    )


def _cover_statements(visit: Visit, seen: Seen) -> list[str]:
    cover = seen.cover
    voids = "、".join(cover.void_numbers)
    return [
        visit.t(
            "volumes.sign.sets",
            sets=cover.sets,
            valid=cover.valid_sets,
            voids=len(cover.void_numbers),
        ),
        visit.t("volumes.sign.voids", numbers=voids) if voids else visit.t("volumes.sign.no_voids"),
        visit.t("volumes.sign.sums", kwh=cover.kwh, amount=cover.amount_fen),
        visit.t("volumes.sign.after"),
    ]


def _progress(visit: Visit, seen: Seen) -> Progress | None:
    """How far the reading is; once it is done, only to who has just handed the scan in."""
    done = seen.reading is None or seen.reading.scan.state == ScanState.READ
    if done and visit.request.query_params.get("done") != "received":
        return None
    return progress_of(visit, seen.volume, seen.reading)


def _acts(visit: Visit, seen: Seen) -> list[Act]:
    """The steps of this moment that need no password, for whom they are."""
    wanted = {
        VolumeState.SIGNED: ("seal",),
        VolumeState.SEALED: ("submit",),
        VolumeState.RETURNED: ("submit",),
    }.get(VolumeState(seen.volume.state), ())
    return [
        _act(visit, seen, step)
        for step in wanted
        if not isinstance(seen.against[step], NotPermitted)
    ]


def _act(visit: Visit, seen: Seen, step: str) -> Act:
    reason, cover = seen.against[step], seen.cover
    open_findings = seen.volume.open_findings
    statements = [
        visit.t(f"volumes.act.{step}.first", sets=cover.sets, voids=len(cover.void_numbers))
    ]
    if step == "submit" and seen.scans:
        key = "unread" if open_findings is None else "open" if open_findings else "settled"
        statements.append(visit.t(f"volumes.act.submit.{key}", n=open_findings))
    statements.append(visit.t(f"volumes.act.{step}.after"))
    return Act(
        step,
        visit.t(f"volumes.act.{step}.title"),
        statements,
        visit.t(f"volumes.act.{step}.button"),
        f"{HERE}/{seen.volume.id}/{step}",
        [visit.told(reason)] if reason else (),
    )


def _upload(visit: Visit, seen: Seen) -> Upload | None:
    if not seen.may_receive:
        return None
    here = f"{HERE}/{seen.volume.id}"
    accepted = seen.volume.state == VolumeState.ACCEPTED
    key = "again_accepted" if accepted else "again" if seen.scans else "first"
    return Upload(
        f"{here}/scans",
        f"{here}/uploads",
        visit.t("volumes.drop.title", volume=seen.volume.code),
        visit.t(f"volumes.drop.{key}"),
        largest=scan_limits(visit.system.settings).bytes_in_all,
        button=visit.t("upload.hand_in"),
    )


def _panel(visit: Visit, seen: Seen, place: int) -> ScanPanel:
    shown = seen.scans[place]
    scan = shown.scan
    failed = scan.state == ScanState.FAILED
    moment = environment(visit.language).filters["moment"]
    return ScanPanel(
        title=visit.t("volumes.scan_n", n=len(seen.scans) - place),
        status=Status(visit.t(f"state-scan.{scan.state}"), SCAN_TONES[scan.state]),
        lead=visit.t(
            f"volumes.scan_by.{'person' if shown.received_by else 'folder'}",
            at=moment(scan.received_at),
            by=shown.received_by,
            pages=scan.pages,
        ),
        shown=shown,
        current=place == 0,
        failure=failure_told(visit, scan.failure) if failed else "",
        again_href=f"/invoices/scans/{scan.id}/read-again"
        if place == 0 and failed and seen.may_read_again
        else "",
    )


def _refusal(visit: Visit, state: FormState) -> Refusal | None:
    told = state.error("")
    if not told:
        return None
    return Refusal(
        visit.t("volumes.refused"),
        [told],
        clause=visit.t("volumes.clause"),
        clause_text=visit.t("volumes.clause_text"),
    )
