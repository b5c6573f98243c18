"""Taking a turn: a person, a reply and a scene go in, a Turn comes out. Pure."""

from msgspec.structs import replace

from bot.dialogue import amending, wishes
from bot.dialogue.answers import Answer as _Answer
from bot.dialogue.answers import accept, keep_aside, tell_verdicts
from bot.dialogue.asking import ask_again, question_text
from bot.dialogue.commands import Command, command, language_named, start_payload
from bot.dialogue.conversation import (
    Conversation,
    Invitation,
    Person,
    Programme,
    Scene,
    Turn,
)
from bot.dialogue.draft import Draft
from bot.dialogue.flow import Choice, Flow
from bot.dialogue.offers import (
    WELCOME,
    begin,
    begin_next,
    conversation_key,
    flow_of,
    follow,
    go_on_with,
    keyword,
    menu,
    network_named,
    newcomer,
    offered,
    resume,
    take_up,
    waiting_talk,
)
from bot.dialogue.reply import File, Learned, Prompt, Reply
from bot.dialogue.taking import BARE, press, read_choice, take, take_choice
from bot.dialogue.words import GREETINGS, YES, clean, plain, short

CLOSED_TALK = frozenset({"choice", "1 to 5", "number", "numbers", "date", "time"})
ALLOWED_TO_REFUSERS = frozenset({"privacy", "forget", "someone else", "help"})


def respond(programme: Programme, person: Person, reply: Reply, scene: Scene) -> Turn:
    """Return what a reply leads to. Replies that wait are given one after the other, in order."""
    text = clean(reply.text)
    if text is not reply.text:
        reply = replace(reply, text=text)
    draft = Draft(programme, person, scene, reply)
    if reply.verdict_of:
        for file in reply.files:
            _judge(draft, file)
    else:
        _listen(draft, reply)
    return draft.finish()


def open_with(
    programme: Programme, person: Person, scene: Scene, flow: str, about: str = ""
) -> Turn:
    """Begin a flow unasked: in the terminal and the simulator the bot speaks first."""
    draft = Draft(programme, person, scene)
    begin(draft, flow, about)
    return draft.finish()


def greet(programme: Programme, person: Person, scene: Scene) -> Turn:
    """Turn to someone who now speaks on a shared phone: go on with them, or welcome them."""
    draft = Draft(programme, person, scene)
    if draft.person.stopped or draft.refused:
        wishes.told_how_to_return(draft)
    elif draft.talk is not None:
        resume(draft)
    else:
        wishes.begin_or_say(draft)
    return draft.finish()


def invite(programme: Programme, person: Person, scene: Scene, invitation: Invitation) -> Turn:
    """Announce what can begin now; it is taken up by its button, its keyword, or any first reply.

    Nothing is said to someone who stopped, refused, or has done it; the invitation stays.
    """
    draft = Draft(programme, person, scene)
    key = conversation_key(invitation)
    invited = [one for one in person.invitations if conversation_key(one) != key]
    draft.note_person(invitations=(*invited, invitation))
    known = any(one.key == key and one.state != "ended" for one in person.conversations)
    if not (person.stopped or draft.refused or known or key in person.done):
        draft.prompts.append(_announcement(draft, key))
    return draft.finish()


def _announcement(draft: Draft, key: str) -> Prompt:
    flow = flow_of(draft, key.partition("/")[0])
    button = Choice(key, draft.phrase("begin"))
    return Prompt(_announced(draft, flow), "notice", "go", choices=(button,))


def _announced(draft: Draft, flow: Flow) -> str:
    """Return the phase's own announcement, which names the keyword; else a plain sentence."""
    for phase in draft.programme.consultation.phases:
        text = phase.announce.get(draft.language) if phase.flow == flow.name else ""
        if text:
            return text
    text = draft.phrase("invitation", title=flow.title)
    if not flow.keywords:
        return text
    return f"{text} {draft.phrase('begin_by_keyword', keyword=flow.keywords[0])}"


def remind(programme: Programme, person: Person, scene: Scene, conversation_key: str) -> Turn:
    """Say where we were and ask again; nothing if that has become void."""
    draft = Draft(programme, person, scene)
    talk = draft.talk
    if talk is None or talk.key != conversation_key or person.stopped or person.human:
        return Turn(person)
    still_open = talk.flow in programme.open_flows or talk.flow == WELCOME
    if not still_open or draft.refused or not talk.open_key or not draft.node.step.remind_after:
        return Turn(person)
    resume(draft)
    return draft.finish()


def tell_verdict(programme: Programme, person: Person, scene: Scene, file: File) -> Turn:
    """Take note that a recording turned out bad: said at once if nothing is open, else later."""
    draft = Draft(programme, person, scene)
    _judge(draft, file)
    return draft.finish()


def _judge(draft: Draft, file: File) -> None:
    if draft.person.stopped or file.state not in ("refused", "lost"):
        return
    draft.note_person(verdicts=(*draft.person.verdicts, file))
    if draft.talk is None:
        tell_verdicts(draft)


def code(programme: Programme, person: Person, scene: Scene, kept_key: str, code: str) -> Turn:
    """Take note that someone listened to an unresolved answer and coded it.

    The record itself is the gateway's to change; here later conditions learn of it, and a talk
    that waits at a consent goes on.
    """
    draft = Draft(programme, person, scene)
    talk_key, _, place = kept_key.rpartition(":")
    talk = draft.talk
    if talk is not None and talk.listening and (talk.key, talk.place) == (talk_key, place):
        accept(draft, _Answer(codes=(code,)), Reply(id="", at=scene.now))
        follow(draft)
    else:
        _code_earlier(draft, talk_key, place, code)
    return draft.finish()


def _code_earlier(draft: Draft, key: str, place: str, code: str) -> None:
    for talk in draft.person.conversations:
        if talk.key != key:
            continue
        trail = tuple(
            replace(one, codes=(code,), unresolved=False) if one.place == place else one
            for one in talk.trail
        )
        amending.put(draft, replace(talk, trail=trail))


def hand_back(programme: Programme, person: Person, scene: Scene) -> Turn:
    """Let the bot speak again after a hand-over was closed, where the talk was."""
    draft = Draft(programme, person, scene)
    draft.note_person(human=False)
    if draft.talk is not None and not draft.open.open_key:
        wishes.after_the_human(draft)
    elif draft.talk is not None:
        resume(draft)
    return draft.finish()


# ── one reply, by precedence ──


def _listen(draft: Draft, reply: Reply) -> None:
    said = command(reply.text) if reply.text and not reply.files else None
    payload = _payload(reply, said)
    if said == "stop":
        wishes.stop(draft)
    elif payload is not None:
        wishes.start(draft, payload)
    elif draft.person.stopped:
        wishes.told_how_to_return(draft)
    elif draft.person.pending and _settled(draft, reply):
        pass
    elif draft.person.human:
        _beside_the_human(draft, reply, said)
    elif draft.refused:
        _after_a_no(draft, reply, said)
    elif draft.talk is None:
        _without_a_talk(draft, reply, said)
    else:
        _in_a_talk(draft, reply, said)
    if draft.talk is not None and not draft.person.stopped:
        draft.note(touched_at=reply.at or draft.scene.now)


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
        code = wishes.pending_code(draft, reply.text)
    if code not in wishes.pending_choices(draft):
        draft.note_person(pending="")
        return False
    draft.understood = ("understood_confirmation", code)
    draft.closes = pending
    wishes.settle(draft, code)
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
    _at_a_question(draft, reply, said)
    follow(draft)


def _at_a_question(draft: Draft, reply: Reply, said: Command | None) -> None:
    if reply.edits and amending.edit(draft, reply):
        return
    if reply.pressed:
        _pressed(draft, reply)
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
    names_what_is_spoken = draft.node.step.keep_as == "spoken language"
    if not names_what_is_spoken and _language(draft, reply.text):
        ask_again(draft, draft.phrase("language_changed"))
        return True
    if draft.node.step.answer not in CLOSED_TALK:
        return False
    flow = keyword(draft, reply.text)
    if flow:
        draft.understood = ("understood_keyword", flow)
        take_up(draft, flow)
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
    asked = question_text(draft, draft.node, draft.path)
    draft.notice("taken_for", question=asked)
    take(draft, reply)


def _bare(words: str, text: str) -> bool:
    """Say whether a message is a greeting or one word, and no number."""
    one_word = len(text) <= BARE and " " not in words and not words.isdigit()
    return words in GREETINGS or one_word


def _set_aside(draft: Draft, reply: Reply) -> None:
    """Keep a bare word beside the open question: it will stand with the answer."""
    from bot.dialogue.answers import hear

    hear(draft, reply, silent=True)


def _pressed(draft: Draft, reply: Reply) -> None:
    """Take a button: of the open question, of an offer, or one that is out of date."""
    key, _, code = reply.pressed.rpartition(":")
    talk = draft.talk
    if talk is not None and key == talk.open_key and key:
        press(draft, code, reply)
    elif key in ("go", "menu"):
        draft.understood = ("understood_button", code)
        take_up(draft, code, switch=key == "menu")
    elif talk is not None and key == talk.before_key and _twice(draft, reply):
        amending.add_to_before(draft, reply)
    else:
        draft.understood = ("understood_stale",)
        _stale(draft, key)


def _twice(draft: Draft, reply: Reply) -> bool:
    return amending.belongs_before(draft, reply, fits=False)


def _stale(draft: Draft, key: str) -> None:
    if draft.talk is None:
        draft.notice("stale_and_done")
    elif draft.open.open_key:
        ask_again(draft, draft.phrase("stale"), closes=key)


# ── nothing is open ──


def _without_a_talk(draft: Draft, reply: Reply, said: Command | None) -> None:
    if newcomer(draft):
        _first_words(draft, reply, said)
        return
    if reply.edits and amending.edit(draft, reply):
        return
    if reply.pressed:
        _pressed(draft, reply)
    elif said is not None:
        wishes.obey(draft, said)
    elif _adds_to_the_last(draft, reply):
        amending.add_to_before(draft, reply)
    elif _language(draft, reply.text):
        draft.notice("language_changed")
    elif flow := keyword(draft, reply.text):
        draft.understood = ("understood_keyword", flow)
        take_up(draft, flow)
    else:
        _something_said(draft, reply)


def _adds_to_the_last(draft: Draft, reply: Reply) -> bool:
    """Say whether a message still belongs to the last answer of the talk that has ended."""
    ended = amending.last_ended(draft)
    return (
        ended is not None
        and ended.before is not None
        and reply.at < ended.ended_at + draft.scene.burst_ms
    )


def _first_words(draft: Draft, reply: Reply, said: Command | None) -> None:
    """Welcome someone new, whatever they wrote; a keyword may say where they come from."""
    draft.understood = ("understood_newcomer",)
    if said in ("forget", "privacy", "person"):
        wishes.obey(draft, said)
        return
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
    last = amending.last_ended(draft)
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


__all__ = [
    "Conversation",
    "code",
    "greet",
    "hand_back",
    "invite",
    "open_with",
    "remind",
    "respond",
    "tell_verdict",
]
