"""A real process behind Telegram and Twilio, and people who read nothing: they hear and speak."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import aiohttp
from e2e.by_twilio import FLOWS, LANGUAGES, MINE, PUBLIC, Answer, Leave, Note, Only
from e2e.running import ADDS, PATIENCE, Palabre
from fakes.telegram_phone import Phone as TelegramPhone
from fakes.telegram_server import TelegramServer
from fakes.twilio_phone import Phone as TwilioPhone
from fakes.twilio_server import TwilioServer

from bot.voice.splice import seconds

MOST_BYTES = 512 * 1024  # of what WhatsApp shows as a voice message
LISTENS = {"fr": "Écouter", "en": "Listen", "es": "Escuchar"}


class Everywhere(Palabre):
    """An installation with Telegram, SMS and WhatsApp, whose engine speaks."""

    def __init__(self, folder: Path, telegram: TelegramServer, twilio: TwilioServer) -> None:
        more = {
            "PALABRE_TTS": "nanotts",
            "PALABRE_TTS_SECONDS": "60",  # this machine does much else meanwhile
            "PUBLIC_URL": PUBLIC,
            "TWILIO_ACCOUNT_SID": twilio.sid,
            "TWILIO_AUTH_TOKEN": twilio.token,
            "TWILIO_API_URL": twilio.url,
            "TWILIO_SMS_FROM": "+33700000000",
            "TWILIO_WHATSAPP_FROM": "+33700000001",
        }
        super().__init__(folder, telegram, more)
        twilio.hooks, twilio.deliver_to = PUBLIC, f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True)
class Heard:
    """A turn of the bot: its sound, b"" for none, its words, what can be pressed."""

    sound: bytes
    text: str
    labels: list[str]


class Phone(Protocol):
    """What somebody listens and speaks with."""

    async def hears(self) -> Heard:
        """Wait for the next turn of the bot."""

    async def writes(self, words: str) -> None:
        """Write: a number, or a word that one was told."""

    async def speaks(self, note: bytes) -> None:
        """Send a voice note."""

    async def presses(self, label: str) -> None:
        """Press a button."""

    async def ticks(self, label: str) -> bool:
        """Press one of several; say whether it is ticked there, and nothing is said to it."""


@dataclass
class OnTelegram:
    """Telegram: sound, words and buttons are one message, or sound and then words."""

    phone: TelegramPhone

    async def hears(self) -> Heard:
        """See Phone."""
        sound = b""
        while True:
            heard = await self.phone.hears(PATIENCE)
            if heard.kind == "voice":
                sound = heard.file
            if heard.kind in ("", "voice") and heard.text:
                return Heard(sound, heard.text, heard.labels)

    async def writes(self, words: str) -> None:
        """See Phone."""
        self.phone.says(words)

    async def speaks(self, note: bytes) -> None:
        """See Phone."""
        self.phone.sends_voice(note, 2)

    async def presses(self, label: str) -> None:
        """See Phone."""
        self.phone.presses(label)

    async def ticks(self, label: str) -> bool:
        """See Phone."""
        self.phone.presses(label)
        message = next(one for one in reversed(self.phone.messages) if one.rows)
        async with asyncio.timeout(PATIENCE):
            while label in message.labels:
                await asyncio.sleep(0.02)
        return True


@dataclass
class OnWhatsApp:
    """WhatsApp: the sound is fetched by its address, as Twilio does; then the words come."""

    phone: TwilioPhone
    port: int

    async def hears(self) -> Heard:
        """See Phone."""
        sound = b""
        while True:
            heard = await self.phone.hears(PATIENCE)
            for address in heard.media:
                sound = await self._fetched(address) or sound
            if not heard.media:
                return Heard(sound, heard.text, heard.labels)

    async def _fetched(self, address: str) -> bytes:
        local = address.replace(PUBLIC, f"http://127.0.0.1:{self.port}")
        async with aiohttp.ClientSession() as session, session.get(local) as answer:
            assert answer.status == 200, answer.status
            return await answer.read() if answer.content_type == "audio/ogg" else b""

    async def writes(self, words: str) -> None:
        """See Phone."""
        await self.phone.says(words)

    async def speaks(self, note: bytes) -> None:
        """See Phone."""
        await self.phone.sends_media(note, "audio/ogg")

    async def presses(self, label: str) -> None:
        """See Phone."""
        await self.phone.presses(label)

    async def ticks(self, label: str) -> bool:
        """See Phone."""
        await self.phone.presses(label)
        return False


def by_voice(flow: str) -> list[Answer]:
    """The answers of by_twilio's table, all words spoken; numbers and buttons as they are."""
    found: list[Answer] = []
    for answer in FLOWS[flow]:
        one = answer.answer if isinstance(answer, Only) else answer
        if isinstance(one, Leave):
            continue
        if isinstance(one, str) and one != MINE and not one.replace(" ", "").isdigit():
            number, _, words = one.partition(" ")
            found += [int(number), Note(words)] if number.isdigit() else [Note(one)]
        else:
            found.append(one)
    return found


@dataclass
class Person:
    """Someone who hears each turn; `turns` holds them by flow."""

    phone: Phone
    language: str
    note: bytes
    turns: dict[str, list[Heard]] = field(default_factory=dict)
    flow: str = ""

    async def hears(self) -> Heard:
        """Hear the next turn."""
        heard = await self.phone.hears()
        self.turns.setdefault(self.flow, []).append(heard)
        return heard

    @property
    def last(self) -> Heard:
        """What was heard last."""
        return [one for turns in self.turns.values() for one in turns][-1]

    async def says(self, words: str, flow: str) -> Heard:
        """Write a word that begins a flow."""
        self.flow = flow
        await self.phone.writes(words)
        return await self.hears()

    async def goes_through(self, flow: str) -> None:
        """Answer a flow from its first question on."""
        self.flow = flow
        for answer in by_voice(flow):
            await self.answers(answer)

    async def speaks_first(self, flow: str) -> Heard:
        """Say something before all else."""
        self.flow = flow
        await self.phone.speaks(self.note)
        return await self.hears()

    @property
    def offered(self) -> list[str]:
        """What one may press for an answer."""
        return [one for one in self.last.labels if not one.startswith(ADDS)]

    async def picks(self, *numbers: int) -> Heard:
        """Press several, then the button below them, and hear what is said to it."""
        for number in numbers:
            if not await self.phone.ticks(self.offered[number - 1]):
                await self.hears()
        await self.phone.presses(self.offered[-1])
        return await self.hears()

    async def answers(self, answer: Answer) -> Heard:
        """Give one answer, and hear what is said to it."""
        offered = self.offered
        number = LANGUAGES.index(self.language) + 1 if answer == MINE else answer
        if isinstance(number, Note):
            await self.phone.speaks(self.note)
        elif isinstance(number, int) and offered:
            await self.phone.presses(offered[number - 1])
        elif isinstance(number, str) and offered:
            return await self.picks(*map(int, number.split()))
        else:
            await self.phone.writes(str(number))
        return await self.hears()


@dataclass(frozen=True)
class Figures:
    """What was heard of a flow: how many turns, without sound, seconds, KB, the longest in KB."""

    turns: int
    silent: int
    seconds: float
    size: float
    longest: float


def figures(turns: list[Heard]) -> Figures:
    """Measure; whatever is no voice message raises."""
    sounds = [one.sound for one in turns if one.sound]
    assert all(len(one) <= MOST_BYTES for one in sounds)
    return Figures(
        len(turns), len(turns) - len(sounds), sum(map(seconds, sounds)),
        sum(map(len, sounds)) / 1024, max(map(len, sounds), default=0) / 1024,
    )  # fmt: skip
