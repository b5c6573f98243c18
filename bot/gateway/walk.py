"""How a flow would sound to somebody who is asked everything, or only what all are asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.dialogue.flow import Choice, Flow, Item, Step
from bot.dialogue.placeholders import OFTEN_EMPTY, fill
from bot.dialogue.reply import Attachment, Prompt
from bot.dialogue.sessions import NEARNESS, SESSION

# Values of ordinary length, so that figures are those of ordinary messages.
SAMPLE: Mapping[str, str] = {
    "first_name": "Fatoumata",
    "questions": "10",
    "minutes": "10",
    "progress": "10 / 12",
    "network": "Union des femmes",
    "network.keyword": "FEMMES",
    "network.link": "https://example.org/j/femmes",
    "about.title": "Vendre ensemble au marché",
    "about.date": "samedi 14 novembre 2026, 15:00",
    "about.place": "Maison des associations, Thiès",
    "item.date": "samedi 14 novembre 2026, 15:00",
    "item.place": "Maison des associations, Thiès",
    "item.seats": "Places : 12.",
    "figures.people": "1 200",
    "figures.answers": "9 400",
    "figures.voices": "2 100",
    "figures.minutes": "3 600",
    "figures.languages": "12",
    "figures.networks": "15",
    "figures.regions": "9",
    "figures.by_theme": "Food (420), Housing (310), Health (280), Rights (190) and Trade (90)",
    "figures.by_region": "West Africa (420), Latin America (310), Europe (90) and East Asia (41)",
    "figures.by_language": "French (620), Spanish (410) and English (170)",
    "answered": "in September",
}
NEARBY = 2  # sessions at a time, for most people
SAID = "." * 120  # as long as what someone else says usually is
HEARD = ("can play sound", "has spoken")  # tests that hold where voices are heard
NEXT_PAGE = "0 = more"  # about as long in any language; only the first page is counted


@dataclass(frozen=True)
class WalkedTurn:
    """What the bot says at once: it ends with a question, or with an ending."""

    step: str
    line: int
    prompts: tuple[Prompt, ...]


@dataclass(frozen=True)
class Exchanges:
    """How many questions one answers, from the shortest way through to the longest."""

    least: int
    most: int


def turns(
    flow: Flow, *, everything: bool, empty: bool = False, silent: bool = False
) -> Iterator[WalkedTurn]:
    """Yield the turns of a talk that never jumps; the last is the first ending.

    `everything`: every condition holds; else questions that hang on an earlier answer are left
    out. `empty`: nothing is known of the person. `silent`: on a channel that plays no sound.
    """
    said: list[Prompt] = []
    values = {} if empty else SAMPLE
    if empty:
        values = {name: text for name, text in SAMPLE.items() if name not in OFTEN_EMPTY}
    values = {**values, **_about(flow)}
    for step, item in _steps(flow, flow.steps, everything=everything):
        if silent and any(test.says in HEARD for test in step.only_if):
            continue
        said += _prompts(flow, step, item, values)
        if step.waits:
            yield WalkedTurn(step.name, step.line, tuple(said))
            said = []
    for ending in flow.endings[:1]:
        said.append(Prompt(fill(ending.text, values), "ending"))
        yield WalkedTurn(ending.name, ending.line, tuple(said))


def _about(flow: Flow) -> Mapping[str, str]:
    """Return the item with the most words of those that a talk may be about."""
    items = flow.lists.get(flow.about, ())
    longest = max(items, key=lambda item: len(item.title + item.summary), default=None)
    if longest is None:
        return {}
    about = {"title": longest.title, "summary": longest.summary, "text": longest.text}
    return {f"about.{name}": text for name, text in about.items()}


def _steps(
    flow: Flow, steps: Iterable[Step], *, everything: bool, item: Mapping[str, str] | None = None
) -> Iterator[tuple[Step, Mapping[str, str] | None]]:
    for step in steps:
        if not everything and any(test.kind == "step" for test in step.only_if):
            continue
        if any(test.subject == NEARNESS[1] for test in step.only_if):
            continue  # it is said instead of all the rest
        if not step.steps:
            yield step, item
        for inner in _rounds(flow, step, everything=everything) if step.steps else ():
            yield from _steps(flow, step.steps, everything=everything, item=inner)


def _rounds(flow: Flow, block: Step, *, everything: bool) -> Sequence[Mapping[str, str]]:
    items = _items(flow, block)
    rounds = [_shown(place, item) for place, item in enumerate(items, 1)]
    return rounds[: _times(flow, block).most if everything else max(1, _times(flow, block).least)]


def _items(flow: Flow, block: Step) -> Sequence[Item]:
    if block.up_to:
        return [Item(str(place)) for place in range(1, block.up_to + 1)]
    if block.for_each == SESSION:
        return [Item(str(place), SAMPLE["about.title"]) for place in range(1, NEARBY + 1)]
    if block.hear_others:
        return [Item(str(place), text=SAID) for place in range(1, block.hear_most + 1)]
    if block.for_each in flow.lists:
        return [item for item in flow.lists[block.for_each] if not item.hidden]
    asked = _asked(flow.steps, block.for_each.removeprefix("choice of "))
    return [Item(choice.code, choice.label) for choice in asked.choices] if asked else []


def _times(flow: Flow, block: Step) -> Exchanges:
    """Return how often a block is gone through: at least, at most."""
    number = len(_items(flow, block))
    if block.up_to:
        return Exchanges(1, block.up_to)
    if block.for_each == SESSION:
        return Exchanges(1, NEARBY)
    if block.hear_others:
        return Exchanges(0, block.hear_most)
    asked = _asked(flow.steps, block.for_each.removeprefix("choice of "))
    if block.for_each in flow.lists or asked is None:
        return Exchanges(number, number)
    most = 1 if asked.choose == "one" else asked.most or number
    return Exchanges(1, min(most, number))


def _asked(steps: Iterable[Step], name: str) -> Step | None:
    return next((step for step in steps if step.name == name), None)


def _shown(place: int, item: Item) -> dict[str, str]:
    return {
        "item.number": str(place),
        "item.title": item.title,
        "item.summary": item.summary,
        "item.text": item.text,
        "item.document": item.document,
    }


def _prompts(
    flow: Flow, step: Step, item: Mapping[str, str] | None, values: Mapping[str, str]
) -> Iterator[Prompt]:
    shown = {**values, **(item or {})}
    if step.say or step.attach:
        code = shown.get("item.document", "") if step.attach.startswith("item ") else step.attach
        found = flow.documents.get(code)
        attach = Attachment(code, found.title, found.files) if found else None
        yield Prompt(fill(step.say, shown), "said", attach=attach)
    if step.ask:
        yield Prompt(
            fill(step.ask, shown), "asked", key="q", step=step.name, choices=step.choices,
            choose=step.choose, done=_done(step), page=NEXT_PAGE,
        )  # fmt: skip


def _done(step: Step) -> str:
    return "OK" if step.choices and step.choose != "one" else ""


def exchanges(flow: Flow) -> Exchanges:
    """Count the questions of the shortest and the longest way through."""
    found = _ways(flow, flow.steps)
    return Exchanges(min(found["least"], found["out"]), found["most"])


def _ways(flow: Flow, steps: Sequence[Step]) -> dict[str, int]:
    """Count from the last step up; "out" is the least with which one may leave the block early."""
    places = {step.name: place for place, step in enumerate(steps)}
    least, most, out = [0], [0], [_FAR]
    for step in reversed(steps):
        targets = [jump.target for jump in step.jumps]
        ahead = [_behind(least, len(steps), places[name]) for name in targets if name in places]
        far = [_behind(most, len(steps), places[name]) for name in targets if name in places]
        short = [0] if any(name == "next item" for name in targets) else []
        leaves = any(name not in places and name != "next item" for name in targets)
        low, high, away = _alone(flow, step)
        free = 0 if step.only_if else low
        least.append(min([free + least[-1], *(low + each for each in (*ahead, *short))]))
        most.append(max([high + most[-1], *(high + each for each in far)]))
        out.append(min(free + out[-1], low if leaves else _FAR, away))
    return {"least": least[-1], "most": most[-1], "out": out[-1]}


_FAR = 10**6  # more questions than any flow has: no such way


def _behind(counted: Sequence[int], total: int, place: int) -> int:
    """Return the count from a step on, of counts that were made from the last step up."""
    return counted[total - place]


def _alone(flow: Flow, step: Step) -> tuple[int, int, int]:
    """Return the questions in one step: at least, at most, and at least when one leaves in it."""
    if not step.steps:
        return int(step.waits), int(step.waits), _FAR
    inside, times = _ways(flow, step.steps), _times(flow, step)
    low = min(inside["least"] * times.least, inside["out"])
    return low, inside["most"] * times.most, inside["out"]


def labels_of(flow: Flow) -> Iterator[tuple[Step, tuple[Choice, ...]]]:
    """Yield each question with choices."""
    return ((step, step.choices) for step in every(flow.steps) if step.choices)


def every(steps: Iterable[Step]) -> Iterator[Step]:
    """Yield all steps, those inside blocks too."""
    for step in steps:
        yield step
        yield from every(step.steps)
