"""Whoever writes is answered once, in order."""

from typing import Any

import pytest
from gateway.conftest import MakeHome
from gateway.houses import Home
from sqlalchemy import event, update

from bot.gateway import take_turns as room
from bot.store import inbox, tables
from channels.base import MediaRef

MOST_STATEMENTS = 30  # of one batch; on PostgreSQL reading and writing are one engine


async def test_a_talk_goes_from_the_first_word_to_the_end(home: Home) -> None:
    ama = home.person()
    assert "Shall we begin?" in await ama.says("hello")
    assert "What is missing?" in await ama.says("yes")
    assert "What is best?" in await ama.says("water")
    assert "Thank you." in await ama.says("the market")
    assert await home.kept("ready") == ["yes"]
    assert await home.kept("missing") == ["water"]
    assert await home.kept("best") == ["the market"]
    assert await home.outcomes() == ["answered"] * 4


async def test_what_several_people_wrote_is_answered_to_each_in_their_order(home: Home) -> None:
    people = [home.person() for _ in range(20)]
    for text in ("hello", "yes", "water", "market"):
        for one in people:
            await one.writes(f"{text} {one.address}" if text == "water" else text)
    await home.answers()
    assert sorted(await home.kept("missing")) == sorted(f"water {one.address}" for one in people)
    assert await home.kept("best") == ["market"] * 20
    for one in people:
        assert [said.text for said in await one.heard() if said.text][-1] == "Thank you."


@pytest.mark.parametrize("people", [2, 40])
async def test_however_many_people_a_batch_of_turns_takes_few_statements(
    home: Home, people: int
) -> None:
    all_of_them = [home.person() for _ in range(people)]
    taken: list[int] = []
    for text in ("hello", "yes", "water"):
        await home.receives(*(one.message(text) for one in all_of_them))
        statements: list[str] = []

        def counted(*of: Any, into: list[str] = statements) -> None:
            into.append(of[2])

        event.listen(home.database.engine, "before_cursor_execute", counted)
        await home.answers()
        event.remove(home.database.engine, "before_cursor_execute", counted)
        taken.append(len(statements))
    assert max(taken) <= MOST_STATEMENTS, taken


async def test_the_same_update_brought_three_times_is_one_turn(home: Home) -> None:
    ama = home.person()
    await ama.says("hello", "yes")
    same = ama.message("water")
    await home.receives(same, same)
    await home.answers()
    home.waits(hours=1)
    await home.receives(same)
    await home.answers()
    assert await home.kept("missing") == ["water"]
    assert len(await home.rows(tables.contributions, step="missing")) == 1
    assert await home.count(tables.inbox) == 3


async def test_a_crash_in_the_middle_leaves_all_waiting_and_the_next_time_answers_once(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [home.person(), home.person()]
    for one in people:
        await one.writes("hello")

    class Killed(BaseException):
        """The process ends here."""

    def killed(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(room.inbox, "mark", killed)
        with pytest.raises(Killed):
            await home.answers()
    assert await home.outcomes() == ["", ""]
    assert await home.count(tables.deliveries) == 0
    assert await home.count(tables.conversations) == 0
    home.restarts()
    await home.answers()
    assert await home.count(tables.conversations) == 2
    for one in people:
        assert len(await one.heard()) == 1


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a" * 10_000, "a" * 10_000),
        ("🌾🌾👩🏾‍🌾", "🌾🌾👩🏾‍🌾"),
        ("water\0well", "water\ufffdwell"),
        ("half \ud83d a pair", "half \ufffd a pair"),
        ("نريد بئراً في القرية", "نريد بئراً في القرية"),
        ("\u202eletsdrawkcab", "\u202eletsdrawkcab"),
        ("'; DROP TABLE inbox; --", "'; DROP TABLE inbox; --"),
        ("{first_name} {0} %s", "{first_name} {0} %s"),
    ],
)
async def test_whatever_is_written_is_kept_as_it_was_said(home: Home, text: str, kept: str) -> None:
    from channels.text import clean

    ama = home.person()
    await ama.says("hello", "yes")
    assert "What is best?" in await ama.says(clean(text))
    assert await home.kept("missing") == [kept]


async def test_an_unknown_address_becomes_a_participant_once(home: Home) -> None:
    ama = home.person()
    await ama.writes("hello", locale_hint="fr-BF")
    await ama.writes("hello?")
    await home.answers()
    assert await home.count(tables.participants) == 1
    (row,) = await home.rows(tables.addresses)
    assert (row.account, row.locale_hint, row.state) == ("42", "fr-BF", "good")
    assert ama.address.encode() not in row.sealed


async def test_who_blocks_us_is_written_to_no_more_until_they_write(home: Home) -> None:
    ama = home.person()
    await ama.says("hello")
    await ama.writes("yes")
    await home.answers()
    await ama.writes(kind="blocked")
    await home.answers()
    assert (await home.states())[-1] == ("cancelled", "blocked")
    (row,) = await home.rows(tables.addresses)
    assert (row.state, row.reason) == ("blocked", "blocked by them")
    await ama.writes(kind="unblocked")
    await home.answers()
    assert [row.state for row in await home.rows(tables.addresses)] == ["good"]
    assert "What is best?" in await ama.says("water")


async def test_a_message_from_a_blocked_address_opens_it_again(home: Home) -> None:
    ama = home.person()
    await ama.says("hello")
    await home.write(lambda c: c.execute(update(tables.addresses).values(state="gone")))
    assert "What is missing?" in await ama.says("yes")
    assert [row.state for row in await home.rows(tables.addresses)] == ["good"]


async def test_who_moves_to_another_number_goes_on_there(home: Home) -> None:
    ama = home.person()
    await ama.says("hello")
    await ama.writes(kind="moved", moved_to="-100777")
    await home.answers()
    there = home.person("-100777")
    assert "What is missing?" in await there.says("yes")
    assert await home.count(tables.participants) == 1


async def test_who_moves_to_a_number_that_is_known_stays_as_they_are(home: Home) -> None:
    ama, ben = home.person(), home.person()
    await ama.says("hello")
    await ben.says("hello")
    await ama.writes(kind="moved", moved_to=ben.address)
    await home.answers()
    assert await ama.id() != await ben.id()


async def test_words_said_before_the_question_was_handed_over_belong_to_the_one_before(
    make_home: MakeHome,
) -> None:
    home = make_home(burst_ms=2000)
    ama = home.person()
    await ama.says("hello", "yes")
    await ama.writes("water")
    home.waits(seconds=1)
    await ama.writes("and a well")
    await home.answers()
    assert await home.kept("missing") == ["water\nand a well"]
    home.waits(seconds=30)
    await home.sends()
    home.waits(seconds=1)
    await ama.writes("and buckets")
    await home.answers()
    assert await home.kept("missing") == ["water\nand a well\nand buckets"]
    home.waits(seconds=5)
    await ama.writes("the market")
    await home.answers()
    assert await home.kept("best") == ["the market"]


async def test_a_voice_note_waits_for_its_recording_and_only_its_sender_waits(home: Home) -> None:
    ama, ben = home.person(), home.person()
    await ama.says("hello", "yes")
    await ben.says("hello", "yes")
    await home.receives(ama.voice())
    await ama.writes("and a pump")
    await ben.writes("seeds")
    await home.answers()
    assert await home.kept("missing") == ["seeds"]
    home.waits(seconds=7.9)
    await home.answers()
    assert await home.kept("missing") == ["seeds"]
    assert await home.database.read(inbox.next_ready_at, home.moment) == home.moment + 100
    home.waits(seconds=0.1)
    await home.answers()
    assert sorted(await home.kept("missing")) == ["and a pump", "seeds"]
    (note,) = await home.rows(tables.media)
    assert note.state == "pending"
    links = await home.rows(tables.contribution_media)
    assert {link.media_id for link in links} == {note.id}


async def test_a_photo_is_not_waited_for(home: Home) -> None:
    ama = home.person()
    await ama.says("hello", "yes")
    photo = MediaRef("picture", "photo", "image/jpeg")
    await home.receives(ama.message("our well", media=(photo,)))
    await home.answers()
    assert await home.outcomes() == ["answered"] * 3
    assert [row.kind for row in await home.rows(tables.media)] == ["photo"]


async def test_an_older_message_of_a_third_person_is_not_held_up_by_a_note(home: Home) -> None:
    ama, ben = home.person(), home.person()
    await ama.says("hello", "yes")
    await home.receives(ama.voice())
    await home.answers()
    await ben.writes("hello")
    await home.receives(ben.voice())
    await home.answers()
    assert "Shall we begin?" in await ben.last()


async def test_the_last_word_of_a_batch_of_many_is_answered_in_the_next(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "BATCH", 3)
    people = [home.person() for _ in range(8)]
    for one in people:
        await one.writes("hello")
    assert await home.answers() == 8
    assert await home.outcomes() == ["answered"] * 8
