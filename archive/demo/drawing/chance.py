"""Volumes drawn by lot: every variation a scan may show, clean or worn."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Literal, TypeVar

import numpy as np
from numpy.random import Generator

from archive.demo.drawing.easy import number_run, volume_of
from archive.demo.drawing.forms import Form
from archive.demo.drawing.forms_development import DEVELOPMENT
from archive.demo.drawing.forms_held_out import HELD_OUT
from archive.demo.drawing.made_up import digits
from archive.demo.drawing.spec import Disorder, Look, Spoil, VoidStyle, VolumeSpec, Wear

T = TypeVar("T")
Condition = Literal["clean", "worn"]

_PAPERS = ((250, 248, 242), (246, 243, 230), (248, 240, 240), (240, 246, 240), (252, 252, 252))
_FORM_INKS = ((60, 60, 66), (120, 66, 44), (38, 98, 72), (52, 70, 130), (140, 50, 52))
_BEDS = ((255, 255, 255), (250, 250, 250), (222, 222, 224), (30, 30, 32))
_FACES = {False: ("song", "hei", "needle"), True: ("wheel", "narrow", "roman")}
_STAMPS = {
    False: ("现金收讫", "已核对", "name", "digits"),
    True: ("转账收讫", "已入账", "补交电费", "name", "digits"),
}
_SPOILS: tuple[Spoil, ...] = ("blot", "scratched", "washed-out", "torn-off")


def _pick(rng: Generator, options: Sequence[T]) -> T:
    return options[int(rng.integers(len(options)))]


def _between(rng: Generator, low: float, high: float) -> float:
    return float(rng.uniform(low, high))


def random_wear(rng: Generator, condition: Condition) -> Wear:
    """What a volume of that condition has been through; a careful person can still read it."""
    if condition == "clean":
        return Wear(
            skew=_between(rng, 0.2, 1.2),
            faint=_between(rng, 0.0, 0.12),
            noise=_between(rng, 0.5, 2.5),
            blur=_between(rng, 0.2, 0.5),
            shadow=_between(rng, 0.0, 0.2),
            dust=4,
        )
    faint = _between(rng, 0.15, 0.6)
    return Wear(
        skew=_between(rng, 1.0, 3.0),
        faint=faint,
        faint_number=_between(rng, 0.0, min(0.55, 0.85 - faint)),
        noise=_between(rng, 3.0, 9.0),
        blur=_between(rng, 0.4, 0.9),
        shadow=_between(rng, 0.3, 0.7),
        stains=int(rng.integers(0, 3)),
        dust=60,
    )


def _form_of(rng: Generator, *, held_out: bool) -> Form:
    """A form with a code four times out of five."""
    forms = HELD_OUT if held_out else DEVELOPMENT
    electronic = bool(rng.random() < 0.2)
    return _pick(rng, [form for form in forms if form.electronic == electronic])


def random_look(rng: Generator, *, held_out: bool, condition: Condition) -> Look:
    """A form, its printing and its scanner, drawn by lot."""
    form, clean = _form_of(rng, held_out=held_out), condition == "clean"
    stubs = _pick(rng, form.stubs_a_page)
    return Look(
        form=form,
        number_style=_pick(rng, form.number_styles),
        number_face=_pick(rng, _FACES[held_out]),
        number_colour="black" if form.electronic or rng.random() < 0.35 else "red",
        form_colour=_pick(rng, _FORM_INKS),
        paper=_pick(rng, _PAPERS),
        bed=_pick(rng, _BEDS),
        stubs_a_page=stubs,
        loose=bool(stubs > 1 and rng.random() < 0.3),
        bound="top" if rng.random() < 0.25 else "left",
        fill=_pick(rng, ("needle", "laser") if form.electronic else ("needle", "laser", "pen")),
        seal=_pick(rng, ("oval", "dated", "square") if held_out else ("round", "square", "oval")),
        seal_over_number=0.05 if clean else 0.3,
        stamps=_STAMPS[held_out],
        dpi=_pick(rng, (200, 200, 240, 300) if clean else (150, 180, 200)),
        grey=bool(rng.random() < (0.25 if clean else 0.4)),
        jpeg_quality=int(rng.integers(75, 91) if clean else rng.integers(50, 76)),
        margin=_between(rng, 3, 10),
        held_out=held_out,
        wear=random_wear(rng, condition),
    )


def _disorder(rng: Generator, sheets: int) -> Disorder:
    """Some sheets upside down, often; all out of order or with their backs, sometimes."""
    upside_down = frozenset(
        sheet for sheet in range(1, sheets + 1) if rng.random() < _pick(rng, (0.0, 0.08))
    )
    order = tuple(int(sheet) + 1 for sheet in rng.permutation(sheets)) if rng.random() < 0.25 else None  # fmt: skip
    return Disorder(upside_down=upside_down, blank_backs=bool(rng.random() < 0.15), order=order)


def _first_number(rng: Generator, count: int, *, electronic: bool) -> str:
    if electronic:
        return "25" + digits(rng, 2) + "2" + str(rng.integers(0, 10**6)).zfill(12) + "001"
    return str(rng.integers(0, 10**8 - count)).zfill(8)


def random_volume(
    seed: int,
    *,
    held_out: bool,
    wear: Condition,
    count: int,
    void_share: float = 0.08,
    spoilt_share: float | None = None,
) -> VolumeSpec:
    """A volume of ``count`` stubs drawn by lot; the same seed draws the same volume.

    Every sheet is there, once; put a ``Disorder`` of your own into the spec to have sheets missing,
    cut or scanned twice. ``spoilt_share`` of the numbers cannot be read by anybody: by default
    none of a clean volume and one in a hundred of a worn one.
    """
    rng = np.random.default_rng([seed, int(held_out), int(wear == "worn")])
    look = random_look(rng, held_out=held_out, condition=wear)
    electronic = look.form.electronic
    first = _first_number(rng, count, electronic=electronic)
    code = "" if electronic else _pick(rng, (digits(rng, 12), "0" + digits(rng, 11), digits(rng, 10), ""))  # fmt: skip
    voids = {n: VoidStyle() for n in number_run(first, count) if rng.random() < void_share}
    on = date(int(rng.integers(2019, 2026)), int(rng.integers(1, 13)), 1)
    sheets = -(-count // look.stubs_a_page)
    volume = volume_of(
        first,
        count,
        look,
        code=code,
        voids=voids,
        seed=seed,
        on=on,
        disorder=_disorder(rng, sheets),
    )
    share = spoilt_share if spoilt_share is not None else (0.01 if wear == "worn" else 0.0)
    stubs = tuple(
        replace(stub, spoilt=_pick(rng, _SPOILS)) if rng.random() < share else stub
        for stub in volume.stubs
    )
    return replace(volume, stubs=stubs)
