"""What every end-to-end test can ask for by name."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.paper import Paper, draw
from tests.e2e.servers import Program


@pytest.fixture(scope="session")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Paper:
    """Ten stubs on four pages: one void, and one whose number is under a blot."""
    folder = tmp_path_factory.mktemp("paper")
    return draw(folder, voids=("04210053",), spoilt=("04210058",))


@pytest.fixture
def new_program(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Makes installations with nobody in them, not started yet; nothing outlives the test."""
    made: list[Program] = []

    def new(**settings: Any) -> Program:
        made.append(Program(tmp_path / f"installation-{len(made) + 1}", **settings))
        return made[-1]

    yield new
    for program in made:
        program.close()


@pytest.fixture
def program(new_program: Callable[..., Program]) -> Program:
    """An installation with nobody in it, not started yet."""
    return new_program(lease_seconds=5)
