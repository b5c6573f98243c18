"""The country of a number, as two letters: what a message to it costs depends on it."""

from sqlalchemy import Connection, bindparam, func, select, update

from bot.store.fast import many
from bot.store.seal import Seal
from bot.store.tables import addresses

NUMBERED = ("sms", "whatsapp")  # the channels whose addresses are telephone numbers
UNKNOWN = "ZZ"  # a number of no country, such as a satellite's
_CHUNK = 1000


def country_of(channel: str, address: str) -> str:
    """Return FR for +33…; "" where an address is no telephone number."""
    if channel not in NUMBERED:
        return ""
    import phonenumbers

    try:
        number = phonenumbers.parse(address)
    except phonenumbers.NumberParseException:
        return UNKNOWN
    found: str = phonenumbers.region_code_for_number(number) or UNKNOWN
    return found if len(found) == 2 else UNKNOWN


_known = (
    update(addresses)
    .where(addresses.c.id == bindparam("b_id"))
    .values(country=bindparam("b_country"))
)


def fill_in(connection: Connection, seal: Seal) -> int:
    """Write the country of numbers that have none yet, up to some; return how many there were."""
    query = (
        select(addresses.c.id, addresses.c.channel, addresses.c.sealed)
        .where(addresses.c.country == "", addresses.c.channel.in_(NUMBERED))
        .where(func.length(addresses.c.sealed) > 0)
        .limit(_CHUNK)
    )
    rows = [
        {"b_id": row.id, "b_country": country_of(row.channel, _open(seal, row.sealed))}
        for row in connection.execute(query)
    ]
    many(connection, _known, rows)
    return len(rows)


def _open(seal: Seal, sealed: bytes) -> str:
    return seal.open(b"addresses", sealed).decode()
