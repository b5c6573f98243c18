"""What tests of the outbox share: failures, promises, and a sender whose waits move the clock."""

import asyncio
from typing import Any

from gateway.houses import Home, Phone
from sqlalchemy import Connection

from bot.gateway.deliver import Sender
from bot.store import deliveries, tables
from bot.store.participants import by_index
from bot.store.wire import NewDelivery
from channels.base import Outgoing
from channels.errors import Failure

TRANSIENT = Failure("busy", "transient", True, "message", "The provider is busy.")
REFUSED = Failure("too long", "refused", False, "message", "Too long.")
GONE = Failure("gone", "gone", False, "address", "Nobody is there.")
BLOCKED = Failure("blocked", "opted_out", False, "address", "They blocked us.")
UNCERTAIN = Failure("uncertain", "uncertain", False, "message", "No answer.")
THROTTLED = Failure("throttled", "throttled", True, "sender", "Too many.")
MOVED = Failure("moved", "moved", True, "address", "Moved.")
TOKEN = Failure("token", "sender", True, "sender", "Unknown token.")


def sender_of(home: Home) -> Sender:
    """A sender whose waits move the clock."""

    async def pause(seconds: float) -> None:
        home.waits(seconds=seconds)
        await asyncio.sleep(0)

    return Sender(home.house, home.post, pause)  # type: ignore[arg-type]


async def empties(home: Home, sender: Sender, *, until: int | None = None) -> None:
    """Send until nothing waits any more, moving the clock to whatever is next."""
    while until is None or home.moment < until:
        await sender.send_all_due()
        due = await home.database.read(deliveries.next_due, home.post.name, home.moment)
        due = max(due or 0, sender.attempts.hold_until) if due else None
        if due is None:
            return
        home.moment = max(home.moment, due)


async def knows(home: Home, *phones: Phone) -> None:
    """Let people be known, with nothing in the outbox."""
    for one in phones:
        await one.writes("hello")
    await home.answers()
    await home.write(lambda c: c.execute(tables.deliveries.delete()))


async def promises(home: Home, phone: Phone, *texts: str, **more: Any) -> None:
    """Promise messages to an address."""

    def work(connection: Connection) -> None:
        seal = home.house.seal
        index = seal.index(phone.channel, phone.address)
        found = by_index(connection, [index])[index]
        kind = {"kind": "reply"} | more
        new = [NewDelivery(found.participant, found.id, phone.channel,
                           outgoing=_body(Outgoing(phone.address, text=text)), **kind)
               for text in texts]  # fmt: skip
        deliveries.promise(connection, seal, new, home.moment)

    await home.write(work)


def _body(outgoing: Outgoing) -> bytes:
    import msgspec

    return msgspec.json.encode(outgoing)
