"""A process that is killed, asked to end, attacked, or left alone."""

import asyncio
import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
from e2e.running import Palabre, Participant, has_a_webhook
from fakes.telegram_faults import hang
from fakes.telegram_server import TelegramServer

from bot.trial.process import free_port

PUBLIC = {"PUBLIC_URL": "https://palabre.example"}


def rows(palabre: Palabre, query: str) -> list[Any]:
    """Look into the database file."""
    file = palabre.folder / "data" / "palabre.sqlite"
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


async def test_killed_in_mid_conversation_it_goes_on_and_nothing_is_lost_or_doubled(
    tmp_path: Path,
) -> None:
    async with TelegramServer() as server, Palabre(tmp_path, server) as palabre:
        ama = Participant(server.phone("Ama", "en"), "ama")
        await ama.joins()
        await ama.presses(1)
        kills = 0
        for pause in (0.0, 0.02):
            ama.press(0)  # consents: the answer is on its way, in the inbox, or in the outbox
            await asyncio.sleep(pause)
            await palabre.kill()
            kills += 1
            await palabre.start()
            await ama.hears()
            await asyncio.sleep(1.5)  # what is said twice would come now
            while ama.phone.messages[-1] is not ama.heard[-1]:
                await ama.hears()
        await ama.presses(0)
        await ama.presses(0)
        await palabre.stop()
        kept = rows(palabre, "SELECT step, count(*) FROM contributions"
                             " WHERE superseded_at IS NULL GROUP BY step")  # fmt: skip
        assert kept == [(step, 1) for step in
                        ("citer", "ecouter", "langue", "participer", "role")]  # fmt: skip
        assert rows(palabre, "SELECT count(*) FROM inbox WHERE outcome != 'answered'") == [(0,)]
        said = Counter(message.text for message in ama.phone.messages)
        assert sum(count - 1 for count in said.values()) <= kills
        assert rows(palabre, "SELECT count(*) FROM participants") == [(1,)]


async def test_asked_to_end_it_finishes_and_is_gone_within_ten_seconds(tmp_path: Path) -> None:
    async with TelegramServer() as server, Palabre(tmp_path, server) as palabre:
        ama = Participant(server.phone("Ama", "en"), "ama")
        await ama.joins()
        server.fail("sendMessage", hang(60))
        ama.press(1)
        async with asyncio.timeout(20):
            while len(server.calls("sendMessage")) < 2:
                await asyncio.sleep(0.05)
        assert await palabre.stop() < 10
        assert palabre.process is not None
        assert palabre.process.returncode == 0
        assert b"Traceback" not in palabre.log, palabre.log.decode()
        await palabre.start()  # what nobody answered is said again
        assert len((await ama.hears()).labels) == 2


async def test_what_is_forged_is_refused_and_nothing_of_it_is_stored(tmp_path: Path) -> None:
    async with TelegramServer() as server, Palabre(tmp_path, server, PUBLIC) as palabre:
        await has_a_webhook(palabre)
        url = server.webhook["url"]
        update = {"update_id": 9, "message": {"message_id": 1, "date": 1, "text": "hello",
                  "chat": {"id": 77, "type": "private"}, "from": {"id": 77, "is_bot": False,
                  "first_name": "X"}}}  # fmt: skip
        secret = {"X-Telegram-Bot-Api-Secret-Token": server.webhook["secret_token"]}
        forged = {"X-Telegram-Bot-Api-Secret-Token": "of-somebody-else"}
        async with aiohttp.ClientSession() as session:

            async def post(headers: dict[str, str], body: str) -> int:
                async with session.post(url, data=body, headers=headers) as answer:
                    return answer.status

            assert await post(forged, json.dumps(update)) == 403
            assert await post({}, json.dumps(update)) == 403
            assert await post(secret, "no JSON") == 400
            assert rows(palabre, "SELECT count(*) FROM inbox") == [(0,)]
            assert await post(secret, '{"update_id": 10, "message": {"text": 7}}') == 200
            assert await post(secret, json.dumps(update)) == 200
        assert rows(palabre, "SELECT kind FROM inbox ORDER BY id") == [
            ("unreadable",), ("message",)]  # fmt: skip


async def test_an_idle_process_does_next_to_nothing(tmp_path: Path) -> None:
    async with TelegramServer() as server, Palabre(tmp_path, server) as palabre:
        await Participant(server.phone("Ama", "en"), "ama").joins()
        await asyncio.sleep(2)
        before = palabre.cpu_seconds()
        await asyncio.sleep(5)
        assert palabre.cpu_seconds() - before < 0.25


async def test_a_bot_whose_webhook_is_elsewhere_is_not_silenced_unless_told_to(
    tmp_path: Path,
) -> None:
    async with TelegramServer() as server:
        palabre = Palabre(tmp_path, server)
        server.set_webhook({"url": "https://production.example/hooks/telegram"})
        status, words = await palabre.tries("serve")
        assert status == 2
        assert "production.example" in words
        assert "--take-over" in words
        assert "Traceback" not in words
        assert server.webhook["url"] == "https://production.example/hooks/telegram"
        await palabre.start("--take-over")
        await Participant(server.phone("Ama", "en"), "ama").joins()
        assert server.webhook == {}
        await palabre.kill()


async def test_a_port_that_is_taken_is_said_in_a_sentence(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", free_port())
        port = taken.sockets[0].getsockname()[1]
        status, words = await Palabre(tmp_path, server, {"PORT": str(port)}).tries("serve")
        taken.close()
        assert status == 2
        assert f"127.0.0.1:{port} is taken" in words
        assert "Traceback" not in words


async def test_a_second_start_on_a_taken_port_touches_nothing_of_the_first(
    tmp_path: Path,
) -> None:
    async with TelegramServer() as server, Palabre(tmp_path, server) as palabre:
        ama = Participant(server.phone("Ama", "en"), "ama")
        await ama.joins()
        before = len(server.calls("sendMessage"))
        server.fail("sendMessage", hang(60))
        ama.press(1)
        async with asyncio.timeout(20):
            while len(server.calls("sendMessage")) == before:
                await asyncio.sleep(0.05)
        in_hand = "SELECT id, attempts FROM deliveries WHERE state = 'sending'"
        sending = rows(palabre, in_hand)
        second = Palabre(tmp_path, server, {"PORT": str(palabre.port)})
        assert (await second.tries("serve"))[0] == 2
        assert rows(palabre, in_hand) == sending != []


async def test_a_token_that_telegram_does_not_know_is_said_in_a_sentence(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        other = {"TELEGRAM_BOT_TOKEN": "4242:another-token-of-ours"}
        status, words = await Palabre(tmp_path, server, other).tries("serve")
        assert status == 2
        assert "TELEGRAM_BOT_TOKEN" in words
        assert "another-token-of-ours" not in words


async def test_on_postgresql_a_web_process_and_two_workers_share_the_work(
    tmp_path: Path, new_postgres: str
) -> None:
    shared = PUBLIC | {"DATABASE_URL": new_postgres.replace("+psycopg", ""), "SECRET_KEY": "k" * 40}
    async with (
        TelegramServer() as server,
        Palabre(tmp_path, server, shared, "web") as web,
        Palabre(tmp_path, server, shared, "worker") as worker,
        Palabre(tmp_path, server, shared, "worker"),
    ):
        await has_a_webhook(web)
        people = [Participant(server.phone(f"Person{n}", "en"), "handle") for n in range(5)]
        await asyncio.gather(*(one.joins("greniers") for one in people))
        await asyncio.gather(*(one.presses(1) for one in people))
        assert await worker.stop() < 10  # the other one takes over
        heard = await asyncio.gather(*(one.presses(0) for one in people))
        assert {len(one.labels) for one in heard} == {2}
        for one in people:
            texts = [message.text for message in one.phone.messages]
            assert len(texts) == len(set(texts)) == 3
        assert b"Traceback" not in web.log + worker.log, (web.log + worker.log).decode()
