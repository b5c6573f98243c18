"""Messages that come together, phones that are shared, and people who have gone."""

from houses import Home, Phone
from sqlalchemy import Connection

from bot.store import inbox, tables


async def somebody_new(phone: Phone) -> str:
    """Hand the phone to somebody who never spoke on it."""
    await phone.says("someone else")
    asked = [one for one in await phone.heard() if one.buttons][-1]
    labels = [button.label for row in asked.buttons for button in row]
    return await phone.presses(labels[-2])  # the last is for whoever was given the number


async def test_an_answer_and_a_stop_in_one_batch_bring_no_further_question(home: Home) -> None:
    ama = home.person()
    await ama.says("hello")
    await ama.writes("yes")
    await ama.writes("stop")
    await home.answers()
    await home.sends()
    assert "What is missing?" not in "".join(home.post.said)


async def test_who_blocks_us_after_being_forgotten_is_not_taken_for_somebody_new(
    home: Home,
) -> None:
    ama = home.person()
    await ama.says("hello", "yes", "forget me", "1")
    people, gone = await home.count(tables.participants), await home.count(tables.forgotten)
    await ama.writes("", kind="blocked")
    await home.answers()
    assert await home.count(tables.participants) == people
    assert await home.count(tables.forgotten) == gone
    assert await home.count(tables.addresses) == 0
    assert (await home.outcomes())[-1] == "filed"


async def test_a_stopped_person_can_still_be_forgotten(home: Home) -> None:
    ama = home.person()
    await ama.says("hello", "yes", "water", "stop", "forget me")
    assert "I am erasing everything about you" in "".join(
        [await ama.says("1"), *home.post.said[-2:]]
    )
    assert await home.count(tables.contributions) == 0


async def test_a_stopped_person_who_thinks_better_of_it_is_asked_nothing(home: Home) -> None:
    ama = home.person()
    await ama.says("hello", "yes", "stop", "forget me")
    assert "What is missing?" not in await ama.says("2")


async def test_after_one_of_three_is_forgotten_the_others_and_a_fourth_can_speak(
    home: Home,
) -> None:
    phone = home.person()
    await phone.says("hello", "yes", "ama's water")
    await phone.says("someone else", "1", "yes", "ben's market")
    await somebody_new(phone)
    await phone.says("yes", "cleo's school")
    third = await phone.id()
    await phone.says("someone else", "1")  # the first of the others in the list
    await phone.says("forget me", "1")
    assert await home.count(tables.speakers) == 2
    assert "Shall we begin?" in await somebody_new(phone)
    assert await phone.id() != third
    assert await home.count(tables.speakers) == 3
    assert "stuck" not in await home.outcomes()


async def test_a_message_that_another_worker_made_wait_is_not_taken_from_under_it(
    home: Home,
) -> None:
    ama = home.person()
    await ama.says("hello", "yes")
    await home.receives(ama.voice())
    seen = await home.database.read(inbox.waiting, home.moment, 10, tuple(home.house.channels))

    def made_to_wait(connection: Connection) -> list[inbox.Waiting]:
        inbox.hold(connection, [row.id for row in seen], home.moment + 8000)
        return inbox.still_waiting(connection, seen, home.moment)

    assert len(seen) == 1
    assert await home.write(made_to_wait) == []
