"""What a start must not wait for: libraries are loaded where they are used."""

import subprocess
import sys

import pytest

from archive.cli.app import COMMANDS, loaded

SLOW = {
    "alembic",
    "cv2",
    "fontTools",
    "huey",
    "minio",
    "numpy",
    "onnxruntime",
    "openpyxl",
    "psycopg",
    "pypdf",
    "pypdfium2",
    "rapidocr",
    "tantivy",
    "whoosh",
    "xlsxwriter",
}
"""Half a second and more together; a start on SQLite and a folder needs none of them."""


@pytest.mark.parametrize(
    ("module", "unneeded"),
    [
        ("archive.cli", SLOW | {"fastapi", "sqlalchemy", "uvicorn", "web"}),
        ("archive.cli.serving", SLOW | {"archive.worker", "web"}),
        ("archive.cli.demo", SLOW | {"archive.demo.station", "web"}),
        ("web.app", SLOW | {"archive.demo", "archive.worker", "web.api"}),
    ],
)
def test_a_start_loads_nothing_it_can_do_without(module, unneeded):
    asked = "import importlib, sys; importlib.import_module(sys.argv[1]); print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", asked, module], capture_output=True, text=True, check=True
    )
    assert unneeded & set(told.stdout.split()) == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_with_its_help(name):
    assert loaded(name).help == COMMANDS[name][1]
