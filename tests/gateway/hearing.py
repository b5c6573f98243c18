"""A house with a voice, and what somebody who prefers listening hears of it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from gateway.conftest import MakeHome
from gateway.houses import NO_PACE, Home, Phone, Post, Texts
from gateway.test_speaking import Reader as Voice

from bot.gateway.reading.making import Maker
from bot.gateway.reading.reader import Reader
from bot.gateway.sounds import Sounds
from bot.voice.decode import decode
from bot.voice.limits import Limits
from channels.base import Outgoing
from channels.capabilities import WHATSAPP

FLOW = """
steps:
  name:
    ask: What is your first name?
    answer: text
    keep as: first name
  ready:
    say: Thank you, {first_name}. Here is the question.
    ask: Shall we begin?
    choices:
      yes: Go ahead
      no: Not now
  missing:
    ask: What is missing?
    answer: text or voice
endings:
  thanks: Thank you.
"""
Listening = Callable[..., Home]


def with_a_voice(
    make_home: MakeHome, voice: Voice, folder: Path, post: Post, sounds: Sounds | None = None
) -> Home:
    """Build a house with a voice."""
    texts = Texts(test=FLOW)
    home = make_home(post, texts=texts)
    library: Any = SimpleNamespace(
        contents=SimpleNamespace(consultation=texts.consultation, phrases=texts.phrases,
                                 bundles=texts.bundles),
        sounds=sounds or Sounds(folder / "documents"), folder=folder,
    )  # fmt: skip
    house = home.house
    reader = Reader(house.database, house.seal, house.media, library, voice, voice)
    home.house = replace(house, reader=reader)
    return home


def whatsapp() -> Post:
    """WhatsApp, without a pace."""
    return Post("whatsapp", replace(WHATSAPP, overall=NO_PACE, per_address=NO_PACE))


async def makes(home: Home) -> None:
    """Make all sounds that are waited for."""
    assert home.house.reader
    maker = Maker(home.house, home.house.reader)
    while (due := await maker.make_due()) is not None and due <= home.moment:
        pass


async def hears(home: Home, phone: Phone, text: str) -> list[Outgoing]:
    """Write something; return what came, once its sound was made."""
    before = len(home.post.sent)
    await phone.writes(text)
    await home.answers()
    await makes(home)
    await home.sends(home.post.name)
    home.waits(seconds=10)
    return [one for _, one in home.post.sent[before:] if one.do == "send"]


async def seconds_of(home: Home, outgoing: Outgoing) -> float:
    """Decode what was sent, as a phone would."""
    assert outgoing.file
    key = outgoing.file.key.removeprefix("media:").partition(".")[0]
    data = home.house.media.get(key)
    assert len(data) < 512 * 1024
    return len((await asyncio.to_thread(decode, data, Limits())).pcm) / 16_000
