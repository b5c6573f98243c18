"""A delivery that was taken and put back is the one that it was."""

import pytest
from people import AT, add_address, add_participant
from sqlalchemy import Connection

from bot.store.database import Database
from bot.store.deliveries import Due, Settled, claim, promise, settle
from bot.store.seal import Seal
from bot.store.wire import NewDelivery


def taken_twice(connection: Connection, seal: Seal, units: int) -> Due:
    """Promise a message of so many units, take it, put it back, take it again."""
    person = add_participant(connection)
    address = add_address(connection, seal, person, "77")
    new = NewDelivery(person, address, "telegram", "reply", b"{}", units=units)
    promise(connection, seal, [new], AT)
    (first,) = claim(connection, "telegram", AT, 10, skip_locked=False)
    settle(connection, [Settled(first.id, "waiting", not_before=AT, tried=False)], AT)
    (again,) = claim(connection, "telegram", AT, 10, skip_locked=False)
    return again


@pytest.mark.parametrize("units", [0, 3])
async def test_it_counts_as_much_as_before(database: Database, seal: Seal, units: int) -> None:
    again = await database.write(taken_twice, seal, units)
    assert again.units == units
