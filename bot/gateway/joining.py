"""How people join: the links of a network, channel by channel."""

from bot.dialogue.flow import Consultation


def known_network(consultation: Consultation, code: str) -> bool:
    """Say whether a network is one of the consultation's."""
    return any(one.code == code for one in consultation.networks)


def join_links(network: str, telegram_name: str, public_url: str) -> dict[str, str]:
    """Return channel → the link that joins it; "page" is ours, with all of them."""
    links = {}
    if telegram_name:
        links["telegram"] = f"https://t.me/{telegram_name}?start={network}"
    if public_url:
        links["page"] = f"{public_url}/j/{network}"
    return links
