"""The few files that pages refer to: held in memory, named with what they hold, kept for a year."""

import functools
import hashlib
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "static"
MIMES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@functools.cache
def _read(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


@functools.cache
def _names() -> frozenset[str]:
    return frozenset(file.name for file in FOLDER.iterdir() if file.suffix in MIMES)


@functools.cache
def address(name: str) -> str:
    """Return the path of a file; it changes when the file does."""
    return f"/static/{name}?v={hashlib.sha256(_read(name)).hexdigest()[:12]}"


async def static(request: web.Request) -> web.Response:
    """Answer with one of the files."""
    return _answer(request.match_info["name"])


async def favicon(_request: web.Request) -> web.Response:
    """Answer those who ask for the icon without having read the page."""
    return _answer("tree.svg")


def _answer(name: str) -> web.Response:
    if name not in _names():
        raise web.HTTPNotFound
    mime = MIMES[Path(name).suffix]
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    return web.Response(body=_read(name), content_type=mime, charset="utf-8", headers=kept)
