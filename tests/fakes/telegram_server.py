"""A local server that plays Telegram's Bot API, over HTTP, with its limits and its moods.

    async with TelegramServer() as server:
        # TELEGRAM_API_URL=server.url, TELEGRAM_BOT_TOKEN=server.token
        phone = server.phone("Ama", "fr")
        phone.starts("reseau")           # says, presses, sends_voice, edits, blocks … (Phone)
        heard = await phone.hears()      # heard.text, heard.labels, heard.file
        server.fail("sendMessage", too_many(3), times=2)      # telegram_faults
        server.requests                  # every call it got, in order

Updates wait for getUpdates, or are brought to the webhook once one is set, again and again until
it answers 2xx. `push_raw` queues anything at all.
"""

import asyncio
import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp
from aiohttp import web

from fakes.failing import Failing, break_off, page_of_a_proxy
from fakes.telegram_faults import Fault
from fakes.telegram_methods import METHODS, Refused
from fakes.telegram_phone import Phone

TOKEN = "4242:a-token-that-nobody-may-see"


@dataclass(frozen=True)
class Request:
    """One call as it came: text fields, uploads as (name, mime, bytes), and when."""

    method: str
    params: dict[str, str]
    files: dict[str, tuple[str, str, bytes]]
    at: float = field(default_factory=time.monotonic)

    def json(self, name: str) -> Any:
        """A parameter that is JSON."""
        return json.loads(self.params[name])


class TelegramServer(Failing[Fault]):
    """The Bot API of one bot. `webhook_tries` holds (update_id, HTTP status) of each try."""

    def __init__(self, token: str = TOKEN, port: int = 0) -> None:
        super().__init__()
        self.token, self.port = token, port
        number = int(token.partition(":")[0])
        self.bot = {
            "id": number,
            "is_bot": True,
            "first_name": "Palabre",
            "username": "palabre_bot",
        }
        self.requests: list[Request] = []
        self.phones: dict[int, Phone] = {}
        self.files: dict[str, tuple[str, bytes]] = {}  # file_id → path, content
        self.webhook: dict[str, str] = {}
        self.webhook_tries: list[tuple[int, int]] = []
        self.pending: dict[int, str] = {}  # update_id → the update as JSON
        self.presses: dict[str, int] = {}  # unanswered presses → whose
        self._numbers = itertools.count(1)
        self._update_ids = itertools.count(700_000_001)
        self._news, self._polls = asyncio.Event(), 0
        self._bringing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=60_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self._called)
        app.router.add_get("/file/bot{token}/{path:.*}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop_bringing()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The root before /bot<token> and /file/bot<token>."""
        return f"http://127.0.0.1:{self.port}"

    # For tests

    def phone(self, name: str = "Ama", language: str = "fr") -> Phone:
        """A new person with a private chat."""
        number = 100_000_000 + next(self._numbers)
        self.phones[number] = Phone(self, number, name, language)
        return self.phones[number]

    def push(self, kind: str, body: dict[str, Any]) -> int:
        """Queue an update of a kind; its update_id."""
        if kind == "callback_query":
            self.presses[body["id"]] = body["from"]["id"]
        number = next(self._update_ids)
        self.push_raw(json.dumps({"update_id": number, kind: body}), number)
        return number

    def push_raw(self, update: str, number: int = 0) -> None:
        """Queue any JSON as an update."""
        self.pending[number or next(self._update_ids)] = update
        self._news.set()

    def keep_file(self, content: bytes, path: str) -> str:
        """Store a file as Telegram would; its file_id."""
        ref = f"FILE{next(self._numbers)}"
        folder, name = path.rsplit("/", 1)
        self.files[ref] = (f"{folder}/{ref}_{name}", content)
        return ref

    def calls(self, method: str) -> list[Request]:
        """All calls of one method, in order."""
        return [request for request in self.requests if request.method == method]

    # Its side of HTTP

    async def _called(self, http: web.Request) -> web.StreamResponse:
        request = await _request_of(http)
        self.requests.append(request)
        if http.match_info["token"] != self.token:
            return _refusal(401, "Unauthorized")
        fault = self._fault_for(request.method)
        if fault is not None:
            if fault.done:
                await self._answer(request)
            return await _misbehave(http, fault)
        return await self._answer(request)

    async def _answer(self, request: Request) -> web.StreamResponse:
        try:
            result = await METHODS[request.method](self, request)
        except KeyError as missing:
            return _refusal(404 if request.method not in METHODS else 400, f"Not Found {missing}")
        except Refused as refused:
            return _refusal(refused.status, refused.words, **refused.parameters)
        if isinstance(result, bytes):  # getUpdates: as it was queued, to the letter
            return web.Response(body=result, content_type="application/json")
        return web.json_response({"ok": True, "result": result})

    async def _file(self, http: web.Request) -> web.StreamResponse:
        fault = self._fault_for("file")
        if fault is not None:
            return await _misbehave(http, fault)
        for path, content in self.files.values():
            if path == http.match_info["path"]:
                return web.Response(body=content, content_type="application/octet-stream")
        return _refusal(404, "Not Found")

    # Updates

    async def wait_for_updates(self, offset: int, seconds: float) -> list[str]:
        """Forget what is acknowledged, then wait for what is next."""
        for number in [number for number in self.pending if number < offset]:
            del self.pending[number]
        self._polls += 1
        mine = self._polls
        end = time.monotonic() + seconds
        while not self.pending and (left := end - time.monotonic()) > 0 and mine == self._polls:
            self._news.clear()
            await _within(self._news.wait(), left)
        if mine != self._polls:
            raise Refused("Conflict: terminated by other getUpdates request", 409)
        return [self.pending[number] for number in sorted(self.pending)][:100]

    def set_webhook(self, settings: dict[str, str]) -> None:
        """Begin to bring updates to a URL; without one, stop."""
        self._stop_bringing()
        self.webhook = settings if settings.get("url") else {}
        if self.webhook:
            self._bringing = asyncio.get_running_loop().create_task(self._bring())

    def _stop_bringing(self) -> None:
        if self._bringing is not None:
            self._bringing.cancel()

    async def _bring(self) -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                if not self.pending:
                    self._news.clear()
                    await self._news.wait()
                number = min(self.pending)
                status = await self._bring_one(session, self.pending[number])
                self.webhook_tries.append((number, status))
                if 200 <= status < 300:
                    self.pending.pop(number, None)
                else:
                    await asyncio.sleep(0.05)

    async def _bring_one(self, session: aiohttp.ClientSession, update: str) -> int:
        headers = {"Content-Type": "application/json"}
        if secret := self.webhook.get("secret_token"):
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        url, body = self.webhook["url"], update.encode()
        try:
            async with session.post(url, data=body, headers=headers) as answer:
                return answer.status
        except aiohttp.ClientError:
            return 0


async def _within(waiting: Any, seconds: float) -> None:
    try:
        await asyncio.wait_for(waiting, seconds)
    except TimeoutError:
        return


async def _request_of(http: web.Request) -> Request:
    params: dict[str, str] = dict(http.query)
    files: dict[str, tuple[str, str, bytes]] = {}
    if http.content_type == "application/json":
        params |= {
            k: v if isinstance(v, str) else json.dumps(v) for k, v in (await http.json()).items()
        }
    for name, value in (await http.post()).items():
        if isinstance(value, web.FileField):
            files[name] = (value.filename, value.content_type, value.file.read())
        else:
            params[name] = str(value)
    return Request(http.match_info["method"], params, files)


def _refusal(status: int, words: str, **parameters: Any) -> web.Response:
    body = {"ok": False, "error_code": status, "description": words}
    return web.json_response(
        body | ({"parameters": parameters} if parameters else {}), status=status
    )


async def _misbehave(http: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.how == "json":
        return _refusal(fault.status, fault.description, **fault.parameters)
    if fault.how == "html":
        return page_of_a_proxy(fault.status)
    if fault.how == "text":
        body = fault.description.encode("utf-8", "surrogatepass")
        return web.Response(status=fault.status, body=body, content_type="application/json")
    return await break_off(http, fault.how, fault.seconds, b'{"ok":true,')
