"""The page behind a link by SMS: what is asked is heard there, and answered by voice.

It works without script (a file that the phone records is sent by a form); script adds a recorder
that keeps a recording until we have said that it is here.
"""

import asyncio
import secrets
from datetime import UTC, datetime
from urllib.parse import urlencode
from zlib import crc32

from aiohttp import web
from babel.dates import format_date

from bot.gateway.pace import Buckets
from bot.gateway.receive import Busy
from bot.gateway.visiting import PREFIX, NoPage, Visit, Visits
from bot.language import _, current, use
from bot.store.database import DatabaseAway, DatabaseRefuses
from bot.store.media import MediaGone
from bot.web.bytesout import answer_bytes
from bot.web.headers import CSP_FOR_RECORDING
from bot.web.languages import preferred
from bot.web.needs import DOOR
from bot.web.ownpage import insist_on_own_page
from bot.web.saidthere import Full, NothingThere, Room, read_answer
from bot.web.screens import screen_of
from bot.web.views import page
from channels.base import Pace

WAIT = 10.0  # seconds for which a page waits until an answer was looked at
AGAIN = 3  # seconds after which a page without script looks again
LONGEST = 900  # seconds for which an answer may be on its way
PACE = Pace(0.5, 60)  # answers by one link: a talk of short presses, and no flood
HEADERS = {
    "Content-Security-Policy": CSP_FOR_RECORDING,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    "X-Robots-Tag": "noindex",
}
AWAY = (DatabaseAway, DatabaseRefuses, Busy, MediaGone, OSError, Full)  # and TimeoutError


class Limits:
    """How often one link may be answered on, and how much of answers may lie in memory."""

    def __init__(self) -> None:
        self.room = Room()
        self._paces = Buckets(PACE)

    def wait(self, signed: str, moment: int) -> int:
        """Return for how many seconds a link must wait; 0: its answer is taken, and counted."""
        bucket = self._paces.of(crc32(signed.encode()), moment)
        wait = bucket.wait(1, moment)
        if not wait:
            bucket.take(1, moment)
        return -(-wait // 1000)


LIMITS: web.AppKey[Limits] = web.AppKey("listening limits")


async def show(request: web.Request) -> web.Response:
    """Show what is asked now; after an answer, once it was looked at."""
    after = request.query.get("after", "")
    try:
        visits, visit = await _visit(request)
        came = not after or await visits.answered(visit, PREFIX + after, WAIT)
        if after and came:
            _, visit = await _visit(request)
            await visits.seen(visit)
    except NoPage:
        return gone(request)
    return _page(request, visit, after=after, waits=not came)


async def sound(request: web.Request) -> web.Response:
    """Answer with the words of the page, said."""
    try:
        _visits, visit = await _visit(request)
    except NoPage:
        raise web.HTTPGone from None
    voice = request.app[DOOR].voice
    data = await voice.sound(visit.prompts, visit.language, visit.owner) if voice else b""
    if not data:
        raise web.HTTPNotFound
    answer = answer_bytes(request, data, "audio/mpeg")
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


async def take(request: web.Request) -> web.Response:
    """Take an answer: 303 to what comes next (with script: its name), once it is stored.

    409: something else is asked by now; 410: the link holds no longer; 413: too large; 429 and
    503: not taken, to be brought again.
    """
    insist_on_own_page(request, forms=True)
    signed, limits = request.match_info["signed"], request.app[LIMITS]
    try:
        visits, visit = await _visit(request)
        if wait := limits.wait(signed, request.app[DOOR].clock()):
            return _page(request, visit, 429, retry=wait)
        async with asyncio.timeout(LONGEST):
            with limits.room.some() as room:
                answer = await read_answer(request, room)
                visit = await visits.open(signed)  # to send it may have taken minutes
                event = answer.said().name(signed)
                if not await visits.has(visit, event):
                    if not answer.answers(visit.key):
                        return _page(request, visit, 409, moved=True)
                    await visits.take(visit, event, answer.said())
    except NothingThere:
        return _page(request, visit, 422, empty=True)
    except NoPage:
        return gone(request)
    except AWAY:
        return _guarded(web.Response(status=503), retry=5)
    return _taken(request, event.removeprefix(PREFIX))


def _visits(request: web.Request) -> Visits:
    visits = request.app[DOOR].visits
    if visits is None:
        raise web.HTTPNotFound
    return visits


async def _visit(request: web.Request) -> tuple[Visits, Visit]:
    """Open the page, and speak its person's language from now on. Raises NoPage, DatabaseAway."""
    visits = _visits(request)
    visit = await visits.open(request.match_info["signed"])
    if "lang" not in request.query:
        use(visit.language)
    return visits, visit


def _page(
    request: web.Request, visit: Visit, status: int = 200, *, after: str = "", waits: bool = False,
    moved: bool = False, empty: bool = False, retry: int = 0,
) -> web.Response:  # fmt: skip
    until = datetime.fromtimestamp(visit.expires_at / 1000, UTC)
    context = {
        "screen": screen_of(request, visit),
        "once": secrets.token_urlsafe(9),
        "again": AGAIN,
        "after": after,
        "chosen": "lang" in request.query,
        "waits": waits,
        "moved": moved,
        "empty": empty,
        "retry": retry,
        "until": format_date(until, "long", locale=current.get()),
    }
    return _guarded(page(request, "listening.html", context, status=status), retry)


def gone(request: web.Request) -> web.Response:
    """Say that a link holds no longer, and how one gets another."""
    asked = request.query.get("lang") or preferred(request.headers.get("Accept-Language", ""))
    if not asked:
        use(request.app[DOOR].consultation().source)
    ours = request.app[DOOR].writes_at("sms")
    word = _("REPEAT")
    context = {
        "word": word,
        "number": ours.partition(":")[2],
        "link": f"{ours}?{urlencode({'body': word})}" if ours else "",
    }
    return _guarded(page(request, "gone.html", context, status=410))


def _guarded(answer: web.Response, retry: int = 0) -> web.Response:
    answer.headers.update(HEADERS)
    if retry:
        answer.headers["Retry-After"] = str(retry)
    return answer


def _taken(request: web.Request, name: str) -> web.Response:
    """Say that an answer is stored: to script by its name, to a form by the way on."""
    if "application/json" in request.headers.get("Accept", ""):
        return _guarded(web.json_response({"after": name}))
    query = {"after": name} | ({"lang": current.get()} if "lang" in request.query else {})
    way = web.Response(status=303, headers={"Location": f"?{urlencode(query)}"})
    return _guarded(way)
