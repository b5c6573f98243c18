"""A speech service elsewhere: given what everybody may read, and decoded like a stranger."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from voice.sounds import mp3_note, opus_of_nothing, voice_note, wav_note

from bot.voice.limits import MIB, Limits
from bot.voice.pcm import seconds
from bot.voice.saying import CannotSayError
from bot.voice.saying_hosted import (
    HostedSpeaker,
    KeyRefusedError,
    NotForOthersError,
    ServiceAwayError,
    ServiceFailedError,
    ServiceSlowError,
    voices_of,
)

Answer = Callable[[BaseHTTPRequestHandler], None]


class Service:
    """A local server in the shape of OpenAI's: what was asked of it, and how it answers."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, object]]] = []
        self.answer: Answer = gives(wav_note(2))
        self.stopped = threading.Event()
        self.url = ""

    def speaker(self, **more: object) -> HostedSpeaker:
        """An engine that asks it."""
        known = {"url": self.url, "key": "a-key", "model": "small", "voices": {"fr": "siwis"}}
        return HostedSpeaker(**{**known, **more})  # type: ignore[arg-type]


def gives(data: bytes, status: int = 200) -> Answer:
    """Answer so."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.end_headers()
        request.wfile.write(data)

    return answer


@pytest.fixture
def service() -> Iterator[Service]:
    held = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            held.asked.append((self.path, self.headers["Authorization"] or "", json.loads(body)))
            try:
                held.answer(self)
            except OSError:  # whoever asked has gone
                return

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        held.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield held
        held.stopped.set()
        server.shutdown()
        thread.join()


def test_it_is_asked_for_the_words_in_its_voice_and_for_nothing_else(service: Service) -> None:
    pcm = service.speaker().say("L'eau <b>manque</b> 😀.", "fr", public=True)
    assert seconds(pcm) == pytest.approx(2, abs=0.1)
    (asked,) = service.asked
    assert asked == ("/v1/audio/speech", "Bearer a-key", {
        "model": "small", "input": "L'eau manque .", "voice": "siwis",
        "response_format": "wav", "speed": 0.9})  # fmt: skip


@pytest.mark.parametrize("note", [mp3_note, voice_note])
def test_it_may_answer_in_another_form_than_it_was_asked_for(
    service: Service, note: Callable[[], bytes]
) -> None:
    service.answer = gives(note())
    pcm = service.speaker(key="").say("Bonjour.", "fr", public=True)
    assert seconds(pcm) == pytest.approx(2, abs=0.1)
    assert service.asked[0][1] == ""


def test_words_that_may_be_about_somebody_never_leave(service: Service) -> None:
    with pytest.raises(NotForOthersError):
        service.speaker().say("Bonjour Awa.", "fr")
    assert service.asked == []


def drips(request: BaseHTTPRequestHandler) -> None:
    """Answer a byte at a time, for ever."""
    request.send_response(200)
    request.end_headers()
    for _ in range(500):
        request.wfile.write(b"R")
        request.wfile.flush()
        time.sleep(0.02)


BAD: dict[str, tuple[Answer, type[CannotSayError]]] = {
    "our key is not good": (gives(b"{}", 401), KeyRefusedError),
    "there is nothing of this name": (gives(b"no", 404), ServiceFailedError),
    "it is overloaded": (gives(b"", 529), ServiceFailedError),
    "it sends us elsewhere": (gives(b"", 302), ServiceFailedError),
    "it answers with a page": (gives(b"<html>sign in</html>"), ServiceFailedError),
    "it answers with nothing": (gives(b""), ServiceFailedError),
    "it answers with a bomb": (gives(opus_of_nothing(3600)), ServiceFailedError),
    "it drips": (drips, ServiceSlowError),
}


@pytest.mark.parametrize(("answer", "error"), BAD.values(), ids=BAD)
def test_a_service_that_answers_badly_is_told_without_our_key(
    service: Service, answer: Answer, error: type[CannotSayError]
) -> None:
    service.answer = answer
    with pytest.raises(error) as told:
        service.speaker(seconds=0.3).say("Bonjour.", "fr", public=True)
    assert str(told.value).startswith(error.__doc__ or "?")
    assert "a-key" not in str(told.value) + repr(service.speaker())


def test_a_service_that_does_not_answer_at_all_is_slow(service: Service) -> None:
    service.answer = lambda _request: service.stopped.wait(5) and None
    with pytest.raises(ServiceSlowError):
        service.speaker(seconds=0.2).say("Bonjour.", "fr", public=True)


def test_a_service_that_floods_us_is_cut_off(service: Service) -> None:
    service.answer = gives(bytes(3 * MIB))
    with pytest.raises(ServiceFailedError):
        service.speaker(limits=Limits(max_bytes=MIB)).say("Bonjour.", "fr", public=True)


def test_a_service_that_is_away_is_told() -> None:
    away = HostedSpeaker("http://127.0.0.1:9", "", "m", {"": "alloy"})
    with pytest.raises(ServiceAwayError):
        away.say("Bonjour.", "fr", public=True)


def test_each_language_may_have_its_voice() -> None:
    assert voices_of("alloy") == {"": "alloy"}
    own = HostedSpeaker("http://x", "", "m", voices_of("fr:siwis es:davefx"))
    assert [own.speaks(one) for one in ("fr", "es", "en")] == [True, True, False]
