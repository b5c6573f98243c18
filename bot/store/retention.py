"""What is erased by itself: raw bodies after some days, addresses on the consultation's date."""

from typing import NamedTuple

from sqlalchemy import Connection, LargeBinary, String, and_, cast, update

from bot.store.deliveries import FINAL
from bot.store.pages import erase_expired
from bot.store.tables import addresses, deliveries, inbox, media

DAY = 86_400_000  # milliseconds
ERASED = "erased"


class Expired(NamedTuple):
    """How many bodies, addresses and pages behind links were erased."""

    messages: int = 0
    deliveries: int = 0
    refs: int = 0
    addresses: int = 0
    pages: int = 0


def erase_old(
    connection: Connection, moment: int, *, days: int, addresses_at: int | None = None
) -> Expired:
    """Erase bodies older than `days`, and from `addresses_at` on every address.

    What could not be answered (`stuck`) keeps its body: nobody has read it yet.
    """
    before = moment - days * DAY
    over = addresses_at is not None and moment >= addresses_at
    return Expired(
        _messages(connection, before),
        _deliveries(connection, before),
        _refs(connection, before),
        _addresses(connection) if over else 0,
        erase_expired(connection, moment),
    )


def _messages(connection: Connection, before: int) -> int:
    old = and_(inbox.c.answered_at < before, inbox.c.sealed.is_not(None))
    query = update(inbox).where(old, inbox.c.outcome != "stuck")
    return connection.execute(query.values(sealed=None, note="")).rowcount


def _deliveries(connection: Connection, before: int) -> int:
    old = and_(deliveries.c.made_at < before, deliveries.c.sealed.is_not(None))
    query = update(deliveries).where(old, deliveries.c.state.in_(FINAL))
    return connection.execute(query.values(sealed=None)).rowcount


def _refs(connection: Connection, before: int) -> int:
    old = and_(media.c.made_at < before, media.c.sealed_ref.is_not(None))
    query = update(media).where(old, media.c.state != "pending")
    return connection.execute(query.values(sealed_ref=None)).rowcount


def _addresses(connection: Connection) -> int:
    """Blank every address; the row stays, for the deliveries that name it."""
    blank = cast(cast(addresses.c.id, String), LargeBinary)
    query = update(addresses).where(addresses.c.state != ERASED)
    values = {"sealed": b"", "address_index": blank, "state": ERASED, "reason": "",
              "locale_hint": ""}  # fmt: skip
    return connection.execute(query.values(values)).rowcount
