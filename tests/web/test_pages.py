"""What visitors see: light pages, in their language, from this house alone."""

import asyncio
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from doors import DOCUMENTS, PAPER, DictFiles, Knock, a_door

from bot.store.database import DatabaseAway
from bot.web.documents import to_html
from bot.web.headers import ALWAYS, BY_PAGE
from bot.web.languages import preferred

LIGHT = 50 * 1024  # bytes: an old phone on a slow network still loads that
LOADING = ("img", "script", "link", "audio", "source", "iframe", "object", "embed")
ADDRESSES = ["/", "/j/greniers", "/d/paper", "/nowhere", "/j/nobody", "/m/forged", "/health",
             "/ready", "/hooks/telegram", "/static/palabre.css", "/d/paper.pdf"]  # fmt: skip


def tags_of(text: str) -> list[tuple[str, str, str]]:
    """Return all (tag, attribute, value) of a page; ("tag", "", "") for a tag without any."""
    found: list[tuple[str, str, str]] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend((tag, name, value or "") for name, value in attrs or [("", "")])

    Parser().feed(text)
    return found


async def weight(client: TestClient[Any, Any], address: str) -> int:
    """Load a page with all that it refers to; return the bytes."""
    text = await (await client.get(address)).text()
    parts = re.findall(r'(?:href|src)="(/static/[^"]+)"', text)
    return len(text.encode()) + sum([len(await (await client.get(x)).read()) for x in parts])


@pytest.mark.parametrize("address", ADDRESSES)
async def test_every_answer_is_guarded(knock: Knock, address: str) -> None:
    """Each answer carries the headers, also one that failed."""
    client = await knock()
    answer = await client.get(address)
    for name, value in (ALWAYS | BY_PAGE).items():
        assert answer.headers[name] == value


async def test_a_page_that_needs_the_database_says_to_come_again_while_it_is_away(
    knock: Knock,
) -> None:
    async def away(_code: str) -> None:
        raise DatabaseAway

    client = await knock(audio_session=away)
    answer = await client.get("/d/s-12?lang=en")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert "Please try again in a moment" in await answer.text()


async def test_too_large_a_call_is_guarded_too(knock: Knock) -> None:
    """An answer that is given before the call has come in is guarded as well."""
    client = await knock()
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(b"POST /hooks/telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    assert head.startswith(b"HTTP/1.1 413 ")
    assert b"X-Content-Type-Options: nosniff" in head


async def test_https_is_insisted_on_where_it_is_spoken(knock: Knock) -> None:
    """A public address makes browsers come by https only; a laptop's does not."""
    public = await knock(public_url="https://palabre.example")
    laptop = await knock(public_url="http://127.0.0.1:8080")
    assert "Strict-Transport-Security" in (await public.get("/")).headers
    assert "Strict-Transport-Security" not in (await laptop.get("/")).headers


@pytest.mark.parametrize("address", ["/", "/j/greniers", "/d/paper", "/nowhere"])
@pytest.mark.parametrize("language", ["fr", "en", "es"])
async def test_pages_come_from_this_house_alone(knock: Knock, address: str, language: str) -> None:
    """No page loads anything from elsewhere, nor holds script or style of its own."""
    client = await knock()
    text = await (await client.get(address, params={"lang": language})).text()
    tags = tags_of(text)
    loaded = [value for tag, name, value in tags if tag in LOADING and name in ("src", "href")]
    assert loaded
    assert all(one.startswith(("/", "data:image/svg")) for one in loaded)
    assert not [one for one in tags if one[0] == "style" or one[1].startswith(("style", "on"))]


@pytest.mark.parametrize("address", ["/", "/j/greniers", "/d/paper"])
async def test_pages_are_light(knock: Knock, address: str) -> None:
    """A page with its style and pictures stays under 50 KB and needs no script."""
    client = await knock()
    assert await weight(client, address) < LIGHT
    assert "<script" not in await (await client.get(address)).text()


ASKED = {
    "": "",
    "es": "es",
    "de-DE,de;q=0.9": "",
    "fr-CA,fr;q=0.9,en;q=0.8": "fr",
    "en;q=0.4, es-MX;q=0.7": "es",
    "en;q=0": "",
    "de, *;q=0.5": "",
    "fr;q=nonsense,en": "en",
}


@pytest.mark.parametrize("header", ASKED)
def test_a_browser_says_which_language_it_likes(header: str) -> None:
    """The language liked best among ours is taken."""
    assert preferred(header) == ASKED[header]


async def test_the_link_says_more_than_the_browser(knock: Knock) -> None:
    """A page speaks as its link says, else as the browser asks, else as the consultation."""
    client = await knock()
    spanish = {"Accept-Language": "es"}

    async def spoken(address: str, headers: dict[str, str]) -> str:
        answer = await client.get(address, headers=headers)
        return re.findall(r'<html lang="(\w+)"', await answer.text())[0]

    assert await spoken("/", spanish) == "es"
    assert await spoken("/?lang=en", spanish) == "en"
    assert await spoken("/?lang=xx", spanish) == "es"
    assert await spoken("/", {}) == "fr"


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "Il n&#39;y a rien ici"), ("en", "There is nothing here"), ("es", "Aquí no hay nada")],
)
async def test_a_wrong_address_is_answered_in_the_visitors_language(
    knock: Knock, language: str, words: str
) -> None:
    """Who goes astray is told so in their own language."""
    client = await knock()
    answer = await client.get("/no/such/page", headers={"Accept-Language": language})
    assert answer.status == 404
    assert words in await answer.text()


async def test_a_wrong_address_cannot_lead_elsewhere(knock: Knock) -> None:
    """The languages' links of a page never take over a path from outside."""
    client = await knock()
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(b"GET //elsewhere.example/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    assert b" 404 " in answer
    assert b"elsewhere.example" not in answer


async def test_what_breaks_tells_nothing_of_the_inside(knock: Knock) -> None:
    """A fault of ours is a page that is sorry, without a trace of what broke."""

    def broken(code: str, language: str) -> None:
        raise RuntimeError("the secret inside")

    client = await knock(document=broken)
    answer = await client.get("/d/paper?lang=en")
    text = await answer.text()
    assert answer.status == 500
    assert "It was not you" in text
    assert "secret" not in text


async def test_joining_shows_a_link_and_a_code_for_each_channel(knock: Knock) -> None:
    """A network's page names it, and leads to each channel with the network's code."""
    client = await knock()
    text = await (await client.get("/j/greniers?lang=fr")).text()
    assert "Les Greniers" in text
    assert 'href="https://t.me/palabre_bot?start=greniers"' in text
    assert 'href="https://wa.me/33700000001?text=greniers"' in text
    assert 'href="sms:+33700000002?body=greniers"' in text
    assert "Ou écrivez greniers au +33 7 00 00 00 02" in text.replace("\u00a0", " ")
    assert text.count("data:image/svg+xml") == 3
    assert (await client.get("/j/nobody")).status == 404


async def test_a_document_is_shown_with_its_files(knock: Knock) -> None:
    """A document shows its text, its PDF and its audio, in the language that is asked for."""
    client = await knock()
    text = await (await client.get("/d/paper?lang=fr")).text()
    assert 'href="/d/paper.pdf?lang=fr"' in text
    assert 'src="/d/paper.mp3?lang=fr"' in text
    assert "El documento" in await (await client.get("/d/paper?lang=es")).text()
    assert "The paper" in await (await client.get("/d/paper?lang=en")).text()
    assert (await client.get("/d/other")).status == 404


@pytest.mark.parametrize("address", ["/", "/j/greniers", "/d/paper", "/d/paper.pdf"])
async def test_public_pages_may_be_kept_and_are_not_sent_twice(knock: Knock, address: str) -> None:
    """A cache keeps them for some minutes, each language apart; who has it gets a 304."""
    client = await knock()
    answer = await client.get(address, params={"lang": "fr"})
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    again = {"If-None-Match": answer.headers["ETag"]}
    assert (await client.get(address, params={"lang": "fr"}, headers=again)).status == 304
    if not address.endswith("pdf"):
        assert answer.headers["Vary"] == "Accept-Language"
        assert (await client.get(address, params={"lang": "es"}, headers=again)).status == 200


async def test_what_is_missing_is_not_kept(knock: Knock) -> None:
    """A wrong address may be right tomorrow."""
    client = await knock()
    assert (await client.get("/j/nobody")).headers["Cache-Control"] == "no-store"


def test_a_document_holds_nothing_that_acts_or_loads() -> None:
    """Whatever stands in a document's Markdown, only text and harmless links come out."""
    html = to_html(PAPER)
    assert 'href="https://example.org"' in html
    assert {tag for tag, _, _ in tags_of(html)} <= {"h1", "p", "a"}
    assert {name for _, name, _ in tags_of(html)} <= {"", "href", "rel"}


async def test_a_documents_files_have_their_types(knock: Knock) -> None:
    """PDF and audio come as what they are; a kind or language that there is not is not found."""
    client = await knock()
    pdf = await client.get("/d/paper.pdf?lang=fr")
    sound = await client.get("/d/paper.mp3?lang=fr", headers={"Range": "bytes=10-19"})
    assert (pdf.content_type, await pdf.read()) == ("application/pdf", b"%PDF-1.7 francais")
    assert (sound.status, sound.content_type) == (206, "audio/mpeg")
    assert await sound.read() == bytes(range(10, 20))
    assert (await client.get("/d/paper.ogg?lang=fr")).status == 404
    assert (await client.get("/d/paper.pdf?lang=es")).status == 404


async def test_a_file_that_is_gone_is_not_found(knock: Knock) -> None:
    """A document whose file was taken away is a page that says so."""
    client = await knock(a_door(files=DictFiles({})))
    assert ("paper", "fr") in DOCUMENTS
    assert (await client.get("/d/paper?lang=fr")).status == 404


async def test_files_are_kept_until_they_change(knock: Knock) -> None:
    """A page's style has what it holds in its name and is kept for a year."""
    client = await knock()
    text = await (await client.get("/")).text()
    style = re.findall(r'href="(/static/palabre.css\?v=\w+)"', text)[0]
    answer = await client.get(style)
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.content_type == "text/css"
    assert (await client.get("/favicon.ico")).content_type == "image/svg+xml"
    assert (await client.get("/static/..%2fapp.py")).status == 404
