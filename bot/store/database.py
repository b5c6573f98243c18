"""One way to the database, whichever it is: transactions in threads, and the few differences.

SQLite: WAL, synchronous=FULL, one writer. PostgreSQL: a pool, rows locked with SKIP LOCKED.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

# Before any thread works with SQLAlchemy: whoever loads this part later (dbos, with the first
# broadcast) would have it half loaded for a moment, in which every statement fails.
import sqlalchemy.orm  # noqa: F401
from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import QueuePool

from bot.store.fast import many
from bot.store.tables import participants

Result = TypeVar("Result")
Wakes = Collection[str] | Callable[[Result], Collection[str]]

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=10000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # what is deleted leaves no trace in the file
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-32768",
    "PRAGMA journal_size_limit=67108864",
    # Pages in the log until they are copied to the file, which every commit behind it waits for:
    # at full speed the default (1000) came every third commit, and copied the same pages again.
    "PRAGMA wal_autocheckpoint=4000",
)
CHANNEL = "palabre"  # of LISTEN and NOTIFY


class DatabaseAway(Exception):
    """The database cannot be reached. Is it running, and is DATABASE_URL right?"""


class DatabaseRefuses(Exception):
    """The database refuses a row; the rest of its batch is not to suffer for it."""


def now() -> int:
    """Return this machine's time, milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


class Database:
    """An open database. `write` and `read` run a function of a connection in a transaction."""

    def __init__(self, url: str, *, threads: int = 4) -> None:
        self.url = url
        self.embedded = url.startswith("sqlite")
        self._engine = _engine(url, writes=True, size=1 if self.embedded else threads)
        self._reading = _engine(url, writes=False, size=threads) if self.embedded else self._engine
        self._writers = ThreadPoolExecutor(1 if self.embedded else threads, "write")
        self._readers = ThreadPoolExecutor(threads, "read")
        self._bells: dict[str, asyncio.Event] = {}

    @property
    def engine(self) -> Engine:
        """The engine that writes, for migrations and tests."""
        return self._engine

    async def write(
        self, work: Callable[..., Result], *args: Any, wakes: "Wakes[Result]" = ()
    ) -> Result:
        """Run `work(connection, *args)` in one transaction that may write.

        `wakes` names the kinds of work that it makes, or tells them from its result: who waits
        for them is woken after the commit, here and in other processes. Raises DatabaseAway,
        DatabaseRefuses.
        """
        done: Result
        done, names = await self._run(self._writers, self._write_and_tell, wakes, work, *args)
        self.ring(*names)
        return done

    def _write_and_tell(
        self, wakes: "Wakes[Result]", work: Callable[..., Result], *args: Any
    ) -> tuple[Result, Collection[str]]:
        with named_errors(), self._engine.begin() as connection:
            result: Result = work(connection, *args)
            names = wakes(result) if callable(wakes) else wakes
            if names and not self.embedded:
                _notify(connection, names)
        return result, names

    async def read(self, work: Callable[..., Result], *args: Any) -> Result:
        """Run `work(connection, *args)` in one transaction that only reads."""
        done: Result = await self._run(self._readers, self.read_now, work, *args)
        return done

    async def _run(self, pool: ThreadPoolExecutor, *call: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(pool, *call)

    def write_now(self, work: Callable[..., Result], *args: Any) -> Result:
        """Run in this thread. Raises DatabaseAway, DatabaseRefuses."""
        return self._write_and_tell((), work, *args)[0]

    def read_now(self, work: Callable[..., Result], *args: Any) -> Result:
        """Run in this thread. Raises DatabaseAway, DatabaseRefuses."""
        with named_errors(), self._reading.begin() as connection:
            return work(connection, *args)

    # --- the few differences between the two -----------------------------------------------

    def insert_new(
        self, connection: Connection, table: Table, rows: Sequence[dict[str, Any]]
    ) -> int:
        """Insert the rows that are not there yet; return how many were new."""
        return many(connection, _insert_new(table, connection.dialect.name), rows)

    def upsert(self, table: Table, key: tuple[str, ...], changed: tuple[str, ...]) -> Any:
        """Return an insert that writes `changed` over a row with the same `key`."""
        return _upsert(table, key, changed, "sqlite" if self.embedded else "postgresql")

    def lock_participants(self, connection: Connection, ids: Iterable[int]) -> set[int]:
        """Take the rows that nobody else holds; SQLite's one writer holds all of them."""
        wanted = sorted(set(ids))
        if self.embedded or not wanted:
            return set(wanted)
        column = participants.c.id
        query = select(column).where(column.in_(wanted)).order_by(column)
        return set(connection.scalars(query.with_for_update(skip_locked=True)))

    def hold_participants(self, connection: Connection, ids: Iterable[int]) -> None:
        """Wait for participants' rows: whatever changes a conversation takes them first."""
        if not self.embedded:
            column = participants.c.id
            query = select(column).where(column.in_(list(ids))).order_by(column)
            connection.execute(query.with_for_update())

    # --- waking up without asking ------------------------------------------------------------

    def bell(self, name: str) -> asyncio.Event:
        """Return the event that is set when there is work of that name."""
        return self._bells.setdefault(name, asyncio.Event())

    def ring(self, *names: str) -> None:
        """Wake those who wait here for work of these names, or of a part of it ("outbox sms")."""
        for name in names:
            self.bell(name).set()
            for known, bell in self._bells.items():
                if known.startswith(name + " "):
                    bell.set()

    def ring_all(self) -> None:
        """Wake everybody: the house is closing."""
        for bell in self._bells.values():
            bell.set()

    async def listen(self) -> AsyncIterator[tuple[str, ...]]:
        """Yield the names of work that other processes announce, for as long as one listens."""
        if self.embedded:
            async for names in self._watch_file():
                yield names
        else:
            async for names in self._watch_notices():
                yield names

    async def _watch_file(self) -> AsyncIterator[tuple[str, ...]]:
        """Look at data_version once a second: a command beside `serve` changes it."""
        seen = None
        while True:
            version = await self._run(self._writers, self._changes_elsewhere)
            if seen is not None and version != seen:
                yield ("inbox", "outbox", "media", "reminders", "broadcasts")
            seen = version
            await asyncio.sleep(1)

    def _changes_elsewhere(self) -> int:
        """Return a number that another process's commits change, and ours do not.

        To the connection that writes, its own changes are no news; to any other they would be.
        """
        with self._engine.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            version: int = raw.execute("PRAGMA data_version").fetchone()[0]
            return version

    async def _watch_notices(self) -> AsyncIterator[tuple[str, ...]]:
        import psycopg

        plain = self.url.replace("postgresql+psycopg://", "postgresql://", 1)
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(plain, autocommit=True)
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    async for notice in connection.notifies():
                        yield tuple(notice.payload.split())
            except psycopg.Error:
                await asyncio.sleep(2)  # the slow poll of `work` is the net meanwhile

    def close(self) -> None:
        """Finish what runs and close; on SQLite the write-ahead log is put away."""
        self._writers.shutdown()
        self._readers.shutdown()
        if self.embedded:
            with contextlib.suppress(DBAPIError), self._engine.connect() as connection:
                raw: Any = connection.connection.dbapi_connection
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._reading.dispose()
        self._engine.dispose()


INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@cache
def _insert_new(table: Table, dialect: str) -> Insert:
    statement: Insert = INSERTS[dialect](table).on_conflict_do_nothing()
    return statement


@cache
def _upsert(table: Table, key: tuple[str, ...], changed: tuple[str, ...], dialect: str) -> Insert:
    statement = INSERTS[dialect](table)
    new = {name: statement.excluded[name] for name in changed}
    written: Insert = statement.on_conflict_do_update(index_elements=list(key), set_=new)
    return written


def _notify(connection: Connection, names: Collection[str]) -> None:
    connection.execute(text("SELECT pg_notify(:channel, :names)"),
                       {"channel": CHANNEL, "names": " ".join(names)})  # fmt: skip


def _engine(url: str, *, writes: bool, size: int) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=size, max_overflow=2, pool_pre_ping=True,
                             connect_args={"connect_timeout": 5}, hide_parameters=True)  # fmt: skip
    engine = create_engine(url, poolclass=QueuePool, pool_size=size, max_overflow=0,
                           connect_args={"check_same_thread": False},
                           hide_parameters=True)  # what people said is for no log  # fmt: skip
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"

    @event.listens_for(engine, "connect")
    def prepare(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # the driver would begin by itself, and late
        for pragma in PRAGMAS:
            raw.execute(pragma)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


@contextlib.contextmanager
def named_errors() -> Iterator[None]:
    """Turn the driver's errors into DatabaseAway and DatabaseRefuses."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise DatabaseAway(f"{DatabaseAway.__doc__} ({type(error.orig).__name__})") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseAway(DatabaseAway.__doc__) from error
        raise DatabaseRefuses(f"{DatabaseRefuses.__doc__} ({type(error.orig).__name__})") from error
