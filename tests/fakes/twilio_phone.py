"""A person's phone, as Twilio sees it: what it hears, and what its person does."""

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from channels.segments import segments
from fakes.twilio_rules import PREFIX, Shown

if TYPE_CHECKING:
    from fakes.twilio_server import TwilioServer

OUT = frozenset(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"))
IN = frozenset(("START", "YES", "UNSTOP"))
_HEX = itertools.count(0xABCDEF)


def new_sid(kind: str) -> str:
    """Make up an identifier as Twilio does."""
    return f"{kind}{next(_HEX):032x}"


@dataclass(frozen=True)
class Heard:
    """A message that arrived."""

    sid: str
    sender: str
    shown: Shown
    media: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.shown.text

    @property
    def labels(self) -> list[str]:
        """What its buttons say."""
        return [label for label, _ in self.shown.choices]


@dataclass
class Phone:
    """One person. Everything it sends is signed; each method returns (HTTP status, MessageSid)."""

    server: "TwilioServer"
    number: str
    ours: str  # the sender of ours that it writes to
    whatsapp: bool = False
    name: str = "Ama"
    messages: list[Heard] = field(default_factory=list)
    window_open: bool = False
    stopped: bool = False

    def __post_init__(self) -> None:
        self._rings = asyncio.Event()
        self._read = 0

    @property
    def texts(self) -> list[str]:
        """The words of all that arrived."""
        return [one.text for one in self.messages]

    @property
    def address(self) -> str:
        """As Twilio writes it."""
        return (PREFIX if self.whatsapp else "") + self.number

    def rings(self, heard: Heard) -> None:
        """A message arrives."""
        self.messages.append(heard)
        self._rings.set()

    async def hears(self, seconds: float = 5) -> Heard:
        """Wait for the next message."""
        async with asyncio.timeout(seconds):
            while len(self.messages) <= self._read:
                self._rings.clear()
                await self._rings.wait()
        self._read += 1
        return self.messages[self._read - 1]

    def form(self, body: str = "", **more: str) -> dict[str, str]:
        """The form of a message, as Twilio fills it."""
        sid = new_sid("SM")
        form = {
            "ToCountry": "FR", "ToState": "", "SmsMessageSid": sid, "NumMedia": "0",
            "ToCity": "", "FromZip": "", "SmsSid": sid, "FromState": "", "SmsStatus": "received",
            "FromCity": "", "Body": body, "FromCountry": "FR", "To": self.ours_as_twilio,
            "ToZip": "", "NumSegments": str(segments(body)), "MessageSid": sid,
            "AccountSid": self.server.sid, "From": self.address, "ApiVersion": "2010-04-01",
        }  # fmt: skip
        if self.whatsapp:
            form |= {"ProfileName": self.name, "WaId": self.number.lstrip("+"),
                     "MessageType": "text", "Forwarded": "false"}  # fmt: skip
        return form | more

    @property
    def ours_as_twilio(self) -> str:
        """Our sender, as Twilio writes it."""
        return (PREFIX if self.whatsapp else "") + self.ours

    async def says(self, body: str, **more: str) -> tuple[int, str]:
        """Write words."""
        return await self.sends(self.form(body, **more))

    async def presses(self, label: str) -> tuple[int, str]:
        """Press a button of the last message that has it."""
        heard = next(one for one in reversed(self.messages) if label in one.labels)
        data = dict(heard.shown.choices)[label]
        pressed = {"OriginalRepliedMessageSid": heard.sid}
        if heard.shown.kind == "twilio/list-picker":
            more = {"ListId": data, "ListTitle": label, "MessageType": "interactive"}
        else:
            more = {"ButtonPayload": data, "ButtonText": label, "MessageType": "button"}
        return await self.says(label, **pressed, **more)

    async def sends_media(self, content: bytes, mime: str, body: str = "") -> tuple[int, str]:
        """Send a recording or a photo."""
        form = self.form(body)
        url = self.server.keep_media(form["MessageSid"], content, mime)
        more = {"NumMedia": "1", "MediaUrl0": url, "MediaContentType0": mime}
        kind = {"MessageType": mime.partition("/")[0]} if self.whatsapp else {}
        return await self.sends(form | more | kind)

    async def shares_place(self, latitude: float, longitude: float) -> tuple[int, str]:
        """Share where one is."""
        place = {"Latitude": str(latitude), "Longitude": str(longitude)}
        return await self.says("", MessageType="location", **place)

    def _opts_out_or_in(self, form: Mapping[str, str]) -> None:
        """Let Twilio take its own single words on SMS, as it does before anybody is called."""
        word = form.get("Body", "").strip().upper()
        if not self.whatsapp and word in OUT:
            self.stopped = True
        elif not self.whatsapp and word in IN:
            self.stopped = False

    async def sends(self, form: Mapping[str, str]) -> tuple[int, str]:
        """Send any form at all."""
        self.window_open = True
        self._opts_out_or_in(form)
        status = await self.server.bring("whatsapp" if self.whatsapp else "sms", form)
        return status, form["MessageSid"]
