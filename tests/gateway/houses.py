"""A house to test with: a small programme, a clock moved by hand, a channel that keeps a list."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

import msgspec
from msgspec.structs import replace as changed
from programme import CONSULTATION, english, flow_of
from sqlalchemy import Connection, Table, func, select
from talk import NOON

from bot.dialogue.flow import Bundle, Flow, Outcome, Phase
from bot.dialogue.revision import bundle, revision_hash, structure_hash
from bot.gateway.deliver import Sender
from bot.gateway.house import House
from bot.gateway.phases import set_up
from bot.gateway.programme import Programmes
from bot.gateway.receive import Receiver
from bot.gateway.take_turns import take_turns
from bot.store import tables
from bot.store.database import Database
from bot.store.media import MediaStore
from bot.store.seal import Seal
from channels.base import Capabilities, Incoming, MediaRef, Outgoing, Pace, Receipt
from channels.capabilities import TELEGRAM
from channels.errors import DeliveryError, FetchError

NUMBERS = count(1)
BREAKS = "a message that breaks the dialogue"
NO_PACE = Pace(10_000, 10_000)
QUESTIONS = """
steps:
  ready:
    ask: Shall we begin?
    choices:
      yes: Go ahead
      no: Not now
    if no: later
  missing:
    ask: What is missing?
    answer: text or voice
  best:
    ask: What is best?
    answer: text or voice
endings:
  thanks: Thank you.
  later: Another day, then.
"""
REMINDED = """\
  missing:
    ask: What is missing?
    answer: text
    remind after: 1 day
  best:
    ask: What is best?
    answer: text
endings:
  thanks: Thank you.
"""


class Texts:
    """Flows written in a few lines, as the files on disk would be; all of them are open."""

    def __init__(self, *, phases: dict[str, dict[str, Any]] | None = None, **flows: str) -> None:
        self.phrases = {"en": english(), "fr": english() | {"went_wrong": "Pardon."}}
        self.bundles: dict[str, Bundle] = {}
        self.current: dict[str, str] = {}
        self.structures: dict[str, str] = {}
        self.outcomes: tuple[Outcome, ...] = ()
        for name, text in flows.items():
            self.write(name, flow_of(text, name))
        named = {name: {"ships": "open"} for name in flows} | (phases or {})
        self.consultation = changed(CONSULTATION, phases=tuple(
            Phase(name, {"en": f"The {name}"}, name, **more) for name, more in named.items()
        ))  # fmt: skip

    def write(self, name: str, flow: Flow, **others: Flow) -> None:
        """Put a flow on disk, in English and other languages."""
        made = bundle({"en": flow, **others}, "en")
        key = revision_hash(made)
        self.bundles = {k: one for k, one in self.bundles.items() if one.name != name}
        self.bundles[key] = made
        self.current = self.current | {name: key}
        self.structures = self.structures | {key: structure_hash(made)}


@dataclass
class Post:
    """A channel that keeps what it is given; `fails` are raised first, one a send."""

    name: str = "telegram"
    can: Capabilities = field(
        default_factory=lambda: replace(TELEGRAM, overall=NO_PACE, per_address=NO_PACE)
    )
    sent: list[tuple[int, Outgoing]] = field(default_factory=list)
    fails: list[DeliveryError] = field(default_factory=list)
    hangs_for: str = ""  # the address that gets no answer
    clock: Callable[[], int] = lambda: NOON
    files: dict[str, bytes] = field(default_factory=dict)

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Keep it."""
        if outgoing.address == self.hangs_for:
            await asyncio.sleep(3600)
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append((self.clock(), outgoing))
        return Receipt(f"p{len(self.sent)}")

    async def fetch(self, media: MediaRef) -> AsyncIterator[bytes]:
        """Yield a file that was put there."""
        if media.ref not in self.files:
            raise FetchError("not there", again=True)
        yield self.files[media.ref]

    @property
    def said(self) -> list[str]:
        """The words of all that went out."""
        return [outgoing.text for _, outgoing in self.sent if outgoing.text]


class Home:
    """A house, and what people do in front of it."""

    def __init__(
        self, database: Database, seal: Seal, store: MediaStore, texts: Texts, *posts: Post,
        burst_ms: int = 0,
    ) -> None:  # fmt: skip
        self.moment = NOON
        self.texts = texts
        self.posts = {one.name: one for one in posts or (Post(),)}
        for one in self.posts.values():
            one.clock = lambda: self.moment
        library: Any = SimpleNamespace(consultation=texts.consultation, phrases=texts.phrases,
                                       reload_if_changed=lambda: False)  # fmt: skip
        self.database = database
        self.house = House(database, seal, store, cast("Any", self.posts), library,
                           Programmes(texts), burst_ms, lambda: self.moment,
                           lambda: self.moment)  # fmt: skip
        database.write_now(set_up, database, texts.consultation, NOON)
        database.write_now(self.house.programmes.keep, database, NOON)

    @property
    def post(self) -> Post:
        """The first channel."""
        return next(iter(self.posts.values()))

    def restarts(self, texts: Texts | None = None) -> None:
        """Forget all that a process holds in memory."""
        self.texts = texts or self.texts
        self.house = replace(self.house, programmes=Programmes(self.texts))

    def waits(self, hours: float = 0, *, seconds: float = 0) -> None:
        """Let time pass."""
        self.moment += int(hours * 3_600_000 + seconds * 1000)

    def person(self, address: str = "", channel: str = "") -> "Phone":
        """Someone with a phone."""
        return Phone(self, address or f"77{next(NUMBERS):05d}", channel or self.post.name)

    async def receives(self, *incoming: Incoming, raw: bytes = b"raw") -> None:
        """Write messages down as a provider brings them."""
        receiver = Receiver(self.house)
        writing = asyncio.create_task(receiver.run())
        try:
            await receiver.take([(one, raw) for one in incoming])
        finally:
            writing.cancel()

    async def answers(self) -> int:
        """Take all turns that can be taken now."""
        turns = 0
        while taken := await take_turns(self.house):
            turns += taken
        return turns

    async def sends(self, channel: str = "") -> None:
        """Send all that can be sent now."""
        post = self.posts[channel] if channel else self.post
        await Sender(self.house, cast("Any", post)).send_all_due()

    async def rows(self, table: Table, **equal: Any) -> list[Any]:
        """Return the rows of a table, in order."""
        query = select(table).order_by(*table.primary_key.columns)
        for name, value in equal.items():
            query = query.where(table.c[name] == value)
        return await self.database.read(lambda c: list(c.execute(query)))

    async def count(self, table: Table) -> int:
        """Count the rows of a table."""
        query = select(func.count()).select_from(table)
        return await self.database.read(lambda c: c.scalar(query) or 0)

    async def outcomes(self) -> list[str]:
        """How each message was dealt with, in order."""
        return [row.outcome for row in await self.rows(tables.inbox)]

    async def states(self) -> list[tuple[str, str]]:
        """State and reason of each delivery, in order."""
        return [(row.state, row.reason) for row in await self.rows(tables.deliveries)]

    async def promised(self, address: str) -> list[Outgoing]:
        """What is or was promised to an address, in order."""
        rows = await self.rows(tables.deliveries)
        opened = [msgspec.json.decode(self.house.seal.open(b"deliveries", row.sealed),
                                      type=Outgoing) for row in rows if row.sealed]  # fmt: skip
        return [one for one in opened if one.address == address]

    async def kept(self, step: str) -> list[str]:
        """The words kept at a step that still count, in order."""
        rows = await self.rows(tables.contributions, step=step)
        return [row.text or row.code for row in rows if not (row.superseded_at or row.withdrawn_at)]

    async def write(self, work: Callable[..., Any], *args: Any) -> Any:
        """Run something in a transaction."""
        return await self.database.write(work, *args)


class Phone:
    """One address, and whoever holds it."""

    def __init__(self, home: Home, address: str, channel: str) -> None:
        self.home, self.address, self.channel = home, address, channel

    def message(self, text: str = "", **more: Any) -> Incoming:
        """A message as the channel reads it."""
        number = str(next(NUMBERS))
        values = {"event_id": number, "message_id": number, "account": "42"} | more
        return Incoming(self.channel, address=self.address, text=text, **values)

    async def writes(self, text: str = "", **more: Any) -> None:
        """Send a message; it waits in the inbox."""
        await self.home.receives(self.message(text, **more))

    async def says(self, *texts: str, **more: Any) -> str:
        """Send messages, each answered and all answers handed over; return the last answer."""
        before: list[Outgoing] = []
        for text in texts or ("",):
            before = await self.heard()
            await self.writes(text, **more)
            await self.home.answers()
            await self.home.sends(self.channel)
            self.home.waits(seconds=10)
        new = (await self.heard())[len(before) :]
        return "\n".join(one.text for one in new if one.text)

    async def heard(self) -> list[Outgoing]:
        """All that was promised to this address."""
        return await self.home.promised(self.address)

    async def last(self) -> str:
        """The words promised last."""
        return next((one.text for one in reversed(await self.heard()) if one.text), "")

    async def id(self) -> int:
        """Who speaks on it, by the number of their row."""
        index = self.home.house.seal.index(self.channel, self.address)
        (row,) = await self.home.rows(tables.addresses, address_index=index)
        return int(row.participant_id)

    async def presses(self, label: str) -> str:
        """Press the newest button with this label."""
        sent = [one for one in reversed(await self.heard()) if one.buttons]
        data = next(button.data for one in sent for row in one.buttons for button in row
                    if button.label == label)  # fmt: skip
        return await self.says("", kind="pressed", pressed=data)

    def voice(self, ref: str = "note", **more: Any) -> Incoming:
        """A voice note, as the channel reads it."""
        return self.message(media=(MediaRef(ref, "voice", "audio/ogg", seconds=4.0),), **more)


def break_the_dialogue(connection: Connection) -> None:
    """Do nothing: stands where something is raised."""
