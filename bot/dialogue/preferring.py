"""Whether someone would rather listen: chosen by a word, or by speaking before having written."""

from bot.dialogue.asking import ask_again
from bot.dialogue.commands import Command
from bot.dialogue.draft import Draft
from bot.dialogue.reply import File, Learned

FACT = "prefers listening"  # "yes": sound and text; "only": sound alone; "no": text alone
_MEANS: dict[Command, tuple[str, str]] = {
    "listen": ("yes", "aloud_on"),
    "listen only": ("only", "aloud_only"),
    "read": ("no", "aloud_off"),
}


def choose(draft: Draft, command: Command) -> None:
    """Take the wish to hear, or to read, and put the open question again: that way."""
    ask_again(draft, draft.phrase(note_choice(draft, command)))


def note_choice(draft: Draft, command: Command) -> str:
    """Write the wish down where it can be met; return the phrase that says what comes of it."""
    value, said = _MEANS[command]
    if value != "no" and not draft.scene.reads_aloud:
        return "aloud_cannot"
    draft.learn(Learned(FACT, value, "command"))
    return said


def choose_by_speaking(draft: Draft, files: tuple[File, ...], step: str = "") -> None:
    """Let whoever speaks before they ever wrote an answer hear, too, unless they chose already."""
    if (
        any(file.is_sound for file in files)
        and draft.scene.reads_aloud
        and FACT not in draft.person.facts
        and not draft.person.held.get("text")
        and not draft.person.helper  # whoever helps reads the questions out
    ):
        draft.learn(Learned(FACT, "yes", "answer", step))
        draft.notice("aloud_by_voice")
