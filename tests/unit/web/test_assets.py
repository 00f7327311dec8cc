import asyncio
import gzip
import json
import re

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from web import assets
from web.static_files import BuiltFiles


@pytest.fixture
def tree(tmp_path):
    """A small project: a lock file, our sources, and libraries as npm would install them."""
    packages = {"": {}}
    for path in assets.LIBRARIES.values():
        file = tmp_path / "node_modules" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"// {path}")
        place = f"node_modules/{path.split('/')[0]}"
        packages[place] = {"version": "1.0.0"}
        (tmp_path / place / "package.json").write_text('{"version": "1.0.0"}')
    packages["node_modules/axe-core"] = {"version": "1.0.0", "dev": True}
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": packages}))
    sources = tmp_path / "src"
    sources.mkdir()
    for names in assets.OURS.values():
        for name in names:
            (sources / name).write_text(f"/* {name} */")
    return tmp_path


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def install(*_, **__):
        pytest.fail("the libraries are there; nothing is to be installed")

    monkeypatch.setattr(assets, "install", install)


def build(tree):
    done = assets.build(root=tree, sources=tree / "src", built=tree / "built")
    return done, json.loads((tree / "built" / "manifest.json").read_text())["files"]


def test_assets_are_built_once_and_then_left_alone(tree):
    assert build(tree)[0] is True
    assert build(tree)[0] is False


def test_another_content_has_another_name_and_the_rest_keeps_its_own(tree):
    before = build(tree)[1]
    (tree / "src" / "grid.css").write_text("/* other */")
    done, after = build(tree)
    assert done
    assert after["app.css"] != before["app.css"]
    assert {name: after[name] for name in after if name != "app.css"} == {
        name: before[name] for name in before if name != "app.css"
    }


def test_a_running_server_keeps_its_generation_while_the_next_is_built(tree):
    generations = []
    for text in ("a", "b", "c"):
        (tree / "src" / "grid.css").write_text(text)
        generations.append(build(tree)[1]["app.css"])
    present = {path.name for path in (tree / "built").iterdir()}
    assert generations[0] not in present
    assert {generations[1], generations[2]} <= present


def test_a_file_gone_missing_is_built_again(tree):
    files = build(tree)[1]
    (tree / "built" / files["htmx.js"]).unlink()
    assert build(tree)[0] is True
    assert (tree / "built" / files["htmx.js"]).is_file()


def test_a_spoilt_manifest_is_no_obstacle(tree):
    build(tree)
    (tree / "built" / "manifest.json").write_text('{"files"')
    assert build(tree)[0] is True


def test_each_file_has_its_compressed_twin(tree):
    for name in build(tree)[1].values():
        plain = (tree / "built" / name).read_bytes()
        assert gzip.decompress((tree / "built" / f"{name}.gz").read_bytes()) == plain


def test_libraries_of_another_version_than_the_lock_file_says_are_not_taken_for_installed(tree):
    assert assets.is_installed(tree)
    assert not assets.is_installed(tree, with_test_tools=True)
    (tree / "node_modules" / "htmx.org" / "package.json").write_text('{"version": "0.9"}')
    assert not assets.is_installed(tree)


def test_pages_asking_before_the_build_are_told_what_to_run(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "BUILT", tmp_path)
    assets.manifest.cache_clear()
    with pytest.raises(assets.AssetsNotBuilt, match=r"web\.assets"):
        assets.asset("app.css")
    assets.manifest.cache_clear()


def test_the_lock_file_holds_no_registry_address():
    text = (assets.ROOT / "package-lock.json").read_text("utf-8")
    assert "resolved" not in text
    assert re.findall(r"https?://(?!opencollective|github)[^\"]*", text) == []


@pytest.fixture
def served(tree):
    """The built files, and a way to ask for one."""

    def get(path, headers=None):
        async def ask():
            transport = httpx.ASGITransport(
                Starlette(routes=[Mount("/static", BuiltFiles(tree / "built"))])
            )
            async with httpx.AsyncClient(
                transport=transport, base_url="http://station/static"
            ) as client:
                return await client.get(path, headers=headers)

        return asyncio.run(ask())

    return build(tree)[1], get


def test_a_built_file_is_sent_compressed_and_may_be_kept_for_good(served):
    files, get = served
    answer = get(f"/{files['app.css']}", headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert "grid.css" in answer.text


def test_a_reader_without_gzip_gets_the_plain_file(served):
    files, get = served
    answer = get(f"/{files['app.js']}", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert "page.js" in answer.text


@pytest.mark.parametrize("path", ["/manifest.json", "/nothing.css", "/../package-lock.json"])
def test_nothing_else_is_served(served, path):
    _, get = served
    assert get(path).status_code == 404
