"""What is said to those who listen on a page: shown there, and its link sent by SMS."""

from collections.abc import Sequence

import msgspec

from bot.dialogue.draft import phrase
from bot.dialogue.preferring import FACT
from bot.dialogue.reply import Prompt
from bot.gateway.ownnotes import with_own_notes
from bot.gateway.pagelinks import link_of, listens_on_page
from bot.gateway.sitting import Seat, Sitting
from bot.store import pages
from bot.store.participants import Address

DAY = 86_400_000  # milliseconds
LIVES = 14 * DAY
AT_LEAST = 3 * DAY  # a link that holds no longer than this is not sent again


def with_page(
    sitting: Sitting, seat: Seat, prompts: Sequence[Prompt], address: Address
) -> Sequence[Prompt]:
    """Show prompts on this person's page, if they have one; return what is sent besides."""
    house = sitting.house
    if not listens_on_page(house, seat.person, address.channel):
        return prompts
    asked = next((prompt for prompt in reversed(prompts) if prompt.key), None)
    instead = seat.person.facts.get(FACT) == "only"
    link = _link(sitting, seat, prompts, address, makes=bool(asked) or instead)
    if not link or not (asked or instead):
        return prompts
    line = Prompt(link, "notice")
    if not instead:
        return (*prompts, line)
    return (msgspec.structs.replace(line, key=asked.key, step=asked.step) if asked else line,)


def _link(
    sitting: Sitting, seat: Seat, prompts: Sequence[Prompt], address: Address, *, makes: bool
) -> str:
    """Return the line that names the page; it says more where the page is new."""
    connection, house, moment = sitting.connection, sitting.house, sitting.moment
    words = msgspec.json.encode(_all_said(sitting, seat, prompts, address))
    place = connection, house.seal, pages.Said(seat.id, address.id, words)
    key, code = "page_link", pages.show(*place, moment=moment, until=moment + AT_LEAST)
    if code is None and makes:
        key, code = "page_first", pages.make(*place, moment=moment, until=moment + LIVES)
    if code is None:
        return ""
    link = f"{house.pages_at}/r/{link_of(house.seal.link_key, code)}"
    language = seat.person.language or sitting.programme.consultation.source
    return phrase(sitting.programme, language, key, link=link)


def _all_said(
    sitting: Sitting, seat: Seat, prompts: Sequence[Prompt], address: Address
) -> list[Prompt]:
    """Return what this turn has said so far on this address."""
    said = with_own_notes(sitting.connection, seat.id, prompts, sitting.house.can(address.channel))
    if sitting.trace is None:
        return said
    key = (seat.id, address.id, sitting.trace)
    sitting.shown_on_page = {key: [*sitting.shown_on_page.get(key, ()), *said]}
    return sitting.shown_on_page[key]
