"""What a network passes on: text, picture and sound, in every language of the consultation."""

import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from voice.sounds import made, sine, voice_note

from bot.gateway.joining import Way, ways_to_join
from bot.gateway.kit import Kit, NoWay, TooLong, Unusable, kit_of, write_kit
from bot.gateway.library import Library
from bot.gateway.poster import Words, poster
from bot.voice.saying import Speaker, speaker_of

ROOT = Path(__file__).parents[2]
WHERE = {"telegram": "https://t.me/palabre_bot", "whatsapp": "https://wa.me/33700000001",
         "sms": "sms:+33700000002"}  # fmt: skip
LANGUAGES = ("fr", "en", "es")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A copy of the consultation that ships, without recordings."""
    copy = tmp_path_factory.mktemp("kit") / "flows" / "ess"
    return Library(shutil.copytree(ROOT / "flows" / "ess", copy).parent, "ess", ROOT / "locales")


@pytest.fixture(scope="module")
def silent(library: Library) -> Kit:
    """The kit where no engine is installed."""
    return made_kit(library)


@pytest.fixture
def folder(library: Library) -> Iterator[Path]:
    """The consultation's folder; recordings in it are taken away again."""
    yield library.folder
    shutil.rmtree(library.folder / "documents" / "audio")


def ways(public_url: str = "https://palabre.example") -> list[Way]:
    """Every way that is set up."""
    return ways_to_join("greniers", WHERE, public_url)


def made_kit(library: Library, speaker: Speaker | None = None) -> Kit:
    """The kit of a sample network."""
    return kit_of(library, "greniers", ways(), speaker)


def test_the_text_is_three_lines_in_each_language(silent: Kit) -> None:
    kit = silent
    for language in LANGUAGES:
        lines = kit.files[f"greniers.{language}.txt"].decode().splitlines()
        assert len(lines) == 3
        assert "Les Greniers" in lines[0]
        assert f"/j/greniers?lang={language}" in lines[2]
        assert "SMS +33700000002: greniers" in lines[2]


def test_without_a_page_every_link_is_named(library: Library) -> None:
    kit = kit_of(library, "greniers", ways(""), None)
    last = kit.files["greniers.en.txt"].decode().splitlines()[2]
    assert "Telegram https://t.me/palabre_bot?start=greniers" in last
    assert "WhatsApp https://wa.me/33700000001?text=greniers" in last


def test_the_picture_is_one_that_a_chat_shows_whole_and_that_costs_little(silent: Kit) -> None:
    kit = silent
    for language in LANGUAGES:
        data = kit.files[f"greniers.{language}.png"]
        assert Image.open(io.BytesIO(data)).size == (1080, 1350)
        assert len(data) < 60_000


def test_long_words_stay_on_the_picture() -> None:
    many = Words("The network of all networks of the whole wide world invites you " * 2,
                 "A title that is far longer than anybody would want " * 4,
                 ("One line that has to be broken, for it is too long " * 2,) * 2)  # fmt: skip
    image = Image.open(io.BytesIO(poster(many, "https://palabre.example/j/x"))).convert("RGB")
    for x in (0, 1079):  # nothing touches the edges
        column = {image.getpixel((x, y)) for y in range(1350)}
        assert len(column) <= 2


def test_every_way_has_its_square_as_svg_and_png(silent: Kit) -> None:
    kit = silent
    for channel in ("telegram", "whatsapp", "sms", "page"):
        assert kit.files[f"greniers-{channel}.svg"].startswith(b"<?xml")
        assert kit.files[f"greniers-{channel}.png"].startswith(b"\x89PNG")


def test_the_sound_is_under_a_minute_and_as_loud_as_speech_is(library: Library) -> None:
    kit = made_kit(library, speaker_of(""))
    assert [sound.language for sound in kit.sounds] == list(LANGUAGES)
    for sound in kit.sounds:
        assert 15 < sound.seconds < 60
        assert sound.level is not None
        assert -19 < sound.level < -13
        assert not sound.recorded
        assert kit.files[f"greniers.{sound.language}.ogg"].startswith(b"OggS")
        assert len(kit.files[f"greniers.{sound.language}.ogg"]) < 512 * 1024
    assert kit.silent == {}


def record(folder: Path, name: str, content: bytes) -> None:
    """Put a recording where the kit looks for it."""
    place = folder / "documents" / "audio" / "fr"
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_bytes(content)


def test_a_recording_by_a_person_goes_before_the_engine(folder: Path, library: Library) -> None:
    record(folder, "invite.ogg", voice_note(7))
    kit = made_kit(library, None)
    (sound,) = kit.sounds
    assert (sound.language, round(sound.seconds), sound.recorded) == ("fr", 7, True)
    record(folder, "invite-greniers.mp3", made("n.mp3", *sine(5)))  # the network's own, before all
    (sound,) = made_kit(library, None).sounds
    assert round(sound.seconds) == 5


def test_a_recording_of_more_than_a_minute_is_refused_with_its_name(
    folder: Path, library: Library
) -> None:
    record(folder, "invite.ogg", voice_note(61))
    with pytest.raises(TooLong, match=r"invite\.ogg \(61 s\)"):
        made_kit(library)


def test_a_recording_that_is_none_is_refused_with_its_name(folder: Path, library: Library) -> None:
    record(folder, "invite.m4a", b"<html>not found</html>")
    with pytest.raises(Unusable, match=r"invite\.m4a"):
        made_kit(library)


def test_where_nothing_can_be_said_the_kit_says_why(library: Library, silent: Kit) -> None:
    assert silent.silent == dict.fromkeys(LANGUAGES, "no engine")

    class OnlyFrench:
        def speaks(self, language: str) -> bool:
            return language == "fr"

        def say(self, text: str, language: str, *, public: bool = False) -> object:
            from bot.voice.saying import CannotSayError

            raise CannotSayError

    kit = made_kit(library, OnlyFrench())
    assert kit.silent == {"fr": "failed", "en": "no voice", "es": "no voice"}


def test_without_any_way_to_join_there_is_no_kit(library: Library) -> None:
    with pytest.raises(NoWay, match="TELEGRAM_BOT_TOKEN"):
        kit_of(library, "greniers", [], None)


def test_it_is_written_into_a_folder_or_into_one_file(silent: Kit, tmp_path: Path) -> None:
    kit = silent
    written = write_kit(kit, tmp_path / "a" / "folder")
    assert {file.name for file in written} == set(kit.files)
    (pack,) = write_kit(kit, tmp_path / "b" / "kit.zip")
    with zipfile.ZipFile(pack) as opened:
        assert set(opened.namelist()) == set(kit.files)
        assert opened.testzip() is None
