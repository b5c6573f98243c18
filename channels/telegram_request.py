"""How python-telegram-bot reaches the network: over the aiohttp session that we already have."""

import contextlib
import logging
import os
from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import urlencode

os.environ["PTB_TIMEDELTA"] = "1"  # RetryAfter warns at each use without it

import aiohttp
import msgspec
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, RequestData

Seconds = float
NO_ANSWER = "Invalid server response"

# At DEBUG the library writes texts and chat ids, at ERROR whole answers: neither is for a log.
logging.getLogger("telegram").setLevel(logging.CRITICAL)


class NotSent(NetworkError):
    """No connection came about, so nothing was sent: it may be tried again."""


class MaybeSent(NetworkError):
    """The answer never came, so nobody knows whether it was sent."""


class Written:
    """Parameters that stand in a body already: as much of the library's RequestData as we read."""

    contains_files = False

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self.body = msgspec.json.encode(parameters)


@contextlib.contextmanager
def understood() -> Iterator[None]:
    """Turn what the library stumbles over, in an answer of odd shape, into its own error."""
    try:
        yield
    except (KeyError, AttributeError, TypeError, ValueError):
        raise TelegramError(NO_ANSWER) from None


class AiohttpRequest(BaseRequest):
    """One way to the Bot API, on a session that belongs to somebody else."""

    __slots__ = ("_read", "_session", "_timeouts", "_upload")

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        read: Seconds = 20,
        upload: Seconds = 120,
        connect: Seconds = 5,
    ) -> None:
        self._session = session
        self._read = read
        self._upload = _timeout(upload, connect)
        self._timeouts = {read: _timeout(read, connect)}

    @property
    def read_timeout(self) -> Seconds:
        """How long an answer may take, in seconds."""
        return self._read

    async def initialize(self) -> None:
        """Do nothing: the session is there already."""

    async def shutdown(self) -> None:
        """Do nothing: who opened the session closes it."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one call: its status and body. Raises NotSent or MaybeSent, which hold no URL."""
        body, headers, timeout = self._encode(request_data, read_timeout)
        failed: NetworkError
        try:
            async with self._session.request(
                method, url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                return answer.status, await answer.read()
        except NEVER_CONNECTED as error:
            failed = NotSent(type(error).__name__)
        except RuntimeError:  # aiohttp says so of a closed session
            failed = NotSent("the session is closed")
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            failed = MaybeSent(type(error).__name__)
        raise failed  # out here, so that no cause hangs on it: aiohttp's know the URL

    async def post_unparsed(
        self, url: str, parameters: Mapping[str, Any], *, read: Seconds | None = None
    ) -> bytes:
        """Make one call and give the answer's body as it came; errors as the library maps them.

        What is sent is one JSON object. The library would look at each part for files, and write
        it as a form: a seventh of a send.
        """
        with understood():
            body = cast("RequestData", Written(parameters))
            return await self._request_wrapper(url, "POST", body, read_timeout=read)

    async def post_json(self, url: str, parameters: Mapping[str, Any]) -> Any:
        """Make one call that uploads nothing and return its `result`. Raises TelegramError."""
        answer = await self.post_unparsed(url, parameters)
        with understood():
            return self.parse_json_payload(answer)["result"]

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Parse an answer; what is no answer of the Bot API raises, and is written to no log."""
        try:
            return msgspec.json.decode(payload, type=dict[str, Any])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise TelegramError(NO_ANSWER) from None

    def _encode(
        self, data: RequestData | None, read: Any
    ) -> tuple[bytes | aiohttp.FormData | None, dict[str, str] | None, aiohttp.ClientTimeout]:
        timeout = self._timeout_of(read)
        if data is None:
            return None, None, timeout
        if isinstance(data, Written):
            return data.body, JSON, timeout
        if data.contains_files:
            return _multipart(data), None, self._upload
        return urlencode(data.json_parameters).encode(), FORM, timeout

    def _timeout_of(self, read: Any) -> aiohttp.ClientTimeout:
        seconds = self._read if read is BaseRequest.DEFAULT_NONE or read is None else float(read)
        return self._timeouts.get(seconds) or _timeout(seconds, 5)


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
NEVER_CONNECTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)


def _timeout(read: Seconds, connect: Seconds) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=read + connect, connect=connect)


def _multipart(data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form
