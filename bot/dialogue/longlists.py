"""Lists too long for one message: turning their pages, and making sure of what was typed.

The engine knows neither letters nor screens. It only counts how often the pages of a list were
turned; where one page ends is decided where the question is drawn, always alike for the same
list. What people type are positions in the whole list, which stays as it was when the question
was asked: the conversation keeps to its revision.
"""

from msgspec.structs import replace

from bot.dialogue.answers import Answer, accept, hear, keep_heard
from bot.dialogue.asking import question
from bot.dialogue.conversation import Heard, Unsure
from bot.dialogue.draft import Draft
from bot.dialogue.flow import PICK_NO, PICK_YES
from bot.dialogue.reply import Reply
from bot.dialogue.understand import Read
from bot.dialogue.words import NO, YES, short

LONG = 20  # choices: of a longer list, what was typed is read back before it counts


def paged(draft: Draft) -> bool:
    """Say whether the open question may have more choices than one message shows."""
    return len(draft.node.choices) > draft.scene.at_once


def turn_page(draft: Draft) -> None:
    """Show the next page of the list, and behind the last the first; the question stands above."""
    forget_pick(draft)
    draft.note(page=draft.open.page + 1)
    draft.understood = ("understood_page",)
    draft.prompts.append(replace(question(draft, draft.node, draft.path), text=""))


def make_sure(draft: Draft, read: Read, codes: tuple[str, ...], reply: Reply) -> None:
    """Read back what was typed; the words are written down at once, whatever comes of it."""
    forget_pick(draft)
    hear(draft, reply, silent=True)
    draft.note(unsure=Unsure(codes, reply.id, read.comment))
    draft.prompts.append(question(draft, draft.node, draft.path))


def settled(draft: Draft, reply: Reply) -> bool:
    """Take a yes or no to what was read back; False if the reply is neither."""
    code = reply.pressed.rpartition(":")[2]
    words = short(reply.text) if not reply.files else ""
    if code == PICK_YES or words in YES or words == "1":
        _confirm(draft)
    elif code == PICK_NO or words in NO or words == "2":
        draft.understood = ("understood_confirmation", "no")
        forget_pick(draft)
        draft.prompts.append(question(draft, draft.node, draft.path))
    else:
        return False
    return True


def _confirm(draft: Draft) -> None:
    unsure, heard = draft.open.unsure, draft.open.heard
    if unsure is None or heard is None:
        return
    at = heard.replies.index(unsure.reply)
    text = heard.parts[at]
    said = Reply(id=unsure.reply, at=draft.reply.at, text=text)
    rest = _without(heard, at)
    draft.note(heard=rest)
    if rest is None:
        draft.count_as("text", "choice")
    draft.understood = ("understood_confirmation", "yes")
    accept(draft, Answer(codes=unsure.codes, text=text, comment=unsure.comment), said, again=True)


def forget_pick(draft: Draft) -> None:
    """Let go of a choice that was not confirmed; the words beside it stay."""
    unsure, heard = draft.open.unsure, draft.open.heard
    if unsure is None or heard is None:
        return
    at = heard.replies.index(unsure.reply)
    rest: Heard | None = _without(heard, at)
    if unsure.comment:
        parts = (*heard.parts[:at], unsure.comment, *heard.parts[at + 1 :])
        rest = replace(heard, parts=parts)
    draft.note(unsure=None, heard=rest)
    if rest is None:
        draft.withdraw(f"{draft.open.key}:{draft.open.place}", "text")
    else:
        keep_heard(draft, draft.node, draft.path, rest)


def _without(heard: Heard, at: int) -> Heard | None:
    """Return what was heard without one of its messages, None if nothing is left."""
    replies = heard.replies[:at] + heard.replies[at + 1 :]
    parts = heard.parts[:at] + heard.parts[at + 1 :]
    return replace(heard, replies=replies, parts=parts) if replies else None
