"""HEIF and AVIF pictures (a phone's own way) without what it wrote into them.

Such a file is a tree of boxes. A list names the items in it; what tells of the picture (Exif, XMP)
is an item of its own, and another list says where its bytes lie: these are made zeros.
"""

from collections.abc import Iterator
from dataclasses import dataclass

BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
TELLS = (b"Exif", b"mime", b"uri ")


def is_heif(data: bytes) -> bool:
    """Say whether this begins as such a picture."""
    return data[4:8] == b"ftyp" and any(brand in data[8:64] for brand in BRANDS)


def without_items(data: bytes) -> bytes:
    """Return the picture with the items that tell of it made zeros; a broken one as it is."""
    out = bytearray(data)
    try:
        for start, end in _telling(data):
            out[start:end] = bytes(max(0, min(end, len(out)) - start))
    except (IndexError, ValueError):
        return data
    return bytes(out)


@dataclass
class _Reader:
    """Numbers, one after the other."""

    data: bytes
    at: int

    def number(self, size: int) -> int:
        if self.at + size > len(self.data):
            raise IndexError
        self.at += size
        return int.from_bytes(self.data[self.at - size : self.at], "big")


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, beginning and end of what each box holds."""
    while at + 8 <= end:
        size, head = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        after = end if size == 0 else at + size
        if after < at + head or after > end:
            return
        yield data[at + 4 : at + 8], at + head, after
        at = after


def _telling(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the bytes lie that tell of the picture."""
    for kind, start, end in _boxes(data, 0, len(data)):
        if kind == b"meta":
            found = {name: (at, after) for name, at, after in _boxes(data, start + 4, end)}
            if b"iinf" in found and b"iloc" in found:
                telling = set(_named(data, *found[b"iinf"]))
                inside = found.get(b"idat", (0, 0))[0]
                for item, at, length in _places(data, found[b"iloc"][0], inside):
                    if item in telling:
                        yield at, at + length
        elif kind in (b"uuid", b"udta"):
            yield start, end


def _named(data: bytes, start: int, end: int) -> Iterator[int]:
    """Yield the numbers of the items that tell."""
    read = _Reader(data, start)
    version = read.number(4) >> 24
    read.number(4 if version else 2)
    for kind, at, _after in _boxes(data, read.at, end):
        entry = _Reader(data, at)
        version = entry.number(4) >> 24
        item = entry.number(4 if version > 2 else 2)
        entry.number(2)
        if kind == b"infe" and data[entry.at : entry.at + 4] in TELLS:
            yield item


def _places(data: bytes, start: int, inside: int) -> Iterator[tuple[int, int, int]]:
    """Yield item, beginning and length of each piece."""
    read = _Reader(data, start)
    version = read.number(4) >> 24
    sizes = read.number(2)
    offset, length, base, index = (sizes >> 12 & 15, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15)
    for _ in range(read.number(4 if version > 1 else 2)):
        item = read.number(4 if version > 1 else 2)
        method = read.number(2) & 15 if version else 0
        read.number(2)
        begins = read.number(base) + (inside if method == 1 else 0)
        pieces = read.number(2)
        for _ in range(pieces if offset or length else 0):
            if version and index:
                read.number(index)
            at = begins + read.number(offset)
            yield item, at, read.number(length)
