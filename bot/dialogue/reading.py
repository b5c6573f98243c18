"""Reading words, sentences and lists out of YAML nodes; each returns something usable always.

What cannot be read is complained of and replaced by something empty, so that reading goes on and
all faults are found in one pass.
"""

import re
from collections.abc import Collection
from datetime import date

from bot.dialogue.commands import command
from bot.dialogue.fault import Complaints, as_name, nearest_or_all
from bot.dialogue.flow import Choice
from bot.dialogue.placeholders import lone_brace, names_in, wrong_name
from bot.dialogue.words import plain
from bot.dialogue.yamlnodes import Entry, Node, Row, Scalar, Table

LONGEST_NAME = 40  # a code and its question travel together in a button's 64 bytes
# With these Twilio itself opts people out or in, whatever we asked.
_LEAVE = ("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout")
_RETURN = ("start", "yes", "unstop", "help", "info")
TWILIO_WORDS = frozenset((*_LEAVE, *_RETURN))
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def words(entry: Entry, complaints: Complaints) -> str:
    """Return the words behind a key; complain if there are none, or a table instead."""
    if isinstance(entry.value, Scalar):
        if not entry.value.text:
            complaints.add(entry.line, f'nothing stands behind "{entry.key}"', "fill it in")
        return entry.value.text
    complaints.add(
        entry.line,
        f'behind "{entry.key}" there must be words',
        'a sentence that begins with { or [ needs quotes, or a new line after "|"',
    )
    return ""


def sentence(entry: Entry, complaints: Complaints, in_block: bool = False) -> str:
    """Return a text for people, its placeholders checked."""
    text = words(entry, complaints)
    for name in dict.fromkeys(names_in(text)):
        wrong = wrong_name(name, in_block)
        if wrong:
            complaints.add(entry.line, *wrong)
    if lone_brace(text):
        complaints.add(entry.line, "a { or } belongs to no placeholder", "take it out")
    return text


def several_words(entry: Entry, complaints: Complaints) -> list[Scalar]:
    """Return a list, written as [a, b], as lines with dashes, or as "a, b"."""
    value = entry.value
    if isinstance(value, Row) and all(isinstance(item, Scalar) for item in value.items):
        return [item for item in value.items if isinstance(item, Scalar) and item.text]
    text = words(entry, complaints)
    return [Scalar(part.strip(), entry.line) for part in text.split(",") if part.strip()]


def table(entry: Entry, complaints: Complaints, what: str) -> Table:
    """Return the table behind a key; `what` it should hold, for the complaint."""
    if isinstance(entry.value, Table) and entry.value.entries:
        return entry.value
    complaints.add(
        entry.line,
        f'behind "{entry.key}" there must be {what}',
        'one a line, indented, each written "name: …"',
    )
    return Table((), entry.line)


def number(entry: Entry, complaints: Complaints, unit: str = "") -> int:
    """Return a whole number, written "30" or "30 days"."""
    text = words(entry, complaints)
    found = re.fullmatch(rf"(\d{{1,6}})(?: {unit}s?)?" if unit else r"(\d{1,6})", text)
    if found and found[1].isascii():
        return int(found[1])
    if text:
        example = f'like "7 {unit}s"' if unit else 'like "4"'
        complaints.add(entry.line, f'"{text}" is no number', f"write it {example}")
    return 0


def day(entry: Entry, complaints: Complaints) -> str:
    """Return a date, as ISO writes it."""
    text = words(entry, complaints)
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        complaints.add(entry.line, f'"{text}" is no date', 'write it like "2027-05-31"')
        return ""


def yes(entry: Entry, complaints: Complaints) -> bool:
    """Return whether "yes" stands behind a key; only yes and no may."""
    text = words(entry, complaints)
    if text and text not in ("yes", "no"):
        complaints.add(entry.line, f'"{entry.key}" is "{text}"', 'write "yes", or delete the line')
    return text == "yes"


def one_of(entry: Entry, known: Collection[str], complaints: Complaints, what: str) -> str:
    """Return one of the known words; "" if it is none of them."""
    text = words(entry, complaints)
    if text in known:
        return text
    if text:
        complaints.add(entry.line, f'"{text}" is no {what}', nearest_or_all(text, known))
    return ""


def check_name(name: str, line: int, what: str, complaints: Complaints) -> None:
    """Complain of a step, code or ending whose name could not head a column."""
    if not _NAME.fullmatch(name):
        complaints.add(
            line,
            f'"{name}" cannot name {what}: only small letters without accents, digits, "_" and "-"',
            f'call it "{as_name(name)}"' if as_name(name) else "give it a short name",
        )
    elif len(name) > LONGEST_NAME:
        complaints.add(line, f'"{name}" is longer than {LONGEST_NAME} signs', "shorten it")


def label(code: str, node: Node, line: int, complaints: Complaints) -> Choice:
    """Read "label" or "label | short"."""
    if not isinstance(node, Scalar):
        complaints.add(line, f'the choice "{code}" must have words', 'write "code: Label"')
        return Choice(code, code)
    full, bar, short = (part.strip() for part in node.text.partition("|"))
    if not full or (bar and not short):
        complaints.add(line, f'the choice "{code}" lacks its words', 'write "code: Label"')
    if names := list(names_in(node.text)):
        complaints.add(line, f"a label cannot hold {{{names[0]}}}", "write the words out")
    return Choice(code, full or code, short)


def choices(entry: Entry, complaints: Complaints) -> tuple[Choice, ...]:
    """Read a table of codes and labels."""
    offered = []
    for each in table(entry, complaints, "the choices").entries:
        check_name(each.key, each.line, "a choice", complaints)
        offered.append(label(each.key, each.value, each.line, complaints))
        _refuse_twin(offered, each.line, complaints)
    return tuple(offered)


def _refuse_twin(offered: list[Choice], line: int, complaints: Complaints) -> None:
    *before, last = offered
    for other in before:
        if plain(other.label) == plain(last.label):
            complaints.add(
                line, f'two choices read "{last.label}": "{other.code}" and "{last.code}"',
                "give them different words",
            )  # fmt: skip


def is_reserved(text: str) -> bool:
    """Say whether people, or the carrier, mean something else by a text, in any language."""
    return plain(text) in TWILIO_WORDS or command(text) is not None
