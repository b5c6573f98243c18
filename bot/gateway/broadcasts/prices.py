"""What a message costs: a table by channel and country, as data, with its date."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.dialogue.fault import Complaints
from bot.dialogue.yamlnodes import Scalar, Table, read_table

SHIPPED = Path(__file__).with_name("prices.yaml")
TEMPLATE = " template"


@dataclass(frozen=True)
class Prices:
    """Channel → country → price of one unit; "default" stands for every other country."""

    currency: str
    as_of: str
    checked: bool
    file: str
    table: Mapping[str, Mapping[str, float]]

    def of(self, channel: str, country: str, *, template: bool = False) -> float:
        """Return the price of one segment or message."""
        kind = channel.rpartition(":")[2] + (TEMPLATE if template else "")
        if channel != kind and not template and ":" in channel:
            return 0.0  # a channel that is only played costs nothing
        by_country = self.table.get(kind, {})
        return by_country.get(country, by_country.get("default", 0.0))


def read_prices(flows: Path) -> Prices:
    """Read the table beside the consultations, else the one that ships. Raises Faults."""
    own = flows / "prices.yaml"
    file = own if own.is_file() else SHIPPED
    complaints = Complaints(str(file))
    top = read_table(file.read_text("utf-8"), complaints)
    said: dict[str, str] = {}
    table: dict[str, dict[str, float]] = {}
    for entry in top.entries:
        if isinstance(entry.value, Scalar):
            said[entry.key] = entry.value.text
        elif isinstance(entry.value, Table):
            table[entry.key] = _by_country(entry.value, complaints)
    complaints.insist()
    yes = said.get("checked", "").lower() in ("yes", "true", "oui", "sí", "si")
    return Prices(said.get("currency", ""), said.get("as of", ""), yes, str(file), table)


def _by_country(node: Table, complaints: Complaints) -> dict[str, float]:
    found = {}
    for entry in node.entries:
        text = entry.value.text if isinstance(entry.value, Scalar) else ""
        try:
            price = float(text)
        except ValueError:
            price = -1.0
        if not 0 <= price < 1000:
            complaints.add(entry.line, f'"{text}" is no price', "write a number such as 0.08")
            continue
        found[entry.key if entry.key == "default" else entry.key.upper()] = price
    return found
