"""A terminal of an installation with nothing in it."""

from pathlib import Path

import pytest

from tests.integration.cli.terminal import Terminal


@pytest.fixture
def archive(tmp_path: Path) -> Terminal:
    """Types ``archive …`` and tells how it ended."""
    return Terminal(tmp_path / "data")
