"""A house where people meet: the flows of coming and of reporting, and sessions to come to."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.announcing import goes_out
from gateway.houses import Home, Phone, Texts
from msgspec.structs import replace
from programme import TAKING_PART, flow_of
from sqlalchemy import select

from bot.gateway import sessions
from bot.gateway.session_announcing import announce
from bot.gateway.session_news import tell_news
from bot.store import tables
from bot.store.sessions import Held

WELCOME = (
    TAKING_PART
    + """\
  zone:
    ask: Where is your clock?
    answer: text
    optional: yes
    keep as: time zone
endings:
  thanks: Welcome.
"""
)
MEET = """
steps:
  each:
    for each: session
    steps:
      come:
        ask: "{item.title}: coming?"
        invite to: session
        choices:
          coming: I come
          perhaps: Not sure
          not: I stay
endings:
  thanks: See you.
"""
REPORT = """
steps:
  agreed:
    ask: "{about.title}: what was agreed?"
    answer: text or voice
  traces:
    ask: Send photos and recordings.
    answer: several photos or recordings
    optional: yes
endings:
  thanks: Thank you for the report.
"""


def texts() -> Texts:
    """The flows of a house where people meet."""
    made = Texts(welcome=WELCOME, meet=MEET)
    made.write("report", replace(flow_of(REPORT, "report"), about="own session"))
    return made


def at(home: Home, day: int, hour: int = 15, minute: int = 0, zone: str = "Africa/Dakar") -> int:
    """A moment so many days after the house's today."""
    today = datetime.fromtimestamp(home.moment / 1000, ZoneInfo(zone))
    there = today.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return int(there.timestamp() * 1000) + day * 86_400_000


async def add(home: Home, code: str = "fair", **more: Any) -> Held:
    """Add a session in five days, for everybody, with room for all unless said otherwise."""
    values = {"code": code, "title": {"en": f"The {code}"}, "place": "the hall",
              "zone": "Africa/Dakar", "begins_at": at(home, 5), "minutes": 120, "region": "",
              "languages": ["en", "fr"], "capacity": None, "facilitator_id": None}  # fmt: skip
    values |= more
    made: Held = await home.write(sessions.add, home.house, values)
    return made


async def member(home: Home, zone: str = "", channel: str = "") -> Phone:
    """Someone who has been welcomed, before there was any session."""
    phone = home.person(channel=channel)
    await phone.says("hello", "1", zone or "skip")
    return phone


async def announces(home: Home, session: Held) -> int:
    """Announce a session and send the announcements."""
    number: int = await home.write(announce, home.house, session)
    await goes_out(home, number)
    return number


async def states(home: Home) -> dict[int, str]:
    """What each participant answered last."""
    return {row.participant_id: row.state for row in await home.rows(tables.rsvps)}


async def tells(home: Home, *, until: int) -> list[str]:
    """Let time go from notice to notice; return when each was sent, by the clock of Dakar."""
    sent: list[str] = []
    while True:
        before = {name: len(post.sent) for name, post in home.posts.items()}
        due = await tell_news(home.house)
        for name, post in home.posts.items():
            await home.sends(name)
            moment = datetime.fromtimestamp(home.moment / 1000, ZoneInfo("Africa/Dakar"))
            sent += [moment.strftime("%d %H:%M")] * (len(post.sent) - before[name])
        if due is None or due > until:
            return sent
        home.moment = max(home.moment, due)


async def notices(home: Home) -> list[tuple[str, str, str]]:
    """What, state and reason of each notice, in order."""
    query = select(tables.session_notices).order_by(tables.session_notices.c.id)
    rows = await home.database.read(lambda c: list(c.execute(query)))
    return [(row.what, row.state, row.reason) for row in rows]
