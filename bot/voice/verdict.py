"""What can become of a recording: the one table of verdicts, and the one place that judges."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

# Below this, the loudest 20 ms are nothing that a person could have said into a telephone.
SILENCE_DB = -60.0
# A spoken "sí" is 0.2 s of speech; noise, tones and music are none at all.
SPEECH_SECONDS = 0.1
QUIET_DB = -50.0
ABOVE_NOISE_DB = 3.0
CLIPPED = 0.02  # of all samples


class Verdict(StrEnum):
    """The outcome of hearing a recording; its meaning stands in `MEANINGS`."""

    OK = "ok"
    EMPTY_FILE = "empty_file"
    TOO_BIG = "too_big"
    UNSUPPORTED_FORMAT = "unsupported_format"
    UNDECODABLE = "undecodable"
    TOO_LONG = "too_long"
    SILENT = "silent"
    NO_SPEECH = "no_speech"
    TOO_QUIET = "too_quiet"
    TOO_NOISY = "too_noisy"
    CLIPPED = "clipped"
    TIMEOUT = "timeout"
    ENCODE_FAILED = "encode_failed"
    CANNOT_RUN = "cannot_run"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What follows from a verdict.

    `usable`: there is a playable copy, so a person can listen to the note.
    `retry`: the fault may lie with us; hearing the same bytes again later may end better.
    `why`: one sentence for coordinators and logs, with the remedy where there is one.
    """

    usable: bool
    retry: bool
    why: str


MEANINGS: Mapping[Verdict, Meaning] = MappingProxyType(
    {
        Verdict.OK: Meaning(True, False, "The note was heard and has a playable copy."),
        Verdict.EMPTY_FILE: Meaning(False, False, "The file holds no bytes: ask for it again."),
        Verdict.TOO_BIG: Meaning(False, False, "The file is larger than we accept."),
        Verdict.UNSUPPORTED_FORMAT: Meaning(
            False, False, "The bytes are not a kind of recording that we open."
        ),
        Verdict.UNDECODABLE: Meaning(
            False, False, "The file looks like a recording, but no sound could be read from it."
        ),
        Verdict.TOO_LONG: Meaning(False, False, "The recording lasts longer than we accept."),
        Verdict.SILENT: Meaning(False, False, "Nothing in the recording is loud enough to hear."),
        Verdict.NO_SPEECH: Meaning(True, False, "Nobody speaks in the recording."),
        Verdict.TOO_QUIET: Meaning(True, False, "The voice is very quiet: its copy is louder."),
        Verdict.TOO_NOISY: Meaning(True, False, "The voice is hardly louder than what is around."),
        Verdict.CLIPPED: Meaning(True, False, "The voice was too close or too loud: it crackles."),
        Verdict.TIMEOUT: Meaning(
            False, True, "Hearing took too long: the machine is busy or the file is a trap."
        ),
        Verdict.ENCODE_FAILED: Meaning(
            False, True, "The note was heard, but its playable copy could not be made."
        ),
        Verdict.CANNOT_RUN: Meaning(
            False, True, "The decoder does not start: reinstall the package imageio-ffmpeg."
        ),
    }
)


class UnheardError(Exception):
    """The recording could not be heard; see the verdict's meaning for the remedy."""

    def __init__(self, verdict: Verdict, detail: str = "") -> None:
        self.verdict = verdict
        self.detail = detail
        super().__init__(f"{MEANINGS[verdict].why} {detail}".strip())


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured on the decoded sound.

    `seconds` its length, `loudest_db` its loudest 20 ms and `speech_db` its speech in dBFS,
    `speech_seconds` for how long somebody speaks, `above_noise_db` how much louder that is than
    what is around, `clipped` the part of samples that were cut off, 0 to 1.
    """

    seconds: float
    loudest_db: float
    speech_seconds: float
    speech_db: float
    above_noise_db: float
    clipped: float


def judge(measured: Measured) -> Verdict:
    """Decide from measurements alone. Whether it is too short, its question decides."""
    if measured.loudest_db < SILENCE_DB:
        return Verdict.SILENT
    if measured.speech_seconds < SPEECH_SECONDS:
        return Verdict.NO_SPEECH
    if measured.speech_db < QUIET_DB:
        return Verdict.TOO_QUIET
    if measured.above_noise_db < ABOVE_NOISE_DB:
        return Verdict.TOO_NOISY
    return Verdict.CLIPPED if measured.clipped > CLIPPED else Verdict.OK
