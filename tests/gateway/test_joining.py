"""How others join: the links of a network, and the one that a person passes on."""

import pytest
from gateway.conftest import MakeHome
from gateway.houses import Post, Texts

from bot.gateway.joining import link_to_pass_on, ways_to_join
from bot.store import tables
from channels.capabilities import SMS

BOT = {"telegram": "https://t.me/palabre_bot"}
ALL = BOT | {"whatsapp": "https://wa.me/33700000001", "sms": "sms:+33700000002"}
CHAT = "https://wa.me/33700000001?text=tejido"
TEXTS = "sms:+33700000002?body=tejido"
OURS = "https://palabre.example.org"
PAGE = f"{OURS}/j/tejido"
START = "https://t.me/palabre_bot?start=tejido"

PASS_ON = """
steps:
  network:
    ask: Which network?
    choices from: networks
    choices:
      none: None of these
    keep as: network
  missing:
    ask: What is missing?
    answer: text
endings:
  thanks: |
    Thank you. Others can join here.
    {network.link}
"""


def test_a_network_has_a_link_for_each_way_that_is_set_up() -> None:
    ways = ways_to_join("tejido", ALL, OURS)
    assert [(way.channel, way.link) for way in ways] == [
        ("telegram", START), ("whatsapp", CHAT), ("sms", TEXTS), ("page", PAGE)]  # fmt: skip
    assert ways_to_join("tejido", {}, "") == []


def test_a_phone_reads_the_square_of_an_sms_as_an_sms() -> None:
    (sms,) = (way for way in ways_to_join("tejido", ALL, "") if way.channel == "sms")
    assert (sms.square, sms.number, sms.words) == ("SMSTO:+33700000002:tejido", "+33700000002",
                                                   "tejido")  # fmt: skip


def test_without_a_network_one_writes_start() -> None:
    ways = ways_to_join("", ALL, OURS)
    assert [way.link for way in ways] == [
        "https://t.me/palabre_bot", "https://wa.me/33700000001?text=START",
        "sms:+33700000002?body=START", OURS]  # fmt: skip


@pytest.mark.parametrize(
    ("network", "channel", "links", "public", "expected"),
    [
        ("tejido", "telegram", ALL, OURS, START),
        ("tejido", "whatsapp", ALL, OURS, CHAT),
        ("tejido", "sms", ALL, OURS, "SMS +33700000002: tejido"),
        ("tejido", "sms", BOT, OURS, PAGE),
        ("tejido", "sms", BOT, "", START),
        ("tejido", "telegram", {}, OURS, PAGE),
        ("tejido", "sms", {}, "", ""),
        ("", "telegram", BOT, OURS, "https://t.me/palabre_bot"),
        ("", "sms", ALL, OURS, "SMS +33700000002: START"),
        ("", "sms", BOT, OURS, ""),
    ],
)
def test_what_is_passed_on_leads_where_the_person_is_then_to_our_page(
    network: str, channel: str, links: dict[str, str], public: str, expected: str
) -> None:
    assert link_to_pass_on(network, channel, links, public) == expected


async def test_the_link_stands_in_the_words_of_the_flow(make_home: MakeHome) -> None:
    home = make_home(texts=Texts(test=PASS_ON))
    home.house.private_links.update(BOT)
    ama, ben = home.person(), home.person()
    await ama.says("hello", "Tejido")
    assert (await ama.says("water")).endswith(f"Others can join here.\n{START}")
    await ben.says("hello", "2")
    assert (await ben.says("water")).endswith("https://t.me/palabre_bot")


async def test_the_words_stand_without_a_link_too(make_home: MakeHome) -> None:
    home = make_home(Post("sms", SMS), texts=Texts(test=PASS_ON))
    ama = home.person()
    await ama.says("hello", "1")
    assert await ama.says("water") == "Thank you. Others can join here."


async def test_a_network_s_code_as_the_first_words_joins_as_a_link_does(
    make_home: MakeHome,
) -> None:
    for said in ("tejido", "TEJIDO", "Tejido."):
        home = make_home(Post("sms", SMS), texts=Texts(test=PASS_ON))
        phone = home.person()
        assert "What is missing?" in await phone.says(said)
        assert [row.value for row in await home.rows(tables.facts, name="network",
                                                     participant_id=await phone.id())
                ] == ['"tejido"']  # fmt: skip


async def test_it_joins_later_too_when_nothing_is_being_asked(make_home: MakeHome) -> None:
    home = make_home(Post("sms", SMS), texts=Texts(test=PASS_ON.replace("keep as: network", "")))
    phone = home.person()
    await phone.says("hello", "1", "water")
    await phone.says("tejido")
    (row,) = await home.rows(tables.facts, name="network")
    assert (row.value, row.source) == ('"tejido"', "link")
