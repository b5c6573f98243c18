"""A local server that plays Twilio, over HTTP, with its limits, its callbacks and its moods.

async with TwilioServer() as server:
    # TWILIO_API_URL=server.url, TWILIO_ACCOUNT_SID=server.sid, TWILIO_AUTH_TOKEN=server.token
    server.hooks = "https://example.org"          # PUBLIC_URL: what is signed
    server.deliver_to = "http://127.0.0.1:8080"   # where that is reached in truth
    phone = server.phone("+33600000001")
    await phone.says("Bonjour")                   # says, presses, sends_media … (Phone)
    heard = await phone.hears()                   # heard.text, heard.labels, heard.media
    await server.tells(heard.sid, "delivered")    # a signed status callback
    server.fail("messages", too_many(3))          # twilio_faults
"""

import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import aiohttp
from aiohttp import web
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from fakes import twilio_templates
from fakes.failing import Failing
from fakes.twilio_faults import Fault, misbehave
from fakes.twilio_list import Kept, described, page, wanted
from fakes.twilio_phone import Heard, Phone, new_sid
from fakes.twilio_rules import PREFIX, Refusal, Shown, check

SID = "AC" + "0a" * 16
TOKEN = "a-token-that-nobody-may-see"
PUBLIC = "https://palabre.example.org"  # where a test is reached, unless it says so
SERVICE = "MG" + "0b" * 16
SENDERS = ("+33700000000", "+221300000000", "whatsapp:+33700000001")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Answer = Callable[["TwilioServer", web.Request], web.Response]


@dataclass(frozen=True)
class Request:
    """One call as it came."""

    what: str  # messages, list, content, media, cdn, account
    form: dict[str, list[str]]
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    json: Any = None

    def one(self, name: str) -> str:
        """A field that is there once, "" for none."""
        return self.form.get(name, [""])[0]


class TwilioServer(Failing[Fault]):
    """One account. `reports`: the statuses that are called back after each message taken."""

    def __init__(self, *, sid: str = SID, token: str = TOKEN, port: int = 0) -> None:
        super().__init__()
        self.sid, self.token, self.port = sid, token, port
        self.senders = list(SENDERS)
        self.hooks, self.deliver_to = "", ""
        self.reports: tuple[str, ...] = ()
        self.requests: list[Request] = []
        self.kept: dict[str, Kept] = {}
        self.contents: dict[str, Any] = {}
        self.approvals: dict[str, dict[str, Any]] = {}  # content → how Meta looks at it
        self.approves = "pending"  # what comes of a template that is submitted
        self.files: dict[str, tuple[bytes, str]] = {}  # path → content, type
        self.not_yet: set[str] = set()  # media that are 404 for a while
        self.redirect = ""  # where media lead, instead of to the place where they are
        self.phones: dict[str, Phone] = {}
        self.callbacks: list[tuple[str, int]] = []  # (status, HTTP status)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=60_000_000)
        account = "/2010-04-01/Accounts/{account}"
        app.router.add_post(account + "/Messages.json", self._create)
        for method, path, what, answer in (
            ("GET", account + "/Messages.json", "list", TwilioServer._list),
            ("GET", account + "/Messages/{sid}/Media.json", "media list", TwilioServer._media_list),
            ("GET", account + "/Messages/{sid}/Media/{media}", "media", TwilioServer._media),
            ("GET", account + ".json", "account", TwilioServer._account),
            ("POST", "/v1/Content", "content", twilio_templates.make),
            ("GET", "/v1/ContentAndApprovals", "approvals", twilio_templates.listed),
            ("POST", "/v1/Content/{sid}/ApprovalRequests/whatsapp", "approve",
             twilio_templates.submit),
        ):  # fmt: skip
            app.router.add_route(method, path, self._asked(what, answer))
        app.router.add_get("/cdn/{path:.*}", self._cdn)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """What stands for api.twilio.com and content.twilio.com."""
        return f"http://127.0.0.1:{self.port}"

    # For tests

    def phone(self, number: str, ours: str = "", *, whatsapp: bool = False) -> Phone:
        """A person's phone, who writes to one of our senders."""
        kind = PREFIX if whatsapp else ""
        usual = next(one for one in self.senders if one.startswith(PREFIX) == whatsapp)
        phone = Phone(self, number, ours or usual.removeprefix(PREFIX), whatsapp)
        self.phones[kind + number] = phone
        return phone

    def calls(self, what: str) -> list[Request]:
        """All calls of one kind, in order."""
        return [request for request in self.requests if request.what == what]

    def keep_media(self, message: str, content: bytes, mime: str) -> str:
        """Store an attachment; its address."""
        path = f"/2010-04-01/Accounts/{self.sid}/Messages/{message}/Media/{new_sid('ME')}"
        self.files[path] = (content, mime)
        return self.url + path

    def lose(self, phone: Phone, text: str, *, minutes_ago: int = 0) -> str:
        """Take a message whose webhook is never called; its sid."""
        sid = new_sid("SM")
        at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
        self.kept[sid] = Kept(sid, phone.address, phone.ours_as_twilio, text, True,
                              status="received", at=at)  # fmt: skip
        return sid

    async def bring(self, hook: str, form: Mapping[str, str] | MultiDict[str]) -> int:
        """Post a signed form to a webhook of ours; the HTTP status."""
        if form.get("From") and "MessageStatus" not in form:
            self.kept[form["MessageSid"]] = Kept(
                form["MessageSid"], form["From"], form["To"], form.get("Body", ""), True,
                status="received",
            )  # fmt: skip
        return await self.post(f"{self.hooks}/hooks/twilio/{hook}", form)

    async def post(self, url: str, form: Mapping[str, str] | MultiDict[str]) -> int:
        """Post a form, signed for `url`, to where that is reached."""
        said = RequestValidator(self.token).compute_signature(url, form)
        reached = url.replace(self.hooks, self.deliver_to, 1) if self.deliver_to else url
        headers = {"X-Twilio-Signature": said, "I-Twilio-Idempotency-Token": new_sid("")}
        async with self._session.post(reached, data=form, headers=headers) as answer:
            return answer.status

    async def tells(self, sid: str, status: str, code: int | None = None) -> int:
        """Call back what became of a message; the HTTP status, 0 if nobody wants to know."""
        kept = self.kept[sid]
        kept.status, kept.code = status, code
        if not kept.callback:
            return 0
        form = {
            "MessageSid": sid, "SmsSid": sid, "SmsStatus": status, "MessageStatus": status,
            "To": kept.to, "From": kept.sender, "AccountSid": self.sid, "ApiVersion": "2010-04-01",
        }  # fmt: skip
        answered = await self.post(kept.callback, form | ({"ErrorCode": str(code)} if code else {}))
        self.callbacks.append((status, answered))
        return answered

    # Its side of HTTP

    async def _begun(self, http: web.Request, what: str) -> Fault | None:
        body = await http.read()
        form: dict[str, list[str]] = {}
        posted = await http.post() if "json" not in http.content_type else MultiDict()
        for name, value in posted.items():
            form.setdefault(name, []).append(str(value))
        is_json = http.content_type == "application/json" and http.method == "POST"
        said = json.loads(body) if is_json else None
        self.requests.append(Request(what, form, dict(http.query), http.headers, body, said))
        return self._fault_for(what)

    def _knows(self, http: web.Request) -> bool:
        wanted = base64.b64encode(f"{self.sid}:{self.token}".encode()).decode()
        return http.headers.get("Authorization") == f"Basic {wanted}"

    def _asked(self, what: str, answer: Answer) -> Handler:
        """Answer a call of a kind, unless a fault is wanted or the account is not ours."""

        async def handle(http: web.Request) -> web.StreamResponse:
            fault = await self._begun(http, what)
            if fault is not None:
                return await misbehave(http, fault)
            if not self._knows(http):
                return _refused(Refusal(20003, 401))
            try:
                return answer(self, http)
            except Refusal as refusal:
                return _refused(refusal)

        return handle

    async def _create(self, http: web.Request) -> web.StreamResponse:
        fault = await self._begun(http, "messages")
        if not self._knows(http):
            return _refused(Refusal(20003, 401))
        if fault is not None and not fault.done:
            return await misbehave(http, fault)
        form = self.requests[-1].form
        try:
            shown = check(form, self.senders, self.contents)
            kept = self._take(form, shown)
        except Refusal as refusal:
            return _refused(refusal)
        await self._afterwards(kept, form, shown)
        if fault is not None:
            return await misbehave(http, fault)
        return web.json_response(self._described(kept), status=201)

    def _take(self, form: dict[str, list[str]], shown: Shown) -> Kept:
        to = form["To"][0]
        phone = self.phones.get(to)
        if phone is not None and phone.stopped and not phone.whatsapp:
            raise Refusal(21610)
        sid = new_sid("MM" if "MediaUrl" in form else "SM")
        sender = form.get("From", [self.senders[0]])[0]
        callback = form.get("StatusCallback", [""])[0]
        media = len(form.get("MediaUrl", ()))
        kept = Kept(sid, sender, to, shown.text, False, callback, media=media)
        self.kept[sid] = kept
        return kept

    async def _afterwards(self, kept: Kept, form: dict[str, list[str]], shown: Shown) -> None:
        phone = self.phones.get(kept.to)
        approved = self.approvals.get(form.get("ContentSid", [""])[0], {}).get("status")
        closed = phone is not None and phone.whatsapp and not phone.window_open
        if closed and approved != "approved":
            await self.tells(kept.sid, "failed", 63016)
            return
        if phone is not None:
            media = tuple(form.get("MediaUrl", ()))
            phone.rings(Heard(kept.sid, kept.sender.removeprefix(PREFIX), shown, media))
        for status in self.reports:
            await self.tells(kept.sid, status)

    def _attached(self, sid: str) -> list[str]:
        return [path for path in self.files if f"/Messages/{sid}/" in path]

    def _list(self, http: web.Request) -> web.Response:
        query = dict(http.query)
        found = [self._described(one) for one in wanted(self.kept.values(), query)]
        return web.json_response(page(found, query, http.path))

    def _described(self, kept: Kept) -> dict[str, Any]:
        return described(kept, self.sid, kept.media + len(self._attached(kept.sid)))

    def _media_list(self, http: web.Request) -> web.Response:
        found = [
            {"sid": path.rpartition("/")[2], "account_sid": self.sid, "uri": path + ".json",
             "parent_sid": http.match_info["sid"], "content_type": self.files[path][1],
             "date_created": None, "date_updated": None}
            for path in self._attached(http.match_info["sid"])
        ]  # fmt: skip
        return web.json_response({"media_list": found, "page": 0, "next_page_uri": None})

    def _media(self, http: web.Request) -> web.Response:
        if http.path not in self.files or http.path in self.not_yet:
            raise Refusal(20404, 404)
        where = self.redirect or f"/cdn{http.path}"
        return web.Response(status=307, headers={"Location": where})

    async def _cdn(self, http: web.Request) -> web.StreamResponse:
        fault = await self._begun(http, "cdn")
        if fault is not None:
            return await misbehave(http, fault)
        if "Authorization" in http.headers:  # as S3 does
            return web.Response(status=400, text="Only one auth mechanism allowed")
        content, mime = self.files[http.path.removeprefix("/cdn")]
        return web.Response(body=content, headers={"Content-Type": mime})

    def _account(self, http: web.Request) -> web.Response:
        return web.json_response({"sid": self.sid, "status": "active", "friendly_name": "x"})


def _refused(refusal: Refusal) -> web.Response:
    body = {"code": refusal.code, "message": f"Refused {refusal.code}", "status": refusal.status}
    return web.json_response(body, status=refusal.status)
