"""One account at Twilio, which the SMS and the WhatsApp channel share: calls out, calls in."""

import re
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import aiohttp
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from twilio.rest.api.v2010.account.message import (  # type: ignore[import-untyped]
    MessageInstance,
)
from twilio.rest.content.v1.content import ContentList  # type: ignore[import-untyped]
from twilio.rest.content.v1.content.approval_create import (  # type: ignore[import-untyped]
    ApprovalCreateList,
)

from channels.base import Incoming, MediaRef, Moment, WebhookCall
from channels.errors import DeliveryError
from channels.twilio_errors import NO_CONNECTION, UNCERTAIN, failure_of
from channels.twilio_fetch import Login, fetch
from channels.twilio_reader import read_form
from channels.twilio_signature import query_of, signed_form
from channels.twilio_transport import AiohttpTransport, MaybeSent, NotSent, Refused

Found = TypeVar("Found")
PAGE = 200  # messages asked for at once
MOST = 2000  # messages looked through
_LONG_NUMBER = re.compile(r"\d{5,}")


@dataclass(frozen=True)
class Listed:
    """A message as Twilio's own list holds it; `at` is when Twilio got it."""

    sid: str
    sender: str  # as Twilio writes it: +33…, whatsapp:+33…
    to: str
    text: str
    status: str
    code: str
    inbound: bool
    media: int
    at: Moment


class TwilioAccount:
    """`session` belongs to the caller; `callback` is the public address for status calls."""

    def __init__(
        self,
        sid: str,
        token: str,
        session: aiohttp.ClientSession,
        *,
        api_url: str = "",
        callback: str = "",
        read: float = 15,
    ) -> None:
        self.sid = sid
        self._token, self._session = token, session
        self._callback = callback
        self._login = Login(sid, token, api_url.rstrip("/"))
        transport = AiohttpTransport(session, root=api_url, read=read)
        nothing = {"": ""}  # no setting of the environment may change where calls go
        self._client = Client(sid, token, http_client=transport, environment=nothing)

    # What comes in

    def read(self, call: WebhookCall) -> list[Incoming]:
        """Check the signature and read the form. Raises Forged or Malformed."""
        form = signed_form(call, self._token)
        return read_form(form, query_of(call).get("o", ""))

    async def fetch(self, media: MediaRef, most: int) -> AsyncIterator[bytes]:
        """Stream an attachment, at most `most` bytes. Raises only FetchError."""
        async for part in fetch(self._session, self._login, media, most):
            yield part

    # What goes out

    def callback_for(self, delivery: str) -> dict[str, str]:
        """Return the parameter by which Twilio tells what became of a delivery of ours."""
        if not self._callback:
            return {}
        return {"status_callback": self._callback + (f"?o={delivery}" if delivery else "")}

    async def create(self, parameters: Mapping[str, Any]) -> tuple[str, int]:
        """Send a message: its sid and the segments counted (0: not yet). Raises DeliveryError."""
        made = await self._asked(self._client.messages.create_async(**parameters), certain=False)
        counted = str(made.num_segments or "")
        return str(made.sid or ""), int(counted) if counted.isdecimal() else 0

    async def create_content(self, body: dict[str, Any]) -> str:
        """Have Twilio hold a shape; its sid. Raises DeliveryError."""
        request = ContentList.ContentCreateRequest(body)
        made = await self._asked(self._client.content.v1.contents.create_async(request))
        return str(made.sid or "")

    async def list_contents(self) -> list[Any]:
        """Return what Twilio holds, and how its approval stands. Raises DeliveryError."""
        listing = self._client.content.v1.content_and_approvals.list_async(
            limit=MOST, page_size=PAGE
        )
        return list(await self._asked(listing))

    async def ask_for_approval(self, content: str, name: str, category: str) -> str:
        """Have Meta look at what Twilio holds; how that stands now. Raises DeliveryError."""
        asked = ApprovalCreateList.ContentApprovalRequest({"name": name, "category": category})
        approval = self._client.content.v1.contents(content).approval_create
        return str((await self._asked(approval.create_async(asked))).status or "")

    async def list_messages(
        self, *, sender: str = "", to: str = "", after: Moment = 0
    ) -> list[Listed]:
        """Return messages, newest first, that Twilio got after a moment. Raises DeliveryError.

        Those without a date of sending are found too: what still waits at Twilio has none.
        """
        wanted = {name: value for name, value in (("from_", sender), ("to", to)) if value}
        listing = self._client.messages.list_async(**wanted, limit=MOST, page_size=PAGE)
        found = [_listed(one) for one in await self._asked(listing)]
        return [one for one in found if one.at >= after]

    async def inbound_since(self, to: Sequence[str], after: Moment) -> list[Listed]:
        """Return what people wrote to these senders after a moment, oldest first.

        Raises DeliveryError.
        """
        since = datetime.fromtimestamp(after / 1000, UTC)
        found: list[Listed] = []
        for one in to:
            listing = self._client.messages.list_async(
                to=one, date_sent_after=since, limit=MOST, page_size=PAGE
            )
            found.extend(map(_listed, await self._asked(listing)))
        return sorted((one for one in found if one.inbound), key=lambda one: one.at)

    async def media_of(self, listed: Listed) -> list[tuple[str, str]]:
        """Return (address, type) of each attachment of a message. Raises DeliveryError."""
        if not listed.media:
            return []
        found = await self._asked(self._client.messages(listed.sid).media.list_async(limit=10))
        base = "https://api.twilio.com" if not self._login.root else self._login.root
        return [(base + str(one.uri).removesuffix(".json"), str(one.content_type)) for one in found]

    async def account_state(self) -> str:
        """Ask Twilio how our account stands: "active", "suspended" … Raises DeliveryError."""
        account = await self._asked(self._client.api.v2010.accounts(self.sid).fetch_async())
        return str(account.status)

    async def _asked(self, asking: Awaitable[Found], *, certain: bool = True) -> Found:
        """Wait for an answer. `certain`: nothing was sent, whatever goes wrong."""
        try:
            return await asking
        except NotSent as error:
            failed = DeliveryError(NO_CONNECTION, detail=str(error))
        except MaybeSent as error:
            failed = DeliveryError(NO_CONNECTION if certain else UNCERTAIN, detail=str(error))
        except Refused as error:
            failed = self._failed(error)
        except (TwilioException, ValueError, TypeError, KeyError, AttributeError) as error:
            # The answer was a yes, but not one that can be read: a proxy's, or half of one.
            failed = DeliveryError(
                NO_CONNECTION if certain else UNCERTAIN, detail=type(error).__name__
            )
        raise failed  # out here, so that the library's error does not hang on it

    def _failed(self, refused: Refused) -> DeliveryError:
        row = failure_of(refused.status, refused.code)
        wait = refused.retry_after if refused.retry_after is not None else row.wait
        return DeliveryError(row.failure, retry_after=wait, detail=self.hide(refused.words)[:200])

    def hide(self, text: str) -> str:
        """Take the token and every person's number out of a text."""
        return _LONG_NUMBER.sub("…", text.replace(self._token, "…"))


def _listed(one: MessageInstance) -> Listed:
    at = one.date_created or one.date_sent
    media = str(one.num_media or "")
    return Listed(
        sid=str(one.sid or ""),
        sender=str(one.from_ or ""),
        to=str(one.to or ""),
        text=str(one.body or ""),
        status=str(one.status or ""),
        code=str(one.error_code or ""),
        inbound=one.direction == "inbound",
        media=int(media) if media.isdecimal() else 0,
        at=int(at.timestamp() * 1000) if isinstance(at, datetime) else 0,
    )
