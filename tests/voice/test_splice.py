"""Voice messages are put together packet by packet, and decode to the whole."""

import numpy as np
import pytest

from bot.voice.decode import decode
from bot.voice.encode import as_opus
from bot.voice.limits import Limits
from bot.voice.pcm import seconds
from bot.voice.splice import NotOpus, spliced
from bot.voice.splice import seconds as counted


def tone(length: float, pitch: float) -> bytes:
    """A voice message that hums."""
    at = np.arange(round(length * 16_000))
    return as_opus((np.sin(at * pitch) * 9000).astype("<i2"), Limits())


def test_joined_messages_last_as_long_as_their_parts_and_are_heard_in_order() -> None:
    low, high = tone(1.0, 0.1), tone(0.5, 0.5)
    whole = spliced([low, high])
    pcm = decode(whole, Limits()).pcm
    assert seconds(pcm) == pytest.approx(counted(whole), abs=0.05)
    assert counted(whole) == pytest.approx(1.5, abs=0.1)
    crossings = [np.count_nonzero(np.diff(np.sign(part))) for part in (pcm[:7000], pcm[-7000:])]
    assert crossings[0] < crossings[1] / 3


@pytest.mark.parametrize("data", [b"", b"OggS", b"RIFF" * 20, b"OggS" + b"\xff" * 40])
def test_what_is_no_voice_message_is_refused(data: bytes) -> None:
    with pytest.raises(NotOpus):
        spliced([data])
