"""Published documents and audio sessions: a light page for any old phone, the PDF, the audio."""

import nh3
from aiohttp import web
from markdown_it import MarkdownIt
from markupsafe import Markup

from bot.dialogue.flow import Document
from bot.gateway.files import MEDIA
from bot.language import current
from bot.web.bytesout import answer_bytes
from bot.web.needs import DOOR
from bot.web.views import kept, public_page

KINDS = {"pdf": "pdf", "mp3": "audio", "ogg": "audio", "m4a": "audio"}
MIMES = {"pdf": "application/pdf", "mp3": "audio/mpeg", "ogg": "audio/ogg", "m4a": "audio/mp4"}
TAGS = {"h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "blockquote", "em", "strong", "a", "hr",
        "br", "code", "pre", "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")


def to_html(text: str) -> Markup:
    """Return Markdown as HTML that holds nothing but text, tables and links."""
    html = nh3.clean(_markdown.render(text), tags=TAGS, attributes={"a": {"href"}},
                     url_schemes={"http", "https", "mailto"}, link_rel="noopener")  # fmt: skip
    return Markup(html)  # noqa: S704 - cleaned the line before


async def document(request: web.Request) -> web.StreamResponse:
    """Show a document in the visitor's language."""
    found = await _find(request)
    text = await _text(request, found)
    return public_page(
        request,
        "document.html",
        {
            "title": found.title,
            "body": to_html(text) if text else "",
            "pdf": _address(found, "pdf"),
            "sound": _address(found, "audio"),
        },
    )


async def document_file(request: web.Request) -> web.Response:
    """Answer with a document's PDF or audio."""
    ending = request.match_info["ending"]
    found = await _find(request)
    key = found.files.get(KINDS[ending], "")
    if not key.endswith(f".{ending}"):
        raise web.HTTPNotFound
    data = await _open(request, key)
    name = f"{found.code}.{ending}" if key.startswith(MEDIA) else key.rpartition("/")[2]
    response = answer_bytes(request, data, MIMES[ending], name=name)
    return kept(request, response)


async def _find(request: web.Request) -> Document:
    door, code = request.app[DOOR], request.match_info["code"]
    found = door.document(code, current.get()) or await door.audio_session(code)
    if found is None:
        raise web.HTTPNotFound
    return found


def _address(found: Document, kind: str) -> str:
    key = found.files.get(kind, "")
    return f"/d/{found.code}.{key.rpartition('.')[2]}" if key else ""


async def _text(request: web.Request, found: Document) -> str:
    key = found.files.get("page", "")
    if not key:
        return ""
    data = await _open(request, key)
    return data.decode("utf-8")


async def _open(request: web.Request, key: str) -> bytes:
    try:
        return await request.app[DOOR].files.open(key)
    except KeyError:
        raise web.HTTPNotFound from None
