"""SMS through Twilio: words alone, counted in segments; what people attach comes as MMS."""

from collections.abc import Sequence

from channels.base import Capabilities, Outgoing, Receipt
from channels.capabilities import SMS
from channels.segments import segments
from channels.twilio_account import TwilioAccount
from channels.twilio_channel import TwilioChannel
from channels.twilio_content import with_numbers


class TwilioSms(TwilioChannel):
    """SMS from one or several numbers of ours."""

    name = "sms"

    def __init__(
        self,
        account: TwilioAccount,
        senders: Sequence[str],
        *,
        can: Capabilities = SMS,
        service: str = "",
    ) -> None:
        super().__init__(account, senders, can, service=service)

    async def send_message(self, outgoing: Outgoing) -> Receipt:
        """Send the words; buttons, if any, become numbers. Raises only DeliveryError."""
        text = with_numbers(outgoing)
        sid, counted = await self.account.create(self.envelope(outgoing) | {"body": text})
        return Receipt(sid, "queued", counted or segments(text))
