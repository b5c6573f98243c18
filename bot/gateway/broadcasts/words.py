"""What a broadcast says to one person: the text of their language, and what goes with it."""

from collections.abc import Mapping
from typing import TypeVar

from bot.dialogue.flow import Document
from bot.dialogue.reply import Attachment, Prompt
from bot.gateway.audio.giving import prompt_of
from bot.gateway.broadcasts.plan import Plan
from bot.gateway.house import House
from bot.store.audio_sessions import GivenAway
from channels.base import Capabilities

Each = TypeVar("Each")


def text_for(texts: Mapping[str, str], language: str, source: str) -> str:
    """Return the words in a language, else in the source's, else in whichever there is."""
    return _for(texts, language, source) or ""


def session_for(house: House, plan: Plan, language: str) -> GivenAway | None:
    """Return the audio session in a language, else in the source's, else whichever there is."""
    return _for(plan.audio, language, house.library.consultation.source)


def _for(each: Mapping[str, Each], language: str, source: str) -> Each | None:
    return each.get(language) or each.get(source) or next(iter(each.values()), None)


def prompts_of(
    house: House, plan: Plan, language: str, can: Capabilities, *, listens: bool
) -> list[Prompt]:
    """Return what is said in a language; the sound first for who prefers listening."""
    said = []
    if (session := session_for(house, plan, language)) is not None:
        said.append(prompt_of(session, can))
    found = house.library.document(plan.attach, language) if plan.attach else None
    if found is not None and found.files:
        said.append(Prompt("", "attached", attach=_attachment(found, listens=listens)))
    text = text_for(plan.texts, language, house.library.consultation.source)
    if text:
        said.append(Prompt(text, "notice"))
    return said


def _attachment(document: Document, *, listens: bool) -> Attachment:
    files = sorted(document.files.items(), key=lambda one: (one[0] == "audio") != listens)
    return Attachment(document.code, document.title, dict(files))
