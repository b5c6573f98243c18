"""Files that change on disk are read again while a house runs; faulty ones change nothing."""

import logging
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from gateway.houses import Home
from sqlalchemy import func, select

from bot.gateway.library import Library
from bot.gateway.programme import Programmes
from bot.gateway.rereading import LOOK_MS, reread
from bot.store import tables

ROOT = Path(__file__).parents[2]
HEAD = "contribution,participant,step,item,section,fr,en,es\n"


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    """A copy of the flows that ship."""
    return Path(shutil.copytree(ROOT / "flows", tmp_path / "flows"))


def moved_in(home: Home, flows: Path) -> Library:
    """Let a house hold the consultation of this folder; return what it reads from."""
    library = Library(flows, "ess", ROOT / "locales")
    home.house = replace(home.house, library=library, programmes=Programmes(library))
    return library


async def test_the_drafters_table_is_taken_up_while_people_talk(home: Home, flows: Path) -> None:
    library = moved_in(home, flows)
    (flows / "ess/documents/answers.csv").write_text(HEAD + "c1,,,,,Oui.,Yes.,Sí.\n", "utf-8")
    assert await reread(home.house) == home.moment + LOOK_MS
    assert [one.contribution for one in library.outcomes] == ["c1"]


async def test_a_new_revision_is_kept_for_talks_that_begin_with_it(home: Home, flows: Path) -> None:
    library = moved_in(home, flows)
    path = flows / "ess/draft.yaml"
    path.write_text(path.read_text("utf-8").replace(
        "minutes: 2", "minutes: 3"), "utf-8")  # fmt: skip
    await reread(home.house)
    kept = select(func.count()).where(tables.revisions.c.hash == library.current["draft"])
    assert await home.database.read(lambda c: c.scalar(kept)) == 1


async def test_a_faulty_file_is_named_once_and_what_was_read_before_stays(
    home: Home, flows: Path, caplog: pytest.LogCaptureFixture
) -> None:
    library = moved_in(home, flows)
    before = library.current
    (flows / "ess/documents/answers.csv").write_text(HEAD + ",,,,,Oui.,Yes.,Sí.\n", "utf-8")
    with caplog.at_level(logging.ERROR):
        for _ in range(2):
            assert await reread(home.house) == home.moment + LOOK_MS
    assert len(caplog.records) == 1
    assert "answers.csv:2: this line does not say to which answer it belongs" in caplog.text
    assert library.current == before
