"""The easy doors: a run of numbers, a volume of them."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

import numpy as np

from archive.demo.drawing.forms import Form
from archive.demo.drawing.forms_development import COUNTY
from archive.demo.drawing.made_up import payer
from archive.demo.drawing.spec import Disorder, Look, StubSpec, VoidStyle, VolumeSpec, Wear

_PRICE_TENTHS_OF_FEN = 558
"""Tenths of a fen a kWh."""


def number_run(first: str, count: int) -> list[str]:
    """``count`` numbers from ``first`` on, all as wide as the first, leading zeros kept."""
    if not (first.isascii() and first.isdigit()):
        raise ValueError(first)
    last = int(first) + count - 1
    if count < 0 or len(str(last)) > len(first):
        raise ValueError((first, count))
    return [str(int(first) + step).zfill(len(first)) for step in range(count)]


def tidy_look(form: Form = COUNTY, stubs_a_page: int = 1) -> Look:
    """A well-kept volume on a good scanner: what a demonstration shows and most tests need."""
    wear = Wear(skew=0.6, faint=0.04, noise=1.2, blur=0.35, shadow=0.14)
    electronic = form.electronic
    return Look(
        form,
        number_style=form.number_styles[0],
        number_colour="black" if electronic else "red",
        form_colour=(120, 66, 44),
        stubs_a_page=stubs_a_page,
        fill="laser" if electronic else "needle",
        stamps=("现金收讫", "name"),
        wear=wear,
    )


def volume_of(
    first: str,
    count: int,
    look: Look,
    *,
    code: str = "",
    voids: Mapping[str, VoidStyle | None] | Collection[str] = (),
    seed: int = 0,
    on: date = date(2025, 3, 1),
    disorder: Disorder | None = None,
) -> VolumeSpec:
    """A volume of consecutive numbers with made-up customers, use and sums."""
    styles = dict(voids) if isinstance(voids, Mapping) else dict.fromkeys(voids)
    stubs = []
    for number in number_run(first, count):
        rng = np.random.default_rng([seed, *number.encode()])
        kwh = int(rng.integers(8, 900))
        stubs.append(
            StubSpec(
                number=number,
                code=code,
                void=number in styles,
                void_style=styles.get(number),
                kwh=Decimal(kwh),
                amount_fen=(kwh * _PRICE_TENTHS_OF_FEN + 5) // 10,
                payer=payer(rng),
                on=on.replace(day=1 + int(rng.integers(28))),
            )
        )
    return VolumeSpec(tuple(stubs), look, seed, disorder or Disorder())
