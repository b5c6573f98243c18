"""What everybody may ask of us: what we hold, no more of it, forgetting, and who is speaking."""

from collections.abc import Callable

from msgspec.structs import replace

from bot.dialogue import linking
from bot.dialogue.asking import ask_again
from bot.dialogue.draft import Draft, with_talk
from bot.dialogue.flow import CONSENTS, Choice
from bot.dialogue.reply import Learned, Prompt
from bot.dialogue.words import NO, YES, plain


def forget(draft: Draft) -> None:
    """Ask once whether everything shall be erased."""
    draft.note_person(pending="forget")
    _confirm(draft, "forget", "forget_sure")


def _confirm(draft: Draft, key: str, phrase: str) -> None:
    yes, no = Choice("yes", draft.phrase("yes")), Choice("no", draft.phrase("no"))
    draft.prompts.append(Prompt(draft.phrase(phrase), "notice", key, choices=(yes, no)))


def someone_else(draft: Draft) -> None:
    """Ask who speaks now: somebody new, or one of those who share the phone."""
    draft.note_person(pending="someone else")
    text = draft.phrase("who_speaks" if draft.person.others else "someone_else_sure")
    people = tuple(Choice(code, _who(draft, code)) for code in pending_choices(draft))
    draft.prompts.append(Prompt(text, "notice", "someone else", choices=people))


def _who(draft: Draft, code: str) -> str:
    if code.isdecimal():
        return draft.phrase("person_number", number=code)
    return draft.phrase({"new": "person_new", "mine": "number_new"}.get(code, code))


def new_owner(draft: Draft) -> None:
    """Ask whether the number was somebody else's before: whoever that was is left alone then."""
    draft.note_person(pending="new owner")
    _confirm(draft, "new owner", "new_owner_sure")


def help_someone(draft: Draft) -> None:
    """Ask whether someone else shall be answered for, who asked for it, and what that means."""
    if not draft.person.helper and draft.person.facts.get(CONSENTS[0]) != "yes":
        ask_again(draft, draft.phrase("help_someone_first"))
        return
    draft.note_person(pending="help someone")
    _confirm(draft, "help someone", "help_someone_sure")


def helped(draft: Draft) -> None:
    """Let whoever helps speak for themselves again."""
    if draft.person.helper:
        draft.effect("helped")
    else:
        ask_again(draft, draft.phrase("helped_nobody"))


def privacy(draft: Draft) -> None:
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
    elif draft.person.stopped:
        draft.notice("as_it_was")
    else:
        ask_again(draft, draft.phrase("as_it_was"))


def _settle_someone_else(draft: Draft, code: str) -> None:
    if code in ("yes", "new"):
        draft.effect("someone else")
    elif code == "mine":
        new_owner(draft)
    elif code.isdecimal():
        draft.effect("switch person", code)
    else:
        ask_again(draft, draft.phrase("as_it_was"))


def _settle_help_someone(draft: Draft, code: str) -> None:
    if code == "yes":
        draft.effect("help someone")
    else:
        ask_again(draft, draft.phrase("as_it_was"))


def _settle_new_owner(draft: Draft, code: str) -> None:
    if code == "yes":
        draft.effect("new owner")
    else:
        ask_again(draft, draft.phrase("as_it_was"))


_SETTLED: dict[str, Callable[[Draft, str], None]] = {
    "forget": _settle_forget,
    "someone else": _settle_someone_else,
    "new owner": _settle_new_owner,
    "help someone": _settle_help_someone,
    "privacy": change_consent,
    "link": linking.settle,
}


def pending_choices(draft: Draft) -> tuple[str, ...]:
    """Return the codes among which the person was asked to choose, in the order shown."""
    pending = draft.person.pending
    if pending == "privacy":
        return tuple(choice.code for choice in consent_choices(draft))
    if pending == "someone else" and draft.person.others:
        return (*(str(n) for n in range(1, draft.person.others + 2)), "new", "mine")
    return ("yes", "no", "mine") if pending == "someone else" else ("yes", "no")


def pending_code(draft: Draft, text: str) -> str:
    """Read a reply to what was asked besides the flow: words or a number; "" for neither."""
    words = plain(text) if len(text) <= 60 else ""
    codes = pending_choices(draft)
    if draft.person.pending == "privacy":
        said = {plain(choice.label): choice.code for choice in consent_choices(draft)}
        if words in said:
            return said[words]
    if words.isdecimal() and 1 <= int(words[:4]) <= len(codes):
        return codes[int(words[:4]) - 1]
    if "yes" in codes and words in YES:
        return "yes"
    return "no" if "no" in codes and words in NO else ""
