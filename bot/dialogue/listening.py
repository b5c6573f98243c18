"""One reply and what it means, by precedence: STOP, START, what is pending, the human, the talk."""

from msgspec.structs import replace

from bot.dialogue import adding, amending, editing, linking, preferring, rights, wishes
from bot.dialogue.answers import hear, keep_aside
from bot.dialogue.asking import ask_again, question_text, repeat_all, resume
from bot.dialogue.before import last_ended, last_talk
from bot.dialogue.beginning import begin_next, follow, go_on_with, menu, take_up, waiting_talk
from bot.dialogue.commands import Command, command, language_named, start_payload
from bot.dialogue.draft import Draft
from bot.dialogue.longlists import paged, settled, turn_page
from bot.dialogue.offers import WELCOME, called, keyword, network_named, newcomer, offered
from bot.dialogue.pressing import pressed, with_code
from bot.dialogue.reply import Learned, Prompt, Reply
from bot.dialogue.taking import BARE, read_choice, take, take_choice
from bot.dialogue.words import GREETINGS, YES, plain, short

CLOSED_TALK = frozenset({"choice", "1 to 5", "number", "numbers", "date", "time"})
ALLOWED_TO_REFUSERS = frozenset(
    {"privacy", "forget", "someone else", "new owner", "help", "help someone", "helped"}
)


def listen(draft: Draft, reply: Reply) -> None:
    """Take one reply: what it means is decided in this order."""
    said = command(reply.text) if reply.text and not reply.files else None
    payload = _payload(reply, said)
    if "#" in reply.pressed:
        reply = with_code(draft, reply)
    if said == "stop":
        wishes.stop(draft)
    elif payload is not None:
        wishes.start(draft, payload)
    elif draft.person.stopped:
        _after_stop(draft, reply, said)
    elif not _besides(draft, reply, said):
        _hear(draft, reply, said)
    if draft.talk is not None and not draft.person.stopped:
        draft.note(touched_at=reply.at or draft.scene.now)


def _besides(draft: Draft, reply: Reply, said: Command | None) -> bool:
    """Take a code, or what settles what was asked besides the flow; False if it is neither."""
    with_the_bot = not (draft.person.human or draft.refused)
    if draft.scene.code and with_the_bot:
        linking.hear_code(draft)
        return True
    if draft.person.pending == adding.ADD:
        return with_the_bot and adding.added(draft, _readable(reply), said)
    return bool(draft.person.pending) and _settled(draft, reply)


def _hear(draft: Draft, reply: Reply, said: Command | None) -> None:
    if draft.person.human:
        _beside_the_human(draft, reply, said)
    elif draft.refused:
        _after_a_no(draft, reply, said)
    elif draft.talk is None:
        _without_a_talk(draft, _readable(reply), said)
    else:
        _in_a_talk(draft, _readable(reply), said)


def _after_stop(draft: Draft, reply: Reply, said: Command | None) -> None:
    """Hear only the wish to be forgotten, and its confirmation: leaving must not prevent it."""
    if said == "forget":
        rights.forget(draft)
    elif draft.person.pending != "forget" or not _settled(draft, reply):
        wishes.told_how_to_return(draft)


def _readable(reply: Reply) -> Reply:
    """Leave out what says nothing to us: somebody's contact card, a poll, a thrown die."""
    files = tuple(file for file in reply.files if file.kind not in ("contact", "other"))
    return reply if files == reply.files else replace(reply, files=files)


def _payload(reply: Reply, said: Command | None) -> str | None:
    if reply.start is not None:
        return reply.start
    if said == "start":
        return ""
    return start_payload(reply.text) if reply.text.startswith("/") else None


def _settled(draft: Draft, reply: Reply) -> bool:
    """Take the reply to a confirmation, the menu or the consents; False if it is none."""
    pending = draft.person.pending
    key, _, code = reply.pressed.partition(":")
    if reply.pressed and key != pending:
        return False
    if pending == "menu":
        return _picked(draft, code, reply)
    if not code and reply.text and not reply.files:
        code = rights.pending_code(draft, reply.text)
    if code not in rights.pending_choices(draft):
        draft.note_person(pending="")
        return False
    draft.understood = ("understood_confirmation", code)
    draft.closes = pending
    rights.settle(draft, code)
    return True


def _picked(draft: Draft, code: str, reply: Reply) -> bool:
    """Take a pick from the menu, by button, number or title."""
    entries = offered(draft)
    draft.note_person(pending="")
    words = short(reply.text) if not reply.files else ""
    for number, entry in enumerate(entries, 1):
        if code == entry.key or (words and words in (str(number), plain(entry.title))):
            draft.understood = ("understood_menu", entry.title)
            draft.closes = "menu"
            take_up(draft, entry.key, switch=True)
            return True
    return False


def _beside_the_human(draft: Draft, reply: Reply, said: Command | None) -> None:
    if said == "forget":
        wishes.obey(draft, said)
    else:
        wishes.to_the_human(draft, reply)


def _after_a_no(draft: Draft, reply: Reply, said: Command | None) -> None:
    """Someone does not take part: their own rights still hold, and only START asks again."""
    allowed = said in ALLOWED_TO_REFUSERS or (said == "back" and draft.talk is not None)
    if said is not None and allowed:
        wishes.obey(draft, said)
    else:
        draft.understood = ("understood_refused",)
        draft.notice("refused")


def _in_a_talk(draft: Draft, reply: Reply, said: Command | None) -> None:
    if draft.scene.unseen and draft.open.open_key:
        _at_an_unseen_question(draft, reply, said)
    else:
        _at_a_question(draft, reply, said)
    follow(draft)


def _at_an_unseen_question(draft: Draft, reply: Reply, said: Command | None) -> None:
    """Let words belong to the question before, and put the one that never reached the person."""
    key = draft.open.open_key
    if said is not None or reply.pressed or reply.edits:
        _at_a_question(draft, reply, said)
    elif not _otherwise_meant(draft, reply):
        amending.add_to_before(draft, reply)
    if draft.talk is not None and draft.talk.open_key == key:
        draft.prompts = [one for one in draft.prompts if one.key != key]
        draft.note(asked_at=draft.scene.now)  # nothing sent before now can be its answer
        repeat_all(draft)


def _at_a_question(draft: Draft, reply: Reply, said: Command | None) -> None:
    if reply.edits and said is None:
        editing.edit_in_a_talk(draft, reply)
        return
    if reply.pressed:
        pressed(draft, reply)
        return
    if draft.open.unsure is not None and settled(draft, reply):
        return
    read = read_choice(draft, reply)
    if said is not None and read is not None and read.how == "understood_beginning":
        read = None  # "plus" asks for more; it is no beginning of "Plus tard"
    if said is None and amending.belongs_before(draft, reply, fits=read is not None):
        amending.add_to_before(draft, reply)
    elif read is not None:
        take_choice(draft, read, reply)
    elif said is not None:
        wishes.obey(draft, said)
    elif not _otherwise_meant(draft, reply):
        _answer(draft, reply)


def _otherwise_meant(draft: Draft, reply: Reply) -> bool:
    """Take a language's name, or a keyword, which is never one inside an open text question."""
    if not reply.text or reply.files or len(reply.text) > 60:
        return False
    if short(reply.text) == "0" and paged(draft):
        turn_page(draft)
        return True
    names_what_is_spoken = draft.node.step.keep_as == "spoken language"
    if not names_what_is_spoken and _language(draft, reply.text):
        ask_again(draft, draft.phrase("language_changed"))
        return True
    if draft.node.step.answer not in CLOSED_TALK:
        return False
    flow = keyword(draft, reply.text)
    if flow:
        draft.understood = ("understood_keyword", flow)
        take_up(draft, called(draft, flow))
        return True
    if short(reply.text) in GREETINGS and not draft.idle:
        draft.understood = ("understood_greeting",)
        ask_again(draft)
        return True
    return False


def _language(draft: Draft, text: str) -> bool:
    language = language_named(text, draft.programme.consultation.languages)
    if not language:
        return False
    draft.understood = ("understood_language", language)
    draft.learn(Learned("language", language, "command"))
    return True


def _answer(draft: Draft, reply: Reply) -> None:
    """Take words or files at the open question; after a long pause with some care."""
    if not draft.idle:
        take(draft, reply)
        return
    words = short(reply.text)
    if not reply.files and reply.place is None and _bare(words, reply.text):
        draft.understood = ("understood_back_again",)
        if words not in GREETINGS and words not in YES:
            _set_aside(draft, reply)
        resume(draft)
        return
    asked, place = question_text(draft, draft.node, draft.path), draft.open.place
    take(draft, reply)
    if draft.open.place != place:  # else the question stands there again and needs no naming
        notice = Prompt(draft.phrase("taken_for", question=asked), "notice")
        draft.prompts.insert(0, notice)


def _bare(words: str, text: str) -> bool:
    """Say whether a message is a greeting or one word, and no number."""
    one_word = len(text) <= BARE and " " not in words and not words.isdigit()
    return words in GREETINGS or one_word


def _set_aside(draft: Draft, reply: Reply) -> None:
    """Keep a bare word beside the open question: it will stand with the answer."""
    hear(draft, reply, silent=True)


# ── nothing is open ──


def _without_a_talk(draft: Draft, reply: Reply, said: Command | None) -> None:
    if newcomer(draft):
        _first_words(draft, reply, said)
        return
    if reply.edits and editing.edit(draft, reply):
        return
    if reply.pressed:
        pressed(draft, reply)
    elif said is not None:
        wishes.obey(draft, said)
    elif _adds_to_the_last(draft, reply):
        amending.add_to_before(draft, reply)
    elif _language(draft, reply.text):
        draft.notice("language_changed")
    elif flow := keyword(draft, reply.text):
        draft.understood = ("understood_keyword", flow)
        take_up(draft, called(draft, flow))
    elif network := network_named(draft, reply.text):
        draft.understood = ("understood_keyword", network)
        wishes.join(draft, network)
        wishes.begin_or_say(draft)
    else:
        _something_said(draft, reply)


def _adds_to_the_last(draft: Draft, reply: Reply) -> bool:
    """Say whether a message still belongs to the last answer of the talk that has ended."""
    ended = last_ended(draft)
    return (
        ended is not None
        and ended.before is not None
        and reply.at < max(ended.ended_at, ended.added_at) + draft.scene.burst_ms
    )


def _first_words(draft: Draft, reply: Reply, said: Command | None) -> None:
    """Welcome someone new, whatever they wrote; a keyword may say where they come from."""
    draft.understood = ("understood_newcomer",)
    if said in ("forget", "privacy", "person", "helped", "link"):
        wishes.obey(draft, said)
        return
    if said == "help someone":
        draft.notice("help_someone_first")
    elif said in ("listen", "listen only"):
        draft.notice(preferring.note_choice(draft, said))
    elif said == "call":
        wishes.obey(draft, said)
    preferring.choose_by_speaking(draft, reply.files)
    _language(draft, reply.text)
    wishes.join(draft, reply.text)
    key = reply.pressed.partition(":")[2] if reply.pressed.startswith(("go:", "menu:")) else ""
    flow = key or keyword(draft, reply.text)
    if flow and flow != WELCOME:
        take_up(draft, flow)
    if draft.talk is None:
        wishes.begin_or_say(draft)
    if _has_content(draft, reply, said) and not flow and draft.talk is not None:
        keep_aside(draft, draft.talk, reply)


def _something_said(draft: Draft, reply: Reply) -> None:
    """Begin what waits or is open; words that answer nothing are kept beside the last talk."""
    content = _has_content(draft, reply, None)
    draft.understood = ("understood_opening",)
    waiting = waiting_talk(draft)
    last = last_talk(draft)
    if content and last is not None:
        keep_aside(draft, last, reply)
        draft.notice("kept_aside")
    if waiting is not None:
        go_on_with(draft, waiting)
    elif not begin_next(draft) and not (content and last is not None):
        menu(draft)


def _has_content(draft: Draft, reply: Reply, said: Command | None) -> bool:
    """Say whether a message is more than a greeting, a yes, a keyword or a number."""
    if reply.files:
        return True
    words = short(reply.text)
    if said is not None or reply.pressed or words in GREETINGS or words in YES:
        return False
    if words.isdigit() or language_named(reply.text, draft.programme.consultation.languages):
        return False
    return bool(reply.text.strip()) and not network_named(draft, reply.text)
