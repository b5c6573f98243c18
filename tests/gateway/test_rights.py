"""STOP, START, a phone that two people share, a person instead of the bot, and being forgotten."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from gateway.conftest import MakeHome
from gateway.houses import Home, Phone, Post, Texts
from sqlalchemy import select
from voice.sounds import voice_note

from bot.gateway.recordings import Keeper, keep_due
from bot.store import handovers, tables
from bot.store.database import Database
from bot.store.participants import Address, Newcomer, create
from bot.voice.pool import Ears

WITH_A_PERSON = """
steps:
  ready:
    ask: Shall we begin?
    choices:
      yes: Go ahead
      no: Not now
  help:
    say: Someone will write to you.
    hand over: yes
  after:
    ask: Was that good?
    answer: text
endings:
  thanks: Thank you.
"""


LANGUAGE_FIRST = """
steps:
  language:
    ask: Your language?
    choices:
      en: English
      fr: Français
    keep as: language
  after:
    ask: Was that good?
    answer: text
endings:
  thanks: Thank you.
"""


async def test_stop_cancels_all_that_waits_in_the_same_transaction(home: Home) -> None:
    ama = home.person()
    await ama.says("hello")
    await ama.writes("yes")
    await home.answers()
    await ama.writes("Stop.")
    await home.answers()
    states = await home.states()
    assert ("cancelled", "stopped") in states
    assert states[-1] == ("waiting", "")
    await home.sends()
    assert "Goodbye" in home.post.said[-1]
    assert len([text for text in home.post.said if "What is missing?" in text]) == 0
    (row,) = await home.rows(tables.participants)
    assert row.stopped_at == home.moment


async def test_a_stop_reaches_the_person_s_other_addresses(home: Home) -> None:
    ama = home.person()
    await ama.says("hello")
    there = await home.write(_second_address, home, await ama.id())
    await ama.writes("yes")
    await home.answers()
    await ama.writes("stop")
    await home.answers()
    assert there.participant == await ama.id()
    assert (await home.states()).count(("cancelled", "stopped")) >= 1


def _second_address(connection: Any, home: Home, owner: int) -> Address:
    index = home.house.seal.index("telegram", "elsewhere")
    one = Newcomer("telegram", "42", index, "elsewhere")
    made = create(connection, home.house.seal, [one], home.moment)[0]
    change = tables.addresses.update().where(tables.addresses.c.id == made.id)
    connection.execute(change.values(participant_id=owner))
    return msgspec.structs.replace(made, participant=owner)


async def test_what_was_promised_before_a_stop_is_held_back_at_the_moment_of_sending(
    home: Home,
) -> None:
    ama = home.person()
    await ama.says("hello")
    await ama.writes("yes")
    await home.answers()
    home.waits(seconds=1)
    stopped = tables.participants.update().values(stopped_at=home.moment)
    await home.write(lambda c: c.execute(stopped))
    await home.sends()
    assert "What is missing?" not in "".join(home.post.said)
    assert ("cancelled", "stopped") in await home.states()


async def test_a_stopped_person_is_told_once_how_to_come_back_then_nothing(home: Home) -> None:
    ama = home.person()
    await ama.says("hello", "yes", "stop")
    assert "write START" in await ama.says("hello?")
    assert await ama.says("are you there?") == ""
    assert await ama.says("water") == ""
    assert await home.kept("missing") == []


async def test_start_goes_on_where_the_talk_was(home: Home) -> None:
    ama = home.person()
    await ama.says("hello", "yes", "stop")
    home.waits(hours=30)
    assert "What is missing?" in await ama.says("START")
    (row,) = await home.rows(tables.participants)
    assert row.stopped_at is None
    assert "What is best?" in await ama.says("water")


async def test_a_stop_within_an_answer_is_an_answer(home: Home) -> None:
    ama = home.person()
    await ama.says("hello", "yes", "We must STOP this bill")
    assert await home.kept("missing") == ["We must STOP this bill"]


async def test_two_people_on_one_phone_do_not_see_each_other_s_answers(home: Home) -> None:
    phone = home.person()
    await phone.says("hello", "yes", "ama's water")
    first = await phone.id()
    await phone.says("someone else")
    assert "Shall we begin?" in await phone.says("1")
    second = await phone.id()
    assert second != first
    await phone.says("yes", "ben's market")
    rows = await home.rows(tables.contributions, step="missing")
    assert {(row.participant_id, row.text) for row in rows} == {
        (first, "ama's water"), (second, "ben's market")}  # fmt: skip


async def test_they_switch_back_by_number_and_the_talk_goes_on(home: Home) -> None:
    phone = home.person()
    await phone.says("hello", "yes", "ama's water")
    first = await phone.id()
    await phone.says("someone else", "1")
    assert "Who is speaking now?" in await phone.says("someone else")
    (row,) = (await phone.heard())[-1].buttons[:1]
    assert [button.label for button in row] == ["Person 1"]
    assert "What is best?" in await phone.says("1")
    assert await phone.id() == first
    await phone.says("ama's well")
    rows = await home.rows(tables.contributions, step="best")
    assert [(row.participant_id, row.text) for row in rows] == [(first, "ama's well")]
    assert [row.number for row in await home.rows(tables.speakers)] == [1, 2]


async def test_who_has_not_said_their_language_is_greeted_in_the_one_spoken_here(
    make_home: MakeHome,
) -> None:
    texts = Texts(welcome=LANGUAGE_FIRST)
    texts.phrases["fr"] |= {"resume": "Nous en étions à la question {progress} :"}
    home = make_home(texts=texts)
    phone = home.person()
    await phone.says("hello", "someone else", "1", "Français")
    assert "Nous en étions" in await phone.says("someone else", "1")


async def test_what_the_second_person_says_in_the_same_breath_is_theirs(home: Home) -> None:
    phone = home.person()
    await phone.says("hello", "yes", "ama's water", "someone else")
    first = await phone.id()
    await phone.writes("1")
    await phone.writes("yes")
    await phone.writes("ben's market")
    await home.answers()
    second = await phone.id()
    rows = await home.rows(tables.contributions, step="missing")
    assert {(row.participant_id, row.text) for row in rows} == {
        (first, "ama's water"), (second, "ben's market")}  # fmt: skip


async def test_a_person_who_takes_over_hears_what_is_said_and_it_is_no_contribution(
    make_home: MakeHome,
) -> None:
    home = make_home(texts=Texts(test=WITH_A_PERSON))
    ama = home.person()
    await ama.says("hello")
    assert "Someone will write" in await ama.says("yes")
    assert await ama.says("my well is dry") == ""
    found = await home.database.read(handovers.words, home.house.seal, await ama.id())
    assert [(ours, text) for _, ours, text in found] == [(False, "my well is dry")]
    assert await home.kept("after") == []
    assert [one for one, _ in await home.database.read(handovers.waiting)] == [await ama.id()]
    await ama.says("stop")
    (row,) = await home.rows(tables.handovers)
    assert (row.closed_at is not None, row.note) == (True, "the person said stop")


async def test_a_stop_stops_the_phone_for_all_who_share_it(home: Home) -> None:
    phone = home.person()
    await phone.says("hello", "yes")
    await phone.writes("ama's water")
    await phone.writes("someone else")
    await phone.writes("1")
    await home.answers()  # what is said to the first person still waits
    await phone.writes("stop")
    await home.answers()
    await home.sends()
    assert "What is best?" not in "".join(home.post.said)
    assert home.post.said[-1].startswith("Goodbye")


SECRETS = ("ama's dry well in Kolda", "because of the dam", "3141592653")


async def _lives_and_is_forgotten(home: Home, note: bytes) -> Phone:
    ama = home.person(SECRETS[2])
    home.post.files["note"] = note
    await ama.says("hello", display_name="Aminatou Exemple")
    await ama.says("yes", SECRETS[0])
    await home.receives(ama.voice(), raw=SECRETS[1].encode())
    home.waits(seconds=9)
    await home.answers()
    await _keep(home)
    await home.sends()
    await ama.says("forget me")
    await ama.writes("1")
    await home.answers()
    return ama


async def _keep(home: Home) -> None:
    house, ears = home.house, Ears()

    async def told(*_: object) -> None:
        """Tell nobody."""

    keeper = Keeper(house.database, house.seal, house.media, house.channels, ears, told,
                    house.clock)  # fmt: skip
    await keep_due(keeper)
    await ears.close()


async def test_who_is_forgotten_leaves_no_word_no_voice_and_no_row(home: Home) -> None:
    await _lives_and_is_forgotten(home, voice_note(1))
    for table in (tables.contributions, tables.media, tables.facts, tables.conversations,
                  tables.deliveries, tables.addresses, tables.blobs):  # fmt: skip
        assert await home.count(table) == 0, table.name
    assert {row.sealed for row in await home.rows(tables.inbox)} == {None}
    (person,) = await home.rows(tables.participants)
    assert (person.state, person.forgotten_at) == (b"", home.moment)


async def test_the_farewell_of_who_is_forgotten_still_arrives(home: Home) -> None:
    ama = await _lives_and_is_forgotten(home, voice_note(1))
    farewell, close = [one for _, one in home.post.sent[-2:]]
    assert farewell.address == close.address == ama.address
    assert "I am erasing everything about you" in farewell.text
    assert (close.do, close.of != "") == ("close", True)  # the buttons under "shall I?" go


async def test_a_forgotten_person_who_writes_again_is_somebody_new(home: Home) -> None:
    ama = await _lives_and_is_forgotten(home, voice_note(1))
    assert "Shall we begin?" in await ama.says("hello")
    assert await home.count(tables.participants) == 2


async def test_the_file_its_log_and_the_recordings_hold_no_byte_of_who_was_forgotten(
    home: Home, database: Database, tmp_path: Path
) -> None:
    if not database.embedded:
        query = select(tables.contributions.c.text)
        await _lives_and_is_forgotten(home, voice_note(1))
        assert await database.read(lambda c: c.scalars(query).all()) == []
        return
    await _lives_and_is_forgotten(home, voice_note(1))
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert len(files) >= 1
    for file in files:
        content = file.read_bytes()
        for secret in (*SECRETS, "Aminatou", "ama's"):
            assert secret.encode() not in content, (file.name, secret)
    assert not [file for file in (tmp_path / "media").rglob("*") if file.is_file()]


async def test_one_of_two_on_a_phone_is_forgotten_and_the_other_goes_on(home: Home) -> None:
    phone = home.person()
    await phone.says("hello", "yes", "ama's water")
    first = await phone.id()
    await phone.says("someone else", "1", "yes", "ben's market", "forget me", "1")
    assert await phone.id() == first
    assert await home.kept("missing") == ["ama's water"]
    assert "Thank you" in await phone.says("ama's well")


@pytest.mark.parametrize("fails", [True, False])
async def test_a_farewell_that_cannot_be_sent_does_not_bring_anything_back(
    make_home: MakeHome, fails: bool
) -> None:
    from channels.errors import DeliveryError, Failure

    home = make_home(Post())
    ama = home.person()
    await ama.says("hello", "forget me")
    failure = Failure("gone", "gone", False, "address", "gone")
    home.post.fails = [DeliveryError(failure)] if fails else []
    await ama.writes("1")
    await home.answers()
    assert await home.count(tables.addresses) == 0
