"""Playing a rehearsal: the talk is held again, saved and read back between all turns."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import msgspec
from msgspec.structs import replace as replaced

from bot.dialogue import talk
from bot.dialogue.adding import ADD_MORE
from bot.dialogue.conversation import (
    Person,
    Programme,
    Turn,
    dump,
)
from bot.dialogue.rehearsal import (
    Entry,
    Rehearsal,
    drawn,
    fact_line,
    kept_line,
    passing,
    same,
    written_whole,
)
from bot.dialogue.rehearsalhead import SENT, Narrowed, figures_of, others_of, person_of, scene_of
from bot.dialogue.reply import File, FileKind, Prompt, Reply

MINUTE = 60_000

_LENGTH = re.compile(r",\s*(\d+(?:\.\d+)?)\s*s$")
_KINDS: dict[str, FileKind] = {"voice note": "voice", "photo": "photo", "document": "document"}

_person = msgspec.json.Decoder(Person)


@dataclass(frozen=True)
class Difference:
    """A place at which the talk did not come out as written; `line` counts from 1."""

    file: str
    line: int
    expected: str
    got: str

    def __str__(self) -> str:
        """Return it as people and editors read it."""
        return f"{self.file}:{self.line}: expected {self.expected!r}, got {self.got!r}"


@dataclass
class Played:
    """What came of playing a rehearsal: what differed, and the text as it comes out now."""

    differences: list[Difference] = field(default_factory=list)
    text: str = ""


Show = Callable[[Prompt], Prompt]


def as_it_is(prompt: Prompt) -> Prompt:
    """Show a prompt whole, as the engine gives it."""
    return replaced(prompt, page="")


def play(rehearsal: Rehearsal, programme: Programme, show: Show = as_it_is) -> Played:
    """Hold the talk of a rehearsal and compare what comes out with what is written.

    `show` is what a channel does to a prompt: of a long list it shows one page.
    """
    stage = _Stage(rehearsal, programme, show)
    stage.play()
    text = written_whole(rehearsal, stage.entries)
    return Played(stage.differences, text)


class _Stage:
    """A rehearsal while it is played."""

    def __init__(self, rehearsal: Rehearsal, programme: Programme, show: Show) -> None:
        self.rehearsal = rehearsal
        self.show = show
        wanted = rehearsal.head.get("open", "").replace(",", " ").split()
        counted = figures_of(rehearsal)
        self.programme = Narrowed(programme, (rehearsal.flow, *wanted), counted)
        others = others_of(rehearsal, self.programme)
        self.scene = replaced(scene_of(rehearsal), others=others)
        self.person = person_of(rehearsal, self.scene.now)
        self.turn = Turn(self.person)
        self.prompts: list[Prompt] = []  # said and not yet compared
        self.entries: list[Entry] = []  # as it comes out now
        self.differences: list[Difference] = []
        self.count = 0

    def play(self) -> None:
        if self.rehearsal.bot_begins:
            about = self.rehearsal.head.get("about", "")
            flow = self.rehearsal.flow
            self._take(talk.open_with(self.programme, self.person, self.scene, flow, about))
        for entry in self.rehearsal.entries:
            _ACTS[entry.kind](self, entry)
        self._leftover(self.rehearsal.entries[-1].line if self.rehearsal.entries else 1)

    def _take(self, turn: Turn) -> None:
        self.turn = turn
        self.person = _person.decode(dump(turn.person))
        self.prompts = [prompt for prompt in map(self.show, turn.prompts) if drawn(prompt)]
        for effect in turn.effects:
            if effect.kind == "rsvp":
                self._take_place(*effect.detail.split(" "))

    def _take_place(self, code: str, answer: str) -> None:
        """Let the next turn know of an answer to a session, as the store would."""
        session = self.scene.sessions[code]
        kept = session.answer == "coming" or session.left is None or session.left > 0
        said = "waiting" if answer == "coming" and not kept else answer
        sessions = {**self.scene.sessions, code: replaced(session, answer=said)}
        self.scene = replaced(self.scene, sessions=sessions)

    def bot(self, entry: Entry) -> None:
        got = drawn(self.prompts.pop(0)) if self.prompts else ""
        if same(entry.text, got):
            self.entries.append(entry)
            return
        self._differ(entry, entry.text, got)
        if got:
            self.entries.append(replace(entry, text=got))

    def person_speaks(self, entry: Entry) -> None:
        self._leftover(entry.line)
        self.entries.append(entry)
        self.count += 1
        now = self.scene.now + MINUTE
        self.scene = msgspec.structs.replace(self.scene, now=now)
        reply = reply_of(entry.text, f"r{self.count}", now, self.turn.prompts)
        self._take(talk.respond(self.programme, self.person, reply, self.scene))

    def clock(self, entry: Entry) -> None:
        self._leftover(entry.line)
        self.entries.append(entry)
        later = self.scene.now + (passing(entry.text) or 0)
        self.scene = msgspec.structs.replace(self.scene, now=later)

    def kept(self, entry: Entry) -> None:
        self._noted(entry, [kept_line(kept) for kept in self.turn.kept])

    def fact(self, entry: Entry) -> None:
        self._noted(entry, [fact_line(learned) for learned in self.turn.learned])

    def note(self, entry: Entry) -> None:
        self.entries.append(entry)

    def _noted(self, entry: Entry, lines: list[str]) -> None:
        """Compare a `kept` or `fact` line with those of the turn that speak of the same."""
        if any(same(entry.text, line) for line in lines):
            self.entries.append(entry)
            return
        name = entry.text.partition("=")[0].strip()
        got = next((line for line in lines if line.partition("=")[0].strip() == name), "")
        self._differ(entry, entry.text, got)
        if got:
            self.entries.append(replace(entry, text=got))

    def _leftover(self, line: int) -> None:
        """Whatever the bot said besides is a difference too."""
        for prompt in self.prompts:
            got = drawn(prompt)
            self.differences.append(Difference(self.rehearsal.file, line, "", got))
            self.entries.append(Entry("bot", got, line, "bot"))
        self.prompts = []

    def _differ(self, entry: Entry, expected: str, got: str) -> None:
        self.differences.append(Difference(self.rehearsal.file, entry.line, expected, got))


_ACTS = {
    "bot": _Stage.bot,
    "person": _Stage.person_speaks,
    "clock": _Stage.clock,
    "kept": _Stage.kept,
    "fact": _Stage.fact,
    "note": _Stage.note,
}


def reply_of(text: str, id_: str, at: int, prompts: tuple[Prompt, ...]) -> Reply:
    """Return the reply that a line of a rehearsal means: words, and what stands in brackets."""
    reply = Reply(id=id_, at=at)
    for what, name in SENT.findall(text):
        if what == "button":
            reply = msgspec.structs.replace(reply, pressed=_pressed(name, prompts))
        elif what == "start":
            reply = msgspec.structs.replace(reply, start=name)
        elif what == "place":
            latitude, longitude = map(float, name.replace(",", " ").split())
            reply = msgspec.structs.replace(reply, place=(latitude, longitude))
        else:
            reply = msgspec.structs.replace(reply, files=(*reply.files, _file(what, name)))
    words = SENT.sub("", text).strip()
    return msgspec.structs.replace(reply, text=words)


def _file(what: str, name: str) -> File:
    """Return a recording or photo; "ferry.ogg, 12 s" tells its length too."""
    length = _LENGTH.search(name)
    seconds = float(length[1]) if length else None
    return File(_LENGTH.sub("", name).strip(), _KINDS[what], seconds, "kept")


def _pressed(label: str, prompts: tuple[Prompt, ...]) -> str:
    """Return the data of the button with this label; of no question if there is none."""
    for prompt in reversed(prompts):
        codes = {choice.label: choice.code for choice in prompt.choices}
        if prompt.done:
            codes[prompt.done] = "*done"
        if prompt.add:
            codes[prompt.add] = ADD_MORE
        if label in codes:
            return f"{prompt.key}:{codes[label]}"
    return f"gone:{label}"
