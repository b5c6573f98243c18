"""The speech engine: written words in, sound out. A recorded human voice always goes before it.

It reads what people wrote, and the markup of its engine would be obeyed (it can write files), so
the text is cleaned and the engine runs in a child process that can open nothing for writing. It
is an extra (`speech`): where it is not installed nothing is spoken, and whoever asked is told.
"""

import importlib.util
import re
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from bot.voice.limits import Limits
from bot.voice.pcm import RATE, Pcm
from bot.voice.sandbox import run

MOST_SIGNS = 4000
SPEED = 0.9  # a little slower than the engine speaks by itself
_CHILD = Path(__file__).with_name("saying_child.py")
_MOST_SECONDS = 300
_LIMITS = Limits(cpu_seconds=60, wall_seconds=90.0)
_VOICES = {"fr": "fr-FR", "en": "en-GB", "es": "es-ES", "de": "de-DE", "it": "it-IT"}
_UNSAID = ("So", "Cs", "Cf", "Cn", "Co", "Cc")  # emoji, control signs: nobody says them


class CannotSayError(Exception):
    """The speech engine could not say this:"""


class Speaker(Protocol):
    """Says a text; blocks for about a second a minute of speech."""

    def speaks(self, language: str) -> bool:
        """Say whether there is a voice for a language (two letters)."""
        ...

    def say(self, text: str, language: str, *, public: bool = False) -> Pcm:
        """Return the text as sound. Raises CannotSayError.

        `public`: everybody may read it, so it may leave this machine.
        """
        ...


def speaker_of(engine: str) -> Speaker | None:
    """Return the engine of this machine; "" takes what is installed, None means silence."""
    if engine == "off" or importlib.util.find_spec("py_nanotts") is None:
        return None
    return NanoTts()


def is_installed() -> bool:
    """Say whether the extra `speech` is there."""
    return importlib.util.find_spec("py_nanotts") is not None


def clean(text: str) -> str:
    """Return what may be given to the engine: no markup, no addresses, nothing that is not said."""
    text = unicodedata.normalize("NFC", text).replace("’", "'")
    text = re.sub(r"https?://\S+|</?[A-Za-z][^<>]*>", " ", text)
    text = re.sub(r"[<>«»“”\"*_#`|\\]", " ", text)  # what stands in < > would be obeyed
    text = "".join(" " if unicodedata.category(sign) in _UNSAID else sign for sign in text)
    return re.sub(r"\s+", " ", text).strip()[:MOST_SIGNS]


@dataclass(frozen=True)
class NanoTts:
    """SVOX Pico by py-nanotts, with the voices that it brings."""

    speed: float = SPEED

    def speaks(self, language: str) -> bool:
        """Say whether Pico has a voice for a language."""
        return language in _VOICES

    def say(self, text: str, language: str, *, public: bool = False) -> Pcm:
        """Return the text as sound; it stays on this machine. Raises CannotSayError."""
        words = clean(text)
        if not words or language not in _VOICES:
            raise CannotSayError(f"{CannotSayError.__doc__} {language}")
        command = (sys.executable, "-I", "-B", str(_CHILD), _VOICES[language], str(self.speed))
        most = _MOST_SECONDS * RATE * 2
        finished = run(command, words.encode(), _LIMITS, most)
        if finished.stopped or finished.code or len(finished.output) < 2:
            why = finished.stopped or finished.complaints[-160:].decode("utf-8", "replace").strip()
            raise CannotSayError(f"{CannotSayError.__doc__} {why}")
        whole = len(finished.output) // 2 * 2
        return np.frombuffer(finished.output[:whole], "<i2")
