"""What Twilio demands of a message before it takes it, and how a held shape is filled."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NUMBER = re.compile(r"\+[1-9]\d{5,14}")
IDENTITY = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]+")
PREFIX = "whatsapp:"
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")


class Refusal(Exception):
    """What Twilio does not take: its code and HTTP status."""

    def __init__(self, code: int, status: int = 400) -> None:
        super().__init__(str(code))
        self.code, self.status = code, status


@dataclass(frozen=True)
class Shown:
    """What a phone shows of a message: words, and (label, what a press says)."""

    text: str
    choices: tuple[tuple[str, str], ...] = ()
    kind: str = "text"


def check(
    form: Mapping[str, Sequence[str]], senders: Sequence[str], contents: Mapping[str, Any]
) -> Shown:
    """Refuse what Twilio refuses; return what the phone will show."""
    one = {name: values[0] for name, values in form.items()}
    _check_to(one.get("To", ""))
    _check_from(one, senders)
    if len(one.get("Body", "")) > 1600:
        raise Refusal(21617)
    if "ContentSid" in one:
        return _filled(one, contents)
    if not one.get("Body", "").strip() and "MediaUrl" not in form:
        raise Refusal(21602)
    if any(not url.startswith(("http://", "https://")) for url in form.get("MediaUrl", ())):
        raise Refusal(21620)
    return Shown(one.get("Body", ""))


def _check_to(to: str) -> None:
    bare = to.removeprefix(PREFIX)
    if NUMBER.fullmatch(bare) or (to.startswith(PREFIX) and IDENTITY.fullmatch(bare)):
        return
    raise Refusal(21211 if to else 21604)


def _check_from(one: Mapping[str, str], senders: Sequence[str]) -> None:
    sender = one.get("From", "")
    if not sender and "MessagingServiceSid" not in one:
        raise Refusal(21603)
    if sender.startswith(PREFIX) != one["To"].startswith(PREFIX) and sender:
        raise Refusal(21612)
    if sender and sender not in senders:
        raise Refusal(63007 if sender.startswith(PREFIX) else 21606)


def _filled(one: Mapping[str, str], contents: Mapping[str, Any]) -> Shown:
    held = contents.get(one["ContentSid"])
    if held is None:
        raise Refusal(21655)
    words = _words(one.get("ContentVariables", "{}"))
    kind, shape = next(iter(held["types"].items()))
    body = fill(shape["body"], words)
    if kind == "twilio/text":
        return Shown(body, kind=kind)
    buttons = shape.get("actions") or shape.get("items") or []
    most = 3 if kind == "twilio/quick-reply" else 10
    label, longest = ("title", 20) if kind == "twilio/quick-reply" else ("item", 24)
    choices = tuple((fill(b[label], words), fill(b["id"], words)) for b in buttons)
    if len(body) > 1024 or not 0 < len(choices) <= most:
        raise Refusal(63013)
    if any(len(text) > longest or len(data) > 200 for text, data in choices):
        raise Refusal(63013)
    if len({data for _, data in choices}) < len(choices):
        raise Refusal(63013)
    return Shown(body, choices, kind)


def _words(said: str) -> dict[str, str]:
    try:
        words = json.loads(said)
    except ValueError:
        raise Refusal(21656) from None
    for value in words.values():
        if not isinstance(value, str) or not value.strip() or re.search(r"[\n\t]| {5}", value):
            raise Refusal(21656)
        if len(value) > 1600:
            raise Refusal(21658)
    return dict(words)


def fill(text: str, words: Mapping[str, str]) -> str:
    """Put the words into a shape; a variable without a word is refused."""
    if any(name not in words for name in _VARIABLE.findall(text)):
        raise Refusal(21656)
    return _VARIABLE.sub(lambda found: words[found[1]], text)


def check_approval(body: Any, held: Any) -> None:
    """Refuse what Meta will not even look at."""
    if not isinstance(body, dict) or body.get("category") not in ("UTILITY", "MARKETING"):
        raise Refusal(20001)
    if not re.fullmatch(r"[a-z0-9_]{1,512}", body.get("name", "")):
        raise Refusal(20001)
    text = next(iter(held["types"].values()))["body"].strip()
    if re.search(r"\A\{\{|\}\}[\s.!?]*\Z|\}\}\s*\{\{", text):
        raise Refusal(20001)
    numbers = _VARIABLE.findall(text)
    wanted = [str(place) for place in range(1, len(set(numbers)) + 1)]
    if list(dict.fromkeys(numbers)) != wanted or set(held.get("variables", {})) != set(wanted):
        raise Refusal(20001)


def check_content(body: Any) -> None:
    """Refuse what the Content API refuses."""
    if not isinstance(body, dict) or not body.get("language") or not body.get("types"):
        raise Refusal(20001)
    for kind, shape in body["types"].items():
        wants = {"twilio/quick-reply": ("body", "actions"), "twilio/list-picker":
                 ("body", "button", "items")}  # fmt: skip
        if any(not shape.get(name) for name in wants.get(kind, ("body",))):
            raise Refusal(20001)
