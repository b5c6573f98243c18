"""How broadcasts are shown: counts, a preview, a bar; in words, or as JSON for other programs."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.dialogue.placeholders import fill
from bot.gateway.audio.giving import Rendition, rendition
from bot.gateway.broadcasts.plan import Plan, Row, row_of
from bot.gateway.broadcasts.preview import Preview, drawn_for
from bot.gateway.broadcasts.prices import Prices, read_prices
from bot.gateway.broadcasts.words import session_for
from bot.gateway.house import House
from bot.language import _
from bot.settings import read_settings
from bot.store import fates

if TYPE_CHECKING:
    from bot.gateway.broadcasts.ordering import Order
    from channels.errors import Failure

STATES = ("waiting", "sending", "sent", "delivered", "read", "failed", "skipped", "perhaps",
          "cancelled")  # fmt: skip
ENDED = ("done", "cancelled", "paused")
LOOK_SECONDS = 1.0
COSTLY = 10  # a look takes at most a tenth of the time between two


def moment(at: int | None) -> str | None:
    """Write a moment as ISO 8601; None stays None."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds") if at else None


def preview_as_json(found: Preview) -> dict[str, Any]:
    """Write a preview for other programs."""
    return {
        "recipients": found.recipients,
        "by_channel": found.by_channel,
        "by_language": found.by_language,
        "excluded": found.excluded,
        "messages": found.messages,
        "segments": found.segments,
        "cost": found.cost,
        "held": found.held,
        "asked_lately": found.asked_lately,
        "begins_at": moment(found.begins_at),
        "ends_at": moment(found.ends_at),
    }


def sounds_as_json(house: House, plan: Plan, found: Preview) -> dict[str, Any]:
    """Write as what its audio session goes out, by channel and language; bytes."""
    sounds = [{"channel": channel, "language": language, "as": one.kind, "bytes": one.size}
              for channel, language, one in _renditions(house, plan, found)]  # fmt: skip
    return {"sounds": sounds} if sounds else {}


def _renditions(house: House, plan: Plan, found: Preview) -> Iterator[tuple[str, str, Rendition]]:
    for channel in sorted(found.by_channel):
        for language in sorted(found.by_language):
            if (session := session_for(house, plan, language)) is not None:
                yield channel, language, rendition(session, house.can(channel))


def _sound(channel: str, language: str, one: Rendition) -> str:
    words = {
        "voice": _("{channel}, {language}: the audio session as a voice message, {size} KB"),
        "audio": _("{channel}, {language}: the audio session as an audio file, {size} KB"),
        "link": _("{channel}, {language}: a link to the page of the audio session"),
    }[one.kind]
    values = {"channel": channel, "language": language, "size": -(-one.size // 1024)}
    return "  " + fill(words, values)


def said_of_preview(house: House, order: "Order", found: Preview, prices: Prices) -> str:
    """Say what it would do, and show how it looks on each channel in each language."""
    if order.address:
        return _("Only to {address}.").replace("{address}", order.address)
    lines = [_("It goes to {count} people.").replace("{count}", str(found.recipients))]
    lines += [_counted(name, count) for name, count in sorted(found.by_channel.items())]
    lines += [_counted(name, count) for name, count in sorted(found.by_language.items())]
    lines += [_left_out(why, count) for why, count in sorted(found.excluded.items())]
    if found.held:
        words = _("{count} of them get it only when they write.")
        lines.append(words.replace("{count}", str(found.held)))
    if found.asked_lately:
        words = _("{count} of them were written to in the last 48 hours.")
        lines.append(words.replace("{count}", str(found.asked_lately)))
    lines.append(_cost(found, prices))
    if found.begins_at and found.ends_at:
        words = _("The first gets it at {first}, the last at {last} (UTC).")
        lines.append(words.replace("{first}", _hour(found.begins_at))
                     .replace("{last}", _hour(found.ends_at)))  # fmt: skip
    lines += _missing(order.plan, found, house)
    lines += [_sound(*one) for one in _renditions(house, order.plan, found)]
    for channel in sorted(found.by_channel):
        for language in sorted(found.by_language):
            lines += [
                "",
                f"— {channel}, {language} —",
                *_drawn(house, order.plan, channel, language),
            ]
    return "\n".join(lines)


def _missing(plan: Plan, found: Preview, house: House) -> list[str]:
    """Say who would read another language than their own."""
    if not plan.texts:
        return []
    words = _("There is no text in {language}: {count} people read another language.")
    lacking = {name: n for name, n in found.by_language.items() if name not in plan.texts}
    return [
        words.replace("{language}", language).replace("{count}", str(count))
        for language, count in lacking.items()
    ]


def _drawn(house: House, plan: Plan, channel: str, language: str) -> list[str]:
    lines = []
    for one in drawn_for(house, plan, channel, language):
        outgoing = one.outgoing
        if outgoing.file:
            lines.append(f"[{outgoing.file.name}]")
        if outgoing.text:
            lines.append(outgoing.text)
        lines += [f"[{button.label}]" for row in outgoing.buttons for button in row]
    return lines


def _cost(found: Preview, prices: Prices) -> str:
    words = _("{messages} messages, {segments} segments of SMS, about {cost} {currency}.")
    said = (
        words.replace("{messages}", str(found.messages))
        .replace("{segments}", str(found.segments))
        .replace("{cost}", f"{found.cost:.2f}")
        .replace("{currency}", prices.currency)
    )
    if prices.checked:
        return said
    doubt = _("The prices are an estimate of {date}: check them (palabre cost).")
    return f"{said} {doubt.replace('{date}', prices.as_of)}"


def _hour(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def _left_out(why: str, count: int) -> str:
    skipped = _("skipped")
    return _counted(f"{skipped} ({in_words(why)})", count)


def _counted(what: str, count: int) -> str:
    return "  " + _("{what}: {count}").replace("{what}", what).replace("{count}", str(count))


def status_as_json(row: Row, found: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    """Write how a broadcast stands for other programs."""
    counts: dict[str, int] = {}
    why: dict[str, int] = {}
    for (state, reason), count in found.items():
        counts[state] = counts.get(state, 0) + count
        if reason:
            why[reason] = why.get(reason, 0) + count
    return {"id": row.id, "state": row.state, "counts": counts, "reasons": why,
            "begins_at": moment(row.begins_at), "ended_at": moment(row.ended_at),
            "note": row.note}  # fmt: skip


def said_of_status(row: Row, found: Mapping[tuple[str, str], int]) -> str:
    """Say how a broadcast stands."""
    lines = [_("Broadcast {number} is {state}.").replace("{number}", str(row.id))
             .replace("{state}", _(row.state))]  # fmt: skip
    for state in STATES:
        for (known, reason), count in sorted(found.items()):
            if known == state:
                why = f" ({in_words(reason)})" if reason else ""
                lines.append(_counted(f"{_(state)}{why}", count))
    if row.note:
        lines.append(_("Something went wrong, and it is tried again: {what}")
                     .replace("{what}", row.note))  # fmt: skip
    return "\n".join(lines)


def in_words(reason: str) -> str:
    """Say a reason in the language of this command."""
    from bot.gateway.broadcasts.ledger import in_words as say

    return say(reason, failures())


@cache
def failures() -> "Mapping[str, Failure]":
    """Return what each code of a failure means."""
    from channels import telegram_errors, twilio_errors

    telegram = [row[2] for row in telegram_errors.TABLE]
    twilio = [row.failure for row in twilio_errors.TABLE.values()]
    return {one.code: one for one in (*twilio, *telegram)}


def prices_here() -> Prices:
    """Return the prices in force here."""
    from bot.wiring import flows_folder

    return read_prices(flows_folder(read_settings()))


async def follow(house: House, number: int) -> str:
    """Show a bar until a broadcast has ended; return its state, "held" where only those wait.

    Those who wait are whoever must write first.
    """
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task(_("Sending"), total=None)
        while True:
            row = await house.database.read(row_of, number)
            begun = asyncio.get_running_loop().time()
            found = await house.database.read(fates.counts, number)
            took = asyncio.get_running_loop().time() - begun
            left = {key: n for key, n in found.items() if key[0] in ("waiting", "sending")}
            total = sum(found.values())
            progress.update(bar, total=total or None, completed=total - sum(left.values()))
            if row.state in ENDED:
                return row.state
            if left and row.state == "running" and set(left) == {("waiting", "window")}:
                return "held"
            await asyncio.sleep(max(LOOK_SECONDS, took * COSTLY))
