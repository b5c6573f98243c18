"""What kind of answer a question takes: `answer`, `choices`, `choose`, `remind after`."""

import re
from collections.abc import Mapping, Sequence
from typing import cast, get_args

from bot.dialogue.fault import Complaints, listed, nearest_or_all
from bot.dialogue.flow import AnswerKind, Choice, Choosing
from bot.dialogue.reading import check_name, choices, several_words, words
from bot.dialogue.yamlnodes import Entry, Table

KINDS = tuple(kind for kind in get_args(AnswerKind) if kind not in ("choice", "numbers"))
HOURS = {"hour": 1, "day": 24, "week": 168}
MOST_PARTS = 6


def read_answer(entry: Entry, complaints: Complaints) -> tuple[AnswerKind, tuple[Choice, ...]]:
    """Read `answer`: a kind, and for "numbers" its parts."""
    if isinstance(entry.value, Table):
        return "numbers", _parts_below(entry, entry.value, complaints)
    text = words(entry, complaints)
    kind, colon, parts = text.partition(":")
    if kind.strip() == "numbers" and colon:
        return "numbers", _parts_in_line(parts, entry, complaints)
    if text == "numbers":
        complaints.add(
            entry.line, '"numbers" does not say of what', 'write "numbers: women, men" in quotes'
        )
    elif text and text not in KINDS:
        remedy = nearest_or_all(text, (*KINDS, "numbers: women, men"))
        complaints.add(entry.line, f'"{text}" is no kind of answer', remedy)
    return (cast("AnswerKind", text) if text in KINDS else "text"), ()


def _parts_below(entry: Entry, below: Table, complaints: Complaints) -> tuple[Choice, ...]:
    inner = below.get("numbers")
    if inner is None or len(below.entries) != 1:
        remedy = f"or write one of {listed(KINDS, 'or')}"
        complaints.add(entry.line, 'only "numbers" has parts below it', remedy)
        return ()
    if isinstance(inner.value, Table):
        return choices(inner, complaints)
    return _parts_in_line(words(inner, complaints), inner, complaints)


def _parts_in_line(text: str, entry: Entry, complaints: Complaints) -> tuple[Choice, ...]:
    codes = [part.strip() for part in text.split(",") if part.strip()]
    if not 2 <= len(codes) <= MOST_PARTS or len(set(codes)) < len(codes):
        what = f'"numbers" needs two to {MOST_PARTS} different parts'
        complaints.add(entry.line, what, 'list them, like "numbers: women, men, other"')
    for code in codes:
        check_name(code, entry.line, "a part", complaints)
    return tuple(Choice(code, code) for code in codes)


def read_choices_from(
    entry: Entry, lists: Mapping[str, Sequence[Choice]], complaints: Complaints
) -> tuple[str, tuple[Choice, ...]]:
    """Read `choices from`: the list's name, and what it offers now."""
    name = words(entry, complaints)
    if name and name not in lists:
        complaints.add(entry.line, f'there is no list "{name}"', nearest_or_all(name, lists))
    elif name and not lists[name]:
        complaints.add(entry.line, f'the list "{name}" is empty', "fill it, or write choices here")
    return name, tuple(lists.get(name, ()))


def read_choose(entry: Entry, complaints: Complaints) -> tuple[Choosing, int]:
    """Read `choose`: how, and how many at most (0: as many as there are)."""
    text = " ".join(words(entry, complaints).split())
    found = re.fullmatch(r"up to ([2-9]|[1-9][0-9]) in order", text)
    if found:
        return "in order", int(found[1])
    if text in ("one", "several"):
        return cast("Choosing", text), 0
    if text:
        what, remedy = f'"choose: {text}" is not understood', '"one", "several", "up to 3 in order"'
        complaints.add(entry.line, what, f"write one of {remedy}")
    return "one", 0


def read_reminders(entry: Entry, complaints: Complaints) -> tuple[int, ...]:
    """Read `remind after`: "3 days, 10 days" as hours, each later than the one before."""
    hours = []
    for each in several_words(entry, complaints):
        found = re.fullmatch(r"([1-9][0-9]{0,2}) (hour|day|week)s?", each.text)
        if found:
            hours.append(int(found[1]) * HOURS[found[2]])
        else:
            complaints.add(each.line, f'"{each.text}" is no time', 'write "3 days, 10 days"')
    if hours != sorted(set(hours)):
        complaints.add(entry.line, "each reminder must come after the one before", "reorder them")
    return tuple(hours)
