"""The tester that talks: a participant whose state is written down and read back between turns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec.structs import replace

from bot.dialogue import talk
from bot.dialogue.adding import ADD_MORE
from bot.dialogue.conversation import Conversation, Figure, Person, Programme, Scene, Turn
from bot.dialogue.flow import Bundle, Consultation, Flow
from bot.dialogue.reply import File, Kept, Learned, Reply

NOON = 1_790_000_000_000  # an hour in September 2026
HOUR = 3_600_000


@dataclass(repr=False)
class Printed:
    """A Programme made of flows in hand; `current` may be changed as files on disk would."""

    consultation: Consultation
    phrases: Mapping[str, Mapping[str, str]]
    bundles: dict[str, Bundle]
    current: dict[str, str]
    open_flows: tuple[str, ...]
    structures: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, Figure | None] = field(default_factory=dict)
    opened_topics: Mapping[str, int] = field(default_factory=dict)

    def flow(self, revision: str, language: str) -> Flow:
        """Return the flow in a language, or in its own."""
        bundle = self.bundles[revision]
        return bundle.flows.get(language) or bundle.flows[bundle.source]

    def revision_for(self, conversation: Conversation) -> str:
        """Return the newest revision of the same structure."""
        newest = self.current.get(conversation.flow, conversation.revision)
        same = self.structures.get(newest, newest) == self.structures.get(
            conversation.revision, conversation.revision
        )
        return newest if same else conversation.revision


def saved(person: Person) -> Person:
    """Return the person as the store would give them back."""
    return msgspec.json.decode(msgspec.json.encode(person), type=Person)


class Talker:
    """Someone who talks with the bot; what came of it can be looked at."""

    def __init__(self, programme: Programme, person: Person | None = None, **scene: Any) -> None:
        """Begin with an unknown person, at noon, on a channel with buttons."""
        self.programme = programme
        self.person = person or Person()
        self.now = NOON
        self.scene = Scene(NOON, **{"burst_ms": 0, **scene})
        self.turn = Turn(self.person)
        self.kept: dict[str, Kept] = {}
        self.learned: list[Learned] = []
        self.count = 0

    # ── saying ──

    def says(self, text: str = "", **more: Any) -> "Talker":
        """Send a message; ten seconds later the bot has answered."""
        self.count += 1
        at = more.pop("at", self.now)
        reply = Reply(id=more.pop("id", f"r{self.count}"), at=at, text=text, **more)
        scene = replace(self.scene, now=self.now)
        return self.took(talk.respond(self.programme, self.person, reply, scene))

    def speaks(self, seconds: float = 12.0, state: str = "kept", **more: Any) -> "Talker":
        """Send a voice note."""
        verdict, speech = more.pop("verdict", ""), more.pop("speech", None)
        file = File(f"m{self.count + 1}", "voice", seconds, state, verdict, speech=speech)
        return self.says(files=(file,), **more)

    def starts(self, payload: str = "") -> "Talker":
        """Send /start."""
        return self.says(start=payload)

    def presses(self, label: str) -> "Talker":
        """Press the button with this label under the newest message that has it."""
        for prompt in reversed(self.turn.prompts):
            codes = {choice.label: choice.code for choice in prompt.choices} | {
                prompt.done: "*done",
                prompt.add: ADD_MORE,
            }
            if label in codes and prompt.key:
                return self.says(pressed=f"{prompt.key}:{codes[label]}")
        raise AssertionError(f"there is no button {label!r}")

    def edits(self, id_: str, text: str) -> "Talker":
        """Edit an earlier message."""
        return self.says(text, id=id_, edits=id_)

    def begins(self, flow: str, about: str = "") -> "Talker":
        """Let the bot speak first."""
        scene = replace(self.scene, now=self.now)
        return self.took(talk.open_with(self.programme, self.person, scene, flow, about))

    def waits(self, hours: float) -> "Talker":
        """Let time pass."""
        self.now += int(hours * HOUR)
        return self

    def took(self, turn: Turn) -> "Talker":
        """Write the turn down as the gateway would."""
        self.turn = turn
        self.person = saved(turn.person)
        for kept in turn.kept:
            self.kept[kept.key] = kept
        for gone in turn.withdrawn:
            self.kept.pop(gone.key, None)
        self.learned += turn.learned
        self.now += 10_000
        return self

    # ── looking ──

    @property
    def heard(self) -> str:
        """All that the bot said in the last turn."""
        return "\n".join(prompt.text for prompt in self.turn.prompts if prompt.text)

    @property
    def asked(self) -> str:
        """The step of the open question, "" for none."""
        return self.place.partition("@")[0]

    @property
    def place(self) -> str:
        """The place of the open question: the step, and the item."""
        return self.open.place if self.open else ""

    @property
    def open(self) -> Conversation | None:
        """The conversation in the foreground."""
        return next((one for one in self.person.conversations if one.state == "open"), None)

    def answer(self, step: str) -> Kept:
        """The newest answer at a step."""
        return [kept for kept in self.kept.values() if kept.step == step][-1]

    @property
    def effects(self) -> list[str]:
        """What the gateway has to do besides."""
        return [effect.kind for effect in self.turn.effects]
