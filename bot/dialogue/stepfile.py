"""One step of a flow file: its keys, each read by its own function, and what goes together."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from bot.dialogue import answerkeys
from bot.dialogue.fault import Complaints, did_you_mean
from bot.dialogue.flow import FACTS, Choice, Document, Jump, Step
from bot.dialogue.reading import (
    check_name,
    choices,
    one_of,
    sentence,
    table,
    words,
    yes,
)
from bot.dialogue.sessions import SESSION
from bot.dialogue.stepcheck import ROUNDS, ReadStep, StepCheck
from bot.dialogue.yamlnodes import Entry, Scalar, Table

ITEM_DOCUMENTS = ("item audio", "item document")
KEYS = (
    *("say", "more", "attach", "ask", "choices", "choices from", "choose", "answer", "only if"),
    *("if CODE", "for each", "steps", "up to 3 times", "keep as", "optional", "remind after"),
    *("hand over", "hear others", "invite to"),
)
NOT_YET = ("vote on", "compare")
_CHOICE_OF = re.compile(r"choice of (\S+)")
_ANSWERS_TO = re.compile(r"up to ([1-9]) answers to (\S+)")


@dataclass(frozen=True)
class Around:
    """What a flow may refer to besides itself."""

    offered: Mapping[str, Sequence[Choice]]  # lists to choose from
    loops: frozenset[str]  # lists that a block may run over
    documents: Mapping[str, Document]
    languages: tuple[str, ...]


class StepReader:
    """Reads the steps of one file."""

    def __init__(self, around: Around, complaints: Complaints) -> None:
        """Keep what steps may refer to."""
        self.around = around
        self.complaints = complaints

    def steps(self, entry: Entry, in_block: bool = False) -> list[ReadStep]:
        """Read a table of steps."""
        return [
            self.step(each, in_block) for each in table(entry, self.complaints, "the steps").entries
        ]

    def step(self, entry: Entry, in_block: bool) -> ReadStep:
        """Read one step."""
        check_name(entry.key, entry.line, "a step", self.complaints)
        draft = ReadStep(Step(entry.key, entry.line))
        if not isinstance(entry.value, Table):
            self.complaints.add(
                entry.line, f'step "{entry.key}" says and asks nothing', 'give it "say" or "ask"'
            )
            return draft
        one = _StepKeys(self, draft, in_block)
        for each in entry.value.entries:
            one.take(each)
        one.finish()
        return draft


class _StepKeys:
    """Gathers the values of one step, key by key."""

    def __init__(self, reader: StepReader, draft: ReadStep, in_block: bool) -> None:
        self.reader = reader
        self.around = reader.around
        self.complaints = reader.complaints
        self.draft = draft
        self.in_block = in_block
        self.values: dict[str, Any] = {}

    def take(self, entry: Entry) -> None:
        """Read one key."""
        self.draft.lines[entry.key] = entry.line
        if entry.key in _READERS:
            _READERS[entry.key](self, entry)
        elif entry.key.startswith("if "):
            self.jump(entry)
        elif ROUNDS.fullmatch(entry.key):
            self.rounds(entry)
        else:
            self.unknown(entry)

    def unknown(self, entry: Entry) -> None:
        self.draft.strange = True
        if entry.key in NOT_YET:
            self.complaints.add(
                entry.line, f'"{entry.key}" is not understood yet', "take it out for now"
            )
            return
        meant = did_you_mean(entry.key, KEYS) or "the keys are listed in docs/flows.md"
        self.complaints.add(entry.line, f'there is no key "{entry.key}"', meant)

    def text(self, entry: Entry) -> None:
        self.values[entry.key] = sentence(entry, self.complaints, self.in_block)

    def attach(self, entry: Entry) -> None:
        known = (*self.around.documents, *ITEM_DOCUMENTS)
        if not self.in_block and words(entry, self.complaints) in ITEM_DOCUMENTS:
            what = f'"{words(entry, self.complaints)}" belongs to an item of a "for each"'
            self.complaints.add(entry.line, what, "name a document, or move it into the block")
        self.values["attach"] = one_of(entry, known, self.complaints, "document")

    def own_choices(self, entry: Entry) -> None:
        self.values["own"] = choices(entry, self.complaints)
        if isinstance(entry.value, Table):
            own = {f"choice {each.key}": each.line for each in entry.value.entries}
            self.draft.lines.update(own)

    def listed_choices(self, entry: Entry) -> None:
        name, offered = answerkeys.read_choices_from(entry, self.around.offered, self.complaints)
        self.values["choices_from"], self.values["listed"] = name, offered

    def answer(self, entry: Entry) -> None:
        kind, parts = answerkeys.read_answer(entry, self.complaints)
        self.values["answer"], self.values["parts"] = kind, parts

    def choose(self, entry: Entry) -> None:
        self.values["choose"], self.values["most"] = answerkeys.read_choose(entry, self.complaints)

    def reminders(self, entry: Entry) -> None:
        self.values["remind_after"] = answerkeys.read_reminders(entry, self.complaints)

    def condition(self, entry: Entry) -> None:
        if words(entry, self.complaints) and isinstance(entry.value, Scalar):
            self.draft.only_if = entry.value

    def jump(self, entry: Entry) -> None:
        target = " ".join(words(entry, self.complaints).split())
        jump = Jump(entry.key.removeprefix("if ").strip(), target)
        self.values["jumps"] = (*self.values.get("jumps", ()), jump)

    def fact(self, entry: Entry) -> None:
        self.values["keep_as"] = one_of(entry, FACTS, self.complaints, "fact about a person")

    def flag(self, entry: Entry) -> None:
        self.values[entry.key.replace(" ", "_")] = yes(entry, self.complaints)

    def invitation(self, entry: Entry) -> None:
        self.values["invite_to"] = one_of(entry, (SESSION,), self.complaints, "thing to come to")

    def for_each(self, entry: Entry) -> None:
        name = " ".join(words(entry, self.complaints).split())
        self.values["for_each"] = name
        if name and not _CHOICE_OF.fullmatch(name) and name not in self.around.loops:
            meant = did_you_mean(name, (*self.around.loops, "choice of STEP"))
            self.complaints.add(entry.line, f'there is no list "{name}" to go through', meant)

    def hear_others(self, entry: Entry) -> None:
        found = _ANSWERS_TO.fullmatch(" ".join(words(entry, self.complaints).split()))
        if found:
            self.values["hear_most"], self.values["hear_others"] = int(found[1]), found[2]
        else:
            what = "it does not say whose answers are heard"
            self.complaints.add(entry.line, what, 'write it like "up to 3 answers to parole"')

    def rounds(self, entry: Entry) -> None:
        found = ROUNDS.fullmatch(entry.key)
        self.values["up_to"] = int(found[1]) if found else 0
        self.block(entry)

    def block(self, entry: Entry) -> None:
        if self.in_block:
            self.complaints.add(
                entry.line, "a block cannot stand inside another", "put it below, on its own"
            )
        elif not self.draft.block:
            self.draft.block = self.reader.steps(entry, in_block=True)

    def finish(self) -> None:
        """Put the values together and check what goes with what."""
        listed, own = self.values.pop("listed", ()), self.values.pop("own", ())
        if listed or own or self.values.get("choices_from"):
            self.values["choices"] = (*listed, *own)
            self.values["added"] = len(own) if "choices from" in self.draft.lines else 0
        if "choices" in self.draft.lines or "choices from" in self.draft.lines:
            self.values.setdefault("answer", "choice")
        self.draft.step = msgspec.structs.replace(self.draft.step, **self.values)
        StepCheck(self.draft, self.around.languages, self.complaints).check(tuple(_READERS))


_READERS: dict[str, Callable[[_StepKeys, Entry], None]] = {
    "say": _StepKeys.text,
    "more": _StepKeys.text,
    "ask": _StepKeys.text,
    "attach": _StepKeys.attach,
    "choices": _StepKeys.own_choices,
    "choices from": _StepKeys.listed_choices,
    "choose": _StepKeys.choose,
    "answer": _StepKeys.answer,
    "only if": _StepKeys.condition,
    "for each": _StepKeys.for_each,
    "hear others": _StepKeys.hear_others,
    "steps": _StepKeys.block,
    "keep as": _StepKeys.fact,
    "optional": _StepKeys.flag,
    "hand over": _StepKeys.flag,
    "invite to": _StepKeys.invitation,
    "remind after": _StepKeys.reminders,
}
