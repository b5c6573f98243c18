"""What those who draft read: words as they were said, then their translation, and who made it."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.gateway.export.columns import language_of, looks_other, pieces
from bot.gateway.house import House
from bot.gateway.looks import Looks, looks_among
from bot.store.contributions import Line, Wanted, lines
from bot.store.participants import note
from bot.store.transcripts import Version, holding, versions
from bot.store.translations import Translation, Untranslated, versions_of, write


class NoSuchAnswer(Exception):
    """There is no such answer; `palabre read list` shows those that there are."""


class NotOurLanguage(Exception):
    """Translate into a language of the consultation."""


class NothingToTranslate(Exception):
    """There are no words to translate: give them, or write down first what is said in it."""


@dataclass(frozen=True)
class Read:
    """An answer in words: `looks` is another language that they look as if they were in, or ""."""

    line: Line
    looks: str

    @property
    def language(self) -> str:
        """The language of the talk."""
        return language_of(self.line)

    @property
    def words(self) -> str:
        """What was said, in writing, as far as it is written down."""
        said = [sent.written.text for sent in self.line.recordings if sent.written]
        return "\n".join(filter(None, (self.line.text, self.line.comment, *said)))

    @property
    def translations(self) -> list[Translation]:
        """The same for those who draft: of the words, then of each recording."""
        found = (self.line.translated, *(sent.translated for sent in self.line.recordings))
        return [one for one in found if one]


@dataclass(frozen=True)
class Whole:
    """An answer with all versions of what was written down and translated, what holds last."""

    read: Read
    transcripts: list[Version]
    translations: list[Translation]
    of_transcripts: dict[int, list[Translation]]


def listed(
    connection: Connection, house: House, wanted: Wanted, *, untranslated: bool = False
) -> Iterator[Read]:
    """Yield answers in words, oldest first; `untranslated`: those no person translated yet."""
    looks = looks_among(house.library.consultation.languages)
    for line in lines(connection, wanted):
        one = _read(line, looks)
        foreign = house.translates_into != (one.looks or one.language)
        waits = foreign and (not one.translations or any(own.machine for own in one.translations))
        if one.words and not line.fact and (waits or not untranslated):
            yield one


def _read(line: Line, looks: Looks) -> Read:
    guessed = (looks_other(piece) for piece in pieces(line, {}, looks))
    return Read(line, next(filter(None, guessed), ""))


def found(connection: Connection, house: House, contribution: str) -> Whole:
    """Return an answer whole. Raises NoSuchAnswer."""
    line = next(lines(connection, Wanted(only=contribution, trials=True)), None)
    if line is None or not contribution:
        raise NoSuchAnswer(NoSuchAnswer.__doc__)
    media = [sent.media for sent in line.recordings]
    written = [one for each in versions(connection, media).values() for one in each]
    words, spoken = versions_of(connection, line.id, [one.id for one in written])
    looks = looks_among(house.library.consultation.languages)
    return Whole(_read(line, looks), written, words, spoken)


def translate(
    connection: Connection, house: House, contribution: str, one: Translation, *, spoken: bool
) -> None:
    """Keep a person's translation of an answer's words, or with `spoken` of its recordings.

    Raises NoSuchAnswer, NotOurLanguage, NothingToTranslate.
    """
    line = found(connection, house, contribution).read.line
    if one.language not in house.library.consultation.languages:
        raise NotOurLanguage(NotOurLanguage.__doc__)
    whose: list[tuple[str | None, int | None]] = []
    if spoken:
        held = holding(connection, [sent.media for sent in line.recordings])
        whose = [(None, version.id) for version in held.values()]
    elif line.text or line.comment:
        whose = [(line.id, None)]
    if not whose or not one.text.strip():
        raise NothingToTranslate(NothingToTranslate.__doc__)
    made = one._replace(made_at=house.clock())
    for said, transcript in whose:
        write(connection, Untranslated(said, transcript, "", ""), made)
    note(connection, house.clock(), one.by, f"read translate {one.language}", contribution)
