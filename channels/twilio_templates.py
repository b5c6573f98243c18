"""Sentences that Meta approves beforehand: held by Twilio, submitted, and how they stand there."""

from typing import Any

from channels.base import HeldTemplate
from channels.twilio_account import TwilioAccount

# How an approval stands, in our words; whatever else Twilio says is "pending".
STATES = {
    "approved": "approved",
    "rejected": "rejected",
    "paused": "paused",
    "disabled": "rejected",
    "unsubmitted": "unsubmitted",
}


async def held_templates(account: TwilioAccount, begins: str) -> list[HeldTemplate]:
    """Return the templates whose name begins so, and how each stands. Raises DeliveryError."""
    found = await account.list_contents()
    return [_held(one) for one in found if str(one.friendly_name or "").startswith(begins)]


async def submit(
    account: TwilioAccount, name: str, language: str, text: str, samples: list[str], kind: str
) -> HeldTemplate:
    """Have Twilio hold a text with its open words {{1}} …, and Meta look at it.

    Raises DeliveryError.
    """
    variables = {str(place): sample for place, sample in enumerate(samples, 1)}
    body = {
        "friendly_name": name,
        "language": language,
        "variables": variables,
        "types": {"twilio/text": {"body": text}},
    }
    sid = await account.create_content(body)
    state = await account.ask_for_approval(sid, name, kind.upper())
    return HeldTemplate(name, language, sid, STATES.get(state, "pending"))


def _held(one: Any) -> HeldTemplate:
    asked = one.approval_requests or {}
    said = str(asked.get("status") or "unsubmitted").lower()
    reason = str(asked.get("rejection_reason") or "")
    state = STATES.get(said, "pending")
    return HeldTemplate(
        str(one.friendly_name), str(one.language or ""), str(one.sid), state, reason
    )
