"""One message, followed from the webhook to the delivery, without a word about whose it is."""

import hashlib
import logging

log = logging.getLogger("palabre.follow")  # heard where PALABRE_LOGS is json


def trace_of(channel: str, event_id: str) -> str:
    """Return what a message is called in logs: the same wherever it comes by."""
    name = f"{channel}\0{event_id}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(name).hexdigest()[:16]


def follow_message(event: str, channel: str, event_id: str, **fields: object) -> None:
    """Note the same of a message that has just come; what it is called costs nothing unheard."""
    if log.isEnabledFor(logging.INFO):
        follow(event, trace_of(channel, event_id), channel=channel, **fields)


def follow(event: str, trace: str | None, **fields: object) -> None:
    """Note that a message came by here. No field may say who somebody is or what they said."""
    if trace and log.isEnabledFor(logging.INFO):
        log.info(event, extra={"fields": {"trace": trace, **fields}})
