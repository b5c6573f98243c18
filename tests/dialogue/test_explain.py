"""Where someone is and why; the steps at the simulator's side."""

from begun import begun
from msgspec.structs import replace
from programme import shipped
from talk import Talker

from bot.dialogue.conversation import Invitation, Person, Scene
from bot.dialogue.explain import explain, outline, understood

FLOW = """
steps:
  view:
    ask: What do you think?
    choices:
      agree: Agreed
      amend: Change it
  change:
    only if: view is amend
    ask: What should change?
    answer: text
  items:
    for each: agenda item
    steps:
      each:
        ask: "{item.title}?"
        answer: text
        optional: yes
  last:
    ask: Anything else?
    answer: text
endings:
  thanks: Thank you.
"""


def told(talker: Talker) -> str:
    """All that is told of someone."""
    return "\n".join(explain(talker.programme, talker.person, Scene(talker.now)))


def someone() -> Talker:
    """Begin a talk in English."""
    return begun(FLOW)


def test_where_someone_is_and_why_is_told_in_sentences() -> None:
    """The question, what was answered, and which condition passed a step over."""
    ama = someone().says("1").says("Some secret thing")
    text = told(ama)
    assert "at the question “each@seeds”, 3 of 5" in text
    assert "It was asked as: Seeds?" in text
    assert "Has answered view: agree" in text
    assert "secret" not in text
    assert told(someone().says("1").says("enough")).endswith(
        "“change” is passed over: view is amend is not so."
    )


def test_what_holds_someone_up_is_told() -> None:
    """Words that were no answer, a pause, a stop, an invitation."""
    ama = someone().says("It depends").waits(13)
    assert "asked again 1 times" in told(ama)
    assert "more than 12 hours" in told(ama)
    ama.says("stop")
    ama.person = replace(ama.person, invitations=(Invitation("test"),), pending="forget")
    assert "Has left by STOP" in told(ama)
    assert "Is invited to “The test”." in told(ama)


def test_who_is_nowhere_is_told_what_would_begin() -> None:
    """As for a newcomer."""
    text = "\n".join(explain(shipped(), Person(), Scene(0), "fr"))
    assert "N'est dans aucune conversation." in text
    assert "Ensuite commencerait : « Bienvenue »." in text


def test_the_steps_show_what_is_done_now_and_later() -> None:
    """With what was passed over."""
    ama = someone().says("1").says("Fine")
    states = {step.name: step.state for step in outline(ama.programme, ama.person)}
    assert states == {
        "view": "done", "change": "skipped", "items": "now", "each": "now", "last": "later",
    }  # fmt: skip
    assert outline(ama.programme, Person()) == []


def test_the_steps_of_a_talk_that_ended_stay_in_view() -> None:
    """Until another begins."""
    ama = someone().says("1").says("enough").says("No")
    assert {step.state for step in outline(ama.programme, ama.person)} == {"done", "skipped"}


def test_how_a_reply_was_read_is_said_in_the_language_of_the_page() -> None:
    """For the simulator."""
    ama = someone().says("1")
    assert (
        understood(ama.programme, "en", ama.turn.understood) == "taken as “Agreed”, by its number"
    )
    assert understood(ama.programme, "en", ()) == ""
