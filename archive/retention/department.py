"""Departments (部门) that appraise, sign and witness, and which offices speak for them.

Law names departments, not accounts: the panel is archives, accounting, audit and discipline
together; the witnesses are sent by archives and accounting, for electronic records by the
information department too (会计档案管理办法 art. 17, 18).
"""

from collections.abc import Mapping
from enum import StrEnum

from archive.access import Actor, Role


class Department(StrEnum):
    ARCHIVES = "archives"  # 档案
    ACCOUNTING = "accounting"  # 会计
    AUDIT = "audit"  # 审计
    DISCIPLINE = "discipline"  # 纪检监察
    INFORMATION = "information"  # 信息系统管理
    BUSINESS = "business"  # 职能部门: the station
    MANAGEMENT = "management"  # 公司领导


OF_ROLE: Mapping[Role, Department] = {
    Role.ARCHIVIST: Department.ARCHIVES,
    Role.ARCHIVES: Department.ARCHIVES,
    Role.ARCHIVES_HEAD: Department.ARCHIVES,
    Role.FINANCE: Department.ACCOUNTING,
    Role.FINANCE_HEAD: Department.ACCOUNTING,
    Role.AUDIT_OFFICE: Department.AUDIT,
    Role.DISCIPLINE: Department.DISCIPLINE,
    Role.INFORMATION: Department.INFORMATION,
    Role.STATION_HEAD: Department.BUSINESS,
    Role.LEADER: Department.MANAGEMENT,
}


def departments_of(actor: Actor) -> frozenset[Department]:
    """Every department the actor can speak for today."""
    return frozenset(OF_ROLE[office.role] for office in actor.offices if office.role in OF_ROLE)
