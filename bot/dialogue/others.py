"""What others said on the same thing: handed in as values, asked for when a turn needs them."""

from typing import TYPE_CHECKING

from bot.dialogue.flow import Item
from bot.dialogue.reply import Other

if TYPE_CHECKING:
    from bot.dialogue.draft import Draft
    from bot.dialogue.index import Node


class OthersWanted(Exception):
    """A turn needs what others said: put it into the scene, and take the turn again."""

    def __init__(self, draft: "Draft", block: "Node", place: str) -> None:
        """Say where it is needed, of which step, and what was drawn before (None: draw now)."""
        super().__init__(OthersWanted.__doc__)
        talk, step = draft.open, block.step
        self.place = place
        self.flow, self.about, self.step = talk.flow, talk.about, step.hear_others
        self.most = step.hear_most
        self.drawn = talk.runs.get(step.name)
        self.language = draft.language


def place_of(talk_key: str, block: str) -> str:
    """Return under which name a scene holds what is heard in a block of a talk."""
    return f"{talk_key}:{block}"


def others_at(draft: "Draft", block: "Node") -> tuple[Other, ...]:
    """Return what this person hears in a block: those drawn that may still be heard."""
    place = place_of(draft.open.key, block.step.name)
    found = draft.scene.others.get(place)
    if found is None and draft.scene.looks_up_others:
        raise OthersWanted(draft, block, place)
    return found or ()


def other_at(draft: "Draft", block: "Node", code: str) -> Other | None:
    """Return one of them by its code, None if it may no longer be heard."""
    return next((one for one in others_at(draft, block) if one.code == code), None)


def heard_item(draft: "Draft", block: "Node", code: str) -> Item | None:
    """Return it as the item that the block shows."""
    other = other_at(draft, block, code)
    return Item(code, text=other.text) if other else None
