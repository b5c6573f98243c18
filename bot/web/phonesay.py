"""What is said on a simulated phone: it takes the same road as a provider's webhook."""

import asyncio
from typing import Any

import msgspec
from aiohttp import web

from bot.language import current
from bot.web.bytesout import answer_bytes
from bot.web.hooks import write_down
from bot.web.needs import DOOR
from bot.web.ownpage import insist_on_own_page
from bot.web.phones import Bubble, Phone, ShownFile
from bot.web.phonetalk import open_phone
from channels.base import WebhookCall
from channels.errors import Malformed

MOST = 32 * 1024 * 1024  # bytes of an upload: more than any channel takes, so that it can say so
KINDS = ("voice", "audio", "video", "photo", "document")


async def say(request: web.Request) -> web.Response:
    """Take words, a pressed button, a start or a place, as the page's JSON says."""
    insist_on_own_page(request)
    said = _object(await request.read())
    start = said.get("start")
    shown = "" if start is None else _start_words(request.match_info["kind"], str(start))
    text = str(said.get("text") or said.get("label") or shown)
    said.pop("label", None)
    return await _take(request, said, Bubble(_id(said), text))


async def send_file(request: web.Request) -> web.Response:
    """Take a recording or a file: its bytes are the body, `id`, `kind` and `name` the query."""
    insist_on_own_page(request)
    phone = await open_phone(request)
    data = await _body(request)
    query, mime = request.query, request.content_type
    kind = query.get("kind", "") if query.get("kind", "") in KINDS else "document"
    ref = await asyncio.to_thread(phone.channel.uploads.keep, data)
    name = query.get("name", "")[:200]
    file = {"ref": ref, "kind": kind, "mime": mime, "size": len(data), "name": name}
    shown = ShownFile(kind, name, mime, ref=ref)
    said = {"id": query.get("id", ""), "file": file}
    return await _take(request, said, Bubble(_id(said), file=shown))


async def file(request: web.Request) -> web.Response:
    """Answer with the file of a message on this phone, and of no other."""
    phone = await open_phone(request)
    bubble = phone.bubbles.get(request.match_info["message"])
    if bubble is None or bubble.file is None:
        raise web.HTTPNotFound
    data = await _open(request, phone, bubble.file)
    return answer_bytes(request, data, bubble.file.mime, name=bubble.file.name)


async def _open(request: web.Request, phone: Phone, shown: ShownFile) -> bytes:
    if shown.key:
        try:
            return await request.app[DOOR].files.open(shown.key)
        except KeyError:
            raise web.HTTPNotFound from None
    path = phone.channel.uploads.path(shown.ref)
    if path is None:
        raise web.HTTPNotFound
    return await asyncio.to_thread(path.read_bytes)


async def _take(request: web.Request, said: dict[str, Any], bubble: Bubble) -> web.Response:
    phone = await open_phone(request)
    body = msgspec.json.encode(said | {"tab": phone.tab, "language": current.get()})
    try:
        incoming = phone.channel.read(WebhookCall(request.path, request.headers, body))
    except Malformed:
        return web.Response(status=400)
    shows = bool(bubble.text or bubble.file)  # a pressed button leaves no message on Telegram
    if shows:
        phone.say(bubble)
    status = await write_down(request.app[DOOR].receiver, incoming, body)
    if shows and status != 200:
        phone.failed(bubble.id)
    return web.Response(status=status)


def _object(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise web.HTTPBadRequest from None


async def _body(request: web.Request) -> bytes:
    data = bytearray()
    async for part in request.content.iter_chunked(65_536):
        data += part
        if len(data) > MOST:
            raise web.HTTPRequestEntityTooLarge(MOST, len(data))
    return bytes(data)


def _id(said: dict[str, Any]) -> str:
    return f"me-{said.get('id', '')}"


def _start_words(kind: str, payload: str) -> str:
    """Return what the phone's owner sees of a start, as on the real one."""
    return f"/start {payload}".strip() if kind == "telegram" else f"START {payload}".strip()
