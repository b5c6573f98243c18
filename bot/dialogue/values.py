"""What the `{placeholders}` of a flow's texts stand for, worked out only when one is met."""

from collections.abc import Callable, Iterator, Mapping
from math import ceil

from bot.dialogue import meeting
from bot.dialogue.draft import Draft
from bot.dialogue.figures import said_figure, said_month
from bot.dialogue.flow import Item, Phase, Step
from bot.dialogue.index import Node, chosen_at
from bot.dialogue.others import others_at
from bot.dialogue.placeholders import PLACEHOLDERS, fill
from bot.dialogue.recall import holds, items_of
from bot.dialogue.sessions import SESSION

MINUTES_A_QUESTION = 0.6  # to read or hear it and answer; used where a flow does not say


def filled(draft: Draft, text: str, node: Node | None, path: tuple[str, ...]) -> str:
    """Return a text with its placeholders filled in, as this person reads it here."""
    if "{" not in text:
        return text
    return fill(text, Values(draft, node, path))


class Values(Mapping[str, object]):
    """The values of all placeholders at one place of a talk."""

    def __init__(self, draft: Draft, node: Node | None, path: tuple[str, ...]) -> None:
        self.draft = draft
        self.node = node
        self.path = path

    def __getitem__(self, name: str) -> object:
        group, _, part = name.partition(".")
        found = _KNOWN.get(name) or _KNOWN.get(group)
        if found is None:
            raise KeyError(name)
        return found(self, part)

    def __iter__(self) -> Iterator[str]:
        return iter(PLACEHOLDERS)

    def __len__(self) -> int:
        return len(PLACEHOLDERS)


def _first_name(values: Values, _: str) -> str:
    draft = values.draft
    return draft.person.first_name or draft.scene.display_name.partition(" ")[0]


def _questions(values: Values, _: str) -> int:
    return progress(values.draft)[1]


def _minutes(values: Values, _: str) -> int:
    told = values.draft.flow.minutes
    return told or max(1, ceil(progress(values.draft)[1] * MINUTES_A_QUESTION))


def _progress(values: Values, _: str) -> str:
    return progress_text(values.draft, values.node, values.path)


def _network(values: Values, part: str) -> str:
    draft = values.draft
    code = draft.person.facts.get("network")
    if part == "link":
        return draft.scene.link
    for network in draft.programme.consultation.networks:
        if network.code == code:
            return network.title if not part else network.code.upper()
    return ""


def _item(values: Values, part: str) -> object:
    node, path = values.node, values.path
    if node is None or not path or node.block is None:
        return ""
    item = values.draft.item(node.block, path[-1])
    if item is None:
        return ""
    if part in OF_A_SESSION:
        return _of_session(values, item.code, part) if node.block.step.for_each == SESSION else ""
    return _number(values, node.block) if part == "number" else _shown(values, item, part)


def _number(values: Values, block: Node) -> int:
    run = "@".join((block.step.name, *values.path[:-1]))
    codes = values.draft.open.runs.get(run, ())
    return codes.index(values.path[-1]) + 1 if values.path[-1] in codes else 0


def _about(values: Values, part: str) -> object:
    about = values.draft.open.about
    if about and about in values.draft.scene.sessions:
        return _of_session(values, about, part)
    for items in values.draft.index.items.values():
        if about in items:
            return _shown(values, items[about], part)
    return ""


OF_A_SESSION = ("date", "place", "seats")


def _of_session(values: Values, code: str, part: str) -> str:
    draft, session = values.draft, values.draft.scene.sessions[code]
    if part == "title":
        return session.named(draft.language)
    if part == "date":
        return meeting.when(draft, session)
    if part == "seats":
        return meeting.seats(draft, session)
    return session.place if part == "place" else ""


def _shown(values: Values, item: Item, part: str) -> str:
    return {"title": item.title, "summary": item.summary, "text": item.text}.get(part, "")


def _phase(values: Values, part: str) -> str:
    draft = values.draft
    for phase in draft.programme.consultation.phases:
        if phase.flow == draft.flow.name:
            return _of_phase(draft, phase, part)
    return ""


def _of_phase(draft: Draft, phase: Phase, part: str) -> str:
    if part == "title":
        return phase.title.get(draft.language, "")
    iso = {"opens": phase.opens, "closes": phase.closes}.get(part, "")
    if not iso:
        return ""
    from bot.dialogue.dates import said_date

    return said_date(iso, draft.language)


def _figures(values: Values, part: str) -> str:
    draft = values.draft
    return said_figure(draft.programme, draft.language, part)


def _answered(values: Values, _: str) -> str:
    """Say in which month the person last went to the end of another talk, "" if they never did."""
    draft = values.draft
    apart = ("welcome", draft.open.key, *draft.person.put_off)
    ended = [at for key, at in draft.person.done.items() if key not in apart]
    if not ended:
        return ""
    zone = draft.programme.consultation.time_zone
    return draft.phrase("in_month", month=said_month(max(ended), zone, draft.language))


_KNOWN: dict[str, Callable[[Values, str], object]] = {
    "first_name": _first_name,
    "questions": _questions,
    "minutes": _minutes,
    "progress": _progress,
    "network": _network,
    "item": _item,
    "about": _about,
    "phase": _phase,
    "figures": _figures,
    "answered": _answered,
}


# ── how far someone is ──


def progress_text(draft: Draft, node: Node | None, path: tuple[str, ...]) -> str:
    """Return "2 of 5" for the question that is open or about to be asked."""
    if node is None:
        return ""
    number, total = progress(draft, node, path)
    return draft.phrase("progress", number=number, total=total) if total > 1 else ""


def progress(draft: Draft, node: Node | None = None, path: tuple[str, ...] = ()) -> tuple[int, int]:
    """Return which question of how many one is at, counting those that everybody is asked."""
    done = {answered.place for answered in draft.open.trail}
    places = list(_counted(draft, done))
    here = "@".join((node.step.name, *path)) if node else ""
    number = sum(place in done for place in places if place != here)
    total = len(places)
    if node is None or here in places:
        number += 1
    return max(1, min(number, total)), total


def _counted(draft: Draft, done: set[str]) -> Iterator[str]:
    """Yield the places of the questions that this person is asked in any case."""
    for node in draft.index.questions:
        step = node.step
        if node.always:
            yield step.name
            continue
        for path in _paths(draft, node):
            place = "@".join((step.name, *path))
            if (place in done and not _depends(step)) or _asked_anyway(draft, node):
                yield place


def _asked_anyway(draft: Draft, node: Node) -> bool:
    step = node.step
    if step.keep_as and draft.person.facts.get(step.keep_as):
        return False
    if any(_depends(part.step) for part in (*node.blocks, node)):
        return False
    return holds(draft, node, ())


def _depends(step: Step) -> bool:
    return any(test.kind in ("step", "person") for test in step.only_if)


def _paths(draft: Draft, node: Node) -> list[tuple[str, ...]]:
    paths: list[tuple[str, ...]] = [()]
    for block in node.blocks:
        paths = [(*path, code) for path in paths for code in _codes(draft, block, path)]
    return paths


def _codes(draft: Draft, block: Node, path: tuple[str, ...]) -> tuple[str, ...]:
    if block.step.up_to:
        return ("1",)
    run = draft.open.runs.get("@".join((block.step.name, *path)))
    if block.step.hear_others:
        return tuple(o.code for o in others_at(draft, block)) if run is None else run
    if run is None and chosen_at(block.step):
        return ("*",)
    codes = run or items_of(draft, block, path)
    return tuple(code for code in codes if draft.item(block, code) is not None)
