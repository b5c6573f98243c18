"""Who speaks on a phone: one of those who share it, someone new, who was given its number."""

import msgspec

from bot.dialogue.reply import Learned
from bot.gateway.learned import fact_row
from bot.gateway.sitting import Seat, Sitting
from bot.store import links, pages, participants
from bot.store.participants import Address
from bot.store.waiting import cancel_on


def newcomer(sitting: Sitting, address: Address) -> Seat:
    """Make a new person on this phone, who speaks on it from now on."""
    new = participants.someone_else(sitting.connection, sitting.house.seal, address, sitting.moment)
    seat = _speaks(sitting, new, address)
    count = len(participants.speakers_on(sitting.connection, address.id))
    seat.person = msgspec.structs.replace(seat.person, others=count - 1)
    return seat


def _speaks(sitting: Sitting, participant: int, address: Address) -> Seat:
    sitting.load([participant])
    sitting.speaking[address.id] = participant
    return sitting.seats[participant]


def helped(sitting: Sitting, seat: Seat, address: Address) -> Seat:
    """Make a new person, for whom whoever holds the phone answers: it is written with all."""
    helper = seat.person.helper or participants.pseudonym_of(sitting.connection, seat.id)
    new = newcomer(sitting, address)
    network = str(seat.person.facts.get("network") or "")
    facts = {"network": network} if network else {}
    new.person = msgspec.structs.replace(
        new.person, helper=helper, language=seat.person.language, facts=facts
    )
    known = {"language": seat.person.language, **facts}
    sitting.written.facts.extend(
        fact_row(sitting, new.id, Learned(name, value, "helper"))
        for name, value in known.items()
        if value
    )
    return new


def new_owner(sitting: Sitting, seat: Seat, address: Address) -> Seat:
    """Make a person of who was given this number; whoever had it is not reached on it."""
    cancel_on(sitting.connection, address.id, "the number is somebody else's now")
    left = [one for one in sitting.written.promised if one.address != address.id]
    sitting.written.promised[:] = left
    links.void_codes(sitting.connection, seat.id, sitting.moment)
    pages.revoke_on(sitting.connection, [address.id])
    new = participants.new_owner(sitting.connection, sitting.house.seal, address, sitting.moment)
    seat = _speaks(sitting, new, address)
    sitting.shared.discard(address.id)
    return seat


def helper_of(sitting: Sitting, seat: Seat, address: Address) -> int | None:
    """Return whoever helped, if they are still there."""
    helper = participants.by_pseudonym(sitting.connection, seat.person.helper)
    return helper if helper in participants.speakers_on(sitting.connection, address.id) else None


def numbered(sitting: Sitting, seat: Seat, address: Address, number: str) -> int:
    """Return who stands at this number among those who share a phone; else who speaks now."""
    people = participants.speakers_on(sitting.connection, address.id)
    place = int(number) if number.isdecimal() else 0
    return people[place - 1] if 0 < place <= len(people) else seat.id


def lets_speak(sitting: Sitting, wanted: int, address: Address) -> Seat:
    """Let one of those who share a phone speak on it."""
    people = participants.speakers_on(sitting.connection, address.id)
    sitting.house.database.hold_participants(sitting.connection, [wanted])
    participants.speaks(sitting.connection, address.id, wanted)
    seat = _speaks(sitting, wanted, address)
    seat.person = msgspec.structs.replace(seat.person, others=len(people) - 1)
    return seat
