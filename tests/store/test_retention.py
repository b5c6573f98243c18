"""Raw bodies go after some days, addresses on the date that the consultation names."""

from people import AT, add, add_address, add_inbox, add_participant, add_recording
from sqlalchemy import Connection, func, select, update

from bot.store import tables
from bot.store.database import Database
from bot.store.recordings import lose
from bot.store.retention import DAY, Expired, erase_old
from bot.store.seal import Seal


def arrange(connection: Connection, seal: Seal) -> None:
    """An answered, a waiting and a stuck message; a sent and a waiting delivery; two recordings."""
    person = add_participant(connection)
    address = add_address(connection, seal, person, "1234")
    for outcome, answered in (("answered", AT), ("", None), ("stuck", AT)):
        row = add_inbox(connection, seal, "1234")
        mine = update(tables.inbox).where(tables.inbox.c.id == row)
        connection.execute(mine.values(outcome=outcome, answered_at=answered))
    for state in ("sent", "waiting"):
        add(connection, tables.deliveries, participant_id=person, address_id=address,
            channel="telegram", kind="reply", rank=0, state=state, sealed=b"words",
            not_before=AT, made_at=AT)  # fmt: skip
    add_recording(connection, seal, person)
    lose(connection, add_recording(connection, seal, person), "too old")


def test_what_is_done_is_erased_after_its_days_and_what_waits_stays(
    database: Database, seal: Seal
) -> None:
    database.write_now(arrange, seal)
    early = AT + 30 * DAY
    assert database.write_now(lambda c: erase_old(c, early, days=30)) == Expired()
    erased = database.write_now(lambda c: erase_old(c, early + 1, days=30))
    assert erased == Expired(messages=1, deliveries=1, refs=1)
    assert database.write_now(lambda c: erase_old(c, early + 1, days=30)) == Expired()
    left = select(func.count()).select_from(tables.inbox).where(tables.inbox.c.sealed.is_not(None))
    assert database.read_now(lambda c: c.scalar(left)) == 2


def test_addresses_are_erased_on_their_date_and_the_deliveries_stay(
    database: Database, seal: Seal
) -> None:
    database.write_now(arrange, seal)
    date = AT + 300 * DAY
    before = database.write_now(lambda c: erase_old(c, date - 1, days=30, addresses_at=date))
    assert before.addresses == 0
    after = database.write_now(lambda c: erase_old(c, date, days=30, addresses_at=date))
    assert after.addresses == 1
    row = database.read_now(lambda c: c.execute(select(tables.addresses)).one())
    assert (row.sealed, row.state) == (b"", "erased")
    assert row.address_index != seal.index("telegram", "1234")
    sent = select(func.count()).select_from(tables.deliveries)
    assert database.read_now(lambda c: c.scalar(sent)) == 2
    again = database.write_now(lambda c: erase_old(c, date, days=30, addresses_at=date))
    assert again.addresses == 0
