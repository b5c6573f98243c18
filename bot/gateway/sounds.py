"""The sounds below a consultation's documents, and the ledger of which words each of them says.

A person's recording goes before the engine's. A sound that says other words than those of today
is stale: it stays where it is, and is played for its own words alone.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from bot.dialogue.fault import Fault, Faults
from bot.gateway.aloud import aloud, digest, pattern_of
from bot.gateway.tohear import Words

if TYPE_CHECKING:
    from bot.voice.recorded import Recorded
    from bot.voice.saying import Speaker

LEDGER = "audio/spoken.json"
ENDINGS = ("ogg", "mp3", "m4a")
ASIDE = ".old"  # behind the name of a stale recording, in whose place the engine speaks
State = Literal["missing", "spoken", "stale", "recorded", "recording stale", "unchecked"]
# Of these the file may be played as what it is called after.
GOOD = ("spoken", "recorded", "unchecked")


@dataclass(frozen=True)
class Sound:
    """How something to be heard stands: `seconds` and `size` (bytes) where there is a sound.

    `aside`: a person's recording says other words, and the engine speaks in its place.
    """

    words: Words
    state: State
    seconds: float = 0.0
    size: int = 0
    why: str = ""  # it could not be said
    aside: bool = False


class Said(NamedTuple):
    """A sound that says certain words: its file below the documents, and who speaks."""

    file: str
    by: Literal["person", "engine"]


class Sounds:
    """The sounds below a documents' folder, and the ledger of what they say."""

    def __init__(self, documents: Path) -> None:
        """Read the ledger. Raises Faults where it is none."""
        self._folder = documents
        self._ledger = _ledger_in(documents / LEDGER)

    # --- which sound says these words ---

    def sound_for(self, text: str, language: str) -> Said | None:
        """Return the sound that says these words, a person's first; None: nobody says them.

        What differs by person (a name, how far one is) may stand in the text: a recording of
        the same words without it is found.
        """
        same = digest(text, language)
        found = list(self._by_digest.get((language, same), ()))
        if not any(one.by == "person" for one in found):
            line = aloud(" ".join(text.split()), language)
            found += [one for known, one in self._open.get(language, ()) if known.fullmatch(line)]
        return min(found, key=lambda one: one.by != "person", default=None)

    def is_a_persons(self, path: str) -> bool:
        """Say whether a person speaks in a file below the documents."""
        entry = self._ledger.get(f"{path.rpartition('.')[0]}.ogg")
        return entry is None or entry["by"] == "person"

    def people_speak(self, language: str) -> bool:
        """Say whether a person recorded anything in a language."""
        return language in self._peoples_languages

    @cached_property
    def _peoples_languages(self) -> frozenset[str]:
        return frozenset(_language(file) for file, one in self._here() if one["by"] == "person")

    @cached_property
    def _by_digest(self) -> Mapping[tuple[str, str], list[Said]]:
        found: dict[tuple[str, str], list[Said]] = {}
        for file, entry in self._here():
            found.setdefault((_language(file), entry["words"]), []).append(Said(file, entry["by"]))
        return found

    @cached_property
    def _open(self) -> Mapping[str, list[tuple[re.Pattern[str], Said]]]:
        found: dict[str, list[tuple[re.Pattern[str], Said]]] = {}
        for file, entry in self._here():
            language = _language(file)
            if pattern := pattern_of(entry.get("text", ""), language):
                found.setdefault(language, []).append((pattern, Said(file, entry["by"])))
        return found

    def _here(self) -> Iterator[tuple[str, dict[str, Any]]]:
        return ((file, entry) for file, entry in self._ledger.items() if self._path(file).is_file())

    # --- how things stand ---

    def look(self, words: Words) -> Sound:
        """Say how something stands."""
        found, known = self._files(words.file), self._ledger.get(words.file)
        strange = next((file for file in found if not _knows(known, file)), None)
        if strange is not None:
            return Sound(words, "unchecked", size=strange.stat().st_size)
        if not found or known is None:
            return Sound(words, "missing", aside=self._has_aside(words.file))
        same = known["words"] == words.digest
        state: State = ("spoken" if same else "stale") if known["by"] == "engine" else (
            "recorded" if same else "recording stale")  # fmt: skip
        return Sound(words, state, float(known.get("seconds") or 0), found[0].stat().st_size,
                     aside=self._has_aside(words.file))  # fmt: skip

    def unchecked(self, words: Words) -> Path | None:
        """Return a file that somebody put there and nobody looked at, if there is one."""
        known = self._ledger.get(words.file)
        return next((file for file in self._files(words.file) if not _knows(known, file)), None)

    def _files(self, file: str) -> list[Path]:
        paths = (self._path(file).with_suffix(f".{ending}") for ending in ENDINGS)
        return [path for path in paths if path.is_file()]

    def _path(self, file: str) -> Path:
        return self._folder / file

    def _has_aside(self, file: str) -> bool:
        return self._path(_aside(file)).is_file()

    # --- what changes ---

    def say(self, words: Words, speaker: "Speaker") -> Sound:
        """Have something said, and write it down. What cannot be said is told, not raised."""
        from bot.voice.encode import resendable
        from bot.voice.limits import Limits
        from bot.voice.pcm import seconds
        from bot.voice.saying import CannotSayError

        try:
            # What has a name stands in a flow, for everybody to read.
            pcm = speaker.say(words.text, words.language, public=bool(words.of))
        except CannotSayError as error:
            return Sound(words, "missing", why=str(error))
        data, length = resendable(pcm, Limits()), round(seconds(pcm), 1)
        self._put_aside(words.file)
        self._write_file(words.file, data)
        self._note(words, "engine", seconds=length, ogg=_sha(data))
        return Sound(words, "spoken", length, len(data), aside=self._has_aside(words.file))

    def keep(self, words: Words, made: "Recorded", source: bytes = b"") -> Sound:
        """Keep a person's recording of these words, in the place of whatever was there."""
        mp3 = words.file.removesuffix(".ogg") + ".mp3"
        self._write_file(words.file, made.ogg)
        self._write_file(mp3, made.mp3)
        self._note(words, "person", seconds=made.seconds, lufs=made.lufs, ogg=_sha(made.ogg),
                   mp3=_sha(made.mp3), source=_sha(source))  # fmt: skip
        self._drop(_aside(words.file))
        return Sound(words, "recorded", made.seconds, len(made.ogg))

    def remove(self, words: Words) -> bool:
        """Take a person's recording away, also one put aside; False: there is none."""
        entry = self._ledger.get(words.file)
        mine = [_aside(words.file)] if self._has_aside(words.file) else []
        if self._files(words.file) and (entry is None or entry["by"] == "person"):
            mine.append(words.file)
        for file in mine:
            self._drop(file)
        return bool(mine)

    def _drop(self, file: str) -> None:
        for path in self._files(file):
            path.unlink()
        self._ledger.pop(file, None)
        self._forget_index()

    def _put_aside(self, file: str) -> None:
        """Let a person's recording of other words make room; its own words still find it."""
        entry = self._ledger.get(file)
        if entry is not None and entry["by"] == "person":
            self._drop(_aside(file))
            for path in self._files(file):
                path.rename(path.with_name(f"{path.stem}{ASIDE}{path.suffix}"))
            self._ledger[_aside(file)] = entry

    def _write_file(self, file: str, data: bytes) -> None:
        path = self._path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def _note(self, words: Words, by: Literal["person", "engine"], **more: object) -> None:
        entry = {"words": words.digest, "text": words.written, "by": by, **more}
        self._ledger[words.file] = {name: value for name, value in entry.items() if value != ""}
        self._forget_index()

    def _forget_index(self) -> None:
        for found in ("_by_digest", "_open", "_peoples_languages"):
            self.__dict__.pop(found, None)

    def write(self) -> None:
        """Write the ledger."""
        file = self._path(LEDGER)
        if self._ledger or file.is_file():
            file.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps(self._ledger, indent=1, sort_keys=True, ensure_ascii=False)
            half = file.with_name(f"{file.name}.part")  # a house that runs may read it just now
            half.write_text(text + "\n", "utf-8")
            half.replace(file)


def _ledger_in(file: Path) -> dict[str, dict[str, Any]]:
    if not file.is_file():
        return {}
    try:
        found: dict[str, dict[str, Any]] = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        fault = Fault(str(file), getattr(error, "lineno", 1), "this is no JSON",
                      "put the version before back")  # fmt: skip
        raise Faults([fault]) from None
    return found


def _knows(known: Mapping[str, Any] | None, file: Path) -> bool:
    """Say whether a file is one that we wrote, or took in."""
    if known is None:
        return False
    if known["by"] == "engine" and file.suffix == ".ogg":
        return known.get("ogg") in (None, _sha(file.read_bytes()))
    return _sha(file.read_bytes()) in {known.get(name) for name in ("ogg", "mp3", "source")}


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16] if data else ""


def _aside(file: str) -> str:
    return f"{file.removesuffix('.ogg')}{ASIDE}.ogg"


def _language(file: str) -> str:
    return file.split("/")[1]
