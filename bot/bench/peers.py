"""What we are measured against: a webhook that does nothing, and python-telegram-bot's talks."""

import contextlib
import hmac
import json
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web
from telegram import ReplyKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackContext,
    CommandHandler,
    ConversationHandler,
    ExtBot,
    MessageHandler,
    PicklePersistence,
    filters,
)
from telegram.request import BaseRequest, RequestData

from bot.bench.contestant import WrongWork
from bot.bench.script import FLOW, FLOWS, QUESTIONS, SECRET, TOKEN
from bot.dialogue.flow import Flow
from bot.gateway.library import Library

Take = Callable[[bytes], Awaitable[None]]
Context = CallbackContext[Any, Any, Any, Any]
Persistence = PicklePersistence[Any, Any, Any]


def webhook(take: Take) -> web.AppRunner:
    """Serve an address like ours: the secret is checked, then the body is taken, then 200."""

    async def handle(request: web.Request) -> web.Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(), SECRET.encode()):
            return web.Response(status=403)
        await take(await request.read())
        return web.Response()

    app = web.Application()
    app.router.add_post("/hooks/telegram", handle)
    return web.AppRunner(app, access_log=None)


class Nothing:
    """The most that this machine can do: the body is read and forgotten."""

    async def take(self, body: bytes) -> None:
        """Forget it."""

    async def settle(self) -> None:
        """Return at once."""

    async def check(self, people: int) -> None:
        """Find everything well: there was nothing to do."""

    async def runner(self) -> web.AppRunner:
        """Return the webhook."""
        return webhook(self.take)


@contextlib.asynccontextmanager
async def nothing() -> AsyncIterator[Nothing]:
    """Open it."""
    yield Nothing()


class Offline(BaseRequest):
    """Answers the one question with which the library begins: who am I?"""

    _ME = b'{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"Bench","username":"bench"}}'

    @property
    def read_timeout(self) -> float | None:
        """Nothing is waited for."""
        return None

    async def initialize(self) -> None:
        """There is nothing to open."""

    async def shutdown(self) -> None:
        """There is nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any,
        **more: Any,
    ) -> tuple[int, bytes]:  # fmt: skip
        """Answer every call as getMe."""
        return 200, self._ME


class Talks:
    """The same ten questions as one ConversationHandler; what it would send is put in a list."""

    def __init__(self, flow: Flow, persistence: Persistence | None) -> None:
        self.flow = flow
        self.sent: list[tuple[int, str, ReplyKeyboardMarkup | None]] = []
        self.ended = 0
        bot = ExtBot(TOKEN, request=Offline(), get_updates_request=Offline())
        builder = Application.builder().bot(bot).updater(None).job_queue(None)
        self.saves = persistence is not None
        if persistence is not None:
            builder = builder.persistence(persistence)
        self.telegram: Any = builder.build()
        self.telegram.add_handler(self._handler())
        self.keyboards = [self._keyboard(place) for place in range(QUESTIONS)]

    def _handler(self) -> ConversationHandler[Any]:
        states: dict[object, Any] = {
            place: [MessageHandler(filters.TEXT & ~filters.COMMAND, self._answer)]
            for place in range(QUESTIONS)
        }
        return ConversationHandler(
            [CommandHandler("start", self._start)],
            states,
            [CommandHandler("start", self._start)],
            name=FLOW,
            persistent=self.saves,
        )

    def _keyboard(self, place: int) -> ReplyKeyboardMarkup | None:
        choices = self.flow.steps[place].choices
        return ReplyKeyboardMarkup([[choice.label] for choice in choices]) if choices else None

    async def _start(self, update: Update, context: Context) -> int:
        self._known(context)["place"] = 0
        self._ask(update, 0, self.flow.steps[0].say)
        return 0

    async def _answer(self, update: Update, context: Context) -> int:
        message = update.effective_message
        known = self._known(context)
        place: int = known["place"]
        step = self.flow.steps[place]
        text = (message.text or "") if message else ""
        code = self._code(place, text) if step.choices else ""
        if step.choices and not code:
            self._ask(update, place, "Please choose:")
            return place
        known[step.name] = code or text
        known["place"] = place + 1
        if place + 1 == QUESTIONS:
            self.ended += 1
            self._say(update, self.flow.endings[0].text, None)
            return int(ConversationHandler.END)
        self._ask(update, place + 1, self.flow.steps[place + 1].say)
        return place + 1

    @staticmethod
    def _known(context: Context) -> dict[str, Any]:
        """Return what is remembered of this person."""
        known: dict[str, Any] | None = context.user_data  # empty at first, and the same one later
        if known is None:
            raise WrongWork(WrongWork.__doc__)
        return known

    def _code(self, place: int, text: str) -> str:
        """Read a choice by its number or its label, and nothing cleverer."""
        choices = self.flow.steps[place].choices
        if text.isdigit() and 0 < int(text) <= len(choices):
            return choices[int(text) - 1].code
        said = text.strip().casefold()
        return next((one.code for one in choices if one.label.casefold() == said), "")

    def _ask(self, update: Update, place: int, before: str) -> None:
        step = self.flow.steps[place]
        text = f"{before}\n\n{step.ask}" if before else step.ask
        self._say(update, text, self.keyboards[place])

    def _say(self, update: Update, text: str, keyboard: ReplyKeyboardMarkup | None) -> None:
        chat = update.effective_chat
        self.sent.append((chat.id if chat else 0, text, keyboard))

    async def take(self, body: bytes) -> None:
        """Take an update; where talks are saved, they are saved before this returns."""
        await self.telegram.process_update(Update.de_json(json.loads(body), self.telegram.bot))
        if self.saves:
            await self.telegram.update_persistence()

    async def settle(self) -> None:
        """Return at once: each update is done when it was taken."""

    async def check(self, people: int) -> None:
        """Look whether all talks ended, and that as much was said as was written."""
        if self.ended != people or len(self.sent) != people * (QUESTIONS + 1):
            raise WrongWork(f"{WrongWork.__doc__} (ended: {self.ended}, sent: {len(self.sent)})")

    async def runner(self) -> web.AppRunner:
        """Return the webhook."""
        return webhook(self.take)


def _flow() -> Flow:
    return Library(FLOWS, FLOW, FLOWS / "no locales").flow(FLOW, "en")


@contextlib.asynccontextmanager
async def _opened(talks: Talks) -> AsyncIterator[Talks]:
    await talks.telegram.initialize()
    try:
        yield talks
    finally:
        await talks.telegram.shutdown()


@contextlib.asynccontextmanager
async def talks() -> AsyncIterator[Talks]:
    """Open the talks in memory: what is not answered when it stops is gone."""
    async with _opened(Talks(_flow(), None)) as opened:
        yield opened


@contextlib.asynccontextmanager
async def saved_talks() -> AsyncIterator[Talks]:
    """Open the talks with a file that is written after each update."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        persistence = PicklePersistence(Path(folder) / "talks", on_flush=False)
        async with _opened(Talks(_flow(), persistence)) as opened:
            yield opened
