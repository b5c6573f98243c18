"""Engines that write down what is said: a service over HTTP, and a model where one is at hand."""

import asyncio
import io
import os
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from voice.sounds import OPUS, made, speech

from bot.voice import transcribe
from bot.voice.decode import decode
from bot.voice.limits import Limits
from bot.voice.pcm import Pcm
from bot.voice.transcribe import FasterWhisper, HostedTranscriber, NoEngine, NotWritten

LANGUAGES = ("fr", "en", "es")
Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]
SAID = {
    "fr": ("Au marché du quartier, l'eau manque depuis trois semaines.", "fr-FR", "marché"),
    "en": ("The market in our district has had no water for three weeks.", "en-GB", "water"),
    "es": ("En el mercado del barrio falta el agua desde hace tres semanas.", "es-ES", "agua"),
}


def said(words: str, voice: str) -> Pcm:
    """Somebody who says this."""
    return decode(made("said.ogg", *speech(4, words, voice), *OPUS), Limits()).pcm


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def asks(handle: Handle, session: aiohttp.ClientSession, hint: str = "fr") -> object:
    """Ask a service that answers so."""
    app = web.Application()
    app.router.add_post("/v1/audio/transcriptions", handle)
    async with TestServer(app) as server:
        engine = HostedTranscriber(session, str(server.make_url("/")), "a-key", "small")
        return await engine.transcribe(said(*SAID["fr"][:2]), hint, LANGUAGES)


async def test_a_service_gets_the_sound_the_language_and_the_key_and_nothing_else(
    session: aiohttp.ClientSession,
) -> None:
    came: dict[str, object] = {}

    async def handle(request: web.Request) -> web.Response:
        came["key"] = request.headers["Authorization"]
        form = await request.post()
        came.update({name: form[name] for name in form if name != "file"})
        file = form["file"]
        assert isinstance(file, web.FileField)
        with wave.open(io.BytesIO(file.file.read())) as sound:
            came["seconds"] = round(sound.getnframes() / sound.getframerate())
        came["name"] = file.filename
        return web.json_response({"text": " L'eau manque. ", "language": "fr"})

    found = await asks(handle, session)
    assert found == transcribe.Written("L'eau manque.", "fr", "http: small")
    assert came == {"key": "Bearer a-key", "model": "small", "response_format": "verbose_json",
                    "language": "fr", "seconds": 4, "name": "note.wav"}  # fmt: skip


async def fails(_request: web.Request) -> web.Response:
    raise web.HTTPServiceUnavailable


async def hangs(_request: web.Request) -> web.Response:
    await asyncio.sleep(60)
    raise AssertionError


async def answers_html(_request: web.Request) -> web.Response:
    return web.Response(text="<html>", content_type="text/html")


async def answers_a_list(_request: web.Request) -> web.Response:
    return web.json_response(["no", "words"])


@pytest.mark.parametrize("handle", [fails, hangs, answers_html, answers_a_list])
async def test_a_service_that_does_not_answer_well_has_written_nothing(
    handle: Handle, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcribe, "SECONDS", 0.3)
    with pytest.raises(NotWritten) as told:
        await asks(handle, session)
    assert "a-key" not in str(told.value)


def test_a_folder_without_a_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoEngine, match=r"model\.bin"):
        FasterWhisper(tmp_path)


def test_of_all_languages_only_those_of_the_consultation_can_be_found() -> None:
    found = [("wo", 0.6), ("es", 0.2), ("fr", 0.15), ("en", 0.05)]
    assert transcribe._likeliest(found, LANGUAGES) == "es"
    assert transcribe._likeliest([("wo", 1.0)], LANGUAGES) == "fr"


@pytest.fixture
def whisper() -> FasterWhisper:
    """A real model, from the folder that PALABRE_TEST_WHISPER names."""
    folder = os.environ.get("PALABRE_TEST_WHISPER", "")
    if not folder:
        pytest.skip("PALABRE_TEST_WHISPER names no folder with a model: nothing to try")
    return FasterWhisper(Path(folder))


@pytest.mark.parametrize("hint", ["", "told"])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_real_model_writes_down_what_was_said(
    whisper: FasterWhisper, language: str, hint: str
) -> None:
    words, voice, heard = SAID[language]
    found = await whisper.transcribe(said(words, voice), hint and language, LANGUAGES)
    await whisper.close()
    assert found.language == language
    assert heard in found.text.casefold()
    assert found.confidence is not None
    assert 0 < found.confidence <= 1
