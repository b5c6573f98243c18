"""Recordings are fetched until they are there, kept as they came, and heard."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest
from people import AT, add_inbox, add_participant, add_recording
from sqlalchemy import delete, func, select, update

from bot.gateway import recordings as room
from bot.gateway.recordings import DELAYS, GIVE_UP, Keeper, keep_due, keep_recordings
from bot.store.database import Database
from bot.store.media import MediaStore, open_media
from bot.store.recordings import Lost, lost_recordings, next_due_at
from bot.store.seal import Seal
from bot.store.tables import blobs, inbox, media
from bot.voice.hear import Heard
from bot.voice.limits import Limits
from bot.voice.pool import Ears
from bot.voice.verdict import Verdict
from channels.base import Channel, MediaRef
from channels.errors import TOO_LARGE_TO_FETCH, FetchError

GOOD = b"OggS a good note"


class Phone:
    """A channel that has files, or fails as often as told."""

    def __init__(self, *fails: FetchError, data: bytes = GOOD, slow: bool = False) -> None:
        self.fails = list(fails)
        self.data = data
        self.slow = slow
        self.asked: list[MediaRef] = []

    async def fetch(self, ref: MediaRef) -> AsyncIterator[bytes]:
        """Yield the file in pieces."""
        self.asked.append(ref)
        if self.slow:
            await asyncio.sleep(60)
        if self.fails:
            raise self.fails.pop(0)
        for start in range(0, len(self.data), 1 << 20):
            yield self.data[start : start + (1 << 20)]


def hearing(recording: bytes, limits: Limits) -> Heard:
    """What is no sound is refused; one recording finds our machine busy."""
    if recording.startswith(b"busy"):
        return Heard(Verdict.TIMEOUT)
    if not recording.startswith(b"OggS"):
        return Heard(Verdict.UNSUPPORTED_FORMAT)
    return Heard(Verdict.OK, 2.5, b"mp3 of " + recording, (0.0, 0.5, 1.0), "ogg/opus",
                 ogg=b"ogg of " + recording)  # fmt: skip


class Desk:
    """A keeper with a clock that is moved by hand, and what it told."""

    def __init__(self, database: Database, seal: Seal, store: MediaStore, phone: Phone) -> None:
        self.moment = AT
        self.told: list[tuple[int, str]] = []
        self.database, self.seal, self.store = database, seal, store
        channels = {"telegram": cast("Channel", phone)}
        self.keeper = Keeper(database, seal, store, channels, Ears(2, hearing=hearing),
                             self.verdict_came, lambda: self.moment)  # fmt: skip

    async def verdict_came(self, participant: int, media_id: str) -> None:
        """Remember what was told."""
        self.told.append((participant, media_id))

    async def comes(self, *, ready_at: int = AT + 8000, **more: Any) -> str:
        """Let a recording come, whose sender's turn waits for it."""

        def work(connection: Any) -> str:
            row = add_inbox(connection, self.seal, "1234", ready_at=ready_at)
            return add_recording(
                connection, self.seal, add_participant(connection), inbox=row, **more
            )

        return await self.database.write(work)

    async def row(self, media_id: str) -> Any:
        """Return the recording's row."""
        query = select(media).where(media.c.id == media_id)
        return await self.database.read(lambda c: c.execute(query).one())

    async def message(self) -> Any:
        """Return the row of its message."""
        return await self.database.read(lambda c: c.execute(select(inbox)).one())

    async def answered(self) -> None:
        """Let the turn be taken before the recording is there."""
        await self.database.write(lambda c: c.execute(update(inbox).values(answered_at=AT)))


@pytest.fixture
def store(database: Database, seal: Seal, tmp_path: Path) -> MediaStore:
    """Where bytes lie with this database by default."""
    return open_media("", database=database, seal=seal, folder=tmp_path / "media")


async def test_a_note_is_kept_as_it_came_with_a_copy_that_plays(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    desk = Desk(database, seal, store, Phone())
    note = await desk.comes(ref=b'{"ref":"f1","mime":"audio/ogg"}')
    assert await keep_due(desk.keeper) == 1
    row = await desk.row(note)
    assert (row.state, row.verdict, row.seconds, row.mime) == ("kept", "ok", 2.5, "audio/ogg")
    assert store.get(row.original) == GOOD
    assert store.get(row.playable) == b"mp3 of " + GOOD
    assert store.get(row.resendable) == b"ogg of " + GOOD
    assert row.peaks == "[0.0, 0.5, 1.0]"
    assert row.size == len(GOOD)


async def test_its_sender_is_answered_as_soon_as_it_is_there(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    desk = Desk(database, seal, store, Phone())
    await desk.comes()
    assert (await desk.message()).ready_at == AT + 8000
    await keep_due(desk.keeper)
    assert (await desk.message()).ready_at == AT
    assert database.bell("inbox").is_set()
    assert desk.told == []


async def test_two_notes_of_one_message_are_both_waited_for(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    phone = Phone(FetchError("busy", again=True))
    desk = Desk(database, seal, store, phone)
    await desk.comes()
    row = await desk.message()
    await database.write(lambda c: add_recording(c, seal, add_participant(c), inbox=row.id))
    await keep_due(desk.keeper)
    assert (await desk.message()).ready_at == AT + 8000
    desk.moment += 1000
    await keep_due(desk.keeper)
    assert (await desk.message()).ready_at == AT + 1000


async def test_what_does_not_come_is_tried_ever_later_and_then_lost_with_a_reason(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    phone = Phone(*[FetchError("the provider is away", again=True)] * 100)
    desk = Desk(database, seal, store, phone)
    note = await desk.comes()
    waits = []
    while (due := await database.read(next_due_at, ["telegram"])) is not None:
        waits.append((due - desk.moment) // 1000)
        desk.moment = due
        await keep_due(desk.keeper)
    assert waits[:6] == [0, 1, 3, 10, 30, 120]
    assert desk.moment - AT <= GIVE_UP * 1000
    assert waits[-1] == DELAYS[-1]
    (lost,) = await database.read(lost_recordings)
    assert lost == Lost(note, lost.participant, "telegram", "voice", AT, "the provider is away")


async def test_what_the_channel_finds_too_large_is_refused_so_that_its_sender_is_told_why(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    desk = Desk(database, seal, store, Phone(FetchError(TOO_LARGE_TO_FETCH, again=False)))
    note = await desk.comes()
    await keep_due(desk.keeper)
    row = await desk.row(note)
    assert (row.state, row.verdict) == ("refused", "too_big")


async def test_what_can_never_come_is_lost_at_once(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    desk = Desk(database, seal, store, Phone(FetchError("too old", again=False)))
    note = await desk.comes()
    await keep_due(desk.keeper)
    row = await desk.row(note)
    assert (row.state, row.reason, row.next_at) == ("lost", "too old", None)


async def test_a_note_that_is_no_sound_is_kept_and_refused(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    desk = Desk(database, seal, store, Phone(data=b"a text file"))
    note = await desk.comes()
    await keep_due(desk.keeper)
    row = await desk.row(note)
    assert (row.state, row.verdict, row.playable) == ("refused", "unsupported_format", "")
    assert store.get(row.original) == b"a text file"
    assert desk.told == []  # its turn was not taken yet: it hears of it there


async def test_a_verdict_after_the_turn_is_told(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    desk = Desk(database, seal, store, Phone(data=b"a text file"))
    note = await desk.comes()
    await desk.answered()
    await keep_due(desk.keeper)
    assert desk.told == [((await desk.row(note)).participant_id, note)]


async def test_a_late_verdict_that_a_crash_kept_from_being_told_is_told_at_the_start(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    desk = Desk(database, seal, store, Phone(data=b"a text file"))
    note = await desk.comes()
    await keep_due(desk.keeper)
    await desk.answered()
    running = asyncio.create_task(keep_recordings(desk.keeper))
    async with asyncio.timeout(5):
        while not desk.told:
            await asyncio.sleep(0.01)
    running.cancel()
    assert [told[1] for told in desk.told] == [note]


@pytest.mark.parametrize("announced", [None, 30 << 20])
async def test_thirty_megabytes_are_refused_without_being_kept(
    database: Database, seal: Seal, store: MediaStore, announced: int | None
) -> None:
    phone = Phone(data=bytes(30 << 20))
    desk = Desk(database, seal, store, phone)
    size = f',"size":{announced}' if announced else ""
    note = await desk.comes(ref=f'{{"ref":"big"{size}}}'.encode())
    await keep_due(desk.keeper)
    row = await desk.row(note)
    assert (row.state, row.verdict, row.original) == ("refused", "too_big", "")
    assert len(phone.asked) == (0 if announced else 1)


async def test_a_provider_that_hangs_is_left_and_asked_again(
    database: Database, seal: Seal, store: MediaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LONGEST_FETCH", 0.05)
    desk = Desk(database, seal, store, Phone(slow=True))
    note = await desk.comes()
    await keep_due(desk.keeper)
    row = await desk.row(note)
    assert (row.state, row.attempts, row.next_at) == ("pending", 1, AT + 1000)


async def test_what_is_here_is_heard_again_without_being_fetched_again(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    phone = Phone(data=b"busy machine")
    desk = Desk(database, seal, store, phone)
    note = await desk.comes()
    for _ in range(3):
        await keep_due(desk.keeper)
        desk.moment += 10_000
    assert len(phone.asked) == 1
    row = await desk.row(note)
    assert (row.state, row.verdict) == ("refused", "timeout")


async def test_a_photo_is_kept_as_it_is_and_not_listened_to(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    desk = Desk(database, seal, store, Phone(data=b"\xff\xd8 a photo"))
    photo = await desk.comes(kind="photo")
    await keep_due(desk.keeper)
    row = await desk.row(photo)
    assert (row.state, row.verdict, row.playable) == ("kept", "", "")
    assert store.get(row.original) == b"\xff\xd8 a photo"


@pytest.mark.parametrize("verdict", [Verdict.OK, Verdict.SILENT, Verdict.TIMEOUT])
async def test_who_was_forgotten_meanwhile_leaves_no_bytes(
    database: Database, seal: Seal, store: MediaStore, tmp_path: Path, verdict: Verdict
) -> None:
    desk = Desk(database, seal, store, Phone())
    note = await desk.comes()
    put = store.put
    desk.keeper.ears._hearing = lambda *_: Heard(verdict)

    def forgotten_between(data: bytes) -> str:
        database.write_now(lambda c: c.execute(delete(media).where(media.c.id == note)))
        return put(data)

    store.put = forgotten_between  # type: ignore[method-assign]
    await keep_due(desk.keeper)
    assert await database.read(lambda c: c.scalar(select(func.count()).select_from(blobs))) == 0
    assert not [file for file in (tmp_path / "media").rglob("*") if file.is_file()]


async def test_the_loop_keeps_what_comes_while_it_sleeps(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    desk = Desk(database, seal, store, Phone())
    running = asyncio.create_task(keep_recordings(desk.keeper))
    await asyncio.sleep(0.05)
    note = await desk.comes()
    database.ring("media")
    async with asyncio.timeout(5):
        while (await desk.row(note)).state == "pending":
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (await desk.row(note)).state == "kept"


async def test_while_nothing_is_due_the_loop_does_nothing(
    database: Database, seal: Seal, store: MediaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(database, seal, store, Phone())
    looks = []
    look = room._take_what_is_due

    async def counted(keeper: Keeper) -> int | None:
        looks.append(1)
        return await look(keeper)

    monkeypatch.setattr(room, "_take_what_is_due", counted)
    running = asyncio.create_task(keep_recordings(desk.keeper))
    await asyncio.sleep(0.4)
    running.cancel()
    assert len(looks) == 1


async def test_a_recording_of_another_process_s_channel_is_left_to_it_but_not_for_ever(
    database: Database, seal: Seal, store: MediaStore
) -> None:
    desk = Desk(database, seal, store, Phone())
    note = await desk.comes()
    elsewhere = update(media).values(channel="terminal:7")
    await database.write(lambda c: c.execute(elsewhere))
    assert await keep_due(desk.keeper) == 0
    assert (await desk.row(note)).attempts == 0
    desk.moment += GIVE_UP * 1000 + 1
    await room._begin_again(desk.keeper)
    assert [lost.reason for lost in await database.read(lost_recordings)] == [
        "it did not come in three days"
    ]
