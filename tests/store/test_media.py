"""The bytes of recordings: sealed, kept once, deleted when nobody needs them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people import AT, add_participant, add_recording
from sqlalchemy import Connection, delete, event, insert, select

from bot.store.database import Database
from bot.store.media import (
    DatabaseMedia,
    FileMedia,
    MediaGone,
    MediaStore,
    open_media,
    references,
    release,
)
from bot.store.recordings import Found, claim, finish
from bot.store.seal import CannotOpen, Seal
from bot.store.tables import known_files, media

NOTE = b"OggS" + b"what she said about water" * 100


@pytest.fixture(params=["file", "db"])
def store(
    request: pytest.FixtureRequest, database: Database, seal: Seal, tmp_path: Path
) -> MediaStore:
    """Each of the places where bytes can lie."""
    return open_media(f"{request.param}:", database=database, seal=seal, folder=tmp_path / "media")


def test_bytes_come_back_as_they_were(store: MediaStore) -> None:
    assert store.get(store.put(NOTE)) == NOTE
    assert store.get(store.put(b"")) == b""


def test_the_same_note_twice_is_kept_once(store: MediaStore) -> None:
    assert store.put(NOTE) == store.put(NOTE) == store.key(NOTE)


def test_bytes_that_are_gone_are_named_so(store: MediaStore) -> None:
    with pytest.raises(MediaGone, match="MEDIA_URL"):
        store.get("0" * 64)


def test_what_lies_in_the_folder_tells_nothing(seal: Seal, tmp_path: Path) -> None:
    FileMedia(tmp_path, seal).put(NOTE)
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert b"water" not in file.read_bytes()
    assert b"OggS" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


def test_another_key_neither_opens_a_file_nor_names_it_the_same(seal: Seal, tmp_path: Path) -> None:
    key = FileMedia(tmp_path, seal).put(NOTE)
    other = FileMedia(tmp_path, Seal(["another secret, long enough to be one too"]))
    assert other.key(NOTE) != key
    with pytest.raises(CannotOpen):
        other.get(key)


def test_bytes_lie_in_files_beside_sqlite_and_in_the_database_elsewhere(
    database: Database, seal: Seal, tmp_path: Path
) -> None:
    found = open_media("", database=database, seal=seal, folder=tmp_path)
    assert isinstance(found, FileMedia if database.embedded else DatabaseMedia)


def kept(connection: Connection, seal: Seal, store: MediaStore, key: str) -> str:
    """A recording whose bytes lie under a key."""
    media_id = add_recording(connection, seal, add_participant(connection))
    claim(connection, media_id, original=key)
    finish(connection, media_id, Found("kept", key), AT)
    return media_id


def test_a_note_of_two_people_stays_until_both_are_gone(
    store: MediaStore, database: Database, seal: Seal
) -> None:
    key = store.put(NOTE)
    rows = [database.write_now(kept, seal, store, key) for _ in range(2)]
    assert database.read_now(references, key) == 2
    for row, left in zip(rows, (True, False), strict=True):
        database.write_now(lambda c, row=row: c.execute(delete(media).where(media.c.id == row)))
        database.write_now(release, store, [key])
        assert is_there(store, key) is left


def test_what_a_provider_held_of_it_is_not_sent_again(
    store: MediaStore, database: Database
) -> None:
    key = store.put(NOTE)
    row = {"account": "42", "sha256": key, "kind": "audio", "file_id": "F1"}
    database.write_now(lambda c: c.execute(insert(known_files), row))
    database.write_now(release, store, [key])
    assert database.read_now(lambda c: list(c.execute(select(known_files)))) == []


def is_there(store: MediaStore, key: str) -> bool:
    try:
        return bool(store.get(key))
    except MediaGone:
        return False


@pytest.fixture(scope="module")
def one_file(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One SQLite database for many examples."""
    file = tmp_path_factory.mktemp("examples") / "palabre.sqlite"
    file.write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{file}")
    yield database
    database.close()


@settings(max_examples=25)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2)), max_size=15))
def test_bytes_are_there_exactly_as_long_as_a_row_names_them(
    one_file: Database, seal: Seal, tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[bool, int]],
) -> None:  # fmt: skip
    store = FileMedia(tmp_path_factory.mktemp("media"), seal)
    rows: dict[int, list[str]] = {0: [], 1: [], 2: []}
    for comes, which in steps:
        note = bytes([which]) * 10
        if comes:
            rows[which].append(one_file.write_now(kept, seal, store, store.put(note)))
        elif rows[which]:
            gone = delete(media).where(media.c.id == rows[which].pop())
            one_file.write_now(lambda c, gone=gone: c.execute(gone))
            one_file.write_now(release, store, [store.key(note)])
        assert [is_there(store, store.key(bytes([n]) * 10)) for n in rows] == [
            bool(rows[n]) for n in rows
        ]
    one_file.write_now(lambda c: c.execute(delete(media)))


def test_who_still_needs_a_key_is_found_without_looking_at_all_recordings(new_sqlite: str) -> None:
    database, asked = Database(new_sqlite), []
    event.listen(database.engine, "before_cursor_execute",
                 lambda *given: asked.append((given[2], given[3])))  # fmt: skip
    database.write_now(references, "0" * 64)
    with database.engine.connect() as connection:
        plans = [
            str(step)
            for sql, values in asked
            if sql.startswith("SELECT")
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        ]
    database.close()
    assert any("media" in step for step in plans)
    assert not [step for step in plans if "SCAN media" in step]
