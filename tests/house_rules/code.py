"""The code as house rules look at it: files, their syntax trees, every class of error."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
KINDS = {"ArchiveError", "NotFound", "Refused", "Conflict", "Invalid", "Unavailable"}


@dataclass(frozen=True)
class Module:
    """A file of ours."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """``archive.custody.book``"""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts).removesuffix(".__init__")

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    def at(self, node: ast.AST) -> str:
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def calls(self, of: ast.AST | None = None) -> Iterator[tuple[str, ast.Call]]:
        """Every call with the dotted name of what is called (``tx.record``)."""
        for node in ast.walk(of or self.tree):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func), node


@cache
def modules(*packages: str) -> tuple[Module, ...]:
    """Every module of these packages (of the program, if none is named)."""
    found = []
    for package in packages or ("archive", "web"):
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text("utf-8")
            found.append(Module(path, text, ast.parse(text)))
    return tuple(found)


@dataclass(frozen=True)
class ErrorClass:
    """A concrete error; ``kinds`` are its ancestors, the nearest first."""

    name: str
    place: str
    docstring: str
    kinds: tuple[str, ...]


@cache
def errors() -> tuple[ErrorClass, ...]:
    """Every concrete error of the program, found without importing it."""
    classes = {
        node.name: (module, node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
    }

    def above(name: str) -> tuple[str, ...]:
        if name not in classes:
            return ()
        bases = [ast.unparse(base).split(".")[-1] for base in classes[name][1].bases]
        return tuple(kind for base in bases for kind in (base, *above(base)))

    found = [
        ErrorClass(name, f"{module.at(node)} {name}", ast.get_docstring(node) or "", above(name))
        for name, (module, node) in sorted(classes.items())
        if name not in KINDS and "ArchiveError" in above(name)
    ]
    parents = {kind for error in found for kind in error.kinds}
    return tuple(error for error in found if error.name not in parents)


@cache
def tracked() -> tuple[Path, ...]:
    """Files under version control; none where there is no history (an unpacked archive)."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return ()
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())
