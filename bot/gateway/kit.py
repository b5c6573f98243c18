"""What a network passes on in its groups: three lines, a picture, a minute of sound, a language.

A recording by a person goes before the speech engine; where there is neither, the kit says why.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import segno

from bot.dialogue.placeholders import fill
from bot.gateway.joining import Way, spaced
from bot.gateway.library import Library
from bot.gateway.poster import Words, poster
from bot.gateway.sounds import ENDINGS
from bot.voice.decode import decode
from bot.voice.encode import playable, resendable
from bot.voice.limits import Limits
from bot.voice.loudness import loudness
from bot.voice.pcm import Pcm, seconds
from bot.voice.saying import CannotSayError, Speaker
from bot.voice.verdict import UnheardError

NAMES = {"telegram": "Telegram", "whatsapp": "WhatsApp", "sms": "SMS"}
LONGEST = 60  # seconds: a message that is passed on is listened to once, on somebody's bundle
Silence = Literal["no engine", "no voice", "failed"]


class TooLong(Exception):
    """A recording to pass on lasts longer than 60 seconds; please cut it:"""


class Unusable(Exception):
    """A recording to pass on cannot be opened; record it again as ogg, mp3 or m4a:"""


class NoWay(Exception):
    """No channel is set up yet: set TELEGRAM_BOT_TOKEN, then run this again."""


@dataclass(frozen=True)
class Sound:
    """The sound of a language: how long, how loud (LUFS), and who says it."""

    language: str
    seconds: float
    level: float | None
    recorded: bool


@dataclass
class Kit:
    """Files by name; the sounds among them; and where there is none, why."""

    files: dict[str, bytes] = field(default_factory=dict)
    sounds: list[Sound] = field(default_factory=list)
    silent: dict[str, Silence] = field(default_factory=dict)


def kit_of(library: Library, network: str, ways: Sequence[Way], speaker: Speaker | None) -> Kit:
    """Make a network's kit in every language; blocks. Raises NoWay, TooLong, Unusable."""
    if not ways:
        raise NoWay(NoWay.__doc__)
    kit = Kit()
    for way in ways:
        kit.files |= squares(network, way)
    for language in library.consultation.languages:
        told = _Told(library, network, ways, language)
        kit.files[f"{network}.{language}.txt"] = (told.text() + "\n").encode()
        kit.files[f"{network}.{language}.png"] = poster(told.words(), told.best.square)
        _add_sound(kit, library, told, speaker)
    return kit


def squares(network: str, way: Way) -> dict[str, bytes]:
    """Return the square code of a way, as SVG and as PNG."""
    code = segno.make(way.square, error="m", micro=False)
    drawn = {}
    for ending in ("svg", "png"):
        out = io.BytesIO()
        code.save(out, kind=ending, scale=10, border=4)
        drawn[f"{network}-{way.channel}.{ending}"] = out.getvalue()
    return drawn


class _Told:
    """What a network says in one language."""

    def __init__(self, library: Library, network: str, ways: Sequence[Way], language: str) -> None:
        consultation = library.consultation
        self.network, self.language = network, language
        self.phrases = library.phrases[language]
        self.ways = [_in_language(way, language) for way in ways]
        self.name = next(one.title for one in consultation.networks if one.code == network)
        self.title = consultation.title.get(language) or consultation.title[consultation.source]

    @property
    def best(self) -> Way:
        """Our page, which shows every way, else the first way."""
        return next((way for way in self.ways if way.channel == "page"), self.ways[0])

    @property
    def numbered(self) -> Way | None:
        """Where one writes a word to a number."""
        by_name = {way.channel: way for way in self.ways if way.number}
        return by_name.get("sms") or by_name.get("whatsapp")

    def say(self, key: str, **values: str) -> str:
        """Return one of the bot's own sentences."""
        return fill(self.phrases[key], values).strip()

    def text(self) -> str:
        """Return three lines to send along."""
        return "\n".join((
            self.say("kit_text", network=self.name, title=self.title),
            self.say("kit_what"),
            self.say("kit_how", ways=" · ".join(self._named_ways())),
        ))  # fmt: skip

    def _named_ways(self) -> list[str]:
        page = [way.link for way in self.ways if way.channel == "page"]
        links = [f"{NAMES[way.channel]} {way.link}" for way in self.ways
                 if way.channel in ("telegram", "whatsapp")]  # fmt: skip
        texts = [f"SMS {way.number}: {way.words}" for way in self.ways if way.channel == "sms"]
        return (page or links) + texts

    def words(self) -> Words:
        """Return what stands on the picture."""
        write = self.numbered
        lines = [self.say("kit_point")]
        if write:
            channel, number = NAMES[write.channel], spaced(write.number).replace(" ", "\u00a0")
            word = write.words.upper()
            lines.append(self.say("kit_write", words=word, number=number, channel=channel))
        return Words(self.say("kit_invites", network=self.name), self.title, tuple(lines))

    def spoken(self) -> str:
        """Return what the sound says."""
        said = self.say("kit_spoken", network=self.name, title=self.title)
        return f"{said} {self.say('kit_spoken_number' if self.numbered else 'kit_spoken_link')}"


def _in_language(way: Way, language: str) -> Way:
    """Let our page speak the language of who passes it on."""
    if way.channel != "page":
        return way
    link = f"{way.link}?lang={language}"
    return Way(way.channel, link, link)


# --- sound ----------------------------------------------------------------------------------------


def _add_sound(kit: Kit, library: Library, told: _Told, speaker: Speaker | None) -> None:
    pcm = _recorded(library.folder / "documents" / "audio" / told.language, told.network)
    recorded = pcm is not None
    if pcm is None:
        pcm, why = _said(told, speaker)
        if pcm is None:
            kit.silent[told.language] = why or "failed"
            return
    name = f"{told.network}.{told.language}"
    kit.files[f"{name}.ogg"] = ogg = resendable(pcm, Limits())
    kit.files[f"{name}.mp3"] = playable(pcm, Limits())
    level = loudness(decode(ogg, Limits()).pcm)
    kit.sounds.append(Sound(told.language, round(seconds(pcm), 1), level, recorded))


def _recorded(folder: Path, network: str) -> Pcm | None:
    """Return what a person recorded for this network, or for all; None if nobody did."""
    names = (f"{stem}.{end}" for stem in (f"invite-{network}", "invite") for end in ENDINGS)
    file = next((folder / name for name in names if (folder / name).is_file()), None)
    if file is None:
        return None
    try:
        pcm = decode(file.read_bytes(), Limits()).pcm
    except UnheardError:
        raise Unusable(f"{Unusable.__doc__} {file}") from None
    if seconds(pcm) > LONGEST:
        raise TooLong(f"{TooLong.__doc__} {file} ({seconds(pcm):.0f} s)")
    return pcm


def _said(told: _Told, speaker: Speaker | None) -> tuple[Pcm | None, Silence | None]:
    if speaker is None:
        return None, "no engine"
    if not speaker.speaks(told.language):
        return None, "no voice"
    try:
        pcm = speaker.say(told.spoken(), told.language, public=True)
    except CannotSayError:
        return None, "failed"
    return (pcm, None) if seconds(pcm) <= LONGEST else (None, "failed")


def write_kit(kit: Kit, out: Path) -> list[Path]:
    """Write a kit into a folder, or into one .zip; return what was written. Raises OSError."""
    if out.suffix == ".zip":
        return [_zipped(kit, out)]
    out.mkdir(parents=True, exist_ok=True)
    for name, content in kit.files.items():
        (out / name).write_bytes(content)
    return [out / name for name in kit.files]


def _zipped(kit: Kit, out: Path) -> Path:
    import zipfile

    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in kit.files.items():
            pack.writestr(name, content)
    return out
