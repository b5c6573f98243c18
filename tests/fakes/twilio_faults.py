"""Ways in which Twilio can answer badly, on demand."""

from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from fakes.failing import break_off, page_of_a_proxy


@dataclass(frozen=True)
class Fault:
    """One bad answer. `done`: the work was done all the same, only its answer is bad."""

    how: Literal["json", "html", "text", "hang", "cut off", "half"] = "json"
    status: int = 200
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0
    done: bool = False


def refusal(code: int, status: int = 400, words: str = "It was refused", **headers: str) -> Fault:
    """An error in Twilio's own shape."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    body = {"code": code, "message": words, "more_info": more, "status": status}
    return Fault("json", status, body, headers)


def problem(code: int, status: int = 400) -> Fault:
    """An error in the newer shape, RFC 9457."""
    more = f"https://www.twilio.com/docs/api/errors/{code}"
    return Fault("json", status, {"type": more, "title": "Refused", "status": status, "code": code})


def too_many(wait: int | None = None, code: int = 20429) -> Fault:
    """429, with or without the wait that is asked for."""
    headers = {} if wait is None else {"Retry-After": str(wait)}
    return Fault("json", 429, {"code": code, "message": "Too Many Requests"}, headers)


def bad_gateway(status: int = 502) -> Fault:
    """A page of HTML, as a proxy gives it."""
    return Fault("html", status)


def garbage(status: int = 200, *, done: bool = False) -> Fault:
    """A body that is no JSON."""
    return Fault("text", status, done=done)


def hang(seconds: float = 3600, *, done: bool = False) -> Fault:
    """No answer for a long time."""
    return Fault("hang", seconds=seconds, done=done)


def cut_off(*, done: bool = False) -> Fault:
    """The connection closes before any answer."""
    return Fault("cut off", done=done)


def half(*, done: bool = True) -> Fault:
    """The connection closes in the middle of the answer."""
    return Fault("half", done=done)


async def misbehave(http: web.Request, fault: Fault) -> web.StreamResponse:
    """Answer as a fault says."""
    if fault.how == "json":
        return web.json_response(fault.body, status=fault.status, headers=fault.headers)
    if fault.how == "html":
        return page_of_a_proxy(fault.status)
    if fault.how == "text":
        return web.Response(status=fault.status, text="{]", content_type="application/json")
    return await break_off(http, fault.how, fault.seconds, b'{"sid":"SM')
