"""What the commands do."""

from collections.abc import Callable

from bot.dialogue.amending import go_back
from bot.dialogue.answers import keep_heard, repeat, skip
from bot.dialogue.asking import ask_again
from bot.dialogue.commands import Command
from bot.dialogue.draft import TAKE_PART, Draft
from bot.dialogue.engine import leave_block, wait_for_a_person
from bot.dialogue.flow import CONSENTS, Choice
from bot.dialogue.index import Node
from bot.dialogue.offers import begin_next, follow, menu, network_named, repeat_all, resume
from bot.dialogue.reply import Learned, Prompt, Reply
from bot.dialogue.taking import finish_picking
from bot.dialogue.values import filled
from bot.dialogue.words import NO, YES, plain


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
    from bot.dialogue.offers import go_on_with, waiting_talk

    waiting = waiting_talk(draft)
    if waiting is not None:
        go_on_with(draft, waiting)
    elif not begin_next(draft):
        menu(draft)


def after_the_human(draft: Draft) -> None:
    """Go on behind the step at which a person took over."""
    from bot.dialogue.engine import go_on

    if draft.open.place:
        go_on(draft, draft.node, draft.path, ())
        follow(draft)


def told_how_to_return(draft: Draft) -> None:
    """Tell a stopped person once how to come back, then say nothing more."""
    draft.understood = ("understood_stopped",)
    if not draft.person.stopped_told:
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


# ── the small ones ──


def _help(draft: Draft) -> None:
    consultation = draft.programme.consultation
    reach = consultation.reach_a_person.get(draft.language, "")
    who = consultation.responsible.get(draft.language, "")
    draft.notice("help", who=who, reach=reach)
    ask_again(draft)


def _back(draft: Draft) -> None:
    if draft.talk is None:
        draft.notice("nothing_before")
    else:
        go_back(draft)


def _skip(draft: Draft) -> None:
    if draft.talk is None:
        begin_or_say(draft)
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
    else:
        repeat(draft, "no_more")


def _with_more(draft: Draft) -> Node | None:
    """Return the step that has more to say: the open question's, or what was said before it."""
    here = draft.node
    for node in reversed(draft.index.nodes[: here.at + 1]):
        if node is not here and (node.step.answer or node.block is not here.block):
            return None
        if node.step.more:
            return node
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
        draft.closes = talk.open_key if node.choices else ""
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


def _menu(draft: Draft) -> None:
    menu(draft)


# ── what wants a yes ──


def _forget(draft: Draft) -> None:
    draft.note_person(pending="forget")
    _confirm(draft, "forget", "forget_sure")


def _confirm(draft: Draft, key: str, phrase: str) -> None:
    yes, no = Choice("yes", draft.phrase("yes")), Choice("no", draft.phrase("no"))
    draft.prompts.append(Prompt(draft.phrase(phrase), "notice", key, choices=(yes, no)))


def _someone_else(draft: Draft) -> None:
    draft.note_person(pending="someone else")
    if not draft.person.others:
        _confirm(draft, "someone else", "someone_else_sure")
        return
    people = [
        Choice(str(n), draft.phrase("person_number", number=n))
        for n in range(1, draft.person.others + 2)
    ]
    people.append(Choice("new", draft.phrase("person_new")))
    text = draft.phrase("who_speaks")
    draft.prompts.append(Prompt(text, "notice", "someone else", choices=tuple(people)))


def _privacy(draft: Draft) -> None:
    """Say what we hold, by count and kind, and let each consent be changed."""
    held = draft.person.held
    counts = [
        draft.phrase(f"held_{kind}", count=held[kind])
        for kind in ("choice", "text", "voice", "picture")
        if held.get(kind)
    ]
    what = ", ".join(counts) or draft.phrase("held_nothing")
    consultation = draft.programme.consultation
    text = draft.phrase(
        "privacy",
        what=what,
        who=consultation.responsible.get(draft.language, ""),
        reach=consultation.reach_a_person.get(draft.language, ""),
        erased=_erased(draft),
        days=consultation.backups_kept_days,
    )
    choices = consent_choices(draft)
    if choices:
        draft.note_person(pending="privacy")
    draft.prompts.append(Prompt(text, "notice", "privacy" if choices else "", choices=choices))


def _erased(draft: Draft) -> str:
    from bot.dialogue.dates import said_date

    iso = draft.programme.consultation.erase_addresses_on
    return said_date(iso, draft.language) if iso else ""


_SHORT = {"part": CONSENTS[0], "quote": CONSENTS[1], "hear": CONSENTS[2]}


def consent_choices(draft: Draft) -> tuple[Choice, ...]:
    """Return one choice for each consent that was asked, saying what it would become."""
    choices = []
    for code, consent in _SHORT.items():
        now = draft.person.facts.get(consent)
        if now in ("yes", "no"):
            turned = "no" if now == "yes" else "yes"
            choices.append(Choice(code, draft.phrase(f"consent_{code}_{turned}")))
    if choices:
        choices.append(Choice("leave", draft.phrase("consent_leave")))
    return tuple(choices)


def change_consent(draft: Draft, code: str) -> None:
    """Turn a consent round; "leave" leaves all as they are."""
    consent = _SHORT.get(code)
    if consent is None:
        ask_again(draft, draft.phrase("as_it_was"))
        return
    turned = "no" if draft.person.facts.get(consent) == "yes" else "yes"
    words = draft.phrase(f"consent_{code}_{turned}")
    draft.learn(Learned(consent, turned, "command", words=words))
    if draft.refused:
        leave(draft)
    else:
        ask_again(draft, draft.phrase("consent_changed", what=words))


def leave(draft: Draft) -> None:
    """End the talk of someone who no longer takes part."""
    from msgspec.structs import replace

    from bot.dialogue.draft import with_talk

    draft.notice("no_longer_part")
    if draft.talk is not None:
        now = draft.scene.now
        talk = replace(draft.open, state="ended", ended_at=now, place="", open_key="", heard=None)
        draft.note_person(conversations=with_talk(draft.person.conversations, talk))
        draft.talk = None


# ── settling what was asked ──


def settle(draft: Draft, code: str) -> None:
    """Do what waited for a yes, or for a choice."""
    pending = draft.person.pending
    draft.note_person(pending="")
    _SETTLED[pending](draft, code)


def _settle_forget(draft: Draft, code: str) -> None:
    if code == "yes":
        draft.effect("forget")
        draft.prompts.append(Prompt(draft.phrase("forgotten"), "ending"))
    else:
        ask_again(draft, draft.phrase("as_it_was"))


def _settle_someone_else(draft: Draft, code: str) -> None:
    if code in ("yes", "new"):
        draft.effect("someone else")
    elif code.isdigit():
        draft.effect("switch person", code)
    else:
        ask_again(draft, draft.phrase("as_it_was"))


_SETTLED: dict[str, Callable[[Draft, str], None]] = {
    "forget": _settle_forget,
    "someone else": _settle_someone_else,
    "privacy": change_consent,
}


def pending_choices(draft: Draft) -> tuple[str, ...]:
    """Return the codes among which the person was asked to choose, in the order shown."""
    pending = draft.person.pending
    if pending == "privacy":
        return tuple(choice.code for choice in consent_choices(draft))
    if pending == "someone else" and draft.person.others:
        return (*(str(n) for n in range(1, draft.person.others + 2)), "new")
    return ("yes", "no")


def pending_code(draft: Draft, text: str) -> str:
    """Read a reply to what was asked besides the flow: words or a number; "" for neither."""
    words = plain(text) if len(text) <= 60 else ""
    codes = pending_choices(draft)
    if draft.person.pending == "privacy":
        said = {plain(choice.label): choice.code for choice in consent_choices(draft)}
        if words in said:
            return said[words]
    if words.isdigit() and 1 <= int(words[:4]) <= len(codes):
        return codes[int(words[:4]) - 1]
    if "yes" in codes and words in YES:
        return "yes"
    return "no" if "no" in codes and words in NO else ""


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
    "privacy": _privacy,
    "forget": _forget,
    "someone else": _someone_else,
}


def obey(draft: Draft, command: Command) -> None:
    """Do what a command asks for."""
    draft.understood = ("understood_command", command)
    OBEY[command](draft)
    follow(draft)


__all__ = ["obey", "wait_for_a_person"]
