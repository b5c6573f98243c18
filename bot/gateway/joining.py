"""How people join: where one talks to us, and the links of a network, channel by channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import phonenumbers

from bot.dialogue.flow import Consultation

TELEGRAM, SMS, WHATSAPP = "https://t.me/", "sms:", "https://wa.me/"


@dataclass(frozen=True)
class Way:
    """One way to join: a link, and what its square code holds (a phone reads SMSTO: as an SMS)."""

    channel: str  # telegram, whatsapp, sms; "page" is ours, with all of them
    link: str
    square: str
    number: str = ""  # to which one writes, +33…
    words: str = ""  # what one writes there


def known_network(consultation: Consultation, code: str) -> bool:
    """Say whether a network is one of the consultation's."""
    return any(one.code == code for one in consultation.networks)


def ways_to_join(network: str, private_links: Mapping[str, str], public_url: str) -> list[Way]:
    """Return every way that is set up; a network's code goes with each, START where there is none.

    `private_links` says where one talks to us: https://t.me/…, https://wa.me/…, sms:+….
    """
    words = network or "START"
    ways = []
    if bot := private_links.get("telegram", ""):
        link = f"{bot}?start={network}" if network else bot
        ways.append(Way("telegram", link, link))
    if chat := private_links.get("whatsapp", ""):
        number = "+" + chat.removeprefix(WHATSAPP)
        link = f"{chat}?text={quote(words)}"
        ways.append(Way("whatsapp", link, link, number, words))
    if texts := private_links.get("sms", ""):
        number = texts.removeprefix(SMS)
        link = f"{texts}?body={quote(words)}"
        ways.append(Way("sms", link, f"SMSTO:{number}:{words}", number, words))
    if public_url:
        page = f"{public_url}/j/{network}" if network else public_url
        ways.append(Way("page", page, page))
    return ways


def link_to_pass_on(
    network: str, channel: str, private_links: Mapping[str, str], public_url: str
) -> str:
    """Return how others join a person's network, "" where there is no way.

    Others should find what this person uses, so their own channel's link goes first, then our
    page, which shows every way. By SMS it is what one writes, and where: any phone can do that.
    Without a network it is the bare address of the channel.
    """
    if not network:
        return _bare(channel, private_links)
    ways = {way.channel: way for way in ways_to_join(network, private_links, public_url)}
    if channel == "sms" and channel in ways:
        return f"SMS {ways[channel].number}: {network}"
    known = (ways[name] for name in (channel, "page", *ways) if name in ways)
    return next((way.link for way in known), "")


def _bare(channel: str, private_links: Mapping[str, str]) -> str:
    link = private_links.get(channel, "")
    return f"SMS {link.removeprefix(SMS)}: START" if link.startswith(SMS) else link


def spaced(number: str) -> str:
    """Return a number as it is read aloud: "+221 77 123 45 67"."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    form = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    written: str = phonenumbers.format_number(parsed, form)
    return written
