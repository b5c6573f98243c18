"""One migrated PostgreSQL database for all tests of a process: emptied after each of them.

Making a database anew takes a hundred times as long as emptying one.
"""

from itertools import count

from sqlalchemy import Connection, Engine, NullPool, create_engine, text

from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.tables import metadata

NUMBERS = count(1)
BLOATED = 40_000_000  # bytes: a migrated database has about ten
NO_ONE_ELSE = text(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
SHAPE = text(
    "SELECT count(*), max(oid), pg_database_size(current_database()) > :bloated "
    "FROM pg_class WHERE relkind IN ('r', 'i', 'S', 'v') AND NOT relnamespace IN "
    "('pg_catalog'::regnamespace, 'pg_toast'::regnamespace)"
)
FILLED = text(
    " UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT FROM {t})" for t in metadata.tables)
)
FROM_ONE = text("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'")


class Emptied:
    """The database of a test, as if it had just been migrated."""

    def __init__(self, server: str) -> None:
        """Begin on a server, given by the address of its first database."""
        self.server = server
        self.admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self.name = ""

    @property
    def url(self) -> str:
        """The address of the database as it is now."""
        return on(self.server, self.name)

    def ready(self) -> str:
        """Return the address of an empty database."""
        if not self.name:
            self._make()
        return self.url

    def empty(self) -> None:
        """Let nothing stay of a test; what it changed of the tables leads to a new database."""
        with self.own.connect() as connection:
            connection.execute(NO_ONE_ELSE)
            if self._shape(connection) == self.shape:
                _delete_all(connection)
                return
        self._drop()

    def _make(self) -> None:
        self.name = f"test_{next(NUMBERS)}"
        administer(self.admin, f"CREATE DATABASE {self.name}")
        database = Database(self.url)
        migrate(database)
        database.close()
        self.own = create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with self.own.connect() as connection:
            self.shape = self._shape(connection)

    def _drop(self) -> None:
        administer(self.admin, f"DROP DATABASE {self.name} WITH (FORCE)")
        self.name = ""

    def _shape(self, connection: Connection) -> tuple[object, ...]:
        return tuple(connection.execute(SHAPE, {"bloated": BLOATED}).one())

    def close(self) -> None:
        """Leave the server."""
        if self.name:
            self._drop()


def _delete_all(connection: Connection) -> None:
    """Delete all rows, whatever refers to them, their room too, and number new ones from 1 on.

    Without that room rows stand in the order in which they are written, as in a new table.
    """
    filled = list(connection.scalars(FILLED))
    connection.execute(text("SET session_replication_role = replica"))
    for table in filled:
        connection.execute(text(f"DELETE FROM {table}"))
    if filled:
        connection.execute(text(f"VACUUM {', '.join(filled)}"))
    connection.execute(FROM_ONE)


def on(server: str, name: str) -> str:
    """Return the address of another database on a server."""
    return server.replace("/postgres?", f"/{name}?", 1)


def administer(engine: Engine, *statements: str) -> None:
    """Carry out what cannot stand in a transaction."""
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
