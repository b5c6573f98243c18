"""People who write, again and again until each message is acknowledged: as providers bring them."""

import asyncio
import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from bot.bench.script import SAYS
from bot.trial.provider import WHATSAPP, Kept, briefly

PUBLIC = "https://trial.example"
OURS = "+33700000000"
ODD = ("a nul \x00 in it", "half a pair \ud83d here", "\u202eturned\u202c", "x" * 3000)
POISON = "POISON: the database takes no answer with this word"
REFUSED = 777  # the database refuses to store a message whose number ends so
OPEN_PLACES = (4, 7, 8)  # questions that take any words
ANSWER_SECONDS = 4  # so long one waits before one writes on
POST_SECONDS = 20


Post = Callable[[aiohttp.ClientSession, int, str, str], Awaitable[None]]


@dataclass
class Counts:
    """What was acknowledged and what was done to it on the way."""

    acknowledged: dict[str, set[str]] = field(  # channel → event ids
        default_factory=lambda: {"telegram": set(), "sms": set(), "whatsapp": set()}
    )
    refused: set[str] = field(default_factory=set)  # of these: not to be stored as they are
    poisoned: int = 0
    tricks: Counter[str] = field(default_factory=Counter)
    slowest_no: float = 0.0  # seconds until the slowest refusal


@dataclass
class World:
    """All who write; `port` is where the webhooks are now."""

    token: str
    secret: str
    account: str
    auth_token: str
    port: Callable[[], int]
    chance: random.Random
    counts: Counts = field(default_factory=Counts)
    over: bool = False
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _heard: dict[tuple[str, str], asyncio.Event] = field(default_factory=dict)
    _later: set["asyncio.Task[None]"] = field(default_factory=set)

    def heard(self, channel: str, address: str) -> None:
        """Note that somebody got a message."""
        self._event(channel, address).set()

    def _event(self, channel: str, address: str) -> asyncio.Event:
        return self._heard.setdefault((channel, address), asyncio.Event())

    async def write(self, session: aiohttp.ClientSession, channel: str) -> None:
        """Be one person after the other, until all is over."""
        while not self.over:
            number = next(self._numbers)
            address = str(7_000_000 + number) if channel == "telegram" else f"+3361{number:07}"
            for place, text in enumerate(SAYS):
                if self.over:
                    return
                event = self._event(channel, address)
                event.clear()
                await self.says(session, channel, address, self._odd(place, text))
                await briefly(event, ANSWER_SECONDS)

    def _odd(self, place: int, text: str) -> str:
        drawn = self.chance.random()
        if place in OPEN_PLACES and drawn < 0.05:
            return self.chance.choice(ODD)
        if place in OPEN_PLACES and drawn < 0.06:
            self.counts.poisoned += 1
            return POISON
        return text

    async def says(
        self, session: aiohttp.ClientSession, channel: str, address: str, text: str
    ) -> None:
        """Bring what somebody writes until it is taken, sometimes twice."""
        number = next(self._numbers)
        posts = {"telegram": self._telegram, "sms": self._sms, "whatsapp": self._whatsapp}
        post = posts[channel]
        drawn = self.chance.random()
        if drawn < 0.05:  # brought twice at the same moment
            self.counts.tricks["twice at once"] += 1
            await asyncio.gather(*(post(session, number, address, text) for _ in range(2)))
            return
        await post(session, number, address, text)
        if drawn < 0.15:  # and once more, much later
            self.counts.tricks["again, late"] += 1
            self.beside(self._again(post, session, number, address, text))

    async def _again(
        self, post: Post, session: aiohttp.ClientSession, number: int, address: str, text: str
    ) -> None:
        await asyncio.sleep(self.chance.uniform(0.1, 20))
        if not self.over:
            await post(session, number, address, text)

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something while people go on writing."""
        task = asyncio.create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def end(self) -> None:
        """Let nobody write any more."""
        self.over = True
        for task in list(self._later):
            task.cancel()
        await asyncio.gather(*self._later, return_exceptions=True)

    # --- as each provider brings it ----------------------------------------------------------

    async def _telegram(
        self, session: aiohttp.ClientSession, number: int, address: str, text: str
    ) -> None:
        chat = {"id": int(address), "type": "private", "first_name": "P"}
        sender = {"id": int(address), "is_bot": False, "first_name": "P", "language_code": "en"}
        message = {"message_id": number, "date": 1_790_000_000, "chat": chat, "from": sender,
                   "text": text}  # fmt: skip
        if text.startswith("/start"):
            message["entities"] = [{"offset": 0, "length": 6, "type": "bot_command"}]
        body = json.dumps({"update_id": number, "message": message})
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret,
                   "Content-Type": "application/json"}  # fmt: skip
        await self._until_taken(session, "/hooks/telegram", body.encode(), headers)
        self._acknowledged("telegram", number, f"{self.token.partition(':')[0]}:{number}")

    async def _sms(
        self, session: aiohttp.ClientSession, number: int, address: str, text: str
    ) -> None:
        await self._by_twilio(session, "sms", "", number, address, text)

    async def _whatsapp(
        self, session: aiohttp.ClientSession, number: int, address: str, text: str
    ) -> None:
        await self._by_twilio(session, "whatsapp", WHATSAPP, number, address, text)

    async def _by_twilio(
        self, session: aiohttp.ClientSession, channel: str, prefix: str, number: int,
        address: str, text: str,
    ) -> None:  # fmt: skip
        sid = f"SM{number:032x}"
        words = text.encode("utf-8", "replace").decode().replace("/start", "Hello")
        form = {"MessageSid": sid, "SmsSid": sid, "AccountSid": self.account,
                "From": prefix + address, "To": prefix + OURS, "Body": words, "NumMedia": "0",
                "NumSegments": "1", "SmsStatus": "received",
                "ApiVersion": "2010-04-01"}  # fmt: skip
        await self._posts_form(session, f"/hooks/twilio/{channel}", form)
        self._acknowledged(channel, number, f"m:{sid}")

    async def tells(self, session: aiohttp.ClientSession, kept: Kept, status: str) -> None:
        """Tell what became of a message that Twilio took, until that is taken."""
        error = {"ErrorCode": str(kept.error)} if status == "undelivered" else {}
        form = {"MessageSid": kept.sid, "SmsSid": kept.sid, "MessageStatus": status,
                "SmsStatus": status, "To": kept.to, "From": kept.sender,
                "AccountSid": self.account, "ApiVersion": "2010-04-01"} | error  # fmt: skip
        await self._posts_form(session, kept.callback.removeprefix(PUBLIC), form)

    async def _posts_form(
        self, session: aiohttp.ClientSession, path: str, form: dict[str, str]
    ) -> None:
        signed = RequestValidator(self.auth_token).compute_signature(PUBLIC + path, form)
        await self._until_taken(session, path, form, {"X-Twilio-Signature": signed})

    def _acknowledged(self, channel: str, number: int, event_id: str) -> None:
        self.counts.acknowledged[channel].add(event_id)
        if channel == "telegram" and number % 1000 == REFUSED:
            self.counts.refused.add(event_id)

    async def _until_taken(
        self,
        session: aiohttp.ClientSession,
        path: str,
        body: bytes | dict[str, str],
        headers: dict[str, str],
    ) -> None:
        while True:
            begun = time.monotonic()
            try:
                url = f"http://127.0.0.1:{self.port()}{path}"
                async with session.post(url, data=body, headers=headers) as answer:
                    if answer.status == 200:
                        return
                    took = time.monotonic() - begun
                    self.counts.slowest_no = max(self.counts.slowest_no, took)
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            await asyncio.sleep(self.chance.uniform(0.05, 0.3))
