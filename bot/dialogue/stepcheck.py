"""What goes together in one step, once all its keys were read."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

import msgspec

from bot.dialogue.commands import language_named
from bot.dialogue.fault import Complaints
from bot.dialogue.flow import CONSENTS, Step
from bot.dialogue.reading import is_reserved
from bot.dialogue.sessions import ANSWERS, NEEDED
from bot.dialogue.yamlnodes import Scalar

OF_A_QUESTION = ("choose", "keep as", "optional", "remind after", "invite to")
ROUNDS = re.compile(r"up to ([2-9]) times")


@dataclass
class ReadStep:
    """A step as it was read, with what can only be checked when all steps are known."""

    step: Step
    lines: dict[str, int] = field(default_factory=dict)
    only_if: Scalar | None = None
    strange: bool = False  # it has a key that nobody knows
    block: "list[ReadStep]" = field(default_factory=list)

    @property
    def name(self) -> str:
        """The step's name."""
        return self.step.name


class StepCheck:
    """Complains of one step; what cannot stand is put right, so that reading goes on."""

    def __init__(self, draft: ReadStep, languages: tuple[str, ...], complaints: Complaints) -> None:
        """Keep the step and what it is measured by."""
        self.draft = draft
        self.languages = languages
        self.complaints = complaints

    def check(self, known: Collection[str]) -> None:
        """Check everything; `known` are the keys that a step may have."""
        if self._has("for each") or self._has("hear others") or self.draft.step.up_to:
            self._check_block(known)
        else:
            self._check_alone()

    def _has(self, key: str) -> bool:
        return key in self.draft.lines

    def _line(self, key: str) -> int:
        return self.draft.lines.get(key, self.draft.step.line)

    def _say(self, key: str, what: str, remedy: str) -> None:
        self.complaints.add(self._line(key), f'step "{self.draft.name}" {what}', remedy)

    def _check_block(self, known: Collection[str]) -> None:
        reasons = [key for key in ("for each", "hear others") if self._has(key)]
        reasons += ["up to … times"] if self.draft.step.up_to else []
        if len(reasons) > 1:
            both = " and ".join(f'"{key}"' for key in reasons)
            self._say(reasons[0], f"has both {both}", "keep one of them")
        if self._has(reasons[0]) and not self._has("steps"):
            self._say(reasons[0], "repeats nothing", f'add "steps:" below "{reasons[0]}"')
        allowed = {"for each", "hear others", "steps", "only if"}
        for key in self.draft.lines:
            if key not in allowed and not ROUNDS.fullmatch(key) and key in known:
                what = f'repeats a block, "{key}" has no place here'
                self._say(key, what, "move it to a step inside")

    def _check_alone(self) -> None:
        step = self.draft.step
        if self._has("steps"):
            what = "has steps inside but no reason to"
            self._say("steps", what, 'add "for each" or take it apart')
        says = any(self._has(key) for key in ("say", "attach", "ask", "hand over", "steps"))
        if not says and not self.draft.strange:
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
        self._check_invitation(step)

    def _check_labels(self, step: Step) -> None:
        for choice in step.choices:
            for text in (choice.label, choice.short):
                if text and wrong_label(text, step, self.languages):
                    what = f'offers "{text}", {MEANS_ELSE}'
                    self._say(f"choice {choice.code}", what, "choose other words")

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
        if step.keep_as == "language" and (extra := sorted(codes - set(self.languages))):
            self._say(
                "keep as",
                f'offers the language "{extra[0]}", which the consultation does not have',
                'add it to "languages" in consultation.yaml, or take it out',
            )

    def _check_invitation(self, step: Step) -> None:
        codes = {choice.code for choice in step.choices}
        if step.invite_to and (not NEEDED <= codes <= set(ANSWERS) or step.choose != "one"):
            remedy = 'its choices must be "coming" and "not", and "perhaps" if you want it'
            self._say("invite to", "invites somebody", remedy)


MEANS_ELSE = "a word by which people, or the carrier, mean something else at any time"


def wrong_label(text: str, step: Step, languages: tuple[str, ...]) -> bool:
    """Say whether a choice's label, in any language, would be taken for something else."""
    if is_reserved(text):
        return True
    names_one = bool(language_named(text, languages))
    return names_one and step.keep_as not in ("language", "spoken language")
