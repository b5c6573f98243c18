"""Answer with bytes that are in memory, whole or the part that a player asks for."""

from aiohttp import web

SAFE_TYPES = ("audio/", "video/", "image/jpeg", "image/png", "image/webp", "application/pdf")


def answer_bytes(request: web.Request, data: bytes, mime: str, *, name: str = "") -> web.Response:
    """Return 200, 206 for one range, or 416. What is no picture, sound or PDF is downloaded."""
    headers = {"Accept-Ranges": "bytes"}
    safe = mime.startswith(SAFE_TYPES)
    if name or not safe:
        how = "inline" if safe else "attachment"
        headers["Content-Disposition"] = f'{how}; filename="{_plain(name) or "file"}"'
    mime = mime if safe else "application/octet-stream"
    part = wanted(request, len(data))
    if part is None:
        return web.Response(body=data, content_type=_bare(mime), headers=headers)
    headers["Content-Range"] = f"bytes {_shown(part)}/{len(data)}"
    if not part:
        return web.Response(status=416, headers=headers)
    body = data[part.start : part.stop]
    return web.Response(status=206, body=body, content_type=_bare(mime), headers=headers)


def wanted(request: web.Request, size: int) -> range | None:
    """Return the bytes that are asked for; None: all; empty: none that there are."""
    try:
        asked = request.http_range
    except ValueError:  # several ranges, or nonsense: the whole is a correct answer
        return None
    if asked.start is None and asked.stop is None:
        return None
    first = asked.start or 0
    if first < 0:
        first = max(0, size + first)
    last = size if asked.stop is None else min(asked.stop, size)
    return range(first, last)


def _shown(part: range) -> str:
    return f"{part.start}-{part.stop - 1}" if part else "*"


def _bare(mime: str) -> str:
    """Leave parameters out: "audio/ogg; codecs=opus" is "audio/ogg"."""
    return mime.partition(";")[0].strip()


def _plain(name: str) -> str:
    return "".join(sign for sign in name if sign.isascii() and (sign.isalnum() or sign in "._- "))
