"""One line of a list made into a person, or into what is wrong with it and how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import available_timezones

import phonenumbers

from bot.dialogue.fault import did_you_mean
from bot.dialogue.flow import Consultation
from bot.dialogue.words import plain
from bot.language import _
from bot.store.imports import Listed
from bot.store.seal import Seal

CHANNELS = ("sms", "whatsapp", "telegram")
LISTS = {"role": "roles", "region": "regions", "themes": "themes"}
MANY_DIGITS = 5
YES = {"yes": "yes", "oui": "yes", "si": "yes", "no": "no", "non": "no", "1": "yes", "0": "no"}


@dataclass(frozen=True)
class RowError:
    """What is wrong in a line, with its remedy; never the number or the name that stands there."""

    line: int
    column: str
    words: str

    def __str__(self) -> str:
        """Say it in one line."""
        where = _("line {line}, {column}").replace("{line}", str(self.line))
        return f"{where.replace('{column}', self.column)}: {self.words}"


class Wrong(Exception):
    """A value cannot be used; the message says why and what to write."""


class Checker:
    """Checks the lines of one list; an address that comes twice is told."""

    def __init__(self, consultation: Consultation, seal: Seal) -> None:
        self._consultation = consultation
        self._seal = seal
        self._seen: dict[bytes, int] = {}
        self._known = {
            "channel": CHANNELS,
            "language": consultation.languages,
            "network": tuple(one.code for one in consultation.networks),
            **{field: self._codes(name) for field, name in LISTS.items()},
        }

    def _codes(self, name: str) -> tuple[str, ...]:
        lists = self._consultation.lists.get(name, {})
        return tuple(choice.code for choice in lists.get(self._consultation.source, ()))

    def person(self, line: int, values: dict[str, str]) -> Listed | list[RowError]:
        """Return who stands in a line, or what is wrong with it."""
        errors: list[RowError] = []
        read: dict[str, object] = {}
        for field, value in values.items():
            if field == "address":
                continue
            try:
                read[field] = self._value(field, value)
            except Wrong as wrong:
                errors.append(RowError(line, field, str(wrong)))
        channel = str(read.pop("channel", ""))
        try:
            address = _address(channel, values, errors)
            index = self._once(line, channel, address)
        except Wrong as wrong:
            errors.append(RowError(line, "address", str(wrong)))
        if errors:
            return errors
        first_name = str(read.pop("first name", ""))
        return Listed(channel, address, index, first_name, read)

    def _value(self, field: str, value: str) -> object:
        if field == "themes":
            return [self._code(field, one) for one in value.replace(",", " ").split()]
        if field in self._known:
            return self._code(field, value)
        if field == "time zone":
            return _zone(value)
        if field == "prefers listening":
            answer = YES.get(plain(value))
            if answer is None:
                raise Wrong(_("write yes or no"))
            return answer
        return value

    def _code(self, field: str, value: str) -> str:
        known = self._known[field]
        found = next((code for code in known if plain(code) == plain(value)), "")
        if not known or found:
            return found or value
        raise Wrong(_unknown(value, known))

    def _once(self, line: int, channel: str, address: str) -> bytes:
        index = self._seal.index(channel, address)
        before = self._seen.setdefault(index, line)
        if before != line:
            words = _("it stands in line {line} already; take one of the two out")
            raise Wrong(words.replace("{line}", str(before)))
        return index


def _address(channel: str, values: dict[str, str], errors: list[RowError]) -> str:
    given = values.get("address", "")
    if not channel:
        if not any(error.column == "channel" for error in errors):
            raise Wrong(_("the column “channel” must say sms, whatsapp or telegram"))
        return given
    if not given:
        raise Wrong(_("there is none; fill it in, or take the line out"))
    if channel == "telegram":
        if not given.removeprefix("-").isdigit():
            raise Wrong(_("a chat of Telegram is a number; people join by the link that "
                          "`palabre invite` prints"))  # fmt: skip
        return given
    return _number(given, values.get("country", ""))


def _number(given: str, country: str) -> str:
    digits = given.removeprefix("whatsapp:")
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    region = country.upper() if len(country) == 2 else None
    try:
        number = phonenumbers.parse(digits, region)
        if phonenumbers.is_possible_number(number) and _is_real(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        pass
    if not digits.startswith("+") and region is None:
        raise Wrong(_("write the number with + and the country's digits, such as +221…, or give "
                      "the country in a column “country” (SN)"))  # fmt: skip
    raise Wrong(_("this is no number of that country; look at its digits"))


def _is_real(number: phonenumbers.PhoneNumber) -> bool:
    return phonenumbers.region_code_for_country_code(number.country_code or 0) != "ZZ"


def _zone(value: str) -> str:
    zones = available_timezones()
    if value in zones:
        return value
    raise Wrong(_unknown(value, zones, few=("Africa/Dakar", "America/Bogota", "Europe/Paris")))


def _unknown(value: str, known: Iterable[str], few: Iterable[str] = ()) -> str:
    value = value if sum(map(str.isdigit, value)) < MANY_DIGITS else "…"  # it may be a number
    near = did_you_mean(value, known).removeprefix('did you mean "').removesuffix('"?')
    if near:
        words = _("“{value}” is not known; did you mean “{near}”?")
        return words.replace("{value}", value).replace("{near}", near)
    words = _("“{value}” is not known; write one of: {known}")
    return words.replace("{value}", value).replace("{known}", ", ".join(few or known))
