"""People brought in from a list: written by the batch, those whom one knows left as they are."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, func, insert, select, update

from bot.dialogue.conversation import Person
from bot.store import participants
from bot.store.countries import country_of
from bot.store.forget import not_to_be_written_to
from bot.store.ids import new_pseudonym
from bot.store.participants import ADDRESS, by_index
from bot.store.persons import open_state, seal_state, states
from bot.store.seal import Seal
from bot.store.tables import addresses, imports
from bot.store.tables import participants as people

SOURCE = "import"
MAY_BE_WRITTEN_TO = "consent to be written to"  # what a list proves; no consent to take part


class Listed(NamedTuple):
    """One person of a list."""

    channel: str
    address: str
    key: bytes  # by which the address is found
    first_name: str
    facts: Mapping[str, Any]


class Brought(NamedTuple):
    """What became of some of them."""

    made: int = 0
    changed: int = 0
    known: int = 0  # nothing new was said of them
    forgotten: int = 0  # they asked to be forgotten: not brought back


def begin(connection: Connection, file: str, consent: str, moment: int) -> int:
    """Write that a list is being brought in; return its row's id."""
    row = {"file": file[:120], "consent": consent, "made": 0, "changed": 0, "at": moment}
    made: int = connection.execute(insert(imports).returning(imports.c.id), row).scalar_one()
    return made


def bring_in(
    connection: Connection, seal: Seal, listed: Sequence[Listed], number: int, moment: int
) -> Brought:
    """Write people down; whoever is known keeps what they said themselves."""
    known, gone = _seen_before(connection, listed)
    new = [one for one in listed if one.key not in known and one.key not in gone]
    consent = connection.scalar(select(imports.c.consent).where(imports.c.id == number)) or ""
    ids = _make(connection, seal, new, moment)
    learned = [(owner, one.facts) for owner, one in zip(ids, new, strict=True)]
    more = _complete(connection, seal, listed, known, moment)
    _write_facts(connection, learned + more, moment)
    if consent:
        again = [known[one.key].participant for one in listed if one.key in known]
        _attest(connection, [*ids, *again], consent, number, moment)
    found = Brought(len(new), len(more), len(known) - len(more), len(gone - set(known)))
    connection.execute(
        update(imports)
        .where(imports.c.id == number)
        .values(made=imports.c.made + found.made, changed=imports.c.changed + found.changed)
    )
    return found


def seen_before(connection: Connection, listed: Sequence[Listed]) -> Brought:
    """Count what `bring_in` would do, and write nothing."""
    known, gone = _seen_before(connection, listed)
    new = [one for one in listed if one.key not in known and one.key not in gone]
    return Brought(len(new), 0, len(known), len(gone - set(known)))


def _seen_before(
    connection: Connection, listed: Sequence[Listed]
) -> tuple[dict[bytes, participants.Address], set[bytes]]:
    indexes = [one.key for one in listed]
    return by_index(connection, indexes), not_to_be_written_to(connection, indexes)


def _make(connection: Connection, seal: Seal, new: Sequence[Listed], moment: int) -> list[int]:
    if not new:
        return []
    rows = [
        {
            "pseudonym": new_pseudonym(),
            "state": seal_state(seal, _person(one)),
            "language": str(one.facts.get("language", "")),
            "network": str(one.facts.get("network", "")),
            "made_at": moment,
            "seen_at": moment,
        }
        for one in new
    ]
    query = insert(people).returning(people.c.id, sort_by_parameter_order=True)
    ids = list(connection.scalars(query, rows))
    where = [
        {
            "participant_id": owner,
            "channel": one.channel,
            "address_index": one.key,
            "sealed": seal.seal(ADDRESS, one.address.encode()),
            "country": country_of(one.channel, one.address),
            "made_at": moment,
        }
        for owner, one in zip(ids, new, strict=True)
    ]
    connection.execute(insert(addresses), where)
    return ids


def _person(one: Listed) -> Person:
    language = str(one.facts.get("language", ""))
    return Person(language, first_name=one.first_name, facts=dict(one.facts))


def _complete(
    connection: Connection, seal: Seal, listed: Sequence[Listed],
    known: Mapping[bytes, participants.Address], moment: int,
) -> list[tuple[int, Mapping[str, Any]]]:  # fmt: skip
    """Add to people whom one knows what they have not said themselves; who refused says nothing."""
    owners = {known[one.key].participant: one for one in listed if one.key in known}
    learned: list[tuple[int, Mapping[str, Any]]] = []
    for owner, row in states(connection, owners).items():
        person = open_state(seal, row.state)
        if person.stopped or person.facts.get("consent to take part") == "no":
            continue
        new = {
            name: value for name, value in owners[owner].facts.items() if name not in person.facts
        }
        if not new:
            continue
        person = replace(
            person,
            facts={**person.facts, **new},
            language=person.language or str(new.get("language", "")),
        )
        values: dict[str, Any] = {"state": seal_state(seal, person), "language": person.language}
        if "network" in new:
            values["network"] = str(new["network"])
        connection.execute(update(people).where(people.c.id == owner).values(values))
        learned.append((owner, new))
    return learned


def _write_facts(
    connection: Connection, learned: Sequence[tuple[int, Mapping[str, Any]]], moment: int
) -> None:
    rows = [
        {
            "participant_id": owner,
            "name": name,
            "value": msgspec.json.encode(value).decode(),
            "source": SOURCE,
            "step": "",
            "at": moment,
        }
        for owner, of_theirs in learned
        for name, value in of_theirs.items()
    ]
    participants.write_facts(connection, rows)


def _attest(
    connection: Connection, ids: Sequence[int], words: str, number: int, moment: int
) -> None:
    """Write the proof that somebody had agreed to be written to, before they were brought in."""
    query = select(people.c.id, people.c.language).where(people.c.id.in_(ids))
    proofs = [
        {
            "participant_id": owner,
            "kind": MAY_BE_WRITTEN_TO,
            "answer": "yes",
            "words": words,
            "revision": "",
            "language": language,
            "channel": "",
            "at": moment,
            "attested_by": f"import {number}",
        }
        for owner, language in connection.execute(query)
    ]
    participants.write_consents(connection, proofs)
    connection.execute(
        update(people)
        .where(people.c.id.in_(ids))
        .values(attested_at=func.coalesce(people.c.attested_at, moment))
    )
