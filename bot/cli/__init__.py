"""The commands. Each imports what it needs when it runs, so that `--help` stays quick."""

import sys

import click

from bot.cli.running import Sentence, named_errors
from bot.cli.wording import in_language, translate_click
from bot.language import LANGUAGES, _, of_this_terminal, use

COMMANDS = {
    "serve": "bot.cli.serving",
    "web": "bot.cli.serving",
    "worker": "bot.cli.serving",
    "migrate": "bot.cli.serving",
    "chat": "bot.cli.chatting",
    "rehearse": "bot.cli.texts",
    "check": "bot.cli.texts",
    "graph": "bot.cli.texts",
    "translate": "bot.cli.translating",
    "phase": "bot.cli.calendar",
    "topic": "bot.cli.topics",
    "moderate": "bot.cli.moderating",
    "session": "bot.cli.sessions",
    "template": "bot.cli.approving",
    "invite": "bot.cli.inviting",
    "link": "bot.cli.linking",
    "participants": "bot.cli.listing",
    "segment": "bot.cli.segmenting",
    "broadcast": "bot.cli.broadcasting",
    "cost": "bot.cli.costing",
    "explain": "bot.cli.looking",
    "handover": "bot.cli.handing",
    "doctor": "bot.cli.looking",
    "listen": "bot.cli.listening",
    "read": "bot.cli.reading",
    "audio-session": "bot.cli.audio",
    "speak": "bot.cli.speaking",
    "recording": "bot.cli.recording",
    "stuck": "bot.cli.setting_aside",
    "export": "bot.cli.exporting",
    "rekey": "bot.cli.rekeying",
    "backup": "bot.cli.saving",
    "forgotten": "bot.cli.saving",
    "bench": "bot.cli.measuring",
    "soak": "bot.cli.soaking",
}
DEBUG = "--debug"


class Lazy(click.Group):
    """Imports a command's module when it is called, or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order in which one needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a command; None if there is no such one."""
        import importlib

        if name not in COMMANDS:
            return None
        command: click.Command = getattr(
            importlib.import_module(COMMANDS[name]), name.replace("-", "_")
        )
        return in_language(command)


def make_palabre() -> click.Group:
    """Make the command of all commands, in the language that is spoken now."""

    @click.group(
        cls=Lazy,
        help=_("Hold a consultation by phone: over Telegram, in the browser, in the terminal."),
    )
    @click.version_option(
        package_name="palabre",
        message="%(prog)s %(version)s",
        help=_("Show the version and exit."),
    )
    @click.option(DEBUG, is_flag=True, help=_("Show where an error comes from."))
    @click.option(
        "--language",
        type=click.Choice(LANGUAGES),
        metavar="|".join(LANGUAGES),
        help=_("The language of this command."),
    )
    def palabre(debug: bool, language: str | None) -> None:
        """Do nothing by itself; both options are read before."""

    in_language(palabre)
    return palabre


def main() -> None:
    """Run a command; errors are one sentence with a remedy, and an exit status."""
    use(_language(sys.argv))
    translate_click()
    words = [word for word in sys.argv[1:] if word != DEBUG]  # wherever it was written
    debug = len(words) < len(sys.argv) - 1
    with named_errors(debug=debug):
        status = make_palabre().main(words, prog_name="palabre", standalone_mode=not debug)
        raise SystemExit(status)


def _language(words: list[str]) -> str:
    """Find the language before click reads the line: its help must be in it too."""
    from bot.settings import given_here

    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word == "--language":
            return of_this_terminal(after)
        if word.startswith("--language="):
            return of_this_terminal(word.partition("=")[2])
    return of_this_terminal(given_here().get("PALABRE_LANGUAGE", ""))


__all__ = ["Sentence", "main", "make_palabre"]
