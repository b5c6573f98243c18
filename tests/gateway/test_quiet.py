"""When one may write unasked: by day where the person lives, as far as anybody knows."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from programme import CONSULTATION

from bot.gateway.quiet import for_event, not_before, zones_of

HERE = replace(CONSULTATION, time_zone="Africa/Dakar",
               zones={"north": ("Europe/Lisbon", "Europe/Athens")})  # fmt: skip


def names(facts: dict[str, object], *numbers: str) -> list[str]:
    """Return the names of the zones that are taken."""
    return [zone.key for zone in zones_of(facts, numbers, HERE)]


@pytest.mark.parametrize(
    ("facts", "number", "zones"),
    [
        ({"time zone": "America/Bogota", "region": "north"}, "+221771234567", ["America/Bogota"]),
        ({"time zone": "nowhere", "region": "SN"}, "+33612345678", ["Africa/Dakar"]),
        ({"region": "cd"}, "", ["Africa/Kinshasa", "Africa/Lubumbashi"]),
        ({"region": "north"}, "+33612345678", ["Europe/Paris"]),
        ({"region": "north"}, "", ["Europe/Lisbon", "Europe/Athens"]),
        ({"region": "south"}, "", ["Africa/Dakar"]),
        ({}, "+12125551234", ["America/New_York"]),
        ({}, "12345", ["Africa/Dakar"]),
        ({}, "+999123", ["Africa/Dakar"]),
        ({}, "an identity without a number", ["Africa/Dakar"]),
    ],
)  # fmt: skip
def test_the_zone_is_what_is_known_best(
    facts: dict[str, object], number: str, zones: list[str]
) -> None:
    assert names(facts, number) == zones


def test_where_a_number_is_not_at_hand_its_country_says_the_zone() -> None:
    def zones(facts: dict[str, object], country: str) -> list[str]:
        return [zone.key for zone in zones_of(facts, (), HERE, country=country)]

    assert zones({}, "CO") == ["America/Bogota"]
    assert zones({"time zone": "Europe/Paris"}, "CO") == ["Europe/Paris"]
    assert zones({}, "") == zones({}, "ZZ") == ["Africa/Dakar"]


def at(hour: int, minute: int = 0, day: int = 21) -> int:
    """A moment of September 2026, UTC."""
    return int(datetime(2026, 9, day, hour, minute, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("zones", "asked", "answered"),
    [
        (["UTC"], at(12, 7), at(12, 7)),  # by day: now, to the minute
        (["UTC"], at(20, 59), at(20, 59)),
        (["UTC"], at(21), at(8, day=22)),
        (["UTC"], at(3, 20), at(8)),
        (["UTC"], at(8), at(8)),
        (["America/Bogota"], at(12), at(13)),  # seven in the morning there
        (["Asia/Kathmandu"], at(16), at(2, 15, day=22)),  # a quarter to ten in the evening there
        (["Europe/Lisbon", "Europe/Athens"], at(19), at(7, day=22)),  # ten in Athens; eight, eight
        (["Europe/Lisbon", "Europe/Athens"], at(6), at(7)),
        # It is never day in both: then only the first is looked at.
        (["Pacific/Auckland", "Atlantic/Azores"], at(9, 10), at(20)),
    ],
)  # fmt: skip
def test_at_night_it_waits_until_it_is_day_everywhere(
    zones: list[str], asked: int, answered: int
) -> None:
    found = not_before(asked, tuple(map(ZoneInfo, zones)), HERE)
    assert datetime.fromtimestamp(found / 1000, UTC) == datetime.fromtimestamp(answered / 1000, UTC)


@pytest.mark.parametrize(
    ("due", "event", "told"),
    [
        (at(12), at(14), at(12)),
        (at(22), at(10, day=22), at(8, day=22)),  # in the morning, still before it
        (at(7), at(7, 30), at(20, 59, day=20)),  # it would be over: in the evening before
        (at(23), at(8, day=22), at(20, 59)),
    ],
)  # fmt: skip
def test_an_event_is_announced_rather_later_but_never_when_it_is_over(
    due: int, event: int, told: int
) -> None:
    found = for_event(due, event, (ZoneInfo("UTC"),), HERE)
    assert datetime.fromtimestamp(found / 1000, UTC) == datetime.fromtimestamp(told / 1000, UTC)
    assert found < event


def test_hours_that_do_not_pass_midnight_are_quiet_too() -> None:
    siesta = replace(HERE, quiet_from=13, quiet_to=15)
    assert not_before(at(14), (ZoneInfo("UTC"),), siesta) == at(15)
