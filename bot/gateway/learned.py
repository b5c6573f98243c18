"""What a turn taught us of a person, as rows: facts, and consents with their proof."""

from typing import Any

import msgspec

from bot.dialogue.conversation import Turn
from bot.dialogue.flow import CONSENTS
from bot.dialogue.reply import Learned
from bot.gateway.sitting import Seat, Sitting
from bot.store.participants import Address
from channels.base import channel_kind


def learn(sitting: Sitting, seat: Seat, learned: Learned, turn: Turn, address: Address) -> None:
    """Gather what was learned; a consent also with what was asked, and how it was said."""
    sitting.written.facts.append(fact_row(sitting, seat.id, learned))
    if learned.name in CONSENTS:
        sitting.written.consents.append(_proof(sitting, seat, learned, turn, address))


def fact_row(sitting: Sitting, owner: int, learned: Learned) -> dict[str, Any]:
    """Return a fact as the row that is written down."""
    value = None if learned.value is None else msgspec.json.encode(learned.value).decode()
    return {
        "participant_id": owner,
        "name": learned.name,
        "value": value,
        "source": learned.source,
        "step": learned.step,
        "at": sitting.moment,
    }


def _proof(
    sitting: Sitting, seat: Seat, learned: Learned, turn: Turn, address: Address
) -> dict[str, Any]:
    asked = next((one for one in turn.kept if one.fact == learned.name), None)
    return {
        "participant_id": seat.id,
        "kind": learned.name,
        "answer": str(learned.value or ""),
        "words": learned.words or (asked.question if asked else ""),
        "revision": asked.revision if asked else "",
        "language": turn.person.language,
        "channel": channel_kind(address.channel),
        "at": sitting.moment,
        "attested_by": seat.person.helper,
    }
