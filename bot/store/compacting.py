"""Rows that nobody needs any more, taken out a few at a time: replies sent, messages answered.

What says who got a broadcast stays, and so does what was set aside and waits for a person.
"""

from sqlalchemy import ColumnElement, Connection, Table, delete, select

from bot.store.deliveries import FINAL
from bot.store.tables import deliveries, inbox

AT_A_TIME = 2000


def compact(connection: Connection, before: int, after: int, *, sent: bool) -> tuple[int, int]:
    """Take out what came to its end before a moment, from row `after` on; (how many, the last).

    The last row is 0 when nothing as old is left.
    """
    table: Table = deliveries if sent else inbox
    made = deliveries.c.made_at if sent else inbox.c.received_at
    query = select(table.c.id, made).where(table.c.id > after).order_by(table.c.id)
    rows = connection.execute(query.limit(AT_A_TIME)).all()
    old = [row[0] for row in rows if row[1] < before]
    if not old:
        return 0, 0
    ended = _sent() if sent else _answered(before)
    gone = connection.execute(delete(table).where(table.c.id.in_(old), ended)).rowcount
    return gone, old[-1] if len(old) == len(rows) == AT_A_TIME else 0


def _sent() -> ColumnElement[bool]:
    return deliveries.c.state.in_(FINAL) & deliveries.c.broadcast_id.is_(None)


def _answered(before: int) -> ColumnElement[bool]:
    return (inbox.c.answered_at < before) & (inbox.c.outcome != "stuck")
