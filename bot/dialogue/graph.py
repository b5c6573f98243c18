"""A flow as a drawing: mermaid's `flowchart`, which code hosts show as a picture."""

from collections.abc import Iterator, Mapping, Sequence

from bot.dialogue.flow import FORGET_ME, Flow, Step, Test
from bot.dialogue.flowfile import every_step
from bot.dialogue.order import NEXT_ITEM

LONGEST = 60  # characters of a sentence that stand in a box


def graph(flow: Flow) -> str:
    """Return the drawing: questions as rounded boxes, blocks as frames, jumps as dashed arrows."""
    lines = ["flowchart TD", f'  begin(["{_escaped(flow.title)}"])']
    lines += [line for step in flow.steps for line in _boxes(step, "  ")]
    lines += [
        f'  {_id(end.name)}[["{_escaped(end.name)}: {_short(end.text)}"]]' for end in flow.endings
    ]
    doors = {step.name: _enter(step) for step in every_step(flow.steps)}
    doors |= {end.name: _id(end.name) for end in flow.endings}
    if any(jump.target == FORGET_ME for step in every_step(flow.steps) for jump in step.jumps):
        doors[FORGET_ME] = "forget_me"
        lines.append(f'  forget_me[["{FORGET_ME}"]]')
    leave = _id(flow.endings[0].name) if flow.endings else "begin"
    first = [f"  begin --> {_enter(flow.steps[0])}"] if flow.steps else []
    return "\n".join([*lines, *first, *_ways(flow.steps, leave, doors)]) + "\n"


def _id(name: str) -> str:
    """Make a name that mermaid takes for no word of its own, such as "end"."""
    return f"s_{name.replace('-', '_dash_')}"


def _boxes(step: Step, indent: str) -> Iterator[str]:
    if step.steps:
        times = _times(step)
        yield f'{indent}subgraph {_id(step.name)}["{_escaped(f"{step.name} ({times})")}"]'
        for each in step.steps:
            yield from _boxes(each, indent + "  ")
        yield f"{indent}end"
        return
    text = _short(step.ask or step.say or step.attach or "…")
    opening, closing = ('("', '")') if step.waits else ('["', '"]')
    yield f"{indent}{_id(step.name)}{opening}{_box_text(step, text)}{closing}"


def _times(step: Step) -> str:
    if step.hear_others:
        return f"hear others: up to {step.hear_most} answers to {step.hear_others}"
    return f"for each: {step.for_each}" if step.for_each else f"up to {step.up_to} times"


def _box_text(step: Step, text: str) -> str:
    lines = [f"{_escaped(step.name)}: {text}"]
    if step.choices_from:
        lines.append(f"choices from {_escaped(step.choices_from)}")
    elif step.choices:
        lines.append(" / ".join(_escaped(choice.label) for choice in step.choices))
    elif step.answer:
        lines.append(f"answer: {step.answer}")
    marks = [("optional", step.optional), ("a person takes over", step.hand_over)]
    lines += [mark for mark, holds in marks if holds]
    return "<br/>".join(lines)


def _enter(step: Step) -> str:
    """Return where an arrow to a step arrives: at its condition, if it has one."""
    return f"{_id(step.name)}_if" if step.only_if else _id(step.name)


def _ways(steps: Sequence[Step], leave: str, doors: Mapping[str, str]) -> Iterator[str]:
    """Yield the arrows; `leave` is where the last step leads, `doors` where each is entered."""
    for place, step in enumerate(steps):
        onward = _enter(steps[place + 1]) if place + 1 < len(steps) else leave
        yield from _condition(step, onward)
        if step.steps:
            yield from _ways(step.steps, f"|next| {_enter(step.steps[0])}", doors)
        yield f"  {_id(step.name)} {_arrow(onward)}"
        for jump in step.jumps:
            target = _enter(steps[0]) if jump.target == NEXT_ITEM else doors[jump.target]
            yield f'  {_id(step.name)} -. "{_escaped(jump.code)}" .-> {target}'


def _arrow(target: str) -> str:
    return f"-->{target}" if target.startswith("|") else f"--> {target}"


def _condition(step: Step, onward: str) -> Iterator[str]:
    if not step.only_if:
        return
    said = _escaped(", and ".join(map(_sentence, step.only_if)))
    yield f'  {_enter(step)}{{"{said}?"}} -->|yes| {_id(step.name)}'
    past = onward.removeprefix("|next| ")
    yield f"  {_enter(step)} -->|no| {past}"


def _sentence(test: Test) -> str:
    return " ".join((test.subject, test.says, " or ".join(test.values))).strip()


def _short(text: str) -> str:
    line = " ".join(text.split())
    return _escaped(line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…")


def _escaped(text: str) -> str:
    """Write the signs that would end a label, or be read as HTML, as mermaid's entities."""
    for sign, entity in (
        ("#", "#35;"),
        ("&", "#38;"),
        ('"', "#quot;"),
        ("<", "#lt;"),
        (">", "#gt;"),
    ):
        text = text.replace(sign, entity)
    return text.replace("`", "#96;")
