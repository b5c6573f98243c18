"""A flow laid out for walking: its steps in one row, with what is looked up again and again."""

from bot.dialogue.commands import own_names
from bot.dialogue.flow import Choice, Ending, Flow, Item, Step
from bot.dialogue.understand import Offer, Read

FIVE = tuple(Choice(code=str(n), label=str(n)) for n in range(1, 6))


class Node:
    """One step in the row. `at` is its number, `after` where the road goes on behind it.

    `always`: it is asked of everybody, whatever they said and whatever is known of them.
    """

    __slots__ = ("after", "always", "at", "block", "choices", "filled", "offer", "step")

    def __init__(self, step: Step, at: int, block: "Node | None") -> None:
        self.step = step
        self.at = at
        self.after = at + 1
        self.block = block
        self.choices = FIVE if step.answer == "1 to 5" else step.choices
        self.offer = _offer(step, self.choices)
        self.filled = "{" in step.ask
        self.always = block is None and not (step.only_if or step.keep_as)

    @property
    def depth(self) -> int:
        """How many blocks the step stands in."""
        return 0 if self.block is None else self.block.depth + 1

    @property
    def blocks(self) -> "tuple[Node, ...]":
        """The blocks it stands in, the outermost first."""
        return () if self.block is None else (*self.block.blocks, self.block)


class Index:
    """A flow's row of steps, its endings and lists by name."""

    __slots__ = ("by_name", "endings", "flow", "items", "main", "nodes", "questions")

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.nodes: list[Node] = []
        self._lay(flow.steps, None)
        self.questions = [node for node in self.nodes if node.step.answer is not None]
        self.by_name = {node.step.name: node for node in self.nodes}
        self.endings = {ending.name: ending for ending in flow.endings}
        self.main = flow.endings[0] if flow.endings else Ending("", "")
        self.items = {
            name: {item.code: item for item in items} for name, items in flow.lists.items()
        }

    def _lay(self, steps: tuple[Step, ...], block: Node | None) -> None:
        for step in steps:
            node = Node(step, len(self.nodes), block)
            self.nodes.append(node)
            self._lay(step.steps, node)
            if step.steps:
                node.after = len(self.nodes)

    def item(self, block: Node, code: str) -> Item | None:
        """Return the item that a block runs over, by its code; None if it is no longer shown."""
        if block.step.up_to:
            return Item(code)
        if block.step.hear_others:
            return None  # of each person other ones: see Draft.item
        source = chosen_at(block.step)
        items = self.items.get(block.step.for_each)
        if source:
            asking = self.by_name[source]
            items = self.items.get(asking.step.choices_from)
            if items is None:
                return _item_of_choice(asking.choices, code)
        found = items.get(code) if items else None
        return None if found is None or found.hidden else found


def chosen_at(block: Step) -> str:
    """Return the step whose choice a block runs over, "" if it runs over a list."""
    return block.for_each[10:] if block.for_each.startswith("choice of ") else ""


def _item_of_choice(choices: tuple[Choice, ...], code: str) -> Item | None:
    return next((Item(code, choice.label) for choice in choices if choice.code == code), None)


def _offer(step: Step, choices: tuple[Choice, ...]) -> Offer | None:
    if not choices or step.answer not in ("choice", "1 to 5"):
        return None
    offer = Offer(choices)
    if step.keep_as == "language":
        for code in offer.codes:
            for name in (code.lower(), *own_names(code)):
                offer.exact[name] = Read((code,))
    return offer


_kept: dict[int, Index] = {}
_MOST = 512  # a few revisions in a few languages; beyond that old ones have gone out of use


def index_of(flow: Flow) -> Index:
    """Return the index of a flow, made once for each Flow value."""
    found = _kept.get(id(flow))
    if found is not None and found.flow is flow:
        return found
    if len(_kept) >= _MOST:
        _kept.clear()
    index = _kept[id(flow)] = Index(flow)
    return index
