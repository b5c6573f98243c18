"""A broadcast to oneself first: to one address, however the person stands."""

from sqlalchemy import Connection

from bot.gateway.house import House
from bot.gateway.importing.checking import CHANNELS, Checker
from bot.language import _
from bot.store import participants
from bot.store.imports import Listed
from bot.store.participants import Newcomer, by_index, by_pseudonym


class NoSuchAddress(Exception):
    """This is no address that can be written to."""


def somebody_at(connection: Connection, house: House, address: str) -> int:
    """Return who is at an address, made as a trial where nobody is. Raises NoSuchAddress.

    `address` is a pseudonym, or channel:address such as sms:+33…
    """
    known = by_pseudonym(connection, address)
    if known is not None:
        return known
    channel, _colon, where = address.partition(":")
    if channel not in CHANNELS:
        channel, where = ("telegram" if address.lstrip("-").isdigit() else "sms"), address
    if channel not in house.channels:
        sentence = _("The channel “{name}” is not set up here.")
        raise NoSuchAddress(sentence.replace("{name}", channel))
    checked = Checker(house.library.consultation, house.seal).person(
        1, {"channel": channel, "address": where}
    )
    if not isinstance(checked, Listed):
        raise NoSuchAddress(checked[0].words)
    found = by_index(connection, [checked.key]).get(checked.key)
    if found is not None:
        return found.participant
    if not house.can(channel).can_begin:
        raise NoSuchAddress(_("Nobody with this address has written to us yet: write to the bot "
                              "first, then try again."))  # fmt: skip
    new = Newcomer(channel, "", checked.key, checked.address, trial=True)
    made = participants.create(connection, house.seal, [new], house.clock())
    return made[0].participant
