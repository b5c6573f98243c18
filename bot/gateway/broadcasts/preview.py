"""What a broadcast would do, counted before it is sent: whom, how many messages, cost, hours."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, and_, case, func, literal, select

from bot.dialogue.reply import Prompt
from bot.gateway.broadcasts import reasons
from bot.gateway.broadcasts.plan import Plan
from bot.gateway.broadcasts.prices import Prices
from bot.gateway.broadcasts.timing import Crowd, times_of
from bot.gateway.broadcasts.whom import DAY, Audience, window_closed
from bot.gateway.broadcasts.words import prompts_of
from bot.gateway.house import House
from bot.gateway.quiet import Zones, zones_of
from bot.gateway.render import draw
from bot.gateway.templates import invitation
from bot.store import choosing
from bot.store.tables import participants


class Group(NamedTuple):
    """People who would be treated alike."""

    reason: str
    channel: str
    language: str
    country: str
    zone: str  # JSON, "" where it is not known
    region: str  # JSON, too
    people: int
    lately: int  # of them, how many were written to in the last 48 hours


@dataclass(frozen=True)
class Preview:
    """What a broadcast would do."""

    recipients: int = 0
    by_channel: dict[str, int] = field(default_factory=dict)
    by_language: dict[str, int] = field(default_factory=dict)
    excluded: dict[str, int] = field(default_factory=dict)
    messages: int = 0
    segments: int = 0
    cost: float = 0.0
    held: int = 0  # of the recipients: they wait until they write
    asked_lately: int = 0  # of the recipients: written to in the last 48 hours
    begins_at: int | None = None
    ends_at: int | None = None


def preview(
    connection: Connection, house: House, plan: Plan, rule: str, prices: Prices | None = None,
    *, begins_at: int | None = None,
) -> Preview:  # fmt: skip
    """Count what a broadcast would do; nothing is written. Raises WrongRule."""
    moment = house.clock()
    groups = [
        _by_template(connection, house, plan, _with_language(house, one))
        for one in _groups(connection, house, plan, rule, moment)
    ]
    reached = [one for one in groups if one.reason in ("", HELD_UP, BY_TEMPLATE)]
    excluded: Counter[str] = Counter()
    for one in groups:
        if one not in reached:
            excluded[one.reason] += one.people
    sizes = _sizes(house, plan, reached)
    crowds = [
        Crowd(one.channel, _zones(house, one), one.people, sizes[one.channel, one.language].units)
        for one in reached if one.reason != HELD_UP
    ]  # fmt: skip
    first, last = times_of(house, plan, crowds, max(moment, begins_at or 0))
    return Preview(
        sum(one.people for one in reached),
        _counted((one.channel, one.people) for one in reached),
        _counted((one.language, one.people) for one in reached),
        dict(excluded),
        sum(one.people * sizes[one.channel, one.language].messages for one in reached),
        sum(one.people * sizes[one.channel, one.language].segments for one in reached),
        round(sum(_cost(one, sizes[one.channel, one.language], prices) for one in reached), 4),
        sum(one.people for one in reached if one.reason == HELD_UP),
        sum(one.lately for one in reached),
        first,
        last,
    )


# Inside this file: their window is closed, and they are reached once they write, or by a template.
HELD_UP, BY_TEMPLATE = "held", "template"


def _counted(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for name, count in pairs:
        found[name] += count
    return dict(found)


def _groups(
    connection: Connection, house: House, plan: Plan, rule: str, moment: int
) -> list[Group]:
    people = Audience(house, plan, rule, moment).people(connection).subquery("people")
    known = participants.alias("known")
    closed = window_closed(house, moment, people)
    past = literal(HELD_UP if plan.hold else reasons.WINDOW)
    reason = case((and_(people.c.reason == "", closed), past), else_=people.c.reason)
    zone = choosing.fact_of("time zone", people.c.id)
    region = choosing.fact_of("region", people.c.id)
    lately = func.coalesce(known.c.asked_at, 0) >= moment - 2 * DAY
    inner = (
        select(
            reason.label("reason"), people.c.channel, people.c.language, people.c.country,
            zone.label("zone"), region.label("region"), case((lately, 1), else_=0).label("lately"),
        )
        .select_from(people.join(known, known.c.id == people.c.id))
        .subquery("each")
    )  # fmt: skip
    known_or_not = (
        inner.c.channel,
        inner.c.language,
        inner.c.country,
        inner.c.zone,
        inner.c.region,
    )
    by = (inner.c.reason, *(func.coalesce(one, "") for one in known_or_not))
    query = select(*by, func.count(), func.sum(inner.c.lately)).group_by(*by)
    rows: Iterable[Any] = connection.execute(query)
    return [Group(*row) for row in rows]


def _zones(house: House, group: Group) -> Zones:
    """Return where these people live; their numbers are sealed, so it is as their country says."""
    told = {"time zone": group.zone, "region": group.region}
    facts = {name: msgspec.json.decode(value) for name, value in told.items() if value}
    return zones_of(facts, (), house.library.consultation, country=group.country)


def _with_language(house: House, group: Group) -> Group:
    return group._replace(language=group.language or house.library.consultation.source)


def _by_template(connection: Connection, house: House, plan: Plan, group: Group) -> Group:
    """Count those whose window is closed as reached where a template was approved."""
    if group.reason not in (HELD_UP, reasons.WINDOW):
        return group
    found = invitation(connection, house, group.channel, group.language, plan.flow, plan.template)
    return group._replace(reason=BY_TEMPLATE) if found else group


class Size(NamedTuple):
    """What one copy of it comes to on a channel in a language."""

    messages: int
    segments: int
    units: int  # of the channel's pace


def _sizes(house: House, plan: Plan, groups: Iterable[Group]) -> Mapping[tuple[str, str], Size]:
    return {
        key: size_of(house, plan, *key) for key in {(one.channel, one.language) for one in groups}
    }


def size_of(house: House, plan: Plan, channel: str, language: str) -> Size:
    """Return what one copy of a broadcast comes to."""
    drawn = drawn_for(house, plan, channel, language)
    units = sum(max(1, one.units) for one in drawn)
    short = house.can(channel).unit == "segment"
    return Size(len(drawn), units if short else 0, max(1, units))


def drawn_for(house: House, plan: Plan, channel: str, language: str) -> list[Any]:
    """Draw a broadcast as somebody with this channel and language gets it."""
    said = prompts_of(house, plan, language, house.can(channel), listens=False)
    said = said or _invitation(house, plan, language)

    def link(document: str) -> str:
        return house.link(document, language)

    return draw(said, house.can(channel), "", "", link)


def _invitation(house: House, plan: Plan, language: str) -> list[Prompt]:
    """Return nearly what an invitation says: the phase's announcement, or its title."""
    consultation = house.library.consultation
    for phase in consultation.phases:
        if phase.flow == plan.flow:
            text = phase.announce.get(language) or phase.announce.get(consultation.source, "")
            return [Prompt(text or phase.title.get(language, phase.code), "notice")]
    return []


def _cost(group: Group, size: Size, prices: Prices | None) -> float:
    if prices is None:
        return 0.0
    units = size.segments or size.messages
    template = group.reason == BY_TEMPLATE
    return group.people * units * prices.of(group.channel, group.country, template=template)
