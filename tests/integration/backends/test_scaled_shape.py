"""docker-compose.yml and Dockerfile, as far as they can be tried without a container engine."""

import re
import tomllib
from pathlib import Path

import pytest
import typer
import yaml
from sqlalchemy import make_url

from archive.cli.app import app
from archive.settings import Settings
from archive.storage.s3 import S3Objects

ROOT = Path(__file__).parents[3]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("web", "worker", "migrate")
LASTING = [name for name in SERVICES if name != "migrate"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def substituted(text):
    """The text as compose would see it, with a made-up secret wherever one must be given."""

    def value(match):
        _, operator, default = match.groups()
        return default if operator == "-" else "madeUpSecret1"

    return VARIABLE.sub(value, text)


def instructions(name):
    joined = DOCKERFILE.replace("\\\n", " ")
    return [line.split(None, 1)[1] for line in joined.splitlines() if line.startswith(name + " ")]


@pytest.fixture(params=OURS)
def settings_of(request):
    return SERVICES[request.param]["environment"]


def test_every_setting_given_is_one_the_program_knows(settings_of):
    known = {f"ARCHIVE_{name}".upper() for name in Settings.model_fields}
    assert set(settings_of) <= known


def test_the_settings_given_are_understood(settings_of, monkeypatch):
    for name, value in settings_of.items():
        monkeypatch.setenv(name, substituted(value))
    settings = Settings(_env_file=None)
    assert make_url(settings.effective_database_url).host == "database"
    assert make_url(settings.queue_url).database == "queue"
    assert S3Objects.at(settings.effective_objects)


def test_no_secret_stands_in_the_file_and_none_has_a_default():
    text = (ROOT / "docker-compose.yml").read_text()
    named = VARIABLE.findall(text)
    secrets = [
        (name, operator) for name, operator, _ in named if re.search("PASSWORD|SECRET", name)
    ]
    assert len(secrets) >= 4
    assert all(operator == "?" for _, operator in secrets)
    values = [
        value
        for service in SERVICES.values()
        for name, value in service.get("environment", {}).items()
        if re.search("PASSWORD|SECRET|_URL|OBJECTS", name)
    ]
    assert all(VARIABLE.search(value) for value in values)


@pytest.mark.parametrize("name", OURS)
def test_the_commands_of_the_image_are_commands_of_the_program(name):
    commands = typer.main.get_command(app).commands
    assert set(SERVICES[name]["command"]) <= set(commands)


@pytest.mark.parametrize("name", LASTING)
def test_whatever_lasts_is_watched_and_started_again(name):
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    kind, *words = service["healthcheck"]["test"]
    assert kind == "CMD"
    if words[0] == "python":
        compile(words[2], "healthcheck", "exec")


@pytest.mark.parametrize("name", SERVICES)
def test_volumes_networks_and_whatever_is_waited_for_exist(name):
    service = SERVICES[name]
    assert {mount.split(":")[0] for mount in service["volumes"]} <= set(COMPOSE["volumes"])
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    for other, wait in service.get("depends_on", {}).items():
        healthy = wait["condition"] == "service_healthy"
        assert ("healthcheck" in SERVICES[other]) or not healthy


def test_only_the_pages_can_be_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name in ("database", "objects", "worker", "migrate"):
        assert SERVICES[name]["networks"] == ["inside"]


@pytest.mark.parametrize("name", ["database", "objects"])
def test_images_of_others_are_pinned(name):
    tag = SERVICES[name]["image"].partition(":")[2]
    assert re.search(r"\d", tag)


def test_the_image_is_made_of_files_that_are_there_and_let_through():
    let_through = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    }
    copied = [
        source
        for copy in instructions("COPY")
        if not copy.startswith("--from")
        for source in copy.split()[:-1]
    ]
    assert set(copied) == let_through
    assert [source for source in copied if not (ROOT / source).exists()] == []


def test_the_image_runs_the_program_as_nobody_special():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert instructions("USER") == ["archive"]
    assert instructions("ENTRYPOINT") == ['["archive"]']
    assert "archive" in project["scripts"]
    final = DOCKERFILE[DOCKERFILE.rindex("\nFROM") :]
    assert final.index("useradd") < final.index("USER archive")
