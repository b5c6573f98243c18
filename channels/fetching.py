"""What is had from any provider over HTTP: how long it may take, and how much may come."""

from collections.abc import AsyncIterator

import aiohttp

from channels.errors import TOO_LARGE_TO_FETCH, FetchError

CHUNK = 65_536  # bytes
LIMIT = aiohttp.ClientTimeout(total=120, connect=5, sock_read=20)


def check(answer: aiohttp.ClientResponse, most: int) -> None:
    """Raise FetchError where the answer is no file of at most so many bytes."""
    if answer.status != 200:
        raise FetchError(f"HTTP {answer.status}", again=True)
    if (answer.content_length or 0) > most:
        raise FetchError(TOO_LARGE_TO_FETCH, again=False)


async def at_most(answer: aiohttp.ClientResponse, most: int) -> AsyncIterator[bytes]:
    """Yield what comes; raise FetchError once it is more than so many bytes."""
    size = 0
    async for part in answer.content.iter_chunked(CHUNK):
        size += len(part)
        if size > most:
            raise FetchError(TOO_LARGE_TO_FETCH, again=False)
        yield part
