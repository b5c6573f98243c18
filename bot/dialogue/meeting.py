"""What is said of a session: when and where it is, what came of an answer, what is new."""

from msgspec.structs import replace

from bot.dialogue.draft import Draft
from bot.dialogue.flow import Choice, Flow
from bot.dialogue.index import Node
from bot.dialogue.reply import Prompt
from bot.dialogue.sessions import OUTCOMES, SESSION, Session, near, said_hour, said_when, same_hour


def goes_on(draft: Draft, block: Node, code: str) -> bool:
    """Say whether a block may still come to an item: to no session that is over or cancelled."""
    if block.step.for_each != SESSION:
        return draft.item(block, code) is not None
    session = draft.scene.sessions.get(code)
    return session is not None and session.may_come(draft.scene.now)


def sessions_for(draft: Draft) -> tuple[str, ...]:
    """Return the sessions that a talk is about: the one for which it began, or those nearby.

    Where nobody called for it, nobody is asked again what they answered.
    """
    about = draft.open.about
    if about in draft.scene.sessions:
        return (about,)
    return unanswered(draft) if draft.unasked else near_now(draft)


def unanswered(draft: Draft) -> tuple[str, ...]:
    """Return the sessions near this person of which they have not said whether they come."""
    known = draft.scene.sessions
    return tuple(code for code in near_now(draft) if not known[code].answer)


def near_now(draft: Draft) -> tuple[str, ...]:
    """Return the sessions near this person."""
    scene = draft.scene
    return near(scene.sessions, draft.person.facts, draft.language, scene.now)


def invites(flow: Flow) -> bool:
    """Say whether people answer in this flow whether they come to sessions."""
    return any(step.for_each == SESSION for step in flow.steps)


# ── how it is said ──


def when(draft: Draft, session: Session) -> str:
    """Return day and hour; also as the person's own clock shows it, where that is another."""
    there = said_when(session.begins_at, session.zone, draft.language)
    own = str(draft.person.facts.get("time zone") or session.zone)
    if same_hour(session.begins_at, session.zone, own):
        return there
    hour = said_hour(session.begins_at, own, draft.language)
    return draft.phrase("session_own_time", when=there, time=hour)


def seats(draft: Draft, session: Session) -> str:
    """Return how many may still come; "" where there is room for all, or a place is kept."""
    if session.left is None or session.answer == "coming":
        return ""
    if session.left > 0:
        return draft.phrase("session_seats", count=session.left)
    return draft.phrase("session_full")


def keyword(draft: Draft, flow: str) -> str:
    """Return the word that begins a flow: the language's own, where each language has one."""
    revision = draft.programme.current.get(flow)
    words = draft.programme.flow(revision, draft.language).keywords if revision else ()
    languages = draft.programme.consultation.languages
    if len(words) == len(languages) and draft.language in languages:
        return words[languages.index(draft.language)]
    return words[0] if words else ""


def _said(draft: Draft, key: str, session: Session, flow: str) -> str:
    return draft.phrase(
        f"session_{key}",
        title=session.named(draft.language),
        place=session.place,
        when=when(draft, session),
        keyword=keyword(draft, flow),
    )


# ── coming, perhaps, not ──


def so_far(draft: Draft, node: Node, path: tuple[str, ...]) -> None:
    """Remind someone of what they answered to this invitation before."""
    session = draft.scene.sessions.get(path[-1]) if node.step.invite_to and path else None
    if session is not None and session.answer:
        draft.notice(f"session_so_far_{session.answer}")


def rsvp(draft: Draft, flow: str, code: str, answer: str) -> None:
    """Take or leave a place at a session; what came of it is said once that is sure."""
    session = draft.scene.sessions.get(code)
    if session is None:
        return
    either = {outcome: _said(draft, outcome, session, flow) for outcome in OUTCOMES}
    draft.effect("rsvp", f"{code} {answer}")
    likely = _likely(session, answer, draft.scene.now)
    draft.prompts.append(Prompt(either[likely], "notice", either=either))
    known = {**draft.scene.sessions, code: replace(session, answer=likely)}
    draft.scene = replace(draft.scene, sessions=known)  # what comes next in this turn knows of it


def _likely(session: Session, answer: str, now: int) -> str:
    if not session.may_come(now):
        return "gone"
    full = session.left is not None and session.left <= 0 and session.answer != "coming"
    return "waiting" if full and answer == "coming" else answer


# ── what is told unasked ──


def news(draft: Draft, flow: str, code: str, what: str) -> Prompt | None:
    """Return what is told of a session; its button begins the talk of `flow` about it."""
    session = draft.scene.sessions.get(code)
    if session is None:
        return None
    text = _said(draft, what, session, flow)
    invited = what in ("new", "report")  # by SMS any answer takes an invitation up
    asked = draft.talk is not None and draft.open.open_key  # that question has its buttons
    if session.cancelled or asked or not (invited or draft.scene.buttons):
        return Prompt(text, "notice")
    label = draft.phrase("begin" if invited else "session_change")
    return Prompt(text, "notice", "go", choices=(Choice(f"{flow}/{code}", label),))
