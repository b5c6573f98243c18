"""topics.yaml: what the forum talks about, and every mistake in it with its line."""

from textwrap import dedent

import pytest

from bot.dialogue.fault import Faults
from bot.dialogue.listsfile import list_sentences, load_topics

TOPICS = dedent("""\
    title: Sujets
    sample: yes
    topics:
      meals:
        title: Les repas
        summary: Qui les cuisine.
        more: |
          Un peu plus.
        theme: food
        from: 2026-11-02
      seeds:
        title: Les semences
        summary: Qui les garde.
        theme: food
        from: 2026-11-09
        state: hidden
    """)


def test_a_topic_knows_its_theme_and_the_day_from_which_it_is_that_of_the_week() -> None:
    meals, seeds = load_topics(TOPICS, "topics.yaml", ["food"]).items
    assert (meals.theme, meals.starts, meals.text, meals.hidden) == (
        "food", "2026-11-02", "Un peu plus.", False,
    )  # fmt: skip
    assert seeds.hidden


def test_topics_are_translated_like_everything() -> None:
    assert [(one.step, one.text) for one in list_sentences(TOPICS, "topics.yaml")][:3] == [
        ("meals", "Les repas"), ("meals", "Qui les cuisine."), ("meals", "Un peu plus."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("from: 2026-11-02", "from: monday", '10: "monday" is no date'),
        ("    from: 2026-11-02\n", "", '4: the topic "meals" has no "from"; add "from:"'),
        ("    theme: food\n", "", '4: the topic "meals" has no "theme"; add "theme:"'),
        ("    summary: Qui les cuisine.\n", "", '4: the topic "meals" has no "summary"'),
        ("2026-11-09", "2026-11-02", '11: "seeds" begins on the same day as "meals"'),
        ("theme: food", "theme: fodo", '9: "fodo" is no theme; did you mean "food"?'),
        ("more: |", "text: |", '7: there is no key "text"'),
        ("topics:", "topic:", '3: there is no key "topic"; did you mean "topics"?'),
    ],
)
def test_a_mistake_is_named_with_its_line(before: str, after: str, expected: str) -> None:
    with pytest.raises(Faults) as wrong:
        load_topics(TOPICS.replace(before, after, 1), "topics.yaml", ["food"])
    assert any(line.startswith(f"topics.yaml:{expected}") for line in str(wrong.value).split("\n"))
