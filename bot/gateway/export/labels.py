"""What codes mean, in the languages of the drafters: for the pages of the drafting pack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml
from babel import Locale

from bot.dialogue.flow import Consultation

LANGUAGES = ("fr", "en", "es")
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Labels:
    """Language → what it is about, and code → label; `item_themes`: item or topic → theme."""

    source: str = "fr"
    title: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    item_themes: Mapping[str, str] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        """The consultation's languages."""
        return tuple(self.names)

    def name(self, code: str, language: str) -> str:
        """Return a code's label, the code itself where it has none."""
        return self.names.get(language, {}).get(code, code)


def tongue(code: str, language: str) -> str:
    """Return a language's name in a language, the code itself where it has none."""
    return str(Locale.parse(language).languages.get(code, code))


def labels_of(consultation: Consultation, documents: Path | None = None) -> Labels:
    """Gather a consultation's labels; `documents` is the folder of its agenda."""
    networks = {network.code: network.title for network in consultation.networks}
    names = {
        language: networks | _choices(consultation, language) for language in consultation.languages
    }
    themes = item_themes(documents / "agenda.yaml") if documents else {}
    if documents:
        themes = item_themes(documents / "topics.yaml", "topics") | themes
    return Labels(consultation.source, consultation.title, names, themes)


def _choices(consultation: Consultation, language: str) -> dict[str, str]:
    return {
        choice.code: choice.label
        for by_language in consultation.lists.values()
        for choice in by_language.get(language, ())
    }


def item_themes(file: Path, key: str = "items") -> dict[str, str]:
    """Read which theme each item of the agenda, or each topic, belongs to; no file, no themes."""
    if not file.is_file():
        return {}
    items = (yaml.safe_load(file.read_text("utf-8")) or {}).get(key) or {}
    return {str(code): str(item["theme"]) for code, item in items.items() if item.get("theme")}


@cache
def sentences(language: str) -> dict[str, str]:
    """Return the pack's own sentences in a language: key → text."""
    found: dict[str, str] = yaml.safe_load((HERE / f"pack.{language}.yaml").read_text("utf-8"))
    return found
