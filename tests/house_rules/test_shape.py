"""Names and sizes; nothing of one machine in what is shared."""

import re
from pathlib import Path

import pytest

from archive.settings import Settings
from archive.workflow import Workflow
from tests.house_rules.code import ROOT, Module, errors, modules, tracked

VAGUE = re.compile(r"(^|_)(utils?|helpers?|commons?|managers?|services?|misc)($|_)", re.IGNORECASE)
LONGEST_FUNCTION = 50
LONGEST_MODULE = 400

LONG_FOR_A_REASON = {
    "archive/migrations/versions": "written by a machine, never changed",
    "archive/demo/drawing/forms_held_out.py": "a printed form, drawn from top to bottom",
    "archive/demo/drawing/forms_development.py": "a printed form, drawn from top to bottom",
}


def excused(module: Module) -> bool:
    place = str(module.path.relative_to(ROOT))
    return any(place.startswith(start) for start in LONG_FOR_A_REASON)


def test_no_module_or_class_has_a_name_that_says_nothing():
    vague = [module.name for module in modules() if VAGUE.search(module.name.split(".")[-1])]
    for module in modules():
        vague += [
            f"{module.at(node)} {node.name}"
            for node in module.tree.body
            if hasattr(node, "name") and type(node).__name__ == "ClassDef"
            if re.search(r"(Utils?|Helpers?|Common|Manager|Service|Repository)$", node.name)
        ]
    assert vague == []


def test_no_function_is_longer_than_fifty_lines():
    long = [
        f"{module.at(node)} {node.name}: {(node.end_lineno or 0) - node.lineno + 1} lines"
        for module in modules()
        if not excused(module)
        for node in module.functions()
        if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_module_is_longer_than_four_hundred_lines():
    long = {
        str(module.path.relative_to(ROOT))
        for module in modules()
        if not excused(module) and module.lines > LONGEST_MODULE
    }
    assert long == set()


def test_errors_are_named_as_a_person_would_say_them():
    assert [error.place for error in errors() if error.name.endswith("Error")] == []


def test_every_error_says_when_it_is_raised():
    assert [error.place for error in errors() if not error.docstring] == []


def test_every_noun_with_a_workflow_notices_who_changed_it_meanwhile():
    from archive import models
    from archive.db import Base

    subjects = {
        workflow.subject
        for name in models.__all__
        for workflow in vars(getattr(models, name)).values()
        if isinstance(workflow, Workflow)
    }
    nouns = [mapper.class_ for mapper in Base.registry.mappers if "state" in mapper.columns]
    assert len(nouns) > len(subjects)
    assert [noun.__name__ for noun in nouns if noun.__mapper__.version_id_col is None] == []


README = ROOT / "README.md"


@pytest.mark.skipif(not README.exists(), reason="README.md is not written yet")
@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_setting_stands_in_the_readme(readme: str):
    text = (ROOT / readme).read_text("utf-8")
    names = {
        str(field.validation_alias or f"ARCHIVE_{setting.upper()}")
        for setting, field in Settings.model_fields.items()
    }
    assert {name for name in names if f"`{name}`" not in text} == set()


SCHEME = "https" + "://"
REGISTRIES = re.compile(
    SCHEME.replace("s:", "s?:")
    + r"[\w.-]*(pypi|pythonhosted|npmjs|npmmirror|yarnpkg|proxy\.golang|jsdelivr|unpkg|cdnjs)"
)


def shared_text() -> list[tuple[Path, str]]:
    found = []
    for path in tracked():
        try:
            found.append((path, path.read_text("utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def test_no_file_names_a_package_registry_or_a_place_on_one_machine():
    texts = shared_text()
    if not texts:
        pytest.skip("not under version control here")
    checkout = str(ROOT) + "/"
    homes = re.compile("/(home|Users)/" + r"[a-z][\w.-]*/|/root/" + r"\w")
    wrong = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path, text in texts
        for found in [REGISTRIES.search(text) or homes.search(text)]
        if found
    ]
    wrong += [str(path.relative_to(ROOT)) for path, text in texts if checkout in text]
    assert wrong == []


def test_lock_files_hold_hashes_and_no_addresses():
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text("utf-8")
        pinned = re.findall(r"^[\w.-]+(\[[\w,-]+\])?==\S+", text, re.MULTILINE)
        assert len(pinned) > 20
        assert "--hash=sha256:" in text
        assert SCHEME[:-1] not in text
    npm = (ROOT / "package-lock.json").read_text("utf-8")
    assert '"integrity"' in npm
    assert '"resolved"' not in npm
