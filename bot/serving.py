"""Keep a process running: the pages, the channels, the work; and end it in good order."""

import asyncio
import contextlib
import enum
import gc
import logging
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from aiohttp import web

from bot.gateway.doctor import Finding
from bot.gateway.house import House
from bot.gateway.joining import TELEGRAM as TELEGRAM_LINK
from bot.gateway.leases import Lease
from bot.gateway.work import Work
from bot.language import _
from bot.logs import set_up_logs
from bot.settings import Settings, WrongSetting
from bot.wiring import base_address, learn_bot_name, make_simulators, open_house
from channels.base import Channel
from channels.errors import DeliveryError
from channels.telegram import Telegram
from channels.telegram_poll import Poller

log = logging.getLogger(__name__)

Say = Callable[[str], object]
WEBHOOK = "/hooks/telegram"


class Role(enum.Enum):
    """What a process does."""

    ALL = "serve"
    WEB = "web"
    WORKER = "worker"


class PortTaken(Exception):
    """Another program listens there. Stop it, or set PORT to another number."""


class WebhookElsewhere(Exception):
    """This bot's messages go to another address now; --take-over brings them here."""


async def keep_running(
    settings: Settings, role: Role, *, say: Say, take_over: bool = False
) -> None:
    """Run until told to stop (SIGTERM, SIGINT): nothing new, what is in hand is finished."""
    set_up_logs(settings)
    simulators = make_simulators(settings) if role is Role.ALL else []
    async with open_house(settings, simulators) as house:
        work = Work.of(house)
        async with contextlib.AsyncExitStack() as closing:
            closing.push_async_callback(work.stop)
            if role is not Role.WORKER:
                await closing.enter_async_context(_pages(settings, house, work))
            await closing.enter_async_context(
                _telegram(settings, house, work, role, take_over=take_over, say=say)
            )
            # Only now: a start that is refused must not touch what a running house has in hand.
            await work.start(receives=role is not Role.WORKER, works=role is not Role.WEB)
            settle_interpreter()
            _greet(settings, role, say)
            await _until_told_to_stop()
            say(_("Stopping: what is in hand is finished."))


def settle_interpreter() -> None:
    """Let the collector come less often, and threads take turns less often.

    A batch of turns makes tens of thousands of small values that all die with it: looking for
    cycles among them, and among all that was loaded before, took a seventh of a turn's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    sys.setswitchinterval(0.02)


@contextlib.asynccontextmanager
async def _pages(settings: Settings, house: House, work: Work) -> AsyncIterator[None]:
    from bot.opening import door_of
    from bot.web.app import make_app, runner_of

    runner = runner_of(make_app(await door_of(settings, house, work)))
    await runner.setup()
    site = web.TCPSite(runner, settings.host, settings.port)
    try:
        try:
            await site.start()
        except OSError as error:
            where = f"{settings.host}:{settings.port}"
            raise PortTaken(
                _("{where} is taken or not ours. Stop what listens there, or set PORT.").replace(
                    "{where}", where
                )
            ) from error
        yield
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def _telegram(
    settings: Settings, house: House, work: Work, role: Role, *, take_over: bool, say: Say
) -> AsyncIterator[None]:
    """Have Telegram's updates brought here: to the webhook, or by asking for them."""
    channel = house.channels.get("telegram")
    if not isinstance(channel, Telegram):
        yield
        return
    if role is Role.WORKER:
        await learn_bot_name(house)
        yield
        return
    if settings.public_url:
        await _set_webhook(settings, channel, house)
        yield
        return
    async with _polling(house, work, channel, take_over=take_over, say=say):
        yield


async def _set_webhook(settings: Settings, channel: Telegram, house: House) -> None:
    await learn_bot_name(house)
    secret = settings.telegram_webhook_secret or house.seal.webhook_secret
    try:
        await channel.set_webhook(settings.public_url + WEBHOOK, secret)
    except DeliveryError as error:
        _refuse_wrong_token(error)
        log.warning("the webhook could not be set: %s", error)


@contextlib.asynccontextmanager
async def _polling(
    house: House, work: Work, channel: Telegram, *, take_over: bool, say: Say
) -> AsyncIterator[None]:
    try:
        elsewhere = await channel.webhook_elsewhere()
        if elsewhere and not take_over:
            sentence = _("This bot's messages go to {host} now. A second place would silence it: "
                         "use another bot, or say `palabre serve --take-over`.")  # fmt: skip
            raise WebhookElsewhere(sentence.replace("{host}", elsewhere))
        if elsewhere:
            await channel.delete_webhook()
        name = await channel.get_me()
        house.private_links[channel.name] = TELEGRAM_LINK + name
        say(_("Telegram: https://t.me/{name}").replace("{name}", name))
    except DeliveryError as error:
        _refuse_wrong_token(error)
        say(_("Telegram cannot be reached now; it is tried again and again."))
    poller = Poller(channel, work.receiver.take)
    lease = Lease(house.database, f"poll telegram {channel.account}")
    task = asyncio.create_task(lease.while_held(poller.run))
    try:
        yield
    finally:
        poller.stop()
        await asyncio.wait([task], timeout=2)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await lease.give_back()


def _refuse_wrong_token(error: DeliveryError) -> None:
    if error.failure.means == "sender":
        raise WrongSetting(
            _("TELEGRAM_BOT_TOKEN: Telegram does not know this token. @BotFather gives it.")
        ) from None


def _greet(settings: Settings, role: Role, say: Say) -> None:
    if role is Role.WORKER:
        say(_("The worker is ready."))
        return
    address = base_address(settings)
    say(_("Palabre is ready: {address}").replace("{address}", address))
    if settings.shows_simulator and role is Role.ALL:
        here = _("Take part in the browser there, or in another terminal: {command} chat")
        say(here.replace("{command}", _own_command()))
    if not settings.telegram_bot_token:
        say(_("To talk on Telegram: ask @BotFather for a bot, put TELEGRAM_BOT_TOKEN=… into .env, "
              "and start again."))  # fmt: skip
    say(_("Ctrl+C stops it."))


def _own_command() -> str:
    """Name our command as one types it here: by its path, where the shell would not find it."""
    typed = Path(sys.argv[0])
    return "palabre" if shutil.which("palabre") or typed.name != "palabre" else str(typed)


async def _until_told_to_stop() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, told.set)
    await told.wait()


async def examine_telegram(house: House, settings: Settings) -> list[Finding]:
    """Look at the bot and its webhook."""
    channel: Channel | None = house.channels.get("telegram")
    if not isinstance(channel, Telegram):
        return [Finding("note", _("Telegram is not set up (TELEGRAM_BOT_TOKEN)."))]
    try:
        name = await channel.get_me()
        ours = settings.public_url + WEBHOOK if settings.public_url else ""
        elsewhere = await channel.webhook_elsewhere(ours)
    except DeliveryError as error:
        sentence = _("Telegram: {why}").replace("{why}", _(error.failure.words))
        return [Finding("ill", sentence)]
    found = [Finding("well", _("Telegram knows the bot @{name}.").replace("{name}", name))]
    if elsewhere:
        sentence = _("Telegram brings this bot's messages to {host}: start `palabre serve` here "
                     "with --take-over, or use another bot.")  # fmt: skip
        found.append(Finding("ill", sentence.replace("{host}", elsewhere)))
    return found
