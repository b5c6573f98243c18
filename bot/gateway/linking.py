"""Two channels of one person become one: a code given here, written there, and a yes.

Both rows are held. Nothing changes its owner: who is merged keeps their rows, and only their
addresses lead elsewhere. What that changed in the other's state is written down, for an undo.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection

from bot.dialogue import linking
from bot.dialogue.conversation import Person, Scene, Turn
from bot.dialogue.draft import phrase
from bot.dialogue.flow import CONSENTS
from bot.dialogue.linking import Brought
from bot.dialogue.reply import Reply
from bot.gateway.house import House
from bot.gateway.joining import SMS
from bot.gateway.others import with_others
from bot.gateway.programme import Offered
from bot.gateway.sitting import Seat, Sitting
from bot.store import conversations, links, participants, persons
from bot.store.conversations import Stored
from bot.store.links import Link
from bot.store.participants import Address

NAMES = {"telegram": "Telegram", "whatsapp": "WhatsApp", "sms": "SMS"}
Think = Callable[[Offered, Person, Scene], Turn]
CONSENT = "link two channels"  # the kind under which the yes is proven


class Moved(msgspec.Struct, frozen=True):
    """What a link did, so that it can be undone: sealed in its row."""

    brought: Brought
    addresses: list[int]
    shared: list[int]  # of them: used by others too
    aside: list[int]  # conversations that stand behind their twin


@dataclass(frozen=True)
class Linked:
    """What is said after a yes: here a turn, and words to the other phone."""

    seat: Seat
    turn: Turn
    told: Address | None = None
    words: str = ""


# --- before a link ------------------------------------------------------------------------------


def code_for(sitting: Sitting, seat: Seat, address: Address) -> str:
    """Return the sentence that gives a code, or says that it was asked for too often."""
    code = links.issue(sitting.connection, sitting.house.seal, seat.id, sitting.moment)
    if not code:
        return _phrase(sitting, seat, "link_wait")
    figures = f"{code[:3]} {code[3:]}"
    where = _elsewhere(sitting.house, address)
    return _phrase(
        sitting, seat, "link_code", code=figures, minutes=links.MINUTES, where=where
    ).strip()


def _phrase(sitting: Sitting, seat: Seat, key: str, **values: object) -> str:
    scene_language = seat.person.language or sitting.programme.consultation.source
    return phrase(sitting.programme, scene_language, key, **values)


def _elsewhere(house: House, address: Address) -> str:
    """Name the other ways to reach us."""
    here = kind_of(address.channel)
    ways = [
        f"{NAMES.get(channel, channel)}: {link.removeprefix(SMS)}"
        for channel, link in house.private_links.items()
        if channel != here
    ]
    return "\n".join(ways)


def kind_of(channel: str) -> str:
    """Return a channel's kind: "sms" for "simulator:sms" too."""
    return channel.rpartition(":")[2] if channel.startswith("simulator:") else channel


def with_code(sitting: Sitting, seat: Seat, address: Address, reply: Reply, scene: Scene) -> Scene:
    """Say in the scene whether a reply is a code that links two channels."""
    if seat.person.stopped or seat.person.human or reply.files or reply.edits:
        return scene
    code, named = linking.code_in(reply.text)
    if not code:
        return scene
    connection, moment = sitting.connection, sitting.moment
    if links.tried_too_often(connection, seat.id, moment):
        return msgspec.structs.replace(scene, code="wait" if named else "")
    found = _good(sitting, seat, address, code)
    if found is None:
        links.note_try(connection, seat.id, moment)
        return msgspec.structs.replace(scene, code="bad" if named else "")
    channel, language = found
    hint = scene.locale_hint or language
    return msgspec.structs.replace(scene, code="good", code_from=channel, locale_hint=hint)


def _good(sitting: Sitting, seat: Seat, address: Address, code: str) -> tuple[str, str] | None:
    """Claim a code; return the channel it was given on and its language, None if it is not good."""
    connection = sitting.connection
    found = links.find(connection, sitting.house.seal, code, sitting.moment)
    if found is None:
        return None
    owner = participants.kept_of(connection, found.participant)
    if not _may_link(sitting, seat, address, owner) or not links.claim(connection, found, seat.id):
        return None
    where = _last_heard(connection, owner)
    language = participants.language_of(connection, owner)
    return (_name(where.channel) if where else "", language)


def _may_link(sitting: Sitting, seat: Seat, address: Address, owner: int) -> bool:
    """Say whether these two may be one: two people, on two phones, both real or both trials."""
    if owner == seat.id or owner in participants.speakers_on(sitting.connection, address.id):
        return False
    row = persons.states(sitting.connection, [owner]).get(owner)
    if row is None or not row.state or row.stopped_at is not None:
        return False
    return bool(row.trial) == seat.trial


def _last_heard(connection: Connection, participant: int) -> Address | None:
    found = participants.addresses_of(connection, [participant])
    return next((one for one in found if one.state == "good"), None)


def _name(channel: str) -> str:
    kind = kind_of(channel)
    return NAMES.get(kind, kind.partition(":")[0].capitalize())


# --- the link -----------------------------------------------------------------------------------


def link(sitting: Sitting, seat: Seat, address: Address) -> Linked:
    """Make one person of who said yes and who asked for the code."""
    connection, house, moment = sitting.connection, sitting.house, sitting.moment
    code = links.claimed(connection, seat.id, moment)
    owner = participants.kept_of(connection, code.participant) if code else seat.id
    if code is None or not _may_link(sitting, seat, address, owner):
        return _said_here(sitting, seat, address, linking.too_late)
    if owner not in house.database.lock_participants(connection, [owner]):
        return _said_here(sitting, seat, address, linking.ask_once_more)
    sitting.load([owner])
    if sitting.seats[owner].person.human or not links.use(connection, code, moment):
        return _said_here(sitting, seat, address, linking.too_late)
    told = _last_heard(connection, owner)
    sitting.let_go([owner, seat.id])
    kept, merged = links.which_is_kept(connection, owner, seat.id)
    channels = f"{_name(told.channel) if told else ''} {_name(address.channel)}".strip()
    before = participants.addresses_of(connection, [merged])
    _make_one(sitting, kept, merged, channels)
    for one in before:
        sitting.speaking[one.id] = kept
    together = sitting.seats[kept]
    _prove(sitting, together, seat.person, address, _name(told.channel) if told else "")
    scene = sitting.scene(together, address.channel)
    turn = with_others(
        sitting, together, scene,
        lambda seen: linking.greet_linked(sitting.programme, together.person, seen),
    )  # fmt: skip
    words = _phrase(sitting, together, "linked_elsewhere", channel=_name(address.channel))
    return Linked(together, turn, told, words)


def _said_here(sitting: Sitting, seat: Seat, address: Address, think: Think) -> Linked:
    scene = sitting.scene(seat, address.channel)
    code = links.claimed(sitting.connection, seat.id, sitting.moment)
    where = _last_heard(sitting.connection, code.participant) if code else None
    scene = msgspec.structs.replace(scene, code_from=_name(where.channel) if where else "")
    turn = with_others(
        sitting, seat, scene, lambda seen: think(sitting.programme, seat.person, seen)
    )
    return Linked(seat, turn)


def _make_one(sitting: Sitting, kept: int, merged: int, channels: str) -> None:
    """Write the link and what it moves; the one who is kept sits at the table afterwards."""
    connection, house = sitting.connection, sitting.house
    people = {
        key: persons.open_state(house.seal, row.state)
        for key, row in persons.states(connection, [kept, merged]).items()
    }
    together, brought = linking.added(people[kept], people[merged])
    aside = _arrange(sitting, people, kept, merged)
    own, shared = links.lead_to(connection, merged, kept)
    moved = msgspec.json.encode(Moved(brought, own, shared, aside))
    sealed = house.seal.seal(links.SEALED, moved)
    links.write_link(connection, Link(0, kept, merged, channels, sealed, sitting.moment, None))
    sitting.load([kept])
    seat = sitting.seats[kept]
    seat.person = msgspec.structs.replace(
        together, conversations=seat.person.conversations, invitations=seat.person.invitations
    )
    seat.changed = True
    if seat.person.stopped and seat.stopped_at is None:
        seat.stopped_at = sitting.moment
    write_facts(sitting, kept, {name: after for name, (_, after) in brought.facts.items()})
    participants.note(connection, sitting.moment, "participant", "linked two channels", channels)


def _arrange(sitting: Sitting, people: dict[int, Person], kept: int, merged: int) -> list[int]:
    """Leave one talk a flow, the older one, and the oldest of all in the foreground.

    Return those that stand aside: what one of the two has done is not asked of the other again.
    """
    both = [one for key in (kept, merged) for one in participants.family(sitting.connection, key)]
    talks = alive(sitting.connection, both, sitting.moment)
    talks.sort(key=lambda one: (one.conversation.began_at, one.id))
    aside: list[int] = []
    left: dict[str, Stored] = {}
    for one in talks:
        other = people[merged if one.participant == kept else kept]
        key = one.conversation.key
        if key in left or (key in other.done and key not in other.put_off):
            aside.append(one.id)
        else:
            left[key] = one
    conversations.set_status(sitting.connection, aside, "aside")
    in_front = [one for one in left.values() if one.conversation.state == "open"]
    set_states(sitting.connection, in_front)
    return aside


def alive(connection: Connection, people: list[int], moment: int) -> list[Stored]:
    found = conversations.load(connection, people, moment)
    return [one for one in found if one.conversation.state != "ended"]


def set_states(connection: Connection, talks: Sequence[Stored]) -> None:
    """Leave the first in the foreground; the others wait."""
    states = ["open", *["waiting"] * len(talks)]
    conversations.change(connection, [
        Stored(one.id, one.participant, msgspec.structs.replace(one.conversation, state=state))
        for one, state in zip(talks, states, strict=False)
    ])  # fmt: skip


def write_facts(sitting: Sitting, owner: int, facts: dict[str, Any]) -> None:
    sitting.written.facts.extend(
        {
            "participant_id": owner,
            "name": name,
            "value": None if value is None else msgspec.json.encode(value).decode(),
            "source": "link of two",
            "step": "",
            "at": sitting.moment,
        }
        for name, value in facts.items()
    )


def _prove(sitting: Sitting, seat: Seat, asked: Person, address: Address, channel: str) -> None:
    """Write down the yes to the link, and each consent that it made stricter."""
    language = asked.language or seat.person.language or sitting.programme.consultation.source
    words = phrase(sitting.programme, language, "link_sure", channel=channel)
    answers = {CONSENT: "yes"} | {
        row["name"]: "no"
        for row in sitting.written.facts
        if row["participant_id"] == seat.id and row["name"] in CONSENTS and row["value"] == '"no"'
    }
    sitting.written.consents.extend(
        {
            "participant_id": seat.id,
            "kind": kind,
            "answer": answer,
            "words": words,
            "revision": "",
            "language": language,
            "channel": kind_of(address.channel).partition(":")[0],
            "at": sitting.moment,
        }
        for kind, answer in answers.items()
    )
