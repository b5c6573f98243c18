"""A recording that a provider must fetch has a signed address that says what it is."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.store.seal import Seal
from bot.web.links import open_signed
from bot.wiring import public_link

NOW = 1_790_000_000_000


@pytest.mark.parametrize(
    ("name", "mime"), [("media:abc123", "audio/ogg"), ("media:abc123.mp3", "audio/mpeg")]
)
def test_the_address_of_a_recording_opens_it_as_what_it_is(name: str, mime: str) -> None:
    seal = Seal(["k" * 40])
    house: Any = SimpleNamespace(seal=seal, clock=lambda: NOW)
    settings: Any = SimpleNamespace(public_url="https://palabre.example")
    address = public_link(settings, cast("Any", None), house)(name)
    base, _, signed = address.rpartition("/m/")
    grant = open_signed(seal.link_key, signed, NOW)
    assert base == "https://palabre.example"
    assert (grant.key, grant.mime) == ("abc123", mime)
