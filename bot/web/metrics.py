"""Figures for a program that watches, to whoever has the token; nobody else learns of them."""

import hmac

from aiohttp import web

from bot.store.database import DatabaseAway
from bot.web.needs import DOOR


async def metrics(request: web.Request) -> web.Response:
    """Answer with all figures; 404 where no token is set."""
    door = request.app[DOOR]
    if not door.metrics_token:
        raise web.HTTPNotFound
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), door.metrics_token.encode()):
        return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
    try:
        body = await door.metrics()
    except DatabaseAway:
        return web.Response(status=503)
    return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4"})
