"""Who opens the link of a listening page: what they hear there, and how their answer comes in.

An answer takes the road of every message: its sound is stored and its row written in the inbox,
once however often it is brought, before its sender is told so; then it waits for its turn.
"""

import asyncio
import hashlib
from dataclasses import dataclass, replace

import msgspec
from sqlalchemy import Connection

from bot.dialogue import talk
from bot.dialogue.draft import language_of
from bot.dialogue.reply import Prompt
from bot.gateway.house import House
from bot.gateway.others import with_others
from bot.gateway.ownnotes import with_own_notes
from bot.gateway.pagelinks import BrokenLink, code_in
from bot.gateway.receive import Receiver
from bot.gateway.sitting import Seat, Sitting
from bot.store import inbox, pages, participants, recordings
from bot.store.participants import Address
from bot.store.recordings import Came
from bot.store.waiting import heard_on_page
from channels.base import Incoming, MediaRef
from channels.text import clean

LOOK = 0.2  # seconds between two looks whether a turn was taken
PREFIX = "page:"  # before the name of a message that came by a page
GOOD = "good"  # the state of an address that can be reached

_prompts = msgspec.json.Decoder(list[Prompt])


class NoPage(Exception):
    """Nothing opens by this link: it was not made here, is too old, or its person has left."""


@dataclass(frozen=True)
class Visit:
    """An open page: who speaks on it, what they hear, until when the link holds."""

    address: Address
    language: str
    prompts: tuple[Prompt, ...]
    expires_at: int
    human: bool = False  # a person of the team has taken over; START gives the talk back

    @property
    def owner(self) -> int:
        """Who speaks on it."""
        return self.address.participant

    @property
    def asked(self) -> Prompt | None:
        """The question that waits for an answer."""
        return next((one for one in reversed(self.prompts) if one.key), None)

    @property
    def key(self) -> str:
        """The key of that question, "" for none."""
        return self.asked.key if self.asked else ""


@dataclass(frozen=True)
class Spoken:
    """A recording as the browser brought it, and of what kind it says that it is."""

    data: bytes
    mime: str


@dataclass(frozen=True)
class SaidThere:
    """One thing said on a page: words, a choice as its button carries it, or a recording.

    `once` is the page's own name for it: the same comes in a single time.
    """

    once: str
    text: str = ""
    pressed: str = ""
    spoken: Spoken | None = None

    def name(self, signed: str) -> str:
        """Return the name of the message that it is, by this link."""
        words = f"{self.text}\0{self.pressed}".encode("utf-8", "surrogatepass")
        parts = (signed.encode(), self.once.encode("utf-8", "surrogatepass"), words,
                 self.spoken.data if self.spoken else b"")  # fmt: skip
        return PREFIX + hashlib.sha256(b"\0".join(parts)).hexdigest()[:32]


class Visits:
    """Opens listening pages, and takes what is said on them."""

    def __init__(self, house: House, receiver: Receiver) -> None:
        self._house = house
        self._receiver = receiver

    async def open(self, signed: str) -> Visit:
        """Return what is to be heard now behind a link. Raises NoPage, DatabaseAway."""
        code = self._code(signed)
        return await self._house.database.read(_open, self._house, code)

    def _code(self, signed: str) -> str:
        try:
            return code_in(self._house.seal.link_key, signed)
        except BrokenLink:
            raise NoPage(NoPage.__doc__) from None

    async def seen(self, visit: Visit) -> None:
        """Note that what was promised to a page is shown there: it need not go by SMS."""
        house, address = self._house, visit.address.id
        await house.database.write(heard_on_page, [address], house.clock())

    async def has(self, visit: Visit, event: str) -> bool:
        """Say whether a message came in before."""
        channel = visit.address.channel
        return await self._house.database.read(inbox.is_known, channel, event)

    async def take(self, visit: Visit, event: str, said: SaidThere) -> None:
        """Return when it is stored. Raises DatabaseAway, Busy, MediaGone, OSError: it is not."""
        house, address = self._house, visit.address
        media: tuple[MediaRef, ...] = ()
        if said.spoken is not None:
            media = (await self._keep(visit, event.removeprefix(PREFIX), said.spoken),)
        incoming = Incoming(
            address.channel,
            event,
            "pressed" if said.pressed else "message",
            address=address.open(house.seal),
            account=address.account,
            text=clean(said.text),
            pressed=clean(said.pressed),
            media=media,
            by_page=True,
        )
        await self._receiver.take([(incoming, b"")])

    async def _keep(self, visit: Visit, name: str, spoken: Spoken) -> MediaRef:
        """Write the row that owns the bytes first, so that whoever is forgotten leaves none."""
        house, address = self._house, visit.address
        ref = MediaRef(name, "voice", clean(spoken.mime)[:80], len(spoken.data))
        key = await asyncio.to_thread(house.media.key, spoken.data)
        came = Came(name, address.participant, address.channel, ref.kind, msgspec.json.encode(ref),
                    house.clock())  # fmt: skip
        await house.database.write(recordings.bring, house.database, house.seal, came, key)
        await asyncio.to_thread(house.media.put, spoken.data)
        return ref

    async def answered(self, visit: Visit, event: str, seconds: float) -> bool:
        """Wait until a message's turn was taken, so long at most; say whether it was."""
        database, channel, event = self._house.database, visit.address.channel, clean(event)
        deadline = asyncio.get_running_loop().time() + seconds
        while not await database.read(inbox.is_answered, channel, event):
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(LOOK)
        return True


def _open(connection: Connection, house: House, code: str) -> Visit:
    moment = house.clock()
    page = pages.find(connection, house.seal, code)
    if page is None or page.expires_at <= moment:
        raise NoPage(NoPage.__doc__)
    address = participants.address(connection, page.address)
    owner = participants.kept_of(connection, page.participant)
    if address is None or address.participant != owner or address.state != GOOD:
        raise NoPage(NoPage.__doc__)
    sitting = Sitting(connection, house, moment)
    sitting.load([owner])
    seat = sitting.seats[owner]
    if seat.stopped_at is not None:
        raise NoPage(NoPage.__doc__)
    scene = sitting.scene(seat, address.channel)
    language = language_of(sitting.programme, seat.person, scene)
    said = tuple(_prompts.decode(page.said))
    visit = Visit(address, language, said, page.expires_at, seat.person.human)
    return visit if _is_fresh(seat, visit) else _afresh(sitting, seat, visit)


def _is_fresh(seat: Seat, visit: Visit) -> bool:
    """Say whether the page still shows what is open: on another channel one may have gone on."""
    person, key = seat.person, visit.key
    if person.human or person.pending:  # what was said last asked for something besides
        return True
    return key == seat.open_key or (key == "go" and not seat.open_key)


def _afresh(sitting: Sitting, seat: Seat, visit: Visit) -> Visit:
    """Return the page with the step that is open now."""
    scene = sitting.scene(seat, visit.address.channel)
    turn = with_others(
        sitting, seat, scene, lambda seen: talk.again(sitting.programme, seat.person, seen)
    )
    if not turn.prompts:
        return visit
    prompts = with_own_notes(
        sitting.connection, seat.id, turn.prompts, sitting.house.can(visit.address.channel)
    )
    return replace(visit, prompts=tuple(prompts))
