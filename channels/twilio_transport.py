"""How the twilio library reaches the network: over the aiohttp session that we already have."""

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp
import msgspec
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]
from twilio.http import AsyncHttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]

Seconds = float
HOSTS = frozenset({"api.twilio.com", "content.twilio.com"})
JSON = "application/json"

# At INFO the library writes addresses and numbers: neither is for a log.
_silent = logging.getLogger("twilio")
_silent.setLevel(logging.CRITICAL)

NEVER_CONNECTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)


class NotSent(TwilioException):  # type: ignore[misc]
    """No connection came about, so nothing was sent: it may be tried again."""


class MaybeSent(TwilioException):  # type: ignore[misc]
    """The answer never came, so nobody knows whether it was sent."""


class Refused(TwilioException):  # type: ignore[misc]
    """Twilio answered with an error: its HTTP status, its own code (0: none), a wait in seconds.

    Raised here because the library's two classes of errors hold the URL, and forget the wait.
    """

    def __init__(self, status: int, code: int, words: str, retry_after: Seconds | None) -> None:
        super().__init__(f"HTTP {status}, code {code}")
        self.status = status
        self.code = code
        self.words = words
        self.retry_after = retry_after


class AiohttpTransport(AsyncHttpClient):  # type: ignore[misc]
    """One way to Twilio, on a session that belongs to somebody else. Keeps no credentials."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        root: str = "",
        read: Seconds = 15,
        connect: Seconds = 5,
    ) -> None:
        """`root` (a URL) stands for both of Twilio's hosts, where it is given."""
        super().__init__(_silent, True, read)
        self._session = session
        self._root = urlsplit(root.rstrip("/")) if root else None
        self._limit = aiohttp.ClientTimeout(
            total=connect + 2 * read, connect=connect, sock_read=read
        )

    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: Seconds | None = None,  # noqa: ASYNC109 - the library's signature
        allow_redirects: bool = False,
    ) -> Response:
        """Make one call. Raises NotSent, MaybeSent or Refused, which hold no URL."""
        body, head = _encode(data, dict(headers or {}))
        if auth:
            head["Authorization"] = aiohttp.encode_basic_auth(*auth)
        failed: TwilioException
        try:
            async with self._session.request(
                method,
                self._rewritten(uri),
                params=_fields(params or {}),
                data=body,
                headers=head,
                timeout=self._limit,
                allow_redirects=False,
            ) as answer:
                text = (await answer.read()).decode("utf-8", "replace")
                return _checked(answer.status, text, answer.headers)
        except NEVER_CONNECTED as error:
            failed = NotSent(type(error).__name__)
        except RuntimeError:  # aiohttp says so of a closed session
            failed = NotSent("the session is closed")
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            failed = MaybeSent(type(error).__name__)
        raise failed  # out here, so that no cause hangs on it: aiohttp's know the URL

    def _rewritten(self, uri: str) -> str:
        parts = urlsplit(uri)
        if self._root is None or parts.netloc not in HOSTS:
            return uri
        root = self._root
        path = root.path + parts.path
        return urlunsplit(parts._replace(scheme=root.scheme, netloc=root.netloc, path=path))


def _encode(
    data: dict[str, object] | None, headers: dict[str, str]
) -> tuple[bytes | aiohttp.FormData | None, dict[str, str]]:
    """Write the body as its content type says; the library's own client sends JSON as a form."""
    if data is None:
        return None, headers
    if headers.get("Content-Type") == JSON:
        return msgspec.json.encode(data), headers
    headers.pop("Content-Type", None)  # aiohttp writes it
    form = aiohttp.FormData()
    for name, value in _fields(data):
        form.add_field(name, value)
    return form, headers


def _fields(data: Mapping[str, object]) -> list[tuple[str, str]]:
    """Write a list as a field that is repeated."""
    return [
        (name, _text(one))
        for name, value in data.items()
        for one in (value if isinstance(value, list | tuple) else [value])
    ]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _checked(status: int, text: str, headers: Mapping[str, str]) -> Response:
    if 200 <= status < 300:
        return Response(status, text, dict(headers))
    said = _error_of(text)
    code = said.get("code")
    words = str(said.get("message") or said.get("detail") or said.get("title") or "")
    number = code if isinstance(code, int) and not isinstance(code, bool) else 0
    raise Refused(status, number, words, _wait(headers.get("Retry-After", "")))


def _error_of(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return {}


def _wait(header: str) -> Seconds | None:
    """Read a wait in whole seconds; a date, which Twilio does not send, is none."""
    return float(min(int(header), 3600)) if header.isdecimal() and len(header) < 10 else None
