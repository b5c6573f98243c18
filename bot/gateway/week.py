"""The topics of the week: to which one each person is invited, and opening one on another day."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, update

from bot.dialogue.flow import Flow, Item, Phase
from bot.dialogue.topics import TOPICS, begins_at, has_topics, of_the_week, themes_of
from bot.gateway.house import House
from bot.gateway.programme import Offered
from bot.gateway.sitting import Seat, Sitting
from bot.store import topics
from bot.store.participants import note
from bot.store.tables import invitations


class NoTopic(Exception):
    """There is no topic of the week: see `palabre topic list`, or `palabre topic open CODE`."""


class NoSuchTopic(Exception):
    """There is no such topic; `palabre topic list` shows them."""


class NoTopics(Exception):
    """No flow of this consultation is about topics; docs/flows.md says how one becomes so."""


OPEN, PLANNED, OVER, HIDDEN = "open", "planned", "over", "hidden"


@dataclass(frozen=True)
class Line:
    """One topic of the list."""

    code: str
    state: str  # open, planned, over, hidden
    starts: str
    theme: str
    title: str


def phase_with_topics(programme: Offered) -> Phase:
    """Return the phase whose talks are about the topic of the week. Raises NoTopics."""
    for phase in programme.consultation.phases:
        if phase.flow and has_topics(_flow(programme, phase.flow, programme.consultation.source)):
            return phase
    raise NoTopics(NoTopics.__doc__)


def listed(connection: Connection, house: House, language: str) -> list[Line]:
    """Return all topics, in the order of their days. Raises NoTopics."""
    programme = house.programmes.programme(connection, house.clock())
    flow = _flow(programme, phase_with_topics(programme).flow, language)
    opened, now = topics.opened(connection), house.clock()
    current = {topic.code for topic in of_the_week(flow, opened, now)}
    found = [
        Line(one.code, _state(one, current, begins_at(one, opened) <= now), one.starts, one.theme,
             one.title)
        for one in flow.lists.get(TOPICS, ())
    ]  # fmt: skip
    return sorted(found, key=lambda line: line.starts)


def _state(topic: Item, current: Collection[str], begun: bool) -> str:
    if topic.hidden:
        return HIDDEN
    if topic.code in current:
        return OPEN
    return OVER if begun else PLANNED


def check_codes(programme: Offered, codes: Iterable[str]) -> None:
    """Raise NoSuchTopic for a code that no topic has."""
    flow = _flow(programme, phase_with_topics(programme).flow, programme.consultation.source)
    known = {topic.code for topic in flow.lists.get(TOPICS, ()) if not topic.hidden}
    if set(codes) - known:
        raise NoSuchTopic(NoSuchTopic.__doc__)


def open_topics(connection: Connection, house: House, codes: Iterable[str]) -> None:
    """Make topics those of the week from now on; one that is so already began on its day."""
    programme = house.programmes.programme(connection, house.clock())
    check_codes(programme, codes)
    flow = _flow(programme, phase_with_topics(programme).flow, programme.consultation.source)
    moment = house.clock()
    opened = topics.opened(connection)
    current = {topic.code for topic in of_the_week(flow, opened, moment)}
    new = [code for code in dict.fromkeys(codes) if code not in current]
    topics.open_now(connection, house.database, new, moment)
    for code in new:
        note(connection, moment, "coordinator", "topic open", code)


def as_if_opened(programme: Offered, codes: Collection[str], moment: int) -> Offered:
    """Return the programme as it would be if topics were opened now."""
    if not codes:
        return programme
    opened = {**programme.opened_topics, **dict.fromkeys(codes, moment)}
    return replace(programme, opened_topics=opened)


def topic_of(sitting: Sitting, seat: Seat, phase: Phase) -> Item | None:
    """Return the topic to which someone is invited: of the theme that they put first.

    None for a phase without topics. Raises NoTopic.
    """
    flow = _flow(sitting.programme, phase.flow, seat.person.language)
    if not has_topics(flow):
        return None
    opened, person = sitting.programme.opened_topics, seat.person
    current = of_the_week(flow, opened, sitting.moment, themes_of(person))
    fresh = [one for one in current if f"{phase.flow}/{one.code}" not in person.done]
    if not current:
        raise NoTopic(NoTopic.__doc__)
    return (fresh or current)[0]


def began_at(sitting: Sitting, topic: Item | None) -> int:
    """Return since when it is the topic of the week; 0 for none."""
    return begins_at(topic, sitting.programme.opened_topics) if topic else 0


def drop_old_invitations(connection: Connection, programme: Offered, flow: str, now: int) -> None:
    """Let nobody be led to a topic that another one followed. Raises NoTopic."""
    script = _flow(programme, flow, programme.consultation.source)
    if not has_topics(script):
        return
    current = [one.code for one in of_the_week(script, programme.opened_topics, now)]
    if not current:
        raise NoTopic(NoTopic.__doc__)
    i = invitations.c
    old = update(invitations).where(i.flow == flow, i.state == "waiting", i.about.not_in(current))
    connection.execute(old.values(state="void"))


def _flow(programme: Offered, name: str, language: str) -> Flow:
    return programme.flow(programme.current[name], language)
