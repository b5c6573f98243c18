"""What the tests of the gateway share: where bytes lie, and a house on both databases."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gateway.houses import QUESTIONS, Home, Post, Texts

from bot.store.database import Database
from bot.store.media import MediaStore, open_media
from bot.store.seal import Seal

MakeHome = Callable[..., Home]


@pytest.fixture
def store(database: Database, seal: Seal, tmp_path: Path) -> MediaStore:
    """Where bytes lie with this database by default."""
    return open_media("", database=database, seal=seal, folder=tmp_path / "media")


@pytest.fixture
def make_home(database: Database, seal: Seal, store: MediaStore) -> MakeHome:
    """Return what builds a house on this test's database."""

    def make(*posts: Post, texts: Texts | None = None, **more: Any) -> Home:
        return Home(database, seal, store, texts or Texts(test=QUESTIONS), *posts, **more)

    return make


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house with three questions, on both databases."""
    return make_home()
