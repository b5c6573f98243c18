"""Recordings for tests, made when they are asked for and kept for the process.

The good ones are spoken by a small speech engine and written by the bundled FFmpeg, the bad ones
are put together by hand. Other tests use
`voice_note()` and its like: `from voice.sounds import voice_note`.
"""

import atexit
import shutil
import struct
import subprocess
import tempfile
import wave
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import imageio_ffmpeg
import py_nanotts

AMR_FRAME = 0.02
_OPUS_DTX_SECONDS = 0.12
_NO_DATA = b"\x7c"
_SILENCE_DESCRIPTOR = b"\x44" + bytes(5)


@cache
def made(name: str, *arguments: str) -> bytes:
    """Return the file `name` as FFmpeg makes it from `arguments`."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        subprocess.run(
            (imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *arguments, path),
            check=True,
            capture_output=True,
        )
        return path.read_bytes()


WORDS = "Au marché du quartier, l'eau manque depuis trois semaines, et personne ne nous a répondu."


@cache
def wav_of(words: str, voice: str = "fr-FR") -> Path:
    """Return a WAV file of these words, spoken by a machine; it stays while the tests run."""
    folder = Path(tempfile.mkdtemp(prefix="spoken-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "spoken.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(py_nanotts.NanoTTS().speak(words, voice=voice))
    return path


def speech(seconds: float = 2, words: str = WORDS, voice: str = "fr-FR") -> tuple[str, ...]:
    """Return the FFmpeg input of somebody speaking, again and again, for so long."""
    return ("-stream_loop", "-1", "-t", str(seconds), "-i", str(wav_of(words, voice)))


def sine(seconds: float = 2, hertz: int = 440) -> tuple[str, ...]:
    """Return the FFmpeg input of a plain tone at −18 dBFS or so."""
    return ("-f", "lavfi", "-i", f"sine=f={hertz}:d={seconds}")


def silence(seconds: float = 2) -> tuple[str, ...]:
    """Return the FFmpeg input of digital silence."""
    return ("-f", "lavfi", "-i", f"anullsrc=r=48000:cl=mono:d={seconds}")


def noise(seconds: float = 2, amplitude: float = 0.1) -> tuple[str, ...]:
    """Return the FFmpeg input of pink noise."""
    return ("-f", "lavfi", "-i", f"anoisesrc=d={seconds}:c=pink:a={amplitude}:seed=1")


def film(seconds: float = 2) -> tuple[str, ...]:
    """Return the FFmpeg input of a small moving picture."""
    return ("-f", "lavfi", "-i", f"testsrc=s=176x144:r=10:d={seconds}")


OPUS = ("-c:a", "libopus", "-b:a", "24k", "-application", "voip", "-ar", "48000", "-ac", "1")
AMR = ("-c:a", "libopencore_amrnb", "-ar", "8000", "-ac", "1", "-b:a", "12.2k")
PRIVATE = ("-metadata", "title=Rue du Marché 7", "-metadata", "location=+12.3700-001.5200/")


def voice_note(seconds: float = 2) -> bytes:
    """Return an OGG/Opus file as Telegram and WhatsApp send a voice note."""
    return made("note.ogg", *speech(seconds), *OPUS)


def amr_note(seconds: float = 2) -> bytes:
    """Return an AMR-NB file as a multimedia message brings it."""
    return made("note.amr", *speech(seconds), *AMR)


def m4a_note(seconds: float = 2) -> bytes:
    """Return an AAC file as a telephone's recorder writes it, with a title and a place in it."""
    return made("note.m4a", *speech(seconds), "-c:a", "aac", *PRIVATE)


def mp3_note(seconds: float = 2) -> bytes:
    """Return an MP3 file with a title in it."""
    return made("note.mp3", *speech(seconds), "-c:a", "libmp3lame", *PRIVATE)


def wav_note(seconds: float = 2, codec: str = "pcm_s16le") -> bytes:
    """Return an uncompressed file."""
    return made("note.wav", *speech(seconds), "-c:a", codec)


def webm_note(seconds: float = 2) -> bytes:
    """Return what a browser's recorder makes."""
    return made("note.webm", *speech(seconds), *OPUS)


def video_note(seconds: float = 2) -> bytes:
    """Return a short film with sound, as Telegram's round video messages are."""
    codecs = ("-c:v", "libx264", "-c:a", "aac")
    return made("note.mp4", *film(seconds), *speech(seconds), *codecs)


def video_3gp(*, sound: bool, seconds: float = 2) -> bytes:
    """Return an old telephone's film: H.263, with AMR sound or none."""
    if not sound:
        return made("film.3gp", *film(seconds), "-c:v", "h263")
    return made("film.3gp", *film(seconds), *speech(seconds), "-c:v", "h263", *AMR)


# By hand: files that no honest recorder writes.


@cache
def opus_of_nothing(seconds: float) -> bytes:
    """Return a small OGG/Opus file of two-byte packets that unfolds into `seconds` of silence."""
    packet = bytes([31 << 3 | 3, 6])  # six empty frames of 20 ms
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48000, 0, 0)
    tags = b"OpusTags" + struct.pack("<II", 0, 0)
    pages = [ogg_page([head], 0, 0, first=True), ogg_page([tags], 0, 1)]
    packets = round(seconds / _OPUS_DTX_SECONDS)
    for number, start in enumerate(range(0, packets, 255), 2):
        count = min(255, packets - start)
        pages.append(ogg_page([packet] * count, (start + count) * 5760, number))
    return b"".join(pages)


def ogg_page(packets: list[bytes], granule: int, number: int, *, first: bool = False) -> bytes:
    """Return one OGG page of packets below 255 bytes, with its checksum."""
    head = struct.pack("<4sBBqIII", b"OggS", 0, 2 * first, granule, 7, number, 0)
    lacing = bytes([len(packets), *map(len, packets)])
    return with_checksum(head + lacing + b"".join(packets))


def with_checksum(page: bytes) -> bytes:
    """Return the OGG page with the checksum that it ought to have."""
    crc, table = 0, _crc_table()
    for byte in page[:22] + bytes(4) + page[26:]:
        crc = (crc << 8 & 0xFFFFFFFF) ^ table[crc >> 24 ^ byte]
    return page[:22] + struct.pack("<I", crc) + page[26:]


@cache
def _crc_table() -> tuple[int, ...]:
    def entry(value: int) -> int:
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 * (value >> 31)) & 0xFFFFFFFF
        return value

    return tuple(entry(index << 24) for index in range(256))


def lying_note(seconds: float = 2, claimed: float = 8_640_000) -> bytes:
    """Return a voice note whose last page claims that it lasts a hundred days."""
    note = voice_note(seconds)
    last = note.rindex(b"OggS")
    page = note[last:]
    granule = struct.pack("<q", int(claimed * 48000))
    return note[:last] + with_checksum(page[:6] + granule + page[14:])


def amr_of_nothing(seconds: float) -> bytes:
    """Return an AMR file of one-byte frames without data."""
    return b"#!AMR\n" + _NO_DATA * round(seconds / AMR_FRAME)


def amr_with_pauses(spoken: float = 1, pause: float = 2) -> bytes:
    """Return speech, a pause of comfort-noise frames as telephones send it, and speech again."""
    speech = amr_note(spoken)[6:]
    rounds = round(pause / AMR_FRAME / 8)
    return b"#!AMR\n" + speech + (_SILENCE_DESCRIPTOR + _NO_DATA * 7) * rounds + speech


def polyglot(note: bytes, secret: bytes) -> bytes:
    """Return a recording that is a zip archive as well."""
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("secret.txt", secret)
    return note + archive.getvalue()


def playlist(address: str) -> bytes:
    """Return an HLS playlist that wants to be fetched from `address`."""
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{address}\n#EXT-X-ENDLIST\n".encode()


def concat_of(path: Path) -> bytes:
    """Return a text that makes FFmpeg play another file of the machine."""
    return f"ffconcat version 1.0\nfile '{path}'\n".encode()


def slow_wav(seconds: int = 3600) -> bytes:
    """Return a WAV of one sample a second, which unfolds when it is resampled."""
    data = bytes(2 * seconds)
    form = struct.pack("<HHIIHH", 1, 1, 1, 2, 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data))
    return b"RIFF" + struct.pack("<I", len(body) + len(data)) + body + data


def silent_mp3(seconds: int) -> bytes:
    """Return an ordinary MP3 of silence, a kilobyte a second."""
    one = ("-c:a", "libmp3lame", "-b:a", "8k", "-ar", "16000", "-write_xing", "0",
           "-id3v2_version", "0", "-f", "mp3")  # fmt: skip
    return made("one.mp3", *silence(1), *one) * seconds


def wav_that_claims(size: int) -> bytes:
    """Return a spoken WAV of two seconds whose header claims another size, bytes."""
    note = bytearray(wav_note())
    at = note.index(b"data") + 4
    note[4:8] = note[at : at + 4] = struct.pack("<I", size)
    return bytes(note)


def endless_boxes(size: int) -> bytes:
    """Return an MP4 of `size` bytes that is nothing but empty boxes."""
    return b"\0\0\0\x08ftyp" + b"\0\0\0\x08free" * (size // 8 - 1)
