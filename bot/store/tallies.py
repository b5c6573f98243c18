"""Counts that only grow, over all processes: what figures for a watching program are made of."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from bot.store.database import INSERTS
from bot.store.tables import tallies


def add(connection: Connection, counted: Mapping[str, float]) -> None:
    """Add to each count."""
    insert = INSERTS[connection.dialect.name](tallies)
    grown = tallies.c.value + insert.excluded.value
    query = insert.on_conflict_do_update(index_elements=["name"], set_={"value": grown})
    rows = [{"name": name, "value": counted[name]} for name in sorted(counted)]  # no deadlock
    connection.execute(query, rows)


def all_of(connection: Connection) -> dict[str, float]:
    """Return all counts by name."""
    return {row.name: row.value for row in connection.execute(select(tallies))}
