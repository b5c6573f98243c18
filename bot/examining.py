"""Is all well between us and Twilio? And what must be entered there."""

from bot.gateway import templates
from bot.gateway.doctor import Finding
from bot.gateway.house import House
from bot.language import _
from bot.settings import Settings
from channels.errors import DeliveryError
from channels.twilio_channel import TwilioChannel

COMES_AGAIN = "#rc=3&rp=all"  # Twilio's: come again three times, whatever went wrong
CHANNELS = ("sms", "whatsapp")


async def examine_twilio(house: House, settings: Settings) -> list[Finding]:
    """Look at the account, and say which address belongs to which number."""
    channels = [
        one for name in CHANNELS if isinstance(one := house.channels.get(name), TwilioChannel)
    ]
    if not channels:
        return _half_set_up(settings)
    found = [await _account(channels[0])]
    if not settings.public_url:
        return [*found, Finding("ill", _("Twilio cannot reach this: set PUBLIC_URL to the https "
                                         "address under which the world does."))]  # fmt: skip
    found += [_address(settings, channel) for channel in channels]
    return found + await _templates(house)


def _half_set_up(settings: Settings) -> list[Finding]:
    if not (settings.twilio_account_sid or settings.twilio_auth_token):
        return []
    sentence = _("SMS and WhatsApp are set up in part: set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, "
                 "and TWILIO_SMS_FROM or TWILIO_WHATSAPP_FROM.")  # fmt: skip
    return [Finding("ill", sentence)]


async def _templates(house: House) -> list[Finding]:
    """Say which sentences may be written first on WhatsApp, and which not yet."""
    try:
        await templates.look(house)
    except DeliveryError as error:
        words = _("How templates stand is not known: {why}")
        return [Finding("ill", words.replace("{why}", _(error.failure.words)))]
    found = await house.database.read(templates.standings, house)
    if not found:
        return []
    missing = [one for one in found if one.state != templates.APPROVED]
    if not missing:
        return [Finding("well", _("All templates for WhatsApp are approved."))]
    words = _("Templates for WhatsApp that are not approved: {which}. `palabre template submit` "
              "has them approved.")  # fmt: skip
    return [Finding("note", words.replace("{which}", templates.listed(missing)))]


async def _account(channel: TwilioChannel) -> Finding:
    try:
        state = await channel.account.account_state()
    except DeliveryError as error:
        return Finding("ill", _("Twilio: {why}").replace("{why}", _(error.failure.words)))
    if state != "active":
        return Finding("ill", _("Twilio says that the account is {state}: look into its console.")
                       .replace("{state}", state))  # fmt: skip
    return Finding("well", _("Twilio knows the account."))


def _address(settings: Settings, channel: TwilioChannel) -> Finding:
    sentence = _("{channel}: enter at Twilio, for {numbers}, when a message comes in (POST): "
                 "{address}")  # fmt: skip
    names = {"sms": "SMS", "whatsapp": "WhatsApp"}
    numbers = ", ".join(channel.senders) or channel.service
    address = f"{settings.public_url}/hooks/twilio/{channel.name}{COMES_AGAIN}"
    words = sentence.replace("{channel}", names[channel.name]).replace("{numbers}", numbers)
    return Finding("note", words.replace("{address}", address))
