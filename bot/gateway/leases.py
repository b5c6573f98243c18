"""One holder at a time: only one process may ask Telegram for a bot's updates."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable

from sqlalchemy import Connection, delete, select

from bot.store.database import Database, DatabaseAway, now
from bot.store.tables import leases

log = logging.getLogger(__name__)

HELD_MS = 30_000
RENEW_SECONDS = 8


class Lease:
    """A right that runs out unless it is renewed."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self.name = name
        self.holder = secrets.token_hex(8)

    async def while_held(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` while the lease is ours; when it is lost, stop and wait for it again."""
        while True:
            await self._until_ours()
            task = asyncio.ensure_future(work())
            keeper = asyncio.create_task(self._keep())
            done, _ = await asyncio.wait({task, keeper}, return_when=asyncio.FIRST_COMPLETED)
            keeper.cancel()
            if task in done:
                return
            log.warning("%s: another process has taken over", self.name)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _until_ours(self) -> None:
        while not await self._take():
            await asyncio.sleep(RENEW_SECONDS / 2)

    async def _keep(self) -> None:
        while await self._take():
            await asyncio.sleep(RENEW_SECONDS)

    async def _take(self) -> bool:
        try:
            return await self._database.write(take, self._database, self.name, self.holder, now())
        except DatabaseAway:
            return True  # nobody else can take it either

    async def give_back(self) -> None:
        """Let the next one begin at once."""
        with contextlib.suppress(DatabaseAway):
            await self._database.write(_drop, self.name, self.holder)


def take(connection: Connection, database: Database, name: str, holder: str, moment: int) -> bool:
    """Take or renew a lease; False while somebody else holds it."""
    query = select(leases).where(leases.c.name == name).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is not None and row.holder != holder and row.until > moment:
        return False
    statement = database.upsert(leases, ("name",), ("holder", "until"))
    values = {"name": name, "holder": holder, "until": moment + HELD_MS}
    connection.execute(statement, [values])
    return True


def _drop(connection: Connection, name: str, holder: str) -> None:
    connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))
