"""Ways in which the Bot API can answer badly, on demand."""

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Fault:
    """One bad answer. `done`: the work was done all the same, only its answer is bad."""

    how: Literal["json", "html", "text", "hang", "cut off", "half"] = "json"
    status: int = 200
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0
    done: bool = False


def too_many(retry_after: int = 1) -> Fault:
    """429, with the wait that Telegram asks for."""
    words = f"Too Many Requests: retry after {retry_after}"
    return Fault("json", 429, words, {"retry_after": retry_after})


def refusal(description: str, status: int = 400, **parameters: Any) -> Fault:
    """A JSON error with these words: "Bad Request: chat not found"."""
    return Fault("json", status, description, parameters)


def bad_gateway(status: int = 502) -> Fault:
    """A page of HTML, as a proxy gives it."""
    return Fault("html", status)


def garbage() -> Fault:
    """200, and a body that is no JSON."""
    return Fault("text", description="{]")


def hang(seconds: float = 3600, *, done: bool = False) -> Fault:
    """No answer for a long time."""
    return Fault("hang", seconds=seconds, done=done)


def cut_off(*, done: bool = False) -> Fault:
    """The connection closes before any answer."""
    return Fault("cut off", done=done)


def half(*, done: bool = True) -> Fault:
    """The connection closes in the middle of the answer."""
    return Fault("half", done=done)
