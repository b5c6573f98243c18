"""WhatsApp's buttons and lists: what Twilio must hold beforehand, and the words that fill it.

What Twilio holds is a shape without a word in it: so many lines, so many buttons. All words are
variables, so a few dozen shapes serve every question ever asked, and no person's name is in them.
"""

import re
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from channels.base import Button, Outgoing

BODY_LIMIT = 1024  # signs
BUTTONS, BUTTON_LABEL = 3, 20
ITEMS, ITEM_LABEL = 10, 24
VARIABLES = 100
OPENS_LIST = "☰"  # the same in every language
LANGUAGE = "en"  # Twilio wants one; a shape without words has none
_RUN = re.compile(r"[\t ]{2,}|\t")


class KnownContents(Protocol):
    """Which shapes Twilio holds for an account already, under which name of its own (HX…)."""

    async def get(self, account: str, shape: str) -> str:
        """Return Twilio's name of a shape; "" if it holds none."""
        ...

    async def put(self, account: str, shape: str, sid: str) -> None:
        """Remember it; "" forgets it."""
        ...


@dataclass(frozen=True)
class Content:
    """A shape and its words. `shape` names it for ever; `body` is what Twilio is asked to hold."""

    shape: str
    body: dict[str, Any]
    words: dict[str, str]

    @property
    def variables(self) -> str:
        """The words as Twilio wants them: JSON in a text."""
        return msgspec.json.encode(self.words).decode()


def content_of(outgoing: Outgoing) -> Content | None:
    """Write a message with its buttons as a shape and words; None where they do not fit."""
    buttons = [button for row in outgoing.buttons for button in row]
    text = outgoing.text.strip()
    kind = _kind_for(buttons)
    if not kind or not text or len(text) > BODY_LIMIT:
        return None
    words: dict[str, str] = {}
    body = _in_lines(text, words)
    types = {f"twilio/{kind}": _SHAPES[kind](body, buttons, words)}
    if len(words) > VARIABLES:
        return None
    name = f"palabre {kind} {len(buttons)} {_layout(text)}"
    samples = dict.fromkeys(words, "…")
    held = {"friendly_name": name, "language": LANGUAGE, "variables": samples, "types": types}
    return Content(name, held, words)


def with_numbers(outgoing: Outgoing) -> str:
    """Write the choices below the text, where they cannot be shown as buttons."""
    buttons = [button for row in outgoing.buttons for button in row]
    choices = [button.label for button in buttons if not button.ends]
    lines = [f"{place}. {label}" for place, label in enumerate(choices, 1)]
    if all(label.startswith(f"{place}. ") for place, label in enumerate(choices, 1)):
        lines = []  # they stand in the text already
    ends = [button.label for button in buttons if button.ends]
    return "\n".join([outgoing.text.strip(), *lines, *ends]).strip()


def _kind_for(buttons: list[Button]) -> str:
    longest = max((len(button.label) for button in buttons), default=0)
    if 0 < len(buttons) <= BUTTONS and longest <= BUTTON_LABEL:
        return "quick-reply"
    return "list-picker" if 0 < len(buttons) <= ITEMS and longest <= ITEM_LABEL else ""


def _layout(text: str) -> str:
    """Tell texts apart by their lines alone: "x-x" is a line, an empty one, and a line."""
    return "".join("x" if line.strip() else "-" for line in text.split("\n"))


def _in_lines(text: str, words: dict[str, str]) -> str:
    """Make a variable of each line: Twilio takes no newline within one, nor an empty one."""
    return "\n".join(
        _variable(_RUN.sub(" ", line.strip()), words) if line.strip() else ""
        for line in text.split("\n")
    )


def _variable(value: str, words: dict[str, str]) -> str:
    name = str(len(words) + 1)
    words[name] = value
    return "{{" + name + "}}"


def _quick_reply(body: str, buttons: list[Button], words: dict[str, str]) -> dict[str, Any]:
    actions = [
        {
            "type": "QUICK_REPLY",
            "title": _variable(button.label, words),
            "id": _variable(button.data, words),
        }
        for button in buttons
    ]
    return {"body": body, "actions": actions}


def _list_picker(body: str, buttons: list[Button], words: dict[str, str]) -> dict[str, Any]:
    items = [
        {"item": _variable(button.label, words), "id": _variable(button.data, words)}
        for button in buttons
    ]
    return {"body": body, "button": OPENS_LIST, "items": items}


_SHAPES = {"quick-reply": _quick_reply, "list-picker": _list_picker}
