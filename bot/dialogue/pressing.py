"""Buttons that were pressed: of the open question, of an offer, or out of date."""

from msgspec.structs import replace

from bot.dialogue import amending, rights
from bot.dialogue.adding import ADD_MORE, ask_for_more
from bot.dialogue.asking import ask_again
from bot.dialogue.before import node_of
from bot.dialogue.beginning import take_up
from bot.dialogue.draft import Draft
from bot.dialogue.offers import conversation_key, offered
from bot.dialogue.reply import Reply
from bot.dialogue.taking import press


def read_pressed(pressed: str, codes: tuple[str, ...]) -> str:
    """Turn `KEY:#3` back into `KEY:CODE`: a code too long for a button is sent as its place."""
    key, _, code = pressed.rpartition(":")
    place = code[1:]
    if code.startswith("#") and place.isdecimal() and int(place) < len(codes):
        return f"{key}:{codes[int(place)]}"
    return pressed


def with_code(draft: Draft, reply: Reply) -> Reply:
    """Return a reply whose button names a code, where it named the place of one."""
    key = reply.pressed.rpartition(":")[0]
    return replace(reply, pressed=read_pressed(reply.pressed, _codes_under(draft, key)))


def _codes_under(draft: Draft, key: str) -> tuple[str, ...]:
    """Return the codes of the choices that stood under a key, in the order shown."""
    talk = draft.talk
    if key == "menu":
        return tuple(entry.key for entry in offered(draft))
    if key == "go":  # an announcement has one button; the newest invitation is meant
        return tuple(conversation_key(one) for one in draft.person.invitations[-1:])
    if key and key == draft.person.pending:
        return rights.pending_choices(draft)
    if talk is not None and key and key == talk.open_key:
        return tuple(choice.code for choice in draft.node.choices)
    if talk is not None and talk.before is not None and key == talk.before_key:
        node = node_of(draft, talk, talk.before.step)
        return tuple(choice.code for choice in node.choices)
    return ()


def pressed(draft: Draft, reply: Reply) -> None:
    """Take a button: of the open question, of an offer, or one that is out of date."""
    key, _, code = reply.pressed.rpartition(":")
    talk = draft.talk
    if talk is not None and key == talk.open_key and code == ADD_MORE:
        ask_for_more(draft)
    elif talk is not None and key == talk.open_key and key:
        press(draft, code, reply)
    elif key in ("go", "menu"):
        draft.understood = ("understood_button", code)
        take_up(draft, code, switch=key == "menu")
    elif talk is not None and key == talk.before_key and _twice(draft, reply):
        amending.add_to_before(draft, reply)
    else:
        draft.understood = ("understood_stale",)
        _stale(draft, key)


def _twice(draft: Draft, reply: Reply) -> bool:
    return amending.belongs_before(draft, reply, fits=False)


def _stale(draft: Draft, key: str) -> None:
    if draft.talk is None:
        draft.notice("stale_and_done")
    elif draft.open.open_key:
        ask_again(draft, draft.phrase("stale"), closes=key)
