"""Links that open one recording for a while."""

import logging

import pytest
from aiohttp.test_utils import TestClient, TestServer
from doors import NOW, DictMedia, Knock, a_door
from gateway.test_bare_photos import PHOTOS

from bot.web.access import QuietAccessLogger
from bot.web.app import make_app
from bot.web.links import Broken, Expired, Grant, open_signed, sign

SECRET = b"k" * 32
WHOLE = bytes(range(256)) * 4
LINK = "/m/" + sign(SECRET, Grant("key-1", "audio/mpeg", NOW + 1000))

RANGES = {
    "bytes=0-9": (206, "bytes 0-9/1024", WHOLE[:10]),
    "bytes=1000-": (206, "bytes 1000-1023/1024", WHOLE[1000:]),
    "bytes=-24": (206, "bytes 1000-1023/1024", WHOLE[-24:]),
    "bytes=-5000": (206, "bytes 0-1023/1024", WHOLE),
    "bytes=1000-9999": (206, "bytes 1000-1023/1024", WHOLE[1000:]),
    "bytes=1024-": (416, "bytes */1024", b""),
    "bytes=0-1,5-6": (200, None, WHOLE),
    "nonsense": (200, None, WHOLE),
}


def test_a_link_opens_what_it_was_made_for() -> None:
    """What was signed comes back as it was."""
    grant = Grant("key-1", "audio/ogg", NOW + 1)
    assert open_signed(SECRET, sign(SECRET, grant), NOW) == grant


def test_a_link_ends_at_its_moment() -> None:
    """A link is no longer good at the moment that it names."""
    with pytest.raises(Expired):
        open_signed(SECRET, sign(SECRET, Grant("key-1", "audio/ogg", NOW)), NOW)


@pytest.mark.parametrize("place", range(0, 60, 7))
def test_a_changed_link_opens_nothing(place: int) -> None:
    """Whatever letter of a link is changed, it no longer opens."""
    link = sign(SECRET, Grant("key-1", "audio/mpeg", NOW + 1000))
    changed = link[:place] + ("A" if link[place] != "A" else "B") + link[place + 1 :]
    with pytest.raises(Broken):
        open_signed(SECRET, changed, NOW)


@pytest.mark.parametrize("link", ["", "x", "%00", "é" * 40, "AAAA" * 30])
def test_an_invented_link_opens_nothing(link: str) -> None:
    """What was never signed is broken, and nothing worse."""
    with pytest.raises(Broken):
        open_signed(SECRET, link, NOW)


async def test_a_recording_is_fetched(knock: Knock) -> None:
    """A good link gives the recording with its type, and to HEAD its length alone."""
    client = await knock()
    answer = await client.get(LINK)
    assert (answer.status, answer.content_type) == (200, "audio/mpeg")
    assert await answer.read() == WHOLE
    head = await client.head(LINK)
    assert (head.status, head.headers["Content-Length"]) == (200, "1024")


@pytest.mark.parametrize("asked", RANGES)
async def test_a_part_is_fetched(knock: Knock, asked: str) -> None:
    """A player gets the part that it asks for; what is no one range gets the whole."""
    client = await knock()
    answer = await client.get(LINK, headers={"Range": asked})
    given = (answer.status, answer.headers.get("Content-Range"), await answer.read())
    if given[0] == 416:
        given = (*given[:2], b"")
    assert given == RANGES[asked]


async def test_bad_links_are_pages(knock: Knock) -> None:
    """Forged: not found. Expired: gone. Of a recording that was forgotten: not found."""
    client = await knock()
    old = sign(SECRET, Grant("key-1", "audio/mpeg", NOW - 1))
    forgotten = sign(SECRET, Grant("key-9", "audio/mpeg", NOW + 1000))
    statuses = [(await client.get(f"/m/{one}")).status for one in ("forged", old, forgotten)]
    assert statuses == [404, 410, 404]


async def test_what_could_act_is_only_downloaded(knock: Knock) -> None:
    """A file that claims to be a page is never shown as one."""
    client = await knock()
    answer = await client.get("/m/" + sign(SECRET, Grant("key-1", "text/html", NOW + 1000)))
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


async def test_the_access_log_holds_no_link(caplog: pytest.LogCaptureFixture) -> None:
    """The log names the room, never the signed link, the network or the query."""
    caplog.set_level(logging.INFO, "aiohttp.access")
    server = TestServer(make_app(a_door()))
    await server.start_server(access_log_class=QuietAccessLogger)
    async with TestClient(server) as client:
        for address in (LINK, "/j/greniers?name=Awa", "/nowhere/221771234567"):
            await client.get(address)
    lines = [record.getMessage() for record in caplog.records if record.name == "aiohttp.access"]
    assert [line.rpartition(" ms")[0].rpartition(" ")[0] for line in lines] == [
        "GET /m/{signed} 200",
        "GET /j/{network} 200",
        "GET (no such page) 404",
    ]


async def test_a_photo_leaves_without_what_a_phone_writes_into_it(knock: Knock) -> None:
    """The link gives the picture, and not where it was taken."""
    taken, given_out = PHOTOS["jpeg"]
    client = await knock(media=DictMedia({"photo": taken}))
    answer = await client.get("/m/" + sign(SECRET, Grant("photo", "image/jpeg", NOW + 1000)))
    assert await answer.read() == given_out
