"""One step of a flow file: its keys, each read by its own function, and what goes together."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from bot.dialogue import answerkeys
from bot.dialogue.commands import language_named
from bot.dialogue.fault import Complaints, did_you_mean
from bot.dialogue.flow import CONSENTS, FACTS, Choice, Document, Jump, Step
from bot.dialogue.reading import (
    check_name,
    choices,
    is_reserved,
    one_of,
    sentence,
    table,
    words,
    yes,
)
from bot.dialogue.yamlnodes import Entry, Scalar, Table

ITEM_DOCUMENTS = ("item audio", "item document")
OF_A_QUESTION = ("choose", "keep as", "optional", "remind after")
KEYS = (
    *("say", "more", "attach", "ask", "choices", "choices from", "choose", "answer", "only if"),
    *("if CODE", "for each", "steps", "up to 3 times", "keep as", "optional", "remind after"),
    "hand over",
)
NOT_YET = ("hear others", "invite to", "vote on", "compare")
_ROUNDS = re.compile(r"up to ([2-9]) times")
_CHOICE_OF = re.compile(r"choice of (\S+)")


@dataclass(frozen=True)
class Around:
    """What a flow may refer to besides itself."""

    offered: Mapping[str, Sequence[Choice]]  # lists to choose from
    loops: frozenset[str]  # lists that a block may run over
    documents: Mapping[str, Document]
    languages: tuple[str, ...]


@dataclass
class ReadStep:
    """A step as it was read, with what can only be checked when all steps are known."""

    step: Step
    lines: dict[str, int] = field(default_factory=dict)
    only_if: Scalar | None = None
    block: "list[ReadStep]" = field(default_factory=list)

    @property
    def name(self) -> str:
        """The step's name."""
        return self.step.name


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
        elif _ROUNDS.fullmatch(entry.key):
            self.rounds(entry)
        else:
            self.unknown(entry)

    def unknown(self, entry: Entry) -> None:
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
        known = (*self.around.documents, *(ITEM_DOCUMENTS if self.in_block else ()))
        self.values["attach"] = one_of(entry, known, self.complaints, "document")

    def own_choices(self, entry: Entry) -> None:
        self.values["own"] = choices(entry, self.complaints)

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

    def for_each(self, entry: Entry) -> None:
        name = " ".join(words(entry, self.complaints).split())
        self.values["for_each"] = name
        if name and not _CHOICE_OF.fullmatch(name) and name not in self.around.loops:
            meant = did_you_mean(name, (*self.around.loops, "choice of STEP"))
            self.complaints.add(entry.line, f'there is no list "{name}" to go through', meant)

    def rounds(self, entry: Entry) -> None:
        found = _ROUNDS.fullmatch(entry.key)
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
            self.values["added"] = len(own) if self._has("choices from") else 0
        if self._has("choices") or self._has("choices from"):
            self.values.setdefault("answer", "choice")
        self.draft.step = msgspec.structs.replace(self.draft.step, **self.values)
        if self._has("for each") or self.draft.step.up_to:
            self._check_block()
        else:
            self._check_alone()

    def _has(self, key: str) -> bool:
        return key in self.draft.lines

    def _line(self, key: str) -> int:
        return self.draft.lines.get(key, self.draft.step.line)

    def _say(self, key: str, what: str, remedy: str) -> None:
        self.complaints.add(self._line(key), f'step "{self.draft.name}" {what}', remedy)

    def _check_block(self) -> None:
        if self._has("for each") and self.draft.step.up_to:
            self._say("for each", 'has both "for each" and "up to … times"', "keep one of them")
        if self._has("for each") and not self._has("steps"):
            self._say("for each", "repeats nothing", 'add "steps:" below "for each"')
        allowed = {"for each", "steps", "only if"}
        for key in self.draft.lines:
            if key not in allowed and not _ROUNDS.fullmatch(key) and key in _READERS:
                what = f'repeats a block, "{key}" has no place here'
                self._say(key, what, "move it to a step inside")

    def _check_alone(self) -> None:
        step = self.draft.step
        if self._has("steps"):
            what = "has steps inside but no reason to"
            self._say("steps", what, 'add "for each" or take it apart')
        if not any(self._has(key) for key in ("say", "attach", "ask", "hand over", "steps")):
            self._say("", "says and asks nothing", 'give it "say" or "ask"')
        if self._has("more") and not (step.say or step.ask or step.attach):
            self._say("more", 'has "more" but nothing before it', 'add "say" or "ask"')
        if self._has("ask"):
            self._check_question(step)
        else:
            self._check_statement(step)

    def _check_statement(self, step: Step) -> None:
        for key in ("answer", "choices", "choices from", *OF_A_QUESTION):
            if self._has(key):
                self._say(key, f'has "{key}" but asks nothing', 'add "ask"')
        for jump in step.jumps:
            self._say(f"if {jump.code}", f'has "if {jump.code}" but asks nothing', "take it out")
        if step.waits:  # goes on being read, but asks nothing
            self.draft.step = msgspec.structs.replace(step, answer=None)

    def _check_question(self, step: Step) -> None:
        if step.answer is None:
            self._say(
                "ask",
                "asks something, but not what kind of answer",
                'add "choices", or "answer: text or voice"',
            )
            self.draft.step = msgspec.structs.replace(step, answer="text")
        offers = self._has("choices") or self._has("choices from")
        if offers and self._has("answer"):
            self._say("answer", 'has "answer" and choices', "keep one of them")
        if self._has("choose") and not offers:
            self._say("choose", 'has "choose" but no choices', "take it out, or add choices")
        self._check_labels(step)
        self._check_choices(step)
        self._check_fact(step)

    def _check_labels(self, step: Step) -> None:
        for text in (*(c.label for c in step.choices), *(c.short for c in step.choices if c.short)):
            if wrong_label(text, step, self.around.languages):
                key = "choices" if self._has("choices") else "choices from"
                self._say(key, f'offers "{text}", {MEANS_ELSE}', "choose other words")

    def _check_choices(self, step: Step) -> None:
        codes = [choice.code for choice in step.choices]
        for code in {code for code in codes if codes.count(code) > 1}:
            self._say("choices", f'has "{code}" in its list and among its choices', "rename one")
        if step.most > len(codes) > 0:
            self._say("choose", f"offers {len(codes)} choices, less than may be chosen", "lower it")

    def _check_fact(self, step: Step) -> None:
        codes = {choice.code for choice in step.choices}
        if step.keep_as in CONSENTS and codes != {"yes", "no"}:
            self._say("keep as", "asks for a consent", 'its choices must be "yes" and "no" alone')
        if step.keep_as == "language" and (extra := sorted(codes - set(self.around.languages))):
            self._say(
                "keep as",
                f'offers the language "{extra[0]}", which the consultation does not have',
                'add it to "languages" in consultation.yaml, or take it out',
            )


MEANS_ELSE = "a word by which people, or the carrier, mean something else at any time"


def wrong_label(text: str, step: Step, languages: tuple[str, ...]) -> bool:
    """Say whether a choice's label, in any language, would be taken for something else."""
    if is_reserved(text):
        return True
    names_one = bool(language_named(text, languages))
    return names_one and step.keep_as not in ("language", "spoken language")


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
    "steps": _StepKeys.block,
    "keep as": _StepKeys.fact,
    "optional": _StepKeys.flag,
    "hand over": _StepKeys.flag,
    "remind after": _StepKeys.reminders,
}
