"""What Telegram brings, and what is to be read in it: the table of updates."""

from typing import Any

from channels.base import Incoming, MediaRef

BOT = "4242"
AT = 1_790_000_000
PERSON = {
    "id": 77,
    "is_bot": False,
    "first_name": "Ama",
    "last_name": "K.",
    "language_code": "fr",
}
CHAT = {"id": 77, "type": "private", "first_name": "Ama", "last_name": "K."}
GROUP = {"id": -1001, "type": "supergroup", "title": "Réseau"}
THE_BOT = {"id": 4242, "is_bot": True, "first_name": "Palabre", "username": "palabre_bot"}
FILE = {"file_id": "F1", "file_unique_id": "U1", "file_size": 5000}


def message(**content: Any) -> dict[str, Any]:
    head = {"message_id": 5, "date": AT, "chat": CHAT, "from": PERSON}
    return {"update_id": 1, "message": head | content}


def edited(**content: Any) -> dict[str, Any]:
    return {"update_id": 1, "edited_message": message(edit_date=AT + 9, **content)["message"]}


def pressed(**changes: Any) -> dict[str, Any]:
    shown = {"message_id": 5, "date": AT, "chat": CHAT, "from": THE_BOT, "text": "Alors ?"}
    press = {"id": "9", "from": PERSON, "message": shown, "chat_instance": "3", "data": "q7:yes"}
    changed = {name: value for name, value in (press | changes).items() if value is not None}
    return {"update_id": 1, "callback_query": changed}


def membership(chat: dict[str, Any], before: str, now: str) -> dict[str, Any]:
    def member(status: str) -> dict[str, Any]:
        return {"user": THE_BOT, "status": status} | EXTRA.get(status, {})

    change = {"chat": chat, "from": PERSON, "date": AT}
    change |= {"old_chat_member": member(before), "new_chat_member": member(now)}
    return {"update_id": 1, "my_chat_member": change}


_RIGHTS = (
    "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats "
    "can_restrict_members can_promote_members can_change_info can_invite_users can_post_stories "
    "can_edit_stories can_delete_stories can_send_welcome_messages"
)
EXTRA: dict[str, dict[str, Any]] = {
    "kicked": {"until_date": 0},
    "administrator": dict.fromkeys(_RIGHTS.split(), False),
}


def said(text: str = "", **more: Any) -> Incoming:
    return Incoming(
        "telegram",
        "4242:1",
        address="77",
        account=BOT,
        message_id="5",
        sent_at=AT * 1000,
        text=text,
        locale_hint="fr",
        display_name="Ama K.",
        **more,
    )


def press(**more: Any) -> Incoming:
    known = {"address": "77", "account": BOT, "locale_hint": "fr", "display_name": "Ama K."}
    held = {"pressed": "q7:yes", "acknowledge": "9", "keyboard_of": "5"}
    return Incoming("telegram", "4242:1", "pressed", **(known | held | more))


def ours(kind: Any, **more: Any) -> Incoming:
    return Incoming("telegram", "4242:1", kind, account=BOT, **more)


def media(kind: Any, **more: Any) -> tuple[MediaRef, ...]:
    return (MediaRef(**({"ref": "F1", "kind": kind, "size": 5000} | more)),)


VOICE = FILE | {"duration": 4, "mime_type": "audio/ogg"}
HEARD = media("voice", mime="audio/ogg", seconds=4.0)
SMALL = FILE | {"file_id": "F0", "width": 9, "height": 9}
WHOLE = FILE | {"width": 900, "height": 900}
NOTE = FILE | {"length": 240, "duration": 4}
VIDEO = FILE | {"width": 9, "height": 9, "duration": 4, "mime_type": "video/mp4"}
AUDIO = FILE | {"duration": 60, "mime_type": "audio/mpeg", "file_name": "récit.mp3"}
PDF = FILE | {"mime_type": "application/pdf", "file_name": "été.pdf"}
STICKER = FILE | {
    "type": "regular",
    "width": 9,
    "height": 9,
    "is_animated": False,
    "is_video": False,
    "emoji": "👍",
}
FORWARD = {"type": "hidden_user", "date": AT - 9, "sender_user_name": "?"}
PLACE = {"latitude": 6.37, "longitude": 2.39}
VENUE = {"location": PLACE, "title": "Marché de Dantokpa", "address": "Cotonou"}
POLL = {
    "id": "1",
    "question": "?",
    "options": [],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}
FAR_CHAT = {"id": 77, "type": "private"}
WHOEVER = PERSON | {"last_name": "", "language_code": ""}
OF_OLD = {"message_id": 5, "date": 0, "chat": CHAT}
IN_GROUP = {"message_id": 5, "date": AT, "chat": GROUP, "text": "?"}
SMALL_GROUP = {"id": -5, "type": "group", "title": "Réseau"}
COMMAND = [{"type": "bot_command", "offset": 0, "length": 6}]

# a sentence about it, the update, what is read
READ: tuple[tuple[str, dict[str, Any], Incoming], ...] = (
    ("a text", message(text="Bonjour"), said("Bonjour")),
    ("signs of mark-up stand for themselves", message(text="_a_ *b* <c>"), said("_a_ *b* <c>")),
    ("right-to-left text", message(text="\u200fنعم"), said("\u200fنعم")),
    ("only emoji", message(text="👍🏾"), said("👍🏾")),
    ("10,000 characters", message(text="é" * 10_000), said("é" * 10_000)),
    ("NUL", message(text="a\0b"), said("a\ufffdb")),
    ("half a surrogate pair", message(text="a\ud83d b"), said("a\ufffd b")),
    ("two halves that JSON left apart", message(text="\ud83d\ude00\0"), said("😀\ufffd")),
    ("start", message(text="/start", entities=COMMAND), said(kind="start", start="")),
    ("a link's payload", message(text="/start RES-1_a"), said(kind="start", start="RES-1_a")),
    ("start in a group's manner", message(text="/Start@palabre_bot x"),
     said(kind="start", start="x")),
    ("a command is its word", message(text="/stop"), said("stop")),
    ("of two words", message(text="/forget_me@palabre_bot"), said("forget me")),
    ("with more words", message(text="/help me please"), said("help me please")),
    ("a slash alone", message(text="/ 2"), said("/ 2")),
    ("a path is no command", message(text="/a/b"), said("/a/b")),
    ("an answer to a message", message(text="2", reply_to_message=OF_OLD | {"text": "?"}),
     said("2")),
    ("forwarded words", message(text="x", forward_origin=FORWARD), said("x", forwarded=True)),
    ("a voice note", message(voice=VOICE), said(media=HEARD)),
    ("one without a size", message(voice={k: v for k, v in VOICE.items() if k != "file_size"}),
     said(media=media("voice", mime="audio/ogg", seconds=4.0, size=None))),
    ("a forwarded note", message(voice=VOICE, forward_origin=FORWARD),
     said(media=HEARD, forwarded=True)),
    ("a note with words", message(voice=VOICE, caption="de Fatou"), said("de Fatou", media=HEARD)),
    ("a sound file", message(audio=AUDIO),
     said(media=media("audio", mime="audio/mpeg", seconds=60.0, name="récit.mp3"))),
    ("a video note", message(video_note=NOTE), said(media=media("video", seconds=4.0))),
    ("a video", message(video=VIDEO), said(media=media("video", mime="video/mp4", seconds=4.0))),
    ("of a photo the largest", message(photo=[SMALL, WHOLE], caption="ici"),
     said("ici", media=media("photo", mime="image/jpeg"))),
    ("a document", message(document=PDF),
     said(media=media("document", mime="application/pdf", name="été.pdf"))),
    ("a recording sent as a file", message(document=FILE | {"mime_type": "audio/amr"}),
     said(media=media("audio", mime="audio/amr"))),
    ("a moving picture makes no sound",
     message(animation=VIDEO, document=FILE | {"mime_type": "video/mp4"}),
     said(media=media("other", mime="video/mp4", seconds=4.0))),
    ("a sticker is its emoji", message(sticker=STICKER), said("👍")),
    ("a place", message(location=PLACE), said(place=(6.37, 2.39))),
    ("a venue", message(location=PLACE, venue=VENUE),
     said("Marché de Dantokpa", place=(6.37, 2.39))),
    ("of a contact only that it came",
     message(contact={"phone_number": "+229 97 00 00 00", "first_name": "Kofi"}),
     said(media=(MediaRef("", "contact"),))),
    ("a dice", message(dice={"emoji": "🎲", "value": 3}), said(media=(MediaRef("", "other"),))),
    ("a poll", message(poll=POLL), said(media=(MediaRef("", "other"),))),
    ("a service message", message(pinned_message=OF_OLD), ours("ignored")),
    ("an edited text", edited(text="non, 2"), said("non, 2", kind="edited")),
    ("an edited start", edited(text="/start"), ours("ignored")),
    ("a place that moves", edited(location=PLACE | {"live_period": 60}), ours("ignored")),
    ("a pressed button", pressed(), press()),
    ("one of a message too old to be shown", pressed(message=OF_OLD), press()),
    ("one without a message", pressed(message=None, inline_message_id="i"), press(keyboard_of="")),
    ("someone of whom we know the first name", pressed(**{"from": WHOEVER}),
     press(locale_hint="", display_name="Ama")),
    ("a button in a group", pressed(message=IN_GROUP), ours("ignored")),
    ("the person blocks the bot", membership(CHAT, "member", "kicked"),
     ours("blocked", address="77", locale_hint="fr", display_name="Ama K.")),
    ("and opens again", membership(FAR_CHAT, "kicked", "member"),
     ours("unblocked", address="77", locale_hint="fr", display_name="Ama K.")),
    ("the bot comes into a group", membership(GROUP, "left", "member"),
     ours("group", address="-1001", locale_hint="fr")),
    ("comes as an administrator", membership(GROUP, "kicked", "administrator"),
     ours("group", address="-1001", locale_hint="fr")),
    ("rises in a group", membership(GROUP, "member", "administrator"), ours("ignored")),
    ("leaves a group", membership(GROUP, "member", "left"), ours("ignored")),
    ("a channel takes it in", membership(GROUP | {"type": "channel"}, "left", "administrator"),
     ours("ignored")),
    ("a group's talk", message(text="Bonjour", chat=GROUP), ours("ignored")),
    ("a command in a group", message(text="/start@palabre_bot", chat=GROUP), ours("ignored")),
    ("a group moves", message(chat=SMALL_GROUP, migrate_to_chat_id=-1001),
     ours("moved", address="-5", moved_to="-1001")),
    ("a channel's post", {"update_id": 1, "channel_post": message(text="x")["message"]
     | {"chat": {"id": -7, "type": "channel", "title": "C"}}}, ours("ignored")),
    ("a kind that nobody knows yet", {"update_id": 1, "brain_wave": {"a": 1}}, ours("ignored")),
    ("nothing but a number", {"update_id": 1}, ours("ignored")),
    ("a field that nobody knows yet", message(text="x", aura="blue"), said("x")),
)  # fmt: skip

# JSON, but no update: it is filed under its number where it has one
UNREADABLE: tuple[tuple[str, object], ...] = (
    ("a text that is a number", message(text=17)),
    ("a text that is a list", message(text=["a"])),
    ("no chat", {"update_id": 1, "message": {"message_id": 5, "date": AT, "text": "x"}}),
    ("a chat that is a text", message(text="x", chat="77")),
    ("a date beyond all calendars", message(text="x", date=10**18)),
    ("a date that is a text", message(text="x", date="today")),
    ("a message that is a list", {"update_id": 1, "message": [1]}),
    ("a name that is a number", message(text="x", **{"from": PERSON | {"first_name": 5}})),
    ("a press without a person", {"update_id": 1, "callback_query": {"id": "9", "data": "x"}}),
    ("data that is a number", pressed(data=5)),
    ("a voice note without a name", message(voice={"duration": 4})),
    ("a place outside of the world", message(location={"latitude": float("nan"), "longitude": 0})),
)
NAMELESS: tuple[object, ...] = (
    [],
    {},
    "update",
    7,
    None,
    True,
    {"update_id": "1"},
    {"update_id": True, "message": {}},
    {"update_id": 10**30},
    {"message": message(text="x")["message"]},
)
