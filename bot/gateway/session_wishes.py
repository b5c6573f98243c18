"""What a coordinator says of a session, read into the values of its row, or refused in words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.dialogue.flow import Consultation
from bot.language import N_, _
from bot.store import participants, sessions
from bot.store.sessions import Held

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
WHEN = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d")
LONGEST_TEXT = 120  # it must fit into one message by SMS, with all the rest
NEEDS = {
    "title": N_('its subject, for each language: --title "fr=Vendre ensemble" --title "en=…"'),
    "place": N_('where it is, with the town: --place "Maison des associations, Thiès"'),
    "when": N_('day and hour where it takes place: --when "2026-11-14 15:00"'),
    "zone": N_("the time zone of that place: --zone Africa/Dakar"),
}


class WrongSession(Exception):
    """Something that was said of a session cannot be; the message says what, and the remedy."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.values = values

    def __str__(self) -> str:
        """Say it in the language of whoever reads it."""
        words = _(self.sentence)
        for name, value in self.values.items():
            said = _(str(value)) if value in NEEDS.values() else str(value)
            words = words.replace(f"{{{name}}}", said)
        return words


class SessionThere(Exception):
    """There is a session of this code already: choose another, or use `palabre session change`."""


class OverAlready(Exception):
    """This session is over or was cancelled already, so nothing of it can be changed."""


class NoSuchPerson(Exception):
    """There is no such participant; the export's column `participant` has them. Or write `none`."""


@dataclass(frozen=True)
class Wish:
    """What was said of a session, as words; None where nothing was said."""

    titles: tuple[str, ...] = ()  # "fr=Vendre ensemble"; without a language, the source's
    place: str | None = None
    when: str | None = None  # "2026-11-14 15:00", where it takes place
    zone: str | None = None
    minutes: int | None = None
    region: str | None = None
    languages: str | None = None  # "fr, en"
    capacity: str | None = None  # a number, or "none"
    facilitator: str | None = None  # a pseudonym, or "none"


def read_new(
    connection: Connection, consultation: Consultation, code: str, wish: Wish, moment: int
) -> dict[str, Any]:
    """Return the values of a new session. Raises WrongSession, SessionThere, NoSuchPerson."""
    if not CODE.fullmatch(code):
        sentence = N_(
            "“{code}” cannot be a code: only small letters without accents, digits, “_” and “-”."
        )
        raise WrongSession(sentence, code=code)
    if sessions.find(connection, code) is not None:
        raise SessionThere(SessionThere.__doc__)
    for name in ("titles", "place", "when", "zone"):
        if not getattr(wish, name):
            option = {"titles": "title"}.get(name, name)
            raise WrongSession(N_("A session needs --{option}: {what}"), option=option,
                         what=NEEDS[option])  # fmt: skip
    known = {"code": code, "minutes": 120, "region": "", "capacity": None, "facilitator_id": None}
    return known | _read(connection, consultation, wish, moment, None)


def read_change(
    connection: Connection, consultation: Consultation, held: Held, wish: Wish, moment: int
) -> dict[str, Any]:
    """Return what changes of a session. Raises WrongSession, OverAlready, NoSuchPerson."""
    if held.cancelled or held.begins_at <= moment:
        only_facilitator = wish == Wish(facilitator=wish.facilitator) and not held.cancelled
        if not only_facilitator:  # who led it may be said afterwards, so that they can report
            raise OverAlready(OverAlready.__doc__)
    values = _read(connection, consultation, wish, moment, held)
    same = {
        "title": held.title, "place": held.place, "zone": held.zone, "region": held.region,
        "begins_at": held.begins_at, "minutes": held.minutes, "languages": list(held.languages),
        "capacity": held.capacity, "facilitator_id": held.facilitator,
    }  # fmt: skip
    return {name: value for name, value in values.items() if same[name] != value}


def _read(
    connection: Connection, consultation: Consultation, wish: Wish, moment: int, held: Held | None
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    titles = dict(held.title) if held else {}
    if wish.titles:
        titles |= dict(_title(each, consultation) for each in wish.titles)
        values["title"] = titles
    if wish.languages is not None or not held:
        values["languages"] = _languages(wish.languages, titles, consultation)
    if wish.place is not None:
        values["place"] = _text(wish.place, "place")
    if wish.when is not None or wish.zone is not None:
        values |= _moment(wish, held, moment)
    if wish.region is not None:
        values["region"] = _region(wish.region, consultation)
    if wish.minutes is not None:
        values["minutes"] = _number(str(wish.minutes), "minutes", 1440)
    if wish.capacity is not None:
        values["capacity"] = _capacity(connection, wish.capacity, held)
    if wish.facilitator is not None:
        values["facilitator_id"] = _facilitator(connection, wish.facilitator)
    return values


def _title(words: str, consultation: Consultation) -> tuple[str, str]:
    language, equals, title = words.partition("=")
    if not equals or language.strip() not in consultation.languages:
        if equals and re.fullmatch(r"[a-z]{2,3}", language.strip()):
            raise _not_spoken("title", language.strip(), consultation)
        return consultation.source, _text(words, "title")
    return language.strip(), _text(title, "title")


def _not_spoken(option: str, language: str, consultation: Consultation) -> WrongSession:
    sentence = N_(
        "--{option}: the consultation does not speak “{language}”; it speaks {languages}."
    )
    spoken = ", ".join(consultation.languages)
    return WrongSession(sentence, option=option, language=language, languages=spoken)


def _text(words: str, option: str) -> str:
    text = " ".join(words.split())
    if not text:
        raise WrongSession(N_("--{option} is empty: {what}"), option=option, what=NEEDS[option])
    if len(text) > LONGEST_TEXT:
        sentence = N_("--{option} has {count} signs; {most} fit into a message: shorten it.")
        raise WrongSession(sentence, option=option, count=len(text), most=LONGEST_TEXT)
    return text


def _languages(
    words: str | None, titles: Mapping[str, str], consultation: Consultation
) -> list[str]:
    """Return the languages of a session: those that were said, else those of its titles."""
    wanted = [one.strip() for one in (words or "").split(",") if one.strip()] or list(titles)
    for one in wanted:
        if one not in consultation.languages:
            raise _not_spoken("languages", one, consultation)
        if one not in titles:
            sentence = N_("There is no title in “{language}”: add --title “{language}=…”.")
            raise WrongSession(sentence, language=one)
    return [one for one in consultation.languages if one in wanted]


def _moment(wish: Wish, held: Held | None, moment: int) -> dict[str, Any]:
    zone = wish.zone if wish.zone is not None else held.zone if held else ""
    try:
        there = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        sentence = N_("--zone: there is no time zone “{zone}”; write it like “Africa/Dakar”.")
        raise WrongSession(sentence, zone=zone) from None
    if wish.when is None and held:
        words = datetime.fromtimestamp(held.begins_at / 1000, ZoneInfo(held.zone)).isoformat()[:16]
    else:
        words = " ".join((wish.when or "").split())
    begins_at = _begins(words, there)
    if begins_at <= moment:
        sentence = N_("--when: {when} is past in {zone}; give a day to come.")
        raise WrongSession(sentence, when=words, zone=zone)
    return {"zone": zone, "begins_at": begins_at}


def _begins(words: str, there: ZoneInfo) -> int:
    try:
        here = datetime.fromisoformat(words if WHEN.fullmatch(words) else "")
    except ValueError:
        sentence = N_("--when: “{when}” is no day and hour; write it like “2026-11-14 15:00”.")
        raise WrongSession(sentence, when=words) from None
    here = here.replace(tzinfo=there)
    moment = here.timestamp()
    again = datetime.fromtimestamp(moment, there).replace(tzinfo=None)
    if again != here.replace(tzinfo=None):
        sentence = N_("--when: in {zone} the clocks skip {hour} that night; choose another hour.")
        raise WrongSession(sentence, zone=there.key, hour=words[11:])
    return int(moment * 1000)


def _region(words: str, consultation: Consultation) -> str:
    known = [one.code for one in consultation.lists.get("regions", {}).get(consultation.source, ())]
    if words in ("", "none", "all"):
        return ""
    if words not in known:
        sentence = N_("--region: there is no region “{region}”; there are {regions}, and “all”.")
        raise WrongSession(sentence, region=words, regions=", ".join(known))
    return words


def _number(words: str, option: str, most: int) -> int:
    if not words.isascii() or not words.isdigit() or not 1 <= int(words) <= most:
        sentence = N_("--{option}: “{words}” is no number from 1 to {most}.")
        raise WrongSession(sentence, option=option, words=words, most=most)
    return int(words)


def _capacity(connection: Connection, words: str, held: Held | None) -> int | None:
    if words == "none":
        return None
    capacity = _number(words, "capacity", 100_000)
    taken = sessions.places_taken(connection, [held.id]).get(held.id, 0) if held else 0
    if capacity < taken:
        sentence = N_("--capacity: {count} people have a place already; give at least so many.")
        raise WrongSession(sentence, count=taken)
    return capacity


def _facilitator(connection: Connection, words: str) -> int | None:
    if words == "none":
        return None
    found = participants.by_pseudonym(connection, words)
    if found is None or participants.is_forgotten(connection, found):
        raise NoSuchPerson(NoSuchPerson.__doc__)
    return participants.kept_of(connection, found)
