"""What people say is translated for those who draft, and a person's words outrank a machine's."""

import threading
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from gateway.conftest import MakeHome
from gateway.houses import Home, Phone, Post, Texts
from gateway.test_listeners import CONSENT
from gateway.test_transcribing import has_spoken

from bot.gateway import drafting, listeners, translating, translator
from bot.gateway.export.columns import pieces, row_of
from bot.gateway.looks import looks_among
from bot.gateway.retries import AGAIN_MS
from bot.gateway.translating import LOOK_MS, Interpreter
from bot.gateway.translator import HostedTranslator, NotTranslated, is_this_machine
from bot.store import tables
from bot.store.contributions import Wanted, lines
from bot.store.transcripts import Transcript
from bot.store.translations import Translation

LANGUAGES = ("fr", "en", "es")
LONG = "El camión llega solo cuando el camino está seco y las verduras no se conservan"


class Service:
    """A real local service in LibreTranslate's shape; what it was asked can be looked at."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answer: web.Response | None = None
        self.adds = ""

    async def take(self, request: web.Request) -> web.Response:
        """Translate by putting the language before the words."""
        told = await request.json()
        self.asked.append(told)
        if self.answer is not None:
            return web.json_response({"error": "slow down"}, status=429)
        return web.json_response({"translatedText": f"[{told['target']}] {told['q']}{self.adds}"})


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def engine(service: Service) -> AsyncIterator[HostedTranslator]:
    """A translator that asks the service over HTTP."""
    app = web.Application()
    app.router.add_post("/translate", service.take)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        yield HostedTranslator(session, str(server.make_url("/")), "a-key")


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    return make_home(Post(), texts=Texts(welcome=CONSENT))


@pytest.fixture
def interpreter(home: Home, engine: HostedTranslator) -> Interpreter:
    return Interpreter(home.house, engine, "fr")


async def says(home: Home, words: str) -> Phone:
    """Someone who agrees, and says this."""
    ama = home.person()
    await ama.says("hello", "yes", "1", words)
    return ama


async def rows(home: Home) -> list[dict[str, object]]:
    """What the export says of what was said freely."""
    found = await home.database.read(lambda c: list(lines(c, Wanted(into="fr"))))
    looks = looks_among(LANGUAGES)
    return [row_of(one) for line in found if not line.fact for one in pieces(line, {}, looks)]


async def all_done(interpreter: Interpreter) -> None:
    """Let it translate whatever waits."""
    moment = interpreter.house.clock()
    while await interpreter.translate_due() == moment:
        pass


async def test_words_are_translated_once_and_marked_as_a_machine_s(
    home: Home, interpreter: Interpreter, service: Service
) -> None:
    await says(home, "water")
    await all_done(interpreter)
    await all_done(interpreter)
    assert service.asked[-1] == {"q": "water", "source": "en", "target": "fr", "format": "text",
                                 "api_key": "a-key"}  # fmt: skip
    row = (await rows(home))[-1]
    assert (row["text"], row["translation"]) == ("water", "[fr] water")
    assert row["translation_by"] == "http: 127.0.0.1 (automatic, may be wrong)"
    assert [one["q"] for one in service.asked].count("water") == 1


async def test_a_person_s_translation_goes_before_a_machine_s_and_both_stay(
    home: Home, interpreter: Interpreter
) -> None:
    await says(home, "water")
    await all_done(interpreter)
    id_ = str((await rows(home))[-1]["contribution"])
    by_lea = Translation("de l'eau", "fr", "Lea")
    await home.write(lambda c: drafting.translate(c, home.house, id_, by_lea, spoken=False))
    row = (await rows(home))[-1]
    assert (row["translation"], row["translation_by"]) == ("de l'eau", "Lea")
    whole = await home.database.read(drafting.found, home.house, id_)
    assert [(one.text, one.by) for one in whole.translations] == [
        ("[fr] water", "http: 127.0.0.1"), ("de l'eau", "Lea"),
    ]  # fmt: skip


async def test_the_drafters_read_their_own_language_whatever_else_it_was_translated_into(
    home: Home, interpreter: Interpreter
) -> None:
    await says(home, "water")
    await all_done(interpreter)
    id_ = str((await rows(home))[-1]["contribution"])
    by_lea = Translation("agua", "es", "Lea")
    await home.write(lambda c: drafting.translate(c, home.house, id_, by_lea, spoken=False))
    assert (await rows(home))[-1]["translation"] == "[fr] water"


async def test_what_looks_like_another_language_is_translated_from_that_one(
    home: Home, interpreter: Interpreter, service: Service
) -> None:
    await says(home, LONG)
    assert (await rows(home))[-1]["looks_like"] == "es"
    await all_done(interpreter)
    assert (service.asked[-1]["q"], service.asked[-1]["source"]) == (LONG, "es")


async def test_a_transcript_is_translated_and_again_when_a_person_corrected_it(
    home: Home, interpreter: Interpreter
) -> None:
    await has_spoken(home)
    id_ = str((await rows(home))[-1]["contribution"])
    heard = Transcript("less water", "en", "scribe", machine=True)
    await home.write(listeners.write_down, home.house, id_, heard)
    await all_done(interpreter)
    assert (await rows(home))[-1]["transcript_translation"] == "[fr] less water"
    corrected = Transcript("no water", "en", "Awa")
    await home.write(listeners.write_down, home.house, id_, corrected)
    assert (await rows(home))[-1]["transcript_translation"] == ""
    await all_done(interpreter)
    assert (await rows(home))[-1]["transcript_translation"] == "[fr] no water"


async def test_what_fails_is_tried_again_later_and_given_up_in_the_end(
    home: Home, interpreter: Interpreter, service: Service
) -> None:
    await says(home, "water")
    service.answer = web.Response(status=429)
    for wait in AGAIN_MS:
        await all_done(interpreter)
        home.waits(seconds=wait / 1000)
    await all_done(interpreter)
    failed = [row for row in await home.rows(tables.translations) if row.kind == "failed"]
    assert [row.text.endswith("(ClientResponseError)") for row in failed] == [True]
    assert (await rows(home))[-1]["translation"] == ""


async def test_nothing_stays_of_who_asked_to_be_forgotten(
    home: Home, interpreter: Interpreter
) -> None:
    ama = await says(home, "water")
    await all_done(interpreter)
    await ama.says("forget me", "1")
    assert await home.count(tables.translations) == 0


async def test_an_answer_in_the_drafters_language_goes_to_no_service(
    home: Home, service: Service, engine: HostedTranslator
) -> None:
    await says(home, "The lorry comes only when the road is dry, and nothing keeps until then")
    await all_done(Interpreter(home.house, engine, "en"))
    assert service.asked == []


async def test_a_service_that_is_away_has_translated_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(translator, "SECONDS", 0.5)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(NotTranslated) as told:
            await HostedTranslator(session, "http://127.0.0.1:1", "a-key").translate(
                "x", "en", "fr"
            )
    assert "a-key" not in str(told.value)


def test_only_what_is_long_and_nearly_sure_is_said_to_look_like_a_language() -> None:
    looks = looks_among(LANGUAGES)
    assert looks(LONG) == "es"
    assert looks("ok merci") == ""
    assert looks("Dem naa marse bi, ndox amul fii ci sunu gox bi ñaari ayubés a ngi nii") == ""
    assert looks_among(("fr",))(LONG) == ""


@pytest.mark.parametrize(
    ("url", "ours"),
    [("http://127.0.0.1:5000", True), ("http://localhost", True), ("http://[::1]:5000", True),
     ("https://translate.example", False), ("http://localhost.example", False)],
)  # fmt: skip
def test_what_is_sent_to_this_machine_does_not_leave_it(url: str, ours: bool) -> None:
    assert is_this_machine(url) is ours


async def test_a_guess_at_a_language_holds_up_nobody_who_talks(
    home: Home, interpreter: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    guessed_in: list[int] = []

    def look(_text: str) -> str:
        guessed_in.append(threading.get_ident())
        return ""

    monkeypatch.setattr(translating, "looks_among", lambda _: look)
    await says(home, LONG)
    await interpreter.translate_due()
    assert len(guessed_in) == 1
    assert threading.get_ident() not in guessed_in


async def test_one_rests_the_longer_the_longer_it_took_to_find_nothing_to_translate(
    home: Home, interpreter: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await interpreter.translate_due() == home.moment + LOOK_MS
    began = home.moment
    monkeypatch.setattr(translating, "next_ones", lambda *_: home.waits(seconds=3))
    assert await interpreter.translate_due() == began + 60_000


async def test_what_no_database_takes_does_not_come_from_a_service(
    home: Home, service: Service, engine: HostedTranslator
) -> None:
    service.adds = "\0 \ud800"
    engine.name = HostedTranslator(engine._session, f"https://{'long.' * 30}org").name
    await says(home, "water")
    await all_done(Interpreter(home.house, engine, "fr"))
    assert (await rows(home))[-1]["translation"] == "[fr] water\ufffd \ufffd"
