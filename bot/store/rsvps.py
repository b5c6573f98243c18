"""Who comes to a session: the last place is one person's, and who waited longest comes next.

Hold the sessions (`sessions.hold`) before anything here.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.store import notices, sessions
from bot.store.sessions import Held
from bot.store.tables import participants, rsvps

STATES = ("coming", "waiting", "perhaps", "not")
STRONGEST = {state: place for place, state in enumerate(STATES)}


def answer(
    connection: Connection, people: Sequence[int], session: Held, said: str, moment: int
) -> str:
    """Write what someone answered; return what came of it: "waiting" where all is taken, "gone".

    `people`: the person first, then whoever was merged into them, of whom no row changes owner.
    """
    if session.cancelled or session.begins_at <= moment:
        return "gone"
    mine = _rows(connection, people, session.id)
    before = min((row.state for row in mine), key=STRONGEST.__getitem__, default="")
    state = said
    if said == "coming" and before != "coming" and not _free(connection, session):
        state = "waiting"
    _write(connection, people[0], mine, session.id, state, before, moment)
    if before == "coming" and state != "coming":
        let_in(connection, session, moment)
    return state


def _rows(connection: Connection, people: Sequence[int], session: int) -> list[Any]:
    query = select(rsvps.c.id, rsvps.c.participant_id, rsvps.c.state).where(
        rsvps.c.session_id == session, rsvps.c.participant_id.in_(people)
    )
    return list(connection.execute(query.order_by(rsvps.c.at.desc(), rsvps.c.id)))


def _free(connection: Connection, session: Held) -> int:
    """Return how many places are free; many where there is room for all."""
    if session.capacity is None:
        return 1 << 30
    return session.capacity - sessions.places_taken(connection, [session.id]).get(session.id, 0)


def _write(
    connection: Connection, person: int, mine: Sequence[Any], session: int, state: str,
    before: str, moment: int,
) -> None:  # fmt: skip
    """Write a person's answer once; of those who are one person one comes, the others do not."""
    if not mine:
        row = {"participant_id": person, "session_id": session, "state": state, "at": moment}
        connection.execute(insert(rsvps), row)
        return
    first = next(row for row in mine if row.state == before)
    if state != before:
        changed = update(rsvps).where(rsvps.c.id == first.id)
        connection.execute(changed.values(state=state, at=moment))
    others = [row.id for row in mine if row.id != first.id]
    if others:
        connection.execute(update(rsvps).where(rsvps.c.id.in_(others)).values(state="not", at=0))


def let_in(connection: Connection, session: Held, moment: int) -> list[int]:
    """Give free places to those who have waited longest, and have them told; return who they are.

    Who said stop cannot be told, and is passed over until they come back.
    """
    free = 0 if session.cancelled or session.begins_at <= moment else _free(connection, session)
    if free <= 0:
        return []
    query = (
        select(rsvps.c.id, rsvps.c.participant_id)
        .join(participants, participants.c.id == rsvps.c.participant_id)
        .where(
            rsvps.c.session_id == session.id,
            rsvps.c.state == "waiting",
            participants.c.stopped_at.is_(None),
            participants.c.forgotten_at.is_(None),
        )
        .order_by(rsvps.c.at, rsvps.c.id)
        .limit(free)
    )
    waited = connection.execute(query).all()
    ids = [row.id for row in waited]
    connection.execute(update(rsvps).where(rsvps.c.id.in_(ids)).values(state="coming", at=moment))
    people = [row.participant_id for row in waited]
    notices.plan(connection, [(one, session.id, "place", moment) for one in people])
    return people


def of_session(connection: Connection, session: int, states: Collection[str]) -> dict[int, str]:
    """Return who answered so, with the answer."""
    query = select(rsvps.c.participant_id, rsvps.c.state).where(
        rsvps.c.session_id == session, rsvps.c.state.in_(states)
    )
    return {row[0]: row[1] for row in connection.execute(query.order_by(rsvps.c.id))}


def answered(connection: Connection, people: Collection[int], session: int) -> set[int]:
    """Return who of these people has said anything to a session."""
    query = select(rsvps.c.participant_id).where(
        rsvps.c.session_id == session, rsvps.c.participant_id.in_(list(people))
    )
    return set(connection.scalars(query))


def state_of(connection: Connection, people: Collection[int], session: int) -> str:
    """Return what a person answered, "" for nothing."""
    query = select(rsvps.c.state).where(
        rsvps.c.session_id == session, rsvps.c.participant_id.in_(people)
    )
    return min(connection.scalars(query), key=STRONGEST.__getitem__, default="")


def counts(connection: Connection) -> dict[int, Mapping[str, int]]:
    """Return session → answer → how many gave it."""
    query = select(rsvps.c.session_id, rsvps.c.state, func.count()).group_by(
        rsvps.c.session_id, rsvps.c.state
    )
    found: dict[int, dict[str, int]] = {}
    for session, state, count in connection.execute(query):
        found.setdefault(session, {})[state] = int(count)
    return dict(found)


def leave_all(connection: Connection, people: Collection[int], moment: int) -> int:
    """Take someone out of all sessions, who is forgotten or takes no part; others get the places.

    Returns how many answers were deleted.
    """
    mine = rsvps.c.participant_id.in_(people)
    if connection.scalar(select(func.count()).select_from(rsvps).where(mine)):
        sessions.hold(connection)
    query = select(rsvps.c.session_id).where(mine, rsvps.c.state == "coming")
    freed = list(connection.scalars(query))
    notices.drop(connection, people)
    gone = connection.execute(delete(rsvps).where(mine)).rowcount
    sessions.no_longer_led_by(connection, people)
    for one in freed:
        let_in(connection, sessions.by_id(connection, one), moment)
    return gone
