"""How SMS are counted: the old alphabet, the dear one, and what is never cut apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.segments import forcing, is_seven_bit, segments


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("é" * 160, 1),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("ê" * 134, 2),
        ("ê" * 135, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "b" * 152, 3),
        ("a" * 158 + "€", 1),
        ("a" * 159 + "€", 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("é" + "a" * 65 + "ê" + "😀" + "a" * 67, 3),
    ],
    ids=lambda value: value if isinstance(value, int) else f"{value[:1]}{len(value)}",
)
def test_a_text_is_billed_as_so_many_segments(text: str, count: int) -> None:
    """160 or 153 signs of seven bits, 70 or 67 of any other; a pair never spans two segments."""
    assert segments(text) == count


@pytest.mark.parametrize("sign", "âçêëîïôœûÿÀÂÈÊËÎÏÔŒÙÛŸ«»’–—…°áíóúÁÍÓÚªº\u00a0\u202f")
def test_one_sign_makes_a_message_dear(sign: str) -> None:
    """Most accents of French and Spanish are not in the old alphabet."""
    assert not is_seven_bit(f"Bonjour {sign}")
    assert forcing(f"Bonjour {sign}{sign}") == sign


@pytest.mark.parametrize("sign", "àéèùüæÇÉÆÜñÑ¿¡äöÄÖßåÅøØ€[]{}~^|\\@£$¥§\n")
def test_other_signs_are_cheap(sign: str) -> None:
    """Small é and è are, and so are ñ and the euro, which counts twice."""
    assert is_seven_bit(f"Bonjour {sign}")
    assert forcing(sign) == ""


@given(st.text(max_size=400), st.text(max_size=50))
def test_more_text_never_costs_less(text: str, more: str) -> None:
    """Unless it only completes a sign that was begun."""
    assert segments(text + " " + more) >= segments(text)


@given(st.text(max_size=600))
def test_no_segment_holds_more_than_it_can(text: str) -> None:
    """The count is at least what the signs need, and is little more."""
    if is_seven_bit(text):
        need, room = sum(2 if sign in "\f^{}\\[~]|€" else 1 for sign in text), 153
        alone = 160
    else:
        need, room = len(text.encode("utf-16-le", "surrogatepass")) // 2, 67
        alone = 70
    expected = 1 if need <= alone else -(-need // room)
    assert segments(text) >= expected
