"""What is read in Telegram's updates, by both readers."""

import json
import os
from typing import Any

import aiohttp
import pytest
from aiogram.types import Update as SecondOpinion
from fakes.telegram_server import TOKEN
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram_payloads import BOT, NAMELESS, READ, UNREADABLE

from channels.base import Incoming, WebhookCall
from channels.errors import Forged, Malformed
from channels.telegram import Telegram
from channels.telegram_quick import quick_read
from channels.telegram_reader import read_update

SECRET = "s3cr_et-T"
EVERYDAY = ("a text", "start", "a voice note", "a pressed button", "NUL", "a link's payload")


@pytest.fixture
async def telegram() -> Any:
    async with aiohttp.ClientSession() as session:
        yield Telegram(TOKEN, session, secret=SECRET)


def call(body: bytes, **headers: str) -> WebhookCall:
    return WebhookCall("https://example.org/hooks/telegram", headers, body)


def body_of(update: object) -> bytes:
    return json.dumps(update).encode()


@pytest.mark.parametrize(
    ("update", "expected"), [row[1:] for row in READ], ids=[r[0] for r in READ]
)
async def test_each_update_is_read_as_the_table_says(
    telegram: Telegram, update: dict[str, Any], expected: Incoming
) -> None:
    assert telegram.read_body(body_of(update)) == expected


@pytest.mark.parametrize("update", [row[1] for row in READ], ids=[r[0] for r in READ])
def test_the_quick_reader_sees_what_the_judge_sees(update: dict[str, Any]) -> None:
    quick = quick_read(body_of(update), BOT)
    assert quick is None or quick == read_update(update, BOT)


@pytest.mark.parametrize("name", EVERYDAY)
def test_everyday_updates_take_the_quick_road(name: str) -> None:
    update = next(row[1] for row in READ if row[0] == name)
    assert quick_read(body_of(update), BOT) is not None


@pytest.mark.parametrize("update", [row[1] for row in READ], ids=[r[0] for r in READ])
def test_a_second_library_finds_nothing_wrong_with_the_payloads(update: dict[str, Any]) -> None:
    SecondOpinion.model_validate(update)


@pytest.mark.parametrize(
    "update", [row[1] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE]
)
async def test_what_cannot_be_understood_is_filed_under_its_number(
    telegram: Telegram, update: object
) -> None:
    unreadable = Incoming("telegram", "4242:1", "unreadable", account=BOT)
    assert telegram.read_body(body_of(update)) == unreadable


@pytest.mark.parametrize("update", NAMELESS, ids=repr)
async def test_what_has_no_number_is_filed_under_what_it_holds(
    telegram: Telegram, update: object
) -> None:
    first, again = telegram.read_body(body_of(update)), telegram.read_body(body_of(update))
    assert first.kind == "unreadable"
    assert first == again
    assert first.event_id != telegram.read_body(body_of(["another", update])).event_id


@pytest.mark.parametrize("body", [b"", b"update", b"{", b"\xff\xfe", b"a=1&b=2", b'{"a": \x01}'])
async def test_a_body_that_is_no_json_is_malformed(telegram: Telegram, body: bytes) -> None:
    with pytest.raises(Malformed):
        telegram.read_body(body)


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b"1" * 5000], ids=["too deep", "too long a number"]
)
async def test_json_beyond_all_measure_does_no_harm(telegram: Telegram, body: bytes) -> None:
    try:
        assert telegram.read_body(body).kind == "unreadable"
    except Malformed:
        assert body.startswith(b"[")  # never closed: no JSON at all


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Telegram-Bot-Api-Secret-Token": ""},
        {"X-Telegram-Bot-Api-Secret-Token": SECRET + "x"},
        {"X-Telegram-Bot-Api-Secret-Token": "\udcff"},
        {"Authorization": SECRET},
    ],
    ids=str,
)
async def test_a_call_without_the_secret_is_forged(
    telegram: Telegram, headers: dict[str, str]
) -> None:
    with pytest.raises(Forged):
        telegram.read(call(body_of(READ[0][1]), **headers))


@pytest.mark.parametrize(
    "header", ["X-Telegram-Bot-Api-Secret-Token", "x-telegram-bot-api-secret-token"]
)
async def test_the_secret_opens_however_its_header_is_written(
    telegram: Telegram, header: str
) -> None:
    assert telegram.read(call(body_of(READ[0][1]), **{header: SECRET})) == [READ[0][2]]


async def test_a_bot_without_a_webhook_takes_no_call() -> None:
    async with aiohttp.ClientSession() as session:
        polling = Telegram(TOKEN, session)
        with pytest.raises(Forged):
            polling.read(call(b"{}", **{"X-Telegram-Bot-Api-Secret-Token": ""}))


WORDS = st.text(max_size=40) | st.sampled_from(["/start", "/start a b", "/", "\0", "\ud800", "//"])
PEOPLE = st.fixed_dictionaries(
    {"id": st.integers(1, 2**52), "is_bot": st.booleans(), "first_name": WORDS},
    optional={
        "last_name": WORDS,
        "language_code": WORDS,
        "username": WORDS,
        "is_premium": st.just(True),
    },
)
CHATS = st.fixed_dictionaries(
    {"id": st.integers(-(2**52), 2**52), "type": st.sampled_from(["private", "group", "channel"])}
)
VOICES = st.fixed_dictionaries(
    {"file_id": WORDS, "file_unique_id": WORDS, "duration": st.integers(0, 10**6)},
    optional={"mime_type": WORDS, "file_size": st.integers(0, 2**31)},
)
MESSAGES = st.fixed_dictionaries(
    {
        "message_id": st.integers(0, 2**31),
        "date": st.integers(1, 2**31),
        "chat": CHATS,
        "from": PEOPLE,
    },
    optional={"text": WORDS, "voice": VOICES, "caption": WORDS, "edit_date": st.integers(1, 2**31)},
)
PRESSES = st.fixed_dictionaries(
    {
        "id": WORDS,
        "from": PEOPLE,
        "chat_instance": WORDS,
        "data": WORDS,
        "message": MESSAGES,
    }
)
UPDATES = st.fixed_dictionaries(
    {"update_id": st.integers(0, 2**62)},
    optional={"message": MESSAGES, "callback_query": PRESSES},
)


@settings(max_examples=400)
@given(UPDATES)
def test_both_readers_see_the_same_in_any_valid_update(update: dict[str, Any]) -> None:
    judged = read_update(update, BOT)
    quick = quick_read(body_of(update), BOT)
    assert judged.kind != "unreadable"
    assert quick is None or quick == judged


DEFECTS = st.sampled_from([None, "zz", 7, [], {}, 10**18, -1, 1.5, True])


@settings(max_examples=400)
@given(st.sampled_from([row[1] for row in READ]), st.data(), DEFECTS)
def test_an_update_with_a_defect_is_read_or_filed_but_never_raises(
    update: dict[str, Any], data: st.DataObject, defect: object
) -> None:
    spoilt = json.loads(json.dumps(update))
    place = data.draw(st.sampled_from(list(_places(spoilt))))
    _put(spoilt, place, defect)
    read = read_update(spoilt, BOT)
    assert read.account == BOT
    read.text.encode()  # whatever came can be stored
    quick = quick_read(body_of(spoilt), BOT)
    assert quick is None or quick == read or read.kind == "unreadable"


def _places(part: Any, way: tuple[Any, ...] = ()) -> Any:
    inside = (
        part.items()
        if isinstance(part, dict)
        else enumerate(part)
        if isinstance(part, list)
        else ()
    )
    for key, value in inside:
        yield (*way, key)
        yield from _places(value, (*way, key))


def _put(part: Any, way: tuple[Any, ...], value: object) -> None:
    for key in way[:-1]:
        part = part[key]
    part[way[-1]] = value


def test_the_library_is_told_to_speak_of_durations() -> None:
    assert os.environ["PTB_TIMEDELTA"] == "1"
