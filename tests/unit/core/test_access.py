"""Offices permit; persons are kept apart."""

import pytest

from archive.access import (
    POLICY,
    SYSTEM,
    Actor,
    Office,
    Permission,
    Role,
    SamePerson,
    forbid_same_person,
)

WANG = Actor("wang", 1, "王秀兰", (Office(Role.CUSTODIAN, 1),))
CHEN = Actor("chen", 2, "陈玉华", (Office(Role.FINANCE, None),))


def test_the_policy_speaks_of_every_role_and_uses_every_permission():
    assert set(POLICY) == set(Role)
    assert set().union(*POLICY.values()) == set(Permission)


def test_a_station_office_reaches_its_station_and_no_other():
    assert WANG.may(Permission.VOLUME_BIND, 1)
    assert not WANG.may(Permission.VOLUME_BIND, 2)
    assert WANG.stations(Permission.VOLUME_BIND) == {1}


def test_a_company_office_reaches_every_station():
    assert CHEN.may(Permission.VOLUME_VERIFY, 99)
    assert CHEN.stations(Permission.VOLUME_VERIFY) is None
    assert not CHEN.may(Permission.VOLUME_BIND, 1)
    assert CHEN.stations(Permission.VOLUME_BIND) == frozenset()


def test_the_program_itself_holds_no_office():
    assert not any(SYSTEM.may(permission) for permission in Permission)


def test_no_role_may_take_both_sides_of_a_step():
    """One office never proposes and approves, issues and receives, binds and verifies."""
    apart = [
        (Permission.PLAN_PROPOSE, Permission.PLAN_APPROVE),
        (Permission.BOOK_REQUEST, Permission.BOOK_ISSUE),
        (Permission.BOOK_REQUEST, Permission.GATE_EXCEPT),
        (Permission.VOLUME_BIND, Permission.VOLUME_SIGN),
        (Permission.VOLUME_SIGN, Permission.VOLUME_SEAL),
        (Permission.VOLUME_BIND, Permission.VOLUME_SEAL),
        (Permission.VOLUME_SUBMIT, Permission.VOLUME_VERIFY),
        (Permission.BOOK_RECORD_USE, Permission.VOLUME_VERIFY),
        (Permission.PERSON_APPOINT, Permission.TRAIL_READ),
    ]
    for role, permissions in POLICY.items():
        for one, other in apart:
            assert not {one, other} <= permissions, role


def test_the_administrator_may_do_nothing_with_invoices():
    assert {str(permission).split(":")[0] for permission in POLICY[Role.ADMINISTRATOR]} == {
        "person",
        "settings",
    }


@pytest.mark.parametrize("earlier", [1, [1], (5, 1), {1, 2}])
def test_whoever_did_the_earlier_step_is_refused_the_later_one(earlier: object):
    with pytest.raises(SamePerson) as refused:
        forbid_same_person(WANG, "volume:seal", signer=None, binder=earlier)  # type: ignore[arg-type]
    assert refused.value.facts == {"step": "volume:seal", "other": "binder", "person": "wang"}


@pytest.mark.parametrize("earlier", [2, [], [2, 3], None, [None]])
def test_anybody_else_may_go_on(earlier: object):
    forbid_same_person(WANG, "volume:seal", binder=earlier)  # type: ignore[arg-type]


def test_the_program_is_nobody_and_clashes_with_nobody():
    forbid_same_person(SYSTEM, "volume:seal", binder=None, signer=[None])
