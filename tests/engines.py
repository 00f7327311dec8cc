"""One engine a database family for a whole test run, led to each test's own database.

Statements are compiled once and not once a test; nothing else is shared.
"""

from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

from archive.db import create_engine_for


class KeptEngine:
    """An engine whose connections go where :meth:`lead_to` last said."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self.engine = create_engine_for(url)
        event.listen(self.engine, "do_connect", self._connect)

    def lead_to(self, url: str) -> Engine:
        """The engine, on another database of the same family."""
        self.engine.dispose()
        self._url = make_url(url)
        return self.engine

    def _connect(
        self, dialect: Any, _record: object, arguments: list[Any], options: dict[str, Any]
    ) -> None:
        places, names = dialect.create_connect_args(self._url)
        arguments[:] = places
        options.update(names)


_kept: dict[str, KeptEngine] = {}


def engine_on(url: str) -> Engine:
    """The family's engine, on this database; the test before is done with it."""
    family = make_url(url).get_backend_name()
    if family not in _kept:
        _kept[family] = KeptEngine(url)
    return _kept[family].lead_to(url)
