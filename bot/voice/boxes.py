"""Reads the tracks of an MP4, M4A, 3GP or MOV file without trusting any length it states."""

from collections.abc import Iterator
from dataclasses import dataclass

# A file of minimal boxes would otherwise keep us counting for seconds.
MOST_BOXES = 2048


@dataclass(frozen=True, slots=True)
class Track:
    """One track: `handler` is b"soun", b"vide" or another; `codec` names its format."""

    handler: bytes
    codec: bytes


Span = tuple[int, int]


def tracks(data: bytes) -> tuple[Track, ...]:
    """Return the tracks that the first `moov` box describes; empty when there is none."""
    return tuple(
        Track(_word(data, handler, 8), _word(data, formats, 12))
        for moov in _first(data, (0, len(data)), b"moov")
        for trak in _all(data, moov, b"trak")
        for media in _first(data, trak, b"mdia")
        for handler in _first(data, media, b"hdlr")
        for information in _first(data, media, b"minf")
        for table in _first(data, information, b"stbl")
        for formats in _first(data, table, b"stsd")
    )


def _word(data: bytes, span: Span, offset: int) -> bytes:
    start = span[0] + offset
    return data[start : min(start + 4, span[1])]


def _all(data: bytes, span: Span, kind: bytes) -> Iterator[Span]:
    return (body for found, body in _boxes(data, span) if found == kind)


def _first(data: bytes, span: Span, kind: bytes) -> Iterator[Span]:
    """Yield one body or none, so that a missing box simply ends the search."""
    for body in _all(data, span, kind):
        yield body
        return


def _boxes(data: bytes, span: Span) -> Iterator[tuple[bytes, Span]]:
    at, end = span
    for _ in range(MOST_BOXES):
        if at + 8 > end:
            return
        size, head = _size(data, at, end)
        if size < head:
            return
        yield data[at + 4 : at + 8], (at + head, min(at + size, end))
        at += size


def _size(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Return the sizes of the whole box and of its head; 0 means "to the end", 1 "64 bits"."""
    size = int.from_bytes(data[at : at + 4])
    if size == 0:
        return end - at, 8
    if size == 1:
        return int.from_bytes(data[at + 8 : at + 16]), 16
    return size, 8
