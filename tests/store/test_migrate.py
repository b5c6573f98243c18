"""The tables that the migrations make are those that the code describes."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from bot.store.database import Database, DatabaseAway
from bot.store.migrate import NotMigrated, check, is_current, migrate
from bot.store.tables import metadata


def test_the_migrated_tables_are_the_described_ones(database: Database) -> None:
    with database.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_both_ways_of_making_the_tables_give_the_same_indexes(database: Database) -> None:
    made = create_engine("sqlite://")
    metadata.create_all(made)
    described, migrated = inspect(made), inspect(database.engine)
    for table in metadata.tables:
        names = [
            {(index["name"], tuple(index["column_names"])) for index in one.get_indexes(table)}
            for one in (described, migrated)
        ]
        assert names[0] <= names[1], table


def test_a_migrated_database_is_current_and_migrating_again_does_no_harm(
    database: Database,
) -> None:
    migrate(database)
    assert is_current(database)
    check(database)


def test_an_empty_database_is_refused_with_the_remedy(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.sqlite'}")
    assert not is_current(database)
    with pytest.raises(NotMigrated, match="palabre migrate"):
        check(database)
    database.close()


def test_references_are_watched_again_after_a_migration(new_sqlite: str) -> None:
    database = Database(new_sqlite)
    migrate(database)
    assert database.write_now(lambda c: c.scalar(text("PRAGMA foreign_keys"))) == 1
    database.close()


def test_a_database_that_cannot_be_reached_is_named_so() -> None:
    database = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseAway):
        is_current(database)
    with pytest.raises(DatabaseAway):
        migrate(database)
    database.close()
