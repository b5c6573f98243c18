"""What was heard so far, counted over both databases, without what could point at somebody."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from gateway.conftest import MakeHome
from gateway.houses import Home, Texts
from people import AT, add, add_contribution, add_participant, add_recording
from sqlalchemy import Connection, event, update

from bot.gateway import figures
from bot.gateway.figures import FEW, KEPT_MS, TOO_OLD_MS, Asked, Ledger, without_few
from bot.gateway.work import Work
from bot.store import tables
from bot.store.database import Database
from bot.store.figures import counted
from bot.store.seal import Seal

HEARD = """
steps:
  ready:
    ask: Shall we begin?
    choices:
      yes: Go ahead
      no: Not now
  numbers:
    say: "We have heard {figures.people} people, from {figures.by_region}."
  right:
    ask: Did we hear you right?
    answer: text
endings:
  thanks: Thank you.
"""


def people(connection: Connection, number: int, **facts: Any) -> list[int]:
    """So many people who have each said something, and of whom this is known."""
    found = [add_participant(connection, language=facts.pop("language", "fr"))
             for _ in range(number)]  # fmt: skip
    for one in found:
        add_contribution(connection, one)
        for name, value in facts.items():
            add(connection, tables.facts, participant_id=one, name=name, value=json.dumps(value),
                source="answer", at=AT)  # fmt: skip
    return found


def test_those_count_who_take_part_and_said_something_beyond_the_welcome(
    database: Database,
) -> None:
    def work(connection: Connection) -> tuple[dict[str, int], Any]:
        people(connection, 2)
        add_participant(connection)  # said nothing
        add_contribution(connection, add_participant(connection), phase="welcome")
        add_contribution(connection, add_participant(connection, consented=False))
        add_contribution(connection, add_participant(connection, forgotten_at=AT))
        return counted(connection, trials=True)

    whole, _ = database.write_now(work)
    assert (whole["people"], whole["answers"]) == (2, 2)


def test_whoever_came_by_two_channels_is_one_person_with_all_answers(database: Database) -> None:
    def work(connection: Connection) -> dict[str, int]:
        (kept,) = people(connection, 1)
        other = add_participant(connection, merged_into=kept, consented=False)
        add_contribution(connection, other)
        return counted(connection, trials=True)[0]

    whole = database.write_now(work)
    assert (whole["people"], whole["answers"]) == (1, 2)


def test_what_no_longer_counts_is_not_counted(database: Database) -> None:
    def work(connection: Connection) -> tuple[dict[str, int], Any]:
        (ama,) = people(connection, 1)
        for end in ("superseded_at", "withdrawn_at", "hidden_at"):
            add_contribution(connection, ama, **{end: AT})
        return counted(connection, trials=True)

    assert database.write_now(work)[0]["answers"] == 1


def test_trials_are_left_out_where_they_are_not_wanted(database: Database) -> None:
    def work(connection: Connection) -> list[int]:
        add_contribution(connection, add_participant(connection, trial=True))
        people(connection, 1)
        return [counted(connection, trials=each)[0]["people"] for each in (True, False)]

    assert database.write_now(work) == [2, 1]


def test_recordings_that_can_be_heard_are_counted_with_their_minutes(
    database: Database, seal: Seal
) -> None:
    def work(connection: Connection) -> dict[str, int]:
        ama = add_participant(connection)
        for state, seconds, kind in (("kept", 100, "voice"), ("kept", 50.4, "voice"),
                                     ("lost", 99, "voice"), ("kept", None, "photo")):  # fmt: skip
            note = add_recording(
                connection, seal, ama, add_contribution(connection, ama), kind=kind
            )
            connection.execute(update(tables.media).where(tables.media.c.id == note)
                               .values(state=state, seconds=seconds))  # fmt: skip
        return counted(connection, trials=True)[0]

    whole = database.write_now(work)
    assert (whole["voices"], whole["minutes"]) == (2, 3)


def test_people_are_counted_by_what_they_said_of_themselves_last(database: Database) -> None:
    def work(connection: Connection) -> Any:
        ama, *_ = people(connection, 3, region="europe", themes=["food", "health"])
        people(connection, 1, region="pacific", themes="food", language="es")
        for value in ('"maghreb"', None):
            add(connection, tables.facts, participant_id=ama, name="region", value=value,
                source="answer", at=AT)  # fmt: skip
        return counted(connection, trials=True)[1]

    by = database.write_now(work)
    assert by["region"] == {"europe": 2, "pacific": 1}
    assert by["theme"] == {"food": 4, "health": 3}
    assert by["language"] == {"fr": 3, "es": 1}


def test_a_count_under_five_is_withheld_wherever_it_stands() -> None:
    whole = {"people": 12, "answers": 30, "voices": FEW - 1, "minutes": 0}
    found = without_few(whole, {"theme": {"food": 9, "health": FEW, "law": FEW - 1},
                                "region": {}, "language": {"fr": 4}, "network": {}})  # fmt: skip
    assert (found["people"], found["voices"], found["minutes"]) == (12, None, None)
    assert found["by_theme"] == (("food", 9), ("health", 5))
    assert found["by_language"] is None
    assert found["languages"] is None


@pytest.mark.parametrize(("counts", "shown"), [
    ({"a": 20, "b": 9, "c": 3}, (("a", 20),)),  # else 32 - 29 would tell of three
    ({"a": 20, "b": 12}, (("a", 20), ("b", 12))),
    ({"a": 20, "b": 5, "c": 4, "d": 3}, (("a", 20), ("b", 5))),  # seven together are not few
    ({"a": 30, "b": 2}, ()),
])  # fmt: skip
def test_few_cannot_be_found_by_taking_the_others_from_the_whole(
    counts: dict[str, int], shown: Sequence[tuple[str, int]]
) -> None:
    whole = {"people": 32, "answers": 99, "voices": 0, "minutes": 0}
    found = without_few(whole, {"theme": {}, "region": counts, "language": {}, "network": {}})
    assert (found["by_region"] or ()) == shown


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Each time that everything is counted."""
    found: list[bool] = []
    real = figures.counted

    def counting(connection: Connection, *, trials: bool) -> Any:
        found.append(trials)
        return real(connection, trials=trials)

    monkeypatch.setattr(figures, "counted", counting)
    return found


def test_a_turn_counts_only_where_nothing_was_counted_lately(
    database: Database, calls: list[bool]
) -> None:
    ledger = Ledger()

    def work(connection: Connection) -> None:
        for moment in (AT, AT + KEPT_MS - 1, AT + KEPT_MS, AT + TOO_OLD_MS):
            assert dict(Asked(ledger, connection, moment, trials=True))["people"] is None

    database.read_now(work)
    assert len(calls) == 2


def test_what_is_no_longer_fresh_is_counted_anew_beside_the_turns(
    database: Database, calls: list[bool]
) -> None:
    ledger = Ledger()

    def says(moment: int) -> Any:
        return database.read_now(lambda c: ledger.figures(c, moment, trials=True)["people"])

    assert says(AT) is None
    database.write_now(people, 7)
    assert not ledger.is_wanted
    assert says(AT + KEPT_MS) is None  # nobody waits for it
    assert ledger.is_wanted
    database.read_now(ledger.count_anew, AT + KEPT_MS)
    assert says(AT + KEPT_MS) == 7
    assert (len(calls), ledger.is_wanted) == (2, False)


async def test_a_running_house_counts_anew_what_was_asked_for(home: Home) -> None:
    ledger = home.house.programmes.ledger
    await home.database.read(lambda c: ledger.figures(c, home.moment, trials=True))
    home.moment += KEPT_MS
    await home.database.read(lambda c: ledger.figures(c, home.moment, trials=True))
    work = Work.of(home.house)
    await work._count_anew()
    assert not ledger.is_wanted


def queries(home: Home) -> list[str]:
    """What is asked of the database from now on."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(home.database.engine, "before_cursor_execute", note)
    return asked


async def test_a_turn_that_says_no_figure_counts_nothing(make_home: MakeHome) -> None:
    home = make_home(texts=Texts(test=HEARD))
    asked = queries(home)
    ama = home.person()
    await ama.says("hello")
    assert not any("count(" in statement for statement in asked)
    heard = await ama.says("yes")
    assert "We have heard fewer than five people, from still too few to count." in heard
    assert any("count(" in statement for statement in asked)


async def test_a_talk_says_how_many_were_heard(make_home: MakeHome) -> None:
    home = make_home(texts=Texts(test=HEARD))
    await home.write(lambda connection: people(connection, 6, region="north"))
    ama = home.person()
    heard = await ama.says("hello", "yes")
    assert "We have heard 6 people, from North (6)." in heard
