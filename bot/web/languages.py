"""In which language a page speaks: as the link says, else as the browser asks, else as we do."""

from aiohttp import web

from bot.language import LANGUAGES

NAMES = {"fr": "Français", "en": "English", "es": "Español"}


def language_of(request: web.Request, otherwise: str = "en") -> str:
    """Return one of LANGUAGES."""
    asked = request.query.get("lang", "")
    if asked in LANGUAGES:
        return asked
    return preferred(request.headers.get("Accept-Language", "")) or otherwise


def preferred(header: str) -> str:
    """Return the language that an Accept-Language header likes best, "" if it names none."""
    liked: dict[str, float] = {}
    for part in header.split(","):
        name, _, rest = part.strip().partition(";")
        code = name[:2].lower()
        if code in LANGUAGES:
            liked[code] = max(liked.get(code, 0.0), _weight(rest))
    best = max(liked, key=lambda code: liked[code], default="")
    return best if best and liked[best] > 0 else ""


def _weight(rest: str) -> float:
    name, _, value = rest.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
