"""A phone's talk, live: server-sent events, each a whole message that replaces its older self."""

import asyncio
import contextlib

from aiohttp import web

from bot.language import current
from bot.store.database import DatabaseAway
from bot.web.needs import DOOR, Outline
from bot.web.phones import PHONES, RUN, Bubble, Phone
from bot.web.views import fragment

BEAT = 20  # seconds; a stream that is silent for longer is cut by what lies between
HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # a proxy in between must not hold messages back
}


async def open_phone(request: web.Request) -> Phone:
    """Return the phone that an address names. Raises HTTPNotFound."""
    match = request.match_info
    try:
        return await request.app[PHONES].phone(match["kind"], match["tab"])
    except KeyError:
        raise web.HTTPNotFound from None


async def talk(request: web.Request) -> web.StreamResponse:
    """Stream what the phone shows, from where the page was cut off, until the page goes."""
    phone = await open_phone(request)
    stream = web.StreamResponse(headers=HEADERS)
    await stream.prepare(request)
    with phone.watched(), contextlib.suppress(ConnectionError):  # the tab was closed
        await stream.write(b"retry: 1000\n\n")
        await _follow(request, phone, stream)
    return stream


async def _follow(request: web.Request, phone: Phone, stream: web.StreamResponse) -> None:
    seen = _seen(request.headers.get("Last-Event-ID", ""))
    while not request.app[PHONES].closing:
        bell, new, last = phone.bell, phone.after(seen), phone.last
        for bubble in new:
            await stream.write(event("message", draw(request, phone, bubble)))
        # The number goes last: a page that is cut off before it gets all of them again.
        await stream.write(event("steps", await _steps(request, phone), f"{RUN}.{last}"))
        seen = last
        while not await _rings(bell):
            await stream.write(b": still here\n\n")


async def _rings(bell: asyncio.Event) -> bool:
    with contextlib.suppress(TimeoutError):
        return await asyncio.wait_for(bell.wait(), BEAT)
    return False


def _seen(last_event: str) -> int:
    """Return the number of the last change that a page has seen in this run of the program."""
    run, _, number = last_event.partition(".")
    return int(number) if run == RUN and number.isdecimal() else 0


def event(kind: str, html: str, id_: str = "") -> bytes:
    """Write one server-sent event."""
    lines = [f"event: {kind}", *([f"id: {id_}"] if id_ else [])]
    lines += [f"data: {line}" for line in html.splitlines()] or ["data:"]
    return ("\n".join(lines) + "\n\n").encode()


def draw(request: web.Request, phone: Phone, bubble: Bubble) -> str:
    """Draw one message as this kind of phone does."""
    kind = request.match_info["kind"]
    file = f"/phone/{kind}/{phone.tab}/file/{bubble.id}"
    can = phone.channel.can
    listed = sum(len(row) for row in bubble.buttons) > can.buttons
    context = {"bubble": bubble, "kind": kind, "file": file, "listed": listed}
    return fragment(request, "bubble.html", context)


async def _steps(request: web.Request, phone: Phone) -> str:
    explain = request.app[DOOR].explain
    outline: Outline | None = None
    with contextlib.suppress(DatabaseAway):  # the talk goes on when the database is back
        outline = await explain(phone.channel.name, phone.tab, current.get())
    return fragment(request, "steps.html", {"outline": outline})
