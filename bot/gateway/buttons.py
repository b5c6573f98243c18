"""A question's choices as a channel shows them: buttons, a list, or numbers in the text."""

from collections.abc import Iterator

from msgspec.structs import replace

from bot.dialogue.adding import ADD_MORE
from bot.dialogue.flow import Choice
from bot.dialogue.reply import Prompt
from bot.gateway.split import shorten
from channels.base import Button, Capabilities

Rows = tuple[tuple[Button, ...], ...]

DONE = "*done"  # what the button that ends the picking stands for
TICK = "✓"
ONE_ROW = 24  # characters: short labels stand side by side up to this


def has_buttons(prompt: Prompt, can: Capabilities) -> bool:
    """Say whether all that this question offers can be pressed on this channel."""
    offered = len(prompt.choices) + bool(prompt.done)
    return not prompt.page and 0 < offered <= max(can.buttons, can.list_items)


def needs_numbers(prompt: Prompt, can: Capabilities) -> bool:
    """Say whether the labels must stand in the text, since no button shows them whole."""
    if not prompt.choices or all(_is_its_number(prompt)):
        return False
    if not has_buttons(prompt, can):
        return True
    most = _label_limit(prompt, can)
    return any(len(_label(choice, most)) > most for choice in prompt.choices)


def _is_its_number(prompt: Prompt) -> Iterator[bool]:
    """Say of each choice whether its label is its number: one need not say it twice."""
    return (choice.label == str(place) for place, choice in enumerate(prompt.choices, prompt.first))


def numbered(prompt: Prompt) -> str:
    """Write the choices one a line, `1. label`, and below them how to see more."""
    places = enumerate(prompt.choices, prompt.first)
    lines = [f"{place}. {choice.label}" for place, choice in places]
    return "\n".join([*lines, prompt.page] if prompt.page else lines)


def with_room(prompt: Prompt, can: Capabilities) -> Prompt:
    """Return a prompt with one way to add to the answer before: a button, else a word or nothing.

    The button never changes how the choices are shown, and never takes a place's keyboard away.
    """
    if not prompt.add:
        return prompt
    shown = len(prompt.choices) + bool(prompt.done) if has_buttons(prompt, can) else 0
    most = can.buttons if shown <= can.buttons else can.list_items
    fits = shown < most and not (prompt.place and can.place)
    return replace(prompt, add_by_word="") if fits else replace(prompt, add="")


def rows_of(prompt: Prompt, can: Capabilities) -> Rows:
    """Draw what a question offers: its choices, and below them a way to add to what was said."""
    add = Button(shorten(prompt.add, can.button_label), f"{prompt.key}:{ADD_MORE}", ends=True)
    return (*_choices(prompt, can), (add,)) if prompt.add else _choices(prompt, can)


def _choices(prompt: Prompt, can: Capabilities) -> Rows:
    """Draw a question's choices as buttons; what is chosen is ticked, Done stands below."""
    if not has_buttons(prompt, can):
        return ()
    most = _label_limit(prompt, can)
    with_numbers = needs_numbers(prompt, can)
    buttons = [
        Button(
            _drawn_label(prompt, place, choice, most, with_numbers=with_numbers),
            _data(prompt, place, choice, can),
            choice.code in prompt.chosen,
        )
        for place, choice in enumerate(prompt.choices)
    ]
    if not prompt.done:
        return _in_rows(buttons, can)
    done = Button(shorten(prompt.done, most), f"{prompt.key}:{DONE}", ends=True)
    return (*_in_rows(buttons, can), (done,))


def _data(prompt: Prompt, place: int, choice: Choice, can: Capabilities) -> str:
    data = f"{prompt.key}:{choice.code}"
    if len(data.encode()) <= can.button_data_bytes:
        return data
    return f"{prompt.key}:#{place}"


def _label_limit(prompt: Prompt, can: Capabilities) -> int:
    offered = len(prompt.choices) + bool(prompt.done)
    return can.button_label if offered <= can.buttons else can.list_label


def _label(choice: Choice, most: int) -> str:
    return choice.label if len(choice.label) <= most else choice.short or choice.label


def _drawn_label(
    prompt: Prompt, place: int, choice: Choice, most: int, *, with_numbers: bool
) -> str:
    label = f"{place + 1}. {choice.label}" if with_numbers else _label(choice, most)
    return shorten(_tick(prompt, choice) + label, most)


def _tick(prompt: Prompt, choice: Choice) -> str:
    """Mark what is chosen; where the order counts, with its rank."""
    if choice.code not in prompt.chosen:
        return ""
    rank = prompt.chosen.index(choice.code) + 1
    return f"{TICK}{rank} " if prompt.choose == "in order" else f"{TICK} "


def _in_rows(buttons: list[Button], can: Capabilities) -> Rows:
    width = sum(len(button.label) for button in buttons)
    if len(buttons) <= can.buttons_in_row and width <= ONE_ROW:
        return (tuple(buttons),) if buttons else ()
    return tuple((button,) for button in buttons)
