"""Pages for what goes wrong: in the visitor's language, and saying nothing of the inside."""

import logging
from typing import Any

from aiohttp import web

from bot.language import _
from bot.store.database import DatabaseAway
from bot.web.views import page

log = logging.getLogger(__name__)


@web.middleware
async def explain_failures(request: web.Request, handler: Any) -> web.StreamResponse:
    """Turn errors into pages; a provider gets the number alone."""
    try:
        answer: web.StreamResponse = await handler(request)
    except web.HTTPRedirection:
        raise
    except web.HTTPException as error:
        return _failed(request, error.status, allow=error.headers.get("Allow", ""))
    except DatabaseAway:
        answer = _failed(request, 503)
        answer.headers["Retry-After"] = "5"
        return answer
    except ConnectionError:
        raise  # whoever asked has gone
    except Exception:
        log.exception("a page failed: %s", request.method)
        return _failed(request, 500)
    return answer


def _failed(request: web.Request, status: int, *, allow: str = "") -> web.Response:
    headers = {"Allow": allow} if allow else {}
    if request.path.startswith("/hooks/"):
        return web.Response(status=status, headers=headers)
    title, words = _words(status)
    answer = page(request, "failure.html", {"title": title, "words": words}, status=status)
    answer.headers.update(headers)
    return answer


def _words(status: int) -> tuple[str, str]:
    """Return a title and a sentence with what one can do."""
    match status:
        case 404:
            return _("There is nothing here"), _("Check the address, or begin at the first page.")
        case 410:
            return _("This link has expired"), _("Ask for a new one where you found it.")
        case 413:
            return _("This is too large"), _("Send something smaller.")
        case 500:
            return _("Something broke here"), _("It was not you. Please try again in a moment.")
        case 503:
            return _("Back in a moment"), _("It was not you. Please try again in a moment.")
        case _:
            return _("This does not work"), _("Go back to the first page and try another way.")
