"""Open the door: what the pages and webhooks need of a running house, put together."""

from collections.abc import Awaitable, Callable
from functools import partial

from sqlalchemy import Connection

from bot.dialogue.flow import Consultation, Document
from bot.gateway.audio.giving import page_of
from bot.gateway.files import HouseFiles
from bot.gateway.house import House
from bot.gateway.joining import Way, known_network, ways_to_join
from bot.gateway.metrics import metrics
from bot.gateway.outlining import outline_at
from bot.gateway.reading.making import with_sound
from bot.gateway.visiting import Visits
from bot.gateway.voicing import Voice
from bot.gateway.work import Work
from bot.settings import Settings
from bot.store import participants, sent
from bot.store.migrate import is_current
from bot.web.needs import Door, Outline, OutlineStep
from bot.wiring import REAL, base_address, learn_bot_name
from channels.base import Outgoing
from channels.simulator import Simulator


async def door_of(settings: Settings, house: House, work: Work) -> Door:
    """Put the door of a house together."""
    library = house.library
    await learn_bot_name(house)
    channels = house.channels

    def joins(network: str) -> list[Way]:
        known = not network or known_network(library.consultation, network)
        return ways_to_join(network, house.private_links, settings.public_url) if known else []

    def document(code: str, language: str) -> Document | None:
        return library.document(code, language)

    def consultation() -> Consultation:
        return library.consultation

    return Door(
        receiver=work.receiver,
        channels={name: one for name, one in channels.items() if name in REAL},
        trouble=_trouble(house),
        consultation=consultation,
        document=document,
        audio_session=partial(house.database.read, page_of),
        files=HouseFiles(library.folder / "documents", house.media),
        media=house.media,
        link_key=house.seal.link_key,
        clock=house.clock,
        joins=joins,
        public_url=base_address(settings),
        metrics_token=settings.metrics_token,
        metrics=partial(metrics, house),
        simulated={
            name.rpartition(":")[2]: one
            for name, one in channels.items()
            if isinstance(one, Simulator)
        },
        explain=_explain(house),
        past=_past(house),
        visits=Visits(house, work.receiver),
        voice=Voice(house),
        writes_at=lambda channel: house.private_links.get(channel, ""),
    )


def _trouble(house: House) -> Callable[[], Awaitable[str]]:
    async def trouble() -> str:
        current = await house.database.read(lambda _connection: is_current(house.database))
        return "" if current else "The database is not migrated: run `palabre migrate`."

    return trouble


def _past(house: House) -> Callable[[str, str], Awaitable[list[tuple[str, Outgoing]]]]:
    def work(connection: Connection, channel: str, address: str) -> list[tuple[str, str, Outgoing]]:
        index = house.seal.index(channel, address)
        found = participants.by_index(connection, [index]).get(index)
        return sent.past(connection, house.seal, found.id, Outgoing) if found else []

    async def past(channel: str, address: str) -> list[tuple[str, Outgoing]]:
        """Return what was sent, with its sound as long as it is there."""
        found = await house.database.read(work, channel, address)
        whole = [(id_, await with_sound(house, speaks, one)) for id_, speaks, one in found]
        return [(id_, one) for id_, one in whole if one is not None]

    return past


def _explain(house: House) -> Callable[[str, str, str], Awaitable[Outline | None]]:
    async def explain(channel: str, address: str, language: str) -> Outline | None:
        found = await house.database.read(outline_at, house, channel, address, language)
        if found is None:
            return None
        title, steps, understood = found
        return Outline(
            title,
            tuple(OutlineStep(words, state, depth) for words, state, depth in steps),
            understood,
        )

    return explain
