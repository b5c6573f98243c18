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


def box(kind: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def heif(told: bytes, *, in_meta: bool) -> bytes:
    """A picture of two items: what is seen, and what tells of it (in `meta` itself, or behind)."""
    seen = b"what is seen"
    names = [box(b"infe", b"\2\0\0\0" + bytes([0, number, 0, 0]) + kind + b"\0")
             for number, kind in ((1, b"hvc1"), (2, b"Exif"))]  # fmt: skip
    iinf = box(b"iinf", b"\0\0\0\0\0\2" + b"".join(names))
    idat = box(b"idat", told if in_meta else b"")

    def places(mdat: int) -> bytes:
        rows = b""
        for number, method, at, size in (
            (1, 0, mdat, len(seen)),
            (2, int(in_meta), 0 if in_meta else mdat + len(seen), len(told)),
        ):
            rows += bytes([0, number, 0, method, 0, 0, 0, 1])
            rows += at.to_bytes(4, "big") + size.to_bytes(4, "big")
        return box(b"iloc", b"\1\0\0\0\x44\0\0\2" + rows)

    start = box(b"ftyp", b"heic\0\0\0\0mif1")
    length = len(start) + len(box(b"meta", b"\0\0\0\0" + iinf + places(0) + idat))
    meta = box(b"meta", b"\0\0\0\0" + iinf + places(length + 8) + idat)
    return start + meta + box(b"mdat", seen + (b"" if in_meta else told))


@pytest.mark.parametrize("in_meta", [True, False])
def test_a_picture_of_a_phones_own_kind_tells_nothing_either(in_meta: bool) -> None:
    taken = heif(SECRET, in_meta=in_meta)
    assert bare(taken) == heif(bytes(len(SECRET)), in_meta=in_meta)


@given(st.data(), st.booleans())
def test_a_damaged_one_never_stops_the_pack(data: st.DataObject, in_meta: bool) -> None:
    photo = bytearray(heif(SECRET, in_meta=in_meta))
    for _ in range(3):
        photo[data.draw(st.integers(8, len(photo) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(photo[: data.draw(st.integers(0, len(photo)))])
    assert len(bare(cut)) == len(cut)


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
