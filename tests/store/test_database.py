"""One way to the database: transactions, and failures under their names."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from people import AT
from sqlalchemy import Connection, insert, select, text

from bot.store import tables
from bot.store.database import Database, DatabaseAway, DatabaseRefuses

PHASE = {"code": "trends", "state": "open", "changed_at": AT}


def twice(connection: Connection) -> None:
    """Write what the database refuses."""
    for _ in range(2):
        connection.execute(insert(tables.phases), PHASE)


async def test_a_transaction_is_written_whole_or_not_at_all(database: Database) -> None:
    with pytest.raises(DatabaseRefuses):
        await database.write(twice)
    assert await database.read(lambda c: c.execute(select(tables.phases)).all()) == []


async def test_what_is_refused_is_named_without_a_word_of_it(database: Database) -> None:
    row = PHASE | {"code": "our well is dry"}

    def said_twice(connection: Connection) -> None:
        connection.execute(insert(tables.phases), row)
        connection.execute(insert(tables.phases), row)

    with pytest.raises(DatabaseRefuses) as refused:
        await database.write(said_twice)
    cause = refused.value.__cause__
    assert "well is dry" not in str(refused.value)
    if database.embedded:  # PostgreSQL names the key that stands twice: never a word of a person
        assert "well is dry" not in str(cause)
    assert "parameters hidden" in str(cause)


async def test_who_waits_is_woken_after_the_commit(database: Database) -> None:
    bell = database.bell("inbox")
    await database.write(lambda c: c.execute(insert(tables.phases), PHASE) and None)
    assert not bell.is_set()
    await database.write(lambda _: None, wakes=("inbox",))
    assert bell.is_set()


async def test_what_was_written_may_tell_who_is_woken(database: Database) -> None:
    inbox, outbox = database.bell("inbox"), database.bell("outbox")
    written = await database.write(lambda _: ["outbox"], wakes=lambda result: result)
    assert written == ["outbox"]
    assert outbox.is_set()
    assert not inbox.is_set()


def test_a_bell_rings_for_a_part_of_its_work_too() -> None:
    database = Database("sqlite:///:memory:")
    part, other = database.bell("outbox sms"), database.bell("outboxes")
    database.ring("outbox")
    assert part.is_set()
    assert not other.is_set()
    database.close()


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://nobody@127.0.0.1:1/nowhere", "sqlite:////proc/nowhere/x.sqlite"]
)
async def test_a_database_that_cannot_be_reached_is_away(url: str) -> None:
    database = Database(url)
    with pytest.raises(DatabaseAway, match="DATABASE_URL"):
        await database.read(lambda c: c.execute(text("SELECT 1")))
    database.close()


async def test_a_writer_waits_for_another_process_s_writer(new_sqlite: str) -> None:
    database = Database(new_sqlite)
    other = sqlite3.connect(new_sqlite.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(
        database.write(lambda c: c.execute(insert(tables.phases), PHASE) and None)
    )
    await asyncio.sleep(0.1)
    assert not writing.done()
    assert await database.read(lambda c: c.execute(select(tables.phases)).all()) == []
    other.execute("COMMIT")
    await writing
    other.close()
    database.close()


async def test_sqlite_is_opened_so_that_a_power_cut_loses_nothing_and_no_trace_stays(
    new_sqlite: str,
) -> None:
    database = Database(new_sqlite)

    def pragmas(connection: Connection) -> dict[str, Any]:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}

    found = await database.read(pragmas)
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    database.close()


async def test_closed_it_leaves_no_log_beside_the_file(new_sqlite: str) -> None:
    database = Database(new_sqlite)
    await database.write(lambda c: c.execute(insert(tables.phases), PHASE) and None)
    database.close()
    log = Path(new_sqlite.removeprefix("sqlite:///") + "-wal")
    assert not log.exists() or log.stat().st_size == 0


def test_only_what_another_process_wrote_is_news_to_a_running_house(new_sqlite: str) -> None:
    here, there = Database(new_sqlite), Database(new_sqlite)
    before = here._changes_elsewhere()
    here.write_now(lambda c: c.execute(insert(tables.phases), PHASE) and None)
    assert here._changes_elsewhere() == before
    there.write_now(lambda c: c.execute(tables.phases.delete()) and None)
    assert here._changes_elsewhere() != before
    here.close()
    there.close()


async def test_a_command_beside_a_running_house_is_noticed(new_sqlite: str) -> None:
    here, there = Database(new_sqlite), Database(new_sqlite)
    heard = asyncio.create_task(anext(aiter(here.listen())))
    await asyncio.sleep(0.2)
    await there.write(lambda c: c.execute(insert(tables.phases), PHASE) and None)
    async with asyncio.timeout(5):
        assert "outbox" in await heard
    here.close()
    there.close()
