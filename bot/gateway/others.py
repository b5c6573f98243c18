"""What others said, brought to a turn that needs it; nothing is read for a turn that does not."""

from collections.abc import Callable, Iterable
from zlib import crc32

from msgspec.structs import replace

from bot.dialogue.conversation import Scene, Turn
from bot.dialogue.others import OthersWanted
from bot.dialogue.reply import Other
from bot.gateway.files import sound_file
from bot.gateway.sitting import Seat, Sitting
from bot.store.moderation import recordings_of
from bot.store.showings import Hearable, Listener, hearable, still_hearable
from channels.base import Capabilities


def with_others(sitting: Sitting, seat: Seat, scene: Scene, think: Callable[[Scene], Turn]) -> Turn:
    """Take a turn; when it asks for what others said, bring it and take the turn again.

    Whatever may walk on in a talk is taken so; elsewhere a scene holds nothing of others.
    """
    scene = replace(scene, looks_up_others=True)
    while True:
        try:
            return think(scene)
        except OthersWanted as wanted:
            found = _bring(sitting, seat, wanted, sitting.house.can(scene.channel))
            scene = replace(scene, others={**scene.others, wanted.place: found})


def _bring(
    sitting: Sitting, seat: Seat, wanted: OthersWanted, can: Capabilities
) -> tuple[Other, ...]:
    connection = sitting.connection
    trials = seat.trial or not sitting.house.leaves_trials_out
    listener = Listener(seat.id, wanted.language, trials)
    if wanted.drawn is None:
        waiting = hearable(connection, listener, wanted.flow, wanted.about, wanted.step)
        chosen = _drawn(sitting, seat, waiting, wanted.most)
    else:
        known = still_hearable(connection, listener, wanted.drawn)
        chosen = [known[code] for code in wanted.drawn if code in known]
    with_sound = [one.id for one in chosen if one.sound]
    sounds = recordings_of(connection, with_sound) if with_sound else {}
    files = {id_: next((sound_file(each.playable, each.resendable, can) for each in sent
                        if each.playable), "") for id_, sent in sounds.items()}  # fmt: skip
    return tuple(Other(one.id, one.text, files.get(one.id, "")) for one in chosen)


def _drawn(
    sitting: Sitting, seat: Seat, waiting: Iterable[Hearable], most: int
) -> list[Hearable]:  # fmt: skip
    """Draw what was heard least, of different people, those of other networks first."""
    network = str(seat.person.facts.get("network", ""))

    def rank(one: Hearable) -> tuple[int, bool, int]:
        near = bool(network) and one.network == network
        return one.heard + sitting.drawn[one.id], near, crc32(f"{seat.id}|{one.id}".encode())

    ranked = sorted(waiting, key=rank)
    first: dict[int, Hearable] = {}
    for one in ranked:
        first.setdefault(one.author, one)
    again = [one for one in ranked if first[one.author] is not one]
    chosen = [*first.values(), *again][:most]
    sitting.drawn.update(one.id for one in chosen)
    return chosen
