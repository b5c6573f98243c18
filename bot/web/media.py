"""Recordings by a signed link, for providers that fetch them and for pages that play them.

A photo leaves as it does everywhere: without what a phone writes into it.
"""

import asyncio

from aiohttp import web

from bot.gateway.export.bare import bare
from bot.store.media import MediaGone
from bot.web.bytesout import answer_bytes
from bot.web.links import Broken, Expired, open_signed
from bot.web.needs import DOOR


async def media(request: web.Request) -> web.Response:
    """Answer with the bytes that the link grants; 404 if it is not ours, 410 if it has expired."""
    door = request.app[DOOR]
    try:
        grant = open_signed(door.link_key, request.match_info["signed"], door.clock())
        data = bare(await asyncio.to_thread(door.media.get, grant.key))
    except (Broken, MediaGone):
        raise web.HTTPNotFound from None
    except Expired:
        raise web.HTTPGone from None
    response = answer_bytes(request, data, grant.mime)
    response.headers["Cache-Control"] = "private, max-age=300"
    return response
