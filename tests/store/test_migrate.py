"""The tables that the migrations make are those that the code describes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, select, text

from bot.store import migrate as migrations
from bot.store.database import Database, DatabaseAway
from bot.store.migrate import NotMigrated, check, is_current, migrate
from bot.store.tables import broadcasts, metadata


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


def _columns(database: Database) -> dict[tuple[str, str], tuple[str, bool, bool]]:
    """Each column: its type, whether it may be empty, and whether the database fills it."""
    found = inspect(database.engine)
    return {
        (table, one["name"]): (str(one["type"]), bool(one["nullable"]), one["default"] is not None)
        for table in found.get_table_names()
        for one in found.get_columns(table)
    }


@pytest.fixture(params=["sqlite", "postgresql"])
def unmigrated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    else:
        database = Database(request.getfixturevalue("new_postgres"))
        with database.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    yield database
    database.close()


def test_no_migration_takes_anything_from_a_version_that_still_runs(unmigrated: Database) -> None:
    revisions = [one.revision for one in migrations._script().walk_revisions()][::-1]
    migrations.migrate(unmigrated, revisions[0])
    before = _columns(unmigrated)
    for revision in revisions[1:]:
        migrations.migrate(unmigrated, revision)
        after = _columns(unmigrated)
        for column, (kind, may_be_empty, _filled) in before.items():
            assert after[column][0] == kind, column
            assert after[column][1] or not may_be_empty, column
        for column in set(after) - set(before):
            if column[0] in {table for table, _ in before}:  # an older version does not fill it
                assert after[column][1] or after[column][2], column
        before = after


def test_a_version_that_still_runs_takes_a_newer_ones_tables_for_current(
    database: Database,
) -> None:
    newer = text("UPDATE alembic_version SET version_num = '9999'")
    database.write_now(lambda c: c.execute(newer) and None)
    assert is_current(database)
    check(database)


def test_a_session_that_was_announced_before_is_known_by_its_plan(unmigrated: Database) -> None:
    migrate(unmigrated, "0017")
    made = text("INSERT INTO broadcasts (kind, phase, flow, body, rule, state, made_at)"
                " VALUES ('session', '', 'sessions', '', 'fair', 'done', 1)")  # fmt: skip
    unmigrated.write_now(lambda c: c.execute(made) and None)
    migrate(unmigrated)
    (row,) = unmigrated.read_now(lambda c: list(c.execute(select(broadcasts))))
    assert json.loads(row.plan) == {"flow": "sessions", "session": "fair"}
    assert (row.rule, row.fanned_to > 1 << 50) == ("", True)  # nobody is looked for any more
