"""Whom a broadcast is written down for: each once, by what the database finds in an index."""

import re
from typing import Any

import pytest
from gateway.conftest import MakeHome
from gateway.houses import QUESTIONS, Home, Phone, Post, Texts
from sqlalchemy import Connection, Table, event, func, insert, select, text, update

from bot.gateway.broadcasts import fan_out as fanning
from bot.gateway.broadcasts.fan_out import ALL, fan_out
from bot.gateway.broadcasts.plan import Plan, make, row_of
from bot.gateway.house import House
from bot.store.tables import addresses, broadcasts, facts, participants, recipients

NEWS = Plan(texts={"en": "The meeting is on Monday."})
NO_MORE = "does not want to be written to again"
UNCONSENTED = "has not agreed to take part"
# How a database says that it goes through a table, or through its keys.
WHOLE = re.compile(r"(SCAN|Seq Scan on|pk_\w+ on) (facts|addresses|mine|other)")


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house with two channels."""
    return make_home(Post("telegram"), Post("sms"), texts=Texts(test=QUESTIONS))


async def joined(home: Home) -> Phone:
    """Someone who takes part."""
    found = home.person(str(900 + len(await home.rows(participants))))
    await found.says("hello")
    await home.write(lambda c: c.execute(update(participants).values(consented=True)))
    return found


async def learned(home: Home, who: Phone, value: str) -> None:
    """Write down what someone said last of staying in touch."""
    fact = {"participant_id": await who.id(), "name": "stay in touch", "value": f'"{value}"',
            "source": "answer", "at": home.moment}  # fmt: skip
    await home.write(lambda c: c.execute(insert(facts), fact) and None)


async def merged(home: Home, one: Phone, kept: Phone) -> None:
    """Let someone be another's second."""
    second, first = participants.c.id == await one.id(), await kept.id()
    await home.write(lambda c: c.execute(
        update(participants).where(second).values(merged_into=first)))  # fmt: skip


async def ordered(home: Home, plan: Plan = NEWS, rule: str = "") -> int:
    """Order a broadcast, and let it run."""

    def order(connection: Connection) -> int:
        number = make(connection, plan, rule, home.moment)
        connection.execute(update(broadcasts).values(state="running"))
        return number

    return await home.write(order)


async def fanned_out(home: Home) -> list[tuple[int, str, str]]:
    """Fan a broadcast out; return each recipient with the channel, and the reason against it."""
    number = await ordered(home)
    while await home.write(fan_out, home.house, number):
        pass
    return [(row.participant_id, row.channel, row.reason)
            for row in await home.rows(recipients) if row.broadcast_id == number]  # fmt: skip


async def test_what_a_linked_second_said_holds_until_something_newer_is_said(home: Home) -> None:
    ama, ben, cleo = await joined(home), await joined(home), await joined(home)
    await learned(home, ama, "yes")
    await merged(home, ben, ama)
    await learned(home, ben, "no")
    kept, other = await ama.id(), await cleo.id()
    assert await fanned_out(home) == [(kept, "telegram", NO_MORE), (other, "telegram", "")]
    await learned(home, ama, "yes")
    assert await fanned_out(home) == [(kept, "telegram", ""), (other, "telegram", "")]


async def test_who_has_several_addresses_is_written_to_once_where_they_were_last_heard(
    home: Home,
) -> None:
    ama, ben = await joined(home), await joined(home)
    mine, sealed = addresses.c.participant_id, b"a number"
    more = [
        {"participant_id": await ama.id(), "channel": "sms", "address_index": index,
         "sealed": sealed, "last_in_at": at, "made_at": 1}
        for index, at in ((b"never", None), (b"later", 1 << 50), (b"before", 1))
    ]  # fmt: skip
    await home.write(lambda c: c.execute(insert(addresses), more) and None)
    found = [(await ama.id(), "sms", ""), (await ben.id(), "telegram", "")]
    assert await fanned_out(home) == found
    gone = (mine == await ama.id()) & (addresses.c.address_index == b"later")
    await home.write(lambda c: c.execute(update(addresses).where(gone).values(state="gone")))
    found[0] = (await ama.id(), "telegram", "")
    assert await fanned_out(home) == found


async def test_in_chunks_of_any_size_each_has_one_row_and_the_same_reason(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [await joined(home) for _ in range(5)]
    await learned(home, people[1], "no")
    await merged(home, people[3], people[2])
    never = participants.c.id == await people[4].id()
    await home.write(lambda c: c.execute(
        update(participants).where(never).values(consented=False)))  # fmt: skip
    whole = await fanned_out(home)
    assert [why for _who, _channel, why in whole] == ["", NO_MORE, "", UNCONSENTED]
    for size in (1, 2, 3):
        monkeypatch.setattr(fanning, "CHUNK", size)
        assert await fanned_out(home) == whole


async def test_a_chunk_that_a_crash_took_back_is_written_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [await (await joined(home)).id() for _ in range(4)]
    monkeypatch.setattr(fanning, "CHUNK", 2)
    number = await ordered(home)
    assert await home.write(fan_out, home.house, number)

    def crash(connection: Connection) -> None:
        fan_out(connection, home.house, number)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        home.database.write_now(crash)
    while await home.write(fan_out, home.house, number):
        pass
    assert [row.participant_id for row in await home.rows(recipients)] == people
    assert (await home.database.read(row_of, number)).fanned_to == ALL


def filled(connection: Connection, people: int, each: int) -> None:
    """Let so many be known, each by an address and some facts; let the database know that."""
    first = (connection.scalar(select(func.max(participants.c.id))) or 0) + 1
    ids = range(first, first + people)
    person = {"state": b"", "made_at": 1, "seen_at": 1}
    address = {"channel": "sms", "sealed": b"", "last_in_at": 1, "made_at": 1}
    fact = {"value": '"yes"', "source": "answer", "at": 1}
    rows: dict[Table, list[dict[str, Any]]] = {
        participants: [{**person, "id": one, "pseudonym": f"p{one}"} for one in ids],
        addresses: [
            {**address, "participant_id": one, "address_index": b"%d" % one} for one in ids
        ],
        facts: [
            {**fact, "participant_id": one, "name": str(number)}
            for one in ids
            for number in range(each)
        ],
    }
    for table, new in rows.items():
        connection.execute(insert(table), new)
    connection.execute(text("ANALYZE"))


def steps_of(connection: Connection, house: House, number: int) -> list[str]:
    """Write a chunk, and return how the database finds what belongs to it."""
    asked: list[tuple[str, Any]] = []
    event.listen(connection, "before_cursor_execute",
                 lambda *given: asked.append((given[2], given[3])))  # fmt: skip
    fan_out(connection, house, number)
    ((sql, values),) = [one for one in asked if "INSERT INTO recipients" in one[0]]
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    return [str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {sql}", values)]


async def test_a_chunk_is_found_by_index_and_not_by_going_through_everybody(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanning, "CHUNK", 20)
    await home.write(filled, 2000, 5)
    number = await ordered(home)
    steps = await home.write(steps_of, home.house, number)
    for ours in ("facts", "addresses"):
        assert any(f"ix_{ours}_participant_id" in step for step in steps)
    assert not [step for step in steps if WHOLE.search(step)]
