"""Where someone is and why, for coordinators; and a talk's steps, for the simulator's side."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal

from bot.dialogue.adding import ADD
from bot.dialogue.asking import question_text
from bot.dialogue.commands import own_name
from bot.dialogue.conversation import Answered, Conversation, Person, Programme, Scene
from bot.dialogue.draft import Draft, path_of, phrase
from bot.dialogue.flow import Struct, Test
from bot.dialogue.index import Node, index_of
from bot.dialogue.offers import conversation_key, next_key, title_of
from bot.dialogue.placeholders import fill
from bot.dialogue.recall import is_true
from bot.dialogue.values import progress_text

MOST_ANSWERS = 5  # of what was answered only the last few are told


def explain(programme: Programme, person: Person, scene: Scene, language: str = "en") -> list[str]:
    """Return sentences that say where someone is and why; no contents of their answers."""
    draft = Draft(programme, person, scene)
    return [
        phrase(programme, language, key, **{str(n): one for n, one in enumerate(args, 1)})
        for key, *args in _found(draft, language)
    ]


def understood(programme: Programme, language: str, read: tuple[str, ...]) -> str:
    """Return the sentence of a Turn's `understood`, "" where nothing is to be said."""
    if not read:
        return ""
    values = {str(n): one for n, one in enumerate(read[1:], 1)}
    return phrase(programme, language, read[0], **values)


Finding = tuple[str, ...]  # a phrase's key, and its arguments


def _found(draft: Draft, language: str) -> Iterator[Finding]:
    yield from _of_person(draft, language)
    if draft.talk is None:
        yield ("explain_nowhere",)
    else:
        yield from _of_talk(draft)
    for one in draft.person.conversations:
        if one.state == "waiting":
            yield "explain_waiting", title_of(draft, one.key)
        if one.state == "ended":
            yield "explain_ended", title_of(draft, one.key), one.ending
    for invitation in draft.person.invitations:
        yield "explain_invited", title_of(draft, conversation_key(invitation))
    yield from _of_sessions(draft, language)
    following = next_key(draft)
    if draft.talk is None and following and not draft.refused:
        yield "explain_next", title_of(draft, following)


def _of_sessions(draft: Draft, language: str) -> Iterator[Finding]:
    for code, session in draft.scene.sessions.items():
        begins = datetime.fromtimestamp(session.begins_at / 1000, UTC)
        when = begins.strftime("%Y-%m-%d %H:%M UTC")
        if session.answer:
            said = phrase(draft.programme, language, f"explain_rsvp_{session.answer}")
            yield "explain_session", code, when, said
        if session.leads:
            yield "explain_leads", code, when


def _of_person(draft: Draft, language: str) -> Iterator[Finding]:
    person = draft.person
    if person.stopped:
        yield ("explain_stopped",)
    if person.human:
        yield ("explain_human",)
    if draft.refused:
        yield ("explain_refused",)
    if person.language:
        yield "explain_language", own_name(person.language)
    else:
        yield ("explain_language_unknown",)
    if person.pending == ADD:
        yield ("explain_adding",)
    elif person.pending:
        yield "explain_pending", person.pending


def _of_talk(draft: Draft) -> Iterator[Finding]:
    talk, node, path = draft.open, draft.node, draft.path
    where = progress_text(draft, node, path)
    since = datetime.fromtimestamp(talk.asked_at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    yield "explain_at", draft.flow.title, talk.revision, talk.place, where, since
    yield "explain_asked", question_text(draft, node, path)
    for answered in talk.trail[-MOST_ANSWERS:]:
        yield "explain_answered", answered.place, _in_words(draft, answered)
    yield from _passed_by(draft, node, path)
    if talk.heard is not None:
        yield "explain_heard", str(talk.heard.tries)
    if talk.listening:
        yield ("explain_listening",)
    if draft.idle:
        yield ("explain_idle",)


def _in_words(draft: Draft, answered: Answered) -> str:
    """Say how something was answered: a code, or that there were words, never the words."""
    if answered.skipped:
        return draft.phrase("explain_skipped")
    if answered.unresolved:
        return draft.phrase("explain_unresolved")
    return ", ".join(answered.codes) or draft.phrase("explain_words")


def _passed_by(draft: Draft, here: Node, path: tuple[str, ...]) -> Iterator[Finding]:
    """Tell which steps above, in the same block, were passed over, and for which condition."""
    done = {answered.place.partition("@")[0] for answered in draft.open.trail}
    for node in draft.index.nodes[: here.at]:
        step = node.step
        if node.block is here.block and step.only_if and step.name not in done:
            failing = [test for test in step.only_if if not is_true(draft, test, path)]
            if failing:
                yield "explain_passed_by", step.name, _written(failing[0])


def _written(test: Test) -> str:
    """Return a condition as the flow has it: "avis is amend or oppose"."""
    return f"{test.subject} {test.says} {' or '.join(test.values)}".strip()


class Outlined(Struct, frozen=True, omit_defaults=True):
    """One step of a talk, for the side of the simulator's page."""

    name: str
    text: str
    state: Literal["done", "now", "later", "skipped"]
    depth: int = 0
    asks: bool = False


def outline(programme: Programme, person: Person, scene: Scene | None = None) -> list[Outlined]:
    """Return the steps of the talk in the foreground, or of the last one; the present one lit."""
    talk = _shown_talk(person)
    if talk is None:
        return []
    draft = Draft(programme, person, scene or Scene(now=talk.touched_at))
    index = index_of(programme.flow(talk.revision, draft.language))
    here = index.by_name.get(talk.place.partition("@")[0])
    at = here.at if here else len(index.nodes)
    return [
        Outlined(
            node.step.name,
            fill(node.step.ask or node.step.say or node.step.for_each or node.step.hear_others, {}),
            _state(node, at, talk),
            node.depth,
            node.step.waits,
        )
        for node in index.nodes
    ]


def _shown_talk(person: Person) -> Conversation | None:
    talks = sorted(person.conversations, key=lambda one: one.state != "open")
    return talks[0] if talks else None


def _state(node: Node, at: int, talk: Conversation) -> Literal["done", "now", "later", "skipped"]:
    if node.at == at:
        return "now"
    item = path_of(talk.place)
    answered = [
        one for one in talk.trail
        if one.place.partition("@")[0] == node.step.name
        and path_of(one.place)[: len(item)] == item[: node.depth]
    ]  # fmt: skip
    if answered:
        return "skipped" if answered[-1].skipped else "done"
    if node.at > at:
        return "later"
    if node.after > at:  # a block, and we are in it
        return "now"
    return "skipped" if node.step.waits else "done"
