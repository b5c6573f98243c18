"""Bring a database to today's tables, and say whether it is there. No alembic.ini is needed."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.store.database import Database, named_errors

LOCK = 7_262_253  # one migration at a time on PostgreSQL; the number is ours, by chance


class NotMigrated(Exception):
    """The database does not have today's tables. Run: palabre migrate."""


def migrate(database: Database, to: str = "head") -> None:
    """Make or change all tables, in one transaction; one that is ahead of us is left as it is.

    Raises DatabaseAway, DatabaseRefuses."""
    with named_errors(), database.engine.connect() as connection:
        _references(connection, database, "OFF")
        with connection.begin():
            if not database.embedded:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            if not _is_ahead(connection):
                command.upgrade(_config(connection), to)
        _references(connection, database, "ON")


def is_current(database: Database) -> bool:
    """Say whether the tables are today's, or a later version's. Raises DatabaseAway.

    Migrations only add, so a version that still runs while a newer one has migrated goes on.
    """
    if database.read_now(_stands_at) == set(_script().get_heads()):
        return True
    return database.read_now(_is_ahead)


def check(database: Database) -> None:
    """Refuse a database that is not migrated. Raises NotMigrated, DatabaseAway."""
    if not is_current(database):
        raise NotMigrated(NotMigrated.__doc__)


def _is_ahead(connection: Connection) -> bool:
    """Say whether a later version than this one made the tables."""
    stands_at = _stands_at(connection)
    return bool(stands_at) and not stands_at & {one.revision for one in _script().walk_revisions()}


def _stands_at(connection: Connection) -> set[str]:
    return set(MigrationContext.configure(connection).get_current_heads())


def _references(connection: Connection, database: Database, state: str) -> None:
    """Let SQLite make a table anew without losing the rows that refer to it."""
    if database.embedded:
        connection.connection.cursor().execute(f"PRAGMA foreign_keys={state}")


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
