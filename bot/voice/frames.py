"""Recognises bare MP3 and AAC streams by two frames in a row, since one sync word proves little."""

from collections.abc import Callable

_KBITS_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
# By the two version bits of the header: MPEG 2.5, reserved, MPEG 2, MPEG 1.
_HERTZ = ((11025, 12000, 8000), (), (22050, 24000, 16000), (44100, 48000, 32000))
_MPEG_1 = 3
_LAYER_3 = 1


def is_mp3(data: bytes, at: int = 0) -> bool:
    """Tell whether two MPEG layer III frames follow each other from `at`, or one ends the file."""
    return _chain(data, at, mp3_frame_bytes(data[at : at + 4]), mp3_frame_bytes)


def is_aac(data: bytes, at: int = 0) -> bool:
    """Tell whether two ADTS frames follow each other from `at`, or one ends the file."""
    return _chain(data, at, aac_frame_bytes(data[at : at + 6]), aac_frame_bytes)


def after_id3(data: bytes) -> int:
    """Return where the sound begins behind a leading ID3v2 tag; 0 without one."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def mp3_frame_bytes(head: bytes) -> int:
    """Return the length that this frame header states, 0 when it is none."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rate, hertz = head[2] >> 4, head[2] >> 2 & 3
    if layer != _LAYER_3 or rate in (0, 15) or hertz >= len(_HERTZ[version]):
        return 0
    kbits, samples = (_KBITS_V1, 144) if version == _MPEG_1 else (_KBITS_V2, 72)
    return samples * 1000 * kbits[rate] // _HERTZ[version][hertz] + (head[2] >> 1 & 1)


def aac_frame_bytes(head: bytes) -> int:
    """Return the length that this ADTS header states, 0 when it is none."""
    if len(head) < 6 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return 0
    size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return size if size > 7 else 0


def _chain(data: bytes, at: int, size: int, measure: Callable[[bytes], int]) -> bool:
    following = at + size
    if not size or following > len(data):
        return False
    return following == len(data) or measure(data[following : following + 6]) > 0
