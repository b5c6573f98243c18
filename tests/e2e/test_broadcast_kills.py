"""What goes to many, killed, paused and resumed: each gets it once, the ledger adds up."""

import asyncio
import csv
import io
import json
from collections import Counter
from pathlib import Path

from e2e.running import Palabre
from e2e.test_kills import look
from fakes.telegram_faults import refusal
from fakes.telegram_server import TelegramServer
from msgspec.structs import replace
from sqlalchemy import update

from bot.dialogue.conversation import Person
from bot.settings import read_settings
from bot.store import participants
from bot.store.database import Database
from bot.store.participants import Newcomer
from bot.store.persons import seal_state
from bot.store.tables import addresses
from bot.wiring import library_of, prepare, seal_of

PEOPLE, KILLS, IN_FLIGHT = 70, 2, 64
NEWS = "The meeting is on Monday."
PACE = {"TELEGRAM_PACE": "5"}
SESSION = ("--title", "en=Selling together", "--place", "Thiès", "--when", "2037-02-14 15:00",
           "--zone", "Africa/Dakar")  # fmt: skip


def settle_people(folder: Path, server: TelegramServer, palabre: Palabre) -> None:
    """Let people take part who have a phone."""
    settings = read_settings(palabre.settings)
    database, seal = Database(settings.database_url), seal_of(settings)
    prepare(settings, database, library_of(settings), 1)
    phones = [server.phone(f"Person{number}", "en") for number in range(PEOPLE)]
    new = [
        Newcomer("telegram", "", seal.index("telegram", str(phone.id)), str(phone.id))
        for phone in phones
    ]
    agreed = replace(Person(), language="en", facts={"consent to take part": "yes"})

    def work(connection):  # type: ignore[no-untyped-def]
        participants.create(connection, seal, new, 1)
        connection.execute(update(addresses).values(last_in_at=1))
        values = {"state": seal_state(seal, agreed), "consented": True, "language": "en"}
        connection.execute(update(participants.participants).values(values))

    database.write_now(work)
    database.close()


def state(folder: Path) -> str:
    """How the broadcast stands."""
    return str(look(folder, "SELECT state FROM broadcasts ORDER BY id DESC")[0][0])


async def until(palabre: Palabre, server: TelegramServer, count: int) -> None:
    """Wait until so many messages went out."""
    async with asyncio.timeout(60):
        while len(server.calls("sendMessage")) < count:
            assert palabre.process is not None
            await asyncio.sleep(0.02)


async def done(folder: Path) -> None:
    """Wait until it is."""
    async with asyncio.timeout(90):
        while state(folder) != "done":
            await asyncio.sleep(0.2)


async def test_killed_paused_and_resumed_each_gets_it_once_and_the_ledger_adds_up(
    tmp_path: Path,
) -> None:
    text = tmp_path / "news.yaml"
    text.write_text(f"en: {NEWS}\nfr: La rencontre est lundi.\nes: El lunes.\n", "utf-8")
    async with TelegramServer() as server:
        palabre = Palabre(tmp_path, server, dict(PACE))
        settle_people(tmp_path, server, palabre)
        server.fail("sendMessage", refusal("Forbidden: bot was blocked by the user", 403), 3)
        async with palabre:
            sent = await palabre.command(
                "broadcast", "send", "--text", str(text), "--any-hour", "--yes", "--json"
            )
            number = json.loads(sent)["id"]
            await until(palabre, server, 12)
            await palabre.kill()
            await palabre.start()
            await until(palabre, server, 18)
            await palabre.command("broadcast", "pause", str(number))
            await asyncio.sleep(1)
            so_far = len(server.calls("sendMessage"))
            await asyncio.sleep(1)
            assert len(server.calls("sendMessage")) == so_far < PEOPLE
            assert state(tmp_path) == "paused"
            await palabre.command("broadcast", "resume", str(number))
            await until(palabre, server, so_far + 5)
            await palabre.kill()
            palabre.more["TELEGRAM_PACE"] = "1000"
            await palabre.start()
            await done(tmp_path)
            found = json.loads(await palabre.command("broadcast", "status", str(number), "--json"))
            out = tmp_path / "ledger.csv"
            await palabre.command("broadcast", "ledger", str(number), "--out", str(out))
            assert await palabre.stop() < 10
        assert b"Traceback" not in palabre.log
        calls = Counter(one.params["chat_id"] for one in server.calls("sendMessage"))
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8"))))
    stood = Counter(row["state"] for row in rows)
    assert len({row["participant"] for row in rows}) == len(rows) == PEOPLE
    assert found["counts"] == dict(stood)
    assert set(stood) <= {"sent", "failed", "perhaps"}
    assert stood["failed"] == 3
    assert stood["perhaps"] <= KILLS * IN_FLIGHT
    assert max(calls.values()) == 1
    assert stood["sent"] + 3 <= len(calls) <= PEOPLE


async def test_a_session_is_announced_to_each_once_though_twice_killed(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        palabre = Palabre(tmp_path, server, dict(PACE))
        settle_people(tmp_path, server, palabre)
        async with palabre:
            await palabre.command("phase", "open", "sessions", "--quiet", "--yes")
            said = await palabre.command(
                "session", "add", "market", *SESSION, "--any-hour", "--yes"
            )
            assert f"to {PEOPLE} people" in said
            for count in (12, 24):
                await until(palabre, server, count)
                await palabre.kill()
                await palabre.start()
            await palabre.kill()
            palabre.more["TELEGRAM_PACE"] = "1000"
            await palabre.start()
            await done(tmp_path)
            number = said.partition("broadcast status ")[2].split("`")[0]
            found = json.loads(await palabre.command("broadcast", "status", number, "--json"))
            assert await palabre.stop() < 10
        assert b"Traceback" not in palabre.log
        sent = server.calls("sendMessage")
    assert all("A new meeting. Selling together" in one.params["text"] for one in sent)
    assert max(Counter(one.params["chat_id"] for one in sent).values()) == 1
    assert set(found["counts"]) <= {"sent", "perhaps"}
    assert sum(found["counts"].values()) == PEOPLE
    assert found["counts"]["sent"] <= len(sent) <= PEOPLE
