"""What was set aside: listed with the reason, and taken again."""

from people import add_inbox, add_participant
from sqlalchemy import Connection, select, update

from bot.store import inbox, recordings
from bot.store.aside import set_aside, take_again
from bot.store.database import Database
from bot.store.recordings import Came
from bot.store.seal import Seal
from bot.store.tables import inbox as table
from bot.store.tables import media

AT = 1_790_000_000_000
LOST = "it did not come in three days"


def sets_aside(connection: Connection, seal: Seal) -> tuple[int, int]:
    """Leave two stuck messages and a lost recording; the messages' ids."""
    owner = add_participant(connection)
    first, second = (add_inbox(connection, seal, "1234", body=b"[]") for _ in range(2))
    inbox.mark(connection, [(first, "stuck", "KeyError"), (second, "stuck", "ValueError")], AT)
    recordings.write_down(connection, seal, [Came("note", owner, "telegram", "voice", b"{}", AT)])
    recordings.lose(connection, "note", LOST)
    return first, second


def test_what_was_set_aside_is_listed_with_the_reason(database: Database, seal: Seal) -> None:
    first, second = database.write_now(sets_aside, seal)
    found = {one.id: one.why for one in database.read_now(set_aside)}
    assert found == {str(first): "KeyError", str(second): "ValueError", "note": LOST}


def test_one_is_taken_again_and_the_others_stay(database: Database, seal: Seal) -> None:
    first, second = database.write_now(sets_aside, seal)
    assert database.write_now(take_again, [str(second)], AT) == [str(second)]
    assert {one.id for one in database.read_now(set_aside)} == {str(first), "note"}
    query = select(table.c.id).where(table.c.answered_at.is_(None))
    assert database.read_now(lambda c: c.scalars(query).all()) == [second]


def test_without_a_name_all_is_taken_again(database: Database, seal: Seal) -> None:
    first, second = database.write_now(sets_aside, seal)
    again = database.write_now(take_again, None, AT)
    assert sorted(again) == sorted([str(first), str(second), "note"])
    assert database.read_now(set_aside) == []
    pending = select(media.c.id).where(media.c.state == "pending", media.c.next_at == AT)
    assert database.read_now(lambda c: c.scalars(pending).all()) == ["note"]


def test_what_was_erased_meanwhile_stays_where_it_is(database: Database, seal: Seal) -> None:
    database.write_now(sets_aside, seal)
    database.write_now(lambda c: c.execute(update(table).values(sealed=None)) and None)
    assert database.write_now(take_again, None, AT) == ["note"]
