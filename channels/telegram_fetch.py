"""How a recording, a photo or a document is had from Telegram: its path first, then its bytes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
from telegram.error import BadRequest, TelegramError

from channels.base import MediaRef
from channels.errors import TOO_LARGE_TO_FETCH, FetchError
from channels.fetching import LIMIT, at_most, check

Call = Callable[[str, dict[str, Any]], Awaitable[Any]]


async def fetch(
    call: Call, session: aiohttp.ClientSession, root: str, media: MediaRef, most: int
) -> AsyncIterator[bytes]:
    """Stream at most `most` bytes from `root` (a URL). Raises only FetchError, without the URL."""
    if not media.ref:
        raise FetchError("nothing to fetch", again=False)
    if (media.size or 0) > most:
        raise FetchError(TOO_LARGE_TO_FETCH, again=False)
    path = await _path(call, media.ref)
    failed: str
    try:
        async with session.get(root + path, timeout=LIMIT, allow_redirects=False) as answer:
            check(answer, most)
            async for part in at_most(answer, most):
                yield part
            return
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        failed = type(error).__name__
    except RuntimeError:
        failed = "the session is closed"
    raise FetchError(failed, again=True)


async def _path(call: Call, ref: str) -> str:
    try:
        found = await call("getFile", {"file_id": ref})
    except BadRequest as error:
        failed = FetchError(_reason(error), again=False)
    except TelegramError as error:
        failed = FetchError(type(error).__name__, again=True)
    else:
        path = found.get("file_path") if isinstance(found, dict) else None
        if isinstance(path, str) and path:
            return path
        failed = FetchError("no path", again=True)
    raise failed


def _reason(error: BadRequest) -> str:
    return TOO_LARGE_TO_FETCH if "too big" in error.message.lower() else "unknown to the channel"
