"""What a rule may ask, and the words that it may use for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from bot.dialogue.flow import CONSENTS, FACTS, Consultation
from bot.store.tables import facts, segments

CHANNELS = ("telegram", "sms", "whatsapp")
NEVER_ASKED = ("first name",)  # a name is no ground to choose somebody on
LISTS = {"role": "roles", "region": "regions", "themes": "themes"}


@dataclass(frozen=True)
class Known:
    """The names that a rule may use."""

    fields: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # field → what it may be
    flows: tuple[str, ...] = ()  # flows and phases
    segments: Mapping[str, str] = field(default_factory=dict)  # name → its rule


def known_of(connection: Connection, consultation: Consultation) -> Known:
    """Return the names that a rule may use in this consultation."""
    brought = connection.scalars(select(facts.c.name).distinct())
    names = ("language", "channel", "network", "country", "consent", *FACTS, *sorted(brought))
    values = {
        "language": consultation.languages,
        "network": tuple(one.code for one in consultation.networks),
        "consent": ("yes", "no"),
        **dict.fromkeys(CONSENTS, ("yes", "no")),
        **{name: _codes(consultation, codes) for name, codes in LISTS.items()},
    }
    flows = [name for phase in consultation.phases for name in (phase.code, phase.flow) if name]
    saved = connection.execute(select(segments.c.name, segments.c.rule)).all()
    return Known(
        tuple(name for name in dict.fromkeys(names) if name not in NEVER_ASKED),
        values,
        tuple(dict.fromkeys(flows)),
        {row.name: row.rule for row in saved},
    )


def _codes(consultation: Consultation, name: str) -> tuple[str, ...]:
    found = consultation.lists.get(name, {}).get(consultation.source, ())
    return tuple(choice.code for choice in found)
