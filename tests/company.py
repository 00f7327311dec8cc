"""The people of the company whom appraisal and destruction need, beside those of the station.

company = open_company(station)
company.archives_head.does(verb, …)
"""

from dataclasses import dataclass

from archive.access import Role
from archive.people import actions as people
from tests.builders import INSTALLER, PASSWORD, Colleague, Station

FOLK = {
    "archives": ("shen-archives", "沈静", Role.ARCHIVES),
    "other_archives": ("xu-archives", "许文", Role.ARCHIVES),
    "archives_head": ("fang-archives-head", "方正平", Role.ARCHIVES_HEAD),
    "finance_head": ("song-finance-head", "宋建华", Role.FINANCE_HEAD),
    "audit": ("wu-audit", "吴海燕", Role.AUDIT_OFFICE),
    "discipline": ("ma-discipline", "马国栋", Role.DISCIPLINE),
    "information": ("lin-information", "林涛", Role.INFORMATION),
}


@dataclass(frozen=True)
class Company:
    archives: Colleague
    other_archives: Colleague
    archives_head: Colleague
    finance_head: Colleague
    audit: Colleague
    discipline: Colleague
    information: Colleague


def open_company(station: Station) -> Company:
    """Appoints them; each has changed the first password already."""
    folk = {}
    with station.system.transaction(INSTALLER) as tx:
        for part, (code, name, role) in FOLK.items():
            person = people.add_person(tx, code, name, PASSWORD)
            people.appoint(tx, person.id, role, None, document="青供〔2026〕1号")
            person.must_change_password = False
            folk[part] = Colleague(station.system, person.id, code, name)
    return Company(**folk)
