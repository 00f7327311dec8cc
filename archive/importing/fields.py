"""What a row of a register says: which fields there are, and what is wrong with a row."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from archive.customers.actions.customers import CustomerFacts
from archive.customers.customer import NUMBER, TELEPHONE, CustomerType, number_in, telephone_in
from archive.holdings.actions.records import Description
from archive.holdings.file_plan import RecordKind
from archive.importing.cell import Cell
from archive.importing.days import Day, day_in
from archive.importing.run import Target


class ProblemCode(StrEnum):
    """What is wrong with a cell; the flaws of cells are among them."""

    FORMULA = "formula"
    DIGITS_LOST = "digits-lost"
    MERGED = "merged"
    BROKEN = "broken"
    TOO_LONG = "too-long"
    MISSING = "missing"
    NOT_A_DAY = "not-a-day"
    IN_FUTURE = "in-future"
    NOT_A_COUNT = "not-a-count"
    NOT_A_NUMBER = "not-a-number"
    NOT_A_TELEPHONE = "not-a-telephone"
    UNKNOWN_KIND = "unknown-kind"
    UNKNOWN_TYPE = "unknown-type"
    REFUSED = "refused"
    TAKEN = "taken"
    OLD_CODE = "old-code"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a row: whether it is needed, how long it may be, what its column is called."""

    key: str
    most: int
    called: tuple[str, ...]
    needed: bool = False


FIELDS: Mapping[Target, tuple[Field, ...]] = {
    Target.RECORDS: (
        Field("title", 200, ("题名", "文件题名", "案卷题名", "标题", "文件名称", "title"), True),
        Field(
            "formed_on",
            40,
            ("日期", "成文日期", "形成日期", "时间", "文件日期", "年月", "date"),
            True,
        ),
        Field("kind", 80, ("种类", "材料名称", "文件种类", "类别", "kind")),
        Field("pages", 10, ("页数", "页", "pages")),
        Field("old_code", 80, ("档号", "旧档号", "原档号", "编号", "old code")),
        Field("document_number", 60, ("文号", "发文字号", "文件编号", "document number")),
        Field("parties", 200, ("责任者", "作者", "单位", "parties")),
        Field("customer_number", 20, ("户号", "客户编号", "用户编号", "customer number")),
        Field("remark", 200, ("备注", "说明", "remark")),
    ),
    Target.CUSTOMERS: (
        Field("number", 20, ("户号", "客户编号", "用户编号", "number"), True),
        Field("name", 60, ("户名", "客户名称", "用户名称", "姓名", "name"), True),
        Field("village", 60, ("村", "村组", "台区", "地址", "用电地址", "village"), True),
        Field("house", 120, ("门牌", "详细地址", "house")),
        Field("telephone", 40, ("电话", "联系电话", "手机", "telephone")),
        Field("type", 40, ("用电类别", "类别", "客户类型", "type")),
        Field("opened_on", 40, ("立户日期", "开户日期", "supplied since")),
    ),
}

TYPES: Mapping[CustomerType, tuple[str, ...]] = {
    CustomerType.RESIDENT: ("居民", "居民生活", "生活", "照明", "household"),
    CustomerType.FARMING: ("农业", "农业生产", "排灌", "农排", "farming"),
    CustomerType.BUSINESS: ("工商业", "工商业及其他", "一般工商业", "商业", "动力", "business"),
    CustomerType.TEMPORARY: ("临时", "临时用电", "temporary"),
}

Problem = tuple[str, ProblemCode]
"""A field and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class RecordDraft:
    """A record a row describes; ``pages`` 0 where its paper was not counted."""

    described: Description
    pages: int
    old_code: str


@dataclass(frozen=True, slots=True)
class Known:
    """What rows are read by."""

    kinds: Sequence[RecordKind]
    kind_code: str
    today: date
    register: str


@dataclass(frozen=True, slots=True)
class RowRead:
    """What a row says, or what is wrong with it."""

    record: RecordDraft | None = None
    customer: CustomerFacts | None = None
    problems: tuple[Problem, ...] = ()


def proposed_columns(
    target: Target, headings: Sequence[str], remembered: Mapping[str, str]
) -> dict[str, int]:
    """The columns by field: as remembered, else by what registers call them."""
    bare = ["".join(heading.split()).casefold() for heading in headings]
    found: dict[str, int] = {}
    for field in FIELDS[target]:
        names = [remembered[field.key]] if field.key in remembered else []
        for name in [*names, *field.called]:
            wanted = "".join(name.split()).casefold()
            if wanted in bare and bare.index(wanted) not in found.values():
                found[field.key] = bare.index(wanted)
                break
    return found


def read_row(
    target: Target, columns: Mapping[str, int], cells: Sequence[Cell], known: Known
) -> RowRead:
    """What a row says, with everything that is wrong with it at once."""
    said: dict[str, Cell] = {
        field.key: cells[columns[field.key]]
        for field in FIELDS[target]
        if field.key in columns and columns[field.key] < len(cells)
    }
    problems = list(_flaws(target, said))
    if problems:
        return RowRead(problems=tuple(problems))
    return _record(said, known) if target == Target.RECORDS else _customer(said, known)


def _flaws(target: Target, said: Mapping[str, Cell]) -> Iterable[Problem]:
    for field in FIELDS[target]:
        cell = said.get(field.key, Cell())
        if cell.flaw is not None:
            yield field.key, ProblemCode(str(cell.flaw))
        elif field.needed and not cell.text:
            yield field.key, ProblemCode.MISSING
        elif len(cell.text) > field.most:
            yield field.key, ProblemCode.TOO_LONG


def _record(said: Mapping[str, Cell], known: Known) -> RowRead:
    problems: list[Problem] = []
    day = _checked_day(said, "formed_on", known.today, problems)
    kind = _kind(said.get("kind", Cell()).text or known.kind_code, known.kinds)
    if kind is None:
        problems.append(("kind", ProblemCode.UNKNOWN_KIND))
    pages = _pages(said.get("pages", Cell()).text)
    if pages is None:
        problems.append(("pages", ProblemCode.NOT_A_COUNT))
    number = number_in(said.get("customer_number", Cell()).text)
    if number and not NUMBER.fullmatch(number):
        problems.append(("customer_number", ProblemCode.NOT_A_NUMBER))
    if problems or kind is None or pages is None or day is None:
        return RowRead(problems=tuple(problems))
    old_code = said.get("old_code", Cell()).text
    described = Description(
        kind_id=kind.id,
        title=said["title"].text,
        formed_on=day.on,
        pages=pages,
        document_number=said.get("document_number", Cell()).text,
        parties=said.get("parties", Cell()).text,
        customer_number=number,
        remark=_remark(said.get("remark", Cell()).text, day, known.register),
        old_code=old_code,
    )
    return RowRead(record=RecordDraft(described, pages, old_code))


def _customer(said: Mapping[str, Cell], known: Known) -> RowRead:
    problems: list[Problem] = []
    opened = None
    if said.get("opened_on", Cell()).text:
        opened = _checked_day(said, "opened_on", known.today, problems)
    if not NUMBER.fullmatch(number_in(said["number"].text)):
        problems.append(("number", ProblemCode.NOT_A_NUMBER))
    telephone = telephone_in(said.get("telephone", Cell()).text)
    if telephone and not TELEPHONE.fullmatch(telephone):
        problems.append(("telephone", ProblemCode.NOT_A_TELEPHONE))
    kind = _type(said.get("type", Cell()).text)
    if kind is None:
        problems.append(("type", ProblemCode.UNKNOWN_TYPE))
    if problems or kind is None:
        return RowRead(problems=tuple(problems))
    return RowRead(
        customer=CustomerFacts(
            number=said["number"].text,
            name=said["name"].text,
            village=said["village"].text,
            house=said.get("house", Cell()).text,
            telephone=telephone,
            type=kind,
            opened_on=opened.on if opened else None,
        )
    )


def _checked_day(
    said: Mapping[str, Cell], key: str, today: date, problems: list[Problem]
) -> Day | None:
    day = day_in(said[key], today)
    if day is None:
        problems.append((key, ProblemCode.NOT_A_DAY))
    elif day.on > today:
        problems.append((key, ProblemCode.IN_FUTURE))
    return day


def _kind(told: str, kinds: Sequence[RecordKind]) -> RecordKind | None:
    """The archived kind called so, by its code, its name, or its number in the plan."""
    for kind in kinds:
        if kind.archived and told in {kind.code, kind.name_zh, kind.name_en, str(kind.number)}:
            return kind
    return None


def _type(told: str) -> CustomerType | None:
    if not told:
        return CustomerType.RESIDENT
    bare = told.casefold().removesuffix("用电") or told
    for kind, names in TYPES.items():
        if told == str(kind) or bare in names or told.casefold() in names:
            return kind
    return None


def _pages(told: str) -> int | None:
    """The pages counted; 0 where nothing is said, None where it is no count."""
    bare = told.removesuffix("页").strip()
    if not bare:
        return 0
    return int(bare) if re.fullmatch(r"[0-9]{1,5}", bare) else None


def _remark(remark: str, day: Day, register: str) -> str:
    """The remark, with what only the old register knew."""
    told = [remark]
    if day.said:
        told.append(f"原册日期：{day.said}")
    told.append(f"原册：{register}")
    return "；".join(one for one in told if one)
