"""馆藏统计: figures of the holdings, each with its bars and its table [seed 5.1]."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import Response

from archive.reports.registers_printed import kept
from archive.reports.spreadsheet import Form, Heading, Row
from archive.reports.statistics import (
    HoldingStatistics,
    holding_statistics,
    statistics_stations,
)
from archive.transaction import Transaction
from web.deps import SignedIn, Visit
from web.exports import download, form_asked
from web.listing import Listing
from web.page import show
from web.pages.around import crumbs, station_options
from web.parts import Action, Column, FormState

router = APIRouter(prefix="/holdings/statistics")

WIDTH, LABELS, FIGURES, LINE = 560, 130, 60, 26
"""Of a bar chart, in its own units: all of it, room for labels and figures, a line's height."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a chart, as its template draws it."""

    label: str
    count: int
    y: int
    length: int


@dataclass(frozen=True, slots=True)
class Chart:
    """One way of counting: its bars, and the same as a table."""

    key: str
    title: str
    bars: Sequence[Bar]
    rows: Sequence[Mapping[str, object]]
    columns: Sequence[Column]
    height: int


def statistics_file(visit: Visit, listing: Listing, form: Form) -> Response:
    """The figures as a spreadsheet; that they were taken out is on the trail."""
    columns = [
        Heading("of", visit.t("statistics.of")),
        Heading("label", visit.t("statistics.label")),
        Heading("n", visit.t("statistics.records"), "number"),
    ]

    def rows(tx: Transaction) -> Iterable[Row]:
        return _rows(visit, _figures(tx, listing))

    return download(visit, listing, what="statistics", form=form, columns=columns, rows=rows)


@router.get("")
def statistics(visit: SignedIn) -> Response:
    listing = Listing.asked(visit, filters=("station",))
    form = form_asked(visit)
    if form is not None:
        return statistics_file(visit, listing, form)
    with visit.reading() as tx:
        stations = statistics_stations(tx)
        figures = _figures(tx, listing)
    return show(
        visit,
        "statistics/statistics.html",
        crumbs=crumbs(
            visit,
            "holdings",
            (visit.t("records.title"), "/holdings/records"),
            (visit.t("statistics.title"), ""),
        ),
        state=FormState(dict(listing.filters)),
        stations=station_options(stations),
        figures=figures,
        charts=_charts(visit, figures) if figures.total else [],
        actions=[
            Action(visit.t("registers.title"), "/holdings/registers"),
            Action(visit.t("registers.xlsx"), listing.address(file="xlsx")),
        ],
        width=WIDTH,
        labels=LABELS,
    )


def _figures(tx: Transaction, listing: Listing) -> HoldingStatistics:
    code = listing.text("station")
    station = next((one for one in statistics_stations(tx) if one.code == code), None)
    return holding_statistics(tx, station.id if station else None)


def _told(visit: Visit, figures: HoldingStatistics) -> dict[str, dict[str, int]]:
    """The figures by the key of their chart, each by its label."""
    return {
        "category": dict(figures.categories),
        "year": {str(year): n for year, n in figures.years.items()},
        "retention": {kept(code): n for code, n in figures.retentions.items()},
        "pair": {visit.t(f"state-pair.{state}"): n for state, n in figures.pairs.items()},
        "digitised": {
            visit.t("statistics.with_copy"): figures.digitised,
            visit.t("statistics.without_copy"): figures.total - figures.digitised,
        },
        "month": dict(figures.months),
    }


def _rows(visit: Visit, figures: HoldingStatistics) -> Iterable[Row]:
    whole = visit.t("statistics.title")
    yield {"of": whole, "label": visit.t("statistics.total"), "n": figures.total}
    yield {"of": whole, "label": visit.t("statistics.restricted"), "n": figures.restricted}
    yield {"of": whole, "label": visit.t("statistics.pages"), "n": figures.pages}
    for key, counted in _told(visit, figures).items():
        for label, n in counted.items():
            yield {"of": visit.t(f"statistics.by_{key}"), "label": label, "n": n}


def _charts(visit: Visit, figures: HoldingStatistics) -> list[Chart]:
    return [_chart(visit, key, counted) for key, counted in _told(visit, figures).items()]


def _chart(visit: Visit, key: str, counted: Mapping[str, int]) -> Chart:
    most = max(counted.values(), default=0) or 1
    room = WIDTH - LABELS - FIGURES
    whole = sum(counted.values()) or 1
    bars = [
        Bar(label, n, at * LINE, round(n / most * room))
        for at, (label, n) in enumerate(counted.items())
    ]
    rows = [
        {"label": label, "n": n, "share": Markup("{}%").format(f"{n / whole * 100:.1f}")}
        for label, n in counted.items()
    ]
    columns = [
        Column("label", visit.t(f"statistics.{key}")),
        Column("n", visit.t("statistics.records"), "number"),
        Column("share", visit.t("statistics.share"), "number"),
    ]
    return Chart(
        key, visit.t(f"statistics.by_{key}"), bars, rows, columns, max(len(bars), 1) * LINE
    )
