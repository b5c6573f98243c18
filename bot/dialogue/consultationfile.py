"""consultation.yaml as a Consultation: who asks, in which languages, when, and whom."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from bot.dialogue.commands import command
from bot.dialogue.fault import Complaints, Fault, Faults, listed, nearest_or_all
from bot.dialogue.flow import Choice, Consultation, Network, Phase
from bot.dialogue.reading import (
    check_name,
    choices,
    number,
    one_of,
    sentence,
    several_words,
    table,
    words,
)
from bot.dialogue.translate import Sentence, needs_words, written
from bot.dialogue.yamlnodes import Entry, Scalar, read_table

OWN_LISTS = ("roles", "themes", "regions")
PHASE_KEYS = ("title", "flow", "opens", "closes", "state", "announce", "concerns")
STATES = ("open", "closed", "planned")
NEEDED = ("title", "language", "responsible", "reach a person", "phases")
_NETWORK_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True)
class ConsultationFile:
    """What a file says, as far as it can be read, what is to be translated, and what is wrong."""

    consultation: Consultation
    sentences: tuple[Sentence, ...]
    faults: tuple[Fault, ...]


def load_consultation(text: str, file: str) -> Consultation:
    """Make a Consultation, in its source language alone, out of a file's text. Raises Faults."""
    found = read_consultation(text, file)
    if found.faults:
        raise Faults(found.faults)
    return found.consultation


def read_consultation(text: str, file: str) -> ConsultationFile:
    """Read as much as can be read, so that the flows can be looked at too."""
    complaints = Complaints(file)
    reader = _Reader(complaints)
    for entry in read_table(text, complaints).entries:
        reader.take(entry)
    consultation = reader.finish(_folder(file))
    return ConsultationFile(consultation, tuple(reader.sentences), tuple(complaints.faults))


def _folder(file: str) -> str:
    parts = file.split("/")
    return parts[-2] if len(parts) > 1 else "consultation"


class _Reader:
    """Gathers the values, key by key."""

    def __init__(self, complaints: Complaints) -> None:
        self.complaints = complaints
        self.values: dict[str, Any] = {}
        self.lists: dict[str, tuple[Choice, ...]] = {}
        self.lines: dict[str, int] = {}
        self.phase_lines: dict[str, dict[str, int]] = {}
        self.zone_lines: dict[str, int] = {}
        self.sentences: list[Sentence] = []

    def take(self, entry: Entry) -> None:
        self.lines[entry.key] = entry.line
        if entry.key in _READERS:
            _READERS[entry.key](self, entry)
        elif entry.key in OWN_LISTS:
            self.own_list(entry)
        else:
            known = (*_READERS, *OWN_LISTS)
            self.complaints.add(
                entry.line, f'there is no key "{entry.key}"', nearest_or_all(entry.key, known)
            )

    def keep(self, text: str, step: str, line: int) -> str:
        if needs_words(text):
            self.sentences.append(Sentence(text, step, line))
        return text

    # --- one method a kind of value ---

    def title(self, entry: Entry) -> None:
        text = sentence(entry, self.complaints)
        self.values[entry.key] = self.keep(text, entry.key, entry.line)

    def name(self, entry: Entry) -> None:
        self.values[entry.key] = words(entry, self.complaints)

    def language(self, entry: Entry) -> None:
        self.values["source"] = self._code(words(entry, self.complaints), entry.line)

    def languages(self, entry: Entry) -> None:
        found = several_words(entry, self.complaints)
        self.values["languages"] = tuple(self._code(each.text, each.line) for each in found)

    def _code(self, code: str, line: int) -> str:
        if code and not _LANGUAGE.fullmatch(code):
            self.complaints.add(line, f'"{code}" is no language', 'write its code, like "fr"')
        return code

    def day(self, entry: Entry) -> None:
        self.values[entry.key] = self._date(entry)

    def _date(self, entry: Entry) -> str:
        text = words(entry, self.complaints)
        try:
            return date.fromisoformat(text).isoformat() if text else ""
        except ValueError:
            self.complaints.add(entry.line, f'"{text}" is no date', 'write it like "2027-05-31"')
            return ""

    def _day_of(self, entry: Entry | None) -> str:
        return self._date(entry) if entry else ""

    def days(self, entry: Entry) -> None:
        self.values[entry.key] = number(entry, self.complaints, "day")

    def zone(self, entry: Entry) -> None:
        zone = words(entry, self.complaints)
        if zone and not _is_zone(zone):
            self.complaints.add(
                entry.line, f'there is no time zone "{zone}"', 'write it like "Africa/Dakar"'
            )
        self.values["zone"] = zone

    def zones(self, entry: Entry) -> None:
        """Read the time zones of each region."""
        found: dict[str, tuple[str, ...]] = {}
        for each in table(entry, self.complaints, "the regions").entries:
            named = several_words(each, self.complaints)
            for one in named:
                if not _is_zone(one.text):
                    what, remedy = (
                        f'there is no time zone "{one.text}"',
                        'write it like "Africa/Dakar"',
                    )
                    self.complaints.add(one.line, what, remedy)
            found[each.key] = tuple(one.text for one in named)
            self.zone_lines[each.key] = each.line
        self.values["zones"] = found

    def quiet(self, entry: Entry) -> None:
        text = words(entry, self.complaints)
        found = re.fullmatch(r"([01]?[0-9]|2[0-3]) to ([01]?[0-9]|2[0-3])", text)
        if found:
            self.values["quiet"] = int(found[1]), int(found[2])
        elif text:
            self.complaints.add(entry.line, f'"{text}" are no hours', 'write "21 to 8"')

    def own_list(self, entry: Entry) -> None:
        found = choices(entry, self.complaints)
        self.lists[entry.key] = found
        for choice in found:
            self.keep(written(choice), f"{entry.key}: {choice.code}", entry.line)

    def more_lists(self, entry: Entry) -> None:
        for each in table(entry, self.complaints, "the lists").entries:
            self.own_list(each)

    def networks(self, entry: Entry) -> None:
        self.values["networks"] = tuple(
            self._network(each) for each in table(entry, self.complaints, "the networks").entries
        )

    def _network(self, entry: Entry) -> Network:
        if not _NETWORK_CODE.fullmatch(entry.key):
            self.complaints.add(
                entry.line, f'"{entry.key}" cannot be a network\'s code',
                'people write it by SMS: letters without accents, digits, "_" and "-"',
            )  # fmt: skip
        if command(entry.key.replace("_", " ")):
            self.complaints.add(
                entry.line, f'"{entry.key}" is a word that always means something else',
                "choose another code",
            )  # fmt: skip
        if isinstance(entry.value, Scalar):
            return Network(entry.key, words(entry, self.complaints))
        values = self._plain_values(entry, ("title", "coordinator"))
        return Network(entry.key, values.get("title", entry.key), values.get("coordinator", ""))

    def _plain_values(self, entry: Entry, known: tuple[str, ...]) -> dict[str, str]:
        return {
            each.key: words(each, self.complaints)
            for each in table(entry, self.complaints, listed(known, "or")).entries
            if self._known(each, known)
        }

    def _known(self, entry: Entry, known: tuple[str, ...]) -> bool:
        if entry.key in known:
            return True
        self.complaints.add(
            entry.line, f'there is no key "{entry.key}"', nearest_or_all(entry.key, known)
        )
        return False

    def phases(self, entry: Entry) -> None:
        self.values["phases"] = tuple(
            self._phase(each) for each in table(entry, self.complaints, "the phases").entries
        )

    def _phase(self, entry: Entry) -> Phase:
        check_name(entry.key, entry.line, "a phase", self.complaints)
        inside = table(entry, self.complaints, "title, opens, closes …")
        found = {each.key: each for each in inside.entries if self._known(each, PHASE_KEYS)}
        self.phase_lines[entry.key] = {key: each.line for key, each in found.items()}
        if "title" not in found:
            self.complaints.add(entry.line, f'phase "{entry.key}" has no title', 'add "title:"')
        opens, closes = self._day_of(found.get("opens")), self._day_of(found.get("closes"))
        if opens and closes and closes < opens:
            line = found["closes"].line
            self.complaints.add(line, f'phase "{entry.key}" closes before it opens', "swap them")
        return Phase(
            entry.key,
            title={"": self._text(found.get("title"), entry.key)},
            flow=words(found["flow"], self.complaints) if "flow" in found else entry.key,
            opens=opens,
            closes=closes,
            ships=self._state(found.get("state")),
            announce={"": self._text(found.get("announce"), entry.key)},
            roles=self._roles(found.get("concerns")),
        )

    def _text(self, entry: Entry | None, phase: str) -> str:
        if entry is None:
            return ""
        return self.keep(sentence(entry, self.complaints), f"phase {phase}", entry.line)

    def _state(self, entry: Entry | None) -> Any:
        return (one_of(entry, STATES, self.complaints, "state") if entry else "") or "planned"

    def _roles(self, entry: Entry | None) -> tuple[str, ...]:
        return tuple(each.text for each in several_words(entry, self.complaints)) if entry else ()

    # --- all together ---

    def finish(self, name: str) -> Consultation:
        for key in NEEDED if self.lines else ():
            if key not in self.lines:
                self.complaints.add(1, f'the consultation has no "{key}"', f'add "{key}:"')
        languages = self.values.get("languages", ())
        source = self.values.get("source") or next(iter(languages), "")
        languages = languages or (source,)
        if source not in languages:
            self.complaints.add(
                self.lines.get("languages", 1), f'"languages" lacks "{source}", the source',
                "add it",
            )  # fmt: skip
        self._check_roles()
        self._check_regions()
        quiet_from, quiet_to = self.values.get("quiet", (21, 8))
        return Consultation(
            name=name,
            title={source: self.values.get("title", "")},
            languages=tuple(dict.fromkeys(languages)),
            source=source,
            responsible={source: self.values.get("responsible", "")},
            reach_a_person={source: self.values.get("reach a person", "")},
            erase_addresses_on=self.values.get("addresses are erased on", ""),
            erase_raw_after_days=self.values.get("raw messages are erased after", 30),
            backups_kept_days=self.values.get("backups are kept", 30),
            spoken_language=_said_in(source, self.values.get("spoken language", "")),
            hosted_engine=self.values.get("recordings may be sent to", ""),
            hosted_translator=self.values.get("words may be sent to", ""),
            time_zone=self.values.get("zone", "") or "UTC",
            zones=self.values.get("zones", {}),
            quiet_from=quiet_from,
            quiet_to=quiet_to,
            phases=tuple(_in_language(phase, source) for phase in self.values.get("phases", ())),
            networks=self.values.get("networks", ()),
            lists={key: {source: found} for key, found in self.lists.items()},
        )

    def _check_roles(self) -> None:
        known = [choice.code for choice in self.lists.get("roles", ())]
        for phase in self.values.get("phases", ()):
            for role in phase.roles:
                if role not in known:
                    line = self.phase_lines[phase.code]["concerns"]
                    self.complaints.add(
                        line, f'there is no role "{role}"', nearest_or_all(role, known)
                    )

    def _check_regions(self) -> None:
        known = [choice.code for choice in self.lists.get("regions", ())]
        for region, line in self.zone_lines.items():
            if region not in known:
                what = f'there is no region "{region}"'
                self.complaints.add(line, what, nearest_or_all(region, known))


def _said_in(source: str, text: str) -> dict[str, str]:
    return {source: text} if text else {}


def _in_language(phase: Phase, source: str) -> Phase:
    announce = {source: phase.announce[""]} if phase.announce[""] else {}
    return Phase(
        phase.code, {source: phase.title[""]}, phase.flow, phase.opens, phase.closes, phase.ships,
        announce, phase.roles,
    )  # fmt: skip


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


_READERS: dict[str, Callable[[_Reader, Entry], None]] = {
    "title": _Reader.title,
    "language": _Reader.language,
    "languages": _Reader.languages,
    "responsible": _Reader.title,
    "reach a person": _Reader.title,
    "spoken language": _Reader.title,
    "addresses are erased on": _Reader.day,
    "raw messages are erased after": _Reader.days,
    "backups are kept": _Reader.days,
    "recordings may be sent to": _Reader.name,
    "words may be sent to": _Reader.name,
    "time zone": _Reader.zone,
    "time zones": _Reader.zones,
    "quiet hours": _Reader.quiet,
    "lists": _Reader.more_lists,
    "networks": _Reader.networks,
    "phases": _Reader.phases,
}
