"""What nobody knows: whether a message went out that was in hand, or got no answer."""

from dataclasses import dataclass, field

import msgspec
import pytest
from gateway.conftest import MakeHome
from gateway.houses import Home, Phone, Post
from gateway.outbox import (
    TRANSIENT,
    UNCERTAIN,
    empties,
    knows,
    promises,
    sender_of,
)
from sqlalchemy import update

from bot.store import tables
from channels.base import Incoming, Outgoing
from channels.errors import DeliveryError


@dataclass
class Listing(Post):
    """A channel whose provider can be asked what it took: address → when, and how it stands."""

    listed: dict[str, list[tuple[int, Incoming]]] = field(default_factory=dict)

    def took(self, person: Phone, at: int, name: str, **told: str) -> None:
        """Have it taken something for someone."""
        status = Incoming(self.name, f"s:{name}", "status", message_id=name, **told)
        self.listed.setdefault(person.address, []).append((at, status))

    async def find_sent(self, outgoing: Outgoing, after: int) -> list[Incoming]:
        """What it took for an address since."""
        return [
            msgspec.structs.replace(status, delivery=outgoing.delivery)
            for at, status in self.listed.get(outgoing.address, ())
            if at >= after
        ]

    async def list_since(self, after: int) -> list[Incoming]:
        """Nobody wrote."""
        return []


async def crashes_while_all_are_being_sent(home: Home) -> None:
    """Let a sender die with everything in hand, and the next one settle and send it."""
    sending = update(tables.deliveries).values(state="sending", attempts=1, last_at=1)
    await home.write(lambda c: c.execute(sending))
    sender = sender_of(home)
    await sender.settle_what_a_crash_left()
    await empties(home, sender)


async def test_what_nobody_knows_is_sent_again_once_and_is_then_perhaps(home: Home) -> None:
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "one", "two")
    home.post.fails = [DeliveryError(UNCERTAIN), DeliveryError(UNCERTAIN)]
    await empties(home, sender_of(home))
    assert await home.states() == [("perhaps", "uncertain"), ("sent", "")]
    assert [row.attempts for row in await home.rows(tables.deliveries)] == [2, 1]


async def test_that_it_was_repeated_is_not_forgotten_over_another_failure(home: Home) -> None:
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "one")
    home.post.fails = [DeliveryError(one) for one in (UNCERTAIN, TRANSIENT, UNCERTAIN)]
    await empties(home, sender_of(home))
    assert await home.states() == [("perhaps", "uncertain")]


async def test_an_announcement_is_not_repeated(home: Home) -> None:
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "news", kind="broadcast", rank=2)
    home.post.fails = [DeliveryError(UNCERTAIN)]
    await empties(home, sender_of(home))
    assert await home.states() == [("perhaps", "uncertain")]
    assert home.post.sent == []


async def test_what_a_crash_left_half_sent_goes_again_once_an_announcement_does_not(
    home: Home,
) -> None:
    ama, ben = home.person(), home.person()
    await knows(home, ama, ben)
    await promises(home, ama, "reply")
    await promises(home, ben, "news", kind="broadcast", rank=2)
    await crashes_while_all_are_being_sent(home)
    assert home.post.said == ["reply"]
    assert [state for state, _ in await home.states()] == ["sent", "perhaps"]


async def test_after_a_crash_an_announcement_goes_out_once_where_one_can_ask_whether_it_did(
    make_home: MakeHome,
) -> None:
    listing = Listing()
    home = make_home(listing)
    ama, kofi = home.person(), home.person()
    await knows(home, ama, kofi)
    listing.took(ama, home.moment, "SM1", status="sent")
    for one in (ama, kofi):
        await promises(home, one, "news", kind="broadcast", rank=2)
    await crashes_while_all_are_being_sent(home)
    assert [to.address for _, to in home.post.sent] == [kofi.address]
    assert [state for state, _ in await home.states()] == ["sent", "sent"]


async def test_what_a_provider_took_before_a_crash_and_could_not_bring_is_not_said_to_be_sent(
    make_home: MakeHome,
) -> None:
    listing = Listing()
    home = make_home(listing)
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "news", kind="broadcast", rank=2)
    listing.took(ama, home.moment, "SM1", status="failed", reason="30005", means="gone")
    await crashes_while_all_are_being_sent(home)
    assert home.post.sent == []
    assert await home.states() == [("failed", "30005")]
    assert (await home.rows(tables.addresses))[0].state == "gone"


async def test_what_did_not_reach_a_phone_that_was_off_is_not_taken_for_what_goes_out_later(
    make_home: MakeHome,
) -> None:
    listing = Listing()
    home = make_home(listing)
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "news", kind="broadcast", rank=2)
    await home.sends()
    off = {"status": "failed", "reason": "30003", "means": "transient"}
    (row,) = await home.rows(tables.deliveries)
    listing.took(ama, home.moment, row.provider_id, **off)
    status = Incoming(listing.name, "s:off", "status", ama.address,
                      message_id=row.provider_id, delivery=str(row.id), **off)  # fmt: skip
    await home.receives(status)
    await home.answers()
    home.waits(hours=1)
    listing.fails = [DeliveryError(UNCERTAIN)]
    await empties(home, sender_of(home))
    assert len(listing.sent) == 2
    assert await home.states() == [("sent", "")]


@pytest.mark.parametrize(("kind", "seconds"), [("reply", 10), ("broadcast", 60)])
async def test_who_waits_for_an_answer_of_which_nobody_knows_waits_less_than_for_an_announcement(
    make_home: MakeHome, kind: str, seconds: int
) -> None:
    home = make_home(Listing())
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "words", kind=kind)
    home.post.fails = [DeliveryError(UNCERTAIN)]
    await home.sends()
    home.waits(seconds=seconds - 1)
    await home.sends()
    assert home.post.said == []
    home.waits(seconds=1)
    await home.sends()
    assert home.post.said == ["words"]


async def test_of_what_may_have_arrived_before_they_said_stop_it_is_not_said_that_it_did_not(
    make_home: MakeHome,
) -> None:
    home = make_home(Listing())
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "news", kind="broadcast", rank=2)
    home.post.fails = [DeliveryError(UNCERTAIN)]
    await home.sends()
    await ama.writes("STOP")
    await home.answers()
    assert ("perhaps", "uncertain") in await home.states()


async def test_what_another_process_has_in_hand_is_not_taken_for_a_crashs(home: Home) -> None:
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "reply")
    just_now = home.house.clock()
    sending = update(tables.deliveries).values(state="sending", attempts=1, last_at=just_now)
    await home.write(lambda c: c.execute(sending))
    await sender_of(home).settle_what_a_crash_left()
    alone = home.database.embedded  # then nobody else can have it in hand
    assert await home.states() == [("waiting", "uncertain") if alone else ("sending", "")]


async def test_after_two_crashes_nobody_is_written_to_a_third_time(home: Home) -> None:
    ama = home.person()
    await knows(home, ama)
    await promises(home, ama, "reply")
    for _ in range(2):
        sending = update(tables.deliveries).values(state="sending", last_at=1)
        await home.write(lambda c, query=sending: c.execute(query))
        await sender_of(home).settle_what_a_crash_left()
    await home.sends()
    assert await home.states() == [("perhaps", "uncertain")]
    assert home.post.sent == []
