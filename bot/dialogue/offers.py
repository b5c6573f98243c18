"""What can be talked about: what begins by itself, what may begin, how it is named and offered."""

from typing import NamedTuple

from bot.dialogue.conversation import Invitation
from bot.dialogue.draft import TAKE_PART, Draft
from bot.dialogue.flow import Flow
from bot.dialogue.index import index_of
from bot.dialogue.meeting import invites, near_now, unanswered
from bot.dialogue.sessions import OWN_SESSION, led
from bot.dialogue.topics import keys_now, meant, topic_of
from bot.dialogue.words import short

WELCOME = "welcome"  # the flow that a newcomer meets, in every consultation


class Offered(NamedTuple):
    """Something that can begin or go on, by its conversation's key."""

    key: str
    title: str


def newcomer(draft: Draft) -> bool:
    """Say whether the person has still to be welcomed, and asked for consent."""
    if WELCOME not in draft.programme.current:
        return False
    return WELCOME not in draft.person.done or (
        TAKE_PART not in draft.person.facts and _asks_consent(draft)
    )


def _asks_consent(draft: Draft) -> bool:
    nodes = index_of(flow_of(draft, WELCOME)).nodes
    return any(node.step.keep_as == TAKE_PART for node in nodes)


def split(key: str) -> tuple[str, str]:
    """Return the flow and what it is about: ("forum", "housing") for "forum/housing"."""
    flow, _, about = key.partition("/")
    return flow, about


def next_key(draft: Draft) -> str:
    """Return what would begin by itself now: the key of its conversation, "" for nothing."""
    if newcomer(draft):
        return WELCOME
    for invitation in draft.person.invitations:
        key = conversation_key(invitation)
        fresh = key not in draft.person.done and meant(draft, key) == key
        if fresh and _stands(draft, invitation) and not _all_answered(draft, key):
            return key
    return next(filter(None, (_untouched(draft, flow) for flow in _concerning(draft))), "")


def _untouched(draft: Draft, flow: str) -> str:
    """Return the key with which a flow would begin by itself; of several topics one is enough."""
    keys = keys_now(draft, flow)
    touched = any(key in draft.person.done for key in keys)
    return "" if touched else next(iter(keys), "")


def _all_answered(draft: Draft, key: str) -> bool:
    """Say whether a flow invites to all sessions, and the person has answered each already."""
    here = key in draft.programme.current and invites(flow_of(draft, key))
    return here and not unanswered(draft)


def _stands(draft: Draft, invitation: Invitation) -> bool:
    """Say whether an invitation still leads somewhere: its flow may begin, its session comes."""
    flow, about = invitation.flow, invitation.about
    return may_begin(draft, flow, about) and not (about and over(draft, flow, about))


def over(draft: Draft, flow: str, about: str) -> bool:
    """Say whether this is a session to which nobody can come any more."""
    session = draft.scene.sessions.get(about)
    if not invites(flow_of(draft, flow)):
        return False
    return session is None or not session.may_come(draft.scene.now)


def conversation_key(invitation: Invitation) -> str:
    """Return the key of the conversation that an invitation leads to."""
    return f"{invitation.flow}/{invitation.about}" if invitation.about else invitation.flow


def _concerning(draft: Draft) -> list[str]:
    """Return the open flows that concern this person, in the calendar's order."""
    role = draft.person.facts.get("role")
    wanted = {phase.flow: phase.roles for phase in draft.programme.consultation.phases}
    return [
        flow
        for flow in draft.programme.open_flows
        if may_begin(draft, flow)
        and (not wanted.get(flow) or role in wanted[flow])
        and not _all_answered(draft, flow)
    ]


def may_begin(draft: Draft, flow: str, about: str = "") -> bool:
    """Say whether a flow is open for new conversations; a report is, for who led the session."""
    if flow not in draft.programme.current:
        return False
    if of_own_session(draft, flow):
        session = draft.scene.sessions.get(about)
        return session is not None and session.leads and not session.cancelled
    open_now = flow in draft.programme.open_flows or flow == WELCOME
    return open_now and bool(keys_now(draft, flow))


def of_own_session(draft: Draft, flow: str) -> bool:
    """Say whether each talk of a flow is about a session that the person led."""
    return flow in draft.programme.current and flow_of(draft, flow).about == OWN_SESSION


def called(draft: Draft, flow: str) -> str:
    """Return the talk that a flow's keyword means: what one is invited to, or led last."""
    for invitation in draft.person.invitations:
        key = conversation_key(invitation)
        here = invitation.flow == flow and invitation.about and meant(draft, key) == key
        if here and _stands(draft, invitation) and key not in draft.person.done:
            return key
    about = led(draft.scene.sessions, draft.scene.now) if of_own_session(draft, flow) else ""
    return f"{flow}/{about}" if about else flow


def keyword(draft: Draft, text: str) -> str:
    """Return the flow whose keyword the whole text is, "" for none."""
    words = short(text)
    if not words or len(words) > 40:
        return ""
    for flow in draft.programme.current:
        if any(short(one) == words for one in flow_of(draft, flow).keywords):
            return flow
    return ""


def network_named(draft: Draft, payload: str) -> str:
    """Return the code of the network that a join link or keyword names, "" for none."""
    wanted = short(payload)
    for network in draft.programme.consultation.networks:
        if wanted and short(network.code) == wanted:
            return network.code
    return ""


def flow_of(draft: Draft, flow: str) -> Flow:
    """Return the flow with which a new conversation would begin."""
    return draft.programme.flow(draft.programme.current[flow], draft.language)


def title_of(draft: Draft, key: str) -> str:
    """Return the title of a flow, and of what the talk is about, in the person's language."""
    name, about = split(key)
    if name not in draft.programme.current:
        return name
    flow = flow_of(draft, name)
    session = draft.scene.sessions.get(about) if about else None
    topic = session.named(draft.language) if session else _topic(flow, about)
    return draft.phrase("title_about", title=flow.title, topic=topic) if topic else flow.title


def _topic(flow: Flow, about: str) -> str:
    topic = topic_of(flow, about)
    return topic.title if topic else ""


def offered(draft: Draft) -> list[Offered]:
    """Return everything that can begin or go on, the present talk first."""
    talks = [one for one in (draft.talk, *draft.person.conversations) if one is not None]
    alive = [one.key for one in talks if one.state != "ended"]
    keys = [*alive]
    if newcomer(draft):
        keys = [*keys, WELCOME] if WELCOME not in keys else keys
    else:
        invited = [one for one in draft.person.invitations if _stands(draft, one)]
        keys += [key for one in invited if (key := conversation_key(one)) == meant(draft, key)]
        keys += [key for flow in draft.programme.open_flows for key in keys_now(draft, flow)]
    done = set(draft.person.done) - set(draft.person.put_off) - set(alive)
    if not newcomer(draft):
        done.add(WELCOME)
    fresh = [key for key in dict.fromkeys(keys) if key not in done or _again(draft, key)]
    return [Offered(key, title_of(draft, key)) for key in fresh]


def _again(draft: Draft, key: str) -> bool:
    """Say whether something that was done is offered again: while there are sessions nearby."""
    known = key in draft.programme.current
    return known and invites(flow_of(draft, key)) and bool(near_now(draft))
