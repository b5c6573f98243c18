"""A Telegram and a Twilio that take messages, misbehave, and remember each one that they took."""

import asyncio
import itertools
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from aiohttp import web

from bot.trial.faults import TAKEN, UNSURE, WELL, How, Mood, misbehave
from bot.trial.manners import Manner

HOST = "127.0.0.1"
HOLD_SECONDS = 2  # what a 429 asks for
BETWEEN_HOLDS = 5.0  # seconds, at least
UNDER_WAY = 1.5  # seconds: a call that left before the 429 came may be read so late
SENDS = ("sendMessage", "sendVoice", "sendAudio", "sendDocument", "sendPhoto")
WHATSAPP, JSON = "whatsapp:", "application/json"

Message = tuple[str, str, str]  # channel, address, text


class Kept(NamedTuple):
    """A message that Twilio took; `error`: it will not arrive, and why (0: it will)."""

    sid: str
    sender: str
    to: str
    text: str
    callback: str
    error: int
    at: float  # seconds since 1970


class Hold:
    """A provider that asks to wait, now and then. `impatient`: calls within that time."""

    def __init__(self, chance: random.Random) -> None:
        self.impatient = self.times = 0
        self._chance = chance
        self.held_at = 0.0

    def must_wait(self, *, begins: bool) -> bool:
        """Say whether this call is to be told to wait; `begins`: a new wait may begin with it."""
        since = time.monotonic() - self.held_at
        self.impatient += UNDER_WAY < since < HOLD_SECONDS
        if begins and since > BETWEEN_HOLDS and self._chance.random() < 0.02:
            self.held_at = time.monotonic()
            self.times += 1
            return True
        return since < HOLD_SECONDS and begins


class Provider:
    """Both providers on one port. `taken`: when each message was taken, as often as it was."""

    def __init__(self, token: str, account: str, chance: random.Random) -> None:
        self.token, self.account = token, account
        self.telegram, self.twilio, self.holds = WELL, WELL, False
        self.forgives = False  # what passes has passed
        self.manners: dict[tuple[str, str], Manner] = {}  # of (channel, address)
        self.taken: dict[Message, list[float]] = defaultdict(list)
        self.unsure: set[Message] = set()  # taken, and whoever sent it was not told
        self.undelivered: Counter[Message] = Counter()  # taken, and never brought
        self.faults: Counter[str] = Counter()
        self.ahead = 0.0  # seconds by which its clock goes before this machine's
        self.port = 0
        self.heard: Callable[[str, str, str], object] = lambda _channel, _address, _text: None
        self.took: Callable[[Kept], object] = lambda _kept: None
        self._chance = chance
        self._hold: dict[str, Hold] = defaultdict(lambda: Hold(chance))  # of each channel
        self._sent: dict[str, list[Kept]] = defaultdict(list)  # to whom → oldest first
        self._ids = itertools.count(1)

    @property
    def impatient(self) -> int:
        """Count calls within the time that a 429 asked for."""
        return sum(one.impatient for one in self._hold.values())

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=60_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self._called)
        messages = "/2010-04-01/Accounts/{account}/Messages.json"
        app.router.add_post(messages, self._create)
        app.router.add_get(messages, self._list)
        app.router.add_get("/2010-04-01/Accounts/{account}.json", self._known)
        app.router.add_get("/v1/ContentAndApprovals", self._no_templates)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """What stands for both providers' addresses."""
        return f"http://{HOST}:{self.port}"

    def be_well(self) -> None:
        """Answer well from now on."""
        self.telegram, self.twilio, self.holds = WELL, WELL, False
        self.forgives = True

    def forget_the_wait(self) -> None:
        """Ask nobody to wait any more: whoever was told has died."""
        for hold in self._hold.values():
            hold.held_at = 0.0

    # --- both ------------------------------------------------------------------------------

    def _must_wait(self, name: str) -> bool:
        """Say whether this call is to be told to wait; count who did not wait."""
        hold = self._hold[name]
        before = hold.times
        waits = hold.must_wait(begins=self.holds)
        self.faults["told to wait"] += hold.times - before
        return waits

    def _take(self, message: Message, how: How | None) -> None:
        self.taken[message].append(time.monotonic())
        if how in UNSURE:
            self.unsure.add(message)
        self.heard(*message)

    def _drawn(self, mood: Mood) -> How | None:
        how = mood.fault(self._chance)
        if how:
            self.faults[how] += 1
        return how

    def _manner(self, channel: str, address: str) -> Manner | None:
        """Return why somebody is not reached, None when they are."""
        manner = self.manners.get((channel, address))
        return None if manner is None or (manner.passes and self.forgives) else manner

    # --- Telegram --------------------------------------------------------------------------

    async def _called(self, http: web.Request) -> web.StreamResponse:
        said = await _parameters(http)
        method = http.match_info["method"]
        if method not in SENDS:
            return _result({"username": "trial_bot"} if method == "getMe" else True)
        if self._must_wait("telegram"):
            return _refused(429, "Too Many Requests", retry_after=HOLD_SECONDS)
        chat, text = str(said.get("chat_id", "")), str(said.get("text", ""))
        if manner := self._manner("telegram", chat):
            return _refused(manner.status, manner.words)
        how = self._drawn(self.telegram)
        if how is None or how in TAKEN:
            self._take(("telegram", chat, text), how)
        well = _result({"message_id": next(self._ids), "date": 1, "chat": {"id": int(chat)}})
        return await misbehave(http, how, well) if how else well

    # --- Twilio ----------------------------------------------------------------------------

    async def _create(self, http: web.Request) -> web.StreamResponse:
        said = await http.post()
        to, text = str(said["To"]), str(said.get("Body", ""))
        channel, address = where(to)
        if self._must_wait(channel):
            wait = {"Retry-After": str(HOLD_SECONDS)}
            return web.json_response({"code": 20429, "status": 429}, status=429, headers=wait)
        manner = self._manner(channel, address)
        if manner and manner.status:
            body = {"code": manner.code, "status": manner.status, "message": "refused"}
            return web.json_response(body, status=manner.status)
        how = self._drawn(self.twilio)
        kept = Kept(
            f"SM{next(self._ids):032x}", str(said.get("From", "")), to, text,
            str(said.get("StatusCallback", "")), manner.code if manner else 0,
            time.time() + self.ahead,
        )  # fmt: skip
        if how is None or how in TAKEN:
            self.undelivered[channel, address, text] += kept.error > 0
            self._take((channel, address, text), how)
            self._sent[to].append(kept)
            self.took(kept)
        well = web.json_response(self._shown(kept), status=201)
        return await misbehave(http, how, well) if how else well

    def _shown(self, kept: Kept) -> dict[str, Any]:
        """Write a message as Twilio does."""
        at = datetime.fromtimestamp(kept.at, UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
        where = f"/2010-04-01/Accounts/{self.account}/Messages/{kept.sid}"
        return {
            "account_sid": self.account, "api_version": "2010-04-01", "body": kept.text,
            "date_created": at, "date_sent": None, "date_updated": at,
            "direction": "outbound-api", "error_code": kept.error or None, "error_message": None,
            "from": kept.sender, "messaging_service_sid": None, "num_media": "0",
            "num_segments": "1", "price": None, "price_unit": "USD", "sid": kept.sid,
            "status": "undelivered" if kept.error else "queued", "subresource_uris": {},
            "to": kept.to, "uri": f"{where}.json",
        }  # fmt: skip

    async def _list(self, http: web.Request) -> web.Response:
        wanted = http.query
        inbound = "DateSent>" in wanted  # of what people wrote nothing is missed here
        theirs = [] if inbound else self._sent.get(wanted.get("To", ""), [])
        found = [
            self._shown(one) for one in reversed(theirs)
            if wanted.get("From", one.sender) == one.sender
        ][:200]  # fmt: skip
        page = {"messages": found, "page": 0, "page_size": 200, "start": 0, "end": len(found),
                "uri": http.path, "first_page_uri": http.path, "previous_page_uri": None,
                "next_page_uri": None}  # fmt: skip
        return web.json_response(page)

    async def _known(self, http: web.Request) -> web.Response:
        return web.json_response({"sid": self.account, "status": "active", "friendly_name": "x"})

    async def _no_templates(self, http: web.Request) -> web.Response:
        page = {"contents": [], "meta": {"key": "contents", "page": 0, "page_size": 200,
                "url": str(http.url), "first_page_url": str(http.url),
                "previous_page_url": None, "next_page_url": None}}  # fmt: skip
        return web.json_response(page)


def where(to: str) -> tuple[str, str]:
    """Split an address as Twilio writes it into (channel, address)."""
    return ("whatsapp", to.removeprefix(WHATSAPP)) if to.startswith(WHATSAPP) else ("sms", to)


async def _parameters(http: web.Request) -> dict[str, Any]:
    """Return what a call to the Bot API says, whichever way it is written."""
    said: dict[str, Any] = dict(http.query)
    return said | (await http.json() if http.content_type == JSON else dict(await http.post()))


def _refused(status: int, words: str, **parameters: int) -> web.Response:
    body = {"ok": False, "error_code": status, "description": words, "parameters": parameters}
    return web.json_response(body, status=status)


def _result(result: object) -> web.Response:
    return web.Response(text=json.dumps({"ok": True, "result": result}),
                        content_type=JSON)  # fmt: skip


async def briefly(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event for so long at most; say whether it came."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
