"""How sound and text of one turn go together, by what a channel can carry. Pure.

Where a voice message may have a caption (Telegram) both are one message, with its buttons; else
the sound goes first, and the text or the buttons follow.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.gateway.drawn import Drawn
from channels.base import Aloud, Capabilities, Outgoing
from channels.text import utf16_units


def heard(
    drawn: Sequence[Drawn], aloud: Aloud, can: Capabilities, blank: Outgoing, above_buttons: str
) -> list[Drawn]:
    """Return a turn's messages with their sound; `above_buttons` stands where no text does."""
    tidy = [one for one in drawn if one.outgoing.ends_place and not one.question and len(drawn) > 1]
    words = [one for one in drawn if one not in tidy]
    if not words:
        return [Drawn(replace(blank, aloud=aloud))]
    if len(words) == 1 and _is_one_message(words[0].outgoing, aloud, can):
        return [*tidy, replace(words[0], outgoing=replace(words[0].outgoing, aloud=aloud))]
    if len(words) == 1 and not aloud.written:
        return [*tidy, *_apart(words[0], aloud, above_buttons)]
    alone = Drawn(replace(blank, aloud=replace(aloud, written=True)))
    return [*tidy, alone, *words]


def _is_one_message(outgoing: Outgoing, aloud: Aloud, can: Capabilities) -> bool:
    if not can.caption_limit:
        return not aloud.written and not outgoing.buttons
    return not aloud.written or utf16_units(outgoing.text) <= can.caption_limit


def _apart(one: Drawn, aloud: Aloud, above_buttons: str) -> list[Drawn]:
    """Let the sound go alone, in place of the words, and the buttons behind it."""
    said = replace(one.outgoing, aloud=aloud, buttons=(), ask_place="", ends_place=False)
    pressed = replace(one.outgoing, text=above_buttons)
    return [Drawn(said), replace(one, outgoing=pressed)]
