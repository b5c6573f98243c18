"""A talk at a keyboard: what is typed passes inbox, turn and outbox like any message."""

import asyncio
from collections.abc import Callable
from typing import Protocol, Self

import msgspec
from sqlalchemy import Connection, func, select

from bot.dialogue import talk
from bot.dialogue.conversation import Person, Turn
from bot.dialogue.flow import CONSENTS
from bot.dialogue.reply import Learned
from bot.gateway.house import House
from bot.gateway.sit_with import take_unasked
from bot.gateway.work import Work
from bot.store import participants
from bot.store.participants import Newcomer
from bot.store.tables import deliveries, inbox
from channels.base import Channel, Incoming

SOON = 0.01  # seconds between two looks whether all is answered


class Keyboard(Channel, Protocol):
    """A channel whose lines are typed."""

    address: str

    def hears(self, line: str) -> Incoming:
        """Read one line."""


class Chat:
    """A trial participant at a keyboard."""

    def __init__(self, house: House, keyboard: Keyboard) -> None:
        self.house = house
        self.keyboard = keyboard
        self._work = Work.of(house)

    async def __aenter__(self) -> Self:
        await self._work.start(alone=True)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._work.stop()

    async def begin(self, flow: str = "", language: str = "") -> None:
        """Let the bot speak first: with a flow, or as to anybody who writes /start."""
        if not (flow or language):
            await self.say("/start")
            return
        newcomer = await self.house.database.write(self._newcomer)
        await take_unasked(self.house, newcomer, _beginning(flow, language))
        await self.until_answered()

    def _newcomer(self, connection: Connection) -> int:
        house, name = self.house, self.keyboard.name
        index = house.seal.index(name, self.keyboard.address)
        one = Newcomer(name, "", index, self.keyboard.address, trial=True)
        return participants.create(connection, house.seal, [one], house.clock())[0].participant

    async def say(self, line: str) -> None:
        """Say a line, and return when it was answered. Raises FileNotFoundError."""
        incoming = self.keyboard.hears(line)
        for ref in incoming.media:
            if ref.size is None:
                raise FileNotFoundError(ref.name)
        await self._work.receiver.take([(incoming, line.encode())])
        await self.until_answered()

    async def until_answered(self) -> None:
        """Wait until nothing of this talk waits for an answer or to be sent."""
        while await self.house.database.read(self._waiting):
            await asyncio.sleep(SOON)
        await asyncio.gather(*self.house.in_hand)

    def _waiting(self, connection: Connection) -> int:
        name = self.keyboard.name
        unanswered = select(func.count()).where(
            inbox.c.channel == name, inbox.c.answered_at.is_(None)
        )
        unsent = select(func.count()).where(
            deliveries.c.channel == name, deliveries.c.state.in_(("waiting", "sending"))
        )
        return (connection.scalar(unanswered) or 0) + (connection.scalar(unsent) or 0)


def _beginning(flow: str, language: str) -> Callable[..., Turn]:
    """Begin a flow with someone who is taken to have agreed: they typed the command."""

    def think(programme: object, person: Person, scene: object) -> Turn:
        known = {"language": language or ""} | dict.fromkeys(CONSENTS, "yes")
        if flow in ("", "welcome"):
            known = {"language": language}
        facts = {name: value for name, value in known.items() if value}
        ready = msgspec.structs.replace(person, language=language, facts=facts)
        turn = talk.open_with(programme, ready, scene, flow or "welcome")  # type: ignore[arg-type]
        learned = tuple(Learned(name, value, "coordinator") for name, value in facts.items())
        return msgspec.structs.replace(turn, learned=learned + turn.learned)

    return think
