"""What Telegram's updates mean, read by python-telegram-bot: the judge, and good for every kind."""

import os

os.environ["PTB_TIMEDELTA"] = "1"

import hashlib
import math
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec.structs import replace
from telegram import CallbackQuery, ChatMember, ChatMemberUpdated, Location, Message, Update, User

from channels.base import Incoming, MediaRef, SoundOrFile
from channels.text import clean
from channels.words import full_name, spoken

NAME = "telegram"
# What python-telegram-bot and we ourselves raise on JSON that is no update: it checks no types.
UNREADABLE = (
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    ValueError,
    OSError,
    OverflowError,
    RecursionError,
    msgspec.MsgspecError,
)
_HERE = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.OWNER, ChatMember.RESTRICTED)
_MIME_KINDS: dict[str, SoundOrFile] = {"audio": "audio", "video": "video", "image": "photo"}


def read_update(raw: object, account: str) -> Incoming:
    """Read one update of the bot `account`; never raises, "unreadable" instead."""
    try:
        return _checked(_read(Update.de_json(_as_dict(raw), None), account))
    except UNREADABLE:
        return unreadable(raw, account)


def unreadable(raw: object, account: str) -> Incoming:
    """File what cannot be understood under its update_id, or else under a hash of it."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    name = str(number) if is_number(number) else _hash(raw)
    return Incoming(NAME, event_id(account, name), "unreadable", account=account)


def event_id(account: str, update_id: int | str) -> str:
    """Name an update; with the bot, since another bot counts its updates anew."""
    return f"{account}:{update_id}"


def _as_dict(raw: object) -> dict[str, Any]:
    if not isinstance(raw, dict) or not is_number(raw.get("update_id")):
        raise TypeError
    return raw


def is_number(value: object) -> bool:
    """Say whether this can be an update's number: a whole one, which a database can hold."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _hash(raw: object) -> str:
    body = raw if isinstance(raw, bytes) else repr(raw).encode("utf-8", "backslashreplace")
    return hashlib.sha256(body).hexdigest()[:32]


def _checked(incoming: Incoming) -> Incoming:
    """Refuse wrong types, which the library lets through: a text that is a number, say."""
    if incoming.place and not all(map(math.isfinite, incoming.place)):
        raise ValueError
    return msgspec.convert(msgspec.to_builtins(incoming), Incoming)


def _read(update: Update, account: str) -> Incoming:
    blank = Incoming(NAME, event_id(account, update.update_id), "ignored", account=account)
    if update.message:
        return _message(blank, update.message)
    if update.edited_message:
        return _edited(blank, update.edited_message)
    if update.callback_query:
        return _pressed(blank, update.callback_query)
    if update.my_chat_member:
        return _membership(blank, update.my_chat_member)
    return blank


def _message(blank: Incoming, message: Message) -> Incoming:
    chat = message.chat
    if message.migrate_to_chat_id:
        return replace(
            blank, kind="moved", address=str(chat.id), moved_to=str(message.migrate_to_chat_id)
        )
    if chat.type != chat.PRIVATE:
        return blank
    return _said(blank, message)


def _edited(blank: Incoming, message: Message) -> Incoming:
    if message.location and message.location.live_period:
        return blank  # a moving place edits its message every few seconds
    read = _message(blank, message)
    return replace(read, kind="edited") if read.kind == "message" else blank


def _said(blank: Incoming, message: Message) -> Incoming:
    start, text = spoken(_text(message.text or message.caption or _title(message)))
    media = tuple(_media(message))
    place = _place(message.location)
    if start is None and not (text or media or place):
        return blank  # a service message
    said = _from(blank, message.from_user)
    return replace(
        said,
        kind="message" if start is None else "start",
        address=str(message.chat.id),
        message_id=str(message.message_id),
        sent_at=int(message.date.timestamp()) * 1000,
        text=text,
        start=start,
        media=media,
        place=place,
        forwarded=message.forward_origin is not None,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _title(message: Message) -> str:
    """Find words where a message has no text: a sticker's emoji, a venue's name."""
    if message.sticker:
        return message.sticker.emoji or ""
    return message.venue.title if message.venue else ""


def _from(blank: Incoming, person: User | None) -> Incoming:
    if person is None:
        return blank
    return replace(
        blank,
        locale_hint=clean(person.language_code or ""),
        display_name=full_name(_text(person.first_name), person.last_name or ""),
    )


def _place(location: Location | None) -> tuple[float, float] | None:
    return (location.latitude, location.longitude) if location else None


def _pressed(blank: Incoming, query: CallbackQuery) -> Incoming:
    message = query.message
    if message is not None and message.chat.type != message.chat.PRIVATE:
        return blank
    return replace(
        _from(blank, query.from_user),
        kind="pressed",
        address=str(message.chat.id if message else query.from_user.id),
        pressed=clean(query.data or ""),
        acknowledge=clean(query.id),
        keyboard_of=str(message.message_id) if message else "",
    )


def _membership(blank: Incoming, change: ChatMemberUpdated) -> Incoming:
    chat = change.chat
    before, now = change.old_chat_member.status, change.new_chat_member.status
    if chat.type == chat.PRIVATE:
        kind = "unblocked" if now in _HERE else "blocked"
        return replace(_from(blank, change.from_user), kind=kind, address=str(chat.id))
    if chat.type == chat.CHANNEL or before in _HERE or now not in _HERE:
        return blank
    hint = clean(change.from_user.language_code or "")
    return replace(blank, kind="group", address=str(chat.id), locale_hint=hint)


def _media(message: Message) -> Iterable[MediaRef]:
    if message.photo:
        yield _file(message.photo[-1], "photo", "image/jpeg")
    elif message.animation:
        yield _file(message.animation, "other")  # a moving picture without sound
    elif message.document:
        yield _file(message.document, _kind_of(message.document.mime_type))
    else:
        yield from _media_by_field(message)


def _media_by_field(message: Message) -> Iterable[MediaRef]:
    for field, kind in _FIELDS:
        attached = getattr(message, field)
        if attached:
            yield _file(attached, kind)
            return
    if message.contact:
        yield MediaRef("", "contact")  # somebody else's number: that it came, no more
    elif any(map(message.__getattribute__, _ODDS)):
        yield MediaRef("", "other")


_FIELDS: tuple[tuple[str, SoundOrFile], ...] = (
    ("voice", "voice"),
    ("audio", "audio"),
    ("video_note", "video"),
    ("video", "video"),
)
_ODDS = ("poll", "dice", "game", "story", "paid_media", "invoice")


def _kind_of(mime: str | None) -> SoundOrFile:
    return _MIME_KINDS.get((mime or "").split("/", 1)[0], "document")


def _file(attached: Any, kind: SoundOrFile, mime: str = "") -> MediaRef:
    duration = getattr(attached, "duration", None)
    seconds: Callable[[], float] | None = getattr(duration, "total_seconds", None)
    return MediaRef(
        ref=clean(attached.file_id),
        kind=kind,
        mime=clean(getattr(attached, "mime_type", None) or mime),
        size=attached.file_size,
        seconds=seconds() if seconds else None,
        name=clean(getattr(attached, "file_name", None) or ""),
    )
