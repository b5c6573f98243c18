"""What may be written first on WhatsApp: the consultation's templates, and how each stands.

A template is known at its provider by a name with a mark of its words in it: whoever changes a
sentence makes a new one, which must be approved anew, and the old one is no longer used.
"""

import hashlib
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bot.dialogue.flow import Consultation
from bot.dialogue.placeholders import fill
from bot.dialogue.templatesfile import OPEN_WORDS
from bot.dialogue.templatesfile import Template as Text
from bot.gateway.house import House
from bot.gateway.library import Library
from bot.gateway.window import is_open, length_of
from bot.language import N_, _
from bot.store import templates
from bot.store.participants import Address
from bot.store.tables import addresses
from bot.store.templates import Known
from channels.base import HoldsTemplates, Template
from channels.errors import DeliveryError

log = logging.getLogger(__name__)

HOUR_MS = 3_600_000
APPROVED, UNSUBMITTED = "approved", "unsubmitted"
STATES = (N_("approved"), N_("pending"), N_("rejected"), N_("paused"), N_("unsubmitted"))
# Values of ordinary length: whoever approves a template wants to see it with words in it.
SAMPLES: Mapping[str, str] = {
    "phase.title": "Le projet d'agenda",
    "keyword": "AGENDA",
    "about.title": "Les semences",
    "about.date": "12/03/2027 10:00",
    "about.place": "Thiès",
}
_RUN = re.compile(r"\s+")


@dataclass(frozen=True)
class Standing:
    """A template in one language, and how it stands on one channel."""

    name: str
    language: str
    state: str
    reason: str = ""


def outside(
    connection: Connection,
    house: House,
    channel: str,
    name: str,
    language: str,
    values: Mapping[str, str],
) -> Template | None:
    """Return the template that may go out where the window is closed, its words filled in.

    None: the consultation has none of this name, it is not approved, or a word is missing.
    """  # fmt: skip
    carries = house.channels.get(channel)
    if not isinstance(carries, HoldsTemplates):
        return None
    text = house.library.template(name, language)
    if text is None:
        return None
    held = held_name(house.library, text)
    known = templates.find(connection, carries.template_account, held, language)
    words = tuple(_RUN.sub(" ", str(values.get(one, ""))).strip() for one in text.open_words)
    if known is None or known.state != APPROVED or not all(words):
        return None
    return Template(
        known.sid, words, fill(text.text, dict(zip(text.open_words, words, strict=True)))
    )


def is_closed_without(address: Address, house: House, template: Template | None) -> bool:
    """Say whether nothing may be written to an address now: no window is open, no template there.

    For whatever is unasked: it is not promised at all, and whoever sends it is told why.
    """
    can = house.can(address.channel)
    return template is None and not is_open(can, address.last_in_at, house.clock())


def title_of(consultation: Consultation, flow: str, language: str) -> str:
    """Return how the phase of a flow is called, "" where it belongs to none."""
    titles = [one.title for one in consultation.phases if flow in (one.flow, one.code)]
    return next((one.get(language) or one.get(consultation.source, "") for one in titles), "")


def invitation(
    connection: Connection,
    house: House,
    channel: str,
    language: str,
    flow: str,
    name: str = "",
) -> Template | None:
    """Return what is sent to many where the window is closed; None: nothing may be.

    `name`: the template that was asked for; "" is the one that invites into a flow.
    """  # fmt: skip
    name = name or ("invite" if flow else "")
    if not (name and isinstance(house.channels.get(channel), HoldsTemplates)):
        return None
    revision = house.library.current.get(flow, "")
    keywords = house.library.flow(flow, language).keywords if revision else ()
    consultation = house.library.consultation
    values = {"phase.title": title_of(consultation, flow, language),
              "keyword": keyword_for(keywords, consultation.languages, language)}  # fmt: skip
    return outside(connection, house, channel, name, language, values)


def keyword_for(keywords: Sequence[str], languages: Sequence[str], language: str) -> str:
    """Return the keyword of a language, where a flow has one for each, in their order."""
    if len(keywords) == len(languages) and language in languages:
        return keywords[list(languages).index(language)]
    return keywords[0] if keywords else ""


def standings(connection: Connection, house: House, names: Iterable[str] = ()) -> list[Standing]:
    """Return how templates stand, by name and language, as was last seen; all without `names`.

    Nothing where no channel of this house wants any.
    """
    found = []
    for channel in house.channels.values():
        if isinstance(channel, HoldsTemplates):
            for text in texts_of(house.library, names):
                held = held_name(house.library, text)
                known = templates.find(connection, channel.template_account, held, text.language)
                state = known.state if known else UNSUBMITTED
                reason = known.reason if known else ""
                found.append(Standing(text.name, text.language, state, reason))
    return found


def anybody_beyond(connection: Connection, house: House) -> bool:
    """Say whether somebody is reached by a channel that wants templates, a day after their word."""
    for name, channel in house.channels.items():
        length = length_of(channel.can)
        if length is not None and isinstance(channel, HoldsTemplates):
            query = select(addresses.c.id).where(
                addresses.c.channel == name,
                addresses.c.state == "good",
                func.coalesce(addresses.c.last_in_at, 0) <= house.clock() - length,
            )
            if connection.scalar(query.limit(1)) is not None:
                return True
    return False


def listed(found: Iterable[Standing]) -> str:
    """Name templates with their languages and how they stand: "invite (fr: pending)"."""
    by_name: dict[str, list[str]] = {}
    for one in found:
        by_name.setdefault(one.name, []).append(f"{one.language}: {_(one.state)}")
    return ", ".join(f"{name} ({', '.join(ways)})" for name, ways in by_name.items())


def texts_of(library: Library, names: Iterable[str] = ()) -> list[Text]:
    """Return the consultation's templates in all languages, in order."""
    wanted = tuple(names) or tuple(OPEN_WORDS)
    found = [
        library.template(name, language)
        for name in wanted
        for language in library.consultation.languages
    ]
    return [one for one in found if one is not None]


def held_name(library: Library, text: Text) -> str:
    """Return under which name a template is held: small letters, digits and _ alone."""
    mark = hashlib.sha256(f"{text.kind}\n{text.text}".encode()).hexdigest()[:8]
    return f"{_prefix(library)}{text.name}_{mark}"


def _prefix(library: Library) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", library.consultation.name.lower()).strip("_")
    return f"palabre_{name}_"


async def look(house: House) -> None:
    """Ask providers how the templates stand, and write it down. Raises DeliveryError."""
    for channel in house.channels.values():
        if isinstance(channel, HoldsTemplates) and texts_of(house.library):
            held = await channel.held_templates(_prefix(house.library))
            known = [Known(one.name, one.language, one.sid, one.state, one.reason) for one in held]
            account, moment = channel.template_account, house.clock()
            await house.database.write(templates.replace_all, account, known, moment)


async def look_now_and_then(house: House) -> int:
    """Look, whatever comes of it; return when to look again."""
    try:
        await look(house)
    except DeliveryError as error:
        log.warning("how templates stand is asked again later: %s", error)
    return house.clock() + HOUR_MS


async def submit(house: House) -> list[Standing]:
    """Have all templates approved that never were submitted; return these. Raises DeliveryError."""
    await look(house)
    done = []
    for channel in house.channels.values():
        if isinstance(channel, HoldsTemplates):
            for text in texts_of(house.library):
                name = held_name(house.library, text)
                known = await house.database.read(
                    templates.find, channel.template_account, name, text.language
                )
                if known is None or known.state == UNSUBMITTED:
                    samples = [SAMPLES[one] for one in text.open_words]
                    held = await channel.submit_template(
                        name, text.language, numbered(text), samples, text.kind
                    )
                    done.append(Standing(text.name, text.language, held.state, held.reason))
    if done:
        await look(house)
    return done


def numbered(text: Text) -> str:
    """Write the open words as a provider wants them: {{1}}, {{2}} …"""
    shown = {name: "{{" + str(place) + "}}" for place, name in enumerate(text.open_words, 1)}
    return fill(text.text, shown)
