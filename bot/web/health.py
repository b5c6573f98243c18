"""Is the process alive, and can it work?"""

import asyncio

from aiohttp import web

from bot.store.database import DatabaseAway
from bot.web.needs import DOOR

SECONDS = 3  # a database that takes longer to answer is not one to rely on


async def health(_request: web.Request) -> web.Response:
    """Answer as long as the process lives."""
    return web.json_response({"alive": True})


async def ready(request: web.Request) -> web.Response:
    """Answer 200 when the database is reachable and its migrations are current, else 503."""
    why = await _trouble(request)
    if why:
        return web.json_response({"ready": False, "why": why}, status=503)
    return web.json_response({"ready": True})


async def _trouble(request: web.Request) -> str:
    try:
        async with asyncio.timeout(SECONDS):
            return await request.app[DOOR].trouble()
    except TimeoutError:
        return f"The database did not answer within {SECONDS} seconds."
    except DatabaseAway:
        return "The database cannot be reached."
