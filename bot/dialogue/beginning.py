"""Talks begun, put aside, gone on with and taken up; the menu of what is open."""

from msgspec.structs import replace

from bot.dialogue.asking import repeat, resume
from bot.dialogue.conversation import Conversation, Invitation
from bot.dialogue.draft import Draft, with_talk
from bot.dialogue.engine import walk
from bot.dialogue.flow import Choice
from bot.dialogue.meeting import invites
from bot.dialogue.offers import (
    WELCOME,
    conversation_key,
    flow_of,
    may_begin,
    newcomer,
    next_key,
    of_own_session,
    offered,
    over,
    split,
    title_of,
)
from bot.dialogue.reply import Prompt
from bot.dialogue.topics import meant


def begin(draft: Draft, flow: str, about: str = "") -> None:
    """Begin a conversation in the foreground."""
    put_aside(draft)
    now = draft.scene.now
    revision = draft.programme.current[flow]
    talk = Conversation(flow, revision, about, began_at=now, touched_at=now)
    draft.begun.append(talk.key)
    if not about and invites(flow_of(draft, flow)):  # it goes through all that one is invited to
        draft.begun += [conversation_key(one) for one in draft.person.invitations
                        if one.flow == flow and one.about]  # fmt: skip
    invitations = tuple(
        one for one in draft.person.invitations if conversation_key(one) not in draft.begun
    )
    draft.note_person(invitations=invitations)
    draft.foreground(talk)
    walk(draft, 0, None, ())
    follow(draft)


def put_aside(draft: Draft) -> None:
    """Let the conversation in the foreground wait, if there is one."""
    if draft.talk is not None:
        talk = draft.talk
        state = "waiting" if talk.state == "open" else talk.state
        talk = replace(talk, state=state)
        draft.note_person(conversations=with_talk(draft.person.conversations, talk))
        draft.talk = None


def go_on_with(draft: Draft, talk: Conversation) -> None:
    """Bring a waiting conversation to the foreground."""
    put_aside(draft)
    draft.foreground(replace(talk, state="open", touched_at=draft.scene.now))
    if not draft.open.place:
        draft.begun.append(talk.key)
        walk(draft, 0, None, ())
        follow(draft)
    else:
        resume(draft)


def follow(draft: Draft) -> None:
    """When a talk has ended, go on with what waits, or begin what comes next."""
    ended = draft.talk
    if ended is None or ended.state != "ended" or draft.person.stopped:
        return
    put_aside(draft)
    waiting = waiting_talk(draft) if not draft.refused else None
    if waiting is not None:
        go_on_with(draft, waiting)
    elif (
        draft.refused
        or ended.key in draft.person.put_off
        or not begin_next(draft, after=ended.flow)
    ):
        _whom_to_help_next(draft)


def _whom_to_help_next(draft: Draft) -> None:
    """Where nothing more is asked of someone who is helped, say how whoever helps goes on."""
    if draft.person.helper:
        draft.notice("help_the_next")


def waiting_talk(draft: Draft) -> Conversation | None:
    """Return the conversation that has waited longest."""
    waiting = [one for one in draft.person.conversations if one.state == "waiting"]
    return min(waiting, key=lambda one: one.began_at, default=None)


def begin_next(draft: Draft, *, after: str = "") -> bool:
    """Begin the welcome, an invitation, or the next open flow; False if there is nothing.

    `after`: the flow that has just ended; behind it no welcome comes, it is what one begins with.
    """
    key = next_key(draft)
    if key == WELCOME and after:
        return False
    if not key:
        return False
    draft.unasked = True
    begin(draft, *split(key))
    return True


def take_up(draft: Draft, key: str, *, switch: bool = False) -> None:
    """Begin, or go on with, what a keyword, a button or the menu named.

    Another conversation that is alive goes first, unless the person asks to `switch`.
    """
    asked, key = key, meant(draft, key)
    flow, about = split(key)
    talk = draft.talk
    known = _known(draft, key)
    if "/" in asked and key != asked:
        draft.notice("topic_over")
    if talk is not None and talk.key == key:
        repeat(draft, "we_were_here")
    elif known is None and not may_begin(draft, flow, about):
        closed(draft, flow)
    elif about and over(draft, flow, about):
        repeat(draft, "session_gone")
    elif newcomer(draft) and flow != WELCOME:
        _after_the_welcome(draft, flow, about)
    elif known is None and _done_for_good(draft, flow, key):
        phrase = "topics_done" if about and asked == flow else "done_already"
        repeat(draft, phrase, title=title_of(draft, key))
    elif talk is not None and not draft.idle and not (switch and talk.flow != WELCOME):
        _after_this(draft, flow, about, known)
    elif known is not None:
        go_on_with(draft, known)
    else:
        begin(draft, flow, about)


def _known(draft: Draft, key: str) -> Conversation | None:
    return next(
        (one for one in draft.person.conversations if one.key == key and one.state != "ended"), None
    )


def _done_for_good(draft: Draft, flow: str, key: str) -> bool:
    """Say whether something was done and stays so: on sessions one may say more at any time."""
    if key not in draft.person.done or key in draft.person.put_off:
        return False
    return not (invites(flow_of(draft, flow)) or of_own_session(draft, flow))


def _after_the_welcome(draft: Draft, flow: str, about: str) -> None:
    _invite_once(draft, flow, about)
    if draft.talk is None:
        begin(draft, WELCOME)
    else:
        repeat(draft, "first_this", title=title_of(draft, f"{flow}/{about}"))


def _invite_once(draft: Draft, flow: str, about: str) -> None:
    invited = draft.person.invitations
    if not any((one.flow, one.about) == (flow, about) for one in invited):
        invitation = Invitation(flow, about, draft.scene.now)
        draft.note_person(invitations=(*invited, invitation))


def _after_this(draft: Draft, flow: str, about: str, known: Conversation | None) -> None:
    """Let the new conversation wait until the one in the foreground ends."""
    if known is None:
        now = draft.scene.now
        talk = Conversation(
            flow, draft.programme.current[flow], about, "waiting", began_at=now, touched_at=now
        )
        draft.note_person(conversations=with_talk(draft.person.conversations, talk))
        draft.begun.append(talk.key)
    repeat(draft, "first_this", title=title_of(draft, f"{flow}/{about}"))


def closed(draft: Draft, flow: str) -> None:
    """Say kindly that a phase is over or not open yet, and offer what is open."""
    if draft.talk is not None:
        repeat(draft, "closed", title=title_of(draft, flow))
        return
    draft.notice("closed", title=title_of(draft, flow))
    if offered(draft):
        menu(draft)


def menu(draft: Draft) -> None:
    """Show what is open; the next reply may pick from it."""
    entries = offered(draft)
    if not entries:
        draft.notice("nothing_open")
        return
    choices = tuple(Choice(key, title) for key, title in entries)
    draft.note_person(pending="menu")
    draft.prompts.append(Prompt(draft.phrase("menu"), "notice", "menu", choices=choices))
