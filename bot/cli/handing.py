"""`handover list|reply|number|close`: who waits for a person, and what that person says."""

import json
import sys
from typing import TYPE_CHECKING

import click

from bot.cli.running import Sentence, end, run
from bot.language import _
from bot.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.gateway.handing import Waits
    from bot.gateway.house import House

NOTHING_DONE = 1


@click.group(help=_("See who waits for a person; answer them; give the talk back to the bot."))
def handover() -> None:
    """Gather the commands of hand-overs."""


@handover.command(
    "list", help=_("Print a line a person: PARTICIPANT SINCE CHANNEL LANGUAGE WHO LAST WORDS.")
)
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
def list_handovers(as_json: bool) -> None:
    """Print who waits, the longest first."""
    from bot.gateway.handing import who_waits

    async def work() -> "list[Waits]":
        from bot.wiring import open_house

        async with open_house(read_settings(), telegram=False) as house:
            return await house.database.read(who_waits, house)

    found = run(work())
    if as_json:
        click.echo(json.dumps([_row(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(" ".join(str(part) for part in _row(one).values()).rstrip())
    if not found:
        click.echo(_("Nobody waits for a person."), err=True)


def _row(one: "Waits") -> dict[str, str]:
    from datetime import UTC, datetime

    since = datetime.fromtimestamp(one.since / 1000, UTC).isoformat(timespec="seconds")
    return {
        "participant": one.participant,
        "since": since,
        "channel": one.channel or "-",
        "language": one.language or "-",
        "who": "team" if one.ours else "person",
        "words": one.words,
    }


@handover.command(
    "reply", help=_("Write to someone. Without WORDS they are read from the standard input.")
)
@click.argument("participant", metavar=_("PARTICIPANT"))
@click.argument("words", nargs=-1, metavar=_("[WORDS…]"))
def reply(participant: str, words: tuple[str, ...]) -> None:
    """Put a person's own words into the outbox."""
    from bot.gateway.handing import reply_as_human

    text = " ".join(words) if words else sys.stdin.read()

    async def work(house: "House", found: int) -> None:
        await reply_as_human(house, found, text.strip(), anywhere=True)

    _with(participant, work)
    sentence = _("Written to {name}. The bot is silent there until you close the hand-over.")
    click.echo(sentence.replace("{name}", participant), err=True)


@handover.command("number", help=_("Print the telephone numbers of someone who waits, to call."))
@click.argument("participant", metavar=_("PARTICIPANT"))
def number(participant: str) -> None:
    """Print a line a number; the audit says that it was looked at."""
    from bot.gateway.handing import numbers_to_call

    async def work(house: "House", found: int) -> None:
        numbers = await house.database.write(numbers_to_call, house, found)
        for one in numbers:
            click.echo(one)
        if not numbers:
            click.echo(_("We have no number of theirs: ask them for it."), err=True)

    _with(participant, work)


@handover.command("close", help=_("Give the talk back to the bot, where it was."))
@click.argument("participant", metavar=_("PARTICIPANT"))
@click.option("--note", default="", metavar=_("TEXT"), help=_("A word for the team alone."))
def close(participant: str, note: str) -> None:
    """Close it."""
    from bot.gateway.handing import close_hand_over

    closed = False

    async def work(house: "House", found: int) -> None:
        nonlocal closed
        closed = await close_hand_over(house, found, note, anywhere=True)

    _with(participant, work)
    if not closed:
        sentence = _(
            "No hand-over is open for {name}; `palabre handover list` shows those that are."
        )
        end(sentence.replace("{name}", participant), NOTHING_DONE)
    click.echo(_("The bot speaks with {name} again.").replace("{name}", participant), err=True)


def _with(pseudonym: str, work: "Callable[[House, int], Awaitable[None]]") -> None:
    """Do something for a participant, in an open house."""

    async def whole() -> None:
        from bot.store import participants
        from bot.wiring import make_simulators, open_house

        settings = read_settings()
        async with open_house(settings, make_simulators(settings)) as house:
            found = await house.database.read(participants.by_pseudonym, pseudonym)
            if found is None or await house.database.read(participants.is_forgotten, found):
                sentence = _("There is no participant {name}; `palabre handover list` names them.")
                raise Sentence(sentence.replace("{name}", pseudonym))
            await work(house, found)

    run(whole())
