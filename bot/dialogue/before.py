"""The answer to the question before: whose it is, and whether one may still add to it."""

from bot.dialogue.conversation import Conversation
from bot.dialogue.draft import Draft
from bot.dialogue.index import Node, index_of
from bot.dialogue.reply import Kept

SAID_FREELY = ("text", "voice", "text or voice")


def answered_before(draft: Draft) -> Conversation | None:
    """Return the conversation that holds the answer to the question before, if any."""
    talk = draft.talk
    if talk is not None and (talk.trail or talk.before):
        return talk if talk.before else None
    ended = last_ended(draft)
    return ended if ended is not None and ended.before is not None else None


def last_ended(draft: Draft) -> Conversation | None:
    """Return the conversation that ended last, as far as it is still at hand."""
    ended = [one for one in reversed(draft.person.conversations) if one.state == "ended"]
    return max(ended, key=lambda one: one.ended_at, default=None)  # of several, the last


def last_talk(draft: Draft) -> Conversation | None:
    """Return the conversation that ended last; of one that was long ago, only its name."""
    ended = last_ended(draft)
    if ended is not None:
        return ended
    known, done = draft.programme.current, draft.person.done
    keys = [key for key in done if key.partition("/")[0] in known]
    if not keys:
        return None
    flow, _, about = max(keys, key=lambda key: done[key]).partition("/")
    return Conversation(flow, known[flow], about, "ended")


def node_of(draft: Draft, talk: Conversation, step: str) -> Node:
    """Return a step of any conversation, in the person's language."""
    flow = draft.programme.flow(talk.revision, draft.language)
    return index_of(flow).by_name[step]


def open_answer(draft: Draft) -> Conversation | None:
    """Return the conversation that holds the answer just given, if one may add words to it.

    A choice has comments instead, and what became a fact (a name, a region) is whole.
    """
    talk = answered_before(draft)
    return talk if talk is not None and talk.before and _said_freely(talk.before) else None


def _said_freely(kept: Kept) -> bool:
    return kept.kind in SAID_FREELY and not kept.fact and bool(kept.text or kept.files)


def just_said(draft: Draft) -> bool:
    """Say whether the open question follows such an answer: given just now, in this turn."""
    talk = open_answer(draft)
    return talk is not None and (talk is draft.talk or talk.ended_at == draft.scene.now)
