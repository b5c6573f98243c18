"""Walking a flow: from one question down to the next, or to the ending."""

from bot.dialogue.asking import ask, say
from bot.dialogue.draft import Draft
from bot.dialogue.flow import FORGET_ME, Ending, Flow, Step
from bot.dialogue.index import Node
from bot.dialogue.meeting import goes_on
from bot.dialogue.recall import holds, items_of, known_fact
from bot.dialogue.reply import Prompt
from bot.dialogue.values import filled

Spot = tuple[int, Node | None, tuple[str, ...]]  # step's number, its block, the items


def walk(draft: Draft, at: int, block: Node | None, path: tuple[str, ...]) -> None:
    """Go on from a step until something is asked, a person takes over, or the flow ends."""
    nodes = draft.index.nodes
    while True:
        at, block, path = _next_round(draft, at, block, path)
        if at >= len(nodes):
            end(draft, draft.index.main)
            return
        node = nodes[at]
        step = node.step
        if step.only_if and not holds(draft, node, path):
            at = node.after
        elif step.steps:
            at, block, path = _enter(draft, node, block, path)
        elif step.answer is None:
            say(draft, node, path)
            if step.hand_over:
                wait_for_a_person(draft, node, path)
                return
            at = node.after
        elif (known := known_fact(draft, step)) is not None:
            target = _jump(step, known)
            if target and _jump_to_ending(draft, target):
                return
            at, block, path = _landing(draft, node, path, target)
        else:
            ask(draft, node, path)
            return


def go_on(draft: Draft, node: Node, path: tuple[str, ...], codes: tuple[str, ...]) -> None:
    """Go on behind a question that was just answered, jumping if its answer says so."""
    target = _jump(node.step, codes)
    if target and _jump_to_ending(draft, target):
        return
    walk(draft, *_landing(draft, node, path, target))


def leave_block(draft: Draft, node: Node, path: tuple[str, ...]) -> None:
    """Go on behind the block in which a question stands: the person has had enough."""
    block = node.block
    if block is not None:
        walk(draft, block.after, block.block, path[:-1])


def end(draft: Draft, ending: Ending) -> None:
    """Say goodbye and end the conversation in the foreground."""
    talk = draft.open
    if ending.text:
        text = filled(draft, ending.text, None, ())
        draft.prompts.append(Prompt(text, "ending", step=ending.name))
    now = draft.scene.now
    draft.note(
        state="ended", ended_at=now, ending=ending.name, place="", open_key="", heard=None,
        chosen=(), page=0, unsure=None,
    )  # fmt: skip
    put_off = tuple(key for key in draft.person.put_off if key != talk.key)
    if ending.name != draft.index.main.name:
        put_off = (*put_off, talk.key)
    draft.note_person(done={**draft.person.done, talk.key: now}, put_off=put_off)


def wait_for_a_person(draft: Draft, node: Node, path: tuple[str, ...]) -> None:
    """Let a human speak instead of the bot; the talk goes on behind this step afterwards."""
    draft.note(place="@".join((node.step.name, *path)), open_key="")
    draft.note_person(human=True)
    draft.effect("hand over", node.step.name)


def _jump(step: Step, codes: tuple[str, ...]) -> str:
    if not step.jumps or len(codes) != 1:
        return ""
    return next((jump.target for jump in step.jumps if jump.code == codes[0]), "")


def leads_to_forgetting(step: Step, codes: tuple[str, ...]) -> bool:
    """Say whether this answer asks that everything be erased."""
    return _jump(step, codes) == FORGET_ME


def _jump_to_ending(draft: Draft, target: str) -> bool:
    ending = draft.index.endings.get(target)
    if ending is None or target in draft.index.by_name:
        return False
    end(draft, ending)
    return True


def _landing(draft: Draft, node: Node, path: tuple[str, ...], target: str) -> Spot:
    """Return where the road goes on: behind the step, at a step further down, or the next item."""
    if not target:
        return node.after, node.block, path
    if target == "next item" and node.block is not None:
        return node.block.after, node.block, path
    landing = draft.index.by_name[target]
    return landing.at, landing.block, path[: landing.depth]


# ── blocks ──


def _enter(draft: Draft, node: Node, block: Node | None, path: tuple[str, ...]) -> Spot:
    """Begin with the first item of a block that is still shown, or pass the block by."""
    codes = items_of(draft, node, path)
    draft.note(runs={**draft.open.runs, _run(node, path): codes})
    first = _shown(draft, node, codes)
    if first is None:
        return node.after, block, path
    _note_shown(draft, node, first)
    return node.at + 1, node, (*path, first)


def _next_round(draft: Draft, at: int, block: Node | None, path: tuple[str, ...]) -> Spot:
    """At the end of a block go up to it for the next item, or out of it."""
    while block is not None and at >= block.after:
        codes = draft.open.runs.get(_run(block, path[:-1]), ())
        rest = codes[codes.index(path[-1]) + 1 :] if path[-1] in codes else ()
        following = _shown(draft, block, rest)
        if following is not None:
            if block.step.up_to:
                draft.notice("again_or_enough")
            _note_shown(draft, block, following)
            return block.at + 1, block, (*path[:-1], following)
        at, path, block = block.after, path[:-1], block.block
    return at, block, path


def _note_shown(draft: Draft, block: Node, code: str) -> None:
    """Count what someone else said as heard, so that all are heard about as often."""
    if block.step.hear_others:
        draft.effect("shown", code)


def _run(block: Node, outer: tuple[str, ...]) -> str:
    return "@".join((block.step.name, *outer)) if outer else block.step.name


def _shown(draft: Draft, block: Node, codes: tuple[str, ...]) -> str | None:
    """Return the first of these items that is still shown, also by the newest revision."""
    newest = draft.programme.current.get(draft.flow.name)
    gone = frozenset[str]()
    if newest is not None and newest != draft.open.revision:
        gone = _withdrawn(draft, draft.programme.flow(newest, draft.language), block)
    return next(
        (code for code in codes if code not in gone and goes_on(draft, block, code)),
        None,
    )


def _withdrawn(draft: Draft, newest: Flow, block: Node) -> frozenset[str]:
    """Return the items of a block's list that the newest revision hides or no longer has."""
    items = newest.lists.get(block.step.for_each)
    if items is None:
        return frozenset()
    shown = {item.code for item in items if not item.hidden}
    return frozenset(item.code for item in draft.flow.lists[block.step.for_each]) - shown
