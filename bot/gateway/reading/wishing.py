"""Who is read to: those who prefer listening, where sound can be played and somebody can speak."""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.dialogue.preferring import FACT
from bot.dialogue.reply import Prompt
from bot.gateway.render import Read
from bot.gateway.sitting import Seat, Sitting
from channels.base import Aloud, Capabilities


def reads(sitting: Sitting, seat: Seat, can: Capabilities) -> Read | None:
    """Return what says how prompts are heard by this person; None: they are only written."""
    wish, reader = seat.person.facts.get(FACT), sitting.house.reader
    if wish not in ("yes", "only") or reader is None or "voice" not in can.carries:
        return None
    language = seat.person.language or sitting.programme.consultation.source

    def read(prompts: Sequence[Prompt]) -> Aloud | None:
        aloud = reader.aloud(prompts, language)
        return aloud and replace(aloud, written=aloud.written or wish == "yes")

    return read


def speaks(sitting: Sitting, seat: Seat, aloud: Aloud | None) -> str:
    """Return by what the sound of a message is known, "" where it has none."""
    reader = sitting.house.reader
    return reader.digest(aloud, seat.id) if aloud is not None and reader is not None else ""
