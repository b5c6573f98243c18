"""The headers that every answer carries, also early and failed ones."""

from aiohttp import web

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
# Whoever records hears it back before it is sent: their own sound has an address of this kind.
CSP_FOR_RECORDING = CSP.replace("media-src 'self'", "media-src 'self' blob:")
BY_PAGE = ("Content-Security-Policy", "Permissions-Policy")  # what a page may say otherwise
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
    always = ALWAYS | strict

    async def add(_request: web.Request, response: web.StreamResponse) -> None:
        own = {name: response.headers[name] for name in BY_PAGE if name in response.headers}
        response.headers.update(always | own)
        response.headers.setdefault("Cache-Control", "no-store")

    app.on_response_prepare.append(add)
