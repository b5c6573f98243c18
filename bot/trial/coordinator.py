"""Whoever runs the broadcast: sends it by its command, then asks and tells what commands do."""

import json
from collections.abc import Sequence
from typing import Any

from bot.gateway.broadcasts.control import retry
from bot.gateway.broadcasts.ledger import lines
from bot.gateway.broadcasts.plan import row_of
from bot.gateway.broadcasts.prices import read_prices
from bot.gateway.house import House
from bot.store import fates
from bot.trial.adding_up import Line
from bot.trial.installation import Installation
from channels import telegram_errors, twilio_errors


class NotDone(Exception):
    """A command of the trial failed. What it said:"""


async def send(installation: Installation, rule: str, texts: dict[str, str]) -> int:
    """Send to whom a rule means; return the broadcast's id. Raises NotDone."""
    file = installation.folder / "announcement.yaml"
    file.write_text(json.dumps(texts), "utf-8")
    words = ("broadcast", "send", "--to", rule, "--text", str(file), "--yes", "--json")
    status, told = await installation.tries(*words)
    if status:
        raise NotDone(f"{NotDone.__doc__} {told}")
    return int(json.loads(told)["id"])


async def state_of(house: House, number: int) -> str:
    """Return how a broadcast stands."""
    return (await house.database.read(row_of, number)).state


async def counts_of(house: House, number: int) -> dict[str, int]:
    """Return state → people, as `broadcast status` does."""
    return await house.database.read(fates.states, number)


async def ledger_of(house: House, number: int) -> Sequence[Line]:
    """Return the ledger, as `broadcast ledger` writes it."""
    prices = read_prices(house.library.folder.parent)
    telegram = {row[2].code: row[2] for row in telegram_errors.TABLE}
    twilio = {row.failure.code: row.failure for row in twilio_errors.TABLE.values()}

    def work(connection: Any) -> list[Line]:
        return [
            Line(one["participant"], one["channel"], one["state"], one["words"])
            for one in lines(connection, number, prices, twilio | telegram)
        ]

    return await house.database.read(work)


async def send_again(house: House, number: int) -> int:
    """Send again to those whom it did not reach; return how many."""
    return await house.database.write(retry, number, house.clock(), wakes=("broadcasts", "outbox"))
