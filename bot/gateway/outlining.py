"""Where the talk on an address stands, and how its last message was read: for a page beside it."""

from typing import Literal

import msgspec
from sqlalchemy import Connection

from bot.dialogue.conversation import Person
from bot.dialogue.explain import outline, understood
from bot.gateway.house import House
from bot.gateway.sitting import Sitting
from bot.store import inbox, participants

State = Literal["done", "here", "ahead"]
SHOWN: dict[str, State] = {"done": "done", "skipped": "done", "now": "here", "later": "ahead"}
Step = tuple[str, State, int]  # words, done or here or ahead, depth


def outline_at(
    connection: Connection, house: House, channel: str, address: str, language: str
) -> tuple[str, list[Step], str] | None:
    """Return (the flow's title, its steps, how the last message was read); None: nobody there."""
    index = house.seal.index(channel, address)
    found = participants.by_index(connection, [index]).get(index)
    if found is None:
        return None
    sitting = Sitting(connection, house, house.clock())
    sitting.load([found.participant])
    person = sitting.seats[found.participant].person
    scene = sitting.scene(sitting.seats[found.participant], channel)
    steps = [
        (one.text if one.asks else one.text.partition("\n")[0], SHOWN[one.state], one.depth)
        for one in outline(sitting.programme, person, scene)
    ]
    note = inbox.last_note(connection, index)
    read = tuple(msgspec.json.decode(note, type=list[str])) if note else ()
    return _title(sitting, person), steps, understood(sitting.programme, language, read)


def _title(sitting: Sitting, person: Person) -> str:
    if not person.conversations:
        return ""
    talk = min(person.conversations, key=lambda one: one.state != "open")
    return sitting.programme.flow(talk.revision, person.language).title
