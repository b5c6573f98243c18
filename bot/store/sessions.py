"""Sessions as rows, and as one person sees them.

Whoever gives or takes a place holds all sessions first, one after the other in the same order:
they are few, it takes milliseconds, and nobody ever waits in a circle. Participants' rows are
held before them, never after.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from bot.dialogue.sessions import Session
from bot.store.tables import participants, rsvps, sessions

DAY = 86_400_000
OVER_FOR = 30 * DAY  # so long one that is over is still known to whoever has to do with it


@dataclass(frozen=True)
class Held:
    """A session as its row has it."""

    id: int
    code: str
    title: dict[str, str]
    place: str
    zone: str
    begins_at: int
    minutes: int
    region: str
    languages: tuple[str, ...]
    capacity: int | None
    facilitator: int | None
    cancelled: bool

    @property
    def ends_at(self) -> int:
        """When it is over."""
        return self.begins_at + self.minutes * 60_000

    def seen(self) -> Session:
        """Return it as the dialogue sees it, by nobody in particular."""
        return Session(self.code, self.title, self.place, self.zone, self.begins_at, self.region,
                       self.languages, cancelled=self.cancelled)  # fmt: skip


_ROW = (sessions.c.id, sessions.c.code, sessions.c.title, sessions.c.place, sessions.c.zone,
        sessions.c.begins_at, sessions.c.minutes, sessions.c.region, sessions.c.languages,
        sessions.c.capacity, sessions.c.facilitator_id, sessions.c.cancelled_at)  # fmt: skip


def _held(row: Any) -> Held:
    code, title, place, zone, begins_at, minutes, region, languages = row[1:9]
    return Held(
        row[0], code, json.loads(title), place, zone, begins_at, minutes, region,
        tuple(json.loads(languages)), row[9], row[10], row[11] is not None,
    )  # fmt: skip


def hold(connection: Connection) -> None:
    """Wait until nobody else gives or takes places; SQLite's one writer does so in any case."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(sessions.c.id).order_by(sessions.c.id).with_for_update()).all()


def find(connection: Connection, code: str) -> Held | None:
    """Return a session by its code."""
    row = connection.execute(select(*_ROW).where(sessions.c.code == code)).one_or_none()
    return _held(row) if row else None


def by_id(connection: Connection, session: int) -> Held:
    """Return a session by its row."""
    return _held(connection.execute(select(*_ROW).where(sessions.c.id == session)).one())


def everything(connection: Connection) -> list[Held]:
    """Return all sessions, the soonest first."""
    query = select(*_ROW).order_by(sessions.c.begins_at, sessions.c.id)
    return [_held(row) for row in connection.execute(query)]


def add(connection: Connection, values: Mapping[str, Any], moment: int) -> Held:
    """Write a new session down."""
    made = insert(sessions).returning(sessions.c.id)
    return by_id(
        connection, connection.scalars(made, {**_written(values), "made_at": moment}).one()
    )


def change(connection: Connection, session: int, values: Mapping[str, Any]) -> Held:
    """Change a session. Hold all of them first."""
    connection.execute(update(sessions).where(sessions.c.id == session).values(_written(values)))
    return by_id(connection, session)


def _written(values: Mapping[str, Any]) -> dict[str, Any]:
    written = dict(values)
    for name in ("title", "languages"):
        if name in written:
            written[name] = json.dumps(written[name], ensure_ascii=False)
    return written


def cancel(connection: Connection, session: int, moment: int) -> None:
    """Write that a session does not take place. Hold all of them first."""
    connection.execute(update(sessions).where(sessions.c.id == session).values(cancelled_at=moment))


# --- as one person sees them ------------------------------------------------------------------


def seen_by(connection: Connection, people: Collection[int], moment: int) -> dict[str, Session]:
    """Return the sessions to come, and those that a person (and who is one with them) has to do
    with, by code.
    """
    mine = {
        row.session_id: row.state
        for row in connection.execute(
            select(rsvps.c.session_id, rsvps.c.state)
            .where(rsvps.c.participant_id.in_(people))
            .order_by(rsvps.c.at, rsvps.c.id)
        )
    }
    lately = sessions.c.begins_at > moment - OVER_FOR
    ours = or_(sessions.c.facilitator_id.in_(people), sessions.c.id.in_(list(mine)))
    query = select(*_ROW).where(or_(sessions.c.begins_at > moment, ours & lately))
    found = [_held(row) for row in connection.execute(query)]
    taken = places_taken(connection, [one.id for one in found])
    return {one.code: _seen(one, mine, taken, people) for one in found}


def _seen(
    one: Held, mine: Mapping[int, str], taken: Mapping[int, int], people: Collection[int]
) -> Session:
    left = None if one.capacity is None else max(0, one.capacity - taken.get(one.id, 0))
    return Session(one.code, one.title, one.place, one.zone, one.begins_at, one.region,
                   one.languages, left, one.cancelled, mine.get(one.id, ""),
                   one.facilitator in people)  # fmt: skip


def places_taken(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    """Return how many come to each of these sessions."""
    query = (
        select(rsvps.c.session_id, func.count())
        .where(rsvps.c.session_id.in_(list(ids)), rsvps.c.state == "coming")
        .group_by(rsvps.c.session_id)
    )
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def no_longer_led_by(connection: Connection, people: Collection[int]) -> None:
    """Let a session go on without a facilitator: they are forgotten, or take no part."""
    led = sessions.c.facilitator_id.in_(people)
    connection.execute(update(sessions).where(led).values(facilitator_id=None))


def pseudonym_of_facilitator(connection: Connection, one: Held) -> str:
    """Return the facilitator's pseudonym, "" where there is none."""
    query = select(participants.c.pseudonym).where(participants.c.id == one.facilitator)
    return connection.scalar(query) or ""
