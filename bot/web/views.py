"""How pages are drawn: templates, in the language of who looks."""

import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp_jinja2
import jinja2
from aiohttp import web

from bot.language import LANGUAGES, _, current, ngettext, use
from bot.web import statics
from bot.web.languages import NAMES, language_of
from bot.web.needs import DOOR

TEMPLATES = Path(__file__).parent / "templates"


def set_up(app: web.Application) -> None:
    """Give the application its templates."""
    env = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    extension: Any = env
    extension.install_gettext_callables(_, ngettext, newstyle=True)
    env.globals |= {"static": statics.address, "language": current.get}


@web.middleware
async def speak(request: web.Request, handler: Any) -> web.StreamResponse:
    """Choose the language before anything is said."""
    if not request.path.startswith("/hooks/"):  # nobody reads there, and they must be quick
        use(language_of(request, request.app[DOOR].consultation().source))
    answer: web.StreamResponse = await handler(request)
    return answer


KEPT = "public, max-age=300"  # what is the same for everybody, and seldom changes


def page(
    request: web.Request, template: str, context: Mapping[str, Any], *, status: int = 200
) -> web.Response:
    """Draw a whole page."""
    text = fragment(request, template, dict(context) | {"languages": _switch(request)})
    headers = {"Vary": "Accept-Language", "Content-Language": current.get()}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)


def public_page(request: web.Request, template: str, context: Mapping[str, Any]) -> web.Response:
    """Draw a page that is the same for everybody: a cache may keep it for a while."""
    return kept(request, page(request, template, context))


def kept(request: web.Request, answer: web.Response) -> web.Response:
    """Let an answer be kept; who has it already gets it no second time."""
    answer.headers["Cache-Control"] = KEPT
    if answer.status != HTTPStatus.OK:  # a part of a file
        return answer
    body = answer.body if isinstance(answer.body, bytes) else b""
    mark = hashlib.sha256(body).hexdigest()[:20]
    known = request.if_none_match or ()
    if any(one.value in (mark, "*") for one in known):
        answer = web.Response(status=304, headers={"Vary": answer.headers.get("Vary", "")})
        answer.headers["Cache-Control"] = KEPT
    answer.etag = mark
    return answer


def fragment(request: web.Request, template: str, context: Mapping[str, Any]) -> str:
    """Draw a part of a page."""
    return aiohttp_jinja2.render_string(template, request, context)


def _switch(request: web.Request) -> list[tuple[str, str, str]]:
    """List the languages: code, its own name, and this page's address in it."""
    return [(code, NAMES[code], _in_language(request, code)) for code in LANGUAGES]


def _in_language(request: web.Request, code: str) -> str:
    """Return a link of the query alone: a path from outside could name another host."""
    return "?" + urlencode(dict(request.query) | {"lang": code})
