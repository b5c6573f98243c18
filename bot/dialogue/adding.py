"""Adding to the answer just given: beside the next question, and no step of its own."""

from msgspec.structs import replace

from bot.dialogue.amending import append, put
from bot.dialogue.answers import NO_SPEECH, verdict
from bot.dialogue.asking import ask_again, repeat
from bot.dialogue.before import last_ended, node_of, open_answer
from bot.dialogue.commands import Command, language_named
from bot.dialogue.draft import Draft
from bot.dialogue.longlists import paged
from bot.dialogue.reply import Reply
from bot.dialogue.taking import GOOD, read_choice, receipt
from bot.dialogue.words import short

ADD = "add"  # what is pending while someone adds
ADD_MORE = "*add"  # what the button stands for
NOT_NOW = frozenset({"skip", "back", "enough", "done"})  # the question comes again, nothing is lost


def ask_for_more(draft: Draft) -> None:
    """Wait for more words or another recording; say to which answer they will belong."""
    draft.understood = ("understood_adding",)
    talk = open_answer(draft)
    if talk is None or talk.before is None:
        repeat(draft, "nothing_to_add")
        return
    draft.note_person(pending=ADD)
    draft.notice("add_now", question=talk.before.question)


def added(draft: Draft, reply: Reply, said: Command | None) -> bool:
    """Take a reply as more of the answer before, and put the open question again.

    False where it is meant for the talk itself: a command, a choice of the open question.
    """
    talk = open_answer(draft)
    if said in NOT_NOW:
        draft.understood = ("understood_command", str(said))
        draft.note_person(pending="")
        ask_again(draft)
        return True
    if talk is None or talk.before is None or _means_the_talk(draft, reply, said):
        draft.note_person(pending="")
        return False
    good = tuple(file for file in reply.files if file.state in GOOD)
    if not (reply.text.strip() or good):
        draft.understood = ("understood_unusable" if reply.files else "understood_empty",)
        draft.notice(f"verdict_{verdict(reply.files[0])}" if reply.files else "say_something")
        return True
    receipt(draft, good)
    node = node_of(draft, talk, talk.before.step)
    append(draft, talk, talk.before, node, replace(reply, files=good))
    draft.understood = ("understood_added",)
    if good and not reply.text.strip() and all(one.verdict == NO_SPEECH for one in good):
        draft.notice(f"verdict_{NO_SPEECH}")
        return True
    _go_on(draft)
    return True


def _go_on(draft: Draft) -> None:
    """Say that it was added and put the open question again; what follows at once belongs there."""
    draft.note_person(pending="")
    talk = draft.talk or last_ended(draft)
    if talk is not None:
        put(draft, replace(talk, added_at=draft.scene.now))
    repeat(draft, "added")


def _means_the_talk(draft: Draft, reply: Reply, said: Command | None) -> bool:
    if said is not None or reply.pressed or reply.edits or reply.place is not None:
        return True
    if reply.files or not reply.text:
        return False
    if language_named(reply.text, draft.programme.consultation.languages):
        return True
    return draft.talk is not None and (draft.idle or _answers(draft, reply))


def _answers(draft: Draft, reply: Reply) -> bool:
    """Say whether a message is a choice of the open question and nothing besides."""
    read = read_choice(draft, reply)
    bare = read is not None and not read.comment and read.how != "understood_beginning"
    return bare or (short(reply.text) == "0" and paged(draft))
