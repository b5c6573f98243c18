"""A real process behind Twilio, and people whose answers are a table: one row a flow.

To add a flow, add its row to FLOWS.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from e2e.running import PATIENCE, Palabre
from fakes.twilio_phone import Heard, Phone
from fakes.twilio_server import TwilioServer

PUBLIC = "https://palabre.example"


@dataclass(frozen=True)
class Note:
    """A voice note on WhatsApp; by SMS these words."""

    words: str


@dataclass(frozen=True)
class Only:
    """An answer to what is asked on one channel alone."""

    channel: str
    answer: "Answer"


@dataclass(frozen=True)
class Leave:
    """STOP, one message that is not heard, and START, in the person's own words."""


Answer = int | str | Note | Only | Leave
LANGUAGES = ("fr", "en", "es")
STOPS = {"fr": "Arrêt", "en": "STOP", "es": "baja"}
STARTS = {"fr": "START", "en": "start", "es": "Iniciar"}
MINE = "my language"  # stands for the number of the person's language

FLOWS: dict[str, Sequence[Answer]] = {
    "welcome": (MINE, 1, 1, 1, 3, 1, 1, "1 3"),
    "trends": (
        1, 1, Note("Les femmes manquent."), 3, "Les coopératives n'y sont pas.", Leave(),
        Note("Une aide est venue."), Only("whatsapp", "wolof"), "Le groupe des semences",
    ),
    "interviews": (
        1, Note("Je suis les comptes."), "La loi.", "Le fonds.", Leave(), "Les papiers.",
        "Les migrants.", "La radio.", "Payer à temps.", "La loi de 2021.", 2,
    ),
    "forum": (1, Note("Ici, rien n'a bougé.")),
    "sessions": (1,),
    "draft": (1, Leave(), 1),
    "reactions": (1, 1, "2 trop cher", 3, Note("Il faut de l'eau."), 1, 1, "Les jeunes", "2 4"),
    "final": (1, 1, "À la mairie.", "Le groupe des semences", 1),
}  # fmt: skip
OPENS_WITH = {
    "interviews": "ENTRETIEN", "forum": "FORUM", "sessions": "RENCONTRE", "draft": "BILAN",
    "reactions": "AGENDA", "final": "FINAL",
}  # fmt: skip


class Behind(Palabre):
    """An installation that Twilio reaches; its `server` is one that plays Twilio."""

    def __init__(self, folder: Path, server: TwilioServer) -> None:
        super().__init__(folder, server)  # type: ignore[arg-type]
        self.twilio = server
        server.hooks, server.deliver_to = PUBLIC, f"http://127.0.0.1:{self.port}"
        for name in [one for one in self.more if one.startswith("TELEGRAM")]:
            del self.more[name]
        self.more |= {
            "PUBLIC_URL": PUBLIC,
            "TWILIO_ACCOUNT_SID": server.sid,
            "TWILIO_AUTH_TOKEN": server.token,
            "TWILIO_API_URL": server.url,
            "TWILIO_SMS_FROM": "+33700000000,+221300000000",
            "TWILIO_WHATSAPP_FROM": "+33700000001",
            "TWILIO_SMS_PACE": "1000",
        }


class Person:
    """Someone who answers a table, by SMS or on WhatsApp."""

    def __init__(self, phone: Phone, language: str, note: bytes) -> None:
        self.phone, self.language, self.note = phone, language, note
        self.channel = "whatsapp" if phone.whatsapp else "sms"
        self.last: Heard | None = None

    async def hears(self) -> Heard:
        """Wait for the next words; whatever is attached comes before them."""
        while not (heard := await self.phone.hears(PATIENCE)).text:
            assert heard.media
        self.last = heard
        return heard

    async def goes_through(self, flow: str) -> None:
        """Answer a flow's table from its first question on."""
        for answer in FLOWS[flow]:
            await self.answers(answer)

    async def answers(self, answer: Answer) -> None:
        """Give one answer, and wait for what is said to it: by SMS, one message."""
        if isinstance(answer, Leave):
            await self.leaves_and_comes_back()
        elif isinstance(answer, Only):
            if answer.channel == self.channel:
                await self.answers(answer.answer)
        else:
            before = len(self.phone.messages)
            await self._gives(answer)
            await self.hears()
            if self.channel == "sms":
                assert len(self.phone.messages) == before + 1

    async def _gives(self, answer: "int | str | Note") -> None:
        if isinstance(answer, Note) and self.channel == "whatsapp":
            await self.phone.sends_media(self.note, "audio/ogg")
            return
        if answer == MINE:
            answer = LANGUAGES.index(self.language) + 1
        labels = self.last.labels if self.last else []
        if isinstance(answer, int) and labels:
            await self.phone.presses(labels[answer - 1])
        else:
            words = answer.words if isinstance(answer, Note) else str(answer)
            await self.phone.says(words)

    async def leaves_and_comes_back(self) -> None:
        """Say stop and start: the open question stands there again, and nothing came between."""
        asked = self.last
        assert asked is not None
        before = len(self.phone.messages)
        await self.phone.says(STOPS[self.language])
        twilio_answers = self.phone.stopped
        if not twilio_answers:
            await self.hears()  # one farewell
        await asyncio.sleep(1)
        assert len(self.phone.messages) == before + (not twilio_answers)
        await self.phone.says(STARTS[self.language])
        again = await self.hears()
        question = asked.text.splitlines()[-1]
        assert question in again.text, (asked.text, again.text)
