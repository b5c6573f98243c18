"""What a listening page sends: a recording, a choice, words, or a wish."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aiohttp import BodyPartReader, web

from bot.gateway.recordings import LARGEST
from bot.gateway.visiting import SaidThere, Spoken

MOST_AT_ONCE = 200 * 1024 * 1024  # bytes of all that is coming in
MOST_WORDS = 16_384  # bytes of a field
FIELDS = ("once", "key", "choice", "words", "wish")
SOUND = "sound"
CALL = "call"
WISHES = {
    "back": "back",
    "skip": "skip",
    "more": "more",
    "menu": "menu",
    "start": "start",
    CALL: "call me",
}  # words understood in every language


class Full(Exception):
    """So much is being sent to us that no more fits in memory: bring it again in a moment."""


class Room:
    """The memory in which answers lie while they come in."""

    def __init__(self, most: int = MOST_AT_ONCE) -> None:
        self.left = most

    @contextlib.contextmanager
    def some(self) -> Iterator["Share"]:
        """Give room to one answer, until it is stored."""
        share = Share(self)
        try:
            yield share
        finally:
            self.left += share.taken


@dataclass
class Share:
    """What one answer takes of the room."""

    room: Room
    taken: int = 0

    def take(self, size: int) -> None:
        """Take so many bytes more. Raises Full, HTTPRequestEntityTooLarge."""
        if self.taken + size > LARGEST + MOST_WORDS:  # in however many parts
            raise web.HTTPRequestEntityTooLarge(LARGEST, self.taken + size)
        if size > self.room.left:
            raise Full(Full.__doc__)
        self.room.left -= size
        self.taken += size


class NothingThere(Exception):
    """The form was sent without an answer."""


@dataclass(frozen=True)
class Answer:
    """One answer; `once` is the page's own name for it, `key` that of the question it answers."""

    once: str
    key: str
    choice: str = ""
    words: str = ""
    wish: str = ""
    spoken: Spoken | None = None

    def answers(self, key: str) -> bool:
        """Say whether it is an answer to the question of this key, or is none to any."""
        return self.key == key or self.wish == CALL

    def said(self) -> SaidThere:
        """Return it as a message."""
        if self.spoken is not None:
            return SaidThere(self.once, spoken=self.spoken)
        if self.choice:
            return SaidThere(self.once, pressed=f"{self.key}:{self.choice}")
        return SaidThere(self.once, text=WISHES.get(self.wish, self.words))


async def read_answer(request: web.Request, room: Share) -> Answer:
    """Read the form. Raises NothingThere, Full, HTTPBadRequest, HTTPRequestEntityTooLarge."""
    fields, spoken = await _read(request, room)
    values = {name: fields.get(name, "").strip() for name in FIELDS}
    if values["wish"] and values["wish"] not in WISHES:
        raise web.HTTPBadRequest
    answer = Answer(values["once"][:64], values["key"][:64], values["choice"][:200],
                    values["words"], values["wish"], spoken)  # fmt: skip
    if not answer.once:
        raise web.HTTPBadRequest
    if not (spoken or answer.choice or answer.words or answer.wish):
        raise NothingThere(NothingThere.__doc__)
    return answer


async def _read(request: web.Request, room: Share) -> tuple[Mapping[str, str], Spoken | None]:
    if (request.content_length or 0) > LARGEST + MOST_WORDS:
        raise web.HTTPRequestEntityTooLarge(LARGEST, request.content_length or 0)
    if request.content_type != "multipart/form-data":
        posted = await request.post()
        return {name: value for name, value in posted.items() if isinstance(value, str)}, None
    try:
        return await _parts(request, room)
    except ValueError:  # no boundary, or a part that ends nowhere
        raise web.HTTPBadRequest from None


async def _parts(request: web.Request, room: Share) -> tuple[Mapping[str, str], Spoken | None]:
    fields: dict[str, str] = {}
    spoken = None
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise web.HTTPBadRequest
        if part.name == SOUND:
            data = await _at_most(part, LARGEST, room)
            spoken = Spoken(data, part.headers.get("Content-Type", "")) if data else None
        elif part.name in FIELDS:
            data = await _at_most(part, MOST_WORDS, room)
            fields[part.name] = data.decode("utf-8", "replace")
        else:
            raise web.HTTPBadRequest
    return fields, spoken


async def _at_most(part: BodyPartReader, most: int, room: Share) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(65_536):
        room.take(len(chunk))
        data += chunk
        if len(data) > most:
            raise web.HTTPRequestEntityTooLarge(most, len(data))
    return bytes(data)
