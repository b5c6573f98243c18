"""A list of twenty-four by SMS: pages, positions, and a choice that is read back."""

import pytest
from gateway.conftest import MakeHome
from gateway.houses import Post, Texts
from programme import programme

from bot.dialogue.flow import Choice
from bot.dialogue.rehearsal import read_rehearsal
from bot.dialogue.rehearsing import play
from bot.dialogue.reply import Prompt
from bot.gateway.buttons import numbered
from bot.gateway.paging import page_of
from bot.gateway.rehearsals import shown_on
from bot.store import tables
from channels.capabilities import SMS, TELEGRAM, WHATSAPP
from channels.segments import segments

TOWNS = (
    "Abene", "Bignona", "Cap Skirring", "Dahra", "Enampore", "Fatick", "Gossas", "Hann",
    "Ibel", "Joal", "Kolda", "Louga", "Mbour", "Ngor", "Oussouye", "Podor", "Richard Toll",
    "Saint-Louis", "Thies", "Ussuye", "Velingara", "Wack Ngouna", "Yoff", "Ziguinchor",
)  # fmt: skip
CHOICES = "\n".join(f"      t{n}: {town} and around it" for n, town in enumerate(TOWNS))
FLOW = f"""
steps:
  town:
    ask: Which town is nearest?
    choices:
{CHOICES}
  why:
    ask: What would help there?
    answer: text
endings:
  thanks: Thank you.
"""
PLAY = """\
flow: test
language: en
channel: sms
bot: Which town is nearest?
     1. Abene and around it
     2. Bignona and around it
     3. Cap Skirring and around it
     4. Dahra and around it
     5. Enampore and around it
     6. Fatick and around it
     7. Gossas and around it
     8. Hann and around it
     9. Ibel and around it
     10. Joal and around it
     11. Kolda and around it
     12. Louga and around it
     0 = more
ama: 0
bot: 13. Mbour and around it
     14. Ngor and around it
     15. Oussouye and around it
     16. Podor and around it
     17. Richard Toll and around it
     18. Saint-Louis and around it
     19. Thies and around it
     20. Ussuye and around it
     21. Velingara and around it
     22. Wack Ngouna and around it
     23. Yoff and around it
     0 = more
ama: plus
bot: 24. Ziguinchor and around it
     0 = more
ama: 11
bot: You chose: Kolda and around it. Is that right?
     1. Yes
     2. No
ama: 2
bot: Which town is nearest?
     24. Ziguinchor and around it
     0 = more
ama: 0
bot: 1. Abene …
ama: ziguinchor and around it, my sister lives there
bot: You chose: Ziguinchor and around it. Is that right?
     1. Yes
     2. No
ama: 1
kept: town = t23 (my sister lives there)
bot: What would help there?
ama: a pump
bot: Thank you.
"""


def test_a_list_of_twenty_four_is_turned_through_by_sms() -> None:
    """Numbers are positions in the whole list; behind the last page comes the first."""
    rehearsal = read_rehearsal(PLAY, "towns.txt")
    assert play(rehearsal, programme(FLOW), shown_on(rehearsal)).differences == []


@pytest.mark.parametrize("language", ["plain", "dear"])
def test_each_page_takes_two_segments_at_most_and_all_choices_come_by(language: str) -> None:
    mark = "" if language == "plain" else " ñandú ó á"
    choices = tuple(Choice(f"t{n}", town + mark) for n, town in enumerate(TOWNS))
    shown: list[str] = []
    for turned in range(40):
        page = page_of(Prompt("?", "asked", "k", choices=choices, page="0 = more", turned=turned),
                       SMS)  # fmt: skip
        assert segments(numbered(page)) <= 2
        assert page.choices[0].code == f"t{page.first - 1}"
        shown += [choice.code for choice in page.choices]
    assert shown[:24] == [choice.code for choice in choices]
    assert shown[24:48] == shown[:24]


def test_where_buttons_show_all_there_are_no_pages_and_else_a_screen_of_lines() -> None:
    choices = tuple(Choice(f"t{n}", town) for n, town in enumerate(TOWNS))
    prompt = Prompt("?", "asked", "k", choices=choices, page="0 = more")
    assert (len(page_of(prompt, TELEGRAM).choices), page_of(prompt, TELEGRAM).page) == (24, "")
    assert len(page_of(prompt, WHATSAPP).choices) == 20
    rest = Prompt("?", "asked", "k", choices=choices, page="0 = more", turned=1)
    assert numbered(page_of(rest, WHATSAPP)).startswith("21. ")


async def test_an_old_phone_turns_the_pages_and_its_choice_is_kept(make_home: MakeHome) -> None:
    home = make_home(Post("sms", SMS), texts=Texts(test=FLOW))
    ama = home.person()
    assert (await ama.says("hello")).endswith("12. Louga and around it\n0 = more")
    assert (await ama.says("0")).startswith("13. Mbour")
    home.restarts()
    assert (await ama.says("0")).startswith("24. Ziguinchor")
    assert "Is that right?" in await ama.says("11")
    assert [row.state for row in await home.rows(tables.contributions)] == ["unresolved"]
    home.restarts()
    assert "What would help there?" in await ama.says("yes")
    assert await home.kept("town") == ["11"]
