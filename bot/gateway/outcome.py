"""What a turn led to, put on paper: answers, facts, consents, promises, effects."""

from collections.abc import Sequence

import msgspec

from bot.dialogue import talk
from bot.dialogue.conversation import Turn
from bot.dialogue.draft import phrase
from bot.dialogue.reply import Effect, Kept, Prompt
from bot.gateway import linking, shared_phone
from bot.gateway.drawn import Drawn
from bot.gateway.learned import learn
from bot.gateway.others import with_others
from bot.gateway.ownnotes import with_own_notes
from bot.gateway.pages import with_page
from bot.gateway.reading.wishing import reads, speaks
from bot.gateway.render import draw
from bot.gateway.rsvps import with_places
from bot.gateway.sitting import Seat, Sitting
from bot.gateway.window import DROP, Beyond
from bot.store import handovers, links, pages, participants, rsvps
from bot.store.keeping import Gone, Said, verdict_told
from bot.store.participants import Address
from bot.store.refusal import TAKE_PART, bare
from bot.store.sent import provider_id_of
from bot.store.waiting import cancel
from channels.base import channel_kind

HOUR = 3_600_000


def put_down(
    sitting: Sitting,
    seat: Seat,
    turn: Turn,
    address: Address,
    *,
    pressed_on: str = "",
    kind: str = "reply",
    rank: int = 0,
    broadcast: int | None = None,
    beyond: Beyond = DROP,
) -> None:
    """Gather all that a turn led to; `pressed_on` is the message whose button was pressed."""
    seat.person = turn.person
    seat.changed = True
    out = sitting.written
    out.answers.extend(Gone(seat.owner(one.conversation), one.key) for one in turn.withdrawn)
    out.answers.extend(_said(sitting, seat, kept, address.channel) for kept in turn.kept)
    for learned in turn.learned:
        learn(sitting, seat, learned, turn, address)
    _take_up(sitting, seat, turn)
    for effect in turn.effects:
        _EFFECTS[effect.kind](sitting, seat, effect, address)
    noes = [one for one in turn.learned if one.name == TAKE_PART and one.value == "no"]
    if noes:
        people = participants.family(sitting.connection, seat.id)
        rsvps.leave_all(sitting.connection, people, sitting.moment)
    if any(one.source == "answer" for one in noes):
        sitting.refusing.add(seat.id)
        seat.person = bare(seat.person)
    if seat.id in sitting.forgetting:
        _say_farewell(sitting, seat, turn.prompts, address)
        return
    prompts = with_places(sitting, seat, turn)
    say(sitting, seat, prompts, address, pressed_on=pressed_on, kind=kind, rank=rank,
        broadcast=broadcast, beyond=beyond)  # fmt: skip


def _said(sitting: Sitting, seat: Seat, kept: Kept, channel: str) -> Said:
    flow = sitting.programme.flow(kept.revision, kept.language)
    phase = flow.phase or flow.name
    owner = seat.owner(kept.conversation)
    return Said(owner, channel_kind(channel), phase, kept, seat.person.helper)


def _take_up(sitting: Sitting, seat: Seat, turn: Turn) -> None:
    for key in turn.begun:
        flow, _, about = key.partition("/")
        sitting.written.taken_up.extend(seat.invitations.get((flow, about), ()))


def say(
    sitting: Sitting,
    seat: Seat,
    prompts: Sequence[Prompt],
    address: Address,
    *,
    pressed_on: str = "",
    kind: str = "reply",
    rank: int = 0,
    broadcast: int | None = None,
    beyond: Beyond = DROP,
) -> None:
    """Promise prompts, drawn as the address's channel can show them.

    Where its window is closed the turn's last message has its template sent; files are dropped.
    """
    if not prompts:
        return
    prompts = with_page(sitting, seat, prompts, address)
    drawn = _drawn(sitting, seat, prompts, address, pressed_on)
    last = next((one for one in reversed(drawn) if one.outgoing.do == "send"), None)
    for one in drawn:
        tidy, outgoing = one.outgoing.do != "send", one.outgoing
        if beyond is not DROP:
            outside = beyond.template if one is last else None
            outgoing = msgspec.structs.replace(outgoing, outside=outside, waits=beyond.waits)
        sitting.promise(
            seat.id, address, outgoing, kind="close" if tidy else kind, rank=rank,
            question=one.question, closes=one.closes, units=one.units, broadcast=broadcast,
            speaks=speaks(sitting, seat, one.outgoing.aloud),
        )  # fmt: skip


def _drawn(
    sitting: Sitting, seat: Seat, prompts: Sequence[Prompt], address: Address, pressed_on: str
) -> list[Drawn]:
    house, language = sitting.house, seat.person.language

    def link(document: str) -> str:
        return house.link(document, language)

    where, can = sitting.open(address), house.can(address.channel)
    prompts = with_own_notes(sitting.connection, seat.id, prompts, can)
    return draw(prompts, can, where, address.account, link, pressed_on=pressed_on,
                read=reads(sitting, seat, can))  # fmt: skip


def _say_farewell(
    sitting: Sitting, seat: Seat, prompts: tuple[Prompt, ...], address: Address
) -> None:
    """Say it without writing it down: the one it is said to is being forgotten."""
    for one in _drawn(sitting, seat, prompts, address, ""):
        outgoing = one.outgoing
        if outgoing.do != "send":  # afterwards nobody knows any more which message it was
            message = provider_id_of(sitting.connection, seat.id, one.closes)
            outgoing = msgspec.structs.replace(outgoing, of=message)
        if outgoing.do == "send" or outgoing.of:
            sitting.courtesies.append((address.channel, outgoing))


def _stop(sitting: Sitting, seat: Seat, effect: Effect, address: Address) -> None:
    """Stop everything to this person, on all addresses, in this very transaction."""
    seat.stopped_at = sitting.moment
    sitting.take_back(seat)
    cancel(sitting.connection, seat.id, "stopped")
    participants.stop_linked(sitting.connection, seat.id, sitting.moment)
    links.void_codes(sitting.connection, seat.id, sitting.moment)
    pages.revoke(sitting.connection, participants.family(sitting.connection, seat.id))
    handovers.close(sitting.connection, seat.id, "the person said stop", sitting.moment)


def _start(sitting: Sitting, seat: Seat, effect: Effect, address: Address) -> None:
    seat.stopped_at = None
    participants.stop_linked(sitting.connection, seat.id, None)


def _forget(sitting: Sitting, seat: Seat, effect: Effect, address: Address) -> None:
    sitting.forgetting.append(seat.id)


def _someone_else(sitting: Sitting, seat: Seat, effect: Effect, address: Address) -> None:
    """Begin with a new person on this phone; the one before keeps their talk."""
    _greet(sitting, shared_phone.newcomer(sitting, address), address)


def _help_someone(sitting: Sitting, seat: Seat, effect: Effect, address: Address) -> None:
    """Begin with a new person, for whom whoever holds the phone answers."""
    helped = shared_phone.helped(sitting, seat, address)
    opening = Prompt(_phrase(sitting, helped, "helping_begins"), "notice")
    say(sitting, helped, (opening,), address)
    _greet(sitting, helped, address)


def _phrase(sitting: Sitting, seat: Seat, key: str) -> str:
    programme = sitting.programme
    language = seat.person.language or programme.consultation.source
    return phrase(programme, language, key)


def _helped(sitting: Sitting, seat: Seat, effect: Effect, address: Address) -> None:
    """Let whoever helped speak again, if they are still there."""
    helper = shared_phone.helper_of(sitting, seat, address)
    if helper is not None:
        _lets_speak(sitting, seat, helper, address)


def _new_owner(sitting: Sitting, seat: Seat, effect: Effect, address: Address) -> None:
    """Begin with somebody who was given this number."""
    _greet(sitting, shared_phone.new_owner(sitting, seat, address), address)


def _switch_person(sitting: Sitting, seat: Seat, effect: Effect, address: Address) -> None:
    wanted = shared_phone.numbered(sitting, seat, address, effect.detail)
    _lets_speak(sitting, seat, wanted, address)


def _lets_speak(sitting: Sitting, seat: Seat, wanted: int, address: Address) -> None:
    """Let one of those who share a phone speak on it instead of who did."""
    other = shared_phone.lets_speak(sitting, wanted, address)
    _greet(sitting, other, address, seat.person.language)


def _greet(sitting: Sitting, seat: Seat, address: Address, spoken: str = "") -> None:
    """Turn to whoever speaks now; in the language `spoken` here where theirs is not known."""
    scene = sitting.scene(seat, address.channel, spoken)
    turn = with_others(
        sitting, seat, scene, lambda seen: talk.greet(sitting.programme, seat.person, seen)
    )
    put_down(sitting, seat, turn, address)


def _link_code(sitting: Sitting, seat: Seat, effect: Effect, address: Address) -> None:
    """Say the code; it stands nowhere but in the message."""
    words = linking.code_for(sitting, seat, address)
    say(sitting, seat, (Prompt(words, "notice"),), address)


def _link(sitting: Sitting, seat: Seat, effect: Effect, address: Address) -> None:
    """Make one person of two, go on with them here, and tell the other phone."""
    linked = linking.link(sitting, seat, address)
    put_down(sitting, linked.seat, linked.turn, address)
    if linked.told is not None:
        say(sitting, linked.seat, (Prompt(linked.words, "notice"),), linked.told, kind="notice")


def _hand_over(sitting: Sitting, seat: Seat, effect: Effect, address: Address) -> None:
    handovers.open_one(sitting.connection, seat.id, sitting.moment)


def _hand_over_closed(sitting: Sitting, seat: Seat, effect: Effect, address: Address) -> None:
    handovers.close(sitting.connection, seat.id, effect.detail, sitting.moment)


def _word_for_the_human(sitting: Sitting, seat: Seat, effect: Effect, address: Address) -> None:
    handovers.say(
        sitting.connection, sitting.house.seal, seat.id, effect.detail, sitting.moment, ours=False
    )


def _hear(sitting: Sitting, seat: Seat, effect: Effect, address: Address) -> None:
    """Do nothing more: the answer was kept as unresolved, and waits in that list."""


def _remind(sitting: Sitting, seat: Seat, effect: Effect, address: Address) -> None:
    question = seat.open_key
    sitting.written.reminders.extend(
        {
            "participant_id": seat.id,
            "conversation": effect.conversation,
            "question": question,
            "due_at": sitting.moment + int(hours) * HOUR,
            "state": "waiting",
        }
        for hours in effect.detail.split(",")
        if hours.isdecimal() and question
    )


def _rsvp(sitting: Sitting, seat: Seat, effect: Effect, address: Address) -> None:
    """Do nothing yet: what is said depends on what comes of it, see `rsvps.with_places`."""


def _verdict_told(sitting: Sitting, seat: Seat, effect: Effect, address: Address) -> None:
    verdict_told(sitting.connection, effect.detail)


def _shown(sitting: Sitting, seat: Seat, effect: Effect, address: Address) -> None:
    sitting.written.shown.append((seat.id, effect.detail))


_EFFECTS = {
    "stop": _stop,
    "start": _start,
    "forget": _forget,
    "someone else": _someone_else,
    "new owner": _new_owner,
    "switch person": _switch_person,
    "help someone": _help_someone,
    "helped": _helped,
    "link code": _link_code,
    "link": _link,
    "hand over": _hand_over,
    "hand over closed": _hand_over_closed,
    "word for the human": _word_for_the_human,
    "wants a call": _word_for_the_human,
    "hear": _hear,
    "remind": _remind,
    "mark verdict told": _verdict_told,
    "shown": _shown,
    "rsvp": _rsvp,
}
