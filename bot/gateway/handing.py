"""A hand-over: a person of the team speaks instead of the bot, then gives the talk back to it."""

from dataclasses import dataclass

from msgspec.structs import replace
from sqlalchemy import Connection

from bot.dialogue import talk
from bot.dialogue.reply import Prompt
from bot.gateway.house import House
from bot.gateway.outcome import say
from bot.gateway.sit_with import NobodyThere, Table, sit_with
from bot.gateway.sitting import Sitting
from bot.gateway.templates import outside
from bot.gateway.window import Beyond, is_open
from bot.store import handovers, participants, persons
from bot.store.participants import note
from bot.store.waiting import has_waiting
from channels.base import channel_kind

HUMAN = "human"  # the kind of a delivery that a person wrote
COORDINATOR = "coordinator"  # who the audit says it was, where nothing more is known
UNTIL_THEY_WRITE = Beyond(waits=True)


class HasLeft(Exception):
    """This person has said STOP, so nobody may write to them; only their START opens again."""


class NobodyWaits(Exception):
    """This person waits for nobody now; `palabre handover list` shows who does."""


class NothingToSay(Exception):
    """The reply has no words: write some."""


@dataclass(frozen=True)
class Waits:
    """Someone who waits for a person, or speaks with one; `words` are the last that were said."""

    participant: str  # the pseudonym
    since: int
    channel: str
    language: str
    words: str
    ours: bool  # the last word was the team's


def who_waits(connection: Connection, house: House) -> list[Waits]:
    """Return the open hand-overs, the one that has waited longest first."""
    waiting = dict(handovers.waiting(connection))
    known = persons.states(connection, waiting)
    channels: dict[int, str] = {}
    for address in participants.addresses_of(connection, waiting):
        channels.setdefault(address.participant, channel_kind(address.channel))
    found = []
    for owner, since in waiting.items():
        _, pseudonym, state, *_ = known[owner]
        said = handovers.words(connection, house.seal, owner)
        _, ours, words = said[-1] if said else (since, False, "")
        language = persons.open_state(house.seal, state).language
        found.append(
            Waits(
                pseudonym, since, channels.get(owner, ""), language, " ".join(words.split()), ours
            )
        )
    return found


def numbers_to_call(
    connection: Connection, house: House, participant: int, *, who: str = COORDINATOR
) -> list[str]:
    """Return the telephone numbers of someone who waits; the audit holds that they were looked at.

    Raises NobodyWaits: nobody else's number is shown.
    """
    if participant not in dict(handovers.waiting(connection)):
        raise NobodyWaits(NobodyWaits.__doc__)
    pseudonym = participants.pseudonym_of(connection, participant)
    note(connection, house.clock(), who, "number looked at", pseudonym)
    return participants.numbers_of(connection, house.seal, participant)


async def reply_as_human(
    house: House, participant: int, text: str, *, who: str = COORDINATOR, anywhere: bool = False
) -> None:
    """Send a person's own words; until they close the hand-over, what is answered goes to them.

    Where no hand-over was open, this opens one. `anywhere`: another process may send it.
    Raises NobodyThere, HasLeft, NothingToSay.
    """
    if not text.strip():
        raise NothingToSay(NothingToSay.__doc__)

    def work(connection: Connection) -> None:
        table = sit_with(connection, house, participant, anywhere=anywhere)
        if table.seat.stopped_at is not None or table.seat.person.stopped:
            raise HasLeft(HasLeft.__doc__)
        _say(connection, house, table, text)
        _note(connection, table.sitting, table.seat.id, who, "hand-over reply")

    await house.database.write(work, wakes=("outbox",))


def _say(connection: Connection, house: House, table: Table, text: str) -> None:
    sitting, seat = table.sitting, table.seat
    handovers.say(connection, house.seal, seat.id, text, sitting.moment, ours=True)
    seat.person = replace(seat.person, human=True)
    seat.changed = True
    _tell_that_one_replied(connection, house, table)
    say(sitting, seat, (Prompt(text),), table.address, kind=HUMAN, rank=0, beyond=UNTIL_THEY_WRITE)
    sitting.write()


def _tell_that_one_replied(connection: Connection, house: House, table: Table) -> None:
    """Have a template tell of a reply that must wait until they write; once for all that wait."""
    address, seat = table.address, table.seat
    if is_open(house.can(address.channel), address.last_in_at, table.sitting.moment):
        return
    language = seat.person.language
    template = outside(connection, house, address.channel, "person_replied", language, {})
    if template is not None and not has_waiting(connection, seat.id, HUMAN):
        told = (Prompt(template.text, "notice"),)
        say(table.sitting, seat, told, address, kind=HUMAN, rank=0, beyond=Beyond(template))


async def close_hand_over(
    house: House,
    participant: int,
    note: str,
    *,
    who: str = COORDINATOR,
    anywhere: bool = False,
) -> bool:
    """Close the open hand-over and let the bot go on; False if none was open.

    The note is for the team alone. Who cannot be reached any more is told nothing.
    """

    def work(connection: Connection) -> bool:
        if not handovers.close(connection, participant, note, house.clock()):
            return False
        try:
            table = sit_with(connection, house, participant, anywhere=anywhere)
        except NobodyThere:
            sitting = _without_a_word(connection, house, participant)
        else:
            table.take(talk.hand_back)
            sitting = table.sitting
        sitting.write()
        _note(connection, sitting, participant, who, "hand-over closed")
        return True

    return await house.database.write(work, wakes=("outbox",))


def _without_a_word(connection: Connection, house: House, participant: int) -> Sitting:
    """Let the bot hear again someone who has no address now."""
    sitting = Sitting(connection, house, house.clock())
    sitting.load([participant])
    for seat in sitting.seats.values():
        seat.person = replace(seat.person, human=False)
        seat.changed = True
    return sitting


def _note(connection: Connection, sitting: Sitting, participant: int, who: str, did: str) -> None:
    note(connection, sitting.moment, who, did, participants.pseudonym_of(connection, participant))
