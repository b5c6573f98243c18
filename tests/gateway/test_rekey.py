"""A new key closes everything that is sealed; stopped half-way it goes on, and nothing is lost."""

from pathlib import Path

import pytest
from gateway.conftest import MakeHome
from gateway.houses import QUESTIONS, Home, Texts
from gateway.test_importing import WELCOME
from sqlalchemy import LargeBinary, select

from bot.store import rekey
from bot.store.database import Database
from bot.store.media import Turnable, open_media
from bot.store.rekey import SEALED, turn_all
from bot.store.seal import CannotOpen, Seal
from bot.store.tables import metadata

OLD, NEW = "o" * 40, "n" * 40
HASHES = {"address_index", "code_index"}
OPEN = {("revisions", "bundle"), ("conversations", "state")}


def quiet(_what: str, _count: int) -> None:
    """Hear nothing."""


async def lived(make_home: MakeHome, database: Database, folder: Path, *keys: str) -> Home:
    """A house with these keys, in which somebody talks."""
    seal = Seal(keys)
    store = open_media("", database=database, seal=seal, folder=folder / "media")
    texts = Texts(welcome=WELCOME, reactions=QUESTIONS)
    return Home(database, seal, store, texts)


def heads(database: Database) -> set[int]:
    """The numbers of the keys with which anything is closed."""
    found: set[int] = set()
    for name, column in SEALED:
        one = metadata.tables[name].c[column]
        values = database.read_now(lambda c, one=one: list(c.scalars(select(one))))
        found |= {value[0] for value in values if value}
    return found


async def test_everything_is_turned_and_the_talk_goes_on(
    make_home: MakeHome, database: Database, tmp_path: Path
) -> None:
    home = await lived(make_home, database, tmp_path, OLD)
    ama = home.person()
    await ama.says("hello", "yes", "yes")
    key = home.house.media.put(b"a note")
    assert heads(database) == {1}
    store = home.house.media
    files = store if isinstance(store, Turnable) else None
    found = turn_all(database, Seal([OLD, NEW]), files, quiet)
    assert (heads(database), found.lost) == ({2}, 0)
    again = await lived(make_home, database, tmp_path, OLD, NEW)
    assert again.house.media.get(key) == b"a note"
    again.moment, ama.home = home.moment, again
    assert "What is best?" in await ama.says("Water")
    with pytest.raises(CannotOpen):
        Seal([OLD]).open(
            b"participants", (await again.rows(metadata.tables["participants"]))[0].state
        )


async def test_stopped_half_way_it_goes_on_the_next_time(
    make_home: MakeHome, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = await lived(make_home, database, tmp_path, OLD)
    for _ in range(3):
        await home.person().says("hello", "yes")
    monkeypatch.setattr(rekey, "CHUNK", 2)

    def stops(what: str, _count: int) -> None:
        if what == "addresses":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        turn_all(database, Seal([OLD, NEW]), None, stops)
    assert heads(database) == {1, 2}
    turn_all(database, Seal([OLD, NEW]), None, quiet)
    assert heads(database) == {2}
    assert turn_all(database, Seal([OLD, NEW]), None, quiet).turned == 0


async def test_what_opens_with_no_key_is_counted_and_left(
    make_home: MakeHome, database: Database, tmp_path: Path
) -> None:
    home = await lived(make_home, database, tmp_path, OLD)
    await home.person().says("hello")
    found = turn_all(database, Seal(["x" * 40, NEW]), None, quiet)
    assert (found.turned, heads(database)) == (0, {1})
    assert found.lost > 0


def test_every_sealed_column_is_turned() -> None:
    columns = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and column.name not in HASHES
    }
    assert columns - OPEN == set(SEALED)
