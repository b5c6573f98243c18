"""Listeners hear what no machine understands: they code it, write it down, and talks go on."""

from typing import Any

import pytest
from gateway.conftest import MakeHome
from gateway.houses import Home, Phone, Post, Texts
from sqlalchemy import Connection, insert, update

from bot.dialogue.reply import Attachment, Prompt
from bot.gateway import listeners
from bot.gateway.listeners import NothingRecorded, NothingWaits, NothingWritten, NotOffered
from bot.gateway.ownnotes import with_own_notes
from bot.store import tables
from bot.store.contributions import Wanted, lines
from bot.store.transcripts import Transcript
from channels.base import MediaRef
from channels.capabilities import TELEGRAM

CONSENT = """
steps:
  part:
    ask: Do you take part?
    choices:
      yes: I agree
      no: No
    keep as: consent to take part
    if no: bye
  role:
    ask: What are you?
    choices:
      farmer: A farmer
      nurse: A nurse
    keep as: role
  more:
    only if: role is nurse
    ask: Where do you work?
    answer: text
  last:
    ask: What do you think?
    answer: text or voice
endings:
  thanks: Thank you.
  bye: Goodbye.
"""
NOTE = MediaRef("note", "voice", "audio/ogg", seconds=4)


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    return make_home(Post(), texts=Texts(welcome=CONSENT))


async def speaks(home: Home, ama: Phone, times: int = 1) -> str:
    """Answer by voice, again and again; the recording is not fetched here."""
    for _ in range(times):
        await ama.writes(media=(NOTE,))
        await home.answers()  # it waits for its recording
        home.waits(seconds=9)
        await home.answers()
        await home.sends(ama.channel)
        home.waits(seconds=9)
    return await ama.last()


async def comes(home: Home, key: str = "playable") -> None:
    """Let every recording be fetched and heard."""
    kept = update(tables.media).values(state="kept", playable=key, seconds=4.0, verdict="ok")
    await home.write(lambda c: c.execute(kept) and None)


async def waiting(home: Home, **more: Any) -> list[listeners.Waits]:
    """What waits to be heard."""
    return await home.database.read(lambda c: listeners.waiting(c, home.house, **more))


async def codes(home: Home, contribution: str, *heard: str) -> None:
    """Say what was heard."""
    await home.write(listeners.code, home.house, contribution, heard, "Awa")
    await home.sends()


async def unresolved_role(home: Home) -> tuple[Phone, str]:
    """Someone whose role nobody understood, and the contribution that waits."""
    ama = home.person()
    await ama.says("hello", "yes")
    await speaks(home, ama, 2)
    (one,) = await waiting(home)
    return ama, one.one.id


async def test_an_answer_that_nobody_understood_waits_with_the_codes_that_were_offered(
    home: Home,
) -> None:
    await unresolved_role(home)
    (found,) = await waiting(home)
    assert (found.one.step, found.codes) == ("role", ("farmer", "nurse"))
    assert found.one.unresolved
    assert found.one.pseudonym in {row.pseudonym for row in await home.rows(tables.participants)}


async def test_a_coded_answer_is_kept_with_its_listener_and_becomes_the_fact(home: Home) -> None:
    ama, one = await unresolved_role(home)
    before = len(await ama.heard())
    await codes(home, one, "farmer")
    (row,) = await home.rows(tables.contributions, id=one)
    assert (row.state, row.code, row.coded_by) == ("kept", "farmer", "Awa")
    assert await waiting(home) == []
    (fact,) = await home.rows(tables.facts, name="role")
    assert (fact.value, fact.source) == ('"farmer"', "coordinator")
    assert len(await ama.heard()) == before, "the talk has gone on; nobody is disturbed"
    assert [audit.did for audit in await home.rows(tables.audit)][-1] == "listen code"


async def test_a_consent_that_was_spoken_holds_the_talk_until_somebody_has_heard_it(
    home: Home,
) -> None:
    ama = home.person()
    await ama.says("hello")
    assert "listen" in await speaks(home, ama, 2)
    (found,) = await waiting(home)
    assert found.one.fact == "consent to take part"
    await codes(home, found.one.id, "yes")
    assert (await ama.last()).startswith("What are you?")
    kept = [row for row in await home.rows(tables.contributions, step="part")
            if row.superseded_at is None]  # fmt: skip
    assert [(row.state, row.code, row.coded_by) for row in kept] == [("kept", "yes", "Awa")]
    (proof,) = await home.rows(tables.consents)
    assert (proof.kind, proof.answer) == ("consent to take part", "yes")


async def test_a_consent_that_was_heard_as_a_no_leaves_nothing_but_the_no(home: Home) -> None:
    ama = home.person()
    await ama.says("hello")
    await speaks(home, ama, 2)
    (found,) = await waiting(home)
    await codes(home, found.one.id, "no")
    assert await ama.last() == "Goodbye."
    assert [row.code for row in await home.rows(tables.contributions)] == ["no"]
    assert await home.count(tables.media) == 0


@pytest.mark.parametrize("heard", [("baker",), ("farmer", "baker"), ()])
async def test_only_what_the_question_offers_can_have_been_heard(
    home: Home, heard: tuple[str, ...]
) -> None:
    _, one = await unresolved_role(home)
    with pytest.raises(NotOffered, match="farmer, nurse"):
        await codes(home, one, *heard)
    assert len(await waiting(home)) == 1


async def test_what_waits_no_more_cannot_be_coded_again(home: Home) -> None:
    _, one = await unresolved_role(home)
    await codes(home, one, "farmer")
    for contribution in (one, "nothing"):
        with pytest.raises(NothingWaits):
            await codes(home, contribution, "nurse")


async def spoken_in(home: Home, language: str, phone: Phone | None = None) -> str:
    """Someone answered the last question by voice, in a language; the contribution."""
    ama = phone or home.person()
    await ama.says("hello", "yes", "1")
    await speaks(home, ama)
    await comes(home)
    row = {"participant_id": await ama.id(), "name": "spoken language",
           "value": f'"{language}"', "source": "answer", "at": 1}  # fmt: skip

    def tells(connection: Connection) -> None:
        connection.execute(insert(tables.facts), row)

    await home.write(tells)
    (answer,) = await home.rows(tables.contributions, step="last")
    return str(answer.id)


async def test_a_note_in_a_language_that_nobody_here_writes_waits_for_a_listener(
    home: Home,
) -> None:
    one = await spoken_in(home, "wolof")
    (found,) = await waiting(home)
    assert (found.one.id, found.one.spoken_language, found.codes) == (one, "wolof", ())
    assert await waiting(home, network="elsewhere") == []


@pytest.mark.parametrize("language", ["English", "anglais", "un peu anglais"])
async def test_a_note_in_a_language_of_the_consultation_waits_only_if_one_asks(
    home: Home, language: str
) -> None:
    one = await spoken_in(home, language)
    assert await waiting(home) == []
    assert [each.one.id for each in await waiting(home, every=True)] == [one]


async def test_what_a_listener_sums_up_is_the_export_s_transcript_and_a_machine_s_is_said_to_be_one(
    home: Home,
) -> None:
    one = await spoken_in(home, "wolof")
    machine = Transcript("well well", "fr", "engine", machine=True, confidence=0.4)
    await home.write(listeners.write_down, home.house, one, machine)
    texts = ("The well has been dry since May.", "The well has been dry since June.")
    for text in texts:
        said = Transcript(text, "wolof", "Awa", "summary")
        await home.write(listeners.write_down, home.house, one, said)
    assert await waiting(home) == []
    (line,) = [line for line in await home.database.read(lambda c: list(lines(c, Wanted())))
               if line.id == one]  # fmt: skip
    assert line.recordings[0].written == said
    assert [row.text for row in await home.rows(tables.transcripts)] == ["well well", *texts]


async def test_forget_me_takes_what_was_written_down_along(home: Home) -> None:
    phone = home.person()
    one = await spoken_in(home, "wolof", phone)
    await home.write(listeners.write_down, home.house, one, Transcript("A well.", "wolof", "Awa"))
    await phone.says("forget me", "1")
    assert await home.count(tables.transcripts) == 0


async def test_nothing_is_written_of_what_was_not_recorded_and_no_empty_words(home: Home) -> None:
    ama = home.person()
    await ama.says("hello", "yes", "1", "We need a well.")
    (answer,) = await home.rows(tables.contributions, step="last")
    with pytest.raises(NothingRecorded):
        await home.write(listeners.write_down, home.house, answer.id, Transcript("A", "fr", "Awa"))
    with pytest.raises(NothingWritten):
        await home.write(listeners.write_down, home.house, answer.id, Transcript(" ", "fr", "Awa"))


async def test_people_hear_their_own_recording_and_nobody_else_s(home: Home) -> None:
    """It is sent as sound; of one that has not come yet there is nothing to send."""
    ama, ben = home.person(), home.person()
    for one in (ama, ben):
        await one.says("hello", "yes", "1")
        await speaks(home, one)
    await comes(home, "a" * 64)
    assert "This is what I received" in await ama.says("hear me")
    (sent,) = [out.file for out in await ama.heard() if out.file]
    assert (sent.key, sent.kind, sent.name) == (f"media:{'a' * 64}.mp3", "audio", "voice.mp3")
    theirs = (await home.rows(tables.media))[1].id
    mine = Prompt("", "attached", attach=Attachment("own", "", {"audio": f"note:{theirs}"}))
    found = await home.database.read(with_own_notes, await ama.id(), [mine], TELEGRAM)
    assert found == []
