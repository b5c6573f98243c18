"""What a person decides before others hear a contribution; each decision with who and when."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.dialogue.flowfile import every_step
from bot.gateway.house import House
from bot.gateway.programme import Offered
from bot.store import moderation
from bot.store.moderation import APPROVED, REFUSED, WAITING, Case, Decision, Place
from bot.store.participants import note
from channels.segments import segments

STATES = (WAITING, APPROVED, REFUSED)


class NoSuchContribution(Exception):
    """There is no such contribution that others may hear; `palabre moderate list` shows them."""


class NoWords(Exception):
    """This is a recording without words: write with --text what is said in it."""


class NoSound(Exception):
    """The voice itself may not be heard: no usable recording, or its speaker did not agree."""


class NotApproved(Exception):
    """Only approved words can be translated: approve this contribution first."""


class NoOtherLanguage(Exception):
    """Translate into another language of the consultation than that of the contribution."""


@dataclass(frozen=True)
class Wanted:
    """Which contributions are listed; `untranslated`: approved, and not in this language yet."""

    state: str = WAITING
    topic: str = ""
    language: str = ""
    untranslated: str = ""
    trials: bool = False


@dataclass(frozen=True)
class Approved:
    """What an approval came to: SMS segments of the words, and translations now to be redone."""

    segments: int
    to_translate_again: int = 0


def places(programme: Offered) -> list[Place]:
    """Return the flows and steps of whose answers others may hear, older revisions' too."""
    found = {
        (bundle.name, step.hear_others)
        for bundle in programme.bundles.values()
        for step in every_step(bundle.flows[bundle.source].steps)
        if step.hear_others
    }
    return sorted(found)


def listed(connection: Connection, house: House, wanted: Wanted) -> list[Case]:
    """Return contributions to decide on, or decided on, by topic and language, oldest first."""
    programme = house.programmes.programme(connection, house.clock())
    trials = wanted.trials or not house.leaves_trials_out
    return list(_wanted(moderation.cases(connection, places(programme), trials=trials), wanted))


def _wanted(cases: Iterable[Case], wanted: Wanted) -> Iterable[Case]:
    state = APPROVED if wanted.untranslated else wanted.state
    for case in cases:
        if (
            case.state == state
            and wanted.topic in ("", case.about)
            and wanted.language in ("", case.language)
            and not (wanted.untranslated and wanted.untranslated in case.texts)
        ):
            yield case


def find(connection: Connection, house: House, id_: str) -> Case:
    """Return one contribution. Raises NoSuchContribution."""
    programme = house.programmes.programme(connection, house.clock())
    found = moderation.cases(connection, places(programme), id_=id_) if id_ else []
    if not found:
        raise NoSuchContribution(NoSuchContribution.__doc__)
    return found[0]


def approve(
    connection: Connection, house: House, id_: str, who: str, text: str = "", *, sound: bool = False
) -> Approved:
    """Let others hear a contribution, in its own words or these. Raises NoWords, NoSound."""
    case = find(connection, house, id_)
    heard = "" if case.by_a_machine else case.transcript  # a machine's words are nobody's
    words = (text or case.texts.get(case.language, "") or case.text or heard).strip()
    if not words:
        raise NoWords(NoWords.__doc__)
    if sound and not (case.playable and case.may_sound):
        raise NoSound(NoSound.__doc__)
    decision = Decision(APPROVED, who, house.clock(), sound=sound)
    moderation.decide(connection, house.database, case, decision)
    old = case.texts.get(case.language, words)
    moderation.say(connection, house.database, case.id, case.language, words, decision)
    dropped = 0
    if old != words:
        dropped = moderation.drop_translations(connection, case.id, case.language)
    note(connection, decision.at, who, "contribution approved", case.id)
    return Approved(segments(words), dropped)


def refuse(connection: Connection, house: House, id_: str, who: str, reason: str) -> None:
    """Let nobody hear a contribution, or nobody any more."""
    case = find(connection, house, id_)
    decision = Decision(REFUSED, who, house.clock(), reason)
    moderation.decide(connection, house.database, case, decision)
    note(connection, decision.at, who, "contribution refused", case.id)


def translate(
    connection: Connection, house: House, id_: str, who: str, language: str, text: str
) -> Approved:
    """Let a contribution be heard in another language. Raises NotApproved, NoOtherLanguage."""
    case = find(connection, house, id_)
    programme = house.programmes.programme(connection, house.clock())
    if language == case.language or language not in programme.consultation.languages:
        raise NoOtherLanguage(NoOtherLanguage.__doc__)
    if case.state != APPROVED:
        raise NotApproved(NotApproved.__doc__)
    if not text.strip():
        raise NoWords(NoWords.__doc__)
    by = Decision(APPROVED, who, house.clock())
    moderation.say(connection, house.database, case.id, language, text.strip(), by)
    note(connection, by.at, who, f"contribution translated into {language}", case.id)
    return Approved(segments(text.strip()))
