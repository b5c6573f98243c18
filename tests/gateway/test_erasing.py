"""What the consultation promised to erase is erased by itself."""

from types import SimpleNamespace
from typing import Any, cast

from people import AT, add_address, add_inbox, add_participant
from sqlalchemy import Connection, select, update

from bot.dialogue.flow import Consultation
from bot.gateway.erase import erase_what_is_old, erases_addresses_at
from bot.gateway.house import House
from bot.store.database import Database
from bot.store.retention import DAY
from bot.store.seal import Seal
from bot.store.tables import addresses, inbox

ESS = Consultation(
    "ess", {}, ("fr",), "fr", {}, {}, erase_addresses_on="2025-11-20", erase_raw_after_days=30,
    time_zone="Africa/Dakar",
)  # fmt: skip


def house_at(database: Database, moment: int) -> House:
    """As much of a house as erasing needs, at a time."""
    library = SimpleNamespace(consultation=ESS)
    house: Any = SimpleNamespace(
        database=database, library=library, clock=lambda: moment, keep_days=900, media=None
    )
    return cast("House", house)


async def test_bodies_go_after_their_days_and_addresses_on_their_date(
    database: Database, seal: Seal
) -> None:
    def work(connection: Connection) -> None:
        add_address(connection, seal, add_participant(connection), "1234")
        add_inbox(connection, seal, "1234")
        connection.execute(update(inbox).values(answered_at=AT, outcome="answered"))

    def left(connection: Connection) -> tuple[bool, str]:
        body = connection.scalar(select(inbox.c.sealed))
        return body is not None, str(connection.scalar(select(addresses.c.state)))

    await database.write(work)
    at = erases_addresses_at(ESS)
    assert at == 1_763_596_800_000  # 2025-11-20T00:00 in Dakar
    moments = (AT + DAY, AT + 31 * DAY, at - 1000, at)
    seen = []
    for moment in moments:
        again = await erase_what_is_old(house_at(database, moment))
        seen.append((await database.read(left), again))
    assert seen == [
        ((True, "good"), AT + 2 * DAY),
        ((False, "good"), AT + 32 * DAY),
        ((False, "good"), at),  # it is awake when the day begins
        ((False, "erased"), at + DAY),
    ]


def test_without_a_date_addresses_stay() -> None:
    assert erases_addresses_at(Consultation("x", {}, ("fr",), "fr", {}, {})) is None
