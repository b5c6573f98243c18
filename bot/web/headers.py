"""The headers that every answer carries, also early and failed ones."""

from aiohttp import web
from aiohttp.hdrs import CACHE_CONTROL
from multidict import istr

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
# Whoever records hears it back before it is sent: their own sound has an address of this kind.
CSP_FOR_RECORDING = CSP.replace("media-src 'self'", "media-src 'self' blob:")
BY_PAGE = {  # what a page may say otherwise
    istr("Content-Security-Policy"): CSP,
    istr("Permissions-Policy"): "camera=(), geolocation=(self), microphone=(self)",
}
ALWAYS = {
    istr("X-Content-Type-Options"): "nosniff",
    istr("Referrer-Policy"): "no-referrer",
    istr("Cross-Origin-Opener-Policy"): "same-origin",
    istr("Server"): "palabre",
}
STRICT = {istr("Strict-Transport-Security"): "max-age=31536000"}


def guard(app: web.Application, *, https: bool) -> None:
    """Put the headers on whatever is about to leave; a middleware would miss early answers."""
    always = ALWAYS | STRICT if https else ALWAYS

    async def add(_request: web.Request, response: web.StreamResponse) -> None:
        for name, value in always.items():
            response.headers[name] = value
        for name, value in BY_PAGE.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault(CACHE_CONTROL, "no-store")

    app.on_response_prepare.append(add)
