"""How people join: the links of a network, channel by channel."""

from collections.abc import Mapping

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


def link_to_pass_on(
    network: str, channel: str, private_links: Mapping[str, str], public_url: str
) -> str:
    """Return the link by which others join a person's network, "" where there is none.

    Others should find what this person uses, so their own channel's link goes first, then our
    page, which shows every way. Without a network it is the bare address of the channel.
    """
    if not network:
        return private_links.get(channel, "")
    bot = private_links.get("telegram", "").rpartition("/")[2]
    links = join_links(network, bot, public_url)
    return links.get(channel) or links.get("page") or links.get("telegram", "")
