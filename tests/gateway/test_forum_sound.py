"""Voices of the forum: recordings are heard where they were approved and their speaker agrees."""

import pytest
from gateway.conftest import MakeHome
from gateway.forum_house import heard, joins, listed, texts
from gateway.houses import Home, Phone, Post
from voice.sounds import voice_note

from bot.gateway import listeners, moderate
from bot.gateway.recordings import Keeper, keep_due
from bot.store.moderation import Case
from bot.store.transcripts import Transcript
from bot.voice.pool import Ears
from channels.capabilities import SMS


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house with a forum."""
    return make_home(Post(), texts=texts())


async def recorded(home: Home, **consents: str) -> Case:
    """Someone answers by a recording; return what a moderator sees of it."""
    phone = await joins(home, **consents)
    home.post.files["note"] = voice_note(1)
    await home.receives(phone.voice())
    await home.answers()
    ears = Ears()

    async def told(*_: object) -> None:
        """Tell nobody."""

    house = home.house
    await keep_due(Keeper(house.database, house.seal, house.media, house.channels, ears, told,
                          house.clock))  # fmt: skip
    await ears.close()
    home.waits(seconds=10)
    await home.answers()
    return (await listed(home))[-1]


async def files_to(phone: Phone) -> list[tuple[str, str, str]]:
    """What was sent to someone besides words."""
    sent = [one.file for one in await phone.heard() if one.file]
    return [(one.kind, one.name, one.mime) for one in sent]


async def test_a_recording_is_heard_where_it_was_approved_and_its_speaker_agrees(
    home: Home,
) -> None:
    case = await recorded(home)
    with pytest.raises(moderate.NoWords):
        await home.write(moderate.approve, home.house, case.id, "lea")
    await home.write(
        lambda c: moderate.approve(c, home.house, case.id, "lea", "We grow rice.", sound=True)
    )
    ama = await joins(home)
    assert await files_to(ama) == [("voice", "voice.ogg", "audio/ogg")]
    assert "Voice 1: We grow rice." in await heard(ama)


async def test_what_a_person_wrote_down_may_be_heard_and_what_a_machine_wrote_may_not(
    home: Home,
) -> None:
    case = await recorded(home)
    by_machine = Transcript("We throw rice.", "en", "scribe", machine=True)
    await home.write(listeners.write_down, home.house, case.id, by_machine)
    (case,) = await listed(home)
    assert (case.transcript, case.by_a_machine) == ("We throw rice.", True)
    with pytest.raises(moderate.NoWords):
        await home.write(moderate.approve, home.house, case.id, "lea")
    by_awa = Transcript("We grow rice.", "en", "Awa")
    await home.write(listeners.write_down, home.house, case.id, by_awa)
    await home.write(moderate.approve, home.house, case.id, "lea")
    assert "We grow rice." in await heard(await joins(home))


async def test_without_that_approval_only_the_words_are_heard(home: Home) -> None:
    case = await recorded(home)
    await home.write(moderate.approve, home.house, case.id, "lea", "We grow rice.")
    ama = await joins(home)
    assert await files_to(ama) == []
    assert "We grow rice." in await heard(ama)


async def test_a_voice_is_not_played_whose_speaker_does_not_agree(home: Home) -> None:
    case = await recorded(home, hear="2")
    assert not case.may_sound
    with pytest.raises(moderate.NoSound):
        await home.write(
            lambda c: moderate.approve(c, home.house, case.id, "lea", "Rice.", sound=True)
        )


async def test_by_sms_the_words_come_in_one_message_without_a_link(make_home: MakeHome) -> None:
    home = make_home(Post(), Post("sms", SMS), texts=texts())
    case = await recorded(home)
    await home.write(
        lambda c: moderate.approve(c, home.house, case.id, "lea", "We grow rice.", sound=True)
    )
    ama = home.person(channel="sms")
    await ama.says("hello", "1", "1", "1")
    said = await ama.says("1")
    assert "Voice 1: We grow rice.\nWhat do you think?\n1. I agree" in said
    assert not [one for one in await ama.heard() if one.file]
