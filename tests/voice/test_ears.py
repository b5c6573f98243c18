"""Many recordings at once are heard a few at a time, and the rest of the program goes on."""

import asyncio
import threading
import time

import pytest
from voice.sounds import voice_note

from bot.voice.hear import Heard
from bot.voice.limits import Limits
from bot.voice.pool import Ears, EarsClosedError
from bot.voice.verdict import Verdict


class Counting:
    """Stands for hearing: takes a while and notes how many hear at the same time."""

    def __init__(self, seconds: float = 0.05) -> None:
        self.seconds = seconds
        self.now = self.most = self.heard = 0
        self.lock = threading.Lock()

    def __call__(self, recording: bytes, limits: Limits) -> Heard:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(self.seconds)
        with self.lock:
            self.now -= 1
            self.heard += 1
        return Heard(Verdict.OK)


async def test_recordings_are_heard_beside_each_other() -> None:
    ears = Ears()
    notes = [voice_note(), b"", b"a text"]
    heard = await asyncio.gather(*map(ears.hear, notes))
    assert [one.verdict for one in heard] == [
        Verdict.OK,
        Verdict.EMPTY_FILE,
        Verdict.UNSUPPORTED_FORMAT,
    ]
    await ears.close()


async def test_no_more_than_so_many_are_heard_at_once() -> None:
    hearing = Counting()
    ears = Ears(at_once=3, hearing=hearing)
    await asyncio.gather(*(ears.hear(b"") for _ in range(12)))
    assert (hearing.most, hearing.heard) == (3, 12)
    await ears.close()


async def test_the_program_goes_on_while_ears_listen() -> None:
    ears = Ears(hearing=Counting(0.3))
    listening = asyncio.create_task(ears.hear(b""))
    await asyncio.sleep(0.01)
    assert not listening.done()
    await listening
    await ears.close()


async def test_closing_waits_for_what_is_being_heard_and_takes_no_more() -> None:
    hearing = Counting(0.1)
    ears = Ears(at_once=1, hearing=hearing)
    first = asyncio.create_task(ears.hear(b""))
    second = asyncio.create_task(ears.hear(b""))
    await asyncio.sleep(0.02)
    await ears.close()
    assert (await first).usable
    with pytest.raises(EarsClosedError, match="closed"):
        await second
    assert hearing.heard == 1


async def test_who_gives_up_waiting_gives_its_turn_to_the_next() -> None:
    ears = Ears(at_once=1, hearing=Counting())
    busy = asyncio.create_task(ears.hear(b""))
    await asyncio.sleep(0.01)
    gone = asyncio.create_task(ears.hear(b""))
    await asyncio.sleep(0)
    gone.cancel()
    assert (await ears.hear(b"")).usable
    assert (await busy).usable
    await ears.close()
