"""A phone with Telegram on it: its owner says and presses things, and reads what came."""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

TICK = re.compile(r"✓\d* ")  # before what is chosen


@dataclass
class Heard:
    """One message as the phone shows it now; a redrawn keyboard changes it in place."""

    message_id: int
    text: str = ""  # the caption, where there is a file
    rows: list[list[dict[str, str]]] = field(default_factory=list)  # inline buttons
    keys: list[str] = field(default_factory=list)  # the reply keyboard's labels
    takes_keys_away: bool = False
    kind: str = ""  # voice, audio, photo, document
    file: bytes = b""
    file_name: str = ""
    raw: dict[str, Any] = field(default_factory=dict)  # the call that made it

    @property
    def labels(self) -> list[str]:
        """What stands on its buttons, in order."""
        return [button["text"] for row in self.rows for button in row]


class Server(Protocol):
    """What a phone needs of the server that it talks with."""

    bot: dict[str, Any]

    def push(self, kind: str, body: dict[str, Any]) -> int:
        """Queue an update; its update_id."""
        ...

    def keep_file(self, content: bytes, path: str) -> str:
        """Store a file; its file_id."""
        ...


class Phone:
    """One person's private chat with the bot. What it does is queued as updates at once."""

    def __init__(self, server: Server, number: int, name: str, language: str) -> None:
        self.id, self.name, self.language = number, name, language
        self.messages: list[Heard] = []
        self.acknowledged: list[str] = []  # the presses that the bot answered, by id
        self.has_blocked = False
        self._server, self._last, self._read = server, 0, 0
        self._news = asyncio.Event()

    # What its owner does

    def says(self, text: str, **more: Any) -> int:
        """Write a message; its message_id."""
        return self._sends(text=text, **_entities(text), **more)

    def starts(self, payload: str = "") -> int:
        """Press Start, with what the link carried."""
        return self.says(f"/start {payload}".strip())

    def presses(self, label: str) -> str:
        """Press the newest button with this label (ticked or not); the press's id."""
        for message in reversed(self.messages):
            for row in message.rows:
                for button in row:
                    if TICK.sub("", button["text"]) == TICK.sub("", label):
                        return self.presses_data(message.message_id, button["callback_data"])
        seen = [message.labels for message in self.messages if message.rows]
        raise AssertionError(f"There is no button {label!r}, only {seen}")

    def presses_data(self, message_id: int, data: str, **more: Any) -> str:
        """Press a button of any message, shown or not; the press's id."""
        press = f"press{time.monotonic_ns()}"
        message = {"message_id": message_id, "date": int(time.time()), "chat": self.chat}
        shown = {"from": self._server.bot, "text": "…"}
        body = {"id": press, "from": self.user, "message": message | shown, "data": data}
        self._server.push("callback_query", body | {"chat_instance": str(self.id)} | more)
        return press

    def sends_voice(self, content: bytes, seconds: int = 3, **more: Any) -> int:
        """Record and send a voice note."""
        voice = self._file(content, "voice/note.oga")
        return self._sends(voice=voice | {"duration": seconds, "mime_type": "audio/ogg"}, **more)

    def sends_audio(self, content: bytes, seconds: int = 3, name: str = "a.mp3") -> int:
        """Send a sound file."""
        audio = self._file(content, f"music/{name}") | {"file_name": name}
        return self._sends(audio=audio | {"duration": seconds, "mime_type": "audio/mpeg"})

    def sends_photo(self, content: bytes, caption: str = "") -> int:
        """Send a photo; Telegram keeps a small and a whole size of it."""
        sizes = [
            self._file(content[:10], "photos/small.jpg") | {"width": 90, "height": 60},
            self._file(content, "photos/whole.jpg") | {"width": 900, "height": 600},
        ]
        return self._sends(photo=sizes, **({"caption": caption} if caption else {}))

    def sends_document(self, content: bytes, name: str, mime: str) -> int:
        """Send a file as it is."""
        document = self._file(content, f"documents/{name}")
        return self._sends(document=document | {"file_name": name, "mime_type": mime})

    def shares_place(self, latitude: float, longitude: float) -> int:
        """Send where one is."""
        return self._sends(location={"latitude": latitude, "longitude": longitude})

    def edits(self, text: str, message_id: int = 0) -> None:
        """Change a message, the last one if none is named."""
        at = int(time.time())
        edited = self._message(message_id or self._last, text=text)
        self._server.push("edited_message", edited | {"edit_date": at})

    def blocks(self) -> None:
        """Block the bot."""
        self.has_blocked = True
        self._changes("member", "kicked")

    def unblocks(self) -> None:
        """Let the bot write again."""
        self.has_blocked = False
        self._changes("kicked", "member")

    # What its owner reads

    async def hears(self, timeout: float = 5) -> Heard:
        """Wait for the next message that was not read yet."""
        await self._until(lambda: len(self.messages) > self._read, timeout)
        self._read += 1
        return self.messages[self._read - 1]

    async def hears_nothing(self, seconds: float = 0.2) -> None:
        """Fail if another message comes within this time."""
        await asyncio.sleep(seconds)
        unread = [message.text for message in self.messages[self._read :]]
        assert not unread, unread

    async def is_acknowledged(self, press: str, timeout: float = 5) -> None:
        """Wait until the bot has answered a press."""
        await self._until(lambda: press in self.acknowledged, timeout)

    @property
    def texts(self) -> list[str]:
        """All it was sent, as words."""
        return [message.text for message in self.messages]

    # For the server

    @property
    def user(self) -> dict[str, Any]:
        """This person, as an update names them."""
        person = {"id": self.id, "is_bot": False, "first_name": self.name}
        return person | {"language_code": self.language}

    @property
    def chat(self) -> dict[str, Any]:
        """This chat, as an update names it."""
        return {"id": self.id, "type": "private", "first_name": self.name}

    def next_id(self) -> int:
        """Count the chat's messages, of both sides."""
        self._last += 1
        return self._last

    def rings(self) -> None:
        """Tell whoever waits that something came."""
        self._news.set()

    async def _until(self, holds: Callable[[], bool], timeout: float) -> None:
        async with asyncio.timeout(timeout):
            while not holds():
                self._news.clear()
                await self._news.wait()

    def _sends(self, **content: Any) -> int:
        number = self.next_id()
        self._server.push("message", self._message(number, **content))
        return number

    def _message(self, number: int, **content: Any) -> dict[str, Any]:
        head = {"message_id": number, "from": self.user, "chat": self.chat}
        return head | {"date": int(time.time())} | content

    def _file(self, content: bytes, path: str) -> dict[str, Any]:
        ref = self._server.keep_file(content, path)
        return {"file_id": ref, "file_unique_id": f"u{ref}", "file_size": len(content)}

    def _changes(self, before: str, now: str) -> None:
        def member(status: str) -> dict[str, Any]:
            until = {"until_date": 0} if status == "kicked" else {}
            return {"user": self._server.bot, "status": status} | until

        body = {"chat": self.chat, "from": self.user, "date": int(time.time())}
        states = {"old_chat_member": member(before), "new_chat_member": member(now)}
        self._server.push("my_chat_member", body | states)


def _entities(text: str) -> dict[str, Any]:
    if not text.startswith("/"):
        return {}
    length = len(text.split(maxsplit=1)[0])
    return {"entities": [{"type": "bot_command", "offset": 0, "length": length}]}
