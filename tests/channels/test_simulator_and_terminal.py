"""The page with phones, and the terminal: channels like the others."""

import io
import json
import time
from pathlib import Path
from typing import Any

import pytest

from channels.base import Button, Incoming, MediaRef, OutFile, Outgoing, WebhookCall
from channels.capabilities import BY_NAME, SMS, TELEGRAM
from channels.errors import FetchError, Malformed
from channels.simulator import Simulator, Uploads
from channels.terminal import Terminal, drawn

KEYS = ((Button("Oui", "k:yes"), Button("Non", "k:no")), (Button("Terminé", "k:*done", ends=True),))


@pytest.fixture
def simulator(tmp_path: Path) -> Simulator:
    return Simulator("simulator:telegram", TELEGRAM, Uploads(tmp_path / "uploads"))


def page(**says: Any) -> WebhookCall:
    return WebhookCall("", {}, json.dumps({"tab": "t1", "id": "5"} | says).encode())


def read(**more: Any) -> Incoming:
    return Incoming("simulator:telegram", "t1:5", **({"address": "t1", "message_id": "5"} | more))


# what the page sends, what is read in it: the same shapes as Telegram's reader makes
PAGE: tuple[tuple[dict[str, Any], Incoming], ...] = (
    ({"text": "Bonjour"}, read(text="Bonjour")),
    ({"text": "a\0"}, read(text="a\ufffd")),
    ({"pressed": "k:yes", "on": "9"}, read(kind="pressed", pressed="k:yes", keyboard_of="9")),
    ({"start": ""}, read(kind="start", start="")),
    ({"start": "RES"}, read(kind="start", start="RES")),
    ({"text": "non", "edits": "4"}, read(kind="edited", text="non", message_id="4")),
    ({"place": [6.4, 2.4]}, read(place=(6.4, 2.4))),
    ({"text": "x", "language": "fr"}, read(text="x", locale_hint="fr")),
    (
        {"file": {"ref": "r", "kind": "voice", "mime": "audio/webm", "size": 3, "seconds": 1.5}},
        read(media=(MediaRef("r", "voice", "audio/webm", 3, 1.5),)),
    ),
)


@pytest.mark.parametrize(("says", "expected"), PAGE, ids=str)
def test_the_page_is_read_as_telegram_would_be(
    simulator: Simulator, says: dict[str, Any], expected: Incoming
) -> None:
    assert simulator.read(page(**says)) == [expected]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"tab":"a/b","id":"1"}', b'{"tab":"a","id":"1","x":1}', b"\xff"]
)
def test_what_is_none_of_the_pages_messages_is_malformed(simulator: Simulator, body: bytes) -> None:
    with pytest.raises(Malformed):
        simulator.read(WebhookCall("", {}, body))


async def test_a_message_is_shown_on_every_page_that_looks_at_its_address(
    simulator: Simulator,
) -> None:
    with simulator.looks("t1") as one, simulator.looks("t1") as two, simulator.looks("t2") as other:
        receipt = await simulator.send(Outgoing("t1", text="Bonjour"))
        assert one.get_nowait() == two.get_nowait()
        assert other.empty()
    assert receipt.provider_id


async def test_a_closed_keyboard_is_that_of_the_message_named(simulator: Simulator) -> None:
    with simulator.looks("t1") as queue:
        first = await simulator.send(Outgoing("t1", text="?", buttons=KEYS))
        await simulator.send(Outgoing("t1", do="close", of=first.provider_id))
        assert queue.get_nowait().provider_id == queue.get_nowait().provider_id


async def test_where_nobody_looks_it_is_taken_all_the_same(simulator: Simulator) -> None:
    assert (await simulator.send(Outgoing("t9", text="x"))).status == "sent"


async def test_drawn_as_sms_it_counts_segments(tmp_path: Path) -> None:
    phone = Simulator("simulator:sms", SMS, Uploads(tmp_path))
    assert (await phone.send(Outgoing("t1", text="ê" * 71))).units == 2


async def test_what_was_uploaded_is_fetched_as_it_was(simulator: Simulator) -> None:
    content = bytes(range(256)) * 600
    ref = simulator.uploads.keep(content)
    assert b"".join([part async for part in simulator.fetch(MediaRef(ref))]) == content


@pytest.mark.parametrize("ref", ["", "../../etc/passwd", "0" * 32, "/etc/passwd"])
async def test_a_ref_that_a_page_made_up_finds_nothing(simulator: Simulator, ref: str) -> None:
    with pytest.raises(FetchError) as failed:
        [part async for part in simulator.fetch(MediaRef(ref))]
    assert not failed.value.again


async def test_an_upload_beyond_the_channels_limit_is_refused(tmp_path: Path) -> None:
    phone = Simulator("simulator:sms", SMS, Uploads(tmp_path))
    ref = phone.uploads.keep(b"x" * (SMS.file_limit_in + 1))
    with pytest.raises(FetchError, match="too large"):
        [part async for part in phone.fetch(MediaRef(ref))]


# what goes out, what stands in the terminal
LINES: tuple[tuple[Outgoing, str], ...] = (
    (Outgoing("a", text="Bonjour."), "Bonjour."),
    (Outgoing("a", text="?", buttons=KEYS), "?\n[1] Oui\n[2] Non\n[Terminé]"),
    (Outgoing("a", text="Où ?", ask_place="📍"), "Où ?\n[📍]"),
    (
        Outgoing("a", text="Titre", file=OutFile("p/a.mp3", "audio", "a.mp3", "audio/mpeg")),
        "[audio a.mp3]\nTitre",
    ),
    (Outgoing("a", do="redraw", of="1", buttons=KEYS[:1]), "[1] Oui\n[2] Non"),
    (Outgoing("a", do="close", of="1"), ""),
    (Outgoing("a", do="acknowledge", of="1", text="Merci"), ""),
)


@pytest.mark.parametrize(("outgoing", "text"), LINES, ids=str)
def test_the_terminal_draws_messages_as_text(outgoing: Outgoing, text: str) -> None:
    assert drawn(outgoing) == text


async def test_messages_are_separated_by_an_empty_line() -> None:
    stream = io.StringIO()
    terminal = Terminal("terminal:x", stream, TELEGRAM)
    for text in ("Bonjour.", "On commence ?"):
        await terminal.send(Outgoing("x", text=text))
    await terminal.send(Outgoing("x", do="close", of="1"))
    assert stream.getvalue() == "Bonjour.\n\nOn commence ?\n\n"


@pytest.mark.parametrize(
    ("line", "kind", "text", "start"),
    [
        ("Oui", "message", "Oui", None),
        ("/start RES", "start", "", "RES"),
        ("/stop", "message", "stop", None),
        ("[voice]", "message", "[voice]", None),
    ],
)
def test_a_line_is_read_as_a_message(line: str, kind: str, text: str, start: str | None) -> None:
    terminal = Terminal("terminal:x", io.StringIO(), BY_NAME["sms"])
    heard = terminal.hears(line)
    assert (heard.kind, heard.text, heard.start) == (kind, text, start)
    assert terminal.hears(line).event_id != heard.event_id


async def test_a_named_file_is_sent_as_a_recording(tmp_path: Path) -> None:
    (tmp_path / "un bac.ogg").write_bytes(b"OggS")
    terminal = Terminal("terminal:x", io.StringIO(), TELEGRAM)
    (call,) = terminal.read(WebhookCall("", {}, f"[voice {tmp_path}/un bac.ogg]".encode()))
    (media,) = call.media
    assert (media.kind, media.size, media.name) == ("voice", 4, "un bac.ogg")
    assert [part async for part in terminal.fetch(media)] == [b"OggS"]


async def test_a_file_that_is_not_there_cannot_be_fetched() -> None:
    terminal = Terminal("terminal:x", io.StringIO(), TELEGRAM)
    (media,) = terminal.hears("[voice nowhere.ogg]").media
    assert media.size is None
    with pytest.raises(FetchError):
        [part async for part in terminal.fetch(media)]


def test_what_was_uploaded_lies_there_for_an_hour_at_most(tmp_path: Path) -> None:
    hours = [0.0]
    uploads = Uploads(tmp_path, lambda: time.time() + 3600 * hours[0])
    old = uploads.keep(b"old")
    assert uploads.path(old)
    hours[0] = 1.1
    uploads.clear()
    assert uploads.path(old) is None
