"""What a listening page shows: words, sounds, and what one may choose."""

import mimetypes
from dataclasses import dataclass
from typing import NamedTuple

from aiohttp import web

from bot.dialogue.adding import ADD_MORE
from bot.dialogue.reply import Attachment, Prompt
from bot.gateway.buttons import DONE
from bot.gateway.files import MEDIA, media_key
from bot.gateway.visiting import Visit
from bot.web.links import Grant, sign
from bot.web.needs import DOOR

HOUR = 3_600_000
PAPERS = ("pdf", "page")


class Said(NamedTuple):
    """Words, or something attached: a recording, a paper."""

    text: str = ""
    title: str = ""
    sound: str = ""  # an address
    paper: str = ""  # an address


class Offered(NamedTuple):
    """A choice; `rank` is its place among those chosen, 0 where it is not chosen."""

    code: str
    label: str
    rank: int = 0


@dataclass(frozen=True)
class Screen:
    """A page's content; `sound` is where it is heard, "" where nobody says it."""

    language: str
    said: tuple[Said, ...]
    sound: str
    key: str
    offered: tuple[Offered, ...]
    ordered: bool
    done: str  # the label that ends the picking of several
    ends: str  # what that stands for
    add: str  # the label of adding to the answer before, "" where there is nothing to add to
    adds: str  # what that stands for
    human: bool  # what is said goes to a person of the team


def screen_of(request: web.Request, visit: Visit) -> Screen:
    """Draw what was said last."""
    door, asked = request.app[DOOR], visit.asked
    name = door.voice.name(visit.prompts, visit.language, visit.owner) if door.voice else ""
    said = [one for prompt in visit.prompts for one in _said(request, visit, prompt)]
    return Screen(
        visit.language,
        tuple(said),
        f"/r/{request.match_info['signed']}/sound?v={name[:12]}" if name else "",
        visit.key,
        _offered(asked),
        bool(asked and asked.choose == "in order"),
        asked.done if asked else "",
        DONE,
        next((prompt.add for prompt in visit.prompts if prompt.add), ""),
        ADD_MORE,
        visit.human,
    )


def _said(request: web.Request, visit: Visit, prompt: Prompt) -> list[Said]:
    attached = _attached(request, visit, prompt.attach) if prompt.attach else None
    words = Said(prompt.text.strip()) if prompt.text.strip() else None
    return [one for one in (attached, words) if one is not None]


def _attached(request: web.Request, visit: Visit, attach: Attachment) -> Said:
    """Draw a recording of somebody's, to be heard by itself, or a paper, to be read."""
    path = attach.files.get("audio", "")
    sound = _recording(request, path) if path.startswith(MEDIA) else ""
    has_paper = any(kind in attach.files for kind in PAPERS)
    paper = f"/d/{attach.code}?lang={visit.language}" if has_paper else ""
    return Said(title=attach.title, sound=sound, paper=paper)


def _recording(request: web.Request, path: str) -> str:
    door = request.app[DOOR]
    mime = mimetypes.guess_type(path)[0] or "audio/ogg"
    grant = Grant(media_key(path), mime, door.clock() + HOUR)
    return f"/m/{sign(door.link_key, grant)}"


def _offered(asked: Prompt | None) -> tuple[Offered, ...]:
    if asked is None:
        return ()
    ranks = {code: rank for rank, code in enumerate(asked.chosen, 1)}
    return tuple(Offered(one.code, one.label, ranks.get(one.code, 0)) for one in asked.choices)
