"""`session add|list|show|change|cancel`: face-to-face sessions, and who comes."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from bot.cli.calendar import counted, lacking_templates, summary
from bot.cli.running import agreed, end, run
from bot.language import N_, _, current
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot.gateway.house import House
    from bot.gateway.session_wishes import Wish
    from bot.gateway.sessions import Changed, Line
    from bot.store.sessions import Held


@click.group(help=_("Sessions face to face: add them, see who comes, change or cancel them."))
def session() -> None:
    """Gather the commands of sessions."""


OPTIONS = (
    click.option("--title", "titles", multiple=True, metavar="fr=…",
                 help=_("The subject, once for each language.")),
    click.option("--place", help=_("Where it is, with the town.")),
    click.option("--when", metavar="2026-11-14 15:00", help=_("Day and hour, where it is.")),
    click.option("--zone", metavar="Africa/Dakar", help=_("The time zone of that place.")),
    click.option("--minutes", type=int, help=_("How long it lasts; 120 if nothing is said.")),
    click.option("--region", help=_("Whom it concerns, by region; “all” for everybody.")),
    click.option("--languages", metavar="fr,en",
                 help=_("Whom it concerns, by language; those of the titles if nothing is said.")),
    click.option("--capacity", help=_("How many places there are; “none” for no limit.")),
    click.option("--facilitator", metavar=_("PARTICIPANT"),
                 help=_("Who leads it, and is asked for a report; “none” for nobody.")),
)  # fmt: skip


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def _wishing(command: Callable[..., None]) -> Callable[..., None]:
    """Hand what was said of a session to the command as one `wish`."""

    @wraps(command)
    def called(code: str, yes: bool, **said: Any) -> None:
        from bot.gateway.session_wishes import Wish

        how = {name: said.pop(name) for name in ("quiet", "any_hour") if name in said}
        command(code, Wish(**said), yes=yes, **how)

    return called


@session.command("add", help=_("Add a session and announce it to those whom it concerns."))
@click.argument("code", metavar=_("CODE"))
@_with_options
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@click.option("--quiet", is_flag=True, help=_("Announce it to nobody."))
@click.option("--any-hour", is_flag=True, help=_("Do not wait for the morning."))
@_wishing
def add_session(code: str, wish: "Wish", *, yes: bool, quiet: bool, any_hour: bool) -> None:
    """Show whom it will reach, ask, add, and announce."""
    run(_add(code, wish, yes=yes, quiet=quiet, any_hour=any_hour))


async def _add(code: str, wish: "Wish", *, yes: bool, quiet: bool, any_hour: bool) -> None:
    from bot.gateway import sessions
    from bot.gateway.broadcasts.carrying import begun
    from bot.gateway.session_wishes import read_new
    from bot.wiring import make_simulators, open_house

    settings = read_settings()
    async with open_house(settings, make_simulators(settings)) as house:
        consultation, database = house.library.consultation, house.database
        values = await database.read(read_new, consultation, code, wish, house.clock())
        imagined = sessions.imagined(values)
        reach = "" if quiet else await _reach(house, imagined, any_hour=any_hour)
        click.echo(_described(imagined))
        click.echo(reach or _("It is announced to nobody."))
        if not yes and not agreed(_("Add it now?")):
            end(_("Nothing was added."), 1)

        def work(connection: Any) -> int:
            made = sessions.add(connection, house, values)
            return 0 if quiet else _announce(connection, house, made, any_hour=any_hour)

        number = await database.write(work, wakes=("sessions", "broadcasts"))
        outcomes = await begun(house, number) if number else {}
    click.echo(_("The session {code} is there.").replace("{code}", code))
    for outcome, count in outcomes.items():
        click.echo(counted(outcome, count))
    if number:
        click.echo(_followed(number))


async def _reach(house: "House", imagined: "Held", *, any_hour: bool) -> str:
    """Say whom the announcement would reach, and who cannot be told. Raises NotOpen."""
    from bot.gateway.session_announcing import preview

    found = await house.database.read(lambda c: preview(c, house, imagined, any_hour=any_hour))
    lacking = await lacking_templates(house, "session")
    return "\n".join(filter(None, (summary(found, quiet=False), lacking)))


def _announce(connection: Any, house: "House", made: "Held", *, any_hour: bool) -> int:
    from bot.gateway.session_announcing import announce

    return announce(connection, house, made, any_hour=any_hour)


def _followed(number: int) -> str:
    words = _("The announcement goes on by itself; `palabre broadcast status {number}` follows it.")
    return words.replace("{number}", str(number))


@session.command(
    "list", help=_("Print a line a session: CODE STATE WHEN ZONE COMING PLACE | TITLE.")
)
def list_sessions() -> None:
    """Print all sessions, the soonest first."""
    from bot.gateway import sessions

    async def work() -> list["Line"]:
        from bot.wiring import open_house

        async with open_house(read_settings(), telegram=False) as house:
            return await house.database.read(sessions.listed, house.clock())

    for line in run(work()):
        one = line.session
        words = [one.code, line.state, _local(one), one.zone, _places(line), one.place]
        click.echo(f"{' '.join(words)} | {one.seen().named(current.get())}")


@session.command("show", help=_("Say all about a session: who comes, and who was told what."))
@click.argument("code", metavar=_("CODE"))
def show_session(code: str) -> None:
    """Print one session."""
    from bot.gateway import sessions
    from bot.store import notices

    async def work() -> tuple["Line", Mapping[tuple[str, str, str], int]]:
        from bot.wiring import open_house

        async with open_house(read_settings(), telegram=False) as house:
            line = await house.database.read(sessions.shown, code, house.clock())
            told = await house.database.read(notices.outcomes, line.session.id, 0)
            return line, told

    line, told = run(work())
    click.echo(_described(line.session))
    click.echo(_("State: {state}").replace("{state}", _(STATES[line.state])))
    click.echo(_("Led by: {who}").replace("{who}", line.facilitator or _("nobody")))
    for answer, label in ANSWERS.items():
        click.echo(counted(label, line.counts.get(answer, 0)))
    for told_line in _told(told, tuple(TELLINGS)):
        click.echo(told_line)


@session.command("change", help=_("Change a session; those who said they come are told."))
@click.argument("code", metavar=_("CODE"))
@_with_options
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@_wishing
def change_session(code: str, wish: "Wish", *, yes: bool) -> None:
    """Show whom it will be told, ask, change, and tell them."""
    from bot.gateway import sessions
    from bot.gateway.session_wishes import read_change

    def look(connection: Any, house: "House", held: "Held") -> Mapping[str, Any]:
        return read_change(connection, house.library.consultation, held, wish, house.clock())

    def change(connection: Any, house: "House", held: "Held") -> "Changed":
        return sessions.change(connection, house, held, wish)

    run(
        _tell(
            code,
            look,
            change,
            yes=yes,
            asks=_("Change it now?"),
            not_done=_("Nothing was changed."),
        )
    )


@session.command("cancel", help=_("Cancel a session; those who said they come are told."))
@click.argument("code", metavar=_("CODE"))
@click.option("--yes", is_flag=True, help=_("Do not ask."))
def cancel_session(code: str, yes: bool) -> None:
    """Show whom it will be told, ask, cancel, and tell them."""
    from bot.gateway import sessions

    def look(_connection: Any, house: "House", held: "Held") -> Mapping[str, Any]:
        sessions.refuse_if_over(held, house.clock())
        return {"cancelled": True}

    run(_tell(code, look, sessions.cancel, yes=yes, asks=_("Cancel it now?"),
              not_done=_("Nothing was cancelled.")))  # fmt: skip


async def _tell(
    code: str,
    look: Callable[..., Mapping[str, Any]],
    work: Callable[..., "Changed"],
    *,
    yes: bool,
    asks: str,
    not_done: str,
) -> None:
    from bot.gateway import sessions
    from bot.gateway.session_news import tell_news
    from bot.store import notices
    from bot.wiring import make_simulators, open_house

    settings = read_settings()
    async with open_house(settings, make_simulators(settings)) as house:
        database = house.database
        line = await database.read(sessions.shown, code, house.clock())
        values = await database.read(look, house, line.session)
        click.echo(_described(line.session))
        if not values:
            click.echo(_("That is how it is already; nothing changes."))
            return
        click.echo(_whom(line, told=sessions.is_told(values)))
        if not yes and not agreed(asks):
            end(not_done, 1)
        done = await database.write(work, house, line.session, wakes=("sessions",))
        await tell_news(house)
        told = await database.read(notices.outcomes, done.session.id, done.since)
    click.echo(_described(done.session))
    for told_line in _told(told, ("changed", "cancelled", "place")):
        click.echo(told_line)


# --- in words ---------------------------------------------------------------------------------


WORDS = {"window": N_("WhatsApp lets one write freely only within a day of their last message")}
STATES = {"planned": N_("planned"), "over": N_("over"), "cancelled": N_("cancelled")}
FATES = (N_("waiting"), N_("sent"), N_("void"))  # of what is told
ANSWERS = {
    "coming": N_("come"),
    "waiting": N_("wait for a place"),
    "perhaps": N_("do not know yet"),
    "not": N_("do not come"),
}
TELLINGS = {
    "changed": N_("told of the change"),
    "cancelled": N_("told that it is cancelled"),
    "place": N_("told of a free place"),
    "two days": N_("reminded two days before"),
    "two hours": N_("reminded two hours before"),
    "report": N_("asked for the report"),
}


def _local(one: "Held") -> str:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    here = datetime.fromtimestamp(one.begins_at / 1000, ZoneInfo(one.zone))
    return here.strftime("%Y-%m-%dT%H:%M")


def _places(line: "Line") -> str:
    coming, waiting = line.counts.get("coming", 0), line.counts.get("waiting", 0)
    of = "-" if line.session.capacity is None else str(line.session.capacity)
    return f"{coming}/{of}+{waiting}" if waiting else f"{coming}/{of}"


def _described(one: "Held") -> str:
    from bot.dialogue.sessions import said_when

    language = current.get()
    when = f"{said_when(one.begins_at, one.zone, language)} ({one.zone})"
    lines = [f"{one.code}: {one.place}, {when}"]
    lines += [f"  {code}: {title}" for code, title in one.title.items()]
    return "\n".join(lines)


def _whom(line: "Line", *, told: bool) -> str:
    if not told:
        return _("Nobody needs to be told.")
    count = sum(line.counts.get(answer, 0) for answer in ("coming", "waiting", "perhaps"))
    return _("{count} people are told.").replace("{count}", str(count))


def _told(told: Mapping[tuple[str, str, str], int], only: tuple[str, ...]) -> list[str]:
    """Say who was told what, and what came of it; where nothing was sent, why."""
    lines = []
    for (what, state, reason), count in sorted(told.items()):
        if what in only:
            fate = _(state) + (f" ({_(WORDS.get(reason, reason))})" if reason else "")
            lines.append(f"  {_(TELLINGS[what])}: {fate}: {count}")
    return lines
