"""A session announced to those near it: a broadcast, which gives everybody an outcome."""

from sqlalchemy import Connection

from bot.gateway.broadcasts.plan import Plan, make
from bot.gateway.broadcasts.preview import Preview
from bot.gateway.broadcasts.preview import preview as preview_of
from bot.gateway.house import House
from bot.gateway.programme import Offered
from bot.gateway.session_news import inviting_flow
from bot.store.sessions import Held


class NotOpen(Exception):
    """Sessions are announced while their phase is open: use `palabre phase open`, or --quiet."""


def preview(
    connection: Connection, house: House, session: Held, *, any_hour: bool = False
) -> Preview:
    """Count whom the announcement of a session would reach. Raises NotOpen."""
    plan = _plan(_open_programme(connection, house), session, any_hour=any_hour)
    return preview_of(connection, house, plan, "")


def announce(connection: Connection, house: House, session: Held, *, any_hour: bool = False) -> int:
    """Have those near a session invited and told of it; return the broadcast's id. Raises NotOpen.

    Nobody is told at night, unless at `any_hour`.
    """
    plan = _plan(_open_programme(connection, house), session, any_hour=any_hour)
    return make(connection, plan, "", house.clock())


def _open_programme(connection: Connection, house: House) -> Offered:
    """Return the programme in which people can say now whether they come. Raises NotOpen."""
    programme = house.programmes.programme(connection, house.clock())
    if inviting_flow(programme) not in programme.open_flows:
        raise NotOpen(NotOpen.__doc__)
    return programme


def _plan(programme: Offered, session: Held, *, any_hour: bool) -> Plan:
    languages = session.languages
    if programme.consultation.source in languages:
        languages = (*languages, "")  # it is spoken with who has not chosen one
    return Plan(flow=inviting_flow(programme), session=session.code, region=session.region,
                languages=languages, any_hour=any_hour)  # fmt: skip
