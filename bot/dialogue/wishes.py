"""What the commands do."""

from collections.abc import Callable

from bot.dialogue import linking, preferring, rights
from bot.dialogue.adding import ask_for_more
from bot.dialogue.amending import go_back
from bot.dialogue.answers import NO_WORDS, Answer, accept, keep_heard, skip
from bot.dialogue.asking import ask_again, repeat, repeat_all, resume
from bot.dialogue.before import answered_before
from bot.dialogue.beginning import begin_next, follow, go_on_with, menu, waiting_talk
from bot.dialogue.commands import Command
from bot.dialogue.draft import TAKE_PART, Draft
from bot.dialogue.engine import go_on, leave_block
from bot.dialogue.index import Node
from bot.dialogue.longlists import paged, turn_page
from bot.dialogue.offers import network_named
from bot.dialogue.reply import OWN_NOTE, Attachment, File, Learned, Prompt, Reply
from bot.dialogue.taking import finish_picking
from bot.dialogue.values import filled


def stop(draft: Draft) -> None:
    """Say farewell once; the gateway stops everything to this person."""
    draft.understood = ("understood_command", "stop")
    if draft.person.stopped:
        return
    draft.note_person(stopped=True, stopped_told=False, pending="", human=False)
    draft.effect("stop")
    draft.prompts.append(Prompt(draft.phrase("farewell"), "ending"))


def start(draft: Draft, payload: str) -> None:
    """Open again after a stop or a no; repeat the open question, or begin what comes next."""
    draft.understood = ("understood_command", "start")
    person = draft.person
    if person.stopped:
        draft.effect("start")
    if person.human:
        draft.effect("hand over closed", "the person said start")
    draft.note_person(stopped=False, stopped_told=False, pending="", human=False)
    if draft.refused:
        draft.learn(Learned(TAKE_PART, None, "command"))
    join(draft, payload)
    if draft.talk is None:
        begin_or_say(draft)
    elif not draft.open.open_key:
        after_the_human(draft)
    elif draft.idle or person.stopped or person.human:
        resume(draft)
    else:
        ask_again(draft)


def join(draft: Draft, payload: str) -> None:
    """Remember the network through whose link someone came, unless one is known."""
    network = network_named(draft, payload)
    if network and not draft.person.facts.get("network"):
        draft.learn(Learned("network", network, "link"))


def begin_or_say(draft: Draft) -> None:
    """Begin what comes next; where nothing does, say so."""
    waiting = waiting_talk(draft)
    if waiting is not None:
        go_on_with(draft, waiting)
    elif not begin_next(draft):
        menu(draft)


def after_the_human(draft: Draft) -> None:
    """Go on behind the step at which a person took over."""
    if draft.open.place:
        go_on(draft, draft.node, draft.path, ())
        follow(draft)


def told_how_to_return(draft: Draft) -> None:
    """Tell whoever refused, or a stopped person once, how to come back; then say nothing more."""
    draft.understood = ("understood_stopped",)
    if not draft.person.stopped:
        draft.notice("refused")
    elif not draft.person.stopped_told:
        draft.note_person(stopped_told=True)
        draft.notice("stopped")


# ── the human ──


def to_the_human(draft: Draft, reply: Reply) -> None:
    """Pass words on to the person who has taken over."""
    draft.understood = ("understood_human",)
    detail = reply.text or " ".join(f"[{file.kind} {file.media}]" for file in reply.files)
    draft.effect("word for the human", detail)


def _person(draft: Draft) -> None:
    draft.note_person(human=True)
    draft.effect("hand over", "asked for")
    draft.notice("handed_over")


def _call(draft: Draft) -> None:
    """Note that someone wants to be called; meanwhile the talk goes on."""
    draft.effect("wants a call", draft.reply.text)
    ask_again(draft, draft.phrase("call_noted"))


# ── the small ones ──


def _help(draft: Draft) -> None:
    consultation = draft.programme.consultation
    reach = consultation.reach_a_person.get(draft.language, "")
    who = consultation.responsible.get(draft.language, "")
    listen = draft.phrase("help_listen") if draft.scene.reads_aloud else ""
    draft.notice("help", who=who, reach=reach, listen=listen)
    ask_again(draft)


def _back(draft: Draft) -> None:
    if draft.talk is None:
        draft.notice("nothing_before")
    else:
        go_back(draft)


def _skip(draft: Draft) -> None:
    if draft.talk is None:
        begin_or_say(draft)
    elif draft.node.offer is None and draft.open.heard is not None and draft.open.heard.notes:
        accept(draft, Answer(), NO_WORDS)  # a note that was asked for once more stands as it is
        follow(draft)
    elif draft.node.step.optional:
        skip(draft)
        follow(draft)
    else:
        repeat(draft, "cannot_skip")


def _repeat(draft: Draft) -> None:
    if draft.talk is None:
        begin_or_say(draft)
    else:
        repeat_all(draft)


def _more(draft: Draft) -> None:
    if draft.talk is None:
        begin_or_say(draft)
        return
    node = _with_more(draft)
    text = filled(draft, node.step.more, node, draft.path[: node.depth]) if node else ""
    if text:
        draft.prompts.append(Prompt(text, step=node.step.name if node else ""))
        ask_again(draft)
    elif paged(draft):
        turn_page(draft)
    else:
        repeat(draft, "no_more")


def _with_more(draft: Draft) -> Node | None:
    """Return the step that has more to say: the open question's, or one that it comes back to.

    A question that says something first is about something else than the question before it.
    """
    here, elsewhere = draft.node, False
    for node in reversed(draft.index.nodes[: here.at + 1]):
        if node.block is not here.block or (elsewhere and node.step.answer):
            return None
        if node.step.more:
            return node
        elsewhere = elsewhere or bool(node.step.answer and (node.step.say or node.step.attach))
    return None


def _enough(draft: Draft) -> None:
    talk = draft.talk
    if talk is None:
        begin_or_say(draft)
    elif talk.chosen or (talk.heard and draft.node.step.answer == "several photos or recordings"):
        finish_picking(draft, draft.reply)
        follow(draft)
    elif draft.node.block is not None:
        node, path = draft.node, draft.path
        if talk.heard is not None:
            keep_heard(draft, node, path, talk.heard)
        draft.leave(node, talk.open_key)
        draft.note(heard=None, chosen=())
        leave_block(draft, node, path)
        follow(draft)
    else:
        repeat(draft, "nothing_to_end")


def _done(draft: Draft) -> None:
    if draft.talk is None:
        begin_or_say(draft)
    elif draft.open.chosen or draft.open.heard:
        finish_picking(draft, draft.reply)
        follow(draft)
    else:
        _enough(draft)


def _hear(draft: Draft) -> None:
    """Play back what the person recorded last, to be said again or taken back."""
    notes = [file for file in _last_files(draft) if file.is_sound and file.media]
    if not notes:
        draft.notice("nothing_recorded")
    elif not draft.scene.plays_sound:
        draft.notice("cannot_play")
    else:
        title = draft.phrase("own_voice")
        own = (Attachment("own", title, {"audio": f"{OWN_NOTE}{file.media}"}) for file in notes)
        draft.prompts.extend(Prompt("", "attached", attach=one) for one in own)
        draft.notice("own_voice_what_now")
    if draft.talk is not None and draft.open.open_key:
        ask_again(draft)


def _last_files(draft: Draft) -> tuple[File, ...]:
    """Return what was sent at the open question, else with the answer before it."""
    heard = draft.open.heard if draft.talk is not None else None
    if heard is not None and heard.files:
        return heard.files
    talk = answered_before(draft)
    return talk.before.files if talk is not None and talk.before is not None else ()


def _menu(draft: Draft) -> None:
    menu(draft)


OBEY: dict[Command, Callable[[Draft], None]] = {
    "help": _help,
    "back": _back,
    "skip": _skip,
    "repeat": _repeat,
    "more": _more,
    "enough": _enough,
    "done": _done,
    "menu": _menu,
    "person": _person,
    "privacy": rights.privacy,
    "forget": rights.forget,
    "someone else": rights.someone_else,
    "new owner": rights.new_owner,
    "help someone": rights.help_someone,
    "helped": rights.helped,
    "link": linking.ask_for_code,
    "hear": _hear,
    "add": ask_for_more,
    "listen": lambda draft: preferring.choose(draft, "listen"),
    "listen only": lambda draft: preferring.choose(draft, "listen only"),
    "read": lambda draft: preferring.choose(draft, "read"),
    "call": _call,
}


def obey(draft: Draft, command: Command) -> None:
    """Do what a command asks for."""
    draft.understood = ("understood_command", command)
    OBEY[command](draft)
    follow(draft)
