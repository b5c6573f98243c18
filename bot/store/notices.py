"""What people are told of a session unasked: a place that became theirs, a change, a reminder.

Each stands in a row of its own until it was sent, or is void and why; so nobody is told twice,
and nothing is lost when a process ends.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.store.tables import session_notices

Planned = tuple[int, int, str, int]  # participant, session, what, due at
REMINDERS = ("two days", "two hours")


@dataclass(frozen=True)
class Notice:
    """Something that someone is to be told, and when."""

    id: int
    participant: int
    session: int
    what: str
    due_at: int


_ROW = (session_notices.c.id, session_notices.c.participant_id, session_notices.c.session_id,
        session_notices.c.what, session_notices.c.due_at)  # fmt: skip
_waits = session_notices.c.state == "waiting"


def plan(connection: Connection, rows: Sequence[Planned]) -> None:
    """Write down what is to be told; what waits already for the same is told once."""
    for participant, session, what, due_at in rows:
        void(connection, session, [participant], [what], "told of it once")
        connection.execute(insert(session_notices), {
            "participant_id": participant,
            "session_id": session,
            "what": what,
            "due_at": due_at,
            "state": "waiting",
        })  # fmt: skip


def due(connection: Connection, moment: int, limit: int = 200) -> list[Notice]:
    """Return what is to be told now."""
    query = select(*_ROW).where(_waits, session_notices.c.due_at <= moment)
    order = (session_notices.c.due_at, session_notices.c.id)
    return [Notice(*row) for row in connection.execute(query.order_by(*order).limit(limit))]


def still_waits(connection: Connection, one: Notice) -> bool:
    """Say whether it waits for this time still. Hold its participant's row first."""
    query = select(session_notices.c.due_at).where(session_notices.c.id == one.id, _waits)
    return connection.scalar(query) == one.due_at


def settle(connection: Connection, notice: int, state: str, reason: str, moment: int) -> None:
    """Write that someone was told, or why not."""
    connection.execute(
        update(session_notices)
        .where(session_notices.c.id == notice, _waits)
        .values(state=state, reason=reason[:80], done_at=moment)
    )


def postpone(connection: Connection, notice: int, due_at: int) -> None:
    """Move it to a time at which one may write."""
    connection.execute(
        update(session_notices).where(session_notices.c.id == notice).values(due_at=due_at)
    )


def void(
    connection: Connection,
    session: int,
    people: Collection[int],
    what: Collection[str],
    reason: str,
) -> None:
    """Let what waits for these people be told no more."""
    connection.execute(
        update(session_notices)
        .where(
            _waits,
            session_notices.c.session_id == session,
            session_notices.c.participant_id.in_(people),
            session_notices.c.what.in_(what),
        )
        .values(state="void", reason=reason)
    )


def void_all(connection: Connection, session: int, what: Collection[str], reason: str) -> None:
    """Let what waits of a session be told to nobody any more."""
    mine = (session_notices.c.session_id == session) & session_notices.c.what.in_(what)
    changed = update(session_notices).where(_waits, mine)
    connection.execute(changed.values(state="void", reason=reason))


def next_due(connection: Connection) -> int | None:
    """Return when the next one is due."""
    at: int | None = connection.scalar(select(func.min(session_notices.c.due_at)).where(_waits))
    return at


def drop(connection: Connection, people: Collection[int]) -> None:
    """Delete everything that someone was or is to be told."""
    mine = session_notices.c.participant_id.in_(people)
    connection.execute(delete(session_notices).where(mine))


def outcomes(connection: Connection, session: int, since: int) -> dict[tuple[str, str, str], int]:
    """Return (what, state, reason) → how many, of what was planned or told since a moment."""
    query = (
        select(session_notices.c.what, session_notices.c.state, session_notices.c.reason,
               func.count())
        .where(
            session_notices.c.session_id == session,
            func.coalesce(session_notices.c.done_at, session_notices.c.due_at) >= since,
        )
        .group_by(session_notices.c.what, session_notices.c.state, session_notices.c.reason)
    )  # fmt: skip
    return {(row[0], row[1], row[2]): int(row[3]) for row in connection.execute(query)}
