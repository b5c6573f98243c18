"""Old rows leave inbox and outbox; what says who got a broadcast, and what waits, stays."""

import pytest
from people import AT, add, add_address, add_inbox, add_participant
from sqlalchemy import Connection, select, update

from bot.store import compacting, tables
from bot.store.compacting import compact
from bot.store.database import Database
from bot.store.retention import DAY
from bot.store.seal import Seal

LATE = AT + 400 * DAY


def arrange(connection: Connection, seal: Seal) -> None:
    """Leave messages answered, stuck and waiting; deliveries sent, waiting, and of a broadcast."""
    person = add_participant(connection)
    address = add_address(connection, seal, person, "1234")
    for outcome, answered in (("answered", AT), ("stuck", AT), ("", None), ("answered", AT)):
        row = add_inbox(connection, seal, "1234")
        mine = update(tables.inbox).where(tables.inbox.c.id == row)
        connection.execute(mine.values(outcome=outcome, answered_at=answered))
    for state, broadcast in (("sent", None), ("waiting", None), ("sent", 7), ("failed", None)):
        add(connection, tables.deliveries, participant_id=person, address_id=address,
            channel="telegram", kind="reply", rank=0, state=state, broadcast_id=broadcast,
            not_before=AT, made_at=AT)  # fmt: skip


def left(connection: Connection) -> tuple[list[str], list[str]]:
    messages = connection.scalars(select(tables.inbox.c.outcome).order_by(tables.inbox.c.id))
    sent = connection.scalars(select(tables.deliveries.c.state).order_by(tables.deliveries.c.id))
    return list(messages), list(sent)


def test_what_is_done_and_old_leaves_and_nothing_else(database: Database, seal: Seal) -> None:
    database.write_now(arrange, seal)
    before = LATE - 365 * DAY
    assert database.write_now(lambda c: compact(c, before, 0, sent=False)) == (2, 0)
    assert database.write_now(lambda c: compact(c, before, 0, sent=True)) == (2, 0)
    assert database.read_now(left) == (["stuck", ""], ["waiting", "sent"])


def test_what_is_young_stays(database: Database, seal: Seal) -> None:
    database.write_now(arrange, seal)
    for sent in (False, True):
        assert database.write_now(lambda c: compact(c, AT - 1, 0, sent=sent)) == (0, 0)  # noqa: B023


def test_it_goes_on_behind_what_must_stay(
    database: Database, seal: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compacting, "AT_A_TIME", 2)
    database.write_now(arrange, seal)
    gone, last = database.write_now(lambda c: compact(c, LATE, 0, sent=False))
    assert gone == 1
    assert last > 0
    assert database.write_now(lambda c: compact(c, LATE, last, sent=False))[0] == 1
    assert database.read_now(left)[0] == ["stuck", ""]
