"""A page that listens to a talk, without a browser."""

import asyncio
import re
from typing import Any

import aiohttp
from aiohttp.test_utils import TestClient

Events = list[tuple[str, str, str]]  # kind, id, data


class Watching:
    """A page that listens to a talk."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer

    async def until_steps(self) -> Events:
        """Return what comes up to the next state of the steps: that ends each change."""
        events: Events = []
        while not events or events[-1][0] != "steps":
            events += await self._next()
        return events

    async def _next(self) -> Events:
        lines = []
        async with asyncio.timeout(5):
            while (line := (await self.answer.content.readline()).decode().rstrip("\n")) != "":
                lines.append(line.partition(": ")[::2])
        fields = dict(lines)
        data = "\n".join(value for name, value in lines if name == "data")
        return [(fields["event"], fields.get("id", ""), data)] if "event" in fields else []


async def watch(
    client: TestClient[Any, Any], tab: str = "tab1", *, kind: str = "telegram", last: str = ""
) -> Watching:
    """Open a talk's stream as a browser does."""
    headers = {"Last-Event-ID": last} if last else {}
    answer = await client.get(f"/phone/{kind}/{tab}/talk?lang=fr", headers=headers)
    assert answer.content_type == "text/event-stream"
    return Watching(answer)


def texts(events: Events) -> list[str]:
    """Return the words of the messages among events."""
    return [words_of(data) for kind, _, data in events if kind == "message"]


def words_of(html: str) -> str:
    """Return the words of a message, as HTML has them."""
    found = re.search(r"<p>(.*?)</p>", html, re.DOTALL)
    return found[1] if found else ""
