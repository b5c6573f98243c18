"""What SMS and WhatsApp have in common: who sends, what is looked up again, what comes in."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec
import phonenumbers

from channels.base import (
    Capabilities,
    Incoming,
    MediaRef,
    Moment,
    Outgoing,
    Receipt,
    Template,
    WebhookCall,
)
from channels.errors import DeliveryError
from channels.twilio_account import Listed, TwilioAccount
from channels.twilio_content import with_numbers
from channels.twilio_errors import EMPTY, NO_SENDER
from channels.twilio_reader import read_form

MediaLink = Callable[[str], str]  # a file's key → its public address, "" for none
SKEW_MS = 5000  # by so much Twilio's clock may be behind ours


class TwilioChannel(ABC):
    """A channel of one account at Twilio. `senders` are our numbers, in E.164."""

    name = ""
    prefix = ""  # what Twilio writes before a number of this channel

    def __init__(
        self,
        account: TwilioAccount,
        senders: Sequence[str],
        can: Capabilities,
        *,
        service: str = "",
    ) -> None:
        """`service`: a messaging service of Twilio's, which picks a sender where we name none."""
        self.account, self.can = account, can
        self.senders = tuple(one.removeprefix(self.prefix) for one in senders)
        self.service = service

    # What comes in

    def read(self, call: WebhookCall) -> list[Incoming]:
        """Check the signature and read the call. Raises Forged or Malformed."""
        return self.account.read(call)

    async def fetch(self, media: MediaRef) -> AsyncIterator[bytes]:
        """Stream an attachment, at most `can.file_limit_in` bytes. Raises only FetchError."""
        async for part in self.account.fetch(media, self.can.file_limit_in):
            yield part

    # What goes out

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Make one attempt. Raises only DeliveryError. There is nothing to redraw or close here."""
        if outgoing.do == "template" and outgoing.outside is not None:
            return await self.send_template(outgoing, outgoing.outside)
        if outgoing.do != "send":
            return Receipt(units=0)
        if not (outgoing.text.strip() or outgoing.file):
            raise DeliveryError(EMPTY)
        return await self.send_message(outgoing)

    @abstractmethod
    async def send_message(self, outgoing: Outgoing) -> Receipt:
        """Send what is not empty. Raises only DeliveryError."""

    async def send_template(self, outgoing: Outgoing, template: Template) -> Receipt:
        """Send what Twilio holds as approved. Raises only DeliveryError."""
        words = {str(place): word for place, word in enumerate(template.words, 1)}
        filled = {"content_sid": template.sid} | (
            {"content_variables": msgspec.json.encode(words).decode()} if words else {}
        )
        sid, _ = await self.account.create(self.envelope(outgoing) | filled)
        return Receipt(sid, "queued")

    def envelope(self, outgoing: Outgoing) -> dict[str, Any]:
        """Return who writes to whom, and where to tell what became of it. Raises DeliveryError."""
        sender = self.sender_for(outgoing.address, outgoing.account)
        if not (sender or self.service):
            raise DeliveryError(NO_SENDER)
        return {
            "to": self.prefix + outgoing.address,
            **({"from_": self.prefix + sender} if sender else {}),
            **({"messaging_service_sid": self.service} if self.service else {}),
            **self.account.callback_for(outgoing.delivery),
        }

    def sender_for(self, address: str, account: str) -> str:
        """Choose a sender: the one that was written to, else one of the person's country.

        "" leaves the choice to the messaging service.
        """
        if account and (account in self.senders or self.service):
            return account
        country = country_of(address)
        own = next((one for one in self.senders if country and country_of(one) == country), "")
        if own or self.service:
            return own
        return self.senders[0] if self.senders else ""

    # What Twilio's own list knows

    async def list_since(self, after: Moment) -> list[Incoming]:
        """Return what people wrote to us after a moment, as a webhook would have brought it.

        Each has the event_id of its webhook, so what came already is one with it. Raises
        DeliveryError.
        """
        to = [self.prefix + one for one in self.senders]
        found = await self.account.inbound_since(to, after)
        return [one for listed in found for one in await self._as_it_came(listed)]

    async def find_sent(self, outgoing: Outgoing, after: Moment) -> list[Incoming]:
        """Look for a message of whose sending nobody knows: a status of each with its words.

        Oldest first. Raises DeliveryError.
        """
        found = await self.account.list_messages(
            to=self.prefix + outgoing.address, after=after - SKEW_MS
        )
        words = {_squeezed(text) for text in self.bodies(outgoing)}
        same = [
            one for one in found
            if not one.inbound and _squeezed(one.text) in words
            and (one.media > 0) is self.has_file(outgoing)
        ]  # fmt: skip
        return [
            status
            for one in reversed(same)
            for status in read_form(_status_form(one), outgoing.delivery)
        ]

    def bodies(self, outgoing: Outgoing) -> set[str]:
        """Return under which words Twilio may list it: choices stand below them, or are buttons."""
        if outgoing.do == "template" and outgoing.outside is not None:
            return {outgoing.outside.text}
        return {outgoing.text, with_numbers(outgoing)}

    def has_file(self, outgoing: Outgoing) -> bool:
        """Say whether a file goes with it here."""
        return False

    async def _as_it_came(self, listed: Listed) -> list[Incoming]:
        media = await self.account.media_of(listed)
        form = {
            "MessageSid": listed.sid,
            "From": listed.sender,
            "To": listed.to,
            "Body": listed.text,
            "NumMedia": str(len(media)),
        }
        for place, (url, mime) in enumerate(media):
            form |= {f"MediaUrl{place}": url, f"MediaContentType{place}": mime}
        return read_form(form)


def _status_form(listed: Listed) -> dict[str, str]:
    return {
        "MessageSid": listed.sid,
        "MessageStatus": listed.status,
        "ErrorCode": listed.code,
        "From": listed.sender,
        "To": listed.to,
    }


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def country_of(number: str) -> int:
    """Return the calling code of a number in E.164; 0 for what is none."""
    try:
        return phonenumbers.parse(number).country_code or 0
    except phonenumbers.NumberParseException:
        return 0
