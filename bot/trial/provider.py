"""A Telegram and a Twilio that take messages, misbehave, and remember each one that they took."""

import asyncio
import itertools
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Self

from aiohttp import web

from bot.trial.faults import TAKEN, UNSURE, WELL, How, Mood, misbehave

HOST = "127.0.0.1"
HOLD_SECONDS = 2  # what a 429 asks for
BETWEEN_HOLDS = 5.0  # seconds, at least
UNDER_WAY = 1.5  # seconds: a call that left before the 429 came may be read so late
SENDS = ("sendMessage", "sendVoice", "sendAudio", "sendDocument", "sendPhoto")

Message = tuple[str, str, str]  # channel, address, text


class Provider:
    """Both providers on one port. `taken`: when each message was taken, as often as it was."""

    def __init__(self, token: str, account: str, chance: random.Random) -> None:
        self.token, self.account = token, account
        self.telegram, self.twilio, self.holds = WELL, WELL, False
        self.taken: dict[Message, list[float]] = defaultdict(list)
        self.unsure: set[Message] = set()  # taken, and whoever sent it was not told
        self.faults: Counter[str] = Counter()
        self.impatient = 0  # calls within the time that a 429 asked for
        self.port = 0
        self.heard: Callable[[str, str], object] = lambda _channel, _address: None
        self.took: Callable[[str, str, str], object] = lambda _sid, _to, _callback: None
        self._chance = chance
        self._held_at = 0.0
        self._sent: list[dict[str, Any]] = []  # Twilio's list, oldest first
        self._ids = itertools.count(1)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=60_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self._called)
        messages = "/2010-04-01/Accounts/{account}/Messages.json"
        app.router.add_post(messages, self._create)
        app.router.add_get(messages, self._list)
        app.router.add_get("/2010-04-01/Accounts/{account}.json", self._known)
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

    def forget_the_wait(self) -> None:
        """Ask nobody to wait any more: whoever was told has died."""
        self._held_at = 0.0

    # --- both ------------------------------------------------------------------------------

    def _must_wait(self) -> bool:
        """Say whether this call is to be told to wait; count who did not wait."""
        now = time.monotonic()
        since = now - self._held_at
        if UNDER_WAY < since < HOLD_SECONDS:
            self.impatient += 1
        if self.holds and since > BETWEEN_HOLDS and self._chance.random() < 0.02:
            self._held_at = now
            self.faults["told to wait"] += 1
            return True
        return since < HOLD_SECONDS and self.holds

    def _take(self, channel: str, address: str, text: str, how: How | None) -> None:
        message = (channel, address, text)
        self.taken[message].append(time.monotonic())
        if how in UNSURE:
            self.unsure.add(message)
        self.heard(channel, address)

    def _drawn(self, mood: Mood) -> How | None:
        how = mood.fault(self._chance)
        if how:
            self.faults[how] += 1
        return how

    # --- Telegram --------------------------------------------------------------------------

    async def _called(self, http: web.Request) -> web.StreamResponse:
        said = dict(await http.post()) | dict(http.query)
        method = http.match_info["method"]
        if method not in SENDS:
            return _result({"username": "trial_bot"} if method == "getMe" else True)
        if self._must_wait():
            body = {"ok": False, "error_code": 429, "description": "Too Many Requests",
                    "parameters": {"retry_after": HOLD_SECONDS}}  # fmt: skip
            return web.json_response(body, status=429)
        how = self._drawn(self.telegram)
        chat, text = str(said.get("chat_id", "")), str(said.get("text", ""))
        if how is None or how in TAKEN:
            self._take("telegram", chat, text, how)
        well = _result({"message_id": next(self._ids), "date": 1, "chat": {"id": int(chat)}})
        return await misbehave(http, how, well) if how else well

    # --- Twilio ----------------------------------------------------------------------------

    async def _create(self, http: web.Request) -> web.StreamResponse:
        said = await http.post()
        how = self._drawn(self.twilio)
        to, text = str(said["To"]), str(said.get("Body", ""))
        kept = self._kept(str(said.get("From", "")), to, text)
        if how is None or how in TAKEN:
            self._take("sms", to, text, how)
            self._sent.append(kept)
            self.took(kept["sid"], to, str(said.get("StatusCallback", "")))
        well = web.json_response(kept, status=201)
        return await misbehave(http, how, well) if how else well

    def _kept(self, sender: str, to: str, text: str) -> dict[str, Any]:
        sid = f"SM{next(self._ids):032x}"
        now = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
        where = f"/2010-04-01/Accounts/{self.account}/Messages/{sid}"
        return {
            "account_sid": self.account, "api_version": "2010-04-01", "body": text,
            "date_created": now, "date_sent": None, "date_updated": now,
            "direction": "outbound-api", "error_code": None, "error_message": None,
            "from": sender, "messaging_service_sid": None, "num_media": "0",
            "num_segments": "1", "price": None, "price_unit": "USD", "sid": sid,
            "status": "queued", "subresource_uris": {}, "to": to, "uri": f"{where}.json",
        }  # fmt: skip

    async def _list(self, http: web.Request) -> web.Response:
        wanted = http.query
        inbound = "DateSent>" in wanted  # of what people wrote nothing is missed here
        found = [] if inbound else [
            one for one in reversed(self._sent)
            if wanted.get("To", one["to"]) == one["to"]
            and wanted.get("From", one["from"]) == one["from"]
        ][:200]  # fmt: skip
        page = {"messages": found, "page": 0, "page_size": 200, "start": 0, "end": len(found),
                "uri": http.path, "first_page_uri": http.path, "previous_page_uri": None,
                "next_page_uri": None}  # fmt: skip
        return web.json_response(page)

    async def _known(self, http: web.Request) -> web.Response:
        return web.json_response({"sid": self.account, "status": "active", "friendly_name": "x"})


def _result(result: object) -> web.Response:
    return web.Response(text=json.dumps({"ok": True, "result": result}),
                        content_type="application/json")  # fmt: skip


async def briefly(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event for so long at most; say whether it came."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
