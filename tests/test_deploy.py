"""The files for containers and for systemd name what is there, and nothing runs as root."""

import configparser
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli import COMMANDS
from bot.settings.table import TABLE

ROOT = Path(__file__).parents[1]
SETTINGS = {row.name for row in TABLE}
LINES = (ROOT / "Containerfile").read_text().replace("\\\n", " ").splitlines()


def instructions(name: str) -> list[str]:
    """What follows a word of the Containerfile, each time."""
    return [line.partition(" ")[2] for line in LINES if line.startswith(name + " ")]


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return found


def test_what_the_container_copies_is_there() -> None:
    for words in instructions("COPY"):
        if not words.startswith("--from"):
            for source in shlex.split(words)[:-1]:
                assert (ROOT / source).exists(), source


def test_the_container_does_not_run_as_root_and_says_how_it_is() -> None:
    assert instructions("USER") == ["10001"]
    place = [line.partition(" ")[0] for line in LINES]
    assert place.index("USER") < place.index("ENTRYPOINT")
    (health,) = instructions("HEALTHCHECK")
    assert "/health" in health


def test_no_secret_and_no_data_goes_into_the_container() -> None:
    ignored = (ROOT / ".containerignore").read_text().split()
    assert {".env", ".git", "data", ".venv"} <= set(ignored)


@pytest.mark.parametrize("name", ["migrate", "web", "worker"])
def test_compose_runs_commands_that_there_are_and_settings_that_are_known(name: str) -> None:
    service = compose()["services"][name]
    assert service["command"] == [name]
    assert name in COMMANDS
    assert set(service["environment"]) <= SETTINGS
    assert (ROOT / service["build"]["dockerfile"]).is_file()
    assert int(service["stop_grace_period"].removesuffix("s")) > 10


def test_nothing_runs_before_the_tables_are_there() -> None:
    services = compose()["services"]
    for name in ("web", "worker"):
        assert services[name]["depends_on"]["migrate"]["condition"].endswith("successfully")
    assert services["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_the_unit_runs_as_somebody_and_waits_for_a_good_end() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(ROOT / "deploy" / "palabre.service")
    service = unit["Service"]
    assert service["User"] == "palabre"
    assert service["ExecStart"].split()[1:] == ["serve"]
    assert int(service["TimeoutStopSec"]) > 10
    assert service["Restart"] == "always"


def test_commands_beside_the_unit_find_the_data_that_it_uses() -> None:
    text = (ROOT / "deploy" / "palabre.service").read_text()
    name, folder = re.findall(r"# +echo (\w+)=(\S+) >> \.env$", text, re.MULTILINE)[0]
    assert name in SETTINGS
    assert f"StateDirectory={folder.removeprefix('/var/lib/')}" in text.splitlines()
    assert not re.findall(r"^Environment=", text, re.MULTILINE)


def test_the_page_for_operators_names_commands_and_settings_that_there_are() -> None:
    page = (ROOT / "docs" / "operate.md").read_text()
    for command in re.findall(r"palabre ([a-z]+)", page):
        assert command in COMMANDS, command
    for name in re.findall(r"`([A-Z][A-Z_]+)(?:=[^`]*)?`", page):
        assert name in SETTINGS, name
    for file in re.findall(r"\]\((\.\./[^)]+|[a-z]+\.md)\)", page):
        assert (ROOT / "docs" / file).exists(), file
