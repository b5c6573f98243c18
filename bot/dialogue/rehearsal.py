"""Rehearsals: written conversations that must come out the same. Reading and writing them.

    # Ama answers by voice.
    flow: reactions
    language: fr
    bot: Qu'en pensez-vous ?
         1. D'accord
         2. À modifier
    ama: 2
    bot: Que faut-il changer ? …
    [three days later]
    ama: [voice note ferry.ogg]
    kept: changement = ferry.ogg

A text that ends in "…" stands for everything that begins like it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from bot.dialogue.fault import Complaints, nearest_or_all
from bot.dialogue.reply import Kept, Learned, Prompt
from bot.dialogue.sessions import ANSWERS, Session

HEADERS = ("flow", "language", "channel", "facts", "who", "open", "about", "others", "date",
           "done", "figures", "own answers", "sessions", "helped by")  # fmt: skip
CHANNELS = ("telegram", "sms", "whatsapp")
INDENT = "     "  # as wide as "bot: ", so that a block stands under its first line
GOES_ON = "…"

EntryKind = Literal["bot", "person", "clock", "kept", "fact", "note"]

_HEAD = re.compile(r"([^\W\d][\w' -]{0,30}?):(?:\s(.*)|$)")
_WHEN = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d) (\S+)")
SESSION_LIKE = 'write it like "fair = The fair; Town hall; 2026-11-14 15:00 Africa/Dakar; 9 left"'
_LATER = re.compile(r"\[(?:(\d+|\w+) (minute|hour|day|week|month)s? later|next day)\]")
_COUNTS = dict(zip(("one", "two", "three", "four", "five", "six", "ten"), (1, 2, 3, 4, 5, 6, 10),
                   strict=True))  # fmt: skip
_UNITS = {"minute": 60_000, "hour": 3_600_000, "day": 86_400_000, "week": 604_800_000,
          "month": 30 * 86_400_000}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One thing that is said, that passes, or that must have been kept. `line` counts from 1."""

    kind: EntryKind
    text: str
    line: int
    name: str = ""  # of who speaks


@dataclass(frozen=True)
class Rehearsal:
    """A written conversation: its head, and everything below in order."""

    file: str
    head: dict[str, str] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()

    @property
    def flow(self) -> str:
        """The flow that is rehearsed."""
        return self.head["flow"]

    @property
    def bot_begins(self) -> bool:
        """Say whether the bot speaks first."""
        spoken = [entry.kind for entry in self.entries if entry.kind in ("bot", "person")]
        return spoken[:1] != ["person"]


def read_rehearsal(text: str, file: str) -> Rehearsal:
    """Read a rehearsal. Raises Faults with all that is wrong in it."""
    complaints = Complaints(file)
    head: dict[str, str] = {}
    entries: list[Entry] = []
    for entry in _blocks(text, complaints):
        name = entry.name
        if name in HEADERS and not any(one.kind in ("bot", "person") for one in entries):
            head[name] = entry.text
        else:
            entries.append(entry)
    _check(head, complaints)
    complaints.insist()
    return Rehearsal(file, head, tuple(entries))


def _check(head: dict[str, str], complaints: Complaints) -> None:
    if "flow" not in head:
        complaints.add(1, "it does not say which flow is rehearsed", 'begin with "flow: NAME"')
    channel = head.get("channel", "telegram")
    if channel not in CHANNELS:
        complaints.add(1, f'there is no channel "{channel}"', nearest_or_all(channel, CHANNELS))
    for line in lines_of(head.get("sessions", "")):
        if read_session(line) is None:
            complaints.add(1, f'"{line}" is no session', SESSION_LIKE)


def lines_of(text: str) -> list[str]:
    """Return the lines of a head's value."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def read_session(line: str) -> Session | None:
    """Read a session as `SESSION_LIKE` writes it; behind it may stand an answer, or "own"."""
    code, _, rest = line.partition("=")
    title, place, when, *more = [part.strip() for part in (*rest.split(";"), "", "")]
    found = _WHEN.fullmatch(when)
    if found is None or not (code.strip() and title and place):
        return None
    try:
        begins = datetime.fromisoformat(f"{found[1]}T{found[2]}").replace(tzinfo=ZoneInfo(found[3]))
    except (ValueError, KeyError, OSError):
        return None
    left = next((int(part.split()[0]) for part in more if part.endswith(" left")), None)
    region = next((part.split()[1] for part in more if part.startswith("region ")), "")
    answer = next((part for part in more if part in (*ANSWERS, "waiting")), "")
    return Session(
        code.strip(), {"": title}, place, found[3], int(begins.timestamp() * 1000), left=left,
        region=region, answer=answer, leads="own" in more,
    )  # fmt: skip


def _blocks(text: str, complaints: Complaints) -> Iterator[Entry]:
    """Yield the entries; lines that begin with blanks belong to the one above."""
    current: list[str] = []
    begun = 0
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if line.startswith((" ", "\t")) and line.strip() and current:
            current.append(line.strip())
            continue
        if current:
            yield from _entry(current, begun, complaints)
        current, begun = ([line.rstrip()] if line.strip() else []), number


def _entry(lines: Sequence[str], number: int, complaints: Complaints) -> Iterator[Entry]:
    first = lines[0]
    if first.startswith("#"):
        yield Entry("note", "\n".join(lines), number)
    elif first.startswith("["):
        if passing(first) is None:
            complaints.add(number, f'"{first}" is no time', 'write it like "[three days later]"')
        yield Entry("clock", first, number)
    else:
        found = _HEAD.match(first)
        if found is None:
            complaints.add(
                number, f'"{first[:40]}" says not who speaks', 'write "bot: …" or "ama: …"'
            )
            return
        text = "\n".join(part for part in ((found[2] or "").strip(), *lines[1:]) if part)
        kinds: dict[str, EntryKind] = {"bot": "bot", "kept": "kept", "fact": "fact"}
        yield Entry(kinds.get(found[1], "person"), text, number, found[1])


def passing(text: str) -> int | None:
    """Return the milliseconds of "[three days later]" or "[next day]", None if it is neither."""
    found = _LATER.fullmatch(text.strip())
    if found is None:
        return None
    if found[1] is None:
        return _UNITS["day"]
    count = int(found[1]) if found[1].isdecimal() else _COUNTS.get(found[1])
    return None if count is None else count * _UNITS[found[2]]


def same(expected: str, got: str) -> bool:
    """Say whether a text came out as it was written."""
    if expected.endswith(GOES_ON) and expected != got:
        return got.startswith(expected.removesuffix(GOES_ON).rstrip())
    return expected == got


# ── writing ──


def written(entry: Entry) -> list[str]:
    """Return an entry's lines in the file."""
    if entry.kind in ("note", "clock"):
        return entry.text.split("\n")
    first, *rest = entry.text.split("\n")
    indent = " " * (len(entry.name) + 2)
    return [f"{entry.name}: {first}".rstrip(), *(f"{indent}{line}" for line in rest)]


def written_whole(rehearsal: Rehearsal, entries: Iterable[Entry]) -> str:
    """Return the file of a rehearsal with these entries; its notes and head stay in front."""
    notes = [entry for entry in rehearsal.entries if entry.kind == "note" and entry.line == 1]
    lines = [line for note in notes for line in written(note)]
    for key, value in rehearsal.head.items():
        lines += written(Entry("kept", value, 0, key))
    for entry in entries:
        if entry not in notes:
            lines += written(entry)
    return "\n".join(lines) + "\n"


def drawn(prompt: Prompt) -> str:
    """Return what a prompt looks like in a rehearsal."""
    lines = prompt.text.strip().split("\n") if prompt.text.strip() else []
    if prompt.attach is not None:
        lines.append(f"[document {prompt.attach.title}]")
    picked = {code: number for number, code in enumerate(prompt.chosen, 1)}
    for number, choice in enumerate(prompt.choices, prompt.first):
        mark = f" ({picked[choice.code]})" if choice.code in picked else ""
        lines.append(f"{number}. {choice.label}{mark}")
    if prompt.page:
        lines.append(prompt.page)
    if prompt.done:
        lines.append(f"[{prompt.done}]")
    if prompt.add:
        lines.append(f"[{prompt.add}]")
    elif prompt.add_by_word:
        lines.append(prompt.add_by_word)
    return "\n".join(line.rstrip() for line in lines if line.strip())


def kept_line(kept: Kept) -> str:
    """Return an answer as a rehearsal notes it: "avis@seeds = amend (too dear)"."""
    place = f"{kept.step}@{kept.item}" if kept.item else kept.step
    files = [file.media for file in kept.files]
    said = [] if kept.code or kept.codes else [kept.text.replace("\n", " ")]
    parts = [kept.code or " ".join(kept.codes), *said, *files]
    comment = f" ({' '.join(kept.comment.split())})" if kept.comment else ""
    state = " [unresolved]" if kept.state == "unresolved" else ""
    return f"{place} = {', '.join(part for part in parts if part)}{comment}{state}"


def fact_line(learned: Learned) -> str:
    """Return a fact as a rehearsal notes it: "role = facilitator"."""
    value = learned.value
    said = value if isinstance(value, str) else " ".join(value) if value else "unknown"
    return f"{learned.name} = {said}"
