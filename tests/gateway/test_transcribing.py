"""What is said is written down by an engine, where there is one and it may."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

import pytest
from gateway.conftest import MakeHome
from gateway.houses import Home, Phone, Post, Texts
from gateway.test_listeners import CONSENT, speaks
from sqlalchemy import Connection, insert, update
from voice.sounds import voice_note

from bot.gateway.retries import AGAIN_MS
from bot.gateway.transcribing import Writer
from bot.store import tables
from bot.store.contributions import Wanted, lines
from bot.store.seal import CannotOpen
from bot.voice.pcm import Pcm
from bot.voice.transcribe import NotWritten, Written


@dataclass
class Scribe:
    """Writes down how long a sound is; `fails` so often first."""

    name: str = "scribe"
    fails: int = 0
    adds: str = ""
    hints: list[str] = field(default_factory=list)

    async def transcribe(self, pcm: Pcm, hint: str, allowed: Sequence[str]) -> Written:
        """See Transcriber."""
        assert set(allowed) == {"en", "fr", "es"}
        if self.fails:
            self.fails -= 1
            raise NotWritten("away")
        self.hints.append(hint)
        return Written(f"{len(pcm) / 16000:.0f} seconds{self.adds}", hint, self.name, 0.7)

    async def close(self) -> None:
        """Do nothing."""


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    return make_home(Post(), texts=Texts(welcome=CONSENT))


async def has_spoken(home: Home, spoken: str = "", verdict: str = "ok") -> Phone:
    """Someone whose note at the last question has come and was heard."""
    ama = home.person()
    await ama.says("hello", "yes", "1")
    await speaks(home, ama)
    key = home.house.media.put(voice_note(3))
    kept = {"state": "kept", "original": key, "playable": key, "verdict": verdict}
    owner = await ama.id()

    def work(connection: Connection) -> None:
        mine = tables.media.c.participant_id == owner
        connection.execute(update(tables.media).where(mine).values(kept))
        if spoken:
            row = {"participant_id": owner, "name": "spoken language",
                   "value": f'"{spoken}"', "source": "answer", "at": 1}  # fmt: skip
            connection.execute(insert(tables.facts), row)

    await home.write(work)
    return ama


async def written(home: Home) -> list[tuple[str, str, bool]]:
    """What was written down, whose words they are, and whether a machine's."""
    rows = await home.rows(tables.transcripts)
    return [(row.text, row.by, row.machine) for row in rows]


async def test_a_note_is_written_down_once_and_marked_as_a_machine_s_in_the_export(
    home: Home,
) -> None:
    await has_spoken(home)
    writer = Writer(home.house, Scribe())
    assert await writer.write_due() == home.moment
    assert await writer.write_due() is None
    assert await written(home) == [("3 seconds", "scribe", True)]
    found = await home.database.read(lambda c: list(lines(c, Wanted())))
    (one,) = [sent.written for line in found for sent in line.recordings]
    assert one is not None
    assert (one.text, one.machine, one.confidence) == ("3 seconds", True, 0.7)


@pytest.mark.parametrize(
    ("spoken", "hint"), [("", "en"), ("Spanish", "es"), ("un peu français", "fr")]
)
async def test_the_engine_is_told_which_language_is_spoken(
    home: Home, spoken: str, hint: str
) -> None:
    await has_spoken(home, spoken)
    scribe = Scribe()
    await Writer(home.house, scribe).write_due()
    assert scribe.hints == [hint]


async def test_other_languages_are_never_forced_through_an_engine(home: Home) -> None:
    await has_spoken(home, "wolof")
    assert await Writer(home.house, Scribe()).write_due() is None
    assert await written(home) == []


async def test_where_nobody_speaks_nothing_is_written_down(home: Home) -> None:
    await has_spoken(home, verdict="no_speech")
    assert await Writer(home.house, Scribe()).write_due() is None


async def test_who_refuses_to_take_part_is_not_written_down(home: Home) -> None:
    ama = await has_spoken(home)
    no = update(tables.participants).values(consented=False)
    await home.write(lambda c: c.execute(no) and None)
    assert await Writer(home.house, Scribe()).write_due() is None
    assert ama


async def test_what_fails_is_tried_again_later_and_given_up_in_the_end_where_people_see_it(
    home: Home,
) -> None:
    await has_spoken(home)
    writer = Writer(home.house, Scribe(fails=len(AGAIN_MS) + 1))
    for wait in AGAIN_MS:
        assert await writer.write_due() == home.moment
        assert await writer.write_due() == home.moment + wait
        home.waits(seconds=wait / 1000)
    await writer.write_due()
    (row,) = await home.rows(tables.transcripts)
    assert (row.kind, row.text) == ("failed", "away")
    assert await writer.write_due() is None
    found = await home.database.read(lambda c: list(lines(c, Wanted())))
    assert [sent.written for line in found for sent in line.recordings] == [None]


async def test_one_that_cannot_be_written_down_holds_up_no_other(home: Home) -> None:
    await has_spoken(home)
    await has_spoken(home)
    writer = Writer(home.house, Scribe(fails=1))
    await writer.write_due()
    await writer.write_due()
    assert await written(home) == [("3 seconds", "scribe", True)]


async def test_of_who_was_forgotten_meanwhile_nothing_is_kept(home: Home) -> None:
    ama = await has_spoken(home)

    class Slow(Scribe):
        """Takes so long that its speaker has gone."""

        async def transcribe(self, pcm: Pcm, hint: str, allowed: Sequence[str]) -> Written:
            await ama.says("forget me", "1")
            return await super().transcribe(pcm, hint, allowed)

    await Writer(home.house, Slow()).write_due()
    assert await written(home) == []


async def test_what_no_database_takes_does_not_come_from_an_engine(home: Home) -> None:
    await has_spoken(home)
    await Writer(home.house, Scribe(adds="\0")).write_due()
    assert await written(home) == [("3 seconds\ufffd", "scribe", True)]


async def test_a_note_that_cannot_be_opened_holds_up_no_other(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    await has_spoken(home)
    await has_spoken(home)
    opened, get = count(), home.house.media.get

    def with_a_lost_key(key: str) -> bytes:
        if next(opened) == 0:
            raise CannotOpen(CannotOpen.__doc__)
        return get(key)

    monkeypatch.setattr(home.house.media, "get", with_a_lost_key)
    writer = Writer(home.house, Scribe())
    await writer.write_due()
    await writer.write_due()
    assert await written(home) == [("3 seconds", "scribe", True)]
