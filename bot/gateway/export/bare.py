"""Photos without what a phone writes into them: where and when they were taken, with which phone.

Pixels are copied, never drawn again. What is no JPEG, PNG, WebP or HEIF is left as it is.
"""

import re
from collections.abc import Iterator

from bot.gateway.export.bare_heif import is_heif, without_items

PNG = b"\x89PNG\r\n\x1a\n"
PNG_TELLS = (b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME")
WEBP_TELLS = (b"EXIF", b"XMP ")
WEBP_FLAGS = 0x08 | 0x04  # of VP8X: there is EXIF, there is XMP
SCAN, COMMENT, END = 0xDA, 0xFE, 0xD9
MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # within a scan the others are data
APPLICATION = range(0xE0, 0xF0)
DRAWS = (0xE0, 0xE2, 0xEE)  # JFIF, the colour profile, Adobe's way of colours: needed to draw


def bare(data: bytes) -> bytes:
    """Return a picture without metadata."""
    if data.startswith(b"\xff\xd8"):
        return b"\xff\xd8" + b"".join(_jpeg(data))
    if data.startswith(PNG):
        return PNG + b"".join(_png(data))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        body = b"WEBP" + b"".join(_webp(data))
        return b"RIFF" + len(body).to_bytes(4, "little") + body
    return without_items(data) if is_heif(data) else data


def _jpeg(data: bytes) -> Iterator[bytes]:
    """Yield what draws, up to the picture's end; phones put further pictures behind it."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != END:
        kind, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        after = at + 2 + size
        if kind == SCAN:
            found = MARKER.search(data, after)
            after = found.start() if found else len(data)
        if kind != COMMENT and (kind not in APPLICATION or kind in DRAWS):
            yield data[at:after]
        at = after
    yield data[at : at + 2]


def _png(data: bytes) -> Iterator[bytes]:
    at = len(PNG)
    while at + 12 <= len(data):
        size = 12 + int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] not in PNG_TELLS:
            yield data[at : at + size]
        if data[at + 4 : at + 8] == b"IEND":
            return
        at += size


def _webp(data: bytes) -> Iterator[bytes]:
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        chunk = bytearray(data[at : at + 8 + size + size % 2])
        if chunk[:4] == b"VP8X" and len(chunk) > 8:
            chunk[8] &= ~WEBP_FLAGS & 0xFF
        if bytes(chunk[:4]) not in WEBP_TELLS:
            yield bytes(chunk)
        at += len(chunk)
