"""A house with a forum, people who speak in it, and what a moderator does."""

from typing import Any

from forum import FORUM, WELCOME
from gateway.houses import Home, Phone, Texts
from programme import flow_of

from bot.gateway import moderate
from bot.store.moderation import Case

WITH_SOUND = FORUM.replace("        ask: What", "        attach: item audio\n        ask: What")


def texts(**phases_: dict[str, Any]) -> Texts:
    """A welcome with all consents, and a forum that is open, in three languages."""
    made = Texts(phases=phases_ or None, welcome=WELCOME, forum=WITH_SOUND)
    english = flow_of(WITH_SOUND, "forum")
    made.write("forum", english, fr=english, es=english)
    return made


async def joins(home: Home, quote: str = "1", hear: str = "1", themes: str = "1") -> Phone:
    """Someone who takes part; the forum begins by itself behind the welcome."""
    phone = home.person()
    await phone.says("hello", "1", quote, hear, themes)
    return phone


async def says(home: Home, words: str, **consents: str) -> Phone:
    """Someone new who says this on the topic of their theme, and agrees with nobody."""
    phone = await joins(home, **consents)
    while "where you live" not in await phone.last():
        await phone.says("no opinion")
    await phone.says(words)
    return phone


async def listed(home: Home, **wanted: Any) -> list[Case]:
    """What a moderator sees."""
    return await home.database.read(moderate.listed, home.house, moderate.Wanted(**wanted))


async def approved(home: Home, *words: str) -> list[str]:
    """Let people say something, and others hear it; return the contributions."""
    found = []
    for one in words:
        await says(home, one)
        (case,) = await listed(home)
        await home.write(moderate.approve, home.house, case.id, "lea")
        found.append(case.id)
    return found


async def heard(phone: Phone) -> str:
    """All words that someone was told."""
    return "\n".join(one.text for one in await phone.heard())
