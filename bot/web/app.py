"""The aiohttp application: every address that can be asked for, in one place."""

from aiohttp import web

from bot.web import (
    documents,
    headers,
    health,
    hooks,
    listening,
    media,
    metrics,
    pages,
    phonesay,
    phonetalk,
    statics,
    views,
)
from bot.web.access import QuietAccessLogger
from bot.web.failures import explain_failures
from bot.web.needs import DOOR, Door
from bot.web.phones import PHONES, Phones

SECONDS = 2  # until open answers are cut off at the end


def make_app(door: Door) -> web.Application:
    """Build the application around the parts of a house."""
    app = web.Application(middlewares=[views.speak, explain_failures], client_max_size=hooks.MOST)
    app[DOOR] = door
    app[listening.LIMITS] = listening.Limits()
    headers.guard(app, https=door.public_url.startswith("https://"))
    views.set_up(app)
    app.add_routes(
        [
            web.post("/hooks/telegram", hooks.telegram),
            web.post("/hooks/twilio/sms", hooks.twilio_sms),
            web.post("/hooks/twilio/whatsapp", hooks.twilio_whatsapp),
            web.post("/hooks/twilio/status", hooks.twilio_status),
            web.get("/health", health.health),
            web.get("/ready", health.ready),
            web.get("/metrics", metrics.metrics, allow_head=False),
            web.get("/", pages.home),
            web.get("/j/{network}", pages.join),
            web.get("/d/{code}.{ending:pdf|mp3|ogg|m4a}", documents.document_file),
            web.get("/d/{code}", documents.document),
            web.get("/m/{signed}", media.media),
            web.get("/r/{signed}", listening.show),
            web.post("/r/{signed}", listening.take),
            web.get("/r/{signed}/sound", listening.sound),
            web.get("/static/{name}", statics.static),
            web.get("/favicon.ico", statics.favicon),
        ]
    )
    if door.simulated:
        _add_phones(app, door)
    return app


def _add_phones(app: web.Application, door: Door) -> None:
    app[PHONES] = phones = Phones(door.simulated, door.past)
    app.on_shutdown.append(phones.close)
    phone = "/phone/{kind}/{tab:[A-Za-z0-9_-]{1,64}}"
    app.add_routes(
        [
            web.get(f"{phone}/talk", phonetalk.talk, allow_head=False),
            web.post(f"{phone}/say", phonesay.say),
            web.post(f"{phone}/send", phonesay.send_file),
            web.get(f"{phone}/file/{{message}}", phonesay.file),
        ]
    )


def runner_of(app: web.Application) -> web.AppRunner:
    """Return what runs the application: quiet about people, and gone soon when asked to end."""
    return web.AppRunner(app, access_log_class=QuietAccessLogger, shutdown_timeout=SECONDS)
