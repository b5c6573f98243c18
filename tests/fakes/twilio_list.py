"""Twilio's own list of messages: what it keeps of each, and how it is asked for, page by page."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from channels.segments import segments


@dataclass
class Kept:
    """A message in Twilio's own list."""

    sid: str
    sender: str
    to: str
    text: str
    inbound: bool
    callback: str = ""
    status: str = "queued"
    code: int | None = None
    media: int = 0  # files that it was sent with
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


def described(kept: Kept, account: str, media: int) -> dict[str, Any]:
    """A message as Twilio describes it."""
    when = kept.at.strftime("%a, %d %b %Y %H:%M:%S +0000")
    uri = f"/2010-04-01/Accounts/{account}/Messages/{kept.sid}"
    return {
        "account_sid": account, "api_version": "2010-04-01", "body": kept.text,
        "date_created": when, "date_sent": when if kept.inbound else None,
        "date_updated": when, "direction": "inbound" if kept.inbound else "outbound-api",
        "error_code": kept.code, "error_message": None, "from": kept.sender,
        "messaging_service_sid": None, "num_media": str(media),
        "num_segments": str(segments(kept.text)), "price": None, "price_unit": "USD",
        "sid": kept.sid, "status": kept.status, "subresource_uris": {"media": uri + "/Media"},
        "to": kept.to, "uri": uri + ".json",
    }  # fmt: skip


def wanted(kept: Iterable[Kept], query: dict[str, str]) -> list[Kept]:
    """Those that a query asks for, newest first; what was not sent yet has no date of sending."""
    after = query.get("DateSent>")
    since = datetime.fromisoformat(after) if after else None
    found = [
        one
        for one in kept
        if query.get("To", one.to) == one.to
        and query.get("From", one.sender) == one.sender
        and (since is None or (one.inbound and one.at >= since))
    ]
    return found[::-1]


def page(found: list[dict[str, Any]], query: dict[str, str], path: str) -> dict[str, Any]:
    """One page of a list, and where the next one is."""
    size, number = int(query.get("PageSize", "50")), int(query.get("Page", "0"))
    part = found[number * size : (number + 1) * size]
    same = "&".join(f"{name}={value}" for name, value in query.items() if name != "Page")
    more = f"{path}?{same}&Page={number + 1}".replace("+", "%2B")
    first = f"{path}?Page=0"
    return {
        "messages": part, "page": number, "page_size": size, "start": 0, "uri": first,
        "end": max(0, len(part) - 1), "first_page_uri": first, "previous_page_uri": None,
        "next_page_uri": more if len(found) > (number + 1) * size else None,
    }  # fmt: skip
