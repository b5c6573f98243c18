"""Reminders as rows: planned when a question is asked, void once it was answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, func, select, update

from bot.store.database import Database
from bot.store.tables import reminders


@dataclass(frozen=True)
class DueReminder:
    """A reminder whose time has come."""

    id: int
    participant: int
    conversation: str
    question: str
    due_at: int


def plan(connection: Connection, database: Database, rows: Sequence[dict[str, Any]]) -> None:
    """Write reminders down; each once."""
    database.insert_new(connection, reminders, rows)


def due(connection: Connection, moment: int, limit: int = 200) -> list[DueReminder]:
    """Return reminders whose time has come."""
    columns = (reminders.c.id, reminders.c.participant_id, reminders.c.conversation,
               reminders.c.question, reminders.c.due_at)  # fmt: skip
    query = select(*columns).where(reminders.c.state == "waiting", reminders.c.due_at <= moment)
    rows = connection.execute(query.order_by(reminders.c.due_at).limit(limit))
    return [DueReminder(*row) for row in rows]


def still_waits(connection: Connection, reminder: int, due_at: int) -> bool:
    """Say whether a reminder waits for this time still. Hold its participant's row first."""
    query = select(reminders.c.due_at).where(
        reminders.c.id == reminder, reminders.c.state == "waiting"
    )
    return connection.scalar(query) == due_at


def settle(connection: Connection, reminder: int, state: str, reason: str, moment: int) -> None:
    """Write that a reminder was sent, or is void and why."""
    connection.execute(
        update(reminders)
        .where(reminders.c.id == reminder, reminders.c.state == "waiting")
        .values(state=state, reason=reason, done_at=moment)
    )


def postpone(connection: Connection, reminder: int, due_at: int) -> None:
    """Move a reminder to a time at which one may write."""
    connection.execute(update(reminders).where(reminders.c.id == reminder).values(due_at=due_at))


def next_due(connection: Connection) -> int | None:
    """Return when the next reminder is due."""
    query = select(func.min(reminders.c.due_at)).where(reminders.c.state == "waiting")
    at: int | None = connection.scalar(query)
    return at


def of_talk(connection: Connection, people: Sequence[int], conversation: str) -> tuple[int, int]:
    """Return how often a talk was reminded of, and how often the most reminding question asks."""
    sent = func.sum(case((reminders.c.state == "sent", 1), else_=0))
    query = (
        select(sent, func.count())
        .where(reminders.c.participant_id.in_(people), reminders.c.conversation == conversation)
        .group_by(reminders.c.question)
    )
    counts = [(int(row[0]), int(row[1])) for row in connection.execute(query)]
    return sum(each for each, _ in counts), max((each for _, each in counts), default=0)
