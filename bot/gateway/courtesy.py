"""What is done at once and not written down: a pressed button is acknowledged, a group is told.

Nothing that anybody said depends on it, so a failure is only logged.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence

from bot.gateway.house import House
from bot.gateway.pace import Buckets
from channels.base import Channel, Incoming, Outgoing
from channels.errors import ChannelError

log = logging.getLogger(__name__)

MOST = 200  # at once; beyond that they are left out before they hold anything up


class Courtesies:
    """Small things that go out beside the outbox; to a group never more than it may get."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._each = {name: Buckets(one.can.per_address) for name, one in house.channels.items()}
        self._in_hand: set[asyncio.Task[None]] = set()

    def after(self, messages: Sequence[Incoming]) -> None:
        """Do what is due to messages that were just written down."""
        for incoming in messages:
            if incoming.acknowledge:
                self._send(incoming.channel, _acknowledged(incoming))
            elif incoming.kind == "group" and self._may(incoming):
                self._send(incoming.channel, self._explained(incoming))

    def _send(self, channel: str, outgoing: Outgoing) -> None:
        if len(self._in_hand) >= MOST or not (outgoing.text or outgoing.do != "send"):
            return
        task = asyncio.create_task(send(self._house.channels, channel, outgoing))
        self._in_hand.add(task)
        task.add_done_callback(self._in_hand.discard)

    def _may(self, incoming: Incoming) -> bool:
        """Take one from a group's pace; where nothing is left it has been told lately."""
        moment = self._house.ticks()
        pace = self._house.can(incoming.channel).pace_of(incoming.address)
        bucket = self._each[incoming.channel].of(incoming.address, moment, pace)
        if bucket.wait(1, moment):
            return False
        bucket.take(1, moment)
        return True

    def _explained(self, incoming: Incoming) -> Outgoing:
        """Say in a group that one talks with each person alone, and where."""
        library = self._house.library
        languages = library.consultation.languages
        hint = incoming.locale_hint[:2]
        language = hint if hint in languages else library.consultation.source
        sentence = library.phrases.get(language, {}).get("in_a_group", "")
        link = self._house.private_links.get(incoming.channel, "")
        text = sentence.replace("{link}", link).strip()
        return Outgoing(incoming.address, incoming.account, text=text)


def _acknowledged(incoming: Incoming) -> Outgoing:
    return Outgoing(incoming.address, incoming.account, "acknowledge", of=incoming.acknowledge)


def send_beside(house: House, messages: Sequence[tuple[str, Outgoing]]) -> None:
    """Send courtesies in their order, beside the turns: a slow provider holds up nobody."""
    if messages:
        task = asyncio.create_task(_send_all(house, messages))
        house.in_hand.add(task)
        task.add_done_callback(house.in_hand.discard)


async def _send_all(house: House, messages: Sequence[tuple[str, Outgoing]]) -> None:
    for channel, outgoing in messages:
        await send(house.channels, channel, outgoing)


async def send(channels: Mapping[str, Channel], channel: str, outgoing: Outgoing) -> None:
    """Send a courtesy; what fails is not tried again."""
    try:
        await channels[channel].send(outgoing)
    except (ChannelError, KeyError) as error:
        log.info("a courtesy on %s failed: %s", channel, type(error).__name__)
