"""The expected contents of a dossier."""

import pytest

from archive.customers.contents import completeness, contents, place_in_dossier
from archive.customers.customer import CustomerType
from archive.holdings.default_plan import default_plan


def test_every_kind_of_the_contents_stands_in_the_default_file_plan():
    known = {kind.code: kind for kind in default_plan().kinds}
    assert [line.kind for line in contents() if line.kind not in known] == []
    assert [line.kind for line in contents() if known[line.kind].personal == "sensitive"] == []


@pytest.mark.parametrize("of", list(CustomerType))
def test_an_empty_dossier_lacks_application_and_contract(of: CustomerType):
    standing = completeness(of, [])
    assert standing.lacks[:2] == ("supply-application", "supply-contract")
    assert not standing.complete


def test_a_household_is_complete_without_its_meter_test_which_is_still_wanted():
    standing = completeness(CustomerType.RESIDENT, ["supply-contract", "supply-application"])
    assert standing.complete
    assert standing.wanted == ("meter-test",)


def test_a_business_also_needs_its_acceptance_and_its_meter_test():
    standing = completeness(CustomerType.BUSINESS, ["supply-contract", "supply-application"])
    assert standing.lacks == ("installation-acceptance", "meter-test")


def test_the_dossier_begins_with_the_application_and_ends_with_what_the_table_does_not_know():
    order = sorted(["complaint", "meter-test", "supply-application"], key=place_in_dossier)
    assert order == ["supply-application", "meter-test", "complaint"]
