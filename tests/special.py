"""Reaches the states of the register of special customers through the real verbs.

care = appointed(station)                      # 钱桂芳, the special-customer officer
entry = on_register(station, care)             # consent filed, evidence seen
"""

from datetime import date
from typing import Any

from archive.access import Role
from archive.customers.actions.special import Consent, register_special
from archive.customers.special import SpecialCategory, SpecialCustomer
from archive.customers.special_facts import SpecialFacts
from archive.people import actions as people
from tests.builders import PASSWORD, Colleague, Station
from tests.holdings import filed, with_file_plan

GAO = SpecialFacts(
    SpecialCategory.DISABLED,
    number="0000778899",
    name="高凤岐",
    village="青石村五组",
    house="槐树院东屋",
    telephone="13912346677",
    evidence="残疾人证",
    evidence_number="CJ20110455",
    seen_on=date(2026, 9, 1),
    guardian="高志远",
    need="腿脚不便，每月上门抄表收费",
)
PLANTED = (
    GAO.number,
    GAO.name,
    GAO.house,
    GAO.telephone,
    GAO.evidence_number,
    GAO.guardian,
    GAO.need,
    "disabled",
    "残疾",
)


def appointed(station: Station) -> Colleague:
    """The clerk, appointed to the register as well."""
    station.administrator.does(
        people.appoint,
        person_id=station.clerk.id,
        role=Role.CARE,
        station_id=station.id,
        from_on=station.today,
        document="任职通知 8 号",
    )
    return station.clerk


def consent_code(station: Station, title: str = "同意书（一户）") -> str:
    return filed(station, "special-customer-file", title, date(2026, 9, 1)).code


def on_register(
    station: Station, care: Colleague, facts: SpecialFacts = GAO, **said: Any
) -> SpecialCustomer:
    """An entry, its form of consent filed first."""
    if "code" not in said:
        with_file_plan(station)
        said["code"] = consent_code(station)
    return care.does(
        register_special,
        station.id,
        facts,
        Consent(date(2026, 9, 1), said["code"], "2026-1"),
        review_on=said.get("review_on", date(2027, 9, 1)),
    )


__all__ = ["GAO", "PASSWORD", "PLANTED", "appointed", "consent_code", "on_register"]
