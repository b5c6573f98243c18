"""Long texts are cut where a reader would pause, and nothing of them is lost."""

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.gateway.split import shorten, split
from channels.segments import segments
from channels.text import utf16_units

SIGNS = st.sampled_from([*"abcé ê\n.?!,;»çA😀€^", "👨‍👩‍👧", "e\u0301", "🇫🇷", ". ", "\n\n", "  "])
TEXTS = st.lists(SIGNS, max_size=400).map("".join)
MEASURES = {"units": (utf16_units, 40), "signs": (len, 25), "segments": (segments, 2)}


def words_of(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("name", MEASURES)
@settings(max_examples=150)
@given(TEXTS)
def test_nothing_is_lost_and_each_part_fits(name: str, text: str) -> None:
    measure, limit = MEASURES[name]
    parts = split(text, limit, measure)
    assert words_of("".join(parts)) == words_of(text)
    assert all(measure(part) <= limit for part in parts)
    assert all(part == part.strip() and part for part in parts)


@settings(max_examples=150)
@given(TEXTS)
def test_what_looks_like_one_sign_stays_whole(text: str) -> None:
    whole = regex.findall(r"\X", words_of(text))
    parts = split(text, 40, utf16_units)
    assert [sign for part in parts for sign in regex.findall(r"\X", words_of(part))] == whole


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("", 10, []),
        ("  \n ", 10, []),
        ("court", 10, ["court"]),
        ("Un deux.\n\nTrois quatre.", 15, ["Un deux.", "Trois quatre."]),
        ("Un deux. Trois quatre cinq.", 20, ["Un deux.", "Trois quatre cinq."]),
        ("Vraiment ? « Oui. » Bien sûr.", 22, ["Vraiment ? « Oui. »", "Bien sûr."]),
        ("un deux trois quatre", 8, ["un deux", "trois", "quatre"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("abc defg", 3, ["abc", "def", "g"]),
        ("😀😀😀", 4, ["😀😀", "😀"]),
        ("A. " + "b" * 20, 12, ["A.", "b" * 12, "b" * 8]),
    ],
)
def test_it_is_cut_where_a_reader_would_pause(text: str, limit: int, parts: list[str]) -> None:
    assert split(text, limit, utf16_units) == parts


def test_a_text_of_telegrams_limit_is_one_part_and_one_more_sign_makes_two() -> None:
    assert len(split("😀" * 2048, 4096, utf16_units)) == 1
    assert len(split("😀" * 2048 + "a", 4096, utf16_units)) == 2


@pytest.mark.parametrize(
    ("label", "short"),
    [
        ("oui", "oui"),
        ("d'accord", "d'accord"),
        ("tout à fait", "tout à…"),
        ("👨‍👩‍👧👨‍👩‍👧", "👨‍👩‍👧…"),
    ],
)
def test_a_label_that_is_too_long_shows_that_it_was_cut(label: str, short: str) -> None:
    assert shorten(label, 8) == short
