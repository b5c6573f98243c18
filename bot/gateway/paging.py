"""Where a numbered list is cut into pages.

The engine is pure and knows no channel: it counts how often the pages of a list were turned, and
gives the whole list with each prompt. Here the cuts are made, from what the channel counts and
from the list alone, so that they fall at the same places each time and nobody has to remember
them. Numbers are positions in the whole list.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.dialogue.flow import Choice
from bot.dialogue.reply import Prompt
from bot.gateway.buttons import has_buttons, numbered
from channels.base import Capabilities
from channels.segments import segments

PAGE_SEGMENTS = 2  # of a page by SMS; the question, and what is said before it, come on top
PAGE_LINES = 20  # of a page where length costs nothing: a phone's screen


def page_of(prompt: Prompt, can: Capabilities) -> Prompt:
    """Return a prompt with the page of its choices that is to be shown.

    `page` is left only where the list goes on, so that it says to a drawer: numbers, no buttons.
    """
    if not prompt.page:
        return prompt
    bare = replace(prompt, page="")
    if has_buttons(bare, can):
        return bare
    starts = _starts(prompt, can)
    if len(starts) == 1:
        return bare
    at = prompt.turned % len(starts)
    start, end = starts[at], [*starts, len(prompt.choices)][at + 1]
    return replace(prompt, choices=prompt.choices[start:end], first=start + 1)


def _starts(prompt: Prompt, can: Capabilities) -> list[int]:
    """Return where the pages begin; a list that fits without "more" is one page."""
    choices = prompt.choices
    if _fits(replace(prompt, page=""), choices, 0, can):
        return [0]
    starts = [0]
    for place in range(1, len(choices)):
        if not _fits(prompt, choices[starts[-1] : place + 1], starts[-1], can):
            starts.append(place)
    return starts


def _fits(prompt: Prompt, choices: Sequence[Choice], start: int, can: Capabilities) -> bool:
    if can.unit == "segment":
        shown = replace(prompt, choices=tuple(choices), first=start + 1)
        return segments(numbered(shown)) <= PAGE_SEGMENTS
    return len(choices) <= PAGE_LINES
