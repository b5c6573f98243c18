"""Two channels of one person: the code that is given, the question before, and what becomes one.

The gateway makes codes and looks them up; here is what is said, and how two people's state adds up
so that the strictest consent and any stop win, and how it comes apart again.
"""

import re
from typing import Any

from msgspec import field
from msgspec.structs import replace

from bot.dialogue.asking import ask_again, resume
from bot.dialogue.beginning import begin_next, go_on_with, menu, waiting_talk
from bot.dialogue.commands import WORDS
from bot.dialogue.conversation import Person, Programme, Scene, Turn
from bot.dialogue.draft import Draft
from bot.dialogue.flow import CONSENTS, Choice, Struct
from bot.dialogue.offers import newcomer
from bot.dialogue.reply import Prompt
from bot.dialogue.words import short

DIGITS = 6
_WORDS = "|".join(sorted(word for word, meant in WORDS.items() if meant == "link"))
_CODE = re.compile(rf"(?:({_WORDS}) )?([0-9]{{3}}) ?([0-9]{{3}})")


class Brought(Struct, frozen=True, omit_defaults=True):
    """What a link changed in the person who is kept, so that it can be taken back."""

    facts: dict[str, tuple[Any, Any]] = field(
        default_factory=dict
    )  # name → before (None: not known), after
    done: tuple[str, ...] = ()
    put_off: tuple[str, ...] = ()
    held: dict[str, int] = field(default_factory=dict)
    language: str = ""
    first_name: str = ""


def code_in(text: str) -> tuple[str, bool]:
    """Return the code that a whole message is, "" for none, and whether it says what it is for."""
    found = _CODE.fullmatch(short(text)) if len(text) <= 40 else None
    return (found[2] + found[3], bool(found[1])) if found else ("", False)


# ── what is said ──


def ask_for_code(draft: Draft) -> None:
    """Have a code made; the gateway says it, for nobody else may know it."""
    draft.effect("link code")


def hear_code(draft: Draft) -> None:
    """Ask before linking, or say that the code does not hold."""
    draft.understood = ("understood_command", "link")
    if draft.scene.code == "good":
        ask_first(draft)
    elif draft.talk is not None:
        ask_again(draft, draft.phrase(f"link_{draft.scene.code}"))
    else:
        draft.notice(f"link_{draft.scene.code}")
        if newcomer(draft):
            begin_next(draft)


def ask_first(draft: Draft, lead: str = "") -> None:
    """Ask whether the two are one person."""
    draft.note_person(pending="link")
    text = draft.phrase("link_sure", channel=draft.scene.code_from)
    yes, no = Choice("yes", draft.phrase("yes")), Choice("no", draft.phrase("no"))
    words = f"{lead}\n{text}" if lead else text
    draft.prompts.append(Prompt(words, "notice", "link", choices=(yes, no)))


def settle(draft: Draft, code: str) -> None:
    """Link, or leave all as it was."""
    if code == "yes":
        draft.effect("link")
    elif draft.talk is None and newcomer(draft):
        draft.notice("as_it_was")
        begin_next(draft)
    else:
        ask_again(draft, draft.phrase("as_it_was"))


def ask_once_more(programme: Programme, person: Person, scene: Scene) -> Turn:
    """Ask again: just now the other channel was in the middle of something."""
    draft = Draft(programme, person, scene)
    ask_first(draft, draft.phrase("link_once_more"))
    return draft.finish()


def too_late(programme: Programme, person: Person, scene: Scene) -> Turn:
    """Say that the code does not hold any more, and go on."""
    draft = Draft(programme, person, scene)
    draft.scene = replace(scene, code="bad")
    hear_code(draft)
    return draft.finish()


def greet_linked(programme: Programme, person: Person, scene: Scene) -> Turn:
    """Say that both are one now, and go on where the talk was."""
    draft = Draft(programme, person, scene)
    draft.notice("linked")
    if draft.person.stopped:
        draft.notice("stopped")
    elif draft.refused:
        draft.notice("refused")
    elif draft.talk is not None:
        resume(draft)
    elif (waiting := waiting_talk(draft)) is not None:
        go_on_with(draft, waiting)
    elif not begin_next(draft):
        menu(draft)
    return draft.finish()


# ── what becomes one ──


def added(kept: Person, other: Person) -> tuple[Person, Brought]:
    """Return the person that two are together, and what the other brought.

    Conversations and invitations are not looked at: they have rows of their own.
    """
    facts = dict(kept.facts)
    for name, value in other.facts.items():
        if name not in facts or (name in CONSENTS and value == "no"):
            facts[name] = value
    brought = Brought(
        facts={
            name: (kept.facts.get(name), value)
            for name, value in facts.items()
            if kept.facts.get(name) != value
        },
        done=tuple(key for key in other.done if key not in kept.done),
        put_off=tuple(key for key in other.put_off if key not in kept.done),
        held=dict(other.held),
        language="" if kept.language else other.language,
        first_name="" if kept.first_name else other.first_name,
    )
    together = replace(
        kept,
        language=kept.language or other.language,
        first_name=kept.first_name or other.first_name,
        facts=facts,
        stopped=kept.stopped or other.stopped,
        stopped_told=kept.stopped_told or other.stopped_told,
        pending="",
        done={**other.done, **kept.done},
        put_off=(*kept.put_off, *(key for key in brought.put_off if key not in kept.put_off)),
        held=_sum(kept.held, other.held, 1),
        verdicts=(*kept.verdicts, *other.verdicts),
    )
    return together, brought


def parted(together: Person, brought: Brought, finished: tuple[str, ...] = ()) -> Person:
    """Return the person who is kept without what the other brought.

    `finished`: the talks of the other that ended meanwhile. What changed since stays as it is.
    """
    facts = dict(together.facts)
    for name, (before, after) in brought.facts.items():
        if _plain(facts.get(name)) == _plain(after):
            facts.pop(name)
            if before is not None:
                facts[name] = _plain(before)
    gone = {*brought.done, *finished}
    return replace(
        together,
        language=_without(together.language, brought.language),
        first_name=_without(together.first_name, brought.first_name),
        facts=facts,
        pending="",
        done={key: at for key, at in together.done.items() if key not in gone},
        put_off=tuple(key for key in together.put_off if key not in gone),
        held=_sum(together.held, brought.held, -1),
    )


def left_with(other: Person, together: Person, brought: Brought, done: dict[str, int]) -> Person:
    """Return the person who goes their own way again, with what was decided for both meanwhile.

    `done`: their own talks that ended meanwhile. A stop, and a consent that was taken back, hold.
    """
    facts = dict(other.facts)
    for name in CONSENTS:
        decided = brought.facts.get(name, (None, None))[1]
        if together.facts.get(name) == "no" and decided != "no" and name in facts:
            facts[name] = "no"
    return replace(
        other,
        facts=facts,
        stopped=other.stopped or together.stopped,
        pending="",
        done={**other.done, **done},
    )


def _plain(value: Any) -> Any:
    """Undo what JSON does to a tuple."""
    return tuple(value) if isinstance(value, list) else value


def _without(now: str, brought: str) -> str:
    return "" if brought and now == brought else now


def _sum(one: dict[str, int], other: dict[str, int], sign: int) -> dict[str, int]:
    kinds = {*one, *other}
    return {kind: max(0, one.get(kind, 0) + sign * other.get(kind, 0)) for kind in kinds}
