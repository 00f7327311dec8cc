"""The mapped base, constraint names, column types and engines of both database families.

The same rules hold on SQLite and PostgreSQL: where one lacks a constraint the migration gives
it a trigger of the same name, and :func:`refused_by` names the error it stands for.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
)
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, Mapper, Session
from sqlalchemy.types import TypeDecorator

from archive.errors import ArchiveError, Invalid


class Base(MappedAsDataclass, DeclarativeBase):
    """Root of every mapped noun."""

    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class CannotBeKept(Invalid):
    """A figure larger than its place in the database, or what else no column takes."""


class TextTooLong(Invalid):
    """A text longer than its place in the database."""


class NotPlainText(Invalid):
    """A text with a character in it that no database keeps: a NUL, or half of a pair."""


_NOT_PLAIN = re.compile("[\0\ud800-\udfff]")
MOST_INTEGER = 2**31 - 1
"""What PostgreSQL keeps in an INTEGER; SQLite would keep more."""


@event.listens_for(Base, "before_insert", propagate=True)
@event.listens_for(Base, "before_update", propagate=True)
def _check_fits(mapper: Mapper[Any], _connection: Connection, thing: Base) -> None:
    for name, column in mapper.columns.items():
        _check_value(f"{mapper.local_table.description}.{name}", column, getattr(thing, name))


def insert_rows(session: Session, noun: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep many rows at once, without a mapped thing for each; what is refused is the same.

    Raises:
        CannotBeKept, TextTooLong, NotPlainText: nothing is kept.
    """
    if not rows:
        return
    table = noun.__table__
    for row in rows:
        for name, value in row.items():
            _check_value(f"{table.description}.{name}", table.columns[name], value)
    session.connection().execute(insert(cast("Table", table)), list(rows))


def _check_value(what: str, column: ColumnElement[Any], value: Any) -> None:
    """Refuse on both families what one of them would."""
    if isinstance(value, str):
        _check_text(what, column, value)
    elif type(column.type) is Integer and isinstance(value, int) and abs(value) > MOST_INTEGER:
        raise CannotBeKept(field=what.rpartition(".")[2])


def _check_text(what: str, column: ColumnElement[Any], text: str) -> None:
    field = what.rpartition(".")[2]
    most: int | None = getattr(column.type, "length", None)
    if most is not None and len(text) > most:
        raise TextTooLong(field=field, what=what, most=most)
    if _NOT_PLAIN.search(text):
        raise NotPlainText(field=field, what=what)


class Instant(TypeDecorator[datetime]):
    """An instant in UTC; a naive one is a mistake of ours and raises."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            message = "an instant needs its time zone"
            raise ValueError(message)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the signature is given
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Kwh(TypeDecorator[Decimal]):
    """Electricity in kWh, exact to a hundredth; kept as an integer of hundredths."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - the signature is given
        return None if value is None else int((value * 100).to_integral_exact())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 - the signature is given
        return None if value is None else Decimal(value).scaleb(-2)


OrderedText = String().with_variant(String(collation="C"), "postgresql")
"""Text compared byte by byte on both families, so that padded numbers sort as numbers."""

RowId = Integer().with_variant(BigInteger(), "postgresql")
"""A surrogate key; plain INTEGER on SQLite, where only that counts up by itself."""


def create_engine_for(url: str) -> Engine:
    """An engine for ``url`` with the family's settings.

    Writing transactions on SQLite begin with ``BEGIN IMMEDIATE``, so that a decision read in one
    cannot be overtaken; a connection with the execution option ``writes=False`` begins deferred.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            url,
            connect_args={"timeout": 60, "check_same_thread": False},
            pool_size=10,
            max_overflow=30,
            pool_timeout=120,
        )
        _prepare_sqlite(engine)
        return engine
    if parsed.drivername in {"postgres", "postgresql"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    return create_engine(
        parsed, pool_size=10, max_overflow=20, pool_timeout=120, pool_pre_ping=True
    )


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun by us, below
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=60000",
            "cache_size=-32000",
            "secure_delete=ON",  # what is deleted or written over is gone from the file
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def forget_old_versions(engine: Engine, *tables: str) -> None:
    """Give up what was written over in ``tables`` and the family still keeps somewhere.

    SQLite has it in its log of changes, PostgreSQL in dead rows; neither outlives this, unless
    somebody reads at this moment: then the next time.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            connection.exec_driver_sql(f"VACUUM {', '.join(tables)}")


_REFUSALS: dict[str, type[ArchiveError]] = {}


def refused_by(error: type[ArchiveError], *names: str) -> None:
    """Let a violated constraint of these names come out as ``error``.

    ``names`` are constraint names; for a unique constraint also give SQLite's wording,
    ``table.column``.
    """
    for name in names:
        _REFUSALS[name] = error


def error_for(violation: IntegrityError) -> ArchiveError | None:
    """The error a violated constraint stands for, or None when it is nobody's rule."""
    text = str(violation.orig)
    for name, error in _REFUSALS.items():
        if name in text:
            return error()
    return None
