"""Commands' help in the language of who reads it, click's own words included.

Click says its words with `gettext.gettext`, which wants compiled files in a folder of the
machine. Ours are compiled in memory, so its modules are given our functions instead; where a
later click names them otherwise, its words stay English.
"""

import click
import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.termui
import click.types

from bot.language import N_, _

MODULES = (
    *(click.core, click.decorators, click.exceptions, click.formatting),
    *(click.parser, click.termui, click.types),
)
# Those of click's words that somebody at our commands can meet.
WORDS = (
    *(N_("Usage:"), N_("Options"), N_("Commands"), N_("Show this message and exit.")),
    *(N_("required"), N_("file"), N_("directory"), N_("path"), N_("Aborted!")),
    N_("Error: {message}"),
    N_("Try '{command} {option}' for help."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Missing command."),
    N_("No such command {name!r}."),
    N_("No such option {name!r}."),
    N_("Did you mean {possibility}?"),
    N_("(Did you mean one of: {possibilities}?)"),
    N_("Got unexpected extra argument ({args})"),
    N_("Got unexpected extra arguments ({args})"),
    N_("Option {name!r} does not take a value."),
    N_("Option {name!r} requires an argument."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Choose from:\n\t{choices}"),
    N_("{value!r} is not {choice}."),
    N_("{value!r} is not one of {choices}."),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("{value!r} does not match the format {format}."),
    N_("{value!r} does not match the formats {formats}."),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a file."),
    N_("{name} {filename!r} is a directory."),
    N_("{name} {filename!r} is not readable."),
    N_("{name} {filename!r} is not writable."),
)


def translate_click() -> None:
    """Let click say its own words with our catalogues, in the language of this command."""
    for module in MODULES:
        for name, ours in (("_", _), ("ngettext", _one_or_many)):
            if hasattr(module, name):
                setattr(module, name, ours)


def _one_or_many(one: str, many: str, count: int) -> str:
    return _(one if count == 1 else many)


def in_language(command: click.Command) -> click.Command:
    """Put what stands for options and commands in a usage line into the language, all the way."""
    command.options_metavar = _("[OPTIONS]")
    if isinstance(command, click.Group):
        command.subcommand_metavar = _("COMMAND [ARGS]...")
        for name in command.commands:
            in_language(command.commands[name])
    return command
