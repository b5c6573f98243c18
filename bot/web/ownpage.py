"""Whether a browser sends something from a page of ours, or was made to by another site's."""

from urllib.parse import urlsplit

from aiohttp import web

from bot.web.needs import DOOR

OWN = ("same-origin",)


def insist_on_own_page(request: web.Request, *, forms: bool = False) -> None:
    """Refuse what another site makes a browser send here. Raises HTTPForbidden.

    `forms`: a form may send it, too, which names no origin, since our pages ask for no referrer.
    """
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin", "")
    if forms and origin == "null":
        origin = ""
    ours = {request.host, urlsplit(request.app[DOOR].public_url).netloc} - {""}
    if site not in OWN or (origin and origin.partition("://")[2] not in ours):
        raise web.HTTPForbidden
