"""A session and a phase are announced step by step: in short transactions, and once to each."""

from collections import Counter
from typing import Any

import pytest
from gateway.announcing import free, goes_out, state
from gateway.conftest import MakeHome
from gateway.houses import Home, Post
from gateway.meetings import add, at, member, states, texts
from gateway.test_broadcasts import invited
from gateway.test_phases import phase
from sqlalchemy import func, select, update

from bot.dialogue.conversation import Person
from bot.gateway import phases, session_announcing, sessions
from bot.gateway.broadcasts import control
from bot.gateway.broadcasts.carrying import Carrier, begun
from bot.gateway.session_wishes import Wish
from bot.store import participants, tables
from bot.store.participants import Newcomer
from bot.store.persons import save
from bot.store.sessions import Held
from channels.capabilities import SMS, WHATSAPP
from channels.errors import DeliveryError, Failure

CHUNK, AT_A_TIME, PEOPLE = 25, 20, 60
REFUSED = Failure("refused", "refused", False, "message", "refused")


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house where people meet; it is the 21st, afternoon in Dakar."""
    return make_home(texts=texts())


@pytest.fixture(params=["session", "phase"])
def what(request: pytest.FixtureRequest) -> str:
    """What is announced."""
    return str(request.param)


@pytest.fixture
def in_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few people be many."""
    monkeypatch.setattr("bot.gateway.broadcasts.fan_out.CHUNK", CHUNK)
    for room in ("feed", "carrying"):
        monkeypatch.setattr(f"bot.gateway.broadcasts.{room}.AT_A_TIME", AT_A_TIME)
    monkeypatch.setattr("bot.gateway.broadcasts.carrying.REST", 0.0)


async def crowd(home: Home, count: int = PEOPLE, **facts: str) -> list[int]:
    """Let so many people take part."""
    seal, channel = home.house.seal, home.post.name
    known = {"consent to take part": "yes", **facts}

    def come(connection: Any) -> list[int]:
        begin = connection.scalar(select(func.count()).select_from(tables.participants))
        names = [str(10_000_000 + begin + number) for number in range(count)]
        new = [Newcomer(channel, "", seal.index(channel, name), name) for name in names]
        made = [one.participant for one in participants.create(connection, seal, new, home.moment)]
        save(connection, seal, {one: Person(language="en", facts=known) for one in made}, {},
             home.moment)  # fmt: skip
        participants.write_facts(connection, [
            {"participant_id": one, "name": name, "value": f'"{value}"', "source": "answer",
             "step": "", "at": home.moment}
            for one in made for name, value in known.items()
        ])  # fmt: skip
        mine = tables.participants.c.id.in_(made)
        connection.execute(
            update(tables.participants).where(mine).values(consented=True, language="en")
        )
        connection.execute(update(tables.addresses).values(last_in_at=home.moment))
        return made

    return list(await home.write(come))


async def announced(home: Home, what: str, code: str = "fair") -> int:
    """Announce it, and let nothing more be done yet."""
    if what == "phase":
        await home.write(phases.close, home.house, phase(home, "meet"))
        home.waits(seconds=1)
        return int(await home.write(phases.open_and_announce, home.house, phase(home, "meet")))
    return await of_session(home, await add(home, code))


async def of_session(home: Home, session: Held, *, any_hour: bool = False) -> int:
    """Announce a session, and let nothing more be done yet."""
    return int(await home.write(
        lambda c: session_announcing.announce(c, home.house, session, any_hour=any_hour)
    ))  # fmt: skip


# ── in short transactions, that may break off ──


class Killed(BaseException):
    """The process ends."""


class Mortal:
    """A database whose process ends at its so many-th transaction, before or after the commit."""

    def __init__(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left, self.after = 1 << 30, False
        self._write = home.database.write
        monkeypatch.setattr(home.database, "write", self.write)

    async def write(self, work: Any, *args: Any, **more: Any) -> Any:
        """Write, or die."""
        self.left -= 1
        if self.left != 0:
            return await self._write(work, *args, **more)

        def dies(connection: Any, *given: Any) -> Any:
            work(connection, *given)
            raise Killed

        if self.after:
            await self._write(work, *args, **more)
            raise Killed
        return await self._write(dies, *args, **more)


@pytest.mark.parametrize("after", [False, True], ids=["before its commit", "after its commit"])
async def test_killed_at_any_transaction_it_goes_on_and_nobody_is_written_to_twice(
    home: Home, what: str, after: bool, in_small_steps: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = await crowd(home)
    mortal, deaths = Mortal(home, monkeypatch), 0
    mortal.after = after
    while True:
        number = await announced(home, what, f"fair-{deaths}")
        mortal.left = deaths + 1
        try:
            await begun(home.house, number)
        except Killed:
            deaths += 1
            await Carrier(home.house).once(number)
        else:
            break
        finally:
            mortal.left = 1 << 30
        written = await home.rows(tables.deliveries, broadcast_id=number)
        assert sorted(row.participant_id for row in written) == people
        rows = await home.rows(tables.recipients, broadcast_id=number)
        assert [row.participant_id for row in rows] == people
        await home.sends()
        assert await begun(home.house, number) == {"sent": PEOPLE}
        assert await state(home, number) == "done"
    assert deaths >= PEOPLE / CHUNK + PEOPLE / AT_A_TIME


async def test_the_process_that_announced_may_end_at_once(home: Home, what: str) -> None:
    await crowd(home, 3)
    number = await announced(home, what)
    assert await state(home, number) == "planned"
    carrier = Carrier(home.house)
    await carrier.once(number)
    await home.sends()
    assert await carrier.once(number) == "done"
    assert len(home.post.said) == 3


async def test_no_transaction_holds_the_writer_for_more_than_a_few(
    home: Home, what: str, in_small_steps: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await crowd(home)
    made: list[tuple[int, int]] = []
    write = home.database.write

    def rows(connection: Any) -> tuple[int, int]:
        wanted = (tables.recipients, tables.deliveries)
        first, second = (connection.scalar(select(func.count()).select_from(one)) for one in wanted)
        return first, second

    async def counted(work: Any, *args: Any, **more: Any) -> Any:
        def counting(connection: Any, *given: Any) -> Any:
            before = rows(connection)
            result = work(connection, *given)
            now = rows(connection)
            made.append((now[0] - before[0], now[1] - before[1]))
            return result

        return await write(counting, *args, **more)

    monkeypatch.setattr(home.database, "write", counted)
    await begun(home.house, await announced(home, what))
    assert (max(recipients for recipients, _ in made), max(out for _, out in made)) == (
        CHUNK, AT_A_TIME)  # fmt: skip
    assert tuple(map(sum, zip(*made, strict=True))) == (PEOPLE, PEOPLE)


# ── whom it concerns ──


async def test_whose_region_nobody_knows_is_told_as_are_those_of_the_region(home: Home) -> None:
    here, elsewhere, unknown = [
        await crowd(home, 1, **facts) for facts in ({"region": "africa"}, {"region": "europe"}, {})
    ]
    number = await of_session(home, await add(home, region="africa"))
    assert await goes_out(home, number) == {"sent": 2, "skipped: another region or language": 1}
    told = [row.participant_id for row in await home.rows(tables.deliveries)]
    assert told == [*here, *unknown]
    invited = [row.participant_id for row in await home.rows(tables.invitations, about="fair")]
    assert elsewhere[0] not in invited


@pytest.mark.parametrize(("language", "outcome"), [
    ("en", {"sent": 1}), ("fr", {"skipped: another region or language": 1}),
])  # fmt: skip
async def test_who_has_not_chosen_a_language_is_spoken_with_in_the_consultation_s(
    home: Home, language: str, outcome: dict[str, int]
) -> None:
    await crowd(home, 1)
    await home.write(lambda c: c.execute(update(tables.participants).values(language="")) and None)
    number = await of_session(home, await add(home, languages=[language]))
    assert await goes_out(home, number) == outcome


async def test_who_answers_before_their_turn_comes_is_not_told_any_more(home: Home) -> None:
    ama, ben = await member(home), await member(home)
    home.moment = at(home, 0, 23)
    number = await of_session(home, await add(home))
    assert await goes_out(home, number) == {"waiting": 2}
    await ama.says("MEET", "1")
    home.moment = at(home, 1, 8)
    assert await goes_out(home, number) == {"sent": 1, "skipped: knows of it already": 1}
    assert "A new meeting" in await ben.last()


async def test_who_is_in_a_conversation_is_asked_again_and_loses_nothing(home: Home) -> None:
    ama = await member(home)
    await add(home, "first")
    assert "The first: coming?" in await ama.says("MEET")
    assert await goes_out(home, await of_session(home, await add(home))) == {"sent": 1}
    assert "A new meeting. The fair" in "\n".join(home.post.said)
    assert "The first: coming?" in await ama.last()
    assert "Your place is kept. The first" in await ama.says("1")
    assert await states(home) == {await ama.id(): "coming"}


async def test_who_was_brought_in_with_a_proof_is_told_and_still_asked(
    make_home: MakeHome,
) -> None:
    home = make_home(Post("sms", free(SMS)), texts=texts())
    ama = await invited(home, proven=True)
    assert await goes_out(home, await of_session(home, await add(home))) == {"sent": 1}
    assert "A new meeting. The fair" in await ama.last()
    assert "Will you take part?" in await ama.says("MEET")


async def test_past_the_window_who_has_no_template_is_invited_all_the_same(
    make_home: MakeHome,
) -> None:
    home = make_home(Post("whatsapp", can=WHATSAPP), texts=texts())
    ama = await member(home, channel="whatsapp")
    home.waits(hours=30)
    number = await of_session(home, await add(home), any_hour=True)
    assert await goes_out(home, number) == {"skipped: window": 1}
    assert "The fair: coming?" in await ama.says("START")


# ── by day ──


async def test_by_night_it_waits_for_the_morning_where_each_lives(home: Home) -> None:
    here, in_lima = await member(home), await member(home, "America/Lima")
    home.moment = at(home, 0, 23)
    number = await of_session(home, await add(home))
    assert await goes_out(home, number) == {"sent": 1, "waiting": 1}
    assert "A new meeting" in await in_lima.last()
    assert "A new meeting" not in await here.last()
    home.moment = at(home, 1, 8)
    assert await goes_out(home, number) == {"sent": 2}


async def test_whom_the_morning_would_tell_too_late_is_not_woken(home: Home) -> None:
    await member(home)
    session = await add(home, begins_at=at(home, 1, 7))
    home.moment = at(home, 0, 23)
    number = await of_session(home, session)
    assert await goes_out(home, number) == {"skipped: it would come too late": 1}


async def test_at_any_hour_nobody_waits(home: Home) -> None:
    await member(home)
    home.moment = at(home, 0, 23)
    number = await of_session(home, await add(home), any_hour=True)
    assert await goes_out(home, number) == {"sent": 1}


# ── held back, called off, sent again ──


async def test_paused_it_stands_still_and_resumed_it_goes_on(home: Home) -> None:
    await crowd(home, 2)
    number = await of_session(home, await add(home))
    await begun(home.house, number)
    await home.write(control.pause, number, home.moment)
    assert (await goes_out(home, number), home.post.said) == ({"waiting": 2}, [])
    await home.write(control.resume, number, home.moment)
    assert await goes_out(home, number) == {"sent": 2}


@pytest.mark.parametrize("begins", [False, True], ids=["not begun", "in the outbox"])
async def test_a_session_cancelled_meanwhile_is_announced_to_nobody_more(
    home: Home, begins: bool
) -> None:
    await crowd(home, 2)
    session = await add(home)
    number = await of_session(home, session)
    if begins:
        await begun(home.house, number)
    await home.write(sessions.cancel, home.house, session)
    outcome = await goes_out(home, number)
    assert (outcome, home.post.said) == ({"cancelled": 2} if begins else {}, [])
    assert await state(home, number) == "cancelled"


async def test_sent_again_it_reaches_those_whom_it_did_not(home: Home) -> None:
    people = await crowd(home, 3)
    home.post.fails = [DeliveryError(REFUSED)]
    number = await of_session(home, await add(home))
    assert await goes_out(home, number) == {"sent": 2, "failed": 1}
    assert await home.write(control.retry, number, home.moment) == 1
    assert await goes_out(home, number) == {"sent": 3}
    assert set(Counter(out.address for _, out in home.post.sent).values()) == {1}
    assert len(home.post.sent) == len(people)


async def test_a_session_moved_meanwhile_is_announced_as_it_stands_now(home: Home) -> None:
    await crowd(home, 1)
    session = await add(home)
    number = await of_session(home, session)
    await home.write(sessions.change, home.house, session, Wish(place="the school"))
    assert await goes_out(home, number) == {"sent": 1}
    assert "the school" in home.post.said[0]
