"""The columns of the drafters' export: what each means, and how a contribution becomes rows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.gateway.looks import Looks, unclear
from bot.store.contributions import Line, Recording
from bot.store.recordings import SOUNDS
from bot.store.translations import Translation

Row = dict[str, Any]
NO_THEME = "none"
ENDINGS = {  # what a file may be called in the pack; a stranger's word for it is not trusted
    "audio/ogg": "ogg", "audio/opus": "ogg", "audio/mpeg": "mp3", "audio/mp4": "m4a",
    "audio/x-m4a": "m4a", "audio/aac": "aac", "audio/amr": "amr", "audio/wav": "wav",
    "audio/webm": "webm", "video/mp4": "mp4", "video/3gpp": "3gp", "video/webm": "webm",
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif",
    "application/pdf": "pdf",
}  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """One row to be: a contribution, and one of its recordings or none."""

    line: Line
    sent: Recording | None
    theme: str
    looks: Looks = unclear

    @property
    def is_sound(self) -> bool:
        """Say whether one listens to it."""
        return self.sent is not None and self.sent.kind in SOUNDS

    def path(self, folder: str, ending: str) -> str:
        """Name a file of the pack: by theme and language, then by contribution."""
        place = self.sent.place + 1 if self.sent else 0
        language = language_of(self.line)
        return f"{folder}/{self.theme}/{language}/{self.line.id}-{place}.{ending}"

    @property
    def voice(self) -> str:
        """Where the playable copy lies in the pack, "" if there is none."""
        if self.sent is None or not self.is_sound or not self.sent.playable:
            return ""
        return self.path("voice", "mp3")

    @property
    def by_a_machine(self) -> bool:
        """Say whether a machine wrote the transcript."""
        return self.sent is not None and self.sent.written is not None and self.sent.written.machine

    @property
    def as_received(self) -> str:
        """Where a recording exactly as it came lies in the pack, if that was asked for."""
        if self.sent is None or not self.is_sound or not self.sent.original:
            return ""
        return self.path("originals", ending_of(self.sent))

    @property
    def file(self) -> str:
        """Where a photo or document lies in the pack, "" if it is none."""
        if self.sent is None or self.is_sound or not self.sent.original:
            return ""
        return self.path("files", ending_of(self.sent))


@dataclass(frozen=True)
class Column:
    """A column's name, what it holds, and how it is read."""

    name: str
    meaning: str
    read: Callable[[Piece], Any]


def pieces(line: Line, item_themes: Mapping[str, str], looks: Looks = unclear) -> Iterator[Piece]:
    """Yield what becomes a row each: every recording or photo, or the words alone."""
    theme = theme_of(line, item_themes)
    for sent in line.recordings or (None,):
        yield Piece(line, sent, theme, looks)


def theme_of(line: Line, item_themes: Mapping[str, str]) -> str:
    """Return the item's or topic's theme, else the first that the person chose, else "none"."""
    chosen = line.facts.get("themes") or ()
    first = chosen if isinstance(chosen, str) else next(iter(chosen), "")
    theme = item_themes.get(line.item) or item_themes.get(line.about)
    return _safe(theme or first) or NO_THEME


def language_of(line: Line) -> str:
    """Return the language that was talked; at the language question, the one chosen."""
    return _safe(line.code if line.fact == "language" and line.code else line.language) or "und"


def _safe(name: str) -> str:
    """Keep what may stand in a path."""
    return "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in name)


def ending_of(sent: Recording) -> str:
    """Return a file's ending by its kind; "bin" where the kind is not known."""
    return ENDINGS.get(sent.mime.partition(";")[0].strip().lower(), "bin")


def moment(at: int) -> str:
    """Write a time as ISO 8601 in UTC; "" for none."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds") if at else ""


def consent(line: Line, name: str) -> str:
    """Return yes, no, or "" where it was never answered."""
    answer = line.facts.get(name)
    return answer if answer in ("yes", "no") else ""


def _fact(name: str) -> Callable[[Piece], Any]:
    return lambda piece: piece.line.facts.get(name) or ""


def _line(name: str) -> Callable[[Piece], Any]:
    return lambda piece: getattr(piece.line, name)


def _seconds(piece: Piece) -> float | None:
    return piece.sent.seconds if piece.sent and piece.is_sound else None


def _spoken(piece: Piece) -> str:
    """Return what a listener wrote; else what the speaker told of themselves."""
    if not piece.is_sound or piece.sent is None:
        return ""
    if piece.sent.written and not piece.sent.written.machine:
        return piece.sent.written.language
    return str(piece.line.spoken_language or piece.line.facts.get("spoken language") or "")


def _written(piece: Piece) -> str:
    """Return what is said in the recording, in writing."""
    return piece.sent.written.text if piece.sent and piece.sent.written else ""


def _written_by(piece: Piece) -> str:
    """Name who or what wrote it; a machine's is said to be one."""
    one = piece.sent.written if piece.sent else None
    if one is None:
        return ""
    return _marked(one.by, machine=one.machine)


def looks_other(piece: Piece) -> str:
    """Name the language that long words look as if they were in, where it is not the talk's."""
    one = piece.sent.written if piece.sent else None
    words = "\n".join((piece.line.text, piece.line.comment, one.text if one else "")).strip()
    guessed = piece.looks(words)
    return "" if guessed == language_of(piece.line) else guessed


def _translated(of: Callable[[Piece], Translation | None]) -> Callable[[Piece], str]:
    def read(piece: Piece) -> str:
        one = of(piece)
        return one.text if one else ""

    return read


def _translated_by(of: Callable[[Piece], Translation | None]) -> Callable[[Piece], str]:
    def read(piece: Piece) -> str:
        one = of(piece)
        return "" if one is None else _marked(one.by, machine=one.machine)

    return read


def _words_translated(piece: Piece) -> Translation | None:
    return piece.line.translated


def _transcript_translated(piece: Piece) -> Translation | None:
    return piece.sent.translated if piece.sent else None


def _marked(by: str, *, machine: bool) -> str:
    """Name who or what wrote something; a machine's is said to be one."""
    return f"{by} (automatic, may be wrong)" if machine else by


def _assisted(piece: Piece) -> str:
    return "yes" if piece.line.assisted_by else ""


COLUMNS = (
    Column("contribution", "stable id; several recordings of one answer share it", _line("id")),
    Column("participant", "pseudonym, the same throughout the consultation", _line("pseudonym")),
    Column("role", "what the person said they are, as it is now", _fact("role")),
    Column("network", "code of the network that invited them", _fact("network")),
    Column("region", "code of the region", _fact("region")),
    Column("language", "language of the talk", lambda piece: language_of(piece.line)),
    Column("channel", "telegram, sms, whatsapp, simulator, terminal", _line("channel")),
    Column("phase", "code of the phase", _line("phase")),
    Column("flow", "the conversation's name", _line("flow")),
    Column("revision", "hash of the texts and steps that were used", _line("revision")),
    Column("step", "name of the question in the flow", _line("step")),
    Column(
        "item",
        "code of what was asked about: item, paper, session, or what someone else said",
        _line("item"),
    ),
    Column("question", "the question as it was put, in their language", _line("question")),
    Column("code", "code of the one choice", _line("code")),
    Column("codes", "codes of several choices, in order", lambda p: list(p.line.codes)),
    Column("value", "a number, date or place", _line("value")),
    Column("text", "what was said, as it was said", _line("text")),
    Column("comment", "what was said besides a choice", _line("comment")),
    Column("voice", "path of the copy to listen to, in the drafting pack", lambda p: p.voice),
    Column(
        "voice_state",
        "pending, kept, refused or lost",
        lambda p: p.sent.state if p.is_sound and p.sent else "",
    ),
    Column("duration_s", "length of the recording in seconds", _seconds),
    Column(
        "spoken_language",
        "the language spoken in the recording, else the one that the person says they speak",
        _spoken,
    ),
    Column("transcript", "what is said in the recording, in writing", _written),
    Column("transcript_by", "who or what wrote the transcript", _written_by),
    Column("coded_by", "who listened and chose the code", _line("coded_by")),
    Column("about", "what the conversation was about (a topic, a session)", _line("about")),
    Column("state", "kept, unresolved, hidden, withdrawn or superseded", _line("state")),
    Column(
        "consent_quote",
        "may it be quoted without a name, as of now: yes, no, empty if never answered",
        lambda p: consent(p.line, "consent to be quoted"),
    ),
    Column(
        "consent_voice",
        "may the voice itself be heard by others, as of now",
        lambda p: consent(p.line, "consent to be heard"),
    ),
    Column("asked_at", "when it was asked (ISO 8601, UTC)", lambda p: moment(p.line.asked_at)),
    Column("answered_at", "when it was answered", lambda p: moment(p.line.answered_at)),
    Column("file", "path of a photo or document, in the drafting pack", lambda p: p.file),
    Column("assisted", "yes: a helper answered for the person, who had asked them to", _assisted),
    Column(
        "looks_like",
        "language that long words look as if they were in, where it is not the talk's: a guess",
        looks_other,
    ),
    Column(
        "translation",
        "text and comment in the drafters' language; the original comes first",
        _translated(_words_translated),
    ),
    Column("translation_by", "who or what translated them", _translated_by(_words_translated)),
    Column(
        "transcript_translation",
        "the transcript in the drafters' language",
        _translated(_transcript_translated),
    ),
    Column(
        "transcript_translation_by",
        "who or what translated it",
        _translated_by(_transcript_translated),
    ),
)
NAMES = tuple(column.name for column in COLUMNS)


def row_of(piece: Piece) -> Row:
    """Return a row: column → value."""
    return {column.name: column.read(piece) for column in COLUMNS}
