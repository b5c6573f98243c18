"""The headers that every answer carries, also early and failed ones."""

from aiohttp import web
from multidict import CIMultiDict

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
ALWAYS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Server": "palabre",
}


def guard(app: web.Application, *, https: bool) -> None:
    """Put the headers on whatever is about to leave; a middleware would miss early answers."""
    strict = {"Strict-Transport-Security": "max-age=31536000"} if https else {}
    always = CIMultiDict(ALWAYS | strict)

    async def add(_request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(always)
        response.headers.setdefault("Cache-Control", "no-store")

    app.on_response_prepare.append(add)
