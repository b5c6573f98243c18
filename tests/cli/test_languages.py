"""Whoever runs a command reads it in their language: help, errors, click's own words."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
COMMANDS = (
    ["--help"],
    ["phase", "--help"],
    ["phase", "open", "--help"],
    ["export", "--help"],
    ["translate", "--help"],
    ["serve", "--help"],
    ["phase", "open", "nowhere"],
    ["phase", "open"],
    ["phase", "clos"],
    ["nonsense"],
    ["chat", "nowhere"],
    ["chat", "--nonsense"],
    ["invite", "nowhere"],
    ["explain", "nobody"],
    ["export", "--format", "pdf"],
    ["doctor"],
)
# Help is said when a command's module is read, so each language has a process of its own.
EACH = """
import contextlib, io, json, sys
from bot.cli import main
said = []
for words in json.loads(sys.argv[1]):
    sys.argv = ["palabre", *words]
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        with contextlib.suppress(SystemExit):
            main()
    said.append(out.getvalue())
print(json.dumps(said))
"""


def said(folder: Path, language: str, *commands: list[str], **settings: str) -> list[str]:
    """Run commands in one language and return what each printed, spaces evened out."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = {
        **kept, "LANG": f"{language}.UTF-8", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **settings,
    }  # fmt: skip
    words = [sys.executable, "-c", EACH, json.dumps(commands)]
    done = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    return [" ".join(text.split()) for text in json.loads(done.stdout)]


def english_of(language: str) -> list[str]:
    """Return what the catalogue translates: the English between the fields, where long enough."""
    file = ROOT / "locales" / language / "LC_MESSAGES" / "palabre.po"
    with file.open("rb") as source:
        catalogue = read_po(source, locale=language)
    parts = (
        (" ".join(part.split()), str(message.string))
        for message in catalogue
        if isinstance(message.id, str) and message.id
        for part in re.split(r"\{[^{}]*\}", message.id)
    )
    return [part for part, told in parts if len(part) >= 8 and part not in " ".join(told.split())]


@pytest.mark.parametrize("language", ["fr", "es"])
def test_no_english_is_left_in_help_errors_and_the_doctor_s_findings(
    tmp_path: Path, language: str
) -> None:
    english = english_of(language)
    assert len(english) > 300
    for words, text in zip(COMMANDS, said(tmp_path, language, *COMMANDS), strict=True):
        assert text, words
        prose = re.sub(r"--[a-z-]+|`[^`]*`", "", text)  # names are the same in all languages
        found = [part for part in english if part in prose]
        assert found == [], (words, text)


def test_help_is_in_the_language_of_the_terminal(tmp_path: Path) -> None:
    """Also click's own words around ours."""
    first = {code: said(tmp_path, code, ["--help"])[0] for code in ("fr", "en", "es")}
    assert first["fr"].startswith("Usage : palabre [OPTIONS] COMMANDE")
    assert first["en"].startswith("Usage: palabre [OPTIONS] COMMAND")
    assert first["es"].startswith("Uso: palabre [OPCIONES] COMANDO")


@pytest.mark.parametrize(
    ("language", "start", "end"),
    [
        ("fr", "PORT : « eight » ne convient pas", "par exemple 8080."),
        ("en", "PORT: “eight” cannot be used", "such as 8080."),
        ("es", "PORT: «eight» no sirve", "por ejemplo 8080."),
    ],
)
def test_a_wrong_setting_is_told_in_the_language_of_the_command(
    tmp_path: Path, language: str, start: str, end: str
) -> None:
    (told,) = said(tmp_path, language, ["phase", "list"], PORT="eight")
    assert told.startswith(start)
    assert told.endswith(end)


def test_the_detail_after_an_error_s_sentence_does_not_bring_back_english(tmp_path: Path) -> None:
    url = "postgresql://localhost:1/x"
    (told,) = said(tmp_path, "es", ["phase", "list"], DATABASE_URL=url, SECRET_KEY="k" * 40)
    assert told.startswith("La base de datos no responde. ")
    assert told.endswith("(OperationalError)")


def test_the_language_may_stand_in_the_dot_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PALABRE_LANGUAGE=es\n", "utf-8")
    (told,) = said(tmp_path, "fr", ["--help"])
    assert told.startswith("Uso: ")
