"""A message that breaks the engine or the database is set aside alone, and no other suffers."""

from typing import Any

import pytest
from gateway.houses import BREAKS, Home
from sqlalchemy import Connection, insert, select

from bot.dialogue import talk
from bot.gateway import take_turns as room
from bot.gateway.sitting import Sitting
from bot.store import inbox, tables


def break_on(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, *, text: str = BREAKS) -> None:
    """Let a function raise when a reply with this text comes by."""
    right = getattr(where, name)

    def wrong(*args: Any, **more: Any) -> Any:
        if any(getattr(one, "text", None) == text for one in (*args, *more.values())):
            raise KeyError(text)
        return right(*args, **more)

    monkeypatch.setattr(where, name, wrong)


async def test_a_message_that_breaks_the_dialogue_is_set_aside_alone(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_on(monkeypatch, talk, "respond")
    ama, ben = home.person(), home.person()
    await ama.says("hello")
    await ben.says("hello")
    await ama.writes(BREAKS)
    await ama.writes("yes")
    await ben.writes("yes")
    await home.answers()
    assert await home.outcomes() == ["answered", "answered", "stuck", "answered", "answered"]
    words = [one.text for one in await ama.heard() if one.text]
    assert "Something went wrong on our side" in words[-2]
    assert "What is missing?" in words[-1]
    assert "What is missing?" in await ben.last()


async def test_the_note_of_a_message_that_was_set_aside_holds_nothing_of_it(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    break_on(monkeypatch, talk, "respond")
    await home.person().says(BREAKS)
    (row,) = await home.rows(tables.inbox)
    assert row.note == "KeyError in the dialogue"
    assert row.sealed is not None


@pytest.mark.parametrize("fails", [ValueError("odd"), UnicodeEncodeError("utf-8", "x", 0, 1, "no")])
async def test_what_fails_outside_of_the_dialogue_is_set_aside_alone_too(
    home: Home, monkeypatch: pytest.MonkeyPatch, fails: Exception
) -> None:
    people = [home.person() for _ in range(5)]
    for one in people:
        await one.says("hello")
    right = room.put_down

    def wrong(sitting: Sitting, seat: Any, turn: Any, *args: Any, **more: Any) -> None:
        if any(BREAKS in kept.text for kept in turn.kept):
            raise fails
        right(sitting, seat, turn, *args, **more)

    monkeypatch.setattr(room, "put_down", wrong)
    for one in people:
        await one.writes("yes")
    await people[2].writes(BREAKS)
    for one in people:
        await one.writes("water")
    await home.answers()
    assert (await home.outcomes()).count("stuck") == 1
    assert "Something went wrong" in "".join(one.text for one in await people[2].heard())
    assert await home.kept("missing") == ["water"] * 5


async def test_a_row_that_the_database_refuses_takes_nobody_along(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    ama, ben = home.person(), home.person()
    await ama.says("hello", "yes")
    await ben.says("hello", "yes")
    right = room.keeping.keep

    def doubled(connection: Connection, answers: Any, moment: int) -> None:
        right(connection, answers, moment)
        if any(one.kept.text == BREAKS for one in answers):  # the same key twice
            row = connection.execute(select(tables.phases)).first()
            connection.execute(insert(tables.phases), dict(row._mapping))  # type: ignore[union-attr]

    monkeypatch.setattr("bot.store.keeping.keep", doubled)
    await ama.writes(BREAKS)
    await ben.writes("water")
    await home.answers()
    assert (await home.outcomes())[-2:] == ["stuck", "answered"]
    assert await home.kept("missing") == ["water"]
    assert "Something went wrong" in await ama.last()


async def test_a_newcomer_whose_first_message_breaks_is_told_kindly(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(room, "put_down", wrong)
    ama = home.person()
    await ama.writes("hello")
    await home.answers()
    assert "Something went wrong" in await ama.last()


async def test_a_message_that_was_set_aside_can_be_put_back(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    ama = home.person()
    await ama.says("hello", "yes")
    with monkeypatch.context() as patch:
        break_on(patch, talk, "respond")
        await ama.says(BREAKS)
    ((row_id, channel, _, note),) = await home.database.read(inbox.stuck)
    assert (channel, note) == ("telegram", "KeyError in the dialogue")
    assert await home.write(inbox.put_back, row_id)
    await home.answers()
    assert await home.kept("missing") == [BREAKS]
    assert not await home.write(inbox.put_back, row_id)
