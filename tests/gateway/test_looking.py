"""Where someone is, how they were understood, whether all is well, and which file is meant."""

from dataclasses import replace
from pathlib import Path

import pytest
from fakes.bucket_server import bucket_server
from gateway.conftest import MakeHome
from gateway.houses import Home, Post
from people import add_participant, add_recording
from sqlalchemy import update

from bot.gateway.doctor import examine
from bot.gateway.explaining import explain_participant
from bot.gateway.files import HouseFiles, sound_file
from bot.gateway.outlining import outline_at
from bot.store import tables
from bot.store.bucket import open_bucket
from bot.store.media import MediaStore
from bot.store.recordings import lose
from bot.store.seal import Seal
from channels.capabilities import BY_NAME


async def explained(home: Home, participant: int) -> str:
    """What is explained of a participant."""
    (row,) = await home.rows(tables.participants, id=participant)
    lines = await home.database.read(explain_participant, home.house, row.pseudonym, "en")
    return "\n".join(lines or [])


async def test_explain_names_the_question_and_how_often_it_was_put(home: Home) -> None:
    ama = home.person()
    await ama.says("hello", "I do not know yet")
    words = await explained(home, await ama.id())
    assert "Is in “The test”" in words
    assert "ready" in words
    assert "asked again 1 times" in words


async def test_explain_says_who_has_left(home: Home) -> None:
    ama = home.person()
    await ama.says("hello", "stop")
    assert "Has left by STOP" in await explained(home, await ama.id())


async def test_explain_works_for_a_channel_of_another_process(make_home: MakeHome) -> None:
    there = make_home(Post("terminal:0a1b"))
    ama = there.person()
    await ama.says("hello")
    here = make_home(Post("telegram"))
    assert "Is in “The test”" in await explained(here, await ama.id())


async def test_explain_knows_nobody_who_was_forgotten_or_never_came(home: Home) -> None:
    ama = home.person()
    await ama.says("hello")
    (row,) = await home.rows(tables.participants)
    await ama.says("forget me", "1")
    for name in (row.pseudonym, "nobody"):
        found = await home.database.read(explain_participant, home.house, name, "en")
        assert found is None


async def test_the_outline_lights_the_step_at_which_one_is_and_says_why(home: Home) -> None:
    ama = home.person()
    await ama.says("hello", "yes")
    found = await home.database.read(outline_at, home.house, "telegram", ama.address, "en")
    assert found is not None
    title, steps, read = found
    assert title == "The test"
    assert [state for _, state, _ in steps][:3] == ["done", "here", "ahead"]
    assert "Go ahead" in read


async def test_of_an_address_that_nobody_has_there_is_no_outline(home: Home) -> None:
    assert await home.database.read(outline_at, home.house, "telegram", "1", "en") is None


async def test_the_doctor_says_so_where_the_bucket_of_recordings_is_away(
    home: Home, seal: Seal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
        monkeypatch.setenv(name, "made-up")
    with bucket_server() as bucket:
        monkeypatch.setenv("AWS_ENDPOINT_URL", bucket.url)
        house = replace(home.house, media=open_bucket("s3:voices", seal))
        assert {one.state for one in await examine(house, tmp_path)} == {"well"}
        bucket.refuses = 403
        found = [one.words for one in await examine(house, tmp_path) if one.state == "ill"]
    (ill,) = found
    assert ill.startswith("The bucket of MEDIA_URL does not answer")


async def test_the_doctor_finds_a_quiet_house_well(home: Home, tmp_path: Path) -> None:
    assert {one.state for one in await examine(home.house, tmp_path)} == {"well"}


async def test_the_doctor_sees_what_waits_and_what_was_set_aside_failed_or_lost(
    home: Home, tmp_path: Path
) -> None:
    ama, ben = home.person(), home.person()
    await ama.says("hello")
    await home.write(lambda c: c.execute(update(tables.inbox).values(outcome="stuck")))
    await home.write(lambda c: c.execute(update(tables.deliveries).values(state="failed")))

    def loses(connection: object) -> None:
        note = add_recording(connection, home.house.seal, add_participant(connection))  # type: ignore[arg-type]
        lose(connection, note, "gone")  # type: ignore[arg-type]

    await home.write(loses)
    await ben.writes("hello")
    home.waits(hours=1)
    found = {one.words: one.state for one in await examine(home.house, tmp_path)}
    sentences = " ".join(found)
    for words in ("1 messages wait for an answer, the oldest for 60 minutes",
                  "1 messages were set aside", "1 recordings could not be had",
                  "1 messages could not be delivered"):  # fmt: skip
        assert words in sentences
    assert list(found.values()).count("ill") == 2


@pytest.fixture
def files(tmp_path: Path, store: MediaStore) -> HouseFiles:
    """A folder with one document, beside which a secret lies."""
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "paper.pdf").write_bytes(b"%PDF")
    (tmp_path / "secret_key").write_text("secret")
    return HouseFiles(tmp_path / "documents", store)


async def test_a_document_and_a_recording_are_opened_by_their_keys(
    files: HouseFiles, store: MediaStore
) -> None:
    assert await files.open("paper.pdf") == b"%PDF"
    assert await files.open(f"media:{store.put(b'her voice')}") == b"her voice"


async def test_a_recording_may_be_named_with_its_ending(
    files: HouseFiles, store: MediaStore
) -> None:
    """So that a provider is told what it is; it stays the same file."""
    key = store.put(b"her voice")
    assert await files.open(f"media:{key}.mp3") == b"her voice"
    assert files.digest(f"media:{key}.mp3") == files.digest(f"media:{key}") == key


@pytest.mark.parametrize(
    "key", ["nowhere.pdf", "../secret_key", "/etc/passwd", "media:nowhere", ""]
)
async def test_nothing_else_is_opened(files: HouseFiles, key: str) -> None:
    with pytest.raises(KeyError):
        await files.open(key)


def test_a_document_that_changed_is_another_one(files: HouseFiles, tmp_path: Path) -> None:
    import os

    first = files.digest("paper.pdf")
    file = tmp_path / "documents" / "paper.pdf"
    file.write_bytes(b"%PDF 2")
    os.utime(file, ns=(1, 1))
    assert files.digest("paper.pdf") != first
    assert files.digest("nowhere.pdf") == ""


def test_phones_get_the_voice_message_and_browsers_the_mp3() -> None:
    assert sound_file("m", "o", BY_NAME["whatsapp"]) == "media:o.ogg"
    assert sound_file("m", "", BY_NAME["whatsapp"]) == "media:m.mp3"
    assert sound_file("m", "o", replace(BY_NAME["telegram"], carries=frozenset(("audio",)))) == (
        "media:m.mp3")  # fmt: skip
    assert sound_file("", "", BY_NAME["telegram"]) == ""
