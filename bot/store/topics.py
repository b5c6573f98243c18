"""Which topics a coordinator opened before or after their day."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from bot.store.database import Database
from bot.store.tables import topics


def opened(connection: Connection) -> dict[str, int]:
    """Return topic → when it was opened."""
    rows = connection.execute(select(topics.c.code, topics.c.opened_at))
    return {row[0]: row[1] for row in rows}


def open_now(connection: Connection, database: Database, codes: Iterable[str], moment: int) -> None:
    """Write that topics are those of the week from now on."""
    rows = [{"code": code, "opened_at": moment} for code in codes]
    if rows:
        connection.execute(database.upsert(topics, ("code",), ("opened_at",)), rows)
