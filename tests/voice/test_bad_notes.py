"""What is broken, hostile or no recording at all ends in a verdict, soon and without harm."""

import gzip
import random
import subprocess
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import imageio_ffmpeg
import pytest
from voice.sounds import (
    OPUS,
    amr_of_nothing,
    concat_of,
    endless_boxes,
    lying_note,
    m4a_note,
    made,
    mp3_note,
    opus_of_nothing,
    playlist,
    polyglot,
    silence,
    silent_mp3,
    slow_wav,
    video_3gp,
    voice_note,
    wav_note,
    wav_that_claims,
)

from bot.voice.hear import hear
from bot.voice.limits import MIB, Limits
from bot.voice.pcm import RATE
from bot.voice.sniff import Container
from bot.voice.verdict import MEANINGS, Verdict

DAY = 86_400.0
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(600)

BAD: dict[str, tuple[Callable[[], bytes], Verdict]] = {
    "no bytes": (lambda: b"", Verdict.EMPTY_FILE),
    "one byte": (lambda: b"\0", Verdict.UNSUPPORTED_FORMAT),
    "random bytes": (lambda: random.Random(7).randbytes(50_000), Verdict.UNSUPPORTED_FORMAT),
    "a text": ("Bonjour, ceci est un texte.".encode, Verdict.UNSUPPORTED_FORMAT),
    "a picture": (lambda: JPEG, Verdict.UNSUPPORTED_FORMAT),
    "a page before an MP3": (
        lambda: b"<html><script>alert(1)</script>" + mp3_note(),
        Verdict.UNSUPPORTED_FORMAT,
    ),
    "21 MB": (lambda: b"OggS\0" + bytes(21 * MIB), Verdict.TOO_BIG),
    "an hour of Opus in 93 KB": (lambda: opus_of_nothing(3600), Verdict.TOO_LONG),
    "a day of Opus in 2 MB": (lambda: opus_of_nothing(DAY), Verdict.TOO_LONG),
    "a day of AMR in 4 MB": (lambda: amr_of_nothing(DAY), Verdict.TOO_LONG),
    "eleven minutes": (lambda: amr_of_nothing(660), Verdict.TOO_LONG),
    "an hour of WAV in 7 KB": (slow_wav, Verdict.TOO_LONG),
    "two hours of silent MP3": (lambda: silent_mp3(7200), Verdict.TOO_LONG),
    "a packed file": (lambda: gzip.compress(bytes(MIB)), Verdict.UNSUPPORTED_FORMAT),
    "a list of local files": (
        lambda: b"#EXTM3U\nfile:///etc/hostname\n",
        Verdict.UNSUPPORTED_FORMAT,
    ),
    "silence": (lambda: made("a.ogg", *silence(), *OPUS), Verdict.SILENT),
    "a minute of empty packets": (lambda: opus_of_nothing(60), Verdict.SILENT),
    "a recording cut off in its first kilobytes": (lambda: m4a_note()[:2000], Verdict.UNDECODABLE),
    "a note of which only the head arrived": (lambda: voice_note()[:300], Verdict.UNDECODABLE),
    "a film without sound": (lambda: video_3gp(sound=False), Verdict.UNDECODABLE),
    "20 MB of empty boxes": (lambda: endless_boxes(20 * MIB), Verdict.UNDECODABLE),
    "an ID3 tag and nothing": (lambda: b"ID3\x04\0\0\0\0\0\0" + bytes(999), Verdict.UNDECODABLE),
}


@pytest.mark.parametrize(("bad", "verdict"), BAD.values(), ids=BAD)
def test_a_bad_file_ends_in_its_verdict_within_seconds(
    bad: Callable[[], bytes], verdict: Verdict
) -> None:
    recording = bad()
    began = time.monotonic()
    heard = hear(recording)
    assert heard.verdict is verdict, heard.detail
    assert time.monotonic() - began < 8
    assert not heard.usable
    assert heard.mp3 == b""


MAGICS = (
    b"OggS\0",
    b"OggS\0" + bytes(23) + b"OpusHead",
    b"#!AMR\n",
    b"#!AMR-WB\n",
    b"RIFF\xff\xff\xff\xffWAVE",
    b"ID3\x04\0\0\0\0\0\0",
    b"\x1a\x45\xdf\xa3",
    b"\0\0\0\x18ftypisom",
)


@pytest.mark.parametrize("magic", MAGICS)
def test_random_bytes_behind_a_true_beginning_never_raise(magic: bytes) -> None:
    heard = hear(magic + random.Random(magic).randbytes(20_000))
    assert heard.verdict in MEANINGS


def test_a_note_cut_off_on_its_way_is_heard_as_far_as_it_came() -> None:
    note = voice_note(6)
    heard = hear(note[: len(note) // 2])
    assert heard.verdict is Verdict.OK
    assert 1 < heard.seconds < 5


def test_damage_in_the_middle_leaves_the_rest_to_be_heard() -> None:
    note = bytearray(voice_note(6))
    note[8000:8500] = random.Random(1).randbytes(500)
    heard = hear(bytes(note))
    assert heard.verdict is Verdict.OK
    assert 3 < heard.seconds < 6.1


def test_a_length_that_the_file_claims_is_not_believed() -> None:
    assert hear(lying_note(2)).seconds == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFFFFF, 1 << 20])
def test_a_size_that_the_header_claims_is_not_believed(size: int) -> None:
    heard = hear(wav_that_claims(size))
    assert heard.verdict is Verdict.OK
    assert heard.seconds == pytest.approx(2, abs=0.1)


def test_a_bomb_takes_no_more_of_our_memory_than_the_longest_note() -> None:
    """What unfolds to a day is cut off at ten minutes of samples, read once and copied once."""
    bomb = opus_of_nothing(DAY)
    tracemalloc.start()
    try:
        assert hear(bomb).verdict is Verdict.TOO_LONG
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    longest = Limits().max_seconds * RATE * 2
    assert peak < 2.5 * longest


def test_a_list_of_local_files_opens_none_even_if_the_sniff_is_deceived(
    other_recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hear(playlist(str(other_recording))).verdict is Verdict.UNSUPPORTED_FORMAT
    deceived = Container("ogg", "hls", "hls,wav,mpegts,aac", "pcm_s16le,aac")
    monkeypatch.setattr("bot.voice.decode.sniff", lambda _: deceived)
    assert hear(playlist(str(other_recording))).verdict is Verdict.UNDECODABLE


def test_the_name_of_a_file_plays_no_part() -> None:
    """Nobody can pass a name: an MP3 sent as "voice.ogg" is heard as the MP3 that it is."""
    assert hear(mp3_note()).container == "mp3"


def test_what_hides_behind_a_recording_is_not_in_its_copy() -> None:
    heard = hear(polyglot(voice_note(), b"hidden treasure"))
    assert heard.verdict is Verdict.OK
    assert b"hidden treasure" not in heard.mp3
    assert b"PK\x03\x04" not in heard.mp3


def test_a_picture_is_called_a_picture() -> None:
    assert hear(JPEG).container == "picture"
    assert hear(b"%PDF-1.7 ...").container == "document"


# Files that make a decoder open something else.


def unbounded(*arguments: str) -> bytes:
    """What FFmpeg makes of a file when nobody bounds it."""
    command = (imageio_ffmpeg.get_ffmpeg_exe(), "-v", "quiet", *arguments, "-f", "s16le", "-")
    return subprocess.run(command, capture_output=True, check=False, timeout=20).stdout


@pytest.fixture
def other_recording(tmp_path: Path) -> Path:
    """Another recording that lies on the machine."""
    path = tmp_path / "other.wav"
    path.write_bytes(wav_note())
    return path


def test_a_text_that_names_another_file_opens_nothing(other_recording: Path) -> None:
    assert hear(concat_of(other_recording)).verdict is Verdict.UNSUPPORTED_FORMAT


def test_that_text_is_a_real_bait(other_recording: Path, tmp_path: Path) -> None:
    """An unbounded FFmpeg does play the other file, so the tests around this one can fail."""
    bait = tmp_path / "bait.ogg"
    bait.write_bytes(concat_of(other_recording.relative_to(tmp_path)))
    assert len(unbounded("-i", str(bait))) > 50_000
    bait.write_bytes(concat_of(other_recording))
    assert len(unbounded("-f", "concat", "-safe", "0", "-i", str(bait))) > 50_000


def test_even_a_sniff_that_was_deceived_lets_no_other_file_be_opened(
    other_recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deceived = Container("ogg", "concat", "concat,wav", "pcm_s16le")
    monkeypatch.setattr("bot.voice.decode.sniff", lambda _: deceived)
    monkeypatch.setattr("bot.voice.decode._forced", lambda _: ("-safe", "0"))
    assert hear(concat_of(other_recording)).verdict is Verdict.UNDECODABLE


@pytest.fixture
def lured() -> Iterator[tuple[str, list[str]]]:
    """A local server: its address, and the paths that were asked of it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/segment.ts", asked
        server.shutdown()
        thread.join()


def test_a_playlist_calls_nobody(
    lured: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the sniff nor, were it deceived, the decoder asks the address in the playlist."""
    address, asked = lured
    assert hear(playlist(address)).verdict is Verdict.UNSUPPORTED_FORMAT
    deceived = Container("ogg", "hls", "hls,mpegts,aac", "aac")
    monkeypatch.setattr("bot.voice.decode.sniff", lambda _: deceived)
    assert hear(playlist(address)).verdict is Verdict.UNDECODABLE
    assert asked == []


def test_that_playlist_is_a_real_bait(lured: tuple[str, list[str]], tmp_path: Path) -> None:
    address, asked = lured
    bait = tmp_path / "bait.m3u8"
    bait.write_bytes(playlist(address))
    unbounded("-protocol_whitelist", "file,http,tcp", "-f", "hls", "-i", str(bait))
    assert "/segment.ts" in asked


# Limits of the whole.


def test_what_takes_too_long_is_stopped_and_may_be_tried_again() -> None:
    began = time.monotonic()
    heard = hear(voice_note(), Limits(wall_seconds=0.002))
    assert heard.verdict is Verdict.TIMEOUT
    assert heard.retry
    assert time.monotonic() - began < 2


def test_what_takes_too_much_processor_time_is_stopped() -> None:
    """With no other bound in its way, a day of nothing ends after the one second allowed."""
    limits = Limits(cpu_seconds=1, max_seconds=200_000)
    heard = hear(opus_of_nothing(DAY), limits)
    assert heard.verdict is Verdict.TIMEOUT
    assert "cpu" in heard.detail


def test_a_recording_of_exactly_the_longest_length_is_heard() -> None:
    limits = Limits(max_seconds=2)
    assert hear(wav_note(2), limits).verdict is Verdict.OK
    assert hear(wav_note(2.1), limits).verdict is Verdict.TOO_LONG


def test_a_copy_that_takes_too_long_leaves_the_length_known() -> None:
    heard = hear(voice_note(), Limits(copy_wall_seconds=0.002))
    assert heard.verdict is Verdict.TIMEOUT
    assert heard.seconds == pytest.approx(2, abs=0.1)
    assert heard.retry


def test_a_copy_that_grows_too_large_is_given_up() -> None:
    heard = hear(voice_note(), Limits(out_bytes=2000))
    assert heard.verdict is Verdict.ENCODE_FAILED
    assert heard.seconds == pytest.approx(2, abs=0.1)
    assert heard.retry


def test_a_missing_decoder_is_said_and_may_be_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.voice.decode.program", lambda: "/nowhere/ffmpeg")
    heard = hear(voice_note())
    assert heard.verdict is Verdict.CANNOT_RUN
    assert heard.retry


def test_each_verdict_has_its_meaning() -> None:
    assert set(MEANINGS) == set(Verdict)
    usable = {verdict for verdict in Verdict if MEANINGS[verdict].usable}
    assert usable == {"ok", "no_speech", "too_quiet", "too_noisy", "clipped"}
