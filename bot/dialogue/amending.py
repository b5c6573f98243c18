"""Changing what was said before: bursts, corrections, and going back."""

from msgspec.structs import replace

from bot.dialogue.answers import Answer, accept
from bot.dialogue.asking import ask, repeat
from bot.dialogue.before import answered_before, node_of
from bot.dialogue.conversation import Conversation
from bot.dialogue.draft import Draft, held_kind, kind_of, path_of
from bot.dialogue.index import Node
from bot.dialogue.meeting import rsvp
from bot.dialogue.reply import Effect, Kept, Learned, Prompt, Reply
from bot.dialogue.understand import Read, read_one, read_several


def belongs_before(draft: Draft, reply: Reply, *, fits: bool) -> bool:
    """Say whether a reply was sent before its sender could have seen the open question.

    `fits`: it is a valid choice of the open question, and so an answer to it once it was seen.
    """
    if answered_before(draft) is None:
        return False
    scene = draft.scene
    seen_at = scene.handed_at if scene.handed_at is not None else draft.open.asked_at
    seen_at = max(seen_at, draft.open.added_at)
    if reply.at < seen_at:
        return True
    return not fits and reply.at < seen_at + scene.burst_ms


def add_to_before(draft: Draft, reply: Reply) -> None:
    """Let a reply belong to the question before: a part of the answer, a correction, a comment.

    In silence: what was asked since is not asked again, unless the road now leads elsewhere.
    """
    talk = answered_before(draft)
    if talk is None or talk.before is None:
        return
    draft.understood = ("understood_before",)
    node = node_of(draft, talk, talk.before.step)
    read = read_at(node, reply)
    if read is None:
        append(draft, talk, talk.before, node, reply)
    elif talk is draft.talk:
        correct(draft, node, read, reply)
    else:
        _correct_ended(draft, talk, talk.before, node, read, reply)


def read_at(node: Node, reply: Reply) -> Read | None:
    """Read a reply as a choice of an earlier question."""
    if node.offer is None or reply.files:
        return None
    code = reply.pressed.rpartition(":")[2]
    if code in node.offer.codes:
        return Read((code,))
    if not reply.text:
        return None
    read = read_one if node.step.choose == "one" else read_several
    return read(node.offer, reply.text)


def append(draft: Draft, talk: Conversation, kept: Kept, node: Node, reply: Reply) -> None:
    """Add words and files to an answer: to the answer itself if it was open, else as a comment."""
    if not reply.text and not reply.files:
        return
    field = "comment" if node.offer else "text"
    said = getattr(kept, field)
    words = f"{said}\n{reply.text}" if said and reply.text else said or reply.text
    more = replace(
        kept,
        **{field: words},
        files=kept.files + reply.files,
        replies=(*kept.replies, reply.id),
    )
    draft.keep(more, again=True)
    draft.count_as(kind_of(kept), kind_of(more))
    last = talk.trail[-1]
    parts = last.parts or (kept.text,)
    changed = replace(
        last,
        comment=last.comment or bool(node.offer),
        replies=more.replies,
        parts=() if node.offer else (*parts, reply.text),
        held=kind_of(more),
    )
    put(draft, replace(talk, before=more, trail=(*talk.trail[:-1], changed)))


def put(draft: Draft, talk: Conversation) -> None:
    """Put a changed conversation back, whether it is the open one or has ended."""
    if draft.talk is not None and draft.talk.key == talk.key:
        draft.talk = talk
        return
    talks = tuple(talk if one.key == talk.key else one for one in draft.person.conversations)
    draft.note_person(conversations=talks)


def correct(draft: Draft, node: Node, read: Read, reply: Reply) -> None:
    """Answer the question before again; if the road leads to the same question, in silence."""
    was = draft.open
    if was.before is None:
        return
    old = was.before
    if read.codes in (old.codes, (old.code,)) and not read.comment:
        return
    place = was.trail[-1].place
    draft.note(trail=was.trail[:-1], place=place, open_key=was.before_key, heard=None, chosen=(),
               asked_at=old.asked_at)  # fmt: skip
    _unlearn_quietly(draft, node)
    before = draft.prompts, draft.effects, draft.closes, draft.ends_place
    draft.prompts, draft.effects = [], []
    comment = "\n".join(part for part in (old.comment, read.comment) if part)
    again = Reply(id=reply.id, at=reply.at)
    accept(
        draft,
        Answer(codes=read.codes, text=reply.text or old.text, comment=comment, files=old.files),
        again,
        again=True,
        replies=old.replies,
    )
    if draft.talk is not None and draft.open.place == was.place and was.place:
        draft.note(open_key=was.open_key, asked_at=was.asked_at, heard=was.heard,
                   chosen=was.chosen, page=was.page, unsure=was.unsure)  # fmt: skip
        _keep_rsvp(draft, *before[:2])
        draft.closes, draft.ends_place = before[2:]
    else:
        take_back_heard(draft, was)


def _keep_rsvp(draft: Draft, prompts: list[Prompt], effects: list[Effect]) -> None:
    """Put back what the turn had led to; what came of another answer to an invitation stays."""
    draft.prompts = prompts + [one for one in draft.prompts if one.either]
    draft.effects = effects + [one for one in draft.effects if one.kind == "rsvp"]


def take_back_heard(draft: Draft, was: Conversation) -> None:
    """Take back what was said at a question that is no longer open, and no answer yet."""
    if was.heard is not None and (was.heard.words or was.heard.files):
        draft.withdraw(f"{was.key}:{was.place}", held_kind("", was.heard.files, chosen=False))


def _unlearn_quietly(draft: Draft, node: Node) -> None:
    """Make room for the fact that the corrected answer becomes."""
    name = node.step.keep_as
    if name and name != "language":
        facts = {key: value for key, value in draft.person.facts.items() if key != name}
        draft.note_person(facts=facts)


def _correct_ended(
    draft: Draft, talk: Conversation, kept: Kept, node: Node, read: Read, reply: Reply
) -> None:
    """Correct the last answer of a conversation that has ended; its road is not gone again."""
    one = node.step.choose == "one"
    better = replace(
        kept,
        code=read.codes[0] if one else "",
        codes=() if one else read.codes,
        text=reply.text or kept.text,
        comment=read.comment or kept.comment,
        replies=(*kept.replies, reply.id),
    )
    draft.keep(better, again=True)
    if kept.fact:
        value = read.codes[0] if one else read.codes
        draft.learn(Learned(kept.fact, value, "answer", kept.step, kept.question))
    if node.step.invite_to and read.codes:
        rsvp(draft, kept.flow, kept.item, read.codes[0])
    last = replace(talk.trail[-1], codes=read.codes, replies=better.replies)
    put(draft, replace(talk, before=better, trail=(*talk.trail[:-1], last)))


# ── going back ──


def go_back(draft: Draft) -> None:
    """Undo the last question that was asked and done with, and ask it again."""
    talk = draft.open
    if not talk.trail:
        repeat(draft, "nothing_before")
        return
    last = talk.trail[-1]
    take_back_heard(draft, talk)
    if not last.skipped:
        draft.withdraw(f"{talk.key}:{last.place}", last.held)
    node = draft.index.by_name[last.place.partition("@")[0]]
    if talk.open_key:
        draft.leave(draft.node, talk.open_key)
    draft.note(trail=talk.trail[:-1], before=None, before_key="", heard=None, chosen=())
    if last.fact:
        draft.learn(Learned(node.step.keep_as, None, "command", node.step.name))
    ask(draft, draft.index.nodes[node.at], path_of(last.place))
