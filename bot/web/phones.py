"""The phones that are drawn on the simulator's page: what each of them shows, message by message.

A phone shows what its channel sent and what its own person said, nothing else. Every change has
a number, so that a page that was cut off asks for what it has missed.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from aiohttp import web

from bot.store.database import DatabaseAway
from bot.web.needs import Past, Said, Simulated
from channels.base import Button, Outgoing

MOST = 200  # phones kept in memory; the one longest unused goes first
MOST_BUBBLES = 1000  # messages of one phone
RUN = secrets.token_hex(4)  # numbers of another run of the program mean nothing here


@dataclass(frozen=True)
class ShownFile:
    """A file in a message; `key` is the house's name of it, `ref` the name of an upload."""

    kind: str
    name: str
    mime: str
    title: str = ""
    key: str = ""
    ref: str = ""


@dataclass(frozen=True)
class Bubble:
    """One message as the phone shows it; `changed` is the number of its last change."""

    id: str
    text: str = ""
    mine: bool = False
    buttons: tuple[tuple[Button, ...], ...] = ()
    file: ShownFile | None = None
    ask_place: str = ""
    failed: bool = False
    changed: int = 0


@dataclass
class Phone:
    """One phone: its messages in order, and a bell that rings at each change."""

    channel: Simulated
    tab: str
    bubbles: dict[str, Bubble] = field(default_factory=dict)
    last: int = 0
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    watchers: int = 0

    def say(self, bubble: Bubble) -> None:
        """Show what this phone's person said."""
        self._put(replace(bubble, mine=True))

    def failed(self, id_: str) -> None:
        """Mark a message of this phone's person that could not be taken."""
        self._put(replace(self.bubbles[id_], failed=True))

    def show(self, message: str, outgoing: Outgoing) -> None:
        """Show what the channel sent: a message, or a change of an earlier one."""
        match outgoing.do:
            case "send":
                self._put(_bubble(message, outgoing))
            case "redraw" | "close" if message in self.bubbles:
                rows = outgoing.buttons if outgoing.do == "redraw" else ()
                self._put(replace(self.bubbles[message], buttons=rows))
            case _:
                pass  # a pressed button was acknowledged: nothing of it stays on the screen

    def after(self, number: int) -> list[Bubble]:
        """Return the messages that changed after a change, in their order on the screen."""
        return [bubble for bubble in self.bubbles.values() if bubble.changed > number]

    def _put(self, bubble: Bubble) -> None:
        self.last += 1
        self.bubbles[bubble.id] = replace(bubble, changed=self.last)
        if len(self.bubbles) > MOST_BUBBLES:
            del self.bubbles[next(iter(self.bubbles))]
        self.ring()

    def ring(self) -> None:
        """Wake all pages that watch."""
        self.bell.set()
        self.bell = asyncio.Event()

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Count a page that watches, so that its phone is not put away."""
        self.watchers += 1
        try:
            yield
        finally:
            self.watchers -= 1


def _bubble(message: str, outgoing: Outgoing) -> Bubble:
    sent = outgoing.file
    file = ShownFile(sent.kind, sent.name, sent.mime, sent.title, key=sent.key) if sent else None
    return Bubble(message, outgoing.text, buttons=outgoing.buttons, file=file,
                  ask_place=outgoing.ask_place)  # fmt: skip


class Phones:
    """All phones of this process, opened when a page first asks for them."""

    def __init__(self, channels: Mapping[str, Simulated], past: Past) -> None:
        self.channels = channels
        self.closing = False
        self._past = past
        self._open: dict[tuple[str, str], tuple[Phone, asyncio.Task[None]]] = {}
        self._opening = asyncio.Lock()

    async def phone(self, kind: str, tab: str) -> Phone:
        """Return a tab's phone of a kind. Raises KeyError for a kind that there is not."""
        channel = self.channels[kind]
        async with self._opening:
            found = self._open.pop((kind, tab), None)
            if found is None:
                self._make_room()
                found = await self._begin(Phone(channel, tab))
            self._open[kind, tab] = found  # at the end again: it was used last
        return found[0]

    async def _begin(self, phone: Phone) -> tuple[Phone, asyncio.Task[None]]:
        ready = asyncio.Event()
        task = asyncio.create_task(self._follow(phone, ready))
        await ready.wait()
        return phone, task

    async def _follow(self, phone: Phone, ready: asyncio.Event) -> None:
        """Show what is sent, for as long as the phone is open; first what was sent before."""
        with phone.channel.looks(phone.tab) as queue:
            with contextlib.suppress(DatabaseAway):  # what comes now is shown all the same
                for message, outgoing in await self._past(phone.channel.name, phone.tab):
                    phone.show(message, outgoing)
            ready.set()
            while True:
                said: Said = await queue.get()
                phone.show(said.provider_id, said.outgoing)

    def _make_room(self) -> None:
        unused = [key for key, (phone, _) in self._open.items() if not phone.watchers]
        for key in unused[: max(0, len(self._open) - MOST + 1)]:
            self._open.pop(key)[1].cancel()

    async def close(self, _app: web.Application) -> None:
        """End all open talks at once: an open stream would hold up the end of the program."""
        self.closing = True
        for phone, task in self._open.values():
            task.cancel()
            phone.ring()
        await asyncio.gather(*(task for _, task in self._open.values()), return_exceptions=True)


PHONES: web.AppKey[Phones] = web.AppKey("phones")
