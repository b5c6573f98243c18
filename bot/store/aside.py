"""What was set aside and waits for a person: messages whose turn failed, recordings not had."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, select, update

from bot.store.tables import inbox, media


class Aside(NamedTuple):
    """One message or recording, and what went wrong with it."""

    id: str
    channel: str
    kind: str
    at: int
    why: str


def set_aside(connection: Connection) -> list[Aside]:
    """Return all of it, oldest first."""
    messages = select(
        inbox.c.id, inbox.c.channel, inbox.c.kind, inbox.c.received_at, inbox.c.note
    ).where(inbox.c.outcome == "stuck")
    lost = select(media.c.id, media.c.channel, media.c.kind, media.c.made_at, media.c.reason).where(
        media.c.state == "lost"
    )
    found = [*connection.execute(messages), *connection.execute(lost)]
    return sorted((Aside(str(row[0]), *row[1:]) for row in found), key=lambda one: one.at)


def take_again(connection: Connection, wanted: Collection[str] | None, moment: int) -> list[str]:
    """Let these wait for their turn, or be fetched, once more (None: all); their ids.

    What was erased meanwhile cannot be taken again, and is not.
    """
    numbers = None if wanted is None else [int(one) for one in wanted if one.isdecimal()]
    messages = (inbox.c.outcome == "stuck") & inbox.c.sealed.is_not(None)
    lost = (media.c.state == "lost") & media.c.sealed_ref.is_not(None)
    if wanted is not None:
        messages &= inbox.c.id.in_(numbers or [])
        lost &= media.c.id.in_(list(wanted))
    waits = update(inbox).where(messages).values(answered_at=None, outcome="", note="")
    again = update(media).where(lost).values(state="pending", reason="", next_at=moment)
    return [
        *map(str, connection.scalars(waits.returning(inbox.c.id))),
        *connection.scalars(again.returning(media.c.id)),
    ]
