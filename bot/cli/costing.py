"""`cost`: what was spent on messages, by channel and country, and at which prices."""

import json

import click

from bot.cli.running import run
from bot.language import _
from bot.settings import read_settings


@click.command(help=_("Say what messages have cost, by channel and country, and at which prices."))
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help=_("Only from this day on (UTC)."))
@click.option("--json", "as_json", is_flag=True, help=_("For other programs."))
def cost(since: object, as_json: bool) -> None:
    """Print what was spent."""
    from datetime import UTC, datetime

    from bot.cli.broadcasted import prices_here
    from bot.gateway.broadcasts.spending import Spent, spent

    begins = since.replace(tzinfo=UTC).timestamp() * 1000 if isinstance(since, datetime) else 0
    prices = prices_here()

    async def work() -> list[Spent]:
        from bot.store.countries import fill_in
        from bot.wiring import open_house

        async with open_house(read_settings(), telegram=False) as house:
            while await house.database.write(fill_in, house.seal):
                pass
            return await house.database.read(spent, prices, int(begins))

    found = run(work())
    total = round(sum(one.cost for one in found), 4)
    if as_json:
        click.echo(json.dumps({
            "currency": prices.currency, "as_of": prices.as_of, "checked": prices.checked,
            "cost": total, "lines": [one._asdict() for one in found],
        }))  # fmt: skip
        return
    for one in found:
        country = one.country or "-"
        click.echo(f"{one.channel} {country} {one.messages} {one.units} {one.cost:.2f}")
    words = _("In all {cost} {currency}, at the prices of {date} in {file}.")
    click.echo(words.replace("{cost}", f"{total:.2f}").replace("{currency}", prices.currency)
               .replace("{date}", prices.as_of).replace("{file}", prices.file))  # fmt: skip
    if not prices.checked:
        click.echo(_("Nobody has checked these prices yet: compare them with Twilio's, put them "
                     "into flows/prices.yaml, and write “checked: yes” there."))  # fmt: skip
