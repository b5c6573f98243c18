"""WhatsApp through Twilio: words, files by their public address, buttons and lists."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from channels.base import Capabilities, HeldTemplate, OutFile, Outgoing, Receipt
from channels.capabilities import WHATSAPP
from channels.errors import DeliveryError
from channels.twilio_account import TwilioAccount
from channels.twilio_channel import MediaLink, TwilioChannel
from channels.twilio_content import Content, KnownContents, content_of, with_numbers
from channels.twilio_errors import NO_FILE, STALE_CONTENT
from channels.twilio_reader import PREFIX
from channels.twilio_templates import held_templates, submit

TEXT_LIMIT = 1600  # signs, without buttons
_CAPTIONED = ("photo", "document")


def no_media(key: str) -> str:
    """Stand in where files have no public address."""
    return ""


class TwilioWhatsApp(TwilioChannel):
    """WhatsApp from one or several numbers of ours."""

    name = "whatsapp"
    prefix = PREFIX

    def __init__(
        self,
        account: TwilioAccount,
        senders: Sequence[str],
        *,
        can: Capabilities = WHATSAPP,
        service: str = "",
        media_link: MediaLink = no_media,
        contents: KnownContents | None = None,
    ) -> None:
        """`contents` remembers the shapes that Twilio holds; without it choices are numbered."""
        super().__init__(account, senders, can, service=service)
        self._media_link, self._contents = media_link, contents
        self._making: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def send_message(self, outgoing: Outgoing) -> Receipt:
        """Send words, a file, or a question with its buttons. Raises only DeliveryError."""
        envelope = self.envelope(outgoing)
        if outgoing.file is not None:
            return await self._sent(envelope | self._file(outgoing, outgoing.file))
        content = content_of(outgoing)
        sid = await self._held(content) if content else ""
        if content is None or not sid:
            return await self._sent(envelope | {"body": with_numbers(outgoing)[:TEXT_LIMIT]})
        filled = {"content_sid": sid, "content_variables": content.variables}
        try:
            return await self._sent(envelope | filled)
        except DeliveryError as error:
            if error.failure.code == STALE_CONTENT and self._contents is not None:
                await self._contents.put(self.account.sid, content.shape, "")
            raise

    def bodies(self, outgoing: Outgoing) -> set[str]:
        """Return under which words Twilio may list it: long ones were cut, a recording has none."""
        if self.has_file(outgoing):
            return {_caption(outgoing)}
        return {text[:TEXT_LIMIT] for text in super().bodies(outgoing)}

    def has_file(self, outgoing: Outgoing) -> bool:
        """Say whether a file goes with it."""
        return outgoing.do == "send" and outgoing.file is not None

    @property
    def template_account(self) -> str:
        """Whose templates they are."""
        return self.account.sid

    async def held_templates(self, begins: str) -> list[HeldTemplate]:
        """Return the templates whose name begins so. Raises DeliveryError."""
        return await held_templates(self.account, begins)

    async def submit_template(
        self, name: str, language: str, text: str, samples: list[str], kind: str
    ) -> HeldTemplate:
        """Have a text with its open words {{1}} … looked at. Raises DeliveryError."""
        return await submit(self.account, name, language, text, samples, kind)

    async def _sent(self, parameters: dict[str, Any]) -> Receipt:
        sid, _ = await self.account.create(parameters)
        return Receipt(sid, "queued")

    def _file(self, outgoing: Outgoing, file: OutFile) -> dict[str, Any]:
        """Name a file by its address: Twilio fetches it. A recording has no caption."""
        link = self._media_link(file.key)
        if not link:
            raise DeliveryError(NO_FILE)
        text = _caption(outgoing)
        return {"media_url": [link], **({"body": text} if text else {})}

    async def _held(self, content: Content) -> str:
        """Return Twilio's name of a shape, made the first time; "" where it cannot be had now.

        The question must not wait for it: it is then put with numbers.
        """
        if self._contents is None:
            return ""
        known = self._contents
        async with self._making[content.shape]:  # so that one shape is made once
            sid = await known.get(self.account.sid, content.shape)
            if sid:
                return sid
            try:
                sid = await self.account.create_content(content.body)
            except DeliveryError:
                return ""
            if sid:
                await known.put(self.account.sid, content.shape, sid)
            return sid


def _caption(outgoing: Outgoing) -> str:
    """Return the words that go with a file: a recording has none."""
    file = outgoing.file
    return outgoing.text.strip() if file is not None and file.kind in _CAPTIONED else ""
