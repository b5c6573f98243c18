"""`serve`, `web`, `worker`, `migrate`: the program as it runs."""

import click

from bot.cli.running import end, run
from bot.language import _
from bot.settings import Settings, read_settings


@click.command()
@click.option("--take-over", is_flag=True, help="Take a bot away from a webhook set elsewhere.")
def serve(take_over: bool) -> None:
    """Run everything in one process: pages, channels, work. Migrates its own SQLite file."""
    from bot.serving import Role, keep_running

    run(keep_running(read_settings(), Role.ALL, take_over=take_over, say=click.echo))


@click.command()
def web() -> None:
    """Run the web process alone (PostgreSQL): it receives; workers answer."""
    from bot.serving import Role, keep_running

    run(keep_running(_shared("web"), Role.WEB, say=click.echo))


@click.command()
def worker() -> None:
    """Run a worker alone (PostgreSQL): it answers and sends."""
    from bot.serving import Role, keep_running

    run(keep_running(_shared("worker"), Role.WORKER, say=click.echo))


def _shared(command: str) -> Settings:
    settings = read_settings()
    if settings.embedded:
        sentence = _(
            "`palabre {command}` wants PostgreSQL (DATABASE_URL). On SQLite use: palabre serve."
        )
        end(sentence.replace("{command}", command))
    return settings


@click.command()
def migrate() -> None:
    """Bring the database to what this version needs, and set the consultation up."""
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
