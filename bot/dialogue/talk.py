"""Taking a turn: a person, a reply and a scene go in, a Turn comes out. Pure."""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.dialogue import amending, wishes
from bot.dialogue.answers import NO_SPEECH, accept, tell_verdicts
from bot.dialogue.answers import Answer as _Answer
from bot.dialogue.asking import repeat_all, resume
from bot.dialogue.beginning import begin, follow
from bot.dialogue.conversation import (
    Invitation,
    Person,
    Programme,
    Scene,
    Turn,
)
from bot.dialogue.draft import Draft
from bot.dialogue.flow import Choice, Flow
from bot.dialogue.index import index_of
from bot.dialogue.listening import listen
from bot.dialogue.meeting import news, rsvp
from bot.dialogue.offers import WELCOME, conversation_key, flow_of, of_own_session, split
from bot.dialogue.reply import File, Learned, Prompt, Reply
from bot.dialogue.topics import TOPICS, has_topics, meant, topic_of
from bot.dialogue.words import clean


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
        listen(draft, reply)
    return draft.finish()


def open_with(
    programme: Programme, person: Person, scene: Scene, flow: str, about: str = ""
) -> Turn:
    """Begin a flow unasked: in the terminal and the simulator the bot speaks first."""
    draft = Draft(programme, person, scene)
    begin(draft, flow, about or _topic_at_hand(draft, flow))
    return draft.finish()


def _topic_at_hand(draft: Draft, name: str) -> str:
    """Return the topic of the week; before the first of them the first that is planned."""
    flow = flow_of(draft, name)
    if not has_topics(flow):
        return ""
    planned = flow.lists.get(TOPICS) or (None,)
    return split(meant(draft, name))[1] or (planned[0].code if planned[0] else "")


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
        what = "report" if of_own_session(draft, invitation.flow) else "new"
        told = news(draft, invitation.flow, invitation.about, what)
        _say_unasked(draft, told or _announcement(draft, key))
    return draft.finish()


def tell_of_session(
    programme: Programme, person: Person, scene: Scene, flow: str, code: str, what: str
) -> Turn:
    """Tell someone what is new about a session, or that it is soon; `what` names the phrase."""
    draft = Draft(programme, person, scene)
    told = None if person.stopped or draft.refused else news(draft, flow, code, what)
    if told is not None:
        _say_unasked(draft, told)
    return draft.finish()


def announce(programme: Programme, person: Person, scene: Scene, said: Sequence[Prompt]) -> Turn:
    """Say what a coordinator announces; nothing to someone who stopped or refused."""
    draft = Draft(programme, person, scene)
    if not (person.stopped or draft.refused):
        _say_unasked(draft, *said)
    return draft.finish()


def _say_unasked(draft: Draft, *said: Prompt) -> None:
    """Say it; a talk that it interrupts is offered again where it was."""
    draft.prompts.extend(said)
    if draft.talk is not None and draft.talk.open_key and not draft.person.human:
        resume(draft)


def _announcement(draft: Draft, key: str) -> Prompt:
    """Return the announcement, with its button where no other question waits for an answer."""
    flow = flow_of(draft, key.partition("/")[0])
    topic = topic_of(flow, key.partition("/")[2])
    text = _announced(draft, flow)
    if topic is not None:
        text = f"{draft.phrase('topic_of_the_week', topic=topic.title)}\n{text}"
    if draft.talk is not None and draft.talk.open_key and not draft.person.human:
        return Prompt(text, "notice")
    return Prompt(text, "notice", "go", choices=(Choice(key, draft.phrase("begin")),))


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


def again(programme: Programme, person: Person, scene: Scene) -> Turn:
    """Say the present step once more, whole; nothing where nothing is asked."""
    draft = Draft(programme, person, scene)
    if draft.talk is not None:
        repeat_all(draft)
    return draft.finish()


def tell_verdict(programme: Programme, person: Person, scene: Scene, file: File) -> Turn:
    """Take note that a recording turned out bad: said at once if nothing is open, else later."""
    draft = Draft(programme, person, scene)
    _judge(draft, file)
    return draft.finish()


def _judge(draft: Draft, file: File) -> None:
    if draft.person.stopped or (
        file.state not in ("refused", "lost") and file.verdict != NO_SPEECH
    ):
        return
    draft.note_person(verdicts=(*draft.person.verdicts, file))
    if draft.talk is None:
        tell_verdicts(draft)


def code(
    programme: Programme, person: Person, scene: Scene, kept_key: str, codes: tuple[str, ...],
    fact: str = "", words: str = "",
) -> Turn:  # fmt: skip
    """Take note that someone listened to an unresolved answer and coded it.

    The record itself is the gateway's to change; here later conditions learn of it, and `fact`,
    and a talk that waits at a consent goes on. `words` are those of the question.
    """
    draft = Draft(programme, person, scene)
    talk_key, _, place = kept_key.rpartition(":")
    talk = draft.talk
    if talk is not None and talk.listening and (talk.key, talk.place) == (talk_key, place):
        accept(draft, _Answer(codes=codes), Reply(id="", at=scene.now))
        follow(draft)
        return draft.finish()
    _code_earlier(draft, talk_key, place, codes)
    _take_place(draft, talk_key, place, codes)
    if fact and codes:
        value = codes[0] if len(codes) == 1 else codes
        draft.learn(Learned(fact, value, "coordinator", place.partition("@")[0], words))
    return draft.finish()


def _code_earlier(draft: Draft, key: str, place: str, codes: tuple[str, ...]) -> None:
    for talk in draft.person.conversations:
        if talk.key != key:
            continue
        trail = tuple(
            replace(one, codes=codes, unresolved=False) if one.place == place else one
            for one in talk.trail
        )
        amending.put(draft, replace(talk, trail=trail))


def _take_place(draft: Draft, key: str, place: str, codes: tuple[str, ...]) -> None:
    """Take the place at a session for which somebody asked by voice, however long ago."""
    flow, (step, _, item) = split(key)[0], place.partition("@")
    if item and codes and flow in draft.programme.current:
        node = index_of(flow_of(draft, flow)).by_name.get(step)
        if node is not None and node.step.invite_to:
            rsvp(draft, flow, item, codes[0])


def hand_back(programme: Programme, person: Person, scene: Scene) -> Turn:
    """Let the bot speak again after a hand-over was closed, where the talk was."""
    draft = Draft(programme, person, scene)
    draft.note_person(human=False)
    if draft.talk is not None and not draft.open.open_key:
        wishes.after_the_human(draft)
    elif draft.talk is not None:
        resume(draft)
    return draft.finish()
