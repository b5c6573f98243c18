"""Which language a longer text looks as if it were written in: a guess, for those who draft.

It never decides anything for the person who wrote. A few words look like anything: "ok merci" is
called English. So only longer texts are looked at, only among the consultation's languages, and
only what is nearly sure is told.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

LEAST_LETTERS = 40
LEAST_WORDS = 6
LEAST_LIKELY = 0.8

Looks = Callable[[str], str]


def unclear(_text: str) -> str:
    """Name no language."""
    return ""


def looks_among(languages: Sequence[str]) -> Looks:
    """Return what names the language of a text, as a code; "" where that is not clear."""

    def look(text: str) -> str:
        if len(text) < LEAST_LETTERS or len(text.split()) < LEAST_WORDS or len(languages) < 2:
            return ""
        code, likely = _identifier(tuple(languages)).classify(text)
        return str(code) if likely >= LEAST_LIKELY else ""

    return look


@cache
def _identifier(languages: tuple[str, ...]) -> Any:
    """Load the model (80 MB, a second) when the first long text comes.

    It is our own: the package's shared one would be restricted for everybody in this process.
    """
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    one = LanguageIdentifier.from_model_file(MODEL_DIR / MODEL_FILE, norm_probs=True)
    one.set_languages([code for code in languages if code in one.labels])
    return one
