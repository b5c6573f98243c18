"""The public pages: what this is, and how to join through a network."""

from typing import Any

import segno
from aiohttp import web

from bot.dialogue.flow import Consultation
from bot.gateway.joining import spaced
from bot.language import current
from bot.web.needs import DOOR, Way
from bot.web.phonepage import phone_page
from bot.web.views import public_page

CHANNELS = {"telegram": "Telegram", "whatsapp": "WhatsApp", "sms": "SMS"}


async def home(request: web.Request) -> web.Response:
    """Show the simulator where there is one, else what this is and how to join."""
    if request.app[DOOR].simulated:
        return await phone_page(request)
    return _joining(request, "home.html", "")


async def join(request: web.Request) -> web.Response:
    """Show how to join through a network: a link and a QR code for each channel."""
    code = request.match_info["network"]
    networks = request.app[DOOR].consultation().networks
    network = next((one for one in networks if one.code == code), None)
    if network is None:
        raise web.HTTPNotFound
    return _joining(request, "join.html", code, network=network.title)


def _joining(request: web.Request, template: str, code: str, **more: str) -> web.Response:
    door = request.app[DOOR]
    consultation = door.consultation()
    ways = [_way(way) for way in door.joins(code) if way.channel in CHANNELS]
    context: dict[str, Any] = {
        "title": in_own_words(consultation, consultation.title),
        "responsible": in_own_words(consultation, consultation.responsible),
        "ways": ways,
        "tries": f"/?start={code}" if door.simulated else "",
        **more,
    }
    return public_page(request, template, context)


def in_own_words(consultation: Consultation, words: dict[str, str]) -> str:
    """Return a text in the visitor's language, else in the consultation's."""
    return words.get(current.get()) or words.get(consultation.source, "")


def _way(way: Way) -> dict[str, str]:
    code = segno.make(way.square, micro=False)
    picture = code.svg_data_uri(scale=4, border=2, dark="#1d2b1f", light="#fff")
    name, number = CHANNELS[way.channel], spaced(way.number).replace(" ", "\u00a0")
    return {"name": name, "link": way.link, "picture": picture, "number": number,
            "words": way.words}  # fmt: skip
