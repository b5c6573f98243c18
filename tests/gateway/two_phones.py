"""A house on Telegram and by SMS, and someone who links the two."""

import re

from gateway.conftest import MakeHome
from gateway.houses import REMINDED, Home, Phone, Post, Texts
from programme import TAKING_PART

from bot.store import tables
from bot.store.contributions import Wanted, lines
from channels.capabilities import SMS

WELCOME = (
    TAKING_PART
    + """\
  quote:
    ask: May we quote you?
    choices:
      yes: Quote me
      no: No
    keep as: consent to be quoted
endings:
  thanks: Welcome.
"""
)
PAPER = "steps:\n" + REMINDED


def house(make_home: MakeHome) -> Home:
    """A house with a welcome and a paper, on Telegram and by SMS."""
    return make_home(Post("telegram"), Post("sms", SMS),
                     texts=Texts(welcome=WELCOME, paper=PAPER))  # fmt: skip


def code_of(words: str) -> str:
    """Return the code that stands in a message."""
    found = re.search(r"\d{3} \d{3}", words)
    assert found, words
    return found[0]


async def linked(one: Phone, other: Phone) -> str:
    """Ask for a code on one phone, write it on the other, agree; return what is said there."""
    code = code_of(await one.says("link"))
    assert "shall I link the two?" in await other.says(code)
    return await other.says("1")


async def people_of(home: Home) -> list[tuple[int, int | None]]:
    """Who there is, and into whom they were merged."""
    rows = await home.rows(tables.participants)
    return [(row.id, row.merged_into) for row in rows]


async def exported(home: Home) -> list[tuple[str, str, str]]:
    """Pseudonym, step and words of all that drafters get."""

    def work(connection: object) -> list[tuple[str, str, str]]:
        return [(one.pseudonym, one.step, one.code or one.text)
                for one in lines(connection, Wanted())]  # fmt: skip

    return await home.database.read(work)
