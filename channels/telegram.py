"""Telegram as a channel: reads its updates, sends by its Bot API, fetches what was attached."""

import hmac
import json
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import aiohttp
from telegram import Bot, InputFile
from telegram.error import TelegramError

from channels.base import (
    Capabilities,
    Files,
    Incoming,
    KnownFiles,
    MediaRef,
    OutFile,
    Outgoing,
    Receipt,
    WebhookCall,
)
from channels.capabilities import TELEGRAM
from channels.errors import DeliveryError, Forged, Malformed
from channels.telegram_calls import Call, call_of, receipt_of
from channels.telegram_errors import (
    EMPTY,
    FILE_AWAY,
    NO_FILE,
    STALE_FILE,
    TOO_LARGE,
    delivery_error,
    is_already_done,
)
from channels.telegram_fetch import fetch
from channels.telegram_quick import quick_read
from channels.telegram_reader import NAME, read_update, unreadable
from channels.telegram_request import AiohttpRequest, understood

API_URL = "https://api.telegram.org"
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name
WANTED = ["message", "edited_message", "callback_query", "my_chat_member"]
_LONG_NUMBER = re.compile(r"-?\d{5,}")


class Hook(NamedTuple):
    """Where updates are brought: what waits there, and the last thing that went wrong, and when."""

    url: str
    waiting: int
    error: str
    error_at: int  # seconds since 1970


class LeanBot(Bot):
    """The library's bot, but answers are not made into its objects: that is half of a send."""

    __slots__ = ()

    async def call(self, method: str, data: dict[str, Any]) -> Any:
        """Make one call and return its `result`, as JSON gave it. Raises TelegramError."""
        if any(isinstance(one, InputFile) for one in data.values()):
            with understood():
                return await self._post(method, data)
        request: Any = self.request
        return await request.post_json(f"{self.base_url}/{method}", data)


class Telegram:
    """One bot. `session` belongs to the caller; `files` opens what must be uploaded."""

    name = NAME

    def __init__(
        self,
        token: str,
        session: aiohttp.ClientSession,
        *,
        api_url: str = API_URL,
        secret: str = "",
        files: Files | None = None,
        known_files: KnownFiles | None = None,
        can: Capabilities = TELEGRAM,
        pays: bool = False,  # for more than Telegram's free messages a second
    ) -> None:
        self.can = can
        self.account = token.partition(":")[0]  # the bot's own id: the part that is no secret
        self.api_url = api_url.rstrip("/")
        self.request = AiohttpRequest(session)
        self._pays = pays
        self._token, self._secret, self._session = token, secret, session
        self._files, self._known = files, known_files
        self._bot = LeanBot(
            token,
            base_url=f"{self.api_url}/bot",
            base_file_url=f"{self.api_url}/file/bot",
            request=self.request,
            get_updates_request=self.request,
        )

    # What comes in

    def read(self, call: WebhookCall) -> list[Incoming]:
        """Check the secret and read the update. Raises Forged or Malformed."""
        self._check_secret(call.headers)
        return [self.read_body(call.body)]

    def read_body(self, body: bytes) -> Incoming:
        """Read one update as bytes. Raises Malformed if that is no JSON."""
        quick = quick_read(body, self.account)
        if quick is not None:
            return quick
        try:
            return self.read_update(json.loads(body))
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise Malformed("The body is no JSON.") from None
        except (ValueError, RecursionError):  # JSON, but too deep or with a number too long
            return unreadable(body, self.account)

    def read_update(self, raw: object) -> Incoming:
        """Read one update that is parsed already; never raises, "unreadable" instead."""
        return read_update(raw, self.account)

    def _check_secret(self, headers: Mapping[str, str]) -> None:
        given = headers.get(SECRET_HEADER)  # enough where names are compared without case
        if given is None:
            given = next((v for k, v in headers.items() if k.lower() == SECRET_HEADER), "")
        ours, theirs = self._secret.encode(), given.encode("utf-8", "surrogateescape")
        if not ours or not hmac.compare_digest(ours, theirs):
            raise Forged("The secret of a call for Telegram is wrong or missing.")

    # What goes out

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Make one attempt. Raises only DeliveryError."""
        if outgoing.do == "send" and not (outgoing.text.strip() or outgoing.file):
            raise DeliveryError(EMPTY)
        if outgoing.file is not None:
            return await self._send_file(outgoing, outgoing.file)
        return receipt_of(await self._call(*self._paid(call_of(outgoing))))

    def _paid(self, call: Call) -> Call:
        """Allow what is sent to be charged for, where one pays."""
        method, data = call
        if not self._pays or not method.startswith("send"):
            return call
        return method, data | {"allow_paid_broadcast": True}

    async def _send_file(self, outgoing: Outgoing, file: OutFile) -> Receipt:
        known = await self._known.get(self.account, file.key, file.kind) if self._known else ""
        upload = known or await self._open(file)
        try:
            receipt = receipt_of(await self._call(*self._paid(call_of(outgoing, upload))))
        except DeliveryError as error:
            if error.failure is STALE_FILE:
                await self._remember(file, "")
            raise
        ref = receipt.file_ids.get(file.kind, "")
        if ref and not known:
            await self._remember(file, ref)
        return receipt

    async def _open(self, file: OutFile) -> InputFile:
        if self._files is None:
            raise DeliveryError(NO_FILE)
        try:
            content = await self._files.open(file.key)
        except KeyError:
            raise DeliveryError(NO_FILE) from None
        except OSError:
            raise DeliveryError(FILE_AWAY) from None
        if len(content) > self.can.file_limit:
            raise DeliveryError(TOO_LARGE)
        return InputFile(content, filename=file.name)

    async def _remember(self, file: OutFile, ref: str) -> None:
        if self._known is not None:
            await self._known.put(self.account, file.key, file.kind, ref)

    async def _call(self, method: str, data: dict[str, Any]) -> Any:
        try:
            return await self._bot.call(method, data)
        except TelegramError as error:
            if is_already_done(error):
                return True
            failed = delivery_error(error, self.hide)
        raise failed  # out here, so that the library's error does not hang on it

    def hide(self, text: str) -> str:
        """Take the token and every chat's number out of a text."""
        return _LONG_NUMBER.sub("…", text.replace(self._token, "…"))

    # What was attached

    async def fetch(self, media: MediaRef) -> AsyncIterator[bytes]:
        """Stream an attachment, at most `can.file_limit_in` bytes. Raises only FetchError."""
        url = f"{self.api_url}/file/bot{self._token}/"
        async for part in fetch(self._bot.call, self._session, url, media, self.can.file_limit_in):
            yield part

    # The bot itself

    async def get_me(self) -> str:
        """Ask Telegram for the bot's user name, which join links hold. Raises DeliveryError."""
        me = await self._call("getMe", {})
        name = me.get("username", "") if isinstance(me, dict) else ""
        return str(name)

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have updates brought to `url`; the former setting is replaced. Raises DeliveryError."""
        await self._call(
            "setWebhook",
            {"url": url, "secret_token": secret, "allowed_updates": WANTED, "max_connections": 40},
        )

    async def delete_webhook(self) -> None:
        """Have updates kept until they are asked for; none is dropped. Raises DeliveryError."""
        await self._call("deleteWebhook", {"drop_pending_updates": False})

    async def webhook(self) -> Hook:
        """Ask Telegram where it brings updates, and how that goes. Raises DeliveryError."""
        info = await self._call("getWebhookInfo", {})
        told: dict[str, Any] = info if isinstance(info, dict) else {}
        waiting, error_at = told.get("pending_update_count"), told.get("last_error_date")
        return Hook(
            str(told.get("url", "")),
            waiting if isinstance(waiting, int) else 0,
            self.hide(str(told.get("last_error_message", "")))[:200],
            error_at if isinstance(error_at, int) else 0,
        )

    async def webhook_elsewhere(self, ours: str = "") -> str:
        """Name the host that this bot's updates go to, if that is not `ours` (a URL); "" if none.

        Raises DeliveryError.
        """
        info = await self._call("getWebhookInfo", {})
        url = str(info.get("url", "")) if isinstance(info, dict) else ""
        return "" if url in ("", ours) else urlsplit(url).netloc or "elsewhere"

    async def get_updates(self, offset: int, wait: int) -> bytes:
        """Ask for updates from `offset` on, waiting `wait` seconds for one: the answer's body.

        Raises TelegramError.
        """
        asked = {"offset": offset, "timeout": wait, "allowed_updates": WANTED}
        return await self.request.post_unparsed(
            f"{self.api_url}/bot{self._token}/getUpdates", asked, read=wait + 10
        )
