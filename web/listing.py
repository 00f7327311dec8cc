"""Where in a list a visit is: filters, order and page, and the addresses of its neighbours.

Everything stands in the address, so that a list can be sent to somebody, and nothing else of the
address is carried along.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from web.deps import Visit
from web.parts import Column, Kind, Pages
from web.typed import plain

PER_PAGE = 50
_DEEPEST = 100_000


@dataclass(frozen=True)
class Listing:
    """A list as it was asked for.

    Attributes:
        filters: by name, as typed, only those that say something.
        order: one of the list's own orders; ``-`` in front turns it round.
    """

    path: str
    filters: Mapping[str, str]
    order: str
    page: int
    first_order: str
    per_page: int = PER_PAGE

    @classmethod
    def asked(
        cls,
        visit: Visit,
        *,
        filters: Sequence[str] = (),
        orders: Sequence[str] = ("",),
        per_page: int = PER_PAGE,
    ) -> "Listing":
        """The list this address asks for; what it does not know it leaves out."""
        query = visit.request.query_params
        typed = {name: plain(query.get(name, "")).strip()[:80] for name in filters}
        order = query.get("sort", orders[0])
        page = query.get("page", "1")
        return cls(
            visit.request.url.path,
            {name: text for name, text in typed.items() if text},
            order if order in orders else orders[0],
            min(max(int(page), 1), _DEEPEST) if page.isdecimal() and len(page) < 7 else 1,
            orders[0],
            per_page,
        )

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page

    def text(self, name: str) -> str:
        """What the list is narrowed to by this filter; empty when it is not."""
        return self.filters.get(name, "")

    def number(self, name: str) -> int | None:
        """The same as a number; None when it is none."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    def address(self, *, page: int = 1, order: str | None = None, **filters: str) -> str:
        """This list, otherwise narrowed, ordered or leafed through."""
        asked = {**self.filters, **filters}
        query = {name: text for name, text in asked.items() if text}
        wanted = self.order if order is None else order
        if wanted != self.first_order:
            query["sort"] = wanted
        if page > 1:
            query["page"] = str(page)
        return f"{self.path}?{urlencode(query)}" if query else self.path

    def column(
        self, key: str, label: str, kind: Kind = "text", *, order: str = "", total: object = None
    ) -> Column:
        """A column; with ``order`` its heading sorts the list, and turns it round."""
        if not order:
            return Column(key, label, kind, total=total)
        falling = f"-{order}"
        following = order if self.order == falling else falling
        if self.order not in {order, falling}:
            following = self.first_order if self.first_order in {order, falling} else order
        return Column(
            key,
            label,
            kind,
            sort_href=self.address(order=following),
            sorted={order: "ascending", falling: "descending"}.get(self.order, ""),  # type: ignore[arg-type]
            total=total,
        )

    def pages(self, shown: int, total: int, *, exports: bool = False) -> Pages | None:
        """Position and neighbours; None where there is nothing to leaf through.

        With ``exports`` the whole list is also to be had as a file (``?file=xlsx``).
        """
        if not total:
            return None
        last = self.offset + shown
        return Pages(
            first=self.offset + 1 if shown else 0,
            last=last,
            total=total,
            previous_href=self.address(page=self.page - 1) if self.page > 1 else "",
            next_href=self.address(page=self.page + 1) if last < total and shown else "",
            export_href=self.address(file="xlsx") if exports else "",
            csv_href=self.address(file="csv") if exports else "",
        )
