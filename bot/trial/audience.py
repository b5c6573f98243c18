"""Those to whom an announcement is made: on three channels, in three languages.

Not all may be written to, and not all can be reached: each has a kind, "" for nothing special.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, select

from bot.dialogue.conversation import Person
from bot.dialogue.flow import Consultation
from bot.gateway.quiet import not_before, zones_of
from bot.store import participants
from bot.store.participants import Newcomer
from bot.store.persons import save
from bot.store.refusal import TAKE_PART
from bot.store.seal import Seal
from bot.store.tables import participants as people_table
from bot.trial.manners import BY_CHANNEL, OFF

LANGUAGES = ("fr", "en", "es")
CHANNELS = ("telegram", "sms", "whatsapp")
NETWORK, OTHER_NETWORK = "greniers", "tejido"  # of the consultation that ships: all who are meant
RULE = f"network is {NETWORK}"
HOUR, DAY = 3_600_000, 86_400_000
AWAKE_HOURS = 9  # a clock jumps five hours ahead, and what was not reached is sent again
AT_A_TIME = 10_000
EACH = 0.01  # of the people are of each kind that is not ""
MEMBER, STOPPED, NO_MORE, NEVER_AGREED, SILENT, ELSEWHERE = (
    "", "said stop", "stays not in touch", "never agreed", "silent for two days", "not meant",
)  # fmt: skip
NOT_WRITTEN_TO = (STOPPED, NO_MORE, NEVER_AGREED, SILENT, ELSEWHERE)
NUMBERS = {"fr": "+22177{:07}", "en": "+25471{:07}", "es": "+5731{:08}"}
ZONES = ("Africa/Dakar", "Europe/Paris", "Africa/Nairobi", "Asia/Karachi", "Asia/Bangkok",
         "Asia/Tokyo", "Pacific/Noumea", "Pacific/Auckland", "Pacific/Honolulu",
         "America/Tijuana", "America/Mexico_City", "America/Bogota",
         "America/Santiago")  # fmt: skip


class Somebody(NamedTuple):
    """One of them."""

    channel: str
    address: str
    language: str
    zone: str
    kind: str


def gather(
    count: int, chance: random.Random, zones: Sequence[str], *, patient: bool
) -> list[Somebody]:
    """Think of so many people; `patient`: there is time for phones that are off for an hour."""
    people = []
    for number in range(count):
        channel, language = CHANNELS[number % 3], LANGUAGES[number // 3 % 3]
        pattern = "{}" if channel == "telegram" else NUMBERS[language]
        address = pattern.format(number + 10_000_000 if channel == "telegram" else number)
        kind = _kind(channel, chance, patient=patient)
        people.append(Somebody(channel, address, language, chance.choice(zones), kind))
    return people


def _kind(channel: str, chance: random.Random, *, patient: bool) -> str:
    kinds = [*NOT_WRITTEN_TO, *BY_CHANNEL[channel]]
    if channel != "whatsapp":
        kinds.remove(SILENT)
    if channel == "sms" and patient:
        kinds.extend(OFF)
    place = int(chance.random() / EACH)
    return kinds[place] if place < len(kinds) else MEMBER


def awake(moment: int, consultation: Consultation) -> list[str]:
    """Return zones in which nobody sleeps until all is over, the jump of the clock included."""
    found = [
        zone for zone in ZONES
        if all(_is_day(moment + hour * HOUR, zone, consultation) for hour in range(AWAKE_HOURS))
    ]  # fmt: skip
    return found or [zone for zone in ZONES if _is_day(moment, zone, consultation)]


def _is_day(moment: int, zone: str, consultation: Consultation) -> bool:
    zones = zones_of({"time zone": zone}, (), consultation)
    return not_before(moment, zones, consultation) == moment


def settle(
    connection: Connection, seal: Seal, people: Sequence[Somebody], moment: int
) -> dict[str, Somebody]:
    """Write these people down, as if each had taken part; return them by their pseudonyms."""
    known: dict[str, Somebody] = {}
    for some in _some(people):
        known |= _settle(connection, seal, some, moment)
    return known


def _some(people: Sequence[Somebody]) -> Iterator[Sequence[Somebody]]:
    for begin in range(0, len(people), AT_A_TIME):
        yield people[begin : begin + AT_A_TIME]


def _settle(
    connection: Connection, seal: Seal, people: Sequence[Somebody], moment: int
) -> dict[str, Somebody]:
    new = [
        Newcomer(one.channel, "", seal.index(one.channel, one.address), one.address)
        for one in people
    ]
    made = participants.create(connection, seal, new, moment)
    persons = {at.participant: _person(one) for at, one in zip(made, people, strict=True)}
    save(connection, seal, persons, {}, moment)
    participants.write_facts(connection, [
        {"participant_id": owner, "name": name, "value": msgspec.json.encode(value).decode(),
         "source": "trial", "step": "", "at": moment}
        for owner, person in persons.items() for name, value in person.facts.items()
    ])  # fmt: skip
    participants.write_consents(connection, [
        {"participant_id": owner, "kind": TAKE_PART, "answer": person.facts[TAKE_PART],
         "words": "Would you like to take part?", "revision": "", "language": person.language,
         "channel": "", "at": moment, "attested_by": ""}
        for owner, person in persons.items()
    ])  # fmt: skip
    heard = {
        at.id: (moment - 2 * DAY if one.kind == SILENT else moment - HOUR, "")
        for at, one in zip(made, people, strict=True)
    }
    participants.heard_from(connection, heard)
    names = _pseudonyms(connection, made[0].participant, made[-1].participant)
    return {names[at.participant]: one for at, one in zip(made, people, strict=True)}


def _person(one: Somebody) -> Person:
    facts = {
        TAKE_PART: "no" if one.kind == NEVER_AGREED else "yes",
        "network": OTHER_NETWORK if one.kind == ELSEWHERE else NETWORK,
        "time zone": one.zone,
        "stay in touch": "no" if one.kind == NO_MORE else "yes",
    }
    return Person(one.language, facts=facts, stopped=one.kind == STOPPED)


def _pseudonyms(connection: Connection, first: int, last: int) -> Mapping[int, str]:
    mine = people_table.c.id
    query = select(mine, people_table.c.pseudonym).where(mine.between(first, last))
    return {row[0]: row[1] for row in connection.execute(query)}
