"""What an answer does: it is written down, becomes a fact, and the talk goes on."""

from typing import Any

from msgspec.structs import replace

from bot.dialogue.asking import question_text
from bot.dialogue.conversation import Answered, Conversation, Heard
from bot.dialogue.draft import Draft, held_kind, kind_of
from bot.dialogue.engine import go_on, leads_to_forgetting, wait_for_a_person
from bot.dialogue.flow import CONSENTS, Struct
from bot.dialogue.index import Node
from bot.dialogue.meeting import rsvp
from bot.dialogue.preferring import choose_by_speaking
from bot.dialogue.reply import File, Kept, Learned, Reply
from bot.dialogue.rights import forget

NOTHING_HEARD = Heard()
NO_SPEECH = "no_speech"  # nobody speaks in it, though there is something to hear


class Answer(Struct, frozen=True, omit_defaults=True):
    """A reply as it was understood at a question."""

    codes: tuple[str, ...] = ()
    value: Any = None
    text: str = ""  # the words that are the answer
    comment: str = ""  # the words besides a choice
    files: tuple[File, ...] = ()
    unresolved: bool = False


def accept(
    draft: Draft,
    answer: Answer,
    reply: Reply,
    *,
    again: bool = False,
    replies: tuple[str, ...] = (),
) -> None:
    """Take an answer to the open question: keep it, learn from it, and go on.

    `again`: it takes the place of an earlier answer, made of the messages `replies`.
    """
    node, path = draft.node, draft.path
    if leads_to_forgetting(node.step, answer.codes):
        forget(draft)  # the question stays open: it is put again where all shall stay
        return
    heard = draft.open.heard or NOTHING_HEARD
    kept = _kept(draft, node, path, answer, heard, reply)
    if replies:
        kept = replace(kept, replies=tuple(dict.fromkeys(replies + kept.replies)))
    again = again or bool(heard.replies)
    _learn(draft, node, answer, kept)
    kept = _dated(draft, node, kept)
    draft.keep(kept, again=again)
    if heard.words or heard.files:
        draft.count_as(held_kind("", heard.files, chosen=False), kind_of(kept))
    _remember(draft, node, kept, heard, reply)
    draft.leave(node, draft.open.before_key)
    if answer.unresolved:
        draft.effect("hear", kept.key)
        draft.notice("unresolved_voice" if any(f.is_sound for f in kept.files) else "unresolved")
    choose_by_speaking(draft, kept.files, kept.step)
    tell_verdicts(draft)
    if node.step.invite_to and kept.code and not answer.unresolved:
        rsvp(draft, kept.flow, kept.item, kept.code)
    _onward(draft, node, path, answer)


def _onward(draft: Draft, node: Node, path: tuple[str, ...], answer: Answer) -> None:
    codes = () if answer.unresolved else answer.codes
    if node.step.hand_over and codes != ("no",):
        wait_for_a_person(draft, node, path)
    else:
        go_on(draft, node, path, codes)


def _kept(
    draft: Draft, node: Node, path: tuple[str, ...], answer: Answer, heard: Heard, reply: Reply
) -> Kept:
    talk, step = draft.open, node.step
    one = step.answer in ("choice", "1 to 5") and step.choose == "one"
    files = heard.files + answer.files if heard.files else answer.files
    replies = heard.replies
    if reply.id and reply.id not in replies:
        replies = (*replies, reply.id)
    return Kept(
        key=f"{talk.key}:{talk.place}",
        conversation=talk.key,
        flow=talk.flow,
        revision=talk.revision,
        step=step.name,
        question=question_text(draft, node, path),
        item=path[-1] if path else "",
        kind=step.answer or "",
        code=answer.codes[0] if one and answer.codes else "",
        codes=() if one else answer.codes,
        value=answer.value,
        text=_said(node, answer, heard),
        comment=_comment(node, answer, heard),
        files=files,
        about=talk.about,
        language=draft.language,
        state="unresolved" if answer.unresolved else "kept",
        fact=step.keep_as,
        asked_at=talk.asked_at,
        answered_at=draft.reply.at or draft.scene.now,
        replies=replies,
    )


def _said(node: Node, answer: Answer, heard: Heard) -> str:
    """Return the words of the answer itself, with what came before it at an open question."""
    if node.offer or not heard.words:
        return answer.text
    return f"{heard.words}\n{answer.text}" if answer.text else heard.words


def _comment(node: Node, answer: Answer, heard: Heard) -> str:
    if not node.offer or not heard.words:
        return answer.comment
    return f"{heard.words}\n{answer.comment}" if answer.comment else heard.words


def _learn(draft: Draft, node: Node, answer: Answer, kept: Kept) -> None:
    """Let the answer become a fact, where the step says so and it was understood."""
    step = node.step
    if not step.keep_as or answer.unresolved:
        return
    value: str | tuple[str, ...] = kept.codes or kept.code or answer.text.strip()
    if step.answer in ("number", "date", "time") and answer.value is not None:
        value = str(answer.value)
    if not value and step.keep_as == "spoken language" and any(f.is_sound for f in kept.files):
        value = SAID_ALOUD
    if value:
        draft.learn(Learned(step.keep_as, value, "answer", step.name, kept.question))


def _dated(draft: Draft, node: Node, kept: Kept) -> Kept:
    """At the language question the answer is in the language that was chosen."""
    if node.step.keep_as == "language" and kept.language != draft.language:
        return replace(kept, language=draft.language)
    return kept


def _remember(draft: Draft, node: Node, kept: Kept, heard: Heard, reply: Reply) -> None:
    """Put the answer on the trail and forget the open question."""
    talk = draft.open
    parts = heard.parts + ((reply.text,) if reply.id else ())
    if not heard.parts or node.offer:
        parts = ()
    answered = Answered(
        place=talk.place,
        codes=(kept.code,) if kept.code else kept.codes,
        comment=bool(kept.comment or (node.offer and kept.files)),
        unresolved=kept.state == "unresolved",
        replies=kept.replies,
        parts=parts,
        fact=bool(kept.fact) and kept.state != "unresolved",
        held=kind_of(kept),
    )
    draft.note(
        trail=(*talk.trail, answered),
        before=kept,
        before_key=talk.open_key,
        place="",
        open_key="",
        heard=None,
        chosen=(),
        page=0,
        unsure=None,
        listening=False,
    )


def skip(draft: Draft) -> None:
    """Pass over the open question, as its step allows."""
    node, path, talk = draft.node, draft.path, draft.open
    if talk.heard is not None:
        keep_heard(draft, node, path, talk.heard)
    answered = Answered(place=talk.place, skipped=True)
    draft.leave(node, talk.open_key)
    draft.note(trail=(*talk.trail, answered), before=None, before_key="", heard=None, chosen=())
    tell_verdicts(draft)
    go_on(draft, node, path, ())


# ── what was said without answering ──


def hear(draft: Draft, reply: Reply, *, silent: bool = False) -> Heard:
    """Keep what was said at the open question, so that it becomes the answer's comment."""
    node, path = draft.node, draft.path
    before = draft.open.heard or NOTHING_HEARD
    heard = Heard(
        replies=(*before.replies, reply.id),
        parts=(*before.parts, reply.text),
        files=before.files + reply.files,
        notes=before.notes + any(file.is_sound for file in reply.files),
        tries=before.tries + (not silent),
        at=reply.at,
    )
    keep_heard(draft, node, path, heard, again=bool(before.replies))
    draft.note(heard=heard)
    return heard


def keep_heard(
    draft: Draft, node: Node, path: tuple[str, ...], heard: Heard, *, again: bool = True
) -> None:
    """Write down what was heard at once, as an answer that is not resolved yet."""
    if not heard.words and not heard.files:
        return
    bare = Answer(unresolved=True, files=())
    kept = _kept(draft, node, path, bare, heard, Reply(id="", at=heard.at))
    draft.keep(kept, again=again)


def keep_aside(draft: Draft, talk: Conversation, reply: Reply, step: str = "") -> None:
    """Keep words that answer no open question as a record of their own."""
    draft.keep(
        Kept(
            key=f"{talk.key}:{step}+{reply.id}",
            conversation=talk.key,
            flow=talk.flow,
            revision=talk.revision,
            step=step,
            question="",
            kind="text or voice",
            text=reply.text,
            files=reply.files,
            about=talk.about,
            language=draft.language,
            answered_at=reply.at,
            replies=(reply.id,),
        )
    )


def give_up(draft: Draft, reply: Reply) -> None:
    """Go on without an understood answer: the words are kept, a choice waits for a human ear."""
    node = draft.node
    if not node.offer:
        accept(draft, Answer(), NO_WORDS)
    elif node.step.keep_as in CONSENTS:
        wait_to_be_heard(draft)
    else:
        accept(draft, Answer(unresolved=True), NO_WORDS)


NO_WORDS = Reply(id="", at=0)
SAID_ALOUD = "?"  # the language that somebody speaks, named by voice: a listener will hear it


def wait_to_be_heard(draft: Draft) -> None:
    """Hold the talk at a consent until a person has heard the answer: until then it is a no."""
    talk = draft.open
    if not talk.listening:
        draft.effect("hear", f"{talk.key}:{talk.place}")
    draft.note(listening=True)
    draft.notice("listening")


def tell_verdicts(draft: Draft) -> None:
    """Tell of recordings that were judged bad in the meantime, now that a step is done."""
    told = draft.person.verdicts
    if not told:
        return
    again = "late_again" if draft.talk is not None else "late_send"
    for file in told:
        draft.effect("mark verdict told", file.media)
        draft.notice(f"late_{verdict(file)}")
    draft.notice(again)
    draft.note_person(verdicts=())


def verdict(file: File) -> str:
    """Return why a recording cannot be used, as the phrases name it."""
    if file.state == "lost":
        return "lost"
    return file.verdict if file.verdict in VERDICTS else "unreadable"


VERDICTS = ("empty_file", "silent", "no_speech", "too_long", "too_big")
