"""Those who prefer listening hear each message; what is nobody's own is made once for all."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gateway.conftest import MakeHome
from gateway.houses import NO_PACE, Home, Phone, Post, Texts
from gateway.outbox import REFUSED, TRANSIENT
from gateway.test_speaking import Reader as Voice
from sqlalchemy import select
from voice.sounds import made, speech

from bot.dialogue.reply import Attachment, Prompt
from bot.gateway.broadcasts.plan import HELD
from bot.gateway.reading.making import PERSONAL_MS, UNUSED_MS, Maker, drop_old_sounds
from bot.gateway.reading.public import Public
from bot.gateway.reading.reader import Reader, as_one_voice
from bot.gateway.reading.script import script
from bot.gateway.sounds import Sounds
from bot.gateway.tohear import Words
from bot.gateway.voicing import Voice as Pages
from bot.store import sounds, tables
from bot.store.media import MediaGone
from bot.store.seal import CannotOpen
from bot.voice.decode import decode
from bot.voice.encode import as_opus
from bot.voice.limits import Limits
from bot.voice.recorded import Recorded
from bot.voice.splice import spliced
from bot.voice.verdict import Verdict
from channels.base import Incoming, Outgoing, Said
from channels.capabilities import WHATSAPP
from channels.errors import DeliveryError

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


@pytest.fixture
def voice() -> Voice:
    return Voice()


@pytest.fixture
def listening(make_home: MakeHome, voice: Voice, tmp_path: Path) -> Listening:
    """Return what builds a house with a voice."""

    def make(post: Post | None = None, sounds: Sounds | None = None) -> Home:
        texts = Texts(test=FLOW)
        home = make_home(post or Post(), texts=texts)
        library: Any = SimpleNamespace(
            contents=SimpleNamespace(consultation=texts.consultation, phrases=texts.phrases,
                                     bundles=texts.bundles),
            sounds=sounds or Sounds(tmp_path / "documents"), folder=tmp_path,
        )  # fmt: skip
        house = home.house
        reader = Reader(house.database, house.seal, house.media, library, voice, voice)
        home.house = replace(house, reader=reader)
        return home

    return make


def whatsapp() -> Post:
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


async def test_a_sentence_is_made_once_for_everybody_and_one_with_a_name_for_nobody_else(
    listening: Listening, voice: Voice
) -> None:
    home = listening()
    for name in ("Ama", "Binta"):
        phone = home.person()
        await phone.says("hello")
        await hears(home, phone, "LISTEN")
        await hears(home, phone, name)
    assert voice.said.count("Shall we begin?") == 1
    assert {"Thank you, Ama.", "Thank you, Binta."} <= set(voice.said)
    personal = [one for one in await home.rows(tables.sounds) if one.participant_id]
    assert len(personal) == 2
    home.waits(seconds=PERSONAL_MS / 1000)
    await makes(home)
    assert not [one for one in await home.rows(tables.sounds) if one.participant_id]
    for one in personal:
        with pytest.raises(MediaGone):
            home.house.media.get(one.key)


@pytest.mark.parametrize(
    ("said", "everybodys"), [("3", True), ("2: 3.", True), ("0612345678", False)]
)
def test_a_number_on_a_scale_is_everybodys_and_a_telephone_number_is_not(
    said: str, everybodys: bool
) -> None:
    scale = """
steps:
  much:
    ask: How much?
    choices:
      few: "1"
      many: "5"
endings:
  thanks: Thank you.
"""
    contents: Any = Texts(test=scale)
    assert Public(contents, "en").has(said) is everybodys


async def test_what_somebody_hears_is_forgotten_with_them(listening: Listening) -> None:
    home = listening()
    ama = home.person()
    await ama.says("hello")
    await hears(home, ama, "LISTEN")
    await hears(home, ama, "Ama")
    await ama.says("forget me", "yes")
    assert not [one for one in await home.rows(tables.sounds) if one.participant_id]


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


async def test_what_is_known_already_is_not_waited_for(listening: Listening) -> None:
    home = listening()
    ama = home.person()
    await ama.says("hello")
    await hears(home, ama, "LISTEN")
    await ama.says("LISTEN")
    (waits,) = await home.database.read(
        lambda c: list(c.execute(select(tables.deliveries.c.state).order_by(
            tables.deliveries.c.id.desc()).limit(1)).scalars())
    )  # fmt: skip
    assert waits == "sent"


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


async def test_what_failed_waits_for_its_next_attempt_though_its_sound_is_there(
    listening: Listening,
) -> None:
    home = listening()
    ama = home.person()
    await ama.says("hello")
    home.post.fails += [DeliveryError(TRANSIENT)] * 3
    await hears(home, ama, "LISTEN")
    home.waits(seconds=-10)
    await makes(home)
    await home.sends()
    assert len(home.post.fails) == 2  # one attempt, then a pause


async def test_what_was_put_by_stays_so_when_its_sound_is_made(listening: Listening) -> None:
    home = listening()
    ama = home.person()
    await ama.says("hello", "LISTEN")
    await ama.writes("Ama")
    await home.answers()
    waits = tables.deliveries.c.state == "waiting"
    later = tables.deliveries.update().where(waits).values(not_before=HELD)  # as a pause does
    await home.write(lambda c: c.execute(later))
    await makes(home)
    rows = [one for one in await home.rows(tables.deliveries) if one.state == "waiting"]
    assert {one.not_before for one in rows} == {HELD}


async def test_a_page_says_what_is_said_to_one_person_and_keeps_it_nowhere(
    listening: Listening,
) -> None:
    home = listening()
    await home.person().says("hello")
    (ama,) = await home.rows(tables.participants)
    said = [Prompt("Thank you, Ama."), Prompt("Shall we begin?")]
    assert await Pages(home.house).sound(said, "en", ama.id)
    assert not [one for one in await home.rows(tables.sounds) if one.participant_id]


async def test_a_page_that_could_not_be_said_once_is_said_when_it_can(
    listening: Listening, voice: Voice
) -> None:
    home = listening()
    pages, said = Pages(home.house), [Prompt("Shall we begin?")]
    voice.mute = True
    assert not await pages.sound(said, "en", 1)
    voice.mute = False
    assert await pages.sound(said, "en", 1)


@pytest.mark.parametrize("why", [CannotOpen("another key"), OSError("no answer")])
async def test_a_page_whose_sound_cannot_be_fetched_now_is_silent(
    listening: Listening, monkeypatch: pytest.MonkeyPatch, why: Exception
) -> None:
    home = listening()

    def away(key: str) -> bytes:
        raise why

    monkeypatch.setattr(home.house.media, "get", away)
    assert await Pages(home.house).sound([Prompt("Shall we begin?")], "en", 1) == b""


async def test_old_sounds_are_dropped_a_few_at_a_time_until_none_is_left(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = listening()
    reader = home.house.reader
    assert reader
    for words in ("Shall we begin?", "What is missing?", "Thank you."):
        reader.sentence(Said(words, "en"), home.moment)
    monkeypatch.setattr(sounds, "AT_A_TIME", 2)
    dropped: list[int] = []
    drop = sounds.drop_old

    def counted(*given: Any, **more: Any) -> int:
        dropped.append(drop(*given, **more))
        return dropped[-1]

    monkeypatch.setattr(sounds, "drop_old", counted)
    await drop_old_sounds(home.house, home.moment + UNUSED_MS + 1)
    assert dropped == [2, 1, 0]
    assert not await home.rows(tables.sounds)
