"""Is all well? Each finding is a sentence and what to do about it."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, func, select

from bot.gateway.house import House
from bot.language import _
from bot.store import audio_sessions, handovers, inbox, recordings
from bot.store.media import MediaGone, MediaStore
from bot.store.tables import deliveries
from bot.voice.ffmpeg import lacks
from bot.voice.verdict import MEANINGS, UnheardError

LITTLE_DISK = 1_000_000_000  # bytes
SOME = 8  # of what is wrong, so many are named
NOBODYS = "0" * 64  # a key under which nothing lies
OLD_MS = 10 * 60_000  # a message that waits so long is a sign of trouble


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    state: Literal["well", "note", "ill"]
    words: str


@dataclass(frozen=True)
class Counts:
    """What waits, what failed and what was set aside."""

    waiting: int
    oldest_at: int | None
    failed: int
    perhaps: int
    stuck: int
    lost: int
    for_a_person: int  # hand-overs in which the last word is theirs


def counts(connection: Connection) -> Counts:
    """Count what a coordinator should know of."""
    waiting = inbox.waiting_since(connection)
    by_state = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
    states: dict[str, int] = {row[0]: row[1] for row in connection.execute(by_state)}
    return Counts(
        waiting[0],
        waiting[1],
        states.get("failed", 0),
        states.get("perhaps", 0),
        len(inbox.stuck(connection)),
        len(recordings.lost_recordings(connection)),
        handovers.unanswered(connection),
    )


async def examine(house: House, data: Path) -> list[Finding]:
    """Look at what every house has: disk, decoder, database, and what waits."""
    found = [_disk(data), _decoder()]
    number = await house.database.read(counts)
    found.append(_well(_("The database answers, and its tables are those of this version.")))
    found.extend(await asyncio.to_thread(_recordings_away, house.media))
    found.append(_backlog(number, house.clock()))
    if number.stuck:
        sentence = _("{count} messages were set aside because a turn failed on them: report it.")
        found.append(_ill(sentence.replace("{count}", str(number.stuck))))
    if number.for_a_person:
        sentence = _("{count} people wait for a person of the team: `palabre handover list`.")
        found.append(_note(sentence.replace("{count}", str(number.for_a_person))))
    found += await house.database.read(_outcomes, house)
    found += await house.database.read(_stale_sessions)
    if number.lost:
        sentence = _("{count} recordings could not be had: ask these people again.")
        found.append(_note(sentence.replace("{count}", str(number.lost))))
    if number.failed or number.perhaps:
        sentence = _("{failed} messages could not be delivered, {perhaps} perhaps were.")
        words = sentence.replace("{failed}", str(number.failed))
        found.append(_note(words.replace("{perhaps}", str(number.perhaps))))
    return found


def _stale_sessions(connection: Connection) -> list[Finding]:
    """Look whether all who are heard in audio sessions still agree to be."""
    given = audio_sessions.listed(connection)
    count = sum(audio_sessions.taken_back(connection, one) > 0 for one in given)
    if not count:
        return []
    sentence = _("{count} audio sessions hold voices that may not be heard any more: "
                 "`palabre audio-session list`.")  # fmt: skip
    return [_note(sentence.replace("{count}", str(count)))]


def _outcomes(connection: Connection, house: House) -> list[Finding]:
    """Look whether each line of the drafters' table is about an answer that is kept."""
    astray = house.programmes.told().astray(connection)
    if not astray:
        return []
    sentence = _("{count} lines of answers.csv are about an answer that is not here: {lines}. "
                 "Look at their codes.")  # fmt: skip
    lines = ", ".join(str(one.line) for one in astray[:SOME]) + (" …" if astray[SOME:] else "")
    words = sentence.replace("{count}", str(len(astray)))
    return [_note(words.replace("{lines}", lines))]


def _disk(data: Path) -> Finding:
    folder = data if data.exists() else Path()
    free = shutil.disk_usage(folder).free
    gigabytes = f"{free / 1e9:.1f}"
    if free < LITTLE_DISK:
        sentence = _("Only {free} GB are free where the data lies: make room.")
        return _ill(sentence.replace("{free}", gigabytes))
    return _well(_("{free} GB are free where the data lies.").replace("{free}", gigabytes))


def _recordings_away(media: MediaStore) -> list[Finding]:
    """Ask for what is not there: whoever can say so is at home."""
    try:
        media.get(NOBODYS)
    except MediaGone:
        return []
    except OSError as error:
        return [_ill(_said(error))]
    return []


def _said(error: OSError) -> str:
    """Say an error of ours in the language of who reads; its detail follows."""
    known = type(error).__doc__ or ""
    words = str(error)
    return _(known) + words.removeprefix(known) if words.startswith(known) else words


def _decoder() -> Finding:
    try:
        missing = lacks()
    except UnheardError as error:
        sentence = _("Voice notes cannot be heard. {why}")
        return _ill(sentence.replace("{why}", _(MEANINGS[error.verdict].why)))
    if missing:
        sentence = _("Voice notes cannot be heard well: {parts} is missing. Install the package "
                     "imageio-ffmpeg again.")  # fmt: skip
        return _ill(sentence.replace("{parts}", ", ".join(missing)))
    return _well(_("Voice notes can be heard."))


def _backlog(number: Counts, moment: int) -> Finding:
    if number.oldest_at is not None and moment - number.oldest_at > OLD_MS:
        sentence = _("{count} messages wait for an answer, the oldest for {minutes} minutes: "
                     "is `palabre serve` (or a worker) running?")  # fmt: skip
        minutes = (moment - number.oldest_at) // 60_000
        words = sentence.replace("{count}", str(number.waiting))
        return _ill(words.replace("{minutes}", str(minutes)))
    return _well(_("No message has been waiting for long."))


def _well(words: str) -> Finding:
    return Finding("well", words)


def _note(words: str) -> Finding:
    return Finding("note", words)


def _ill(words: str) -> Finding:
    return Finding("ill", words)
