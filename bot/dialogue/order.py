"""What steps say of one another: conditions look back, jumps lead on, blocks keep to themselves."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from bot.dialogue.conditions import Clause, read_condition
from bot.dialogue.fault import Complaints, nearest_or_all
from bot.dialogue.flow import (
    CONSENTS,
    FACTS,
    FORGET_ME,
    OWN_ANSWERS,
    Choice,
    Ending,
    Jump,
    Step,
    Test,
)
from bot.dialogue.sessions import NEARNESS
from bot.dialogue.stepcheck import ReadStep

NEXT_ITEM = "next item"
LIST_OF_FACT = {
    "role": "roles", "region": "regions", "network": "networks", "themes": "themes",
}  # fmt: skip
SCALE = tuple("12345")
OPEN = ("text", "voice", "text or voice")
# What may be asked of neither a step nor a fact: the tests, and what to say of any other.
Kind = Literal["step", "fact", "channel", "person", "list", "session"]
_ONE_TEST: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "channel": (
        ("can play sound",),
        "asks of the channel more than can be known",
        'the one test is "channel can play sound"',
    ),
    "person": (
        ("has spoken",),
        "asks of the person more than can be known",
        'the one test is "person has spoken"',
    ),
    "list": (
        ("are known", "are unknown"),
        'asks of "own answers" more than can be known',
        'write "own answers are known" or "own answers are unknown"',
    ),
    "session": (
        ("is near",),
        "asks of sessions more than can be known",
        'write "a session is near" or "no session is near"',
    ),
}
_NOT_OF_A_STEP: Mapping[str, tuple[str, str]] = {
    "can play sound": ("asks of a step what only the channel can do",
                       'write "channel can play sound"'),
    "has spoken": ("asks of a step what only a person does", 'write "person has spoken"'),
    "are known": ("asks whether a step is known", 'write "own answers are known"'),
    "are unknown": ("asks whether a step is unknown", 'write "own answers are unknown"'),
}  # fmt: skip


@dataclass
class Order:
    """Goes through the drafts from top to bottom; `asked` holds what lies behind."""

    endings: Sequence[Ending]
    offered: Mapping[str, Sequence[Choice]]
    languages: tuple[str, ...]
    complaints: Complaints
    everything: dict[str, ReadStep] = field(default_factory=dict)
    home: dict[str, str] = field(default_factory=dict)  # step → the block it stands in
    asked: dict[str, ReadStep] = field(default_factory=dict)

    def check(self, drafts: Sequence[ReadStep]) -> tuple[Step, ...]:
        """Return the steps, whole, with everything that is wrong complained of."""
        for draft, home in _all(drafts):
            self._take_name(draft, home)
        return tuple(self._steps(drafts, drafts, ""))

    def _take_name(self, draft: ReadStep, home: str) -> None:
        before = self.everything.setdefault(draft.name, draft)
        self.home.setdefault(draft.name, home)
        if before is not draft:
            self._say(
                draft, "", f"has the name of the step in line {before.step.line}",
                "each name heads its own column: choose another",
            )  # fmt: skip
        elif any(ending.name == draft.name for ending in self.endings):
            self._say(draft, "", "has the name of an ending", "rename one of them")

    def _say(self, draft: ReadStep, key: str, what: str, remedy: str = "") -> None:
        line = draft.lines.get(key, draft.step.line)
        self.complaints.add(line, f'step "{draft.name}" {what}', remedy)

    def _steps(
        self, drafts: Sequence[ReadStep], outer: Sequence[ReadStep], home: str
    ) -> Iterator[Step]:
        for place, draft in enumerate(drafts):
            tests = self._tests(draft)
            onward = {later.name for later in drafts[place + 1 :]}
            if home:
                onward |= _after(outer, home)
            self._check_jumps(draft, onward, home)
            self._check_invitation(draft, home)
            block = self._block(draft, outer) if draft.block else ()
            if draft.step.waits:
                self.asked[draft.name] = draft
            yield msgspec.structs.replace(draft.step, only_if=tests, steps=block)

    def _block(self, draft: ReadStep, outer: Sequence[ReadStep]) -> tuple[Step, ...]:
        self._check_choice_of(draft)
        if draft.step.hear_others:
            self._check_heard(draft)
        before = dict(self.asked)
        steps = tuple(self._steps(draft.block, outer, draft.name))
        self.asked = before  # from outside, what was asked inside has no one answer
        return steps

    def _check_choice_of(self, draft: ReadStep) -> None:
        found = re.fullmatch(r"choice of (\S+)", draft.step.for_each)
        if not found or not self._behind(draft, found[1], "for each"):
            return
        if self.asked[found[1]].step.answer != "choice":
            self._say(
                draft, "for each", f'goes through the choice of "{found[1]}", which offers none',
                "name a question with choices",
            )  # fmt: skip

    def _check_invitation(self, draft: ReadStep, home: str) -> None:
        if draft.step.invite_to and (
            not home or self.everything[home].step.for_each != draft.step.invite_to
        ):
            self._say(
                draft, "invite to", "invites to a session, but stands in no block of sessions",
                'move it below "for each: session"',
            )  # fmt: skip

    def _check_heard(self, draft: ReadStep) -> None:
        """Others are heard on an open question of this flow; their words stand in no question."""
        name, key = draft.step.hear_others, "hear others"
        asking = self.everything.get(name)
        if asking is None:
            known = [one.name for one in self.everything.values() if one.step.answer in OPEN]
            remedy = nearest_or_all(name, known)
            self._say(draft, key, f'lets hear answers to "{name}", which is no step', remedy)
        elif asking.step.answer not in OPEN or self.home.get(name):
            remedy = 'name a question with "answer: text or voice" outside all blocks'
            self._say(draft, key, f'lets hear answers to "{name}", which takes no words', remedy)
        for inner in draft.block:
            if "{item." in inner.step.ask.replace("{item.number}", ""):
                what = "asks with the words of someone else, and would keep what they had us forget"
                self._say(inner, "ask", what, 'put them into "say"')

    # --- conditions ---

    def _tests(self, draft: ReadStep) -> tuple[Test, ...]:
        if draft.only_if is None:
            return ()
        clauses = read_condition(draft.only_if)
        if isinstance(clauses, str):
            self._say(draft, "only if", f"has a condition that cannot be read: {clauses}")
            return ()
        tests = (self._test(draft, clause) for clause in clauses)
        return tuple(test for test in tests if test)

    def _test(self, draft: ReadStep, clause: Clause) -> Test | None:
        kind = self._kind(clause)
        if kind in _ONE_TEST:
            says, what, remedy = _ONE_TEST[kind]
            well = clause.says in says
            if not well:
                self._say(draft, "only if", what, remedy)
        elif kind == "fact":
            well = self._fact_says(draft, clause)
        else:
            well = self._behind(draft, clause.subject, "only if", FACTS) and self._step_says(
                draft, clause
            )
        return Test(clause.subject, kind, clause.says, clause.values) if well else None

    def _kind(self, clause: Clause) -> Kind:
        if clause.subject == "channel":
            return "channel"
        if clause.subject == "person":
            return "person"
        if clause.subject == OWN_ANSWERS:
            return "list"
        if clause.subject in NEARNESS:
            return "session"
        step = self.everything.get(clause.subject)
        is_fact = clause.subject in FACTS
        if is_fact and (step is None or step.step.keep_as == clause.subject):
            return "fact"
        return "step"

    def _behind(self, draft: ReadStep, name: str, key: str, also: Sequence[str] = ()) -> bool:
        """Say whether a question has been asked already, where this step can see it."""
        if name in self.asked:
            return True
        other = self.everything.get(name)
        if other is None:
            remedy = nearest_or_all(name, [*self.asked, *also])
            self._say(draft, key, f'depends on "{name}", which is no step and no fact', remedy)
        elif not other.step.waits:
            self._say(draft, key, f'depends on "{name}", which asks nothing', "name a question")
        elif self._is_closed(draft, name):
            self._say(
                draft, key,
                f'depends on "{name}", which is asked for each item inside "{self.home[name]}"',
                "move this step into that block",
            )  # fmt: skip
        else:
            self._say(
                draft, key, f'depends on "{name}", which has not been asked yet',
                f'move "{name}" above it',
            )  # fmt: skip
        return False

    def _is_closed(self, draft: ReadStep, name: str) -> bool:
        home = self.home.get(name, "")
        return bool(home) and home != self.home.get(draft.name, "")

    def _step_says(self, draft: ReadStep, clause: Clause) -> bool:
        step = self.asked[clause.subject].step
        if clause.says == "is unknown":
            self._say(
                draft, "only if", f'asks whether "{step.name}" is unknown, which only facts can be',
                "keep its answer as a fact, or name its answers",
            )  # fmt: skip
        elif clause.says in _NOT_OF_A_STEP:
            self._say(draft, "only if", *_NOT_OF_A_STEP[clause.says])
        elif step.answer == "choice":
            return self._values_are(draft, clause, [choice.code for choice in step.choices])
        elif step.answer == "1 to 5" and clause.says == "is":
            return self._values_are(draft, clause, SCALE)
        else:
            self._say(
                draft, "only if", f'depends on the choice at "{step.name}", which offers none',
                "name a question with choices",
            )  # fmt: skip
        return False

    def _fact_says(self, draft: ReadStep, clause: Clause) -> bool:
        if clause.says not in ("is", "is unknown"):
            self._say(draft, "only if", f'asks of the fact "{clause.subject}" what it cannot tell',
                      'a fact "is …" or "is unknown"')  # fmt: skip
            return False
        return self._values_are(draft, clause, self._codes_of_fact(clause.subject))

    def _codes_of_fact(self, fact: str) -> Sequence[str]:
        if fact == "language":
            return self.languages
        if fact == "prefers listening":
            return ("yes", "only", "no")
        if fact in (*CONSENTS, "stay in touch"):
            return ("yes", "no")
        return [choice.code for choice in self.offered.get(LIST_OF_FACT.get(fact, ""), ())]

    def _values_are(self, draft: ReadStep, clause: Clause, codes: Sequence[str]) -> bool:
        """Check the answers that a condition names; without known codes any will do."""
        unknown = [value for value in clause.values if codes and value not in codes]
        for value in unknown:
            self._say(
                draft, "only if", f'waits for "{value}", which is no answer to "{clause.subject}"',
                nearest_or_all(value, codes),
            )  # fmt: skip
        return not unknown

    # --- jumps ---

    def _check_jumps(self, draft: ReadStep, onward: set[str], home: str) -> None:
        step = draft.step
        if step.jumps and (step.answer != "choice" or step.choose != "one"):
            self._say(
                draft, f"if {step.jumps[0].code}", 'has an "if", which needs one choice',
                'use "only if" at the steps below instead',
            )  # fmt: skip
            return
        codes = [choice.code for choice in step.choices]
        for jump in step.jumps:
            if jump.code not in codes:
                self._say(draft, f"if {jump.code}", f'offers no "{jump.code}"',
                          nearest_or_all(jump.code, codes))  # fmt: skip
            self._check_target(draft, jump, onward, home)

    def _check_target(self, draft: ReadStep, jump: Jump, onward: set[str], home: str) -> None:
        ends = [ending.name for ending in self.endings]
        target, key = jump.target, f"if {jump.code}"
        if not target or target == FORGET_ME or target in ends or target in onward:
            return
        if target == NEXT_ITEM:
            if not home:
                self._say(draft, key, 'leads to the "next item", but stands in no block',
                          "name a step further down or an ending")  # fmt: skip
        elif target not in self.everything:
            known = [*sorted(onward), *ends, *([NEXT_ITEM] if home else ())]
            self._say(draft, key, f'leads to "{target}", which is no step and no ending',
                      nearest_or_all(target, known))  # fmt: skip
        elif self._is_closed(draft, target):
            self._say(draft, key, f'leads into the block "{self.home[target]}"',
                      "lead to the block itself, or past it")  # fmt: skip
        else:
            self._say(draft, key, f'leads back to "{target}"',
                      "a talk only goes on: name a step further down or an ending")  # fmt: skip


def _all(drafts: Sequence[ReadStep], home: str = "") -> Iterator[tuple[ReadStep, str]]:
    for draft in drafts:
        yield draft, home
        yield from _all(draft.block, draft.name)


def _after(outer: Sequence[ReadStep], home: str) -> set[str]:
    names = [draft.name for draft in outer]
    return set(names[names.index(home) + 1 :]) if home in names else set()
