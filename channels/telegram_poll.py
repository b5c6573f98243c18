"""Asking Telegram for updates, where no public address is at hand: one by one, none lost."""

import asyncio
import json
import logging
import math
from collections.abc import Awaitable, Callable

import msgspec
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from channels.base import Incoming
from channels.errors import Malformed
from channels.telegram import Telegram
from channels.telegram_errors import failure_of, wait_of
from channels.telegram_reader import is_number, unreadable

Seconds = float
Take = Callable[[list[tuple[Incoming, bytes]]], Awaitable[object]]

LONG_POLL = 25  # seconds
PAUSE: Seconds = 1.0  # after a first failure; each further one doubles it, up to
SLOWEST: Seconds = 30.0
log = logging.getLogger(__name__)


class _Batch(msgspec.Struct):
    ok: bool
    result: list[msgspec.Raw]


class _Numbered(msgspec.Struct):
    update_id: int


class Poller:
    """Brings updates to `take`; what it took is acknowledged to Telegram only afterwards.

    `take` gets each update read and as it came. If it raises, the same updates come again.
    """

    def __init__(
        self, telegram: Telegram, take: Take, *, wait: int = LONG_POLL, pause: Seconds = PAUSE
    ) -> None:
        self._telegram, self._take, self._wait, self._pause = telegram, take, wait, pause
        self._offset = 0
        self._failures = 0
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Take nothing new; what is being taken is finished."""
        self._stopping.set()

    async def run(self) -> None:
        """Ask and take until stopped."""
        while not self._stopping.is_set():
            pause = await self._once()
            if pause:
                await self._sleep(pause)

    async def _once(self) -> Seconds:
        """Take one batch; the seconds to wait before the next."""
        try:
            body = await self._ask()
        except TelegramError as error:
            return self._trouble(error)
        updates = split_updates(body or b"")
        if body is not None and updates is None:
            return self._trouble(NetworkError("an answer that is none"))
        return await self._hand_over(updates) if updates else 0.0

    async def _ask(self) -> bytes | None:
        """Wait for an answer, or for the end; None: it is the end."""
        asking = asyncio.ensure_future(self._telegram.get_updates(self._offset, self._wait))
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return asking.result() if asking.done() else None
        finally:
            asking.cancel()
            stopping.cancel()

    async def _hand_over(self, updates: list[bytes]) -> Seconds:
        read = [(self._read(raw), raw) for raw in updates]
        try:
            await self._take(read)
        except Exception:  # whatever the taker meets: the updates stay with Telegram meanwhile
            log.exception("Telegram's updates could not be taken; they are asked for again")
            return self._back_off()
        newest = max(map(update_id, updates), default=-1)
        if newest < 0:
            return self._back_off()  # nothing to acknowledge: do not spin
        self._failures = 0
        self._offset = max(self._offset, newest + 1)
        return 0.0

    def _read(self, raw: bytes) -> Incoming:
        try:
            return self._telegram.read_body(raw)
        except Malformed:  # bytes that are no letters, within an answer that was JSON
            return unreadable(raw, self._telegram.account)

    def _trouble(self, error: TelegramError) -> Seconds:
        if not self._failures or isinstance(error, Conflict | InvalidToken):
            log.warning("Telegram: %s", failure_of(error).words)
        return max(self._back_off(), wait_of(error) if isinstance(error, RetryAfter) else 0.0)

    def _back_off(self) -> Seconds:
        self._failures += 1
        return min(SLOWEST, math.ldexp(self._pause, min(self._failures - 1, 10)))

    async def _sleep(self, pause: Seconds) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), pause)
        except TimeoutError:
            return


def split_updates(body: bytes) -> list[bytes] | None:
    """Cut an answer of getUpdates into its updates; None: it is no such answer."""
    try:
        return [bytes(raw) for raw in msgspec.json.decode(body, type=_Batch).result]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _split_tolerantly(body)


def _split_tolerantly(body: bytes) -> list[bytes] | None:
    """Do the same with half surrogate pairs in it, which the strict parser refuses."""
    try:
        result = json.loads(body.decode("utf-8", "replace"))["result"]
        return [json.dumps(update).encode() for update in result]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def update_id(raw: bytes) -> int:
    """Read the number that an update is acknowledged by; -1: it has none."""
    try:
        return msgspec.json.decode(raw, type=_Numbered).update_id
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    try:
        number: int = json.loads(raw)["update_id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return -1
    return number if is_number(number) else -1
