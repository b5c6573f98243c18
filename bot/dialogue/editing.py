"""Edited messages: what they said before is replaced, as long as that can be done without harm."""

from msgspec.structs import replace

from bot.dialogue.amending import append, correct, put, read_at
from bot.dialogue.answers import Answer, accept, keep_aside, keep_heard
from bot.dialogue.asking import ask_again, question_text, repeat
from bot.dialogue.before import last_ended, node_of
from bot.dialogue.conversation import Answered, Conversation
from bot.dialogue.draft import Draft, path_of
from bot.dialogue.index import Node
from bot.dialogue.reply import Kept, Learned, Reply
from bot.dialogue.taking import read_choice


def edit_in_a_talk(draft: Draft, reply: Reply) -> None:
    """Take an edited message; one of an older talk is no answer to the open question."""
    if not edit(draft, reply):
        draft.understood = ("understood_edit_late",)
        keep_aside(draft, draft.open, reply)
        repeat(draft, "edit_late")


def edit(draft: Draft, reply: Reply) -> bool:
    """Let an edited message replace what it said before; False if it is not known."""
    talk = draft.talk
    if talk is not None and talk.heard and reply.edits in talk.heard.replies:
        _edit_heard(draft, reply)
        return True
    for one in filter(None, (talk, last_ended(draft))):
        for at, answered in enumerate(one.trail):
            if reply.edits in answered.replies:
                _edit_answer(draft, one, at, reply)
                return True
    return False


def _edit_heard(draft: Draft, reply: Reply) -> None:
    """Replace words said at the open question; they may now be its answer."""
    heard = draft.open.heard
    if heard is None:
        return
    at = heard.replies.index(reply.edits)
    read = read_choice(draft, reply)
    parts = (*heard.parts[:at], "" if read else reply.text, *heard.parts[at + 1 :])
    was_read_back = draft.open.unsure is not None and draft.open.unsure.reply == reply.edits
    draft.note(heard=replace(heard, parts=parts))
    if was_read_back:
        draft.note(unsure=None)
    if read is not None:
        draft.understood = (read.how, *read.codes)
        accept(draft, Answer(codes=read.codes, text=reply.text, comment=read.comment), reply)
        return
    draft.understood = ("understood_edit",)
    keep_heard(draft, draft.node, draft.path, replace(heard, parts=parts))
    if was_read_back:
        ask_again(draft)


def _edit_answer(draft: Draft, talk: Conversation, at: int, reply: Reply) -> None:
    answered = talk.trail[at]
    node = node_of(draft, talk, answered.place.partition("@")[0])
    newest = at == len(talk.trail) - 1
    if node.offer is None:
        draft.understood = ("understood_edit",)
        _edit_words(draft, talk, at, node, reply)
    elif newest and talk is draft.talk and talk.before is not None:
        _edit_choice(draft, talk, talk.before, node, reply)
    else:
        draft.understood = ("understood_edit_late",)
        keep_aside(draft, talk, reply, node.step.name)
        if draft.talk is not None:
            repeat(draft, "edit_late")


def _edit_choice(draft: Draft, talk: Conversation, kept: Kept, node: Node, reply: Reply) -> None:
    """Replace the newest choice: the old words go, the new ones are read afresh."""
    read = read_at(node, reply)
    draft.understood = ("understood_edit",)
    if read is None:
        append(draft, talk, kept, node, replace(reply, edits=""))
        return
    draft.note(before=replace(kept, comment=""))
    correct(draft, node, read, reply)


def _edit_words(draft: Draft, talk: Conversation, at: int, node: Node, reply: Reply) -> None:
    """Replace the words of one message in an open answer; its other messages stay."""
    answered = talk.trail[at]
    parts = list(answered.parts or ("",) * len(answered.replies))
    where = answered.replies.index(reply.edits)
    if where < len(parts):
        parts[where] = reply.text
    text = "\n".join(part for part in parts if part)
    old = talk.before if talk.before and at == len(talk.trail) - 1 else None
    if old is None and answered.held in ("voice", "picture"):
        keep_aside(draft, talk, reply, node.step.name)  # the recordings must not be replaced
        return
    kept = replace(old, text=text) if old else _rebuilt(draft, talk, answered, node, text)
    draft.keep(kept, again=True)
    trail = list(talk.trail)
    if answered.parts:
        trail[at] = replace(answered, parts=tuple(parts))
    put(draft, replace(talk, trail=tuple(trail), before=kept if old else talk.before))
    if kept.fact and text:
        draft.learn(Learned(kept.fact, text, "answer", kept.step, kept.question))


def _rebuilt(draft: Draft, talk: Conversation, answered: Answered, node: Node, text: str) -> Kept:
    """Make an older answer's record again, with other words."""
    path = path_of(answered.place)
    asked = question_text(draft, node, path) if talk is draft.talk else node.step.ask
    return Kept(
        key=f"{talk.key}:{answered.place}",
        conversation=talk.key,
        flow=talk.flow,
        revision=talk.revision,
        step=node.step.name,
        question=asked,
        item=path[-1] if path else "",
        kind=node.step.answer or "",
        text=text,
        about=talk.about,
        language=draft.language,
        state="unresolved" if answered.unresolved else "kept",
        fact=node.step.keep_as,
        answered_at=draft.reply.at,
        replies=answered.replies,
    )
