"""A speech engine elsewhere, in the shape of OpenAI's `POST /v1/audio/speech`.

It is given only what everybody may read. What it answers is decoded like a stranger's recording.
"""

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.voice.decode import decode
from bot.voice.limits import Limits
from bot.voice.pcm import Pcm
from bot.voice.saying import SPEED, CannotSayError, clean
from bot.voice.verdict import UnheardError

SECONDS = 60.0  # of the clock, for one text
_PIECE = 1 << 16
_REFUSED = (401, 403)


class NotForOthersError(CannotSayError):
    """These words may be about somebody, so they are not sent to a speech service."""


class KeyRefusedError(CannotSayError):
    """The speech service refuses our key: look at PALABRE_TTS_KEY."""


class ServiceAwayError(CannotSayError):
    """The speech service cannot be reached: look at PALABRE_TTS_URL."""


class ServiceSlowError(CannotSayError):
    """The speech service took too long: try again later."""


class ServiceFailedError(CannotSayError):
    """The speech service gave no sound:"""


@dataclass(frozen=True)
class HostedSpeaker:
    """Says texts by a service; `voices` maps languages to its voices, "" to that of all others."""

    url: str
    key: str = field(repr=False)
    model: str
    voices: Mapping[str, str]
    seconds: float = SECONDS
    limits: Limits = field(default_factory=Limits)

    def speaks(self, language: str) -> bool:
        """Say whether there is a voice for a language."""
        return bool(self._voice(language))

    def say(self, text: str, language: str, *, public: bool = False) -> Pcm:
        """Return the text as sound. Raises CannotSayError, also for what is not public."""
        if not public:
            raise NotForOthersError(NotForOthersError.__doc__)
        words = clean(text)
        if not words or not self.speaks(language):
            raise CannotSayError(f"{CannotSayError.__doc__} {language}")
        asked = {"model": self.model, "input": words, "voice": self._voice(language),
                 "response_format": "wav", "speed": SPEED}  # fmt: skip
        try:
            return decode(self._answer(asked), self.limits).pcm
        except UnheardError as error:
            raise _failed(error.verdict) from None
        except TimeoutError:
            raise ServiceSlowError(ServiceSlowError.__doc__) from None
        except (OSError, http.client.HTTPException):
            raise ServiceAwayError(ServiceAwayError.__doc__) from None
        except ValueError:  # signs that no header may hold
            raise KeyRefusedError(KeyRefusedError.__doc__) from None

    def _voice(self, language: str) -> str:
        return self.voices.get(language) or self.voices.get("", "")

    def _answer(self, asked: Mapping[str, object]) -> bytes:
        """Ask, and read the answer within its time and size. Raises OSError, HTTPException."""
        until = time.monotonic() + self.seconds
        connection, path = self._connection()
        headers = {"Content-Type": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        try:
            connection.request("POST", path, json.dumps(asked).encode(), headers)
            with connection.getresponse() as answer:
                if answer.status in _REFUSED:
                    raise KeyRefusedError(KeyRefusedError.__doc__)
                if answer.status != http.client.OK:
                    raise _failed(f"HTTP {answer.status}")
                return self._read(answer, until)
        finally:
            connection.close()

    def _connection(self) -> tuple[http.client.HTTPConnection, str]:
        """Connect anew for each text: a text a second is much."""
        place = urlsplit(self.url)
        kind = http.client.HTTPSConnection if place.scheme == "https" else (
            http.client.HTTPConnection)  # fmt: skip
        path = f"{place.path.rstrip('/')}/v1/audio/speech"
        return kind(place.hostname or "", place.port, timeout=self.seconds), path

    def _read(self, answer: http.client.HTTPResponse, until: float) -> bytes:
        """Read piece by piece: a service that drips does not hold us, nor one that floods."""
        data = bytearray()
        while piece := answer.read1(_PIECE):
            data += piece
            if time.monotonic() > until:
                raise TimeoutError
            if len(data) > self.limits.max_bytes:
                raise _failed("> 20 MB")
        return bytes(data)


def _failed(why: str) -> CannotSayError:
    return ServiceFailedError(f"{ServiceFailedError.__doc__} {why}")


def voices_of(setting: str) -> dict[str, str]:
    """Read "alloy" or "fr:siwis es:davefx": a voice for all, or one for each language."""
    found = (word.rpartition(":") for word in setting.split())
    return {language: voice for language, _colon, voice in found}
