"""Units made up for tests of the index, and the plain scan that says what must be found.

The scan knows nothing of positions, postings or schemas: it joins words with blanks and looks for
one text in another, record by record.
"""

import random
import re
from collections import Counter
from collections.abc import Sequence

from archive.search import FACETS, Unit, Wanted
from archive.search.asking import Clause
from archive.search.folding import Wording, fold
from archive.search.sounds import sounds, spoken

WORDING = Wording(b"a key of the tests")
_CHARACTERS = "电费所供收据合同王秀兰李四"
_PIECES = (
    "04210051",
    "4210051",
    "No.12",
    "2026",
    "ab-07",
    "臺",
    "電費",
    "，",
    "\n",
    " ",
    "13812345678",
)
NAMES = ("王秀兰", "单田芳", "李四、王五", "")


def unit(number: int, /, *, station: int = 1, open_to_all: bool = False, **said: object) -> Unit:
    """A record as the index holds it; ``text`` is a list of pages."""
    pages: Sequence[str] = said.pop("text", ())  # type: ignore[assignment]
    code = str(said.get("code", f"Z109-WS·2026-Y-{number:04d}"))
    told = {"title": "", "old": "", "number": "", "remark": "", "customer": "", "names": ""}
    told |= {key: str(value) for key, value in said.items() if key in told} | {"code": code}
    words = {field: tuple(WORDING.words(text)) for field, text in told.items()}
    text: list[str] = []
    starts = []
    for page in pages:
        starts.append(len(text))
        text += WORDING.words(page)
    written = [told[field] for field in ("title", "number", "old", "remark")]
    runs = set().union(*(WORDING.runs(piece) for piece in (*written, *pages)))
    day = int(str(said.get("day", 20260301)))
    facets = {
        "kind": str(said.get("kind", "complaint")),
        "year": str(day)[:4],
        "station": str(station),
        "period": "Y",
        "pair": str(said.get("pair", "paired")),
        "place": "unplaced",
    }
    return Unit(
        id=number,
        words=words | {"text": tuple(text), "title_spoken": spoken(words["title"])},
        runs=frozenset(runs | {fold(code)} | ({fold(told["old"])} - {""})),
        code=fold(code),
        customer=fold(told["customer"]),
        sounds=sounds(told["names"]),
        facets=facets,
        day=day,
        named_to_all=open_to_all,
        page_starts=tuple(starts),
        stamp=number * 7,
    )


def made_up(count: int, seed: int) -> list[Unit]:
    """Records of few characters, so that most questions have answers, and neighbours of answers."""
    chance = random.Random(seed)

    def said(longest: int) -> str:
        pieces = [*_CHARACTERS, *_PIECES]
        return "".join(chance.choice(pieces) for _ in range(chance.randrange(longest)))

    return [
        unit(
            number,
            station=chance.randrange(1, 4),
            open_to_all=chance.random() < 0.3,
            title=said(6),
            number=said(3),
            remark=said(3),
            names=chance.choice(NAMES),
            customer=chance.choice(("0418002317", "0418002555", "")),
            text=[said(12) for _ in range(chance.randrange(4))],
            kind=chance.choice(("complaint", "contract")),
            day=chance.choice((20240229, 20251231, 20260101)),
        )
        for number in range(1, count + 1)
    ]


def question(chance: random.Random) -> str:
    """Something people type, or nearly."""
    pieces = [
        *_CHARACTERS,
        *_PIECES[:8],
        *_PIECES[-1:],
        "wxl",
        "wangxiulan",
        "stf",
        "042*",
        "4?10051",
    ]
    words = [
        chance.choice(("", "", "", "-", "题名:", "户号:", "档号:", "责任者:", "正文:"))
        + chance.choice(
            (
                "".join(chance.choice(pieces) for _ in range(chance.randrange(1, 4))),
                '"' + " ".join(chance.choice(pieces) for _ in range(2)) + '"',
                "z109*",
                "0418002317",
                "418002317",
            )
        )
        for _ in range(chance.randrange(1, 4))
    ]
    return " ".join(words)


def scanned(units: Sequence[Unit], wanted: Wanted) -> tuple[list[int], dict[str, dict[str, int]]]:
    """The ids that must be found, ascending, and how they spread."""
    found = [one for one in units if _is_wanted(one, wanted)]
    spread = {facet: dict(Counter(one.facets[facet] for one in found)) for facet in FACETS}
    return sorted(one.id for one in found), spread


def _is_wanted(one: Unit, wanted: Wanted) -> bool:
    station = int(one.facets["station"])
    if wanted.stations is not None and station not in wanted.stations:
        return False
    if one.id in wanted.without:
        return False
    if any(one.facets[facet] not in values for facet, values in wanted.facets.items()):
        return False
    if wanted.years and not wanted.years[0] <= int(one.facets["year"]) <= wanted.years[1]:
        return False
    if wanted.days and not wanted.days[0] <= one.day <= wanted.days[1]:
        return False
    works = wanted.naming is None or station in wanted.naming
    return all(_has(one, clause, works=works) != clause.negated for clause in wanted.clauses)


def _has(one: Unit, clause: Clause, *, works: bool) -> bool:
    fields = (
        [clause.field] if clause.field else ["title", "code", "old", "number", "remark", "text"]
    )
    if not clause.field:
        fields += ["names", "customer"]
    return any(_in_field(one, clause, field, works=works) for field in fields)


def _in_field(one: Unit, clause: Clause, field: str, *, works: bool) -> bool:
    if field == "customer" and not works:
        return False
    if field == "names" and not (works or one.named_to_all):
        return False
    if clause.pattern:
        held = {"customer": {one.customer}, "code": {one.code}, "names": set()}.get(field, one.runs)
        return any(run and re.fullmatch(clause.pattern, run) for run in held)
    if field == "names" and clause.sound in one.sounds and clause.sound:
        return True
    return f" {' '.join(clause.words)} " in f" {' '.join(one.words.get(field, ()))} "
