"""Draft the script of an audio session: whom one may hear, in an order to begin from."""

from collections.abc import Sequence

import yaml

from bot.language import _, current
from bot.store.quotable import Quotable

MOST = 8
LONG_ENOUGH, TOO_LONG = 3.0, 90.0  # seconds of speech that carry a thought, and an ear


def choose(found: Sequence[Quotable], most: int = MOST) -> list[Quotable]:
    """Choose one recording a person, people of different regions in turn, oldest first."""
    fit = [one for one in found if LONG_ENOUGH <= one.speech_seconds <= TOO_LONG]
    mine: dict[int, Quotable] = {}
    for one in fit:
        mine.setdefault(one.participant, one)
    regions: dict[str, list[Quotable]] = {}
    for one in mine.values():
        regions.setdefault(one.region, []).append(one)
    chosen: list[Quotable] = []
    while len(chosen) < most and any(regions.values()):
        chosen += [waiting.pop(0) for waiting in regions.values() if waiting]
    return chosen[:most]


def draft(chosen: Sequence[Quotable], title: str, language: str) -> str:
    """Write a script that can be read and changed; what is said stands in its language."""
    token = current.set(language)
    try:
        people, places = len(chosen), len({one.region for one in chosen if one.region})
        parts: dict[str, dict[str, str]] = {
            "opening": {
                "chapter": _("Welcome"),
                "say": _("You will hear {count} voices.").replace("{count}", str(people)),
            }
        }
        asked = ""
        for number, one in enumerate(chosen, 1):
            if one.question != asked:
                asked = one.question
                parts[f"question {number}"] = {"chapter": one.question.split("\n")[0][:60],
                                               "say": one.question}  # fmt: skip
            parts[f"voice {number}"] = {"quote": f"{one.contribution} from 0 to {one.seconds:g}"}
        thanks = _("{count} people spoke here, from {places} regions. They agreed to be heard.")
        told = thanks.replace("{count}", str(people)).replace("{places}", str(max(1, places)))
    finally:
        current.reset(token)
    script = {"title": title, "language": language, "parts": parts, "credits": told}
    return yaml.safe_dump(script, allow_unicode=True, sort_keys=False, width=100)
