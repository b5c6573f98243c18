"""Every way in which carrying a message can fail: may it be tried again, and what it means."""

from dataclasses import dataclass
from typing import Literal

Means = Literal[
    "transient",  # try again later
    "throttled",  # the provider named a wait
    "gone",  # the address is no longer reachable
    "moved",  # the address has another number
    "opted_out",  # the person said stop to the provider
    "window",  # the channel's window is closed
    "refused",  # the message itself is not acceptable: ours to mend
    "file",  # what was attached could not be had or played: its words might
    "sender",  # our account or sender may not send: stop the channel
    "uncertain",  # nobody knows whether it was sent
]


@dataclass(frozen=True)
class Failure:
    """One row of the table: what a failure means and what may be done about it."""

    code: str
    means: Means
    again: bool  # may the same delivery be tried again
    scope: Literal["message", "address", "sender"]
    words: str  # for the coordinator, English, a sentence with its remedy


class ChannelError(Exception):
    """Something went wrong between us and a provider."""


class Forged(ChannelError):
    """The secret or signature of a call is wrong or missing: refuse it and store nothing."""


class Malformed(ChannelError):
    """The body of a call is not what the provider sends: answer 400."""


class DeliveryError(ChannelError):
    """One attempt to send failed. Never holds a URL, a token or an address."""

    def __init__(
        self,
        failure: Failure,
        *,
        retry_after: float | None = None,  # seconds
        moved_to: str = "",
        detail: str = "",
    ) -> None:
        super().__init__(f"{failure.code}: {failure.words}")
        self.failure = failure
        self.retry_after = retry_after
        self.moved_to = moved_to
        self.detail = detail


TOO_LARGE_TO_FETCH = "too large"


class FetchError(ChannelError):
    """An attachment could not be had. `again`: it may come later."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again

    @property
    def too_large(self) -> bool:
        """Say whether it is larger than the channel takes: its sender can send a shorter one."""
        return self.reason == TOO_LARGE_TO_FETCH
