"""Messages that are due, sent to a provider played in another process: at full speed, at a pace."""

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from multiprocessing.connection import Connection as Pipe
from typing import Any

import aiohttp
import msgspec
from sqlalchemy import Connection, func, select

from bot.bench.contestant import WrongWork
from bot.bench.load import HOST
from bot.bench.measuring import Measured, Meter, Process, Spent, word
from bot.bench.ours import sender_of, settings_in, unsent
from bot.bench.provider import Provider
from bot.bench.script import FIRST_PERSON, TOKEN
from bot.gateway.deliver import AT_ONCE
from bot.gateway.house import House
from bot.serving import settle_interpreter
from bot.store import deliveries, participants
from bot.store.participants import Newcomer
from bot.store.tables import deliveries as table
from bot.store.wire import NewDelivery
from bot.wiring import open_house
from channels.base import Outgoing, Pace

TEXT = "Which of these four helped you most this week? Answer with its number. "
UNLIMITED = 1e6
LOOK = 0.02  # seconds between two looks whether all is sent
Sends = Callable[[Pipe, int, int, float], Coroutine[Any, Any, None]]


def unthrottled(sends: Sends, messages: int) -> Measured:
    """Measure how many a second are sent, from the first to the last outcome written."""
    with Process(_take, messages) as provider:
        with Process(sends, provider.hear(), messages, UNLIMITED) as sender:
            spent: Spent = sender.hear()
        provider.tell("end")
        provider.hear()
    return Measured(messages / spent.seconds, spent.cpu_s, spent.memory_mb)


def paced(per_second: float, seconds: float) -> Measured:
    """Measure how many a second came at the provider; more than the pace in any one is a fault."""
    messages = int(per_second * seconds)
    with Process(_take, messages) as provider:
        with Process(ours_sends, provider.hear(), messages, per_second) as sender:
            spent: Spent = sender.hear()
        provider.tell("end")
        took, most = provider.hear()
    fault = f"{most} in one second" if most > per_second else ""
    return Measured((messages - 1) / took, spent.cpu_s, spent.memory_mb, fault)


async def _take(pipe: Pipe, messages: int) -> None:
    provider = Provider()
    await provider.open()
    pipe.send(provider.port)
    await word(pipe)
    provider.close()
    if len(provider.times) != messages:
        raise WrongWork(f"{WrongWork.__doc__} ({len(provider.times)} of {messages} came)")
    pipe.send((provider.times[-1] - provider.times[0], provider.most_in_a_second()))


# --- who sends -----------------------------------------------------------------------------


async def ours_sends(pipe: Pipe, port: int, messages: int, per_second: float) -> None:
    """Send what a full outbox promises, each with its outcome written down."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        settings = settings_in(folder, TELEGRAM_API_URL=f"http://{HOST}:{port}")
        async with open_house(settings) as house:
            await house.database.write(promise_to_all, house, messages)
            sender = sender_of(house, house.channels["telegram"], Pace(per_second, 1))
            settle_interpreter()
            stopping, meter = asyncio.Event(), Meter()
            running = asyncio.create_task(sender.run(stopping))
            while await house.database.read(unsent):
                await asyncio.sleep(LOOK)
            spent = meter.spent()
            stopping.set()
            house.database.ring_all()
            await running
            sent = await house.database.read(_sent)
    if sent != messages:
        raise WrongWork(f"{WrongWork.__doc__} ({sent} of {messages} sent)")
    pipe.send(spent)


def promise_to_all(connection: Connection, house: House, messages: int) -> None:
    """Make a person for each message, and promise it."""
    seal, moment = house.seal, house.clock()
    chats = [str(FIRST_PERSON + number) for number in range(messages)]
    new = [Newcomer("telegram", "1", seal.index("telegram", chat), chat) for chat in chats]
    made = participants.create(connection, seal, new, moment)
    promised = [
        NewDelivery(one.participant, one.id, "telegram", "reply",
                    msgspec.json.encode(Outgoing(chat, text=TEXT * 3)))
        for one, chat in zip(made, chats, strict=True)
    ]  # fmt: skip
    deliveries.promise(connection, seal, promised, moment)


def _sent(connection: Connection) -> int:
    query = select(func.count()).select_from(table).where(table.c.state == "sent")
    return connection.scalar(query) or 0


async def bare_client_sends(pipe: Pipe, port: int, messages: int, _per_second: float) -> None:
    """Post the same words with nothing around it: as fast as the HTTP client goes."""
    url = f"http://{HOST}:{port}/bot{TOKEN}/sendMessage"
    chats = iter(range(FIRST_PERSON, FIRST_PERSON + messages))

    async def post(session: aiohttp.ClientSession) -> None:
        for chat in chats:
            async with session.post(url, data={"chat_id": chat, "text": TEXT * 3}) as answer:
                await answer.read()

    async with aiohttp.ClientSession() as session:
        meter = Meter()
        await asyncio.gather(*(post(session) for _ in range(AT_ONCE)))
        pipe.send(meter.spent())
