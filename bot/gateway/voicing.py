"""What is heard on a listening page: as voice messages elsewhere, but MP3, for any browser."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from msgspec.structs import replace

from bot.dialogue.reply import Prompt
from bot.gateway.house import House
from bot.store.media import MediaGone
from bot.store.seal import CannotOpen
from bot.voice.decode import decode
from bot.voice.encode import as_mp3
from bot.voice.limits import Limits
from bot.voice.saying import CannotSayError
from bot.voice.verdict import UnheardError
from channels.base import Aloud

MOST_KEPT = 100  # sounds in memory, about 100 KB each
LONG = Limits(max_seconds=1800)  # our own words may take longer than a stranger's recording
MOST_CHOICES = 12  # a longer list is no sound that anybody can follow


class Voice:
    """Says what a page shows, where the house has somebody who reads aloud."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._making = asyncio.Semaphore(2)

    def name(self, prompts: Sequence[Prompt], language: str, participant: int) -> str:
        """Return what tells the sound of prompts from others, "" where nobody says all of them."""
        reader, aloud = self._house.reader, self._aloud(prompts, language)
        return reader.digest(aloud, participant) if reader and aloud else ""

    def _aloud(self, prompts: Sequence[Prompt], language: str) -> Aloud | None:
        if self._house.reader is None:
            return None
        return self._house.reader.aloud([_on_a_page(one) for one in prompts], language)

    async def sound(self, prompts: Sequence[Prompt], language: str, participant: int) -> bytes:
        """Return the sound as MP3, b"" where it cannot be made."""
        name, aloud = self.name(prompts, language, participant), self._aloud(prompts, language)
        if aloud is None:
            return b""
        async with self._making:
            kept = self._kept.get(name, b"")
            made = kept or await asyncio.to_thread(self._made, aloud, participant)
            if made:  # what failed is tried again when it is asked for again
                self._kept[name] = made
                self._kept.move_to_end(name)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return made

    def _made(self, aloud: Aloud, participant: int) -> bytes:
        house, reader = self._house, self._house.reader
        if reader is None:
            return b""
        try:
            said = reader.unsent(aloud, participant, house.clock())
            return as_mp3(decode(said, LONG).pcm, LONG)
        except (CannotSayError, UnheardError, MediaGone, CannotOpen, OSError):
            return b""


def _on_a_page(prompt: Prompt) -> Prompt:
    """Return a prompt without what a page shows otherwise: pages of a list, words to type."""
    choices = prompt.choices if len(prompt.choices) <= MOST_CHOICES else ()
    return replace(prompt, page="", add_by_word="", choices=choices)
