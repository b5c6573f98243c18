"""What a file is, is read from its bytes; no bytes make the reading fail."""

import struct
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from voice.sounds import amr_note, m4a_note, mp3_note, video_3gp, video_note, voice_note

from bot.voice.boxes import MOST_BOXES, Track, _size, tracks
from bot.voice.frames import after_id3, is_mp3
from bot.voice.sniff import AMR_NARROW, other_kind, sniff

BEGINNINGS = [
    b"",
    b"OggS\0",
    b"\0\0\0\x18ftyp3gp4",
    b"ID3\x04\0\0\x7f\x7f\x7f\x7f",
    b"\xff\xfb\x90",
]


@given(st.sampled_from(BEGINNINGS), st.binary(max_size=300))
def test_any_bytes_can_be_sniffed(beginning: bytes, rest: bytes) -> None:
    sniff(beginning + rest)
    other_kind(beginning + rest)


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.sampled_from(
    [b"moov", b"trak", b"mdia", b"hdlr", b"stsd", b"ftyp"])), max_size=40))  # fmt: skip
def test_any_boxes_can_be_walked(boxes: list[tuple[int, bytes]]) -> None:
    tracks(b"".join(struct.pack(">I4s", size % 400, kind) for size, kind in boxes))


def test_boxes_without_end_are_given_up_soon() -> None:
    with patch("bot.voice.boxes._size", wraps=_size) as looked:
        assert tracks(b"\0\0\0\x08free" * 2_000_000) == ()
    assert looked.call_count <= MOST_BOXES


def test_the_tracks_of_a_film_are_read() -> None:
    assert tracks(video_3gp(sound=True)) == (Track(b"vide", b"s263"), Track(b"soun", b"samr"))


def test_a_film_is_told_from_a_sound() -> None:
    kinds = {note: sniff(note).kind for note in (video_note(), m4a_note())}  # type: ignore[union-attr]
    assert list(kinds.values()) == ["video", "audio"]


@pytest.mark.parametrize("note", [amr_note(), video_3gp(sound=True)], ids=["amr", "3gp"])
def test_amr_is_given_to_the_decoder_that_knows_pauses(note: bytes) -> None:
    container = sniff(note)
    assert container is not None
    assert container.decoder == AMR_NARROW


def test_the_letters_samr_within_the_sound_of_another_kind_change_nothing() -> None:
    """Only the table of tracks counts: four letters can stand anywhere by chance."""
    container = sniff(m4a_note() + b"samr")
    assert container is not None
    assert container.decoder is None


def test_one_sync_word_makes_no_mp3() -> None:
    assert is_mp3(mp3_note(), after_id3(mp3_note()))
    assert not is_mp3(b"\xff\xfb\x90\x64" + bytes(500))


def test_a_voice_note_is_no_picture() -> None:
    assert other_kind(voice_note()) is None


@pytest.mark.parametrize(
    ("magic", "kind"),
    [
        (b"\xff\xd8\xff\xe1", "picture"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "picture"),
        (b"GIF89a", "picture"),
        (b"%PDF-1.4", "document"),
        (b"PK\x03\x04", "document"),
    ],
)
def test_pictures_and_documents_are_recognised(magic: bytes, kind: str) -> None:
    assert other_kind(magic) == kind
    assert sniff(magic) is None
