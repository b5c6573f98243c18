"""Two people's state becomes one person's, and comes apart again."""

import msgspec
import pytest
from programme import programme
from talk import Talker

from bot.dialogue.conversation import Person
from bot.dialogue.linking import Brought, added, code_in, greet_linked, left_with, parted

PART, QUOTE = "consent to take part", "consent to be quoted"
ASKS = """
steps:
  missing:
    ask: What is missing?
    answer: text
endings:
  thanks: Thank you.
"""


@pytest.mark.parametrize(
    ("said", "code", "named"),
    [("482 915", "482915", False), ("LINK 482915", "482915", True),
     ("Lier 482-915", "482915", True),
     ("vincular: 482 915.", "482915", True), ("٤٨٢٩١٥", "482915", False), ("48 29 15", "", False),
     ("4829151", "", False), ("my code is 482915", "", False), ("link", "", False)],
)  # fmt: skip
def test_a_code_is_six_figures_with_or_without_the_word(said: str, code: str, named: bool) -> None:
    """Any longer number, and any sentence, is something else."""
    assert code_in(said) == (code, named)


def test_the_strictest_consent_wins_and_what_was_not_asked_is_taken_over() -> None:
    """A no on either channel is a no; a yes that only one was asked for is kept."""
    one = Person(facts={PART: "yes", QUOTE: "yes", "region": "north"})
    other = Person(facts={PART: "yes", QUOTE: "no", "role": "member", "region": "south"})
    both = {PART: "yes", QUOTE: "no", "region": "north", "role": "member"}
    assert added(one, other)[0].facts == both
    assert added(other, one)[0].facts == both | {"region": "south"}


@pytest.mark.parametrize("first", [True, False])
def test_a_stop_on_either_side_is_a_stop(first: bool) -> None:
    """Whoever left has left."""
    assert added(Person(stopped=first), Person(stopped=not first))[0].stopped


def test_what_was_done_and_held_adds_up() -> None:
    """Nothing that either has done is asked again; counts are sums."""
    one = Person(done={"welcome": 5}, held={"text": 2})
    other = Person(
        done={"welcome": 3, "trends": 7}, put_off=("trends",), held={"text": 1, "voice": 1}
    )
    both = added(one, other)[0]
    assert (both.done, both.put_off) == ({"welcome": 5, "trends": 7}, ("trends",))
    assert both.held == {"text": 3, "voice": 1}


def _stored(brought: Brought) -> Brought:
    return msgspec.json.decode(msgspec.json.encode(brought), type=Brought)


def test_parting_gives_both_back_what_they_were() -> None:
    """Also after it was written down and read back."""
    one = Person(
        language="fr", facts={PART: "yes", QUOTE: "yes"}, done={"welcome": 5}, held={"text": 2}
    )
    other = Person(first_name="Ama", facts={QUOTE: "no", "themes": ("food", "law")},
                   done={"trends": 7}, held={"voice": 1})  # fmt: skip
    both, brought = added(one, other)
    again = parted(both, _stored(brought))
    assert again.facts == one.facts
    assert (again.language, again.first_name, again.done) == ("fr", "", one.done)
    assert {kind: n for kind, n in again.held.items() if n} == one.held
    assert left_with(other, both, brought, {}) == other


def test_what_changed_meanwhile_stays() -> None:
    """A stop, a consent taken back and a talk that ended are not undone with the link."""
    one, other = (
        Person(facts={PART: "yes", QUOTE: "yes"}),
        Person(facts={QUOTE: "yes", "role": "member"}),
    )
    both, brought = added(one, other)
    later = msgspec.structs.replace(
        both, stopped=True, facts=both.facts | {QUOTE: "no", "role": "partner"}, done={"trends": 9}
    )
    kept = parted(later, brought, ("trends",))
    assert kept.facts == {PART: "yes", QUOTE: "no", "role": "partner"}
    assert (kept.stopped, kept.done) == (True, {})
    left = left_with(other, later, brought, {"trends": 9})
    assert left.facts == {QUOTE: "no", "role": "member"}
    assert (left.stopped, left.done) == (True, {"trends": 9})


def test_the_word_asks_for_a_code_in_every_language() -> None:
    """The code itself is the gateway's to make and to say."""
    for word in ("LINK", "Lier", "vincular"):
        ama = Talker(programme(ASKS))
        ama.says("hello").says(word)
        assert ama.effects == ["link code"]
        assert ama.asked == "missing"


def test_a_good_code_is_asked_about_before_anything_is_linked() -> None:
    """A yes links, a no leaves all as it was, anything else is an answer."""
    ama = Talker(programme(ASKS), code="good", code_from="Telegram")
    ama.says("hello")
    assert "a talk on Telegram" in ama.heard
    assert ama.effects == []
    ama.scene = msgspec.structs.replace(ama.scene, code="")
    assert ama.says("yes").effects == ["link"]
    ama.scene = msgspec.structs.replace(ama.scene, code="good")
    ama.says("482 915")
    ama.scene = msgspec.structs.replace(ama.scene, code="")
    ama.says("no")
    assert ama.effects == []
    assert "as it was" in ama.heard


@pytest.mark.parametrize(("code", "words"), [("bad", "does not hold"), ("wait", "in an hour")])
def test_a_code_that_is_not_good_is_said_so_and_the_question_put_again(
    code: str, words: str
) -> None:
    """It is never an answer."""
    ama = Talker(programme(ASKS))
    ama.says("hello")
    ama.scene = msgspec.structs.replace(ama.scene, code=code)
    ama.says("link 123 456")
    assert words in ama.heard
    assert ama.heard.endswith("What is missing?")
    assert ama.kept == {}


def test_who_left_or_refused_cannot_be_linked() -> None:
    """A stopped person is told how to come back; only START asks a refuser again."""
    for person in (Person(stopped=True), Person(facts={PART: "no"})):
        ama = Talker(programme(ASKS), person, code="good", code_from="SMS")
        ama.says("482 915")
        assert ama.person.pending == ""
        assert "write START" in ama.heard


def test_linked_people_who_stopped_or_refused_are_told_so() -> None:
    """Whatever the link was for, nothing goes on."""
    scene = Talker(programme(ASKS)).scene
    for person in (Person(stopped=True), Person(facts={PART: "no"})):
        turn = greet_linked(programme(ASKS), person, scene)
        assert "write START" in turn.prompts[-1].text
