"""How a command runs: settings read, errors told as one sentence, asyncio begun."""

import asyncio
import contextlib
import logging
import sys
import traceback
from collections.abc import Coroutine, Iterator
from typing import Any, NoReturn, TypeVar

import click

from bot.language import _

Result = TypeVar("Result")
FAULTS, WRONG_USE = 1, 2
YES = frozenset(("y", "yes", "o", "oui", "s", "si", "sí"))


class Sentence(click.ClickException):
    """Something that one can mend: a sentence with its remedy. Exit status 2."""

    exit_code = WRONG_USE

    def show(self, file: Any = None) -> None:
        """Print the sentence alone."""
        click.echo(self.message, err=True)


def end(sentence: str, status: int = WRONG_USE) -> NoReturn:
    """Say a sentence on the error stream and end."""
    click.echo(sentence, err=True)
    raise SystemExit(status)


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run asynchronous work, on uvloop where it is there."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


@contextlib.contextmanager
def named_errors(*, debug: bool = False) -> Iterator[None]:
    """Tell every error as a sentence; with `debug`, where it comes from stands before it."""
    try:
        yield
    except (KeyboardInterrupt, click.Abort, asyncio.CancelledError):
        raise SystemExit(130) from None
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has gone
        raise SystemExit(0) from None
    except Exception as error:
        if debug:
            traceback.print_exception(error)
        raise SystemExit(_tell(error)) from error


def agreed(question: str) -> bool:
    """Ask and return whether the answer was yes, in any of the languages; silence is no."""
    how = _("y/N")
    try:
        answer: str = click.prompt(f"{question} [{how}]", default="", show_default=False)
    except click.Abort:  # nobody is there to answer
        click.echo()
        return False
    return answer.strip().lower() in YES


def _said(error: Exception) -> str:
    """Say an error's message; its docstring is one, and may be followed by a detail."""
    words = str(error)
    known = type(error).__doc__ or ""
    return _(known) + words.removeprefix(known) if words.startswith(known) else _(words)


def _tell(error: Exception) -> int:
    """Print an error as a sentence; return the exit status."""
    if isinstance(error, click.ClickException):  # click tells it itself, unless we look closer
        error.show()
        return error.exit_code
    sentence, status = _told(error)
    click.echo(sentence, err=True)
    return status


def _told(error: Exception) -> tuple[str, int]:
    from bot.dialogue.fault import Faults

    if isinstance(error, Faults):
        return "\n".join(str(fault) for fault in error.faults), FAULTS
    if type(error).__module__.startswith(("bot.", "channels.")):
        return _said(error), WRONG_USE
    logging.getLogger("palabre").debug("unexpected", exc_info=error)
    what = _("Something unexpected happened ({what}). Run it again with --debug and report it.")
    return what.replace("{what}", f"{type(error).__name__}: {error}"[:200]), FAULTS
