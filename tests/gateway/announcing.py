"""Broadcasts in a house of three channels: ordered, carried, and how each recipient stands."""

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.conftest import MakeHome
from gateway.houses import NO_PACE, QUESTIONS, Home, Phone, Post, Texts
from gateway.test_importing import WELCOME
from sqlalchemy import update

from bot.gateway.broadcasts.carrying import Carrier, begun
from bot.gateway.broadcasts.ledger import lines, write_csv
from bot.gateway.broadcasts.plan import Plan, make, row_of
from bot.gateway.broadcasts.preview import Preview, preview
from bot.gateway.broadcasts.prices import read_prices
from bot.store import fates
from bot.store.tables import participants
from channels.capabilities import SMS, WHATSAPP
from channels.errors import Failure

NEWS = "The meeting is on Monday."
NEW = Plan(texts={"en": NEWS, "fr": "La rencontre est lundi."})
GONE = Failure("gone", "gone", False, "address", "gone")


def free(can: Any) -> Any:
    """A channel's abilities without its pace."""
    return replace(can, overall=NO_PACE, per_address=NO_PACE)


def house(make_home: MakeHome) -> Home:
    """A house with three channels; NOON is in nobody's night."""
    posts = Post("telegram"), Post("sms", free(SMS)), Post("whatsapp", free(WHATSAPP))
    planned = {"ships": "planned"}
    texts = Texts(phases={"reactions": planned}, welcome=WELCOME, reactions=QUESTIONS)
    return make_home(*posts, texts=texts)


async def joined(home: Home, channel: str = "telegram", language: str = "en") -> Phone:
    """Someone who takes part."""
    ama = home.person("+3361234" + str(len(await home.rows(participants)) + 1000), channel)
    await ama.says("hello", "yes")
    owner = await ama.id()
    mine = participants.c.id == owner
    await home.write(lambda c: c.execute(
        update(participants).where(mine).values(language=language)))  # fmt: skip
    return ama


async def ordered(home: Home, plan: Plan = NEW, rule: str = "", **more: Any) -> int:
    """Order a broadcast."""
    number: int = await home.write(lambda c: make(c, plan, rule, home.moment, **more))
    return number


async def carried(home: Home, number: int) -> dict[str, int]:
    """Carry it as far as it goes now; return how its recipients stand."""
    carrier = Carrier(home.house)
    await carrier.once(number)
    for channel in home.posts:
        await home.sends(channel)
    await carrier.once(number)
    return await home.database.read(fates.states, number)


async def goes_out(home: Home, number: int) -> dict[str, int]:
    """Carry it as far as it goes now; return how it stands, as the command that began it says."""
    await begun(home.house, number)
    for channel in home.posts:
        await home.sends(channel)
    return await begun(home.house, number)


async def sent(home: Home, plan: Plan = NEW, rule: str = "", **more: Any) -> dict[str, int]:
    """Send a broadcast; return how its recipients stand."""
    return await carried(home, await ordered(home, plan, rule, **more))


async def state(home: Home, number: int = 1) -> str:
    """How the broadcast stands."""
    return (await home.database.read(row_of, number)).state


async def table(home: Home, number: int = 1) -> list[dict[str, str]]:
    """The ledger as a spreadsheet would read it."""
    out = io.StringIO()
    prices = read_prices(Path("/nowhere"))
    await home.database.read(lambda c: write_csv(out, lines(c, number, prices, {"gone": GONE})))
    return list(csv.DictReader(io.StringIO(out.getvalue())))


async def previewed(home: Home, plan: Plan = NEW, rule: str = "") -> Preview:
    """Preview a broadcast."""
    prices = read_prices(Path("/nowhere"))
    return await home.database.read(lambda c: preview(c, home.house, plan, rule, prices))
