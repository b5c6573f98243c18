"""Killed again and again under load: what was acknowledged is there, answered, and once."""

import asyncio
import itertools
import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
from e2e.running import Palabre, has_a_webhook
from fakes.telegram_phone import Phone
from fakes.telegram_server import TelegramServer

PEOPLE, KILLS, IN_FLIGHT = 40, 3, 64
SAID = ("/start", *["1"] * 7, "1 2", "1")  # nowhere a no: of who refuses nothing else is kept
HURRY = {"PUBLIC_URL": "https://palabre.example", "TELEGRAM_PACE": "5000"}


async def brings(palabre: Palabre, phone: Phone, acknowledged: set[int]) -> None:
    """Bring a person's messages, each until it is acknowledged, as Telegram does."""
    url = f"http://127.0.0.1:{palabre.port}/hooks/telegram"
    headers = {"X-Telegram-Bot-Api-Secret-Token": palabre.server.webhook["secret_token"]}
    async with aiohttp.ClientSession() as session:
        for number, text in enumerate(SAID, phone.id * 100):
            message = {"message_id": number, "date": 1, "text": text, "from": phone.user,
                       "chat": phone.chat}  # fmt: skip
            body = json.dumps({"update_id": number, "message": message})
            while number not in acknowledged:
                try:
                    async with session.post(url, data=body, headers=headers) as answer:
                        if answer.status == 200:
                            acknowledged.add(number)
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)


def look(folder: Path, query: str) -> list[Any]:
    """Look into the database file."""
    connection = sqlite3.connect(f"file:{folder / 'data' / 'palabre.sqlite'}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


async def all_is_done(folder: Path) -> None:
    """Wait until nothing waits for an answer or to be sent."""
    open_ends = (
        "SELECT (SELECT count(*) FROM inbox WHERE answered_at IS NULL)"
        " + (SELECT count(*) FROM deliveries WHERE state IN ('waiting', 'sending'))"
    )
    async with asyncio.timeout(60):
        while look(folder, open_ends) != [(0,)]:
            await asyncio.sleep(0.2)


async def test_killed_under_load_nothing_acknowledged_is_lost_doubled_or_stuck(
    tmp_path: Path,
) -> None:
    acknowledged: set[int] = set()
    async with TelegramServer() as server, Palabre(tmp_path, server, HURRY) as palabre:
        await has_a_webhook(palabre)
        phones = [server.phone(f"Person{number}", "en") for number in range(PEOPLE)]
        bringing = [asyncio.create_task(brings(palabre, one, acknowledged)) for one in phones]
        for kill in itertools.count(1):
            while len(acknowledged) < kill * PEOPLE * len(SAID) // (KILLS + 1):
                await asyncio.sleep(0.002)
            await palabre.kill()
            await palabre.start()
            if kill == KILLS:
                break
        await asyncio.gather(*bringing)
        await all_is_done(tmp_path)
        await palabre.stop()
    assert len(acknowledged) == PEOPLE * len(SAID)
    assert look(tmp_path, "SELECT outcome, count(*) FROM inbox GROUP BY outcome") == [
        ("answered", PEOPLE * len(SAID))]  # fmt: skip
    assert look(tmp_path, "SELECT count(*) FROM participants") == [(PEOPLE,)]
    twice = (
        "SELECT participant_id, place FROM contributions WHERE superseded_at IS NULL"
        " AND withdrawn_at IS NULL GROUP BY participant_id, place HAVING count(*) > 1"
    )
    assert look(tmp_path, twice) == []
    languages = look(tmp_path, "SELECT count(*) FROM contributions WHERE step = 'langue'")
    assert languages[0][0] >= PEOPLE
    sends = Counter(
        (request.params["chat_id"], request.params["text"])
        for request in server.calls("sendMessage")
    )
    promised = look(tmp_path, "SELECT count(*) FROM deliveries WHERE kind != 'close'")[0][0]
    files = sum(len(server.calls(one)) for one in ("sendDocument", "sendAudio", "sendVoice"))
    assert promised <= sends.total() + files <= promised + KILLS * IN_FLIGHT
