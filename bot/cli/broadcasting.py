"""`broadcast preview|send|list|status|pause|resume|cancel|retry|ledger`."""

import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.cli.running import FAULTS, Sentence, agreed, end, run
from bot.language import _
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot.gateway.house import House

Result = TypeVar("Result")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
WRITTEN = click.Path(dir_okay=False, path_type=Path)


@click.group(help=_("Write to many: preview, send, follow, and say for each whether it arrived."))
def broadcast() -> None:
    """Gather the commands of broadcasts."""


def _in_house(work: "Callable[[House], Awaitable[Result]]") -> Result:
    async def inside() -> Result:
        from bot.wiring import make_simulators, open_house

        settings = read_settings()
        async with open_house(settings, make_simulators(settings)) as house:
            return await work(house)

    return run(inside())


def _what(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say what is sent to whom, and how."""
    for add in reversed((
        click.option("--to", "rule", default="", metavar=_("RULE"),
                     help=_("Whom: a rule or a segment; without it, everybody.")),
        click.option("--text", type=FILE, help=_("What: a file with fr: …, en: …, es: …")),
        click.option("--audio", multiple=True, type=FOLDER, metavar=_("FOLDER"),
                     help=_("An audio session, as `audio-session make` wrote it; one a language.")),
        click.option("--flow", default="", metavar=_("FLOW"), help=_("Invite to this flow.")),
        click.option("--at", default="", metavar=_("TIME"),
                     help=_("Not before: 2026-11-30T09:00, in the consultation's zone.")),
        click.option("--over", type=click.FloatRange(0, 720), default=0.0, metavar=_("HOURS"),
                     help=_("Spread it over so many hours.")),
        click.option("--test", default="", metavar=_("ADDRESS"),
                     help=_("Only to this address: sms:+33…, or a participant of the export.")),
        click.option("--hold", is_flag=True,
                     help=_("WhatsApp people whose window is closed get it when they write.")),
        click.option("--sms-instead", is_flag=True,
                     help=_("WhatsApp people whose window is closed get it by SMS.")),
        click.option("--spare-talks", is_flag=True,
                     help=_("Leave out who is in a conversation now.")),
        click.option("--spare-days", type=click.IntRange(0, 365), default=0, metavar=_("DAYS"),
                     help=_("Leave out who was written to in the last days.")),
        click.option("--any-hour", is_flag=True, help=_("Do not wait for the morning.")),
        click.option("--json", "as_json", is_flag=True, help=_("For other programs.")),
    )):  # fmt: skip
        command = add(command)
    return command


@broadcast.command("preview", help=_("Show whom it reaches, what it costs, and how it looks."))
@_what
def preview(**given: Any) -> None:
    """Count, and write nothing."""

    async def work(house: "House") -> None:
        from bot.cli.broadcasted import preview_as_json, said_of_preview, sounds_as_json
        from bot.gateway.broadcasts.ordering import order

        wanted = order(house, **_order(given))
        found, prices = await wanted.previewed(house)
        if given["as_json"]:
            sounds = sounds_as_json(house, wanted.plan, found)
            click.echo(json.dumps(preview_as_json(found) | sounds))
        else:
            click.echo(said_of_preview(house, wanted, found, prices))

    _in_house(work)


@broadcast.command("send", help=_("Send it; it goes on by itself. Prints its number."))
@_what
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@click.option("--wait", is_flag=True, help=_("Stay until it is done, with a bar."))
def send(*, yes: bool, wait: bool, **given: Any) -> None:
    """Send."""

    async def work(house: "House") -> int:
        from bot.cli.broadcasted import said_of_preview
        from bot.gateway.broadcasts.ordering import order

        wanted = order(house, **_order(given))
        if not yes and not wanted.address:
            found, prices = await wanted.previewed(house)
            click.echo(said_of_preview(house, wanted, found, prices), err=given["as_json"])
            if not agreed(_("Send it?")):
                end(_("Nothing was sent."), 1)
        return await wanted.sent(house)

    number = _in_house(work)
    click.echo(json.dumps({"id": number}) if given["as_json"] else str(number))
    if wait:
        _wait(number)


def _order(given: dict[str, Any]) -> dict[str, Any]:
    names = ("rule", "text", "audio", "flow", "at", "over", "test", "hold", "sms_instead",
             "spare_talks", "spare_days", "any_hour")  # fmt: skip
    return {name: given[name] for name in names}


def _wait(number: int) -> None:
    """Follow it until it has ended, or only those are left who must write first."""
    from bot.cli.broadcasted import follow

    async def work(house: "House") -> str:
        return await follow(house, number)

    state = _in_house(work)
    if state not in ("done", "held"):
        end(_("Broadcast {number} is {state}.").replace("{number}", str(number))
            .replace("{state}", _(state)), FAULTS)  # fmt: skip


@broadcast.command("list", help=_("Print a line a broadcast: ID STATE MADE KIND RULE."))
@click.option("--json", "as_json", is_flag=True, help=_("For other programs."))
def list_them(as_json: bool) -> None:
    """Print all of them, the newest first."""

    async def work(house: "House") -> None:
        from bot.cli.broadcasted import moment
        from bot.gateway.broadcasts.plan import rows

        found = await house.database.read(rows)
        if as_json:
            click.echo(json.dumps([
                {"id": one.id, "state": one.state, "kind": one.kind, "rule": one.rule,
                 "made_at": moment(one.made_at), "begins_at": moment(one.begins_at),
                 "ended_at": moment(one.ended_at)} for one in found
            ]))  # fmt: skip
            return
        for one in found:
            what = one.rule or one.plan.session or one.phase or one.flow or "-"
            click.echo(f"{one.id} {one.state} {moment(one.made_at)} {one.kind} {what}")

    _in_house(work)


@broadcast.command("status", help=_("Say how it stands: who got it, who did not, and why."))
@click.argument("number", type=int, metavar="ID")
@click.option("--json", "as_json", is_flag=True, help=_("For other programs."))
def status(number: int, as_json: bool) -> None:
    """Print how it stands."""

    async def work(house: "House") -> None:
        from bot.cli.broadcasted import said_of_status, status_as_json
        from bot.gateway.broadcasts.plan import row_of
        from bot.store.fates import counts

        row = await house.database.read(row_of, number)
        found = await house.database.read(counts, number)
        click.echo(
            json.dumps(status_as_json(row, found)) if as_json else said_of_status(row, found)
        )

    _in_house(work)


def _told(name: str, help_: str, done: str) -> click.Command:
    """Make a command that tells a broadcast one word."""

    @broadcast.command(name, help=help_)
    @click.argument("number", type=int, metavar="ID")
    @click.option("--json", "as_json", is_flag=True, help=_("For other programs."))
    def tell(number: int, as_json: bool) -> None:
        async def work(house: "House") -> str:
            from bot.gateway.broadcasts import control
            from bot.gateway.broadcasts.plan import row_of

            verb = {"pause": control.pause, "resume": control.resume, "cancel": control.cancel}
            await house.database.write(verb[name], number, house.clock(),
                                       wakes=("broadcasts", "outbox"))  # fmt: skip
            return (await house.database.read(row_of, number)).state

        state = _in_house(work)
        answer = json.dumps({"id": number, "state": state})
        click.echo(answer if as_json else done.replace("{number}", str(number)))

    return tell


_told("pause", _("Let nothing more of it go out for now."), _("Broadcast {number} is paused."))
_told("resume", _("Let it go on."), _("Broadcast {number} goes on."))
_told("cancel", _("Let nothing more of it go out at all."), _("Broadcast {number} is cancelled."))


@broadcast.command("retry", help=_("Send again to those it did not reach, and who may be."))
@click.argument("number", type=int, metavar="ID")
@click.option("--perhaps", is_flag=True, help=_("Also to those whom it perhaps reached."))
@click.option("--channel", default="", metavar="sms|whatsapp|telegram",
              help=_("To them on this other channel."))  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help=_("For other programs."))
@click.option("--wait", is_flag=True, help=_("Stay until it is done, with a bar."))
def retry(number: int, perhaps: bool, channel: str, as_json: bool, wait: bool) -> None:
    """Send again."""

    async def work(house: "House") -> int:
        from bot.gateway.broadcasts.control import retry as again

        if channel and channel not in house.channels:
            sentence = _("The channel “{name}” is not set up here.")
            raise Sentence(sentence.replace("{name}", channel))
        return await house.database.write(
            lambda c: again(c, number, house.clock(), perhaps=perhaps, channel=channel),
            wakes=("broadcasts", "outbox"),
        )

    count = _in_house(work)
    words = _("{count} people are written to again.").replace("{count}", str(count))
    click.echo(json.dumps({"id": number, "again": count}) if as_json else words)
    if wait and count:
        _wait(number)


@broadcast.command("ledger", help=_("Write a line for each recipient, as CSV."))
@click.argument("number", type=int, metavar="ID")
@click.option("--out", type=WRITTEN, help=_("The file to write; without it, to the terminal."))
@click.option("--json", "as_json", is_flag=True, help=_("A line of JSON for each, instead."))
def ledger(number: int, out: Path | None, as_json: bool) -> None:
    """Write the ledger."""

    async def work(house: "House") -> int:
        from bot.cli.broadcasted import failures, prices_here
        from bot.gateway.broadcasts.ledger import lines, write_csv

        def write(connection: Any) -> int:
            found = lines(connection, number, prices_here(), failures())
            if out is None:
                return _write(sys.stdout, found)
            with out.open("w", encoding="utf-8", newline="") as file:
                return _write(file, found)

        def _write(file: Any, found: Any) -> int:
            if not as_json:
                return write_csv(file, found)
            count = 0
            for line in found:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                count += 1
            return count

        try:
            return await house.database.read(write)
        except OSError as error:
            sentence = _("{file} cannot be written ({why}).").replace("{file}", str(out))
            raise Sentence(sentence.replace("{why}", error.strerror or "")) from None

    count = _in_house(work)
    if out is not None:
        click.echo(_("{count} rows: {file}").replace("{count}", str(count))
                   .replace("{file}", str(out)), err=True)  # fmt: skip
