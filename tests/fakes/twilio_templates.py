"""Twilio's sentences that are approved beforehand: made, submitted to Meta, listed."""

from typing import TYPE_CHECKING, Any

from aiohttp import web

from fakes.twilio_phone import new_sid
from fakes.twilio_rules import Refusal, check_approval, check_content

if TYPE_CHECKING:
    from fakes.twilio_server import TwilioServer

NOW = "2026-01-05T10:00:00Z"


def make(server: "TwilioServer", http: web.Request) -> web.Response:
    """Keep a template."""
    body = server.requests[-1].json
    check_content(body)
    sid = new_sid("HX")
    server.contents[sid] = body
    below = f"https://content.twilio.com/v1/Content/{sid}/ApprovalRequests"
    links = {"approval_create": below, "approval_fetch": below}
    made = {"sid": sid, "account_sid": server.sid, "date_created": NOW, "date_updated": NOW,
            "url": f"https://content.twilio.com/v1/Content/{sid}", "links": links}  # fmt: skip
    return web.json_response(body | made, status=201)


def submit(server: "TwilioServer", http: web.Request) -> web.Response:
    """Have a template approved, or whatever the test wants to come of it."""
    sid, body = http.match_info["sid"], server.requests[-1].json
    if sid not in server.contents:
        raise Refusal(20404, 404)
    check_approval(body, server.contents[sid])
    made = {"name": body["name"], "category": body["category"], "rejection_reason": "",
            "content_type": "twilio/text", "status": server.approves,
            "allow_category_change": False}  # fmt: skip
    server.approvals[sid] = made
    return web.json_response(made | {"status": "received"}, status=201)


def listed(server: "TwilioServer", http: web.Request) -> web.Response:
    """Return a page of templates, each with how its approval stands."""
    found = [
        _dated(body, sid, server.sid) | {"approval_requests": server.approvals.get(sid) or {}}
        for sid, body in reversed(server.contents.items())
    ]
    size, number = int(http.query.get("PageSize", "50")), int(http.query.get("Page", "0"))
    part = found[number * size : (number + 1) * size]
    more = f"https://content.twilio.com{http.path}?PageSize={size}&Page={number + 1}"
    meta = {"page": number, "page_size": size, "key": "contents", "url": more,
            "first_page_url": more, "previous_page_url": None,
            "next_page_url": more if len(found) > (number + 1) * size else None}  # fmt: skip
    return web.json_response({"contents": part, "meta": meta})


def _dated(body: Any, sid: str, account: str) -> dict[str, Any]:
    return {"sid": sid, "account_sid": account, "date_created": NOW, "date_updated": NOW,
            "friendly_name": body.get("friendly_name"), "language": body["language"],
            "variables": body.get("variables", {}), "types": body["types"]}  # fmt: skip
