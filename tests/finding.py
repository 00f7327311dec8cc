"""Searches of the station's people, over an index that knows everything there is."""

from archive.demo.drawing.office import OfficePaper
from archive.filing.actions.drafts import Said, file_draft
from archive.finding.jobs import catch_up
from archive.finding.queries.search import Look, Results, search
from archive.holdings.record import Record
from tests.builders import Colleague, Station
from tests.deliveries import delivered, pdf_of, read, read_as
from tests.holdings import kind_id


def searched(who: Colleague, typed: str, **look: object) -> Results:
    """What somebody finds, once everything is indexed."""
    catch_up(who.system)
    return who.does(search, Look(typed, **look))


def titles(who: Colleague, typed: str, **look: object) -> list[str]:
    return [one.line.record.title for one in searched(who, typed, **look).results]


def scanned_in(
    station: Station, title: str, *pages: list[str], kind: str = "complaint", **said: object
) -> Record:
    """A record filed from pages on which these lines were read."""
    papers = [OfficePaper("", list(lines)) for lines in pages]
    delivery = delivered(station, (f"{title}.pdf", pdf_of(*papers)))
    drafts = read(station, delivery, [read_as(paper) for paper in papers])
    described = Said(kind_id(station, kind), title, said.pop("formed_on", station.today), **said)
    return station.archivist.does(file_draft, drafts[0].id, described)
