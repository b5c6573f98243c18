"""Who prefers listening and has SMS alone hears on a page, and answers there by voice."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from behind import Behind, opened
from listening import Listener, Shown, link_in
from sqlalchemy import update
from voice.sounds import voice_note

from bot.gateway.pages import LIVES
from bot.store import tables
from bot.voice.decode import decode
from bot.voice.limits import Limits
from bot.voice.pcm import seconds

AMA = "+33600000001"


@pytest.fixture
async def behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Behind]:
    async with opened(tmp_path, monkeypatch, PALABRE_TTS="nanotts") as one:
        yield one


@pytest.fixture
async def ama(behind: Behind) -> Listener:
    """Somebody who hears the first question after that of the language."""
    return await Listener.begins(behind, AMA)


async def _answers(ama: Listener, *choices: str) -> Any:
    shown = await ama.opens()
    for one in choices:
        shown = await ama.sends(shown, choice=one)
    return shown


async def test_the_sms_carries_a_short_link_that_names_nobody(ama: Listener) -> None:
    said = ama.phone.texts[-1]
    assert "Listen and answer here:" in said
    assert len(ama.path) == len("/r/") + 16
    assert AMA.lstrip("+") not in ama.path
    await ama.phone.says("REPEAT")
    again = (await ama.phone.hears()).text
    assert link_in(again) == ama.path
    assert "No internet?" in said
    assert "No internet?" not in again


async def test_the_page_says_what_the_sms_says_aloud_and_in_buttons(ama: Listener) -> None:
    shown = await ama.opens()
    assert shown.status == 200
    assert shown.choices[:2] == ["yes", "no"]
    assert await _heard(ama, shown) > 3


async def _heard(ama: Listener, shown: Shown) -> float:
    """Listen to a page; return for how many seconds."""
    address = shown.html.partition('src="/r/')[2].partition('"')[0]
    sound = await ama.behind.client.get(f"/r/{address}")
    assert sound.content_type == "audio/mpeg"
    return seconds(decode(await sound.read(), Limits()).pcm)


async def test_what_is_said_to_one_person_alone_is_heard_too_and_kept_nowhere(
    ama: Listener,
) -> None:
    """As a name, a date, or what somebody else said."""
    await _answers(ama, "yes")
    await ama.phone.says("TRENDS")
    await ama.phone.hears()
    shown = await ama.opens()
    assert "Then comes: " in shown.html
    assert await _heard(ama, shown) > 3
    assert {row.participant_id for row in await ama.behind.rows(tables.sounds)} == {None}


async def test_what_the_page_answers_is_not_sent_by_sms_as_well(ama: Listener) -> None:
    before = len(ama.phone.messages)
    shown = await _answers(ama, "yes")
    assert shown.choices == ["yes", "no"]
    row = (await ama.behind.rows())[-1]
    assert (row.state, row.reason, row.units) == ("read", "page", 0)
    assert len(ama.phone.messages) == before


async def test_who_answers_and_goes_away_gets_the_next_question_by_sms(ama: Listener) -> None:
    shown = await ama.opens()
    form = {"key": shown.key, "once": "o", "choice": "yes"}
    accept = {"Accept": "application/json"}
    answer = await ama.behind.client.post(ama.path, data=form, headers=accept)
    assert (await answer.json())["after"]
    await ama.phone.says("REPEAT")
    assert "?" in (await ama.phone.hears()).text
    states = [row.state for row in (await ama.behind.until_all_sent())]
    assert "waiting" not in states


async def test_a_recording_is_an_answer_and_the_page_goes_on(ama: Listener) -> None:
    shown = await _answers(ama, "yes", "yes", "yes")
    spoken = await ama.sends(shown, sound=voice_note(2))
    assert spoken.status == 200
    assert "It has arrived" in spoken.html
    assert "I have kept your recording. Please also choose" in spoken.html
    (note,) = await ama.behind.rows(tables.media)
    assert (note.state, note.verdict, note.channel, note.kind) == ("kept", "ok", "sms", "voice")
    assert ama.behind.house.media.get(note.original) == voice_note(2)


async def test_the_same_recording_brought_twice_is_one_answer(ama: Listener) -> None:
    shown = await _answers(ama, "yes", "yes", "yes")
    for _ in range(3):
        assert (await ama.sends(shown, once="mine", sound=voice_note(2))).status == 200
    assert len(await ama.behind.rows(tables.media)) == 1
    said = [row for row in await ama.behind.rows(tables.inbox) if row.event_id.startswith("page:")]
    assert len(said) == 4


async def test_an_answer_to_a_question_of_before_is_not_taken_for_the_present_one(
    ama: Listener,
) -> None:
    shown = await ama.opens()
    await ama.sends(shown, choice="yes")
    late = await ama.sends(shown, sound=voice_note(1))
    assert late.status == 409
    assert "You are further on already" in late.html
    assert late.key not in ("", shown.key)
    assert await ama.behind.rows(tables.media) == []


async def test_where_one_went_on_by_sms_the_page_shows_what_is_asked_now(ama: Listener) -> None:
    shown = await ama.opens()
    await ama.phone.says("1")
    await ama.phone.hears()
    assert (await ama.opens()).key not in ("", shown.key)


async def test_stop_closes_the_page_and_says_how_to_get_another(ama: Listener) -> None:
    shown = await ama.opens()
    await ama.phone.says("STOP")
    await ama.behind.filed("message", 4)
    for one in (await ama.opens(lang="en"), await ama.sends(shown, choice="yes")):
        assert one.status == 410
    gone = await ama.opens(lang="en")
    assert "For a new link, write REPEAT to us by SMS; after STOP" in gone.html
    assert 'href="sms:+33700000000?body=REPEAT"' in gone.html
    assert await ama.behind.rows(tables.listening_pages) == []


async def test_a_link_ends_after_its_days_and_the_next_sms_brings_another(ama: Listener) -> None:
    earlier = update(tables.listening_pages).values(expires_at=tables.listening_pages.c.expires_at
                                                    - LIVES)  # fmt: skip
    await ama.behind.house.database.write(lambda c: c.execute(earlier) and None)
    assert (await ama.opens()).status == 410
    await ama.phone.says("REPEAT")
    ama.path, old = link_in((await ama.phone.hears()).text), ama.path
    assert ama.path != old
    assert (await ama.opens()).status == 200


@pytest.mark.parametrize("place", range(3, 19, 5))
async def test_a_changed_link_opens_nothing(ama: Listener, place: int) -> None:
    ama.path = ama.path[:place] + ("A" if ama.path[place] != "A" else "B") + ama.path[place + 1 :]
    assert (await ama.opens()).status == 410


async def test_who_is_forgotten_leaves_neither_page_nor_recording(ama: Listener) -> None:
    shown = await _answers(ama, "yes", "yes", "yes")
    await ama.sends(shown, sound=voice_note(2))
    await ama.phone.says("forget me")
    await ama.phone.hears()
    await ama.phone.says("1")
    await ama.phone.hears()
    assert await ama.behind.rows(tables.media) == []
    assert await ama.behind.rows(tables.listening_pages) == []
    assert (await ama.opens()).status == 410


async def test_the_wish_to_be_called_waits_for_a_person_and_the_talk_goes_on(
    ama: Listener,
) -> None:
    shown = await ama.sends(await ama.opens(), wish="call")
    assert "you would like to be called" in shown.html
    assert shown.choices[:2] == ["yes", "no"]
    (wish,) = await ama.behind.rows(tables.handovers)
    assert wish.closed_at is None


async def test_too_much_nothing_and_nonsense_are_refused_in_words(
    ama: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await ama.opens()
    assert (await ama.sends(shown, words=" ")).status == 422
    assert (await ama.sends(shown, wish="nonsense")).status == 400
    monkeypatch.setattr("bot.web.saidthere.LARGEST", 1000)
    assert (await ama.sends(shown, sound=voice_note(2))).status == 413
    assert await ama.behind.rows(tables.media) == []


async def test_one_answer_takes_no_more_room_than_a_recording_however_many_parts_it_has(
    ama: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.saidthere.LARGEST", 100_000)
    parts = aiohttp.FormData({"key": (await ama.opens()).key, "once": "x"})
    for _ in range(3):
        parts.add_field("sound", bytes(60_000), filename="voice.ogg", content_type="audio/ogg")
    answer = await ama.behind.client.post(ama.path, data=parts, chunked=True)
    assert answer.status == 413


async def test_a_part_that_no_page_of_ours_has_is_refused(ama: Listener) -> None:
    said = {"key": "", "once": "x", "words": "x", "more": "x"}
    parts = aiohttp.FormData(said, default_to_multipart=True)
    assert (await ama.behind.client.post(ama.path, data=parts)).status == 400


async def test_another_site_cannot_answer_and_one_link_cannot_flood(
    ama: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, form = ama.behind.client, {"key": "", "once": "x", "words": "x"}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        assert (await client.post(ama.path, data=form, headers=headers)).status == 403
    shown = await ama.opens()
    statuses = {(await ama.sends(shown, words=" ")).status for _ in range(62)}
    assert statuses == {422, 429}


async def test_the_page_may_use_the_microphone_and_is_in_no_index(ama: Listener) -> None:
    headers = (await ama.opens()).headers
    assert "microphone=(self)" in headers["Permissions-Policy"]
    assert "media-src 'self' blob:;" in headers["Content-Security-Policy"]
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("no-store", "noindex")


async def test_who_wants_sound_alone_gets_the_link_alone(behind: Behind) -> None:
    ama = await Listener.begins(behind, "+33600000002", "LISTEN ONLY")
    assert ama.phone.texts[-1].startswith("Listen and answer here:")
    assert (await ama.opens()).choices[:2] == ["yes", "no"]
