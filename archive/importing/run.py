"""One import of a register (导入): received, its columns mapped, its rows brought in.

    received --map--> mapped --begin--> running --finish--> done
    mapped --map--> mapped;  done, mapped --begin--> running;  received, mapped --discard--> discarded

A row is known again by the digest of what stands in it, under the name of its register: brought
twice, it is imported once (:class:`ImportedRow`). What a row said is kept until it is imported,
and no longer; then its record or its dossier says it.
"""

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid
from archive.importing.cell import Cell
from archive.workflow import Workflow


class RegisterNameMissing(Invalid):
    """A register has a name; by it its rows are known again."""


class ColumnsMissing(Invalid):
    """A column that is needed was not named."""


class OldCodeTaken(Conflict):
    """A row with that old code was imported, with something else in it."""


class RowImportedBefore(Conflict):
    """The row was imported already."""


class Target(StrEnum):
    """What the rows of a register become."""

    RECORDS = "records"  # 档案目录
    CUSTOMERS = "customers"  # 客户名册


class RunState(StrEnum):
    RECEIVED = "received"  # 已上传
    MAPPED = "mapped"  # 已对列
    RUNNING = "running"  # 导入中
    DONE = "done"  # 已完成
    DISCARDED = "discarded"  # 已放弃


RUN_WORKFLOW: Workflow[RunState] = Workflow(
    "import",
    {
        "map": ([RunState.RECEIVED, RunState.MAPPED], RunState.MAPPED),
        "begin": ([RunState.MAPPED, RunState.DONE], RunState.RUNNING),
        "finish": ([RunState.RUNNING], RunState.DONE),
        "discard": ([RunState.RECEIVED, RunState.MAPPED], RunState.DISCARDED),
    },
)


class Outcome(StrEnum):
    """What became of a row."""

    WAITING = "waiting"  # 待导入
    WRONG = "wrong"  # 有误
    IMPORTED = "imported"  # 已导入
    DOUBLE = "double"  # 重复
    DISCARDED = "discarded"  # 已放弃


class ImportRun(Base, kw_only=True):
    """One register that was brought.

    Attributes:
        sha256: of the file; the file itself is not kept.
        columns: by field, the position of its column.
        kind_code: the kind of every row, where no column says it.
        note: why it stopped before its end, as the name of an error.
    """

    __tablename__ = "import_run"
    __table_args__ = (Index(None, "station_id", "received_at"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    target: Mapped[Target] = mapped_column(String(12))
    register: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    headings: Mapped[list[str]] = mapped_column(JSON)
    received_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    received_at: Mapped[datetime] = mapped_column(Instant)
    columns: Mapped[dict[str, int]] = mapped_column(JSON, default_factory=dict)
    kind_code: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[RunState] = mapped_column(String(10), default=RunState.RECEIVED)
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    begun_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    finished_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    note: Mapped[str] = mapped_column(String(60), default="")
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def subject(self) -> str:
        """How the trail names it."""
        return f"import:{self.id}"


class ImportRow(Base, kw_only=True):
    """A row of it; its cells are emptied once it is imported."""

    __tablename__ = "import_row"
    __table_args__ = (
        UniqueConstraint("run_id", "line"),
        Index(None, "run_id", "outcome", "line"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"))
    line: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    cells: Mapped[list[Any]] = mapped_column(JSON)
    outcome: Mapped[Outcome] = mapped_column(String(10), default=Outcome.WAITING)
    problems: Mapped[list[list[str]]] = mapped_column(JSON, default_factory=list)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), default=None)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), default=None)


class ImportedRow(Base, kw_only=True):
    """That a row of a register is here already, and as what."""

    __tablename__ = "imported_row"
    __table_args__ = (
        UniqueConstraint("station_id", "target", "register", "digest", name="uq_imported_row_once"),
        Index(
            "uq_imported_row_old_code",
            "station_id",
            "target",
            "register",
            "old_code",
            unique=True,
            sqlite_where=text("old_code <> ''"),
            postgresql_where=text("old_code <> ''"),
        ),
        CheckConstraint("(record_id IS NULL) <> (customer_id IS NULL)", name="one"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    target: Mapped[Target] = mapped_column(String(12))
    register: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64))
    old_code: Mapped[str] = mapped_column(String(80))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), default=None)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), default=None)


class ColumnMemory(Base, kw_only=True):
    """Which heading a register of a station has for each field, as it was last said."""

    __tablename__ = "import_columns"
    __table_args__ = (UniqueConstraint("station_id", "target", "register"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    target: Mapped[Target] = mapped_column(String(12))
    register: Mapped[str] = mapped_column(String(80))
    headings: Mapped[dict[str, str]] = mapped_column(JSON)
    kind_code: Mapped[str] = mapped_column(String(40), default="")


def digest_of_row(cells: Sequence[Cell]) -> str:
    """What a row is known again by: its texts, however wide its characters are."""
    texts = [unicodedata.normalize("NFKC", cell.text).strip() for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return hashlib.sha256(json.dumps(texts, ensure_ascii=False).encode()).hexdigest()


refused_by(
    RowImportedBefore,
    "uq_imported_row_once",
    "imported_row.station_id, imported_row.target, imported_row.register, imported_row.digest",
)
refused_by(
    OldCodeTaken,
    "uq_imported_row_old_code",
    "imported_row.station_id, imported_row.target, imported_row.register, imported_row.old_code",
)
