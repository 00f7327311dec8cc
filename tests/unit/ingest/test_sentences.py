import importlib
import pkgutil

import pytest

import archive.ingest
from archive.errors import ArchiveError
from archive.messages import fields, sentences


def _is_declared_in(module, value):
    return (
        isinstance(value, type)
        and issubclass(value, ArchiveError)
        and value.__module__ == module.__name__
    )


MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.iter_modules(archive.ingest.__path__, "archive.ingest.")
]
ERRORS = [
    value for module in MODULES for value in vars(module).values() if _is_declared_in(module, value)
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_everything_that_can_go_wrong_is_said_in_both_languages_with_the_same_facts(error):
    chinese, english = (sentences(lang)[f"error.{error.__name__}"] for lang in ("zh", "en"))
    assert fields(chinese) == fields(english)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_sentence_is_left_over(language):
    said = importlib.resources.files("archive.messages") / language / "ingest.toml"
    kept = {line.split(" = ")[0] for line in said.read_text("utf-8").splitlines() if " = " in line}
    assert kept == {error.__name__ for error in ERRORS}
