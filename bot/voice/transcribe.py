"""Engines that write down what is said. They are given samples that we decoded, never a file.

Whisper invents words where there are none, so only recordings in which somebody speaks are given
to one; and what it writes is always shown as a machine's.
"""

import asyncio
import io
import math
import wave
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import numpy as np

from bot.voice.pcm import RATE, Pcm

SECONDS = 300.0  # of the clock, for one recording
_RARE = 2.4  # what can be packed tighter is one word again and again


class NotWritten(Exception):
    """The engine wrote nothing down; it is tried again later."""


class NoEngine(Exception):
    """PALABRE_ASR names no engine that runs here."""


@dataclass(frozen=True, slots=True)
class Written:
    """What an engine wrote: `confidence` is its own, 0 to 1, None where it tells none."""

    text: str
    language: str
    engine: str
    confidence: float | None = None


class Transcriber(Protocol):
    """Writes down what is said in a sound, in one of the `allowed` languages (codes).

    `hint` is the language that is spoken, "" where that is not known. Raises NotWritten.
    """

    name: str

    async def transcribe(self, pcm: Pcm, hint: str, allowed: Sequence[str]) -> Written: ...

    async def close(self) -> None: ...


class FasterWhisper:
    """Whisper on this machine, from a folder with a model (model.bin, config.json, …)."""

    name = "faster-whisper"

    def __init__(self, folder: Path) -> None:
        """Look for the engine and its model; it is loaded when it is first needed."""
        if not (folder / "model.bin").is_file():
            raise NoEngine(f"{NoEngine.__doc__} ({folder}: model.bin)")
        try:
            import faster_whisper  # noqa: F401 - is it installed?
        except ImportError:
            raise NoEngine(f"{NoEngine.__doc__} (.venv/bin/pip install -e '.[asr]')") from None
        self._folder = folder
        self._model: Any = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="transcriber")

    async def transcribe(self, pcm: Pcm, hint: str, allowed: Sequence[str]) -> Written:
        """See Transcriber."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._write, pcm, hint, allowed)
        except (RuntimeError, ValueError) as error:
            raise NotWritten(f"{NotWritten.__doc__} ({type(error).__name__})") from error

    async def close(self) -> None:
        """Take no more; what is in hand is written down at the next start."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _write(self, pcm: Pcm, hint: str, allowed: Sequence[str]) -> Written:
        sound = pcm.astype(np.float32) / 32768
        model = self._loaded()
        language = hint or _likeliest(model.detect_language(sound)[2], allowed)
        pieces, _ = model.transcribe(
            sound, language=language, beam_size=5, temperature=0.0, vad_filter=True,
            condition_on_previous_text=False, without_timestamps=True,
        )  # fmt: skip
        good = [one for one in pieces if one.compression_ratio < _RARE]
        sure = float(np.mean([one.avg_logprob for one in good])) if good else None
        text = " ".join(one.text.strip() for one in good)
        return Written(
            text, language, self.name, None if sure is None else round(math.exp(sure), 2)
        )

    def _loaded(self) -> Any:
        if self._model is None:
            from faster_whisper import WhisperModel

            self._model = WhisperModel(
                str(self._folder), device="cpu", compute_type="int8", cpu_threads=2,
                local_files_only=True,
            )  # fmt: skip
        return self._model


def _likeliest(found: Sequence[tuple[str, float]], allowed: Sequence[str]) -> str:
    """Return the most likely of the allowed languages: none other is ever forced upon a voice."""
    likely = {language: likelihood for language, likelihood in found if language in allowed}
    return max(likely, key=lambda one: likely[one], default=allowed[0])


class HostedTranscriber:
    """Any service that speaks OpenAI's `POST /v1/audio/transcriptions`, ours or somebody's."""

    name = "http"

    def __init__(self, session: aiohttp.ClientSession, url: str, key: str, model: str) -> None:
        self._session = session
        self._url = f"{url.rstrip('/')}/v1/audio/transcriptions"
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._model = model

    async def transcribe(self, pcm: Pcm, hint: str, allowed: Sequence[str]) -> Written:
        """See Transcriber."""
        form = aiohttp.FormData({"model": self._model, "response_format": "verbose_json"})
        if hint:
            form.add_field("language", hint)
        form.add_field("file", as_wav(pcm), filename="note.wav", content_type="audio/wav")
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        request = self._session.post(self._url, data=form, headers=self._headers, timeout=timeout)
        try:
            async with request as answer:
                answer.raise_for_status()
                told = await answer.json(content_type=None)
            text, language = str(told["text"]).strip(), str(told.get("language") or hint)
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            raise NotWritten(f"{NotWritten.__doc__} ({type(error).__name__})") from None
        return Written(text, language, f"{self.name}: {self._model}")

    async def close(self) -> None:
        """Leave the session to whoever opened it."""


def as_wav(pcm: Pcm) -> bytes:
    """Return samples as a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm.tobytes())
    return out.getvalue()
