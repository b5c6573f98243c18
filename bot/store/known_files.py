"""What a provider holds already, so that a file is uploaded once a bot."""

import hashlib
from collections.abc import Callable

from sqlalchemy import select

from bot.store.database import Database
from bot.store.tables import known_files


class StoredFiles:
    """Remembers a provider's own names of files, by (our account, the content, its kind)."""

    def __init__(self, database: Database, digest: Callable[[str], str]) -> None:
        """`digest` tells a key's content apart from another that had the same key."""
        self._database = database
        self._digest = digest
        self._kept: dict[tuple[str, str, str], str] = {}

    async def get(self, account: str, key: str, kind: str) -> str:
        """Return the provider's name of a file, "" if it was never sent."""
        content = self._digest(key)
        found = self._kept.get((account, content, kind))
        if found is not None:
            return found
        query = select(known_files.c.file_id).where(
            known_files.c.account == account,
            known_files.c.sha256 == content,
            known_files.c.kind == kind,
        )
        known: str = await self._database.read(lambda c: c.scalar(query)) or ""
        self._kept[account, content, kind] = known
        return known

    async def put(self, account: str, key: str, kind: str, ref: str) -> None:
        """Remember a name; an empty one forgets it."""
        content = self._digest(key)
        self._kept[account, content, kind] = ref
        row = {"account": account, "sha256": content, "kind": kind, "file_id": ref}
        statement = self._database.upsert(known_files, ("account", "sha256", "kind"), ("file_id",))
        await self._database.write(lambda c: c.execute(statement, [row]) and None)


class StoredContents:
    """Remembers which shapes of buttons Twilio holds, beside the files, by a hash of the shape."""

    def __init__(self, database: Database) -> None:
        self._files = StoredFiles(
            database, lambda shape: hashlib.sha256(shape.encode()).hexdigest()
        )

    async def get(self, account: str, shape: str) -> str:
        """Return Twilio's name of a shape, "" if it holds none."""
        return await self._files.get(account, shape, "content")

    async def put(self, account: str, shape: str, sid: str) -> None:
        """Remember it; an empty one forgets it."""
        await self._files.put(account, shape, "content", sid)
