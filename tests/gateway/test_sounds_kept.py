"""Sounds that were made: for whom they are kept, what waits for them, when they are dropped."""

from pathlib import Path
from typing import Any

import pytest
from gateway.conftest import MakeHome
from gateway.hearing import (
    Listening,
    hears,
    makes,
    with_a_voice,
)
from gateway.houses import Home, Post, Texts
from gateway.outbox import TRANSIENT
from gateway.test_speaking import Reader as Voice
from sqlalchemy import select

from bot.dialogue.reply import Prompt
from bot.gateway.broadcasts.plan import HELD
from bot.gateway.reading.making import PERSONAL_MS, UNUSED_MS, drop_old_sounds
from bot.gateway.reading.public import Public
from bot.gateway.sounds import Sounds
from bot.gateway.voicing import Voice as Pages
from bot.store import sounds, tables
from bot.store.media import MediaGone
from bot.store.seal import CannotOpen
from channels.base import Said
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
