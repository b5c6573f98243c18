"""Where providers bring messages: checked, read, written down; only then answered with 200."""

import logging

from aiohttp import web

from bot.gateway.receive import Busy
from bot.store.database import DatabaseAway, DatabaseRefuses
from bot.web.needs import DOOR, Receiver
from channels.base import Incoming, WebhookCall
from channels.errors import Forged, Malformed

log = logging.getLogger(__name__)

MOST = 1024 * 1024  # bytes of a body


async def telegram(request: web.Request) -> web.Response:
    """Take an update of the Bot API."""
    return await _take(request, "telegram")


async def twilio_sms(request: web.Request) -> web.Response:
    """Take a message by SMS or MMS."""
    return await _twilio(request, "sms", "whatsapp")


async def twilio_whatsapp(request: web.Request) -> web.Response:
    """Take a message by WhatsApp."""
    return await _twilio(request, "whatsapp", "sms")


async def twilio_status(request: web.Request) -> web.Response:
    """Take what became of a message of ours, on either channel."""
    return await _twilio(request, "sms", "whatsapp")


async def _twilio(request: web.Request, *names: str) -> web.Response:
    """Both channels are of one account, so either can check a call; nothing is said in reply."""
    known = request.app[DOOR].channels
    name = next((name for name in names if name in known), names[0])
    answer = await _take(request, name)
    if answer.status == 200:
        return web.Response(text="<Response/>", content_type="text/xml")
    return answer


async def _take(request: web.Request, name: str) -> web.Response:
    door = request.app[DOOR]
    channel = door.channels.get(name)
    if channel is None:  # it has no secret, so none can be right
        return web.Response(status=403)
    if (request.content_length or 0) > MOST:
        raise web.HTTPRequestEntityTooLarge(MOST, request.content_length or 0)
    body = await request.read()
    call = WebhookCall(door.public_url + request.raw_path, request.headers, body)
    try:
        incoming = channel.read(call)
    except Forged:
        return web.Response(status=403)
    except Malformed:
        return web.Response(status=400)
    return web.Response(status=await write_down(door.receiver, incoming, body))


async def write_down(receiver: Receiver, incoming: list[Incoming], raw: bytes) -> int:
    """Return 200 once all is committed, 503 when the provider must come again."""
    try:
        await receiver.take([(one, raw) for one in incoming])
    except (DatabaseAway, DatabaseRefuses, Busy) as error:
        log.warning("a message was refused for now: %s", type(error).__name__)
        return 503
    return 200
