"""The topic of the week: who is invited to which, and told of it once."""

from typing import Any

import pytest
from gateway.announcing import goes_out
from gateway.conftest import MakeHome
from gateway.forum_house import joins, texts
from gateway.houses import Home, Post
from msgspec.structs import replace
from sqlalchemy import Connection

from bot.gateway import phases, week
from bot.gateway.broadcasts.carrying import begun
from bot.gateway.broadcasts.reasons import NO_MORE
from bot.store import participants, tables
from bot.store.persons import open_state, save, states


async def invited(home: Home, **more: Any) -> list[tuple[int, str, str]]:
    """Who is invited to what, and how that stands."""
    rows = await home.rows(tables.invitations, flow="forum", **more)
    return [(row.participant_id, row.about, row.state) for row in rows]


@pytest.fixture
def planned(make_home: MakeHome) -> Home:
    """A house whose forum is not open yet."""
    return make_home(Post(), texts=texts(forum={"ships": "planned"}))


async def test_opening_the_phase_invites_each_to_the_topic_of_their_first_theme(
    planned: Home,
) -> None:
    home = planned
    ama, ben = await joins(home, themes="1"), await joins(home, themes="2 1")
    phase = phases.find(home.texts.consultation, "forum")
    await begun(home.house, await home.write(phases.open_quietly, home.house, phase))
    assert await invited(home) == [
        (await ama.id(), "farms", "waiting"), (await ben.id(), "roofs", "waiting"),
    ]  # fmt: skip
    assert "This week: Roofs." in await ben.says("hello")


async def test_a_new_week_makes_new_invitations_and_drops_the_old(planned: Home) -> None:
    home = planned
    ama = await joins(home)
    phase = phases.find(home.texts.consultation, "forum")
    await begun(home.house, await home.write(phases.open_quietly, home.house, phase))
    home.waits(hours=24 * 14)
    await begun(home.house, await home.write(phases.open_quietly, home.house, phase))
    mine = await ama.id()
    assert await invited(home) == [(mine, "farms", "void"), (mine, "mills", "waiting")]
    assert "This week: Mills." in await ama.says("hello")


async def opens(home: Home) -> dict[str, int]:
    """Open the forum, or invite to the topic that has come; return how its recipients stand."""
    phase = phases.find(home.texts.consultation, "forum")
    number = await home.write(phases.open_and_announce, home.house, phase)
    return await goes_out(home, number)


async def test_each_topic_is_announced_to_each_person_once(planned: Home) -> None:
    home = planned
    ama, ben = await joins(home, themes="1"), await joins(home, themes="2")
    assert await opens(home) == {"sent": 2}
    assert (await ama.last()).startswith("This week: Farms\n")
    assert (await ben.last()).startswith("This week: Roofs\n")
    assert await opens(home) == {"skipped: was told already": 2}
    home.waits(hours=24 * 14)  # the next topic of food; housing keeps its own
    preview = await home.database.read(
        phases.preview, home.house, phases.find(home.texts.consultation, "forum")
    )
    assert (preview.recipients, preview.excluded) == (1, {"was told already": 1})
    assert await opens(home) == {"sent": 1, "skipped: was told already": 1}
    assert (await ama.last()).startswith("This week: Mills\n")
    assert "Mills: what is it like" in await ama.presses("Begin")


async def test_who_wants_to_be_left_alone_is_counted_so_before_and_after(planned: Home) -> None:
    home = planned
    await joins(home)
    mine, seal, no = await (await joins(home)).id(), home.house.seal, "no"

    def leaves(connection: Connection) -> None:
        person = open_state(seal, states(connection, [mine])[mine].state)
        known = replace(person, facts={**person.facts, "stay in touch": no})
        save(connection, seal, {mine: known}, {}, home.moment)
        participants.write_facts(connection, [
            {"participant_id": mine, "name": "stay in touch", "value": f'"{no}"',
             "source": "answer", "step": "", "at": home.moment},
        ])  # fmt: skip

    await home.write(leaves)
    preview = await home.database.read(
        phases.preview, home.house, phases.find(home.texts.consultation, "forum")
    )
    assert (preview.recipients, preview.excluded) == (1, {NO_MORE: 1})
    assert await opens(home) == {"sent": 1, f"skipped: {NO_MORE}": 1}


async def test_a_topic_is_opened_before_its_day_once(planned: Home) -> None:
    home = planned
    await home.write(week.open_topics, home.house, ["mills", "mills"])
    await home.write(week.open_topics, home.house, ["mills"])
    (row,) = await home.rows(tables.topics)
    assert (row.code, row.opened_at) == ("mills", home.moment)
    shown = await home.database.read(week.listed, home.house, "en")
    assert [(line.code, line.state) for line in shown] == [
        ("farms", "over"), ("roofs", "open"), ("mills", "open"),
    ]  # fmt: skip
    assert len([row for row in await home.rows(tables.audit) if row.did == "topic open"]) == 1


async def test_a_topic_that_is_not_there_is_not_opened(planned: Home) -> None:
    with pytest.raises(week.NoSuchTopic):
        await planned.write(week.open_topics, planned.house, ["mlils"])


async def test_without_a_topic_of_the_week_the_phase_is_not_opened(planned: Home) -> None:
    home = planned
    home.moment -= 365 * 24 * 3_600_000
    phase = phases.find(home.texts.consultation, "forum")
    with pytest.raises(week.NoTopic):
        await home.write(phases.open_quietly, home.house, phase)
