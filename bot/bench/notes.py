"""Voice notes for a measurement: about eleven seconds each, said by the speech engine."""

from collections.abc import Iterator

import numpy as np

from bot.bench.script import FIRST_PERSON
from bot.voice.encode import as_opus
from bot.voice.limits import Limits
from bot.voice.pcm import RATE, Pcm
from bot.voice.saying import Speaker, speaker_of

DIFFERENT = 24  # recordings; each is sent by many people
SECONDS = 11.0
NAME = b"note-"  # before its number: how the provider calls it
_WORDS = (
    "This is the market of lane {number}. The lorry comes only when the road is dry, and the "
    "vegetables do not keep. Eleven of us put our savings together and bought one cart for all. "
    "We ask for a roof, a scale that is honest, and a day on which somebody listens to us."
)

_UPDATE = (
    b'{"update_id":%d,"message":{"message_id":%d,"from":{"id":%d,"is_bot":false,'
    b'"first_name":"Person","language_code":"en"},"chat":{"id":%d,"first_name":"Person",'
    b'"type":"private"},"date":1790000000,"voice":{"file_id":"note-%d","file_unique_id":"u%d",'
    b'"duration":11,"mime_type":"audio/ogg","file_size":%d}}}'
)


def recordings(count: int) -> list[bytes]:
    """Return so many recordings (OGG/Opus), no two alike."""
    speaker = speaker_of("")
    return [as_opus(_sound(speaker, number), Limits()) for number in range(count)]


def _sound(speaker: Speaker | None, number: int) -> Pcm:
    length = int(SECONDS * RATE)
    if speaker is not None and speaker.speaks("en"):
        said = speaker.say(_WORDS.replace("{number}", str(number)), "en", public=True)
        return said[:length]
    return _noise(number, length)


def _noise(number: int, length: int) -> Pcm:
    """Return noise that swells as syllables do, where there is no speech engine."""
    dice = np.random.default_rng(number)
    swell = np.abs(np.sin(np.arange(length) * (np.pi * 4 / RATE)))
    sound = dice.normal(0, 4000, length) * swell
    clipped: Pcm = np.clip(sound, -32768, 32767).astype("<i2")
    return clipped


def updates(sounds: list[bytes], people: range) -> Iterator[bytes]:
    """Yield a note of each person, as Telegram brings it; numbers as no text has them."""
    for person in people:
        number, chat = 900_000_000 + person, FIRST_PERSON + person
        which = person % len(sounds)
        size = len(sounds[which])
        yield _UPDATE % (number, number, chat, chat, which, which, size)
