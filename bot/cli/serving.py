"""`serve`, `web`, `worker`, `migrate`: the program as it runs."""

import click

from bot.cli.running import Sentence, run
from bot.language import _
from bot.settings import Settings, read_settings


@click.command(help=_("Run everything here: pages, channels, answers."))
@click.option(
    "--take-over",
    is_flag=True,
    help=_("Bring a bot's messages here that go to another place now."),
)
def serve(take_over: bool) -> None:
    """Run everything in one process; migrates its own SQLite file."""
    from bot.serving import Role, keep_running

    run(keep_running(read_settings(), Role.ALL, take_over=take_over, say=click.echo))


@click.command(help=_("Run the pages alone (PostgreSQL). Workers answer."))
def web() -> None:
    """Receive."""
    from bot.serving import Role, keep_running

    run(keep_running(_shared("web"), Role.WEB, say=click.echo))


@click.command(help=_("Run a worker alone (PostgreSQL). It answers and sends."))
def worker() -> None:
    """Answer and send."""
    from bot.serving import Role, keep_running

    run(keep_running(_shared("worker"), Role.WORKER, say=click.echo))


def _shared(command: str) -> Settings:
    settings = read_settings()
    if settings.embedded:
        sentence = _(
            "`palabre {command}` wants PostgreSQL (DATABASE_URL). On SQLite use: palabre serve."
        )
        raise Sentence(sentence.replace("{command}", command))
    return settings


@click.command(help=_("Bring the database to what this version needs."))
def migrate() -> None:
    """Migrate, and set the consultation up."""
    from bot.gateway.house import wall_clock
    from bot.store.migrate import migrate as bring
    from bot.wiring import database_of, library_of, set_up_consultation

    settings = read_settings()
    library = library_of(settings)
    database = database_of(settings)
    try:
        bring(database)
        set_up_consultation(database, library, wall_clock())
    finally:
        database.close()
    click.echo(_("The database is ready."))
