"""A revision: one flow in every language with its lists, told from others by its hash."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from bot.dialogue.flow import Bundle, Choice, Flow, Item, Step

HASH_LENGTH = 16


def bundle(flow_by_language: Mapping[str, Flow], source: str) -> Bundle:
    """Put a flow's languages together; `source` is the one it was written in."""
    return Bundle(dict(sorted(flow_by_language.items())), source)


def revision_hash(revision: Bundle) -> str:
    """Return what names a revision: 16 hexadecimal digits over all that people may see of it."""
    flows = {code: _lineless(flow) for code, flow in revision.flows.items()}
    return _digest(Bundle(flows, revision.source))


def structure_hash(revision: Bundle) -> str:
    """Return the same for two revisions that differ in texts alone: same steps, codes, conditions.

    A conversation that is under way may go on with such a one.
    """
    flow = _lineless(revision.flows[revision.source])
    blank = replace(
        flow,
        title="",
        keywords=(),
        minutes=0,
        steps=tuple(_wordless(step) for step in flow.steps),
        endings=tuple(replace(ending, text="") for ending in flow.endings),
        lists={name: _codes(items) for name, items in flow.lists.items()},
        documents={},
    )
    return _digest(blank)


def _digest(value: Any) -> str:
    written = msgspec.json.encode(value, order="deterministic")
    return hashlib.sha256(written).hexdigest()[:HASH_LENGTH]


def _lineless(flow: Flow) -> Flow:
    """Forget where things stood in the file: moving a comment changes nothing."""
    return replace(
        flow,
        steps=tuple(_step_lineless(step) for step in flow.steps),
        endings=tuple(replace(ending, line=0) for ending in flow.endings),
    )


def _step_lineless(step: Step) -> Step:
    return replace(step, line=0, steps=tuple(_step_lineless(each) for each in step.steps))


def _wordless(step: Step) -> Step:
    """Keep whether there is a text, not what it says: a text that appears is a new prompt."""
    return replace(
        step,
        say="…" if step.say else "",
        more="…" if step.more else "",
        ask="…" if step.ask else "",
        choices=_unlabelled(step.choices),
        parts=_unlabelled(step.parts),
        steps=tuple(_wordless(each) for each in step.steps),
    )


def _unlabelled(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(choice.code, "") for choice in choices)


def _codes(items: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(Item(item.code, hidden=item.hidden) for item in items)
