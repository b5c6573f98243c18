"""What listeners do: hear what no machine here understands, code it, write it down, sum it up."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from bot.dialogue import talk
from bot.dialogue.index import index_of
from bot.gateway.house import House
from bot.gateway.others import with_others
from bot.gateway.outcome import put_down
from bot.gateway.sitting import Sitting
from bot.store import participants, unheard
from bot.store.participants import note
from bot.store.recordings import SOUNDS
from bot.store.refusal import keep_only_the_no
from bot.store.tables import contribution_media, media
from bot.store.transcripts import Transcript, write
from bot.store.unheard import Unheard


class NothingWaits(Exception):
    """No such contribution waits to be heard; `palabre listen list` shows those that do."""


class NotOffered(Exception):
    """This question does not offer that code."""


class NothingRecorded(Exception):
    """This contribution has no recording that can be played."""


class NothingWritten(Exception):
    """There are no words to write down: give them."""


@dataclass(frozen=True)
class Waits:
    """A contribution that waits, and the codes with which it can be answered, if it must be."""

    one: Unheard
    codes: tuple[str, ...]


def waiting(
    connection: Connection, house: House, *, network: str = "", every: bool = False
) -> list[Waits]:
    """Return what waits to be heard, oldest first; `every`: whatever nobody wrote down, too."""
    found = unheard.waiting(
        connection, network=network, written=languages_written(house), every=every,
        trials=not house.leaves_trials_out,
    )  # fmt: skip
    house.programmes.bring(connection, {one.revision for one in found})
    return [Waits(one, _offered(connection, house, one)) for one in found]


def languages_written(house: House) -> set[str]:
    """Return how the consultation's languages are called, in each of them."""
    from babel import Locale

    languages = house.library.consultation.languages
    names = (Locale(one).get_language_name(other) for one in languages for other in languages)
    return {name.casefold() for name in names if name}


def _offered(connection: Connection, house: House, one: Unheard) -> tuple[str, ...]:
    if not one.unresolved:
        return ()
    flow = house.programmes.programme(connection, house.clock()).flow(one.revision, one.language)
    node = index_of(flow).by_name.get(one.step)
    return tuple(choice.code for choice in node.choices) if node else ()


def code(
    connection: Connection, house: House, contribution: str, codes: Sequence[str], by: str
) -> None:
    """Write down which choice was heard; a talk that waited for it goes on.

    Raises NothingWaits, NotOffered.
    """
    one = _held(connection, house, contribution)
    offered = _offered(connection, house, one)
    if not offered:
        raise NothingWaits(NothingWaits.__doc__)
    if not codes or not set(codes) <= set(offered):
        raise NotOffered(f"{NotOffered.__doc__} ({', '.join(offered)})")
    unheard.resolve(connection, one.id, codes, by)
    note(connection, house.clock(), by, "listen code", one.id)
    _tell(connection, house, one, tuple(codes), by)


def _held(connection: Connection, house: House, contribution: str) -> Unheard:
    """Return what waits, its person's row held. Raises NothingWaits."""
    found = unheard.waiting(connection, only=contribution, every=True, trials=True)
    if not found:
        raise NothingWaits(NothingWaits.__doc__)
    house.database.hold_participants(connection, [found[0].participant])
    house.programmes.bring(connection, {found[0].revision})
    return found[0]


def _tell(
    connection: Connection, house: House, one: Unheard, codes: tuple[str, ...], by: str
) -> None:
    """Let the person's talks know, as far as they still have an address."""
    addresses = participants.addresses_of(connection, [one.participant])
    if not addresses:
        return
    sitting = Sitting(connection, house, house.clock())
    sitting.load([one.participant])
    seat, address = sitting.seats[one.participant], addresses[0]
    scene = sitting.scene(seat, address.channel)
    programme, fact, words = sitting.programme, one.fact, one.question
    turn = with_others(
        sitting, seat, scene,
        lambda seen: talk.code(programme, seat.person, seen, one.place, codes, fact, words),
    )  # fmt: skip
    put_down(sitting, seat, turn, address)
    sitting.write()
    for participant in sitting.refusing:
        keep_only_the_no(connection, house.media, participant)
    if turn.kept:
        unheard.say_who_coded(connection, one.participant, one.place, by)


def write_down(connection: Connection, house: House, contribution: str, one: Transcript) -> None:
    """Write what is said in a contribution. Raises NothingRecorded, NothingWritten."""
    if not one.text.strip():
        raise NothingWritten(NothingWritten.__doc__)
    for media_id, _key in recordings_of(connection, contribution):
        write(connection, media_id, one, house.clock())
    note(connection, house.clock(), one.by, f"listen {one.kind}", contribution)


def recordings_of(connection: Connection, contribution: str) -> list[tuple[str, str]]:
    """Return the recordings of a contribution and the keys of what can be played of them.

    Raises NothingRecorded.
    """
    query = (
        select(media.c.id, media.c.playable)
        .join(contribution_media, contribution_media.c.media_id == media.c.id)
        .where(contribution_media.c.contribution_id == contribution)
        .where(media.c.kind.in_(SOUNDS), media.c.playable != "")
        .order_by(contribution_media.c.place)
    )
    found = [(row.id, row.playable) for row in connection.execute(query)]
    if not found:
        raise NothingRecorded(NothingRecorded.__doc__)
    return found
