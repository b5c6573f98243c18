"""What is written to people unasked, by rows: a transaction each, where one may write to them."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from bot.gateway.house import House
from bot.gateway.sit_with import Table
from bot.gateway.templates import is_closed_without
from bot.store.database import DatabaseAway
from channels.base import Template

log = logging.getLogger(__name__)


class Row(Protocol):
    """Something that is to be told, and was not yet."""

    @property
    def id(self) -> int:
        """Its number in its table."""


AnyRow_co = TypeVar("AnyRow_co", bound=Row, covariant=True)


class Rows(Protocol[AnyRow_co]):
    """Where such rows are kept: a module of the store."""

    def due(self, connection: Connection, moment: int) -> Sequence[AnyRow_co]:
        """Return those whose time has come."""

    def next_due(self, connection: Connection) -> int | None:
        """Return when the next one is due."""

    def settle(
        self, connection: Connection, number: int, state: str, reason: str, moment: int
    ) -> None:
        """Write how one ended, and why."""


async def tell_due(
    house: House, rows: Rows[AnyRow_co], tell: Callable[[Connection, House, AnyRow_co], None]
) -> int | None:
    """Tell what is due; return when the next thing is. One that fails is void, and logged."""
    for one in await house.database.read(rows.due, house.clock()):
        try:
            await house.database.write(tell, house, one, wakes=("outbox",))
        except DatabaseAway:
            raise
        except Exception as error:
            log.exception("%s %d failed", type(one).__name__, one.id)
            why = type(error).__name__
            await house.database.write(rows.settle, one.id, "void", why, house.clock())
    return await house.database.read(rows.next_due)


def where_reachable(
    table: Table, template_for: Callable[[Table], Template | None]
) -> tuple[Table, Template | None] | None:
    """Sit where one may write to them, at the address last heard from that allows it.

    None: every window of theirs is closed, and no template says it.
    """
    for address in (table.address, *table.others):
        there = replace(table, address=address)
        template = template_for(there)
        if not is_closed_without(address, table.sitting.house, template):
            return there, template
    return None
