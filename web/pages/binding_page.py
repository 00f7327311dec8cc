"""The month's binding: whose numbers wait, which to take, and what the cover will say [seed 3.4]."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import FormData, QueryParams
from starlette.responses import Response

from archive.custody.queries.volumes import (
    CoverShown,
    ProposedRun,
    binding_stations,
    cover_of,
    months_to_bind,
    proposed_runs,
)
from archive.people.person import Station
from archive.transaction import Transaction
from web.deps import Visit
from web.page import show
from web.pages.around import crumbs
from web.pages.volume_told import HERE, cover_facts
from web.parts import Column, Link, Option
from web.rendering import environment


@dataclass(frozen=True, slots=True)
class Chosen:
    """A collector's month that is about to be bound."""

    station: Station
    month: str
    collector_id: int
    collector: str
    runs: Sequence[ProposedRun]
    taken: frozenset[str]

    @property
    def cover(self) -> CoverShown:
        return cover_of(self.month, [run for run in self.runs if run.key in self.taken])


def binding_page(
    visit: Visit, given: QueryParams | FormData, *, told: str = "", status: int = 200
) -> Response:
    """Whose month can be bound; with a month and a collector given, what the cover will say.

    Raises:
        NotPermitted: the person binds nowhere.
    """
    with visit.reading() as tx:
        stations = binding_stations(tx)
        station = _station(stations, str(given.get("station", "")))
        waiting = months_to_bind(tx, station.id) if station else []
        chosen = _chosen(tx, station, given) if station else None
    moment = environment(visit.language).filters["month"]
    rows = [
        {
            "month": Link(str(moment(each.month)), _href(each.month, each.collector_id, station)),
            "collector": each.collector,
            "books": each.books,
            "sets": each.sets,
        }
        for each in waiting
    ]
    return show(
        visit,
        "volumes/new.html",
        status=status,
        crumbs=crumbs(
            visit, "invoices", (visit.t("volumes.title"), HERE), (visit.t("volumes.bind_month"), "")
        ),
        told=told,
        station=station,
        stations=[Option(str(each.id), each.name) for each in stations],
        columns=_columns(visit),
        rows=rows,
        chosen=chosen,
        choices=[_choice(visit, run) for run in chosen.runs] if chosen else [],
        cover=cover_facts(visit, chosen.cover, chosen.collector) if chosen else [],
    )


def _station(stations: Sequence[Station], asked: str) -> Station | None:
    if len(stations) == 1:
        return stations[0]
    return next((station for station in stations if str(station.id) == asked), None)


def _chosen(tx: Transaction, station: Station, given: QueryParams | FormData) -> Chosen | None:
    """The month and collector asked for, if anything of theirs waits."""
    asked = (str(given.get("month", "")), str(given.get("collector", "")))
    found = next(
        (
            each
            for each in months_to_bind(tx, station.id)
            if (each.month, str(each.collector_id)) == asked
        ),
        None,
    )
    if found is None:
        return None
    runs = proposed_runs(tx, station.id, found.month, found.collector_id)
    keys = frozenset(run.key for run in runs)
    narrowed = given.get("chosen") == "yes"
    taken = keys & {str(key) for key in given.getlist("run")} if narrowed else keys
    return Chosen(station, found.month, found.collector_id, found.collector, runs, taken)


def _href(month: str, collector_id: int, station: Station | None) -> str:
    at = station.id if station else ""
    return f"{HERE}/new?station={at}&month={month}&collector={collector_id}#runs"


def _columns(visit: Visit) -> list[Column]:
    return [
        Column("month", visit.t("volumes.month"), "link"),
        Column("collector", visit.t("volumes.collector")),
        Column("books", visit.t("volumes.books"), "number"),
        Column("sets", visit.t("volumes.unbound_sets"), "number"),
    ]


def _choice(visit: Visit, run: ProposedRun) -> Option:
    days = environment(visit.language).filters["iso"]
    return Option(
        run.key,
        visit.t("volumes.run", first=run.run.first, last=run.run.last, sets=len(run.run)),
        visit.t(
            "volumes.run_hint",
            book=f"{run.book.first}–{run.book.last}",
            from_=days(run.collected_from),
            to=days(run.collected_to),
            voids=len(run.void_numbers),
            kwh=run.kwh,
            amount=run.amount_fen,
        ),
    )
