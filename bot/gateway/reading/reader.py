"""The one who reads aloud: knows what can be said, makes it once, keeps it, finds it again.

A sentence is the smallest thing that is made and kept; a message is put together of sentences
without encoding them anew, and kept too, so that a provider gets the same file once. A service
elsewhere is asked only beforehand (`sentence`), never while somebody talks.
"""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from bot.dialogue.reply import Prompt
from bot.gateway.contents import Contents
from bot.gateway.library import Library
from bot.gateway.reading.public import Public
from bot.gateway.reading.script import script
from bot.store import sounds
from bot.store.database import Database
from bot.store.media import MediaGone, MediaStore, release
from bot.store.seal import CannotOpen, Seal
from bot.store.sounds import Sound
from bot.voice import splice
from bot.voice.decode import decode
from bot.voice.encode import VOICE_BYTES, as_opus, as_voice
from bot.voice.limits import Limits
from bot.voice.mix import evened, joined, levelled
from bot.voice.pcm import Pcm
from bot.voice.saying import CannotSayError, Speaker
from bot.voice.verdict import UnheardError
from channels.base import Aloud, Said

PAUSE = 0.3  # seconds behind each sentence
AT_ONCE = 2  # sentences that are made at the same time
_VERSION = "1"  # of how sounds are made: another one makes all of them anew


class Made(NamedTuple):
    """A sound that there is now; `new`: it was made just now."""

    sound: Sound
    new: bool


@dataclass
class Reader:
    """Reads aloud in the languages of an engine, and whatever people recorded."""

    database: Database
    seal: Seal
    media: MediaStore
    library: Library
    speaker: Speaker | None  # says beforehand what is everybody's
    own: Speaker | None  # of this machine: the one that says anything while people talk
    _of: Contents | None = None
    _public: dict[str, Public] = field(default_factory=dict)
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(AT_ONCE, "reading")
    )

    def speaks(self, language: str) -> bool:
        """Say whether anything can be heard in a language."""
        return self._engine_speaks(language) or self.library.sounds.people_speak(language)

    def _engine_speaks(self, language: str) -> bool:
        return any(one is not None and one.speaks(language) for one in (self.speaker, self.own))

    def aloud(self, prompts: Sequence[Prompt], language: str) -> Aloud | None:
        """Return what is to be heard of a turn; None where nothing can be.

        Where no voice can say a part of it, the text must go, too: `written`.
        """
        said = script(prompts, language, self.library.sounds)
        can = tuple(one for one in said if one.file or self._engine_speaks(one.language))
        return Aloud(can, written=len(can) < len(said)) if can else None

    # --- what a sound is known by ---------------------------------------------------------

    def digest(self, aloud: Aloud, participant: int) -> str:
        """Return what the sound of a message is known by: everybody's, or this person's own."""
        whose = "" if self.is_public(aloud.said) else f"{participant}"
        parts = "\n".join(self._name(one) for one in aloud.said)
        voices = f"{_voice_of(self.speaker)}\0{_voice_of(self.own)}"
        return self._fingerprint("message", voices, whose, parts)

    def is_public(self, said: Sequence[Said]) -> bool:
        """Say whether nothing in it is anybody's own."""
        return all(one.file or self._public_in(one.language).has(one.words) for one in said)

    def _public_in(self, language: str) -> Public:
        if self._of is not self.library.contents:
            self._public, self._of = {}, self.library.contents
        if language not in self._public:
            self._public[language] = Public(self.library.contents, language)
        return self._public[language]

    def _name(self, one: Said) -> str:
        if not one.file:
            return f"{one.language}\t{one.words}"
        try:
            return f"file\t{hashlib.sha256(self._path(one.file).read_bytes()).hexdigest()}"
        except OSError:
            return f"gone\t{one.file}"

    def _path(self, file: str) -> Path:
        return self.library.folder / "documents" / file

    def _fingerprint(self, *parts: str) -> str:
        return self.seal.fingerprint("\0".join((_VERSION, *parts)).encode())

    # --- making: blocks, call it from a thread -----------------------------------------------

    def message(self, aloud: Aloud, participant: int, moment: int) -> Made:
        """Make the sound of a message, unless there is one. Raises CannotSayError."""
        digest = self.digest(aloud, participant)
        if found := self._found(digest):
            return Made(found, new=False)
        data = self._spoken(aloud, moment)
        owner = None if self.is_public(aloud.said) else participant
        return Made(self._keep(digest, owner, data, moment), new=True)

    def unsent(self, aloud: Aloud, participant: int, moment: int) -> bytes:
        """Return the sound of what no message carries; somebody's own is kept nowhere.

        Raises CannotSayError, MediaGone.
        """
        if not self.is_public(aloud.said):
            return self._spoken(aloud, moment)
        return self.media.get(self.message(aloud, participant, moment).sound.key)

    def _spoken(self, aloud: Aloud, moment: int) -> bytes:
        pieces = list(self._threads.map(lambda one: self._piece(one, moment), aloud.said))
        return as_one_voice(splice.spliced(pieces))

    def prepared(self, one: Said) -> Sound | None:
        """Return the sound of a sentence that is everybody's, if it was prepared."""
        return self._found(self._digest_of(self.speaker, one))

    def sentence(self, one: Said, moment: int) -> Made:
        """Prepare a sentence that is everybody's, unless it was made. Raises CannotSayError."""
        return self._sentence(self.speaker, one, moment)

    def _sentence(self, speaker: Speaker | None, one: Said, moment: int) -> Made:
        digest = self._digest_of(speaker, one)
        if found := self._found(digest):
            return Made(found, new=False)
        return Made(self._keep(digest, None, self._made(speaker, one), moment), new=True)

    def _digest_of(self, speaker: Speaker | None, one: Said) -> str:
        return self._fingerprint("sentence", _voice_of(speaker), self._name(one))

    def _piece(self, one: Said, moment: int) -> bytes:
        """Return a sentence as it was prepared, or have this machine say it."""
        if not self.is_public((one,)):
            return self._made(self.own, one)
        prepared = self._found(self._digest_of(self.speaker, one))
        found = prepared or self._sentence(self.own, one, moment).sound
        try:
            return self.media.get(found.key)
        except (MediaGone, CannotOpen):
            return self._made(self.own, one)

    def _made(self, speaker: Speaker | None, one: Said) -> bytes:
        try:
            return as_opus(joined([(self._pcm(speaker, one), PAUSE)]), Limits())
        except (UnheardError, OSError) as error:
            raise CannotSayError(f"{CannotSayError.__doc__} {error}") from error

    def _pcm(self, speaker: Speaker | None, one: Said) -> Pcm:
        if one.file:
            return levelled(decode(self._path(one.file).read_bytes(), Limits()).pcm)
        if speaker is None:
            raise CannotSayError(CannotSayError.__doc__)
        public = self.is_public((one,))
        return evened(speaker.say(one.words, one.language, public=public))

    def _found(self, digest: str) -> Sound | None:
        return self.database.read_now(sounds.find, [digest]).get(digest)

    def _keep(self, digest: str, owner: int | None, data: bytes, moment: int) -> Sound:
        sound = Sound(digest, owner, self.media.key(data), splice.seconds(data), len(data))
        self.media.put(data)
        if not self.database.write_now(sounds.keep, self.database, sound, moment):
            self.database.write_now(release, self.media, [sound.key])
        return sound

    def close(self) -> None:
        """Make nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def as_one_voice(data: bytes) -> bytes:
    """Code what is long more thinly, so that it shows as a voice message.

    What is too long even for that (ten minutes) goes as it is: a phone shows a file, and plays it.
    """
    if len(data) <= VOICE_BYTES:
        return data
    try:
        return as_voice(decode(data, Limits()).pcm, Limits()) or data
    except UnheardError:
        return data


def _voice_of(speaker: Speaker | None) -> str:
    """Tell a voice from others: what it says sounds otherwise."""
    traits = (str(getattr(speaker, name, "")) for name in ("model", "voices", "speed"))
    return " ".join((type(speaker).__name__, *traits))
