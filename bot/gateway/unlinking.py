"""A link of two channels is taken back: each has their own talk, answers and phones again.

What was decided for both meanwhile holds for both: a stop, and a consent that was taken back.
"""

from typing import Any

import msgspec
from sqlalchemy import Connection

from bot.dialogue import linking
from bot.dialogue.conversation import Person
from bot.gateway.house import House
from bot.gateway.linking import Moved, alive, set_states, write_facts
from bot.gateway.sitting import Sitting
from bot.store import conversations, links, participants, persons
from bot.store.links import Link


class NoSuchLink(Exception):
    """There is no such link; `palabre link list` shows them."""


class UndoneAlready(Exception):
    """This link was undone already; `palabre link list` shows those that hold."""


class LaterFirst(Exception):
    """Another link was made on top of this one. Undo this later one first:"""


async def undo(house: House, link_id: int, by: str) -> None:
    """Take a link back. Raises NoSuchLink, UndoneAlready, LaterFirst."""
    await house.database.write(_undo, house, link_id, by)


def _undo(connection: Connection, house: House, link_id: int, by: str) -> None:
    found = links.get(connection, link_id)
    if found is None:
        raise NoSuchLink(NoSuchLink.__doc__)
    house.database.hold_participants(connection, [found.kept, found.merged])
    found = links.get(connection, link_id) or found
    if found.undone_at is not None:
        raise UndoneAlready(UndoneAlready.__doc__)
    if later := links.later_of(connection, found):
        raise LaterFirst(f"{LaterFirst.__doc__} {later}")
    _take_apart(connection, house, found)
    about = f"link {found.id}"
    participants.note(connection, house.clock(), by, "undid a link of two channels", about)


def _take_apart(connection: Connection, house: House, found: Link) -> None:
    moment = house.clock()
    moved = msgspec.json.decode(house.seal.open(links.SEALED, found.sealed), type=Moved)
    sitting = Sitting(connection, house, moment)
    rows = persons.states(connection, [found.kept, found.merged])
    together = persons.open_state(house.seal, rows[found.kept].state)
    other = persons.open_state(house.seal, rows[found.merged].state)
    ended = _ended(connection, found)
    links.write_undone(connection, found, moment)
    links.lead_back(connection, found.kept, found.merged, (moved.addresses, moved.shared))
    conversations.set_status(connection, moved.aside, "waiting")
    apart = {
        found.kept: linking.parted(together, moved.brought, tuple(ended)),
        found.merged: linking.left_with(other, together, moved.brought, ended),
    }
    for owner, person in apart.items():
        was = together if owner == found.kept else other
        write_facts(sitting, owner, _changes(was, person))
    stopped = dict.fromkeys(apart, rows[found.kept].stopped_at or rows[found.merged].stopped_at)
    participants.write_facts(connection, sitting.written.facts)
    persons.save(connection, house.seal, apart, stopped, moment)
    for owner in apart:
        _one_in_front(connection, owner, moment)


def _ended(connection: Connection, found: Link) -> dict[str, int]:
    """Return the merged one's talks that ended since the link: key → when."""
    return {
        one.conversation.key: one.conversation.ended_at
        for one in conversations.all_of(connection, found.merged)
        if one.conversation.state == "ended" and one.conversation.ended_at >= found.made_at
    }


def _changes(was: Person, now: Person) -> dict[str, Any]:
    names = {*was.facts, *now.facts}
    return {
        name: now.facts.get(name) for name in names if was.facts.get(name) != now.facts.get(name)
    }


def _one_in_front(connection: Connection, owner: int, moment: int) -> None:
    """Leave the talk that was last spoken in in the foreground; the others wait."""
    talks = alive(connection, participants.family(connection, owner), moment)
    talks.sort(key=lambda one: one.conversation.touched_at, reverse=True)
    set_states(connection, talks)
