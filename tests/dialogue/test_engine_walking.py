"""Walking a flow: steps, conditions, jumps, blocks, progress, endings."""

from begun import begun
from msgspec.structs import replace
from programme import ITEMS, flow_of, programme
from talk import Printed, Talker

from bot.dialogue.conversation import Person
from bot.dialogue.flow import Document, Item
from bot.dialogue.revision import bundle, structure_hash

POINTS = """
steps:
  ready:
    say: "{questions} questions, about {minutes} minutes."
    ask: Shall we begin?
    choices:
      now: Right away
      later: Another time
    if later: later
  points:
    for each: agenda item
    steps:
      view:
        say: "{progress}. {item.number}. {item.title}"
        more: "{item.text}"
        ask: What do you think?
        choices:
          agree: Agreed
          amend: Change it
          oppose: Against it
      change:
        only if: view is amend or oppose, and view has no comment
        ask: What should change?
        answer: text or voice
  missing:
    ask: What is missing?
    answer: text or voice
    optional: yes
endings:
  thanks: Thank you {first_name}.
  later: Write TEST when you like.
"""


def someone(text: str = POINTS, **scene: object) -> Talker:
    """Begin a talk in English."""
    return begun(text, **scene)


def test_a_flow_is_walked_from_top_to_bottom() -> None:
    """Each answer leads to the next question, the last one to the first ending."""
    ama = someone()
    assert ama.heard.startswith("5 questions, about 3 minutes.\nShall we begin?")
    places = []
    for said in ("1", "1", "2", "It is too far", "1", "Nothing"):
        places.append(ama.place)
        ama.says(said)
    assert places == [
        "ready", "view@land", "view@seeds", "change@seeds", "view@water", "missing",
    ]  # fmt: skip
    assert ama.heard == "Thank you."
    assert ama.open is None
    assert ama.person.done.keys() == {"test"}


def test_every_answer_is_kept_under_its_step_and_item() -> None:
    """With the question as it was put, the code, and when."""
    ama = someone().says("1").says("2").says("The price")
    kept = ama.answer("change")
    assert (kept.step, kept.item, kept.text, kept.question) == (
        "change", "land", "The price", "What should change?",
    )  # fmt: skip
    assert ama.answer("view").code == "amend"
    assert kept.key == "test:change@land"
    assert kept.asked_at < kept.answered_at


def test_a_comment_makes_the_follow_up_question_needless() -> None:
    """Whoever writes "2 too dear" is not asked what should change."""
    ama = someone().says("1").says("2 too dear")
    assert (ama.answer("view").code, ama.answer("view").comment) == ("amend", "too dear")
    assert ama.place == "view@seeds"


def test_a_jump_leads_to_an_ending() -> None:
    """And such a talk may be taken up again by its keyword."""
    ama = someone().says("2")
    assert ama.heard == "Write TEST when you like."
    assert ama.says("Test.").place == "ready"


def test_the_word_enough_ends_a_loop() -> None:
    """And the talk goes on behind it."""
    assert someone().says("1").says("1").says("enough").asked == "missing"


def test_an_optional_question_may_be_skipped_and_no_other() -> None:
    """A question that needs an answer says so and stays."""
    ama = someone().says("skip")
    assert "We need an answer here" in ama.heard
    assert ama.asked == "ready"
    ama.says("1").says("enough").says("pass")
    assert ama.heard == "Thank you."
    assert "missing" not in {kept.step for kept in ama.kept.values()}


def test_more_tells_more_and_puts_the_question_again() -> None:
    """Behind the word "more", in any language."""
    ama = someone().says("1").says("plus")
    assert ama.heard.startswith("All about Land.\nWhat do you think?")
    assert ama.place == "view@land"
    assert "no more to read" in someone().says("more").heard


def test_more_at_what_follows_tells_more_of_what_it_comes_back_to() -> None:
    """But not at a question that begins with something else."""
    ama = someone().says("1").says("2").says("more")
    assert ama.heard.startswith("All about Land.\nWhat should change?")
    other = POINTS.replace(
        "        ask: What should", "        say: Now you.\n        ask: What should"
    )
    assert "no more to read" in someone(other).says("1").says("2").says("more").heard


def test_progress_counts_the_questions_that_everybody_is_asked() -> None:
    """A follow-up does not change how many there are."""
    ama = someone().says("1")
    assert ama.heard.startswith("2 of 5. 1. Land")
    assert ama.says("2").says("The price").heard.startswith("3 of 5. 2. Seeds")


def test_an_item_that_was_hidden_since_is_skipped() -> None:
    """Though the conversation stays on the revision with which it began."""
    known = programme(POINTS)
    ama = Talker(known, Person(language="en")).begins("test").says("1")
    fewer = (ITEMS[0], replace(ITEMS[1], hidden=True), ITEMS[2])
    flow = replace(flow_of(POINTS), lists={"agenda item": fewer})
    publish(known, bundle({"en": flow}, "en"))
    assert ama.says("1").place == "view@water"


def publish(known: Printed, newer: object) -> None:
    """Put a newer revision of the flow on the shelf."""
    known.bundles["test-2"] = newer  # type: ignore[assignment]
    known.structures = {**known.structures, "test-2": structure_hash(newer)}  # type: ignore[arg-type]
    known.current["test"] = "test-2"


def test_a_talk_stays_on_its_revision_when_the_structure_changes() -> None:
    """A new question does not reach who has begun, a new text does."""
    known = programme(POINTS)
    ama = Talker(known, Person(language="en")).begins("test")
    publish(known, bundle({"en": flow_of(POINTS.replace("What is missing", "What lacks"))}, "en"))
    assert "What lacks?" in ama.says("1").says("enough").heard
    assert ama.answer("ready").revision == "test-2"

    other = programme(POINTS)
    ben = Talker(other, Person(language="en")).begins("test")
    changed = POINTS.replace("  missing:", "  new:\n    ask: New?\n    answer: text\n  missing:")
    publish(other, bundle({"en": flow_of(changed)}, "en"))
    assert ben.says("1").says("enough").asked == "missing"


FACTS = """
steps:
  role:
    ask: What do you do?
    choices:
      facilitator: I lead meetings
      member: I am a member
    keep as: role
    if member: theme
  meetings:
    only if: role is facilitator
    ask: How many meetings?
    answer: number
  theme:
    ask: Which themes?
    choices:
      land: The land
      water: The water
    choose: several
    keep as: themes
  sound:
    only if: channel can play sound
    say: You may speak.
  region:
    only if: region is unknown
    ask: Where do you live?
    answer: text
    keep as: region
  why:
    for each: choice of theme
    steps:
      reason:
        ask: "Why {item.title}?"
        answer: text
endings:
  thanks: Thank you.
"""


def test_an_answer_becomes_a_fact_with_the_words_of_the_question() -> None:
    """So that a consent can be proved."""
    ama = someone(FACTS).says("1")
    assert ama.person.facts["role"] == "facilitator"
    [learned] = ama.learned
    assert (learned.name, learned.source, learned.words) == ("role", "answer", "What do you do?")


def test_a_question_whose_fact_is_known_is_not_asked_again() -> None:
    """Its conditions, jumps and loops go by the fact."""
    known = Person(language="en", facts={"role": "member", "themes": ("water",), "region": "Mopti"})
    ama = Talker(programme(FACTS), known).begins("test")
    assert ama.heard == "You may speak.\nWhy The water?"
    assert ama.place == "reason@water"
    assert ama.says("Drought").heard == "Thank you."


def test_a_step_may_depend_on_what_the_channel_can_do() -> None:
    """Nobody is invited to speak where nobody can."""
    ama = someone(FACTS, plays_sound=False).says("2").says("1 2")
    assert ama.heard == "Where do you live?"


def test_a_loop_runs_over_what_was_chosen_in_its_order() -> None:
    """And only over that."""
    ama = someone(FACTS).says("2").says("2 1").says("Mopti")
    assert ama.place == "reason@water"
    assert ama.says("x").place == "reason@land"


def test_a_block_may_be_gone_through_three_times() -> None:
    """Or until the person has had enough."""
    text = """
steps:
  who:
    up to 3 times:
      name:
        ask: Who else?
        answer: text
endings:
  thanks: Thank you.
"""
    ama = someone(text).says("The Tontine")
    assert "write ENOUGH" in ama.heard
    assert ama.place == "name@2"
    assert ama.says("basta").heard == "Thank you."
    ben = someone(text).says("A").says("B").says("C")
    assert ben.heard == "Thank you."
    assert [kept.key for kept in ben.kept.values()] == [f"test:name@{n}" for n in (1, 2, 3)]


def test_a_jump_to_the_next_item_leaves_the_rest_of_the_block() -> None:
    """Whoever agrees is not asked what should change."""
    last = "          oppose: Against it\n"
    text = POINTS.replace(last, f"{last}        if oppose: next item\n")
    assert someone(text).says("1").says("3").place == "view@seeds"


def test_a_document_is_pushed_and_one_without_files_is_passed_over() -> None:
    """An attachment for which nothing exists in the language is no message."""
    flow = flow_of(POINTS)
    first = replace(flow.steps[0], attach="paper")
    papers = {"paper": Document("paper", "The paper", {"pdf": "paper.en.pdf"})}
    known = programme(POINTS)
    known.bundles["test-1"] = bundle(
        {"en": replace(flow, steps=(first, *flow.steps[1:]), documents=papers)}, "en"
    )
    prompts = Talker(known, Person(language="en")).begins("test").turn.prompts
    assert [prompt.attach.title for prompt in prompts if prompt.attach] == ["The paper"]
    papers["paper"] = Document("paper", "The paper")
    prompts = Talker(known, Person(language="en")).begins("test").turn.prompts
    assert [prompt for prompt in prompts if prompt.attach] == []


def test_the_audio_of_an_item_comes_alone() -> None:
    """Its PDF is not pushed with every item."""
    flow = flow_of(POINTS)
    block = flow.steps[1]
    view = replace(block.steps[0], attach="item audio")
    papers = {"p": Document("p", "Land, read aloud", {"audio": "a.ogg", "pdf": "a.pdf"})}
    items = (Item("land", "Land", document="p"), Item("seeds", "Seeds"))
    known = programme(POINTS)
    steps = (flow.steps[0], replace(block, steps=(view, block.steps[1])), flow.steps[2])
    known.bundles["test-1"] = bundle(
        {"en": replace(flow, steps=steps, documents=papers, lists={"agenda item": items})}, "en"
    )
    ama = Talker(known, Person(language="en")).begins("test").says("1")
    attached = [prompt.attach for prompt in ama.turn.prompts if prompt.attach]
    assert [one.files for one in attached] == [{"audio": "a.ogg"}]


def test_a_question_with_reminders_asks_for_them() -> None:
    """In hours, for the gateway to write down."""
    text = POINTS.replace("    optional: yes", "    optional: yes\n    remind after: [3 days]")
    ama = someone(text).says("1").says("enough")
    assert [(one.kind, one.detail, one.conversation) for one in ama.turn.effects] == [
        ("remind", "72", "test")
    ]


def test_a_step_may_hand_over_to_a_person() -> None:
    """The bot is silent until the person is done, then goes on behind the step."""
    text = POINTS.replace(
        "  missing:",
        "  human:\n    say: Someone will write to you.\n    hand over: yes\n  missing:",
    )
    ama = someone(text).says("1").says("enough")
    assert ama.effects == ["hand over"]
    assert ama.says("Is anybody there?").effects == ["word for the human"]
    assert ama.starts().asked == "missing"
    assert "hand over closed" in ama.effects
