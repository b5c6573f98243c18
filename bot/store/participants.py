"""Participants and their addresses: found by a keyed hash, read and written by the batch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from bot.dialogue.conversation import Person
from bot.store.countries import country_of
from bot.store.database import Database
from bot.store.fast import found, many
from bot.store.ids import new_pseudonym
from bot.store.persons import seal_state
from bot.store.retention import ERASED
from bot.store.seal import Seal
from bot.store.tables import addresses, audit, consents, facts, participants, speakers

ADDRESS = b"addresses"
NEW_AT_ONCE = 500  # newcomers
NUMBERED = ("sms", "whatsapp")  # channels whose addresses are telephone numbers


class Address(msgspec.Struct, frozen=True):
    """A participant on one channel."""

    id: int
    participant: int
    channel: str
    account: str
    index: bytes
    sealed: bytes
    state: str
    last_in_at: int | None = None

    def open(self, seal: Seal) -> str:
        """Return the address itself."""
        return seal.open(ADDRESS, self.sealed).decode()


@dataclass(frozen=True)
class Newcomer:
    """Someone who writes for the first time."""

    channel: str
    account: str
    index: bytes
    address: str
    trial: bool = False
    locale_hint: str = ""


_ADDRESS = (addresses.c.id, addresses.c.participant_id, addresses.c.channel, addresses.c.account,
            addresses.c.address_index, addresses.c.sealed, addresses.c.state,
            addresses.c.last_in_at)  # fmt: skip


_by_index = select(*_ADDRESS).where(
    addresses.c.address_index.in_(bindparam("indexes", expanding=True))
)


def by_index(connection: Connection, indexes: Iterable[bytes]) -> dict[bytes, Address]:
    """Find addresses by their keyed hash."""
    rows = found(connection, _by_index, {"indexes": list(set(indexes))})
    return {row[4]: Address(*row) for row in rows}


def address(connection: Connection, address_id: int) -> Address | None:
    """Return an address by its row; None: it is gone."""
    row = connection.execute(select(*_ADDRESS).where(addresses.c.id == address_id)).one_or_none()
    return Address(*row) if row else None


def linked_to(connection: Connection, ids: Iterable[int]) -> dict[int, int]:
    """Return who was merged into these participants: merged → kept."""
    return {row[0]: row[1] for row in found(connection, _linked, {"ids": list(ids)})}


_linked = select(participants.c.id, participants.c.merged_into).where(
    participants.c.merged_into.in_(bindparam("ids", expanding=True))
)


def family(connection: Connection, participant: int) -> list[int]:
    """Return a participant and whoever was merged into them."""
    return [participant, *linked_to(connection, [participant])]


def kept_of(connection: Connection, participant: int) -> int:
    """Return who this participant is today: themselves, or whom they were merged into."""
    query = select(participants.c.merged_into).where(participants.c.id == participant)
    return connection.scalar(query) or participant


def language_of(connection: Connection, participant: int) -> str:
    """Return the language that a participant speaks, "" if it is not known."""
    query = select(participants.c.language).where(participants.c.id == participant)
    return connection.scalar(query) or ""


def hold(connection: Connection, database: Database, participant: int) -> int:
    """Hold the row of who this participant is today, and return it."""
    kept = kept_of(connection, participant)
    database.hold_participants(connection, [kept])
    now = kept_of(connection, participant)
    return now if now == kept else hold(connection, database, participant)


def shared(connection: Connection, address_ids: Iterable[int]) -> set[int]:
    """Return which of these addresses several people use."""
    return {row[0] for row in found(connection, _shared, {"ids": list(address_ids)})}


_shared = select(speakers.c.address_id).where(
    speakers.c.address_id.in_(bindparam("ids", expanding=True))
)


def stop_linked(connection: Connection, participant: int, at: int | None) -> None:
    """Let a stop, or its end, hold for whoever was merged into this participant."""
    theirs = participants.c.merged_into == participant
    connection.execute(update(participants).where(theirs).values(stopped_at=at))


def addresses_of(connection: Connection, ids: Iterable[int]) -> list[Address]:
    """Return the addresses of participants, the one last heard from first."""
    query = select(*_ADDRESS).where(addresses.c.participant_id.in_(list(ids)))
    order = (func.coalesce(addresses.c.last_in_at, 0).desc(), addresses.c.id)
    return [Address(*row) for row in connection.execute(query.order_by(*order))]


def create(
    connection: Connection, seal: Seal, newcomers: Sequence[Newcomer], moment: int
) -> list[Address]:
    """Make a participant and an address for each newcomer."""
    made: list[Address] = []
    for begin in range(0, len(newcomers), NEW_AT_ONCE):
        made += _made(connection, seal, newcomers[begin : begin + NEW_AT_ONCE], moment)
    return made


_new_people, _new_addresses = insert(participants), insert(addresses)
_new_ids = select(participants.c.pseudonym, participants.c.id).where(
    participants.c.pseudonym.in_(bindparam("pseudonyms", expanding=True))
)


def _made(
    connection: Connection, seal: Seal, newcomers: Sequence[Newcomer], moment: int
) -> list[Address]:
    people = [_fresh(seal, moment, trial=one.trial) for one in newcomers]
    many(connection, _new_people, people)
    pseudonyms = [one["pseudonym"] for one in people]
    ids = {row[0]: row[1] for row in found(connection, _new_ids, {"pseudonyms": pseudonyms})}
    rows = [
        {
            "participant_id": ids[pseudonym],
            "channel": one.channel,
            "account": one.account,
            "address_index": one.index,
            "sealed": seal.seal(ADDRESS, one.address.encode()),
            "locale_hint": one.locale_hint,
            "country": country_of(one.channel, one.address),
            "made_at": moment,
        }
        for pseudonym, one in zip(pseudonyms, newcomers, strict=True)
    ]
    many(connection, _new_addresses, rows)
    known = by_index(connection, [one.index for one in newcomers])
    return [known[one.index] for one in newcomers]


def _fresh(seal: Seal, moment: int, *, trial: bool) -> dict[str, Any]:
    return {
        "pseudonym": new_pseudonym(),
        "state": seal_state(seal, Person()),
        "trial": trial,
        "made_at": moment,
        "seen_at": moment,
    }


def _new_beside(connection: Connection, seal: Seal, address: Address, moment: int) -> int:
    """Make a participant, a trial if whoever had the address before is one."""
    trial = connection.scalar(
        select(participants.c.trial).where(participants.c.id == address.participant)
    )
    new: int = connection.scalars(
        insert(participants).returning(participants.c.id),
        [_fresh(seal, moment, trial=bool(trial))],
    ).one()
    return new


def someone_else(connection: Connection, seal: Seal, address: Address, moment: int) -> int:
    """Begin a new participant on an address that others use too; return their id."""
    new = _new_beside(connection, seal, address, moment)
    last = connection.scalar(
        select(func.max(speakers.c.number)).where(speakers.c.address_id == address.id)
    )
    rows = [] if last else [{"address_id": address.id, "number": 1,
                             "participant_id": address.participant}]  # fmt: skip
    number = (last or 1) + 1
    rows.append({"address_id": address.id, "number": number, "participant_id": new})
    connection.execute(insert(speakers), rows)
    speaks(connection, address.id, new)
    return new


def new_owner(connection: Connection, seal: Seal, address: Address, moment: int) -> int:
    """Begin a new participant on an address that was others' before: none of them is on it now."""
    new = _new_beside(connection, seal, address, moment)
    connection.execute(delete(speakers).where(speakers.c.address_id == address.id))
    changed = {"participant_id": new, "made_at": moment}
    connection.execute(update(addresses).where(addresses.c.id == address.id).values(changed))
    return new


def speaks(connection: Connection, address: int, participant: int) -> None:
    """Say who speaks on an address now."""
    connection.execute(
        update(addresses).where(addresses.c.id == address).values(participant_id=participant)
    )


def speakers_on(connection: Connection, address: int) -> list[int]:
    """Return those who share an address, in the order in which they came."""
    query = select(speakers.c.participant_id).where(speakers.c.address_id == address)
    return list(connection.scalars(query.order_by(speakers.c.number)))


_heard_from = (
    update(addresses)
    .where(addresses.c.id == bindparam("b_id"))
    .values(last_in_at=bindparam("b_at"), state="good", reason="", account=bindparam("b_account"))
)


def heard_from(connection: Connection, seen: Mapping[int, tuple[int, str]]) -> None:
    """Write when an address was last heard from, and to which of our senders it wrote."""
    rows = [{"b_id": key, "b_at": at, "b_account": account} for key, (at, account) in seen.items()]
    many(connection, _heard_from, rows)


def wrote_unasked(connection: Connection, ids: Iterable[int], moment: int) -> None:
    """Write that these people were written to without having asked."""
    theirs = participants.c.id.in_(list(ids))
    connection.execute(update(participants).where(theirs).values(asked_at=moment))


def written_to_at(connection: Connection, ids: Iterable[int]) -> int | None:
    """Return when one of these was last written to unasked."""
    query = select(func.max(participants.c.asked_at)).where(participants.c.id.in_(list(ids)))
    at: int | None = connection.scalar(query)
    return at


def numbers_of(connection: Connection, seal: Seal, participant: int) -> list[str]:
    """Return a participant's telephone numbers, the one last heard from first."""
    found = addresses_of(connection, [participant])
    numbers = (one.open(seal) for one in found if one.channel in NUMBERED and one.state != ERASED)
    return [number.removeprefix("whatsapp:") for number in numbers]


def set_address_state(connection: Connection, address: int, state: str, reason: str) -> None:
    """Write that an address is good, blocked or gone, and why."""
    connection.execute(
        update(addresses).where(addresses.c.id == address).values(state=state, reason=reason)
    )


def close_window(connection: Connection, address: int, heard_at: int) -> None:
    """Write that an address was heard from no later than this, as its provider counts."""
    connection.execute(
        update(addresses)
        .where(addresses.c.id == address, addresses.c.last_in_at > heard_at)
        .values(last_in_at=heard_at)
    )


def move_address(connection: Connection, seal: Seal, address: Address, to: str) -> bool:
    """Give an address its new number; False when the new one is known already."""
    index = seal.index(address.channel, to)
    if by_index(connection, [index]):
        return False
    connection.execute(
        update(addresses)
        .where(addresses.c.id == address.id)
        .values(address_index=index, sealed=seal.seal(ADDRESS, to.encode()))
    )
    return True


_new_facts = insert(facts)
_new_consents = insert(consents)


def write_facts(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Append facts."""
    many(connection, _new_facts, rows)


def write_consents(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Append proofs of consent."""
    many(connection, _new_consents, rows)


def note(connection: Connection, moment: int, who: str, did: str, about: str = "") -> None:
    """Append to the audit: who did what, about what; never a number or a name of a participant."""
    connection.execute(insert(audit), {"at": moment, "who": who, "did": did, "about": about})


def fact(connection: Connection, participant: int, name: str) -> str:
    """Return what is known of a participant under a name, "" for nothing; the newest wins."""
    query = select(facts.c.value).where(facts.c.participant_id == participant, facts.c.name == name)
    value = connection.scalar(query.order_by(facts.c.id.desc()).limit(1))
    return str(msgspec.json.decode(value) or "") if value else ""


def by_pseudonym(connection: Connection, pseudonym: str) -> int | None:
    """Find a participant's id."""
    query = select(participants.c.id).where(participants.c.pseudonym == pseudonym)
    return connection.scalar(query)


def pseudonym_of(connection: Connection, participant: int) -> str:
    """Return a participant's pseudonym."""
    query = select(participants.c.pseudonym).where(participants.c.id == participant)
    return connection.scalar(query) or ""


def is_forgotten(connection: Connection, participant: int) -> bool:
    """Say whether a participant asked to be forgotten: there is nothing left to look at."""
    query = select(participants.c.forgotten_at).where(participants.c.id == participant)
    return connection.scalar(query) is not None
