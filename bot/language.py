"""The program's own words in the language of who reads them: gettext catalogues, by language.

Sentences in code and templates are English; `locales/LANGUAGE/LC_MESSAGES/palabre.po` holds the
others. Catalogues are compiled in memory, once.
"""

import functools
import gettext
import io
import os
from contextvars import ContextVar
from pathlib import Path

LANGUAGES = ("fr", "en", "es")
LOCALES = Path(__file__).parent.parent / "locales"
current: ContextVar[str] = ContextVar("language", default="en")


@functools.cache
def translations(language: str, domain: str = "palabre") -> gettext.NullTranslations:
    """Return a language's catalogue; the sentences themselves where there is none."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    file = LOCALES / language / "LC_MESSAGES" / f"{domain}.po"
    if not file.is_file():
        return gettext.NullTranslations()
    with file.open("rb") as source:
        catalogue = read_po(source, locale=language, domain=domain)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _(sentence: str) -> str:
    """Say an English sentence in the language of who reads it now."""
    return translations(current.get()).gettext(sentence) if sentence else ""


def N_(sentence: str) -> str:  # noqa: N802 - the name by which extraction knows it
    """Mark a sentence for the translators where it stands; whoever shows it says it with `_`."""
    return sentence


def ngettext(one: str, many: str, count: int) -> str:
    """Say a sentence with a number in the language of who reads it now."""
    return translations(current.get()).ngettext(one, many, count)


def use(language: str) -> None:
    """Speak this language from now on, in this task."""
    current.set(language if language in LANGUAGES else "en")


def of_this_terminal(setting: str = "") -> str:
    """Return the language of a command: the setting, else the terminal's, else English."""
    names = (setting, *(os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")))
    for name in names:
        if name[:2].lower() in LANGUAGES:
            return name[:2].lower()
    return "en"
