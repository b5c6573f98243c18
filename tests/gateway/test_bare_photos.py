"""A photo in the drafting pack does not say where, when or with what it was taken."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway.export.bare import PNG, bare

SECRET = b"GPS 14.7N 17.4W"


def segment(kind: int, body: bytes) -> bytes:
    return bytes([0xFF, kind]) + (len(body) + 2).to_bytes(2, "big") + body


def chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body).to_bytes(4, "big")
    return len(body).to_bytes(4, "big") + kind + body + check


def part(kind: bytes, body: bytes) -> bytes:
    return kind + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)


def webp(*parts: bytes) -> bytes:
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


JFIF, TABLE = segment(0xE0, b"JFIF\0"), segment(0xDB, b"table")
SCAN = segment(0xDA, b"head") + b"pixels \xff\x00, \xff\xd0 and more" + TABLE + b"\xff\xd9"
HEAD, PIXELS, END = chunk(b"IHDR", b"head"), chunk(b"IDAT", b"pixels"), chunk(b"IEND", b"")
PHOTOS = {
    "jpeg": (
        b"\xff\xd8" + JFIF + segment(0xE1, b"Exif\0\0" + SECRET) + segment(0xFE, SECRET) + TABLE
        + SCAN + b"\xff\xd8" + segment(0xE1, SECRET) + b"\xff\xd9",
        b"\xff\xd8" + JFIF + TABLE + SCAN,
    ),
    "png": (
        PNG + HEAD + chunk(b"eXIf", SECRET) + PIXELS + chunk(b"tEXt", SECRET) + END + SECRET,
        PNG + HEAD + PIXELS + END,
    ),
    "webp": (
        webp(part(b"VP8X", b"\x2c" + b"\0" * 9), part(b"VP8 ", b"pixels!"), part(b"EXIF", SECRET),
             part(b"XMP ", SECRET)),
        webp(part(b"VP8X", b"\x20" + b"\0" * 9), part(b"VP8 ", b"pixels!")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", PHOTOS)
def test_what_draws_stays_and_what_tells_goes(kind: str) -> None:
    taken, given_out = PHOTOS[kind]
    assert bare(taken) == given_out
    assert bare(given_out) == given_out


@given(st.sampled_from([photo for photo, _ in PHOTOS.values()]), st.data())
def test_a_damaged_photo_never_stops_the_pack(photo: bytes, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(photo)))
    assert len(bare(photo[:cut])) <= len(photo) + 12


def test_other_documents_are_left_as_they_are() -> None:
    assert bare(b"%PDF-1.7 " + SECRET) == b"%PDF-1.7 " + SECRET
    assert bare(b"") == b""
