"""Those who prefer listening hear each message, and nothing is lost by it."""

from pathlib import Path

import pytest
from gateway.conftest import MakeHome
from gateway.hearing import (
    Listening,
    hears,
    seconds_of,
    whatsapp,
    with_a_voice,
)
from gateway.houses import Home, Post
from gateway.outbox import REFUSED
from gateway.test_speaking import Reader as Voice
from voice.sounds import made, speech

from bot.dialogue.reply import Attachment, Prompt
from bot.gateway.reading.reader import as_one_voice
from bot.gateway.reading.script import script
from bot.gateway.sounds import Sounds
from bot.gateway.tohear import Words
from bot.store import tables
from bot.voice.decode import decode
from bot.voice.encode import as_opus
from bot.voice.limits import Limits
from bot.voice.recorded import Recorded
from bot.voice.splice import spliced
from bot.voice.verdict import Verdict
from channels.base import Incoming
from channels.errors import DeliveryError


@pytest.fixture
def voice() -> Voice:
    return Voice()


@pytest.fixture
def listening(make_home: MakeHome, voice: Voice, tmp_path: Path) -> Listening:
    """Return what builds a house with a voice."""

    def make(post: Post | None = None, sounds: Sounds | None = None) -> Home:
        return with_a_voice(make_home, voice, tmp_path, post or Post(), sounds)

    return make


async def test_on_telegram_the_voice_message_carries_its_words_and_its_buttons(
    listening: Listening,
) -> None:
    home = listening()
    ama = home.person()
    await ama.says("hello")
    (asked,) = await hears(home, ama, "LISTEN")
    assert asked.file
    assert asked.file.kind == "voice"
    assert asked.text.endswith("What is your first name?")
    (ready,) = await hears(home, ama, "Ama")
    assert ready.file
    assert [button.label for row in ready.buttons for button in row] == ["Go ahead", "Not now"]
    assert 10 < await seconds_of(home, ready) < 13  # five sentences of two seconds, with pauses


async def test_on_whatsapp_the_sound_goes_first_and_the_text_behind_it(
    listening: Listening,
) -> None:
    home = listening(whatsapp())
    ama = home.person()
    await ama.says("hello")
    await hears(home, ama, "LISTEN")
    sound, text = await hears(home, ama, "Ama")
    assert (sound.text, bool(sound.file), sound.buttons) == ("", True, ())
    assert "Shall we begin?" in text.text
    assert text.buttons


async def test_who_wants_sound_alone_gets_the_buttons_and_no_text(listening: Listening) -> None:
    home = listening(whatsapp())
    ama = home.person()
    await ama.says("hello")
    await hears(home, ama, "LISTEN ONLY")
    sound, pressed = await hears(home, ama, "Ama")
    assert (sound.text, pressed.text) == ("", "…")
    assert pressed.buttons


async def test_what_takes_too_long_goes_as_text_alone_and_nothing_overtakes_it(
    listening: Listening,
) -> None:
    home = listening()
    ama = home.person()
    await ama.says("hello", "LISTEN")
    await ama.writes("Ama")
    await home.answers()
    await home.sends()
    assert "Here is the question." not in home.post.said[-1]  # it waits for its sound
    home.waits(seconds=home.house.reading_wait_ms / 1000)
    await home.sends()
    assert not home.post.sent[-1][1].file
    assert "Here is the question." in home.post.said[-1]


@pytest.mark.parametrize("means", ["mute", "refused"])
async def test_what_cannot_be_said_or_sent_goes_as_text_at_once(
    listening: Listening, voice: Voice, means: str
) -> None:
    home = listening()
    ama = home.person()
    await ama.says("hello")
    voice.mute = means == "mute"
    if means == "refused":
        home.post.fails.append(DeliveryError(REFUSED))
    (asked,) = await hears(home, ama, "LISTEN")
    assert not asked.file
    assert "What is your first name?" in asked.text


async def test_where_its_sound_could_not_be_played_its_words_go_out_once(
    listening: Listening,
) -> None:
    home = listening(whatsapp())
    ama = home.person()
    await ama.says("hello")
    (asked,) = await hears(home, ama, "LISTEN ONLY")
    assert (bool(asked.file), asked.text) == (True, "")
    assert await could_not_be_played(home) == ("sent", "")
    words = home.post.sent[-1][1]
    assert words.file is None
    assert words.text.endswith("What is your first name?")
    before = len(home.post.sent)
    assert await could_not_be_played(home) == ("failed", "63019")
    assert len(home.post.sent) == before


async def test_where_its_words_went_beside_it_nothing_is_said_again(listening: Listening) -> None:
    home = listening(whatsapp())
    ama = home.person()
    await ama.says("hello")
    await hears(home, ama, "LISTEN")
    before = len(home.post.sent)
    assert await could_not_be_played(home, -2) == ("failed", "63019")
    assert len(home.post.sent) == before


async def could_not_be_played(home: Home, place: int = -1) -> tuple[str, str]:
    """Let the provider say so of the last message; return how that stands then."""
    row = (await home.rows(tables.deliveries))[place]
    await home.receives(Incoming(
        "whatsapp", f"status {len(home.post.sent)}", "status", "addr", delivery=str(row.id),
        message_id=row.provider_id, status="failed", reason="63019", means="file",
    ))  # fmt: skip
    await home.answers()
    await home.sends("whatsapp")
    row = (await home.rows(tables.deliveries))[place]
    return row.state, row.reason


async def test_a_persons_recording_of_a_step_goes_before_the_engine(
    listening: Listening, voice: Voice, tmp_path: Path
) -> None:
    sounds = Sounds(tmp_path / "documents")
    words = Words("audio/en/test/missing.ogg", "en", "What is missing?", "test/missing")
    tone = as_opus(Voice().say("", "en"), Limits())
    sounds.keep(words, Recorded(tone, b"", 2.0, None, Verdict.OK))
    home = listening(sounds=sounds)
    ama = home.person()
    await ama.says("hello", "Ama")
    await hears(home, ama, "LISTEN")
    (asked,) = await hears(home, ama, "1")
    assert asked.file
    assert "What is missing?" not in voice.said


def half_a_minute() -> bytes:
    """Somebody who speaks that long."""
    return as_opus(decode(made("a.wav", *speech(30)), Limits()).pcm, Limits())


async def test_what_takes_four_minutes_to_say_is_one_voice_message_all_the_same(
    listening: Listening, tmp_path: Path
) -> None:
    sounds = Sounds(tmp_path / "documents")
    words = Words("audio/en/test/missing.ogg", "en", "What is missing?", "test/missing")
    sounds.keep(words, Recorded(spliced([half_a_minute()] * 8), b"", 240.0, None, Verdict.OK))
    home = listening(sounds=sounds)
    ama = home.person()
    await ama.says("hello", "Ama")
    await hears(home, ama, "LISTEN")
    (asked,) = await hears(home, ama, "1")
    assert await seconds_of(home, asked) == pytest.approx(240, abs=8)


def test_what_is_too_long_even_for_that_is_heard_as_a_file() -> None:
    long = spliced([half_a_minute()] * 24)
    assert as_one_voice(long) == long


def test_a_paper_that_no_step_says_is_heard_in_the_message_whoever_says_it(
    tmp_path: Path,
) -> None:
    sounds = Sounds(tmp_path)
    words = Words("audio/en/law.ogg", "en", "The law.", "law")
    sounds.say(words, Voice())
    paper = Prompt("", "attached", attach=Attachment("law", "The law", {"audio": words.file}))
    heard = script([paper, Prompt("It has changed.", "notice")], "en", sounds)
    assert [one.file or one.words for one in heard] == [words.file, "It has changed."]
