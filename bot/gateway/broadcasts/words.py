"""What a broadcast says to one person: the text of their language, and what goes with it."""

from collections.abc import Mapping

from bot.dialogue.flow import Document
from bot.dialogue.reply import Attachment, Prompt
from bot.gateway.broadcasts.plan import Plan
from bot.gateway.house import House


def text_for(texts: Mapping[str, str], language: str, source: str) -> str:
    """Return the words in a language, else in the source's, else in whichever there is."""
    return texts.get(language) or texts.get(source) or next(iter(texts.values()), "")


def prompts_of(house: House, plan: Plan, language: str, *, listens: bool) -> list[Prompt]:
    """Return what is said in a language; the sound first for who prefers listening."""
    said = []
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
