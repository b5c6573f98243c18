"""What was attached is had from Twilio: with our login from its hosts, within limits, or not."""

import traceback
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web
from fakes.twilio_faults import Fault, bad_gateway, cut_off, half, too_many
from fakes.twilio_server import TwilioServer

from channels.base import MediaRef
from channels.capabilities import WHATSAPP
from channels.errors import FetchError
from channels.twilio_fetch import is_twilios
from channels.twilio_whatsapp import TwilioWhatsApp

CONTENT = bytes(range(256)) * 2000
MESSAGE = "MM" + "0" * 32


def note(twilio: TwilioServer, mime: str = "audio/ogg") -> MediaRef:
    return MediaRef(twilio.keep_media(MESSAGE, CONTENT, mime), "voice", mime)


async def had(whatsapp: TwilioWhatsApp, media: MediaRef) -> bytes:
    return b"".join([part async for part in whatsapp.fetch(media)])


async def refused(whatsapp: TwilioWhatsApp, media: MediaRef) -> FetchError:
    with pytest.raises(FetchError) as failed:
        await had(whatsapp, media)
    return failed.value


class Elsewhere:
    """A server that is none of Twilio's, and waits for somebody's login."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.seen.append(request.headers.get("Authorization", ""))
        return web.Response(body=CONTENT)


@pytest.fixture
async def elsewhere() -> AsyncIterator[tuple[Elsewhere, str]]:
    server, app = Elsewhere(), web.Application()
    app.router.add_get("/{path:.*}", server.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield server, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_voice_note_comes_through_a_redirect_that_is_not_shown_our_login(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer
) -> None:
    assert await had(whatsapp, note(twilio)) == CONTENT
    (first,), (second,) = twilio.calls("media"), twilio.calls("cdn")
    assert "Authorization" in first.headers
    assert "Authorization" not in second.headers


async def test_an_attachment_that_is_not_there_yet_comes_later(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer
) -> None:
    media = note(twilio)
    twilio.not_yet = set(twilio.files)
    error = await refused(whatsapp, media)
    assert (error.reason, error.again) == ("HTTP 404", True)
    twilio.not_yet.clear()
    assert await had(whatsapp, media) == CONTENT


async def test_a_film_that_is_too_large_is_given_up(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer
) -> None:
    whatsapp.can = replace(WHATSAPP, file_limit_in=len(CONTENT) - 1)
    error = await refused(whatsapp, note(twilio, "video/mp4"))
    assert (error.reason, error.again) == ("too large", False)


async def test_a_page_where_a_recording_was_announced_is_no_recording(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer
) -> None:
    media = note(twilio, "text/html")
    assert (await refused(whatsapp, replace_mime(media, "audio/ogg"))).again
    assert await had(whatsapp, media) == CONTENT


def replace_mime(media: MediaRef, mime: str) -> MediaRef:
    return MediaRef(media.ref, media.kind, mime)


async def test_an_address_elsewhere_is_not_even_asked(
    whatsapp: TwilioWhatsApp, elsewhere: tuple[Elsewhere, str]
) -> None:
    server, url = elsewhere
    error = await refused(whatsapp, MediaRef(f"{url}/2010-04-01/Media/ME1"))
    assert not error.again
    assert server.seen == []


async def test_a_redirect_to_a_place_without_a_name_is_not_followed(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer, elsewhere: tuple[Elsewhere, str]
) -> None:
    server, twilio.redirect = elsewhere
    error = await refused(whatsapp, note(twilio))
    assert (error.reason, error.again) == ("it leads elsewhere", False)
    assert server.seen == []


async def test_a_redirect_in_circles_ends(whatsapp: TwilioWhatsApp, twilio: TwilioServer) -> None:
    media = note(twilio)
    twilio.fail("cdn", Fault("json", 302, headers={"Location": "/cdn/again"}), times=20)
    assert (await refused(whatsapp, media)).again
    assert len(twilio.calls("cdn")) < 5


@pytest.mark.parametrize("media", [MediaRef("", "contact"), MediaRef("made up"), MediaRef("//[")])
async def test_what_is_no_file_never_comes(whatsapp: TwilioWhatsApp, media: MediaRef) -> None:
    assert not (await refused(whatsapp, media)).again


@pytest.mark.parametrize(
    ("what", "fault"),
    [(what, fault) for what in ("media", "cdn")
     for fault in (bad_gateway(), cut_off(), half(), too_many(1))],
    ids=str,
)  # fmt: skip
async def test_whatever_else_goes_wrong_it_may_come_later(
    whatsapp: TwilioWhatsApp, twilio: TwilioServer, what: str, fault: Fault
) -> None:
    media = note(twilio)
    twilio.fail(what, fault, times=9)
    error = await refused(whatsapp, media)
    assert error.again
    assert twilio.token not in "".join(traceback.format_exception(error))
    twilio.forgive()
    assert await had(whatsapp, media) == CONTENT


HOSTS = (
    ("https://api.twilio.com/2010-04-01/x", True),
    ("https://mcs.us1.twilio.com/v1/x", True),
    ("https://media.twiliocdn.com/x", True),
    ("https://API.twilio.com:443/x", True),
    ("http://api.twilio.com/x", False),
    ("https://api.twilio.com:8443/x", False),
    ("https://api.twilio.com.evil.example.org/x", False),
    ("https://eviltwiliocdn.com/x", False),
    ("https://.twiliocdn.com/x", False),
    ("https://api.twilio.com@evil.example.org/x", False),
    ("https://me:you@api.twilio.com/x", False),
    ("https://evil.example.org/api.twilio.com", False),
    ("https://127.0.0.1/x", False),
    ("ftp://api.twilio.com/x", False),
    ("https://[::1", False),
    ("https://api.twilio.com:x/y", False),
    ("", False),
)


@pytest.mark.parametrize(("url", "ours"), HOSTS)
def test_our_login_is_shown_to_twilios_hosts_alone(url: str, ours: bool) -> None:
    assert is_twilios(url, "") is ours


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("http://127.0.0.1:9/base/x", True),
        ("http://127.0.0.1:9/based/x", False),
        ("http://127.0.0.1:99/base/x", False),
        ("https://127.0.0.1:9/base/x", False),
        ("https://api.twilio.com/x", True),
    ],
)
def test_a_root_of_ones_own_stands_beside_twilios_hosts(url: str, ours: bool) -> None:
    assert is_twilios(url, "http://127.0.0.1:9/base") is ours
