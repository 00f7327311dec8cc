"""The station with a file plan, on each database."""

import pytest

from tests.builders import Station
from tests.holdings import with_file_plan


@pytest.fixture
def station(station: Station) -> Station:
    return with_file_plan(station)
