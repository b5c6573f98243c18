"""The simulator's page: a phone, and beside it the steps of the talk."""

from aiohttp import web

from bot.language import current
from bot.web.needs import DOOR
from bot.web.views import page

KINDS = {"telegram": "Telegram", "whatsapp": "WhatsApp", "sms": "SMS"}


async def phone_page(request: web.Request) -> web.Response:
    """Draw the page with an empty phone; its talk comes in live."""
    door = request.app[DOOR]
    asked = request.query.get("as", "")
    kind = asked if asked in door.simulated else next(iter(door.simulated))
    consultation = door.consultation()
    titles = consultation.title
    context = {
        "title": titles.get(current.get()) or titles.get(consultation.source, ""),
        "kind": kind,
        "name": KINDS.get(kind, kind),
        "kinds": [(one, KINDS.get(one, one)) for one in door.simulated],
        "can": door.simulated[kind].can,
        "payload": request.query.get("start", "")[:64],
    }
    return page(request, "phone.html", context)
