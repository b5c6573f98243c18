"""`soak`: run for a while, or announce to many, killed and badly served; count what is missing."""

import json
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any

import click

from bot.cli.running import FAULTS, Sentence, run
from bot.language import _

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from bot.trial.installation import Say
    from bot.trial.ledger import Report


@click.command(
    help=_("Let it run for a while, kill it again and again, and count what is missing.")
)
@click.option("--minutes", type=click.FloatRange(0.1), help=_("For how long."))
@click.option(
    "--broadcast",
    "people",
    type=click.IntRange(30, 5_000_000),
    metavar=_("PEOPLE"),
    help=_("Instead: announce something to so many, and see whether it adds up."),
)
@click.option(
    "--postgres",
    is_flag=True,
    help=_("With --broadcast: on a PostgreSQL of its own, by two workers."),
)
@click.option("--seed", type=int, default=None, help=_("The same chances as in another run."))
@click.option("--json", "as_json", is_flag=True, help=_("An object for other programs."))
def soak(
    minutes: float | None, people: int | None, postgres: bool, seed: int | None, as_json: bool
) -> None:  # fmt: skip
    """Run on SQLite, then on a PostgreSQL of its own; exit status 1 if something is missing."""
    import random

    from rich.console import Console

    if (minutes is None) == (people is None) or (postgres and people is None):
        raise Sentence(_("Say for how long, with --minutes, or to how many people, with "
                         "--broadcast; --postgres goes with the latter."))  # fmt: skip
    aside = Console(stderr=True)
    seed = random.randrange(10**6) if seed is None else seed
    with aside.status(_("Trying (seed {seed})").replace("{seed}", str(seed))) as status:
        if people is None:
            report = run(_for_a_while(minutes or 0, seed, status.update, aside))
        else:
            report = run(_announced(people, seed, status.update, postgres=postgres))
    if as_json:
        click.echo(json.dumps(report.as_dict(), indent=1))
    else:
        Console().print(_table(report, _words() if people is None else _words_of_broadcast()))
    if report.faulty:
        raise SystemExit(FAULTS)


def _for_a_while(
    minutes: float, seed: int, say: "Say", aside: "Console"
) -> "Coroutine[Any, Any, Report]":
    from bot.bench.shared import can_have_postgres
    from bot.trial.soak import soak as try_out

    postgres = can_have_postgres()
    if not postgres:
        lacks = _("Only SQLite is tried: for PostgreSQL, .venv/bin/pip install -e '.[bench]'.")
        aside.print(lacks, markup=False)  # brackets are no style here
    return try_out(minutes * 60, say, seed=seed, postgres=postgres)


def _announced(
    people: int, seed: int, say: "Say", *, postgres: bool
) -> "Coroutine[Any, Any, Report]":
    from bot.trial.announcement import announce

    return announce(people, say, seed=seed, postgres=postgres)


def _table(report: "Report", words_of: Mapping[str, str]) -> "Table":
    from rich.table import Table

    table = Table()
    table.add_column("")
    table.add_column(_("count"), justify="right")
    for name, words in words_of.items():
        value = getattr(report, name)
        wrong = name in report.MUST_BE_ZERO and value
        table.add_row(words, _shown(value), style="bold red" if wrong else "")
    for counted in (getattr(report, name, {}) for name in ("rates", "outcomes", "kinds")):
        if counted:
            table.add_section()
        for kind, count in sorted(counted.items()):
            table.add_row(kind, _shown(count))
    return table


def _shown(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def _words() -> dict[str, str]:
    return {
        "acknowledged": _("messages acknowledged"),
        "stored": _("of these stored"),
        "answered": _("of these answered"),
        "unreadable": _("of these refused by the database, and filed"),
        "set_aside": _("of these set aside, and answered later"),
        "delivered": _("deliveries sent"),
        "perhaps": _("perhaps sent twice or never: nobody could know"),
        "kills": _("kills"),
        "faults": _("faults of the providers"),
        "slowest_no_s": _("slowest refusal of a webhook, seconds"),
        "slowest_stop_s": _("slowest end in good order, seconds"),
        "lost": _("lost"),
        "doubled": _("doubled"),
        "out_of_order": _("out of order"),
        "impatient": _("calls while the provider had asked to wait"),
        "stuck": _("stuck"),
    }


def _words_of_broadcast() -> dict[str, str]:
    known = _words()
    plain = ("acknowledged", "stored", "answered", "kills", "faults", "slowest_stop_s")
    zeroes = ("lost", "doubled", "stuck", "impatient")
    return {
        "people": _("people"),
        "meant": _("people in the segment"),
        "rows": _("lines in the ledger"),
        "delivered": _("announcements that the providers took"),
        "again": _("written to again at the end"),
        "reached_again": _("reached by this"),
        "seconds": _("seconds, all in all"),
        "a_second": _("announcements a second, kills included"),
        **{name: known[name] for name in plain},
        "answers": _("answers to people who wrote meanwhile"),
        "median_wait_s": _("seconds until one had an answer: half of them"),
        "slowest_wait_s": _("the same: 99 of 100"),
        "memory_mb": _("memory of the largest process, MB"),
        "missing": _("without a line, or with two"),
        "unexplained": _("without an outcome, or without a reason in words"),
        "miscounted": _("status and ledger differ"),
        "sent_twice": _("sent twice"),
        "never_taken": _("said to be sent, and no provider took it"),
        "not_said": _("arrived, and said not to have arrived"),
        "untold": _("delivered, and the ledger does not know"),
        "unwanted": _("written to against their will"),
        **{name: known[name] for name in zeroes},
    }
