"""How an answer to a question with choices is read: forgiving, as a person would be."""

import re
from typing import NamedTuple

from bot.dialogue.flow import Choice
from bot.dialogue.words import COUNTING, NO, YES, plain, short, western

_FILLERS = re.compile(
    r"(?:(?:le|la|el|the|l|numero|number|n|option|opcion|choix|choice|reponse|respuesta|answer)\s)+"
)
_ORDINAL_END = re.compile(r"(\d)(?:er|ere|e|eme|st|nd|rd|th|ro|do|a|o)\b")
_WORD = re.compile(r"[^\W_]+")
_NUMBER_THEN = re.compile(r"\s*(\d{1,2})(?:\s*[.,;:)!?–—-]+\s*|\s+)(?=\S)")
_OR_ANOTHER = re.compile(r"(?:ou|or|o|u|et|and|y|e|[/&+-])?\s*\d", re.IGNORECASE)
_COMMAS = re.compile(r"\s*[,;/+\n]\s*")
_BETWEEN = re.compile(r"\s*(?:[,;/+&\n]|\b(?:et|and|y|puis|then|luego)\b)\s*", re.IGNORECASE)
_SIGNS = " \t\r\n.,;:!?…–—-)"
_AFTER_YES = "mais but pero et and y parce because porque merci thanks thank gracias car since"
_JOINING = frozenset(_AFTER_YES.split())
_NEAR = 86.0  # of 100: how alike a mistyped label must be …
_MARGIN = 10.0  # … and how far the second best must lie behind


class Read(NamedTuple):
    """What was understood: the codes, the words besides, and how (a phrase's key)."""

    codes: tuple[str, ...]
    comment: str = ""
    how: str = "understood_label"


class Offer:
    """The choices of one question, prepared once so that an answer is one look-up."""

    __slots__ = ("codes", "exact", "labels", "yes_no")

    def __init__(self, choices: tuple[Choice, ...]) -> None:
        self.codes = tuple(choice.code for choice in choices)
        self.yes_no = {"yes", "no"} <= set(self.codes)
        self.labels = _labels(choices)
        self.exact = self._exact()

    def _exact(self) -> dict[str, Read]:
        """Everything that means one choice to the letter; a label outdoes a number word."""
        exact = {
            word: Read((self.codes[n - 1],), "", "understood_number")
            for word, n in COUNTING.items()
            if n <= len(self.codes)
        }
        for n, code in enumerate(self.codes, 1):
            exact[str(n)] = exact[f"0{n}"] = Read((code,), "", "understood_number")
        if self.yes_no:
            exact.update(dict.fromkeys(YES, Read(("yes",))) | dict.fromkeys(NO, Read(("no",))))
        for label, code in self.labels:
            exact[label] = exact[label.replace(" ", "")] = Read((code,))
        return exact


def _labels(choices: tuple[Choice, ...]) -> list[tuple[str, str]]:
    """Return plain labels with their codes, the longest first; what two choices share is none."""
    seen: dict[str, str] = {}
    twice = set()
    for choice in choices:
        for label in {plain(choice.label), plain(choice.short)} - {""}:
            if seen.setdefault(label, choice.code) != choice.code:
                twice.add(label)
    pairs = [(label, code) for label, code in seen.items() if label not in twice]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


def read_one(offer: Offer, text: str) -> Read | None:
    """Read a reply as one choice, with a comment if there are more words; None if it is none."""
    words = short(text)
    found = offer.exact.get(words) if words else None
    if found or not text:
        return found
    if words:
        found = _by_filler(offer, words) or _by_beginning(offer, words)
        if found:
            return found
    return _with_comment(offer, text) or (_by_likeness(offer, words) if words else None)


def _by_filler(offer: Offer, words: str) -> Read | None:
    """Read "la 2", "numéro 1", "the second one", "1er"."""
    bare = _ORDINAL_END.sub(r"\1", _FILLERS.sub("", words)).removesuffix(" one")
    return offer.exact.get(bare) if bare != words else None


def _by_beginning(offer: Offer, words: str) -> Read | None:
    codes = {code for label, code in offer.labels if label.startswith(words)}
    if len(codes) != 1 or words.isdigit():
        return None
    return Read((codes.pop(),), "", "understood_beginning")


def _with_comment(offer: Offer, text: str) -> Read | None:
    return _number_and_words(offer, western(text[:80]), text) or _label_and_words(offer, text)


def _number_and_words(offer: Offer, start: str, text: str) -> Read | None:
    """Read "2 trop cher"; neither "2 ou 3" nor "2 000 francs"."""
    found = _NUMBER_THEN.match(start)
    if not found or _OR_ANOTHER.match(start[found.end() :]):
        return None
    read = offer.exact.get(found[1])
    if read is None or read.how != "understood_number":
        return None
    comment = western(text)[found.end() :] if len(start) < len(text) else start[found.end() :]
    return Read(read.codes, comment.strip(), "understood_number")


def _label_and_words(offer: Offer, text: str) -> Read | None:
    """Read "D'accord, mais …" as the label and a comment; a yes or no wants a pause behind it."""
    for label, code in _openings(offer):
        end = _end_of(text, label)
        if end and (len(label) > 3 or _pauses(text[end:])):
            return Read((code,), text[end:].lstrip(_SIGNS).strip(), "understood_label")
    return None


def _openings(offer: Offer) -> list[tuple[str, str]]:
    if not offer.yes_no:
        return offer.labels
    yes = [("yes", "yes"), ("oui", "yes"), ("si", "yes"), ("non", "no"), ("no", "no")]
    return offer.labels + yes


def _end_of(text: str, label: str) -> int:
    """Return where in the text its beginning equals the label; 0 if it does not."""
    found = None
    runs = _WORD.finditer(text[: 4 * len(label) + 40])
    for _ in label.split(" "):
        found = next(runs, None)
        if found is None:
            return 0
    end = found.end() if found else 0
    return end if plain(text[:end]) == label else 0


def _pauses(rest: str) -> bool:
    """Say whether a short word stands by itself: "no, …" and "no porque" do, "no sé" does not."""
    if rest[:1] not in (" ", ""):
        return True
    following = _WORD.search(rest)
    return following is None or plain(following[0]) in _JOINING


def _by_likeness(offer: Offer, words: str) -> Read | None:
    """Read a mistyped label of five letters or more, when no other is nearly as like it."""
    if len(words) < 5 or words.isdigit() or offer.yes_no:
        return None
    from rapidfuzz import fuzz

    best: dict[str, float] = {}
    for label, code in offer.labels:
        if len(label) >= 5:
            best[code] = max(best.get(code, 0.0), fuzz.ratio(words, label))
    ranked = sorted(best.items(), key=lambda pair: -pair[1])
    if not ranked or ranked[0][1] < _NEAR:
        return None
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _MARGIN:
        return None
    return Read((ranked[0][0],), "", "understood_likeness")


def read_several(offer: Offer, text: str) -> Read | None:
    """Read a reply as several choices in their order: "135", "1, 3 et 5", "logement et santé"."""
    digits = "".join(western(text).split())
    if len(offer.codes) <= 9 and digits.isdigit() and len(text) <= 40:
        return _each(offer, list(digits))
    leading = _leading_numbers(offer, western(text[:80]), western(text))
    if leading:
        return leading
    whole = read_one(offer, text)
    if whole and not whole.comment:
        return whole
    return (
        _labels_in_a_row(offer, text, _COMMAS) or _labels_in_a_row(offer, text, _BETWEEN) or whole
    )


def _labels_in_a_row(offer: Offer, text: str, between: re.Pattern[str]) -> Read | None:
    parts = [part for part in between.split(text) if part] if len(text) <= 400 else []
    return _each(offer, parts) if len(parts) > 1 else None


def _leading_numbers(offer: Offer, start: str, text: str) -> Read | None:
    """Read "1 3 5" and "1, 3 et 5 parce que …": numbers first, then perhaps words."""
    at, parts = 0, list[str]()
    pattern = re.compile(r"[\s,;.+/&-]*(?:(?:et|and|y|puis)\s+)?(\d{1,2})(?!\w)", re.IGNORECASE)
    while found := pattern.match(start, at):
        parts.append(found[1])
        at = found.end()
    if len(parts) < 2:
        return None
    read = _each(offer, parts)
    return read and Read(read.codes, text[at:].lstrip(_SIGNS).strip(), read.how)


def _each(offer: Offer, parts: list[str]) -> Read | None:
    reads = [read_one(offer, part) for part in parts]
    if not reads or any(read is None or read.comment for read in reads):
        return None
    codes = tuple(dict.fromkeys(code for read in reads if read for code in read.codes))
    how = "understood_numbers" if all(part.strip().isdigit() for part in parts) else ""
    return Read(codes, "", how or "understood_labels")
