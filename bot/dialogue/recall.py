"""What is known at a place of a talk: earlier answers, facts, and so which conditions hold."""

from bot.dialogue.conversation import Answered
from bot.dialogue.draft import Draft
from bot.dialogue.flow import OWN_ANSWERS, Step, Test
from bot.dialogue.index import Node, chosen_at
from bot.dialogue.meeting import near_now, sessions_for
from bot.dialogue.others import others_at
from bot.dialogue.sessions import NEARNESS, SESSION


def known_fact(draft: Draft, step: Step) -> tuple[str, ...] | None:
    """Return what is known already of a question that asks for a fact, None if nothing."""
    name = step.keep_as
    if not name:
        return None
    if name == "language":
        return (draft.person.language,) if draft.person.language else None
    value = draft.person.facts.get(name)
    if value is None or value == "":
        return None
    return (value,) if isinstance(value, str) else tuple(value)


def items_of(draft: Draft, node: Node, path: tuple[str, ...]) -> tuple[str, ...]:
    """Return the codes that a block runs over for this person."""
    step = node.step
    if step.up_to:
        return tuple(str(n) for n in range(1, step.up_to + 1))
    if step.for_each == OWN_ANSWERS:
        return tuple(outcome.code for outcome in draft.scene.outcomes)
    if step.for_each == SESSION:
        return sessions_for(draft)
    if step.hear_others:
        return tuple(other.code for other in others_at(draft, node))
    source = chosen_at(step)
    if not source:
        return tuple(item.code for item in draft.flow.lists.get(step.for_each, ()))
    asking = draft.index.by_name[source]
    answered = answer_at(draft, asking, path)
    if answered is not None:
        return answered.codes
    return known_fact(draft, asking.step) or ()


def answer_at(draft: Draft, asking: Node, path: tuple[str, ...]) -> Answered | None:
    """Return what was answered at a step, for the current item if the step stands in a block."""
    place = "@".join((asking.step.name, *path[: asking.depth]))
    for answered in reversed(draft.open.trail):
        if answered.place == place:
            return None if answered.skipped else answered
    return None


def holds(draft: Draft, node: Node, path: tuple[str, ...]) -> bool:
    """Say whether every condition of a step is true now."""
    return all(is_true(draft, test, path) for test in node.step.only_if)


def is_true(draft: Draft, test: Test, path: tuple[str, ...]) -> bool:
    """Say whether one test of a condition is true now."""
    if test.kind == "channel":
        return draft.scene.plays_sound
    if test.kind == "person":
        return any(answered.held == "voice" for answered in draft.open.trail)
    if test.kind == "list":
        return bool(draft.scene.outcomes) == (test.says == "are known")
    if test.kind == "session":
        return bool(near_now(draft)) == (test.subject == NEARNESS[0])
    if test.kind == "fact":
        return _fact_is(draft.person.facts.get(test.subject), test)
    asking = draft.index.by_name.get(test.subject)
    if asking is None:
        return False
    answered = answer_at(draft, asking, path)
    if answered is None:
        known = known_fact(draft, asking.step)
        return known is not None and _fact_is(known, test)
    return answered.unresolved or _answer_is(answered, test)


def _fact_is(value: object, test: Test) -> bool:
    if test.says == "is unknown":
        return not value
    known = (value,) if isinstance(value, str) else value
    if test.says != "is" or not isinstance(known, tuple | list):
        return False
    return any(code in test.values for code in known)


def _answer_is(answered: Answered, test: Test) -> bool:
    if test.says == "has a comment":
        return answered.comment
    if test.says == "has no comment":
        return not answered.comment
    return test.says == "is" and any(code in test.values for code in answered.codes)
