"""The doubts of a volume as the desk lists them: open ones, mere notes, settled ones."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from archive.custody.queries.desk import OnDesk
from archive.custody.reconciliation import Finding as Doubt
from archive.custody.reconciliation import FindingCode, NumberStatus
from archive.custody.scan import Settlement, Verdict
from archive.messages import sentences
from web.deps import Visit
from web.desk_parts import Decision, Finding
from web.pages.desk_places import Places
from web.pages.desk_targets import Target
from web.rendering import environment

_C = FindingCode

MARK_OF: Mapping[FindingCode, str] = {
    _C.MISSING: "missing",
    _C.DOUBLE: "double",
    _C.FOREIGN: "foreign",
    _C.FOREIGN_CODE: "foreign-code",
    _C.OTHER_VOLUME: "foreign",
    _C.UNREADABLE: "unreadable",
    _C.VOID_NOT_MARKED: "void-unmarked",
    _C.VOID_NOT_REGISTERED: "void-unregistered",
    _C.VOID_DOUBTED: "void-doubted",
    _C.NOT_ISSUED: "not-issued",
    _C.NOT_REGISTERED: "not-registered",
    _C.COVER_VOID_NOT_REGISTERED: "not-registered",
    _C.REGISTERED_VOID_NOT_ON_COVER: "not-registered",
    _C.COUNT_DIFFERS: "not-registered",
    _C.KWH_DIFFERS: "not-registered",
    _C.AMOUNT_DIFFERS: "not-registered",
    _C.NO_STUB_ON_PAGE: "unreadable",
    _C.PAGE_CUT: "unreadable",
    _C.PAGE_UPSIDE_DOWN: "not-scanned",
    _C.PAGE_BLANK: "not-scanned",
    _C.PAGE_FAINT: "unreadable",
    _C.PAGE_NOT_READ: "unreadable",
    _C.NOT_SCANNED: "not-scanned",
}

OFFERS: Mapping[FindingCode, tuple[Decision, ...]] = {
    _C.MISSING: ("number",),
    _C.DOUBLE: ("number", "not-a-stub", "unreadable"),
    _C.FOREIGN: ("number", "not-a-stub", "unreadable"),
    _C.FOREIGN_CODE: ("number", "not-a-stub", "unreadable"),
    _C.UNREADABLE: ("number", "not-a-stub", "unreadable"),
    _C.VOID_NOT_MARKED: ("void", "number"),
    _C.VOID_NOT_REGISTERED: ("not-void", "number"),
    _C.VOID_DOUBTED: ("void", "not-void"),
    _C.NO_STUB_ON_PAGE: ("number", "page-done"),
    _C.PAGE_CUT: ("page-done", "number"),
    _C.PAGE_NOT_READ: ("number", "page-done"),
}
"""What can sensibly be said; a doubt not named here is not settled on the desk but mended."""

ADDED_OFFERS: Mapping[FindingCode, tuple[Decision, ...]] = {
    _C.DOUBLE: ("not-there",),
    _C.FOREIGN: ("not-there",),
    _C.FOREIGN_CODE: ("not-there",),
    _C.VOID_NOT_MARKED: ("void", "not-there"),
    _C.VOID_NOT_REGISTERED: ("not-void", "not-there"),
}
"""The same for a stub only a person has seen: it can be taken back."""

ASKS: Mapping[FindingCode, tuple[Literal["page", "code"], ...]] = {
    _C.MISSING: ("page",),
    _C.FOREIGN_CODE: ("code",),
}
_MARK_SAID: Mapping[Verdict, str] = {Verdict.NUMBER: "found", Verdict.VOID: "void"}
_ABOUT_VOID = frozenset({Verdict.VOID, Verdict.NOT_VOID})


class FindingList:
    """The findings of one desk."""

    def __init__(self, visit: Visit, on: OnDesk, places: Places) -> None:
        self._visit = visit
        self._t = visit.t
        self._on = on
        self._outcome = on.dossier.reconciliation
        self._places = places
        self._words = last_words(on.dossier.settlements)
        self.all = self._all()
        self.about = {finding.stub: finding.key for finding in reversed(self.all)}
        """By what the grid calls a number or stub: the finding about it."""

    def _all(self) -> list[Finding]:
        """What is open first, then what is only to be known, then what was settled."""
        found: dict[str, Finding] = {}
        for finding in self._open():
            found.setdefault(finding.key, finding)
        ranked = sorted(found.values(), key=_rank)
        return [*ranked, *self._settled(set(found))]

    def _open(self) -> Iterator[Finding]:
        missing = [cell for cell in self._places.cells if cell.status == NumberStatus.MISSING]
        told = Counter[str]()
        for nth, doubt in enumerate(self._outcome.findings):
            if doubt.code == _C.MISSING:
                number = doubt.facts["number"]
                cell = [cell for cell in missing if cell.number == number][told[number]]
                told[number] += 1
                page = self._places.page_beside(cell)
                target = Target(number=cell.number, code=cell.code)
                made = self._made(doubt, target.key, page, self._places.cell_key(cell))
                yield replace(made, typed={"page": str(page)} if page else {})
            elif "stub_ids" in doubt.facts:
                yield from self._at_stubs(doubt)
            elif "page" in doubt.facts:
                page = doubt.facts["page"]
                yield self._made(doubt, f"{Target(page).key}-{doubt.code}", page)
            else:
                yield self._made(doubt, f"x{nth}", None)

    def _at_stubs(self, doubt: Doubt) -> Iterator[Finding]:
        """One finding for each place, since each is settled by itself."""
        pages = doubt.facts.get("pages") or [doubt.facts["page"]]
        number = str(doubt.facts.get("number") or "")
        for page, stub_id in zip(pages, doubt.facts["stub_ids"], strict=True):
            target = Target(page, stub_id, "" if stub_id else number)
            placed = self._places.at(target)
            yield self._made(doubt, target.key, page, placed.key if placed else target.key)

    def _made(self, doubt: Doubt, key: str, page: int | None, stub: str = "") -> Finding:
        target = Target.of(key)
        added = target is not None and target.is_added
        offers = (ADDED_OFFERS if added else OFFERS).get(doubt.code, ())
        number = doubt.facts.get("number", "")
        return Finding(
            key=key,
            mark=MARK_OF[doubt.code],
            title=self._t(f"desk_pages.title.{doubt.code}", number=number, page=page),
            said=self._t(f"finding.{doubt.code}", **doubt.facts),
            page=page,
            box=self._places.box(target) if target else None,
            stub=stub,
            crop=self._places.crop(target) if target else "",
            offers=offers,
            asks=() if added else ASKS.get(doubt.code, ()),
            advice=self._advice(doubt, target),
            reading=str(doubt.facts.get("guess", "")),
            blocks=doubt.blocks,
        )

    def _advice(self, doubt: Doubt, target: Target | None) -> str:
        """What somebody said already, though the doubt stands; else what else can be done."""
        words = self._words.get(target.key, ()) if target else ()
        if words:
            return self._t("desk_pages.still_open", said=self._told(words))
        key = f"desk_pages.advice.{doubt.code}"
        return self._t(key) if key in sentences("zh") else ""

    def _settled(self, still_open: set[str]) -> Iterator[Finding]:
        open_targets = {target.key for key in still_open if (target := Target.of(key))}
        for key, words in self._words.items():
            target = Target.of(key)
            if target is not None and key not in open_targets and self._on.is_read:
                yield self._one_settled(target, words)

    def _one_settled(self, target: Target, words: Sequence[Settlement]) -> Finding:
        last, placed = words[-1], self._places.at(target)
        number = placed.stub.number if placed else None
        title = "desk_pages.settled_title" if number else "desk_pages.settled_page"
        return Finding(
            key=target.key,
            mark=placed.mark if placed else _MARK_SAID.get(Verdict(last.verdict), "not-scanned"),
            title=self._t(title, number=number, page=last.page),
            said=self._t("desk_pages.settled_said"),
            page=last.page,
            box=self._places.box(target),
            stub=placed.key if placed else "",
            crop=self._places.crop(target),
            offers=offers_again(target, Verdict(last.verdict)),
            settled=self._told(words),
            blocks=False,
        )

    def _told(self, words: Sequence[Settlement]) -> str:
        """Who said what, and when."""
        return " ".join(self._word(word) for word in words)

    def _word(self, word: Settlement) -> str:
        said = str(word.verdict)
        if word.stub_id is None and word.verdict == Verdict.NOT_A_STUB:
            said = "not-there" if word.number else "page-done"
        return self._t(
            "desk_pages.word_noted" if word.note else "desk_pages.word",
            name=self._on.names.get(word.settled_by_id, ""),
            at=environment(self._visit.language).filters["iso"](word.settled_at),
            said=self._t(f"desk_pages.said.{said}", number=word.number),
            note=word.note,
        )


def _rank(finding: Finding) -> tuple[bool, bool, bool]:
    """Places to look at first, since settling one often answers for a number that is missing."""
    return not finding.blocks, not finding.offers, finding.mark == "missing"


def last_words(settlements: Sequence[Settlement]) -> dict[str, list[Settlement]]:
    """By target, the last word about what it is and the last about its being void."""
    words: dict[str, dict[bool, Settlement]] = {}
    for word in settlements:
        target = Target(word.page, word.stub_id, "" if word.stub_id else word.number or "")
        words.setdefault(target.key, {})[word.verdict in _ABOUT_VOID] = word
    return {key: sorted(said.values(), key=lambda word: word.id) for key, said in words.items()}


def offers_again(target: Target, last: Verdict) -> tuple[Decision, ...]:
    """What somebody may say instead of what was said."""
    if target.is_page:
        return ()
    if target.is_added:
        return () if last == Verdict.NOT_A_STUB else ("not-there",)
    return ("void", "not-void") if last in _ABOUT_VOID else ("number", "not-a-stub", "unreadable")
