"""Updates that are brought: again and again until they are taken, with the secret."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from aiohttp import web
from fakes.telegram_server import TelegramServer

from channels.base import Incoming, WebhookCall
from channels.errors import Forged
from channels.telegram import Telegram

SECRET = "s3cr_et-T"


class Door:
    """A webhook that takes what is read, and can be out of order for some calls."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram, self.taken, self.closed_for = telegram, list[Incoming](), 0

    async def take(self, request: web.Request) -> web.Response:
        if self.closed_for:
            self.closed_for -= 1
            return web.Response(status=503)
        call = WebhookCall(str(request.url), request.headers, await request.read())
        try:
            self.taken += self.telegram.read(call)
        except Forged:
            return web.Response(status=403)
        return web.Response()


@contextlib.asynccontextmanager
async def opened(door: Door) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/hooks/telegram", door.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/telegram"
    await runner.cleanup()


async def until_tried(server: TelegramServer, times: int) -> None:
    async with asyncio.timeout(5):
        while len(server.webhook_tries) < times:
            await asyncio.sleep(0.005)


async def test_updates_come_in_order_and_again_after_a_503(
    telegram: Telegram, server: TelegramServer
) -> None:
    door, phone = Door(telegram), server.phone()
    door.closed_for = 2
    async with opened(door) as url:
        await telegram.set_webhook(url, SECRET)
        phone.says("un")
        phone.says("deux")
        await until_tried(server, 4)
    assert [status for _, status in server.webhook_tries] == [503, 503, 200, 200]
    assert [incoming.text for incoming in door.taken] == ["un", "deux"]
    assert not server.pending


async def test_a_webhook_set_with_another_secret_takes_nothing(
    telegram: Telegram, server: TelegramServer
) -> None:
    door, phone = Door(telegram), server.phone()
    async with opened(door) as url:
        await telegram.set_webhook(url, "another")
        phone.says("un")
        await until_tried(server, 1)
    assert server.webhook_tries[0][1] == 403
    assert door.taken == []


async def test_after_the_webhook_is_taken_away_updates_wait_to_be_asked_for(
    telegram: Telegram, server: TelegramServer
) -> None:
    door, phone = Door(telegram), server.phone()
    async with opened(door) as url:
        await telegram.set_webhook(url, SECRET)
        await telegram.delete_webhook()
        phone.says("un")
        await asyncio.sleep(0.05)
    assert server.webhook_tries == []
    assert b"un" in await telegram.get_updates(0, 0)
