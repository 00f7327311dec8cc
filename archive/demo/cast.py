"""Who lives at the demo station, and whether anybody does."""

from dataclasses import dataclass

from sqlalchemy import func, select

from archive.access import SYSTEM, Role
from archive.people.person import Person
from archive.system import System


@dataclass(frozen=True, slots=True)
class Player:
    """A person of the demo, with the password that is printed."""

    code: str
    name: str
    role: Role
    password: str


PEOPLE = (
    Player("B001", "王秀兰", Role.CUSTODIAN, "baoguan-2026"),
    Player("C001", "张大勇", Role.COLLECTOR, "shoufei-2026"),
    Player("C002", "刘喆", Role.COLLECTOR, "shoufei-2026"),
    Player("Z001", "李国强", Role.STATION_HEAD, "suozhang-2026"),
    Player("F001", "陈玉华", Role.FINANCE, "caiwu-2026"),
    Player("F002", "何敏", Role.FINANCE, "caiwu-2026"),
    Player("L001", "周志远", Role.LEADER, "lingdao-2026"),
    Player("D001", "孙梅", Role.ARCHIVIST, "dangan-2026"),
    Player("T001", "钱晓梅", Role.CARE, "zhuanze-2026"),
    Player("Y001", "赵小燕", Role.STAFF, "yuangong-2026"),
    Player("G001", "沈静", Role.ARCHIVES, "gongsi-2026"),
    Player("G003", "许文", Role.ARCHIVES, "gongsi-2026"),
    Player("G002", "方正平", Role.ARCHIVES_HEAD, "gongsi-2026"),
    Player("F003", "宋建华", Role.FINANCE_HEAD, "caiwu-2026"),
    Player("J001", "吴海燕", Role.AUDIT_OFFICE, "neishen-2026"),
    Player("J002", "马国栋", Role.DISCIPLINE, "jijian-2026"),
    Player("X001", "林涛", Role.INFORMATION, "xinxi-2026"),
    Player("S001", "郑明", Role.AUDITOR, "shenji-2026"),
    Player("A001", "罗建国", Role.ADMINISTRATOR, "guanli-2026"),
)
STATION_ROLES = frozenset(
    {Role.CUSTODIAN, Role.COLLECTOR, Role.STATION_HEAD, Role.ARCHIVIST, Role.CARE, Role.STAFF}
)


def is_empty(system: System) -> bool:
    """Whether nobody lives in this installation yet."""
    with system.transaction(SYSTEM, writes=False) as tx:
        return not tx.session.scalar(select(func.count()).select_from(Person))
