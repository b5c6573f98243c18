"""A quick reader of everyday updates: a private text, a voice note, a pressed button.

It knows every field that such an update may have; whatever holds one more, or another type, is
left to the reader that knows all kinds. Both must see the same in whatever this one reads.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from channels.base import Incoming, MediaRef
from channels.telegram_reader import NAME, event_id
from channels.text import clean
from channels.words import full_name, spoken

_Seconds = Annotated[int, Meta(ge=0, le=253_402_300_799)]  # the year 9999
_Length = Annotated[int, Meta(ge=0, le=10**9)]


class _Person(Struct):
    id: int
    is_bot: bool
    first_name: str
    last_name: str = ""
    language_code: str = ""


class _Chat(Struct):
    id: int
    type: str


class _Voice(Struct):
    file_id: str
    file_unique_id: str
    duration: _Length
    mime_type: str = ""
    file_size: int | None = None


class _Entity(Struct):
    type: str
    offset: int
    length: int


class _Message(Struct, forbid_unknown_fields=True):
    message_id: int
    date: _Seconds
    chat: _Chat
    person: _Person = msgspec.field(name="from")
    text: str = ""
    entities: list[_Entity] = []
    voice: _Voice | None = None


class _Keyboard(Struct):
    message_id: int
    date: _Seconds
    chat: _Chat


class _Query(Struct, forbid_unknown_fields=True):
    id: str
    person: _Person = msgspec.field(name="from")
    message: _Keyboard
    chat_instance: str
    data: str


class _Update(Struct, forbid_unknown_fields=True):
    update_id: Annotated[int, Meta(ge=0, le=2**62)]
    message: _Message | None = None
    callback_query: _Query | None = None


_decode = msgspec.json.Decoder(_Update).decode


def quick_read(body: bytes, account: str) -> Incoming | None:
    """Read an everyday update of the bot `account`; None: ask the reader of all kinds."""
    try:
        update = _decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    name = event_id(account, update.update_id)
    if update.message is not None and update.callback_query is None:
        return _said(update.message, name, account)
    if update.callback_query is not None and update.message is None:
        return _pressed(update.callback_query, name, account)
    return None


def _said(message: _Message, name: str, account: str) -> Incoming | None:
    if message.chat.type != "private" or bool(message.text) == bool(message.voice):
        return None
    start, text = spoken(message.text)
    return Incoming(
        NAME,
        name,
        "message" if start is None else "start",
        address=str(message.chat.id),
        account=account,
        message_id=str(message.message_id),
        sent_at=message.date * 1000,
        text=text,
        start=start,
        media=(_voice(message.voice),) if message.voice else (),
        locale_hint=clean(message.person.language_code),
        display_name=full_name(message.person.first_name, message.person.last_name),
    )


def _voice(voice: _Voice) -> MediaRef:
    mime = clean(voice.mime_type)
    return MediaRef(
        clean(voice.file_id), "voice", mime, voice.file_size, seconds=float(voice.duration)
    )


def _pressed(query: _Query, name: str, account: str) -> Incoming | None:
    if query.message.chat.type != "private":
        return None
    return Incoming(
        NAME,
        name,
        "pressed",
        address=str(query.message.chat.id),
        account=account,
        pressed=clean(query.data),
        acknowledge=clean(query.id),
        keyboard_of=str(query.message.message_id),
        locale_hint=clean(query.person.language_code),
        display_name=full_name(query.person.first_name, query.person.last_name),
    )
