"""The sessions of the drafting pack: what `item` and `about` name, and how many came."""

import csv
import io
import json
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.gateway.export.sheets import cell
from bot.store import rsvps, sessions
from bot.store.sessions import Held

ANSWERS = ("coming", "waiting", "perhaps", "not")
HEAD = ("session", "state", "begins_at", "zone", "place", "title", "region", "languages",
        "capacity", "facilitator", *ANSWERS)  # fmt: skip


def sessions_csv(connection: Connection) -> bytes:
    """Return a table of all sessions, the soonest first."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEAD)
    counts = rsvps.counts(connection)
    for one in sessions.everything(connection):
        answers = counts.get(one.id, {})
        values = (
            one.code, "cancelled" if one.cancelled else "planned", _local(one), one.zone, one.place,
            json.dumps(one.title, ensure_ascii=False), one.region, " ".join(one.languages),
            one.capacity, sessions.pseudonym_of_facilitator(connection, one),
            *(answers.get(answer, 0) for answer in ANSWERS),
        )  # fmt: skip
        writer.writerow([cell(value) for value in values])
    return out.getvalue().encode()


def _local(one: Held) -> str:
    there = ZoneInfo(one.zone)
    return datetime.fromtimestamp(one.begins_at / 1000, there).isoformat(timespec="minutes")
