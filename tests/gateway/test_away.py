"""The database goes away while people write, and comes back."""

import asyncio
import time
from pathlib import Path

import pytest
from gateway.houses import QUESTIONS, Home, Texts
from gateway.test_leases_and_work import until, worker_of
from sqlalchemy import create_engine, make_url, text

from bot.store.database import Database, DatabaseAway
from bot.store.media import open_media
from bot.store.seal import Seal


def let_in(postgres: str, name: str, *, allowed: bool) -> None:
    """Let nobody into a database, and throw out who is in it; or let them in again."""
    engine = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}"))
        if not allowed:
            connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                    f" WHERE datname = '{name}'"))  # fmt: skip
    engine.dispose()


async def test_writers_hear_it_at_once_and_all_goes_on_when_it_is_back(
    postgres: str, new_postgres: str, seal: Seal, tmp_path: Path
) -> None:
    name = str(make_url(new_postgres).database)
    database = Database(new_postgres)
    store = open_media("", database=database, seal=seal, folder=tmp_path)
    home = Home(database, seal, store, Texts(test=QUESTIONS))
    work = worker_of(home)
    await work.start()
    ama, ben = home.person(), home.person()
    await work.receiver.take([(ama.message("hello"), b"")])

    async def answered() -> bool:
        return len(home.post.said) == 1

    await until(answered)
    let_in(postgres, name, allowed=False)
    begun = time.monotonic()
    with pytest.raises(DatabaseAway):
        await work.receiver.take([(ama.message("yes"), b"")])
    for _ in range(50):
        with pytest.raises(DatabaseAway):
            await work.receiver.take([(ben.message("hello"), b"")])
    assert time.monotonic() - begun < 2
    await asyncio.sleep(1.5)
    let_in(postgres, name, allowed=True)
    again = ama.message("yes")

    async def taken() -> bool:
        try:
            await work.receiver.take([(again, b"")])
        except DatabaseAway:
            await asyncio.sleep(0.1)
            return False
        return True

    await until(taken)

    async def goes_on() -> bool:
        return "What is missing?" in "".join(home.post.said)

    await until(goes_on, 15)
    assert not [task for task in (*work.tasks, *work.finishing) if task.done()]
    await work.stop()
    database.close()
