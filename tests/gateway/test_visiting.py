"""What a browser asks about a listening page, whatever it writes."""

from gateway.conftest import MakeHome
from gateway.houses import Post
from sqlalchemy import select

from bot.gateway.receive import Receiver
from bot.gateway.visiting import PREFIX, Visit, Visits
from bot.store import participants, tables


async def test_an_answer_of_a_name_that_no_database_takes_was_never_brought(
    make_home: MakeHome,
) -> None:
    home = make_home(Post())
    await home.person().says("hello")
    number = await home.database.read(lambda c: c.scalar(select(tables.addresses.c.id)))
    address = await home.database.read(participants.address, number)
    assert address
    visits = Visits(home.house, Receiver(home.house))
    assert not await visits.answered(Visit(address, "en", (), 0), f"{PREFIX}\0", 0)
