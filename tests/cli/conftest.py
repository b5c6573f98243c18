"""Commands as they are typed, run in this process: what they print, and their exit status."""

import io
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli import main
from bot.language import current


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def replies(self) -> list[str]:
        """What was printed, cut at empty lines: the messages of a chat."""
        return [part for part in self.out.split("\n\n") if part.strip()]


Run = Callable[..., Ended]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Return what runs `palabre WORDS`, in an empty folder and with nothing set."""
    for name in list(os.environ):
        if name.startswith(("PALABRE_", "TELEGRAM_", "TWILIO_", "LC_")) or name in (
            "DATABASE_URL", "PORT", "HOST", "PUBLIC_URL", "SECRET_KEY", "MEDIA_URL",
        ):  # fmt: skip
            monkeypatch.delenv(name)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.chdir(tmp_path)
    token = current.set("en")

    def run(*words: str, said: str = "", **settings: str) -> Ended:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["palabre", *words])
        monkeypatch.setattr(sys, "stdin", io.StringIO(said))
        capsys.readouterr()
        try:
            main()
            status = 0
        except SystemExit as ended:
            status = int(ended.code or 0)
        printed = capsys.readouterr()
        for name in settings:
            monkeypatch.delenv(name)
        return Ended(status, printed.out, printed.err)

    yield run
    current.reset(token)
