"""One holder at a time: one process asks for a bot's updates, one sends on a channel."""

import asyncio
import contextlib
import logging
import os
import secrets
from collections.abc import Awaitable, Callable

from sqlalchemy import Connection, delete, select, update

from bot.store.database import Database, DatabaseAway, now
from bot.store.tables import leases

log = logging.getLogger(__name__)

HELD_MS = 30_000
RENEW_SECONDS = 8
THIS_RUN = secrets.token_hex(4)  # a number of a process may come again


class Lease:
    """A right that runs out unless it is renewed."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self.name = name
        self.holder = f"{os.getpid()}.{THIS_RUN}.{secrets.token_hex(4)}"

    async def while_held(
        self, work: Callable[[], Awaitable[None]], stopping: asyncio.Event | None = None
    ) -> None:
        """Run `work` while the lease is ours; when it is lost, stop and wait for it again.

        Returns when `work` has ended, or when one is `stopping` before the lease is ours.
        """
        stopping = stopping or asyncio.Event()
        while await self._until_ours(stopping):
            task = asyncio.ensure_future(work())
            keeper = asyncio.create_task(self._keep())
            try:
                await asyncio.wait({task, keeper}, return_when=asyncio.FIRST_COMPLETED)
                if task.done():
                    task.result()
                    return
                log.warning("%s: another process has taken over", self.name)
            finally:
                keeper.cancel()
                task.cancel()
                await asyncio.gather(task, keeper, return_exceptions=True)

    async def _until_ours(self, stopping: asyncio.Event) -> bool:
        while not stopping.is_set():
            if await self._take(renewing=False):
                return True
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), RENEW_SECONDS / 2)
        return False

    async def _keep(self) -> None:
        while await self._take(renewing=True):
            await asyncio.sleep(RENEW_SECONDS)

    async def _take(self, *, renewing: bool) -> bool:
        try:
            return await self._database.write(take, self._database, self.name, self.holder, now())
        except DatabaseAway:
            return renewing  # then nobody else can take it either

    async def give_back(self) -> None:
        """Let the next one begin at once."""
        with contextlib.suppress(DatabaseAway):
            await self._database.write(_drop, self.name, self.holder)


def take(connection: Connection, database: Database, name: str, holder: str, moment: int) -> bool:
    """Take or renew a lease; False while somebody else holds it."""
    until = moment + HELD_MS
    row_of_ours = {"name": name, "holder": holder, "until": until}
    if database.insert_new(connection, leases, [row_of_ours]):
        return True  # of two who find it free, the second waits here for the first
    mine = leases.c.name == name
    row = connection.execute(select(leases).where(mine).with_for_update()).one_or_none()
    if row is None:
        return False  # given back this very moment: the next look takes it
    if row.holder != holder and row.until > moment:
        died = database.embedded and _has_died(row.holder)  # an embedded file has one machine
        if not died:
            return False
    connection.execute(update(leases).where(mine).values(holder=holder, until=until))
    return True


def _has_died(holder: str) -> bool:
    """Say whether the process that held a lease has gone without giving it back."""
    number, _, rest = holder.partition(".")
    if not number.isdecimal():
        return False
    if int(number) == os.getpid():
        return not rest.startswith(f"{THIS_RUN}.")
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _drop(connection: Connection, name: str, holder: str) -> None:
    connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))
