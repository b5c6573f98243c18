"""What is true of every talk, whatever is said in it."""

import os
import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from programme import programme, shipped
from talk import NOON, Printed, Talker, saved

from bot.dialogue import talk
from bot.dialogue.adding import ADD_MORE
from bot.dialogue.commands import WORDS
from bot.dialogue.conversation import Conversation, Person, Scene
from bot.dialogue.draft import TAKE_PART
from bot.dialogue.flow import Outcome
from bot.dialogue.longlists import LONG
from bot.dialogue.others import place_of
from bot.dialogue.reply import File, Other, Prompt, Reply
from bot.dialogue.sessions import Session
from bot.dialogue.words import clean

WALKS = int(os.environ.get("PALABRE_WALKS", "1000"))  # through each flow: `make walks` takes more
MOST_REPLIES = 150  # more than any walk needs: a longer one goes round in circles

VILLAGES = "\n".join(f"      v{n}: Village {n:02d}" for n in range(1, 23))
EVERYTHING = """
steps:
  start:
    say: Welcome {first_name}. {questions} questions.
    ask: Shall we begin?
    choices:
      yes: Go ahead
      no: Not now
    if no: later
  place:
    ask: Where do you live?
    answer: text
    keep as: region
  items:
    for each: agenda item
    steps:
      view:
        say: "{progress}. {item.title}"
        more: "{item.text}"
        ask: What do you think?
        choices:
          agree: Agreed
          amend: Change it
          oppose: Against it
        if agree: next item
      change:
        only if: view is amend or oppose, and view has no comment
        ask: What should change?
        answer: text or voice
        optional: yes
  best:
    ask: Which three come first?
    choices:
      land: The land
      seeds: The seeds
      water: The water
      trees: The trees
    choose: up to 3 in order
  why:
    for each: choice of best
    steps:
      reason:
        ask: "Why {item.title}?"
        answer: text or voice
  people:
    ask: How many are you?
    answer: number
  groups:
    ask: How many women and men?
    answer: "numbers: women, men"
  stars:
    ask: How sure are you, from 1 to 5?
    answer: 1 to 5
  day:
    ask: When do you meet?
    answer: date
  hour:
    ask: At what time?
    answer: time
  spot:
    ask: Where do you meet?
    answer: place
  photo:
    ask: Send a photo.
    answer: photos
    optional: yes
  records:
    ask: Send all your photos and recordings.
    answer: several photos or recordings
    optional: yes
  village:
    ask: Which village?
    choices:
{VILLAGES}
  others:
    up to 3 times:
      who:
        ask: Who else should be asked?
        answer: text or voice
endings:
  thanks: Thank you.
  later: Write TEST when you like.
""".replace("{VILLAGES}", VILLAGES)

SAID = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=st.characters(categories=["Cs", "Cc", "So", "Mn", "Nd", "Lo"]), max_size=20),
    st.sampled_from([*WORDS, "1", "2", "2 too dear", "135", "yes", "no", "", "\0", "\ud800",
                     "مرحبا", "👍🏽", "x" * 10_000, "12, 8", "14 March", "14:30", "/start tejido",
                     "TEST", "français"]),
)  # fmt: skip


SAMPLE = programme(EVERYTHING)


def arrived(where: int) -> Talker:
    """Someone who has answered `where` questions of the sample flow properly."""
    talker = Talker(SAMPLE, Person(language="en")).begins("test")
    dice = random.Random(where)
    for _ in range(where):
        if talker.open is not None:
            talker.says(**proper(talker, dice))
    return talker


def proper(talker: Talker, dice: random.Random) -> dict[str, object]:
    """Return a reply that the open question wants."""
    asked = next((one for one in reversed(talker.turn.prompts) if one.key), None)
    if asked is not None and len(asked.choices) > LONG:
        return {"pressed": f"{asked.key}:{asked.choices[-1].code}"}
    if asked is not None and asked.choices:
        return {"text": str(dice.randint(1, len(asked.choices)))}
    step = talker.asked
    if step in ("photo", "records"):
        return {"text": "skip"}
    return {"text": FITTING.get(step, "Some words about it")}


FITTING = {"people": "twelve", "groups": "7, 5", "day": "14 March", "hour": "14:30", "stars": "4"}


@settings(max_examples=400)
@given(text=SAID, where=st.integers(0, 24))
def test_any_text_at_any_step_is_answered_or_understood(text: str, where: int) -> None:
    """No exception, and always a sign of what became of it."""
    talker = arrived(where).says(text)
    assert talker.turn.understood


@settings(max_examples=400)
@given(text=SAID, where=st.integers(0, 24))
def test_no_word_is_lost(text: str, where: int) -> None:
    """Words end in a record, unless they were a command or a choice of the open question."""
    talker = arrived(where)
    was_open = talker.open is not None
    turn = talker.says(text).turn
    if text.strip() and was_open and turn.understood[0] in UNREAD:
        written = "\n".join(f"{kept.text}\n{kept.comment}" for kept in turn.kept)
        assert clean(text).strip() in written


UNREAD = ("understood_text", "understood_not", "understood_voice", "understood_back_again",
          "understood_before", "understood_likeness")  # fmt: skip


@settings(max_examples=150)
@given(replies=st.lists(SAID, max_size=12))
def test_a_talk_saved_and_read_back_goes_on_the_same(replies: list[str]) -> None:
    """What is written down is all that the engine goes by."""
    scene = Scene(NOON)
    kept = loose = talk.open_with(SAMPLE, Person(language="en"), scene, "test").person
    for number, text in enumerate(replies):
        reply = Reply(id=str(number), at=NOON + number * 60_000, text=text)
        now = Scene(NOON + number * 60_000, burst_ms=0)
        one = talk.respond(SAMPLE, kept, reply, now)
        other = talk.respond(SAMPLE, loose, reply, now)
        assert one == other
        kept, loose = saved(one.person), other.person


@settings(max_examples=150)
@given(where=st.integers(1, 24))
def test_back_undoes_exactly_one_answered_step(where: int) -> None:
    """The trail is one shorter, the question asked again is the one that was undone."""
    talker = arrived(where)
    before = talker.open
    if before is None or not before.trail:
        return
    talker.says("back")
    after = talker.open
    assert after is not None
    assert after.trail == before.trail[:-1]
    assert after.place == before.trail[-1].place
    undone = [] if before.trail[-1].skipped else [f"{after.key}:{after.place}"]
    assert [one.key for one in talker.turn.withdrawn] == undone


@settings(max_examples=100)
@given(where=st.integers(1, 24))
def test_the_same_answer_after_back_leads_to_the_same_question(where: int) -> None:
    """Going back and answering alike changes nothing."""
    talker = arrived(where - 1)
    if talker.open is None:
        return
    answer = proper(talker, random.Random(5))
    there = talker.says(**answer).place
    if talker.open is None:
        return
    assert talker.says("back").says(**answer).place == there


# ── random walkers ──


def walkers() -> Iterator[tuple[str, Printed, str]]:
    """Every flow that is walked: the sample and all that ship."""
    yield "sample", SAMPLE, "test"
    for flow in shipped().current:
        yield flow, shipped(), flow


ALL_WALKERS = list(walkers())


@pytest.mark.parametrize(
    ("known", "flow"), [(known, flow) for _, known, flow in ALL_WALKERS],
    ids=[name for name, _, _ in ALL_WALKERS],
)  # fmt: skip
def test_a_random_walker_always_reaches_an_ending(known: Printed, flow: str) -> None:
    """Whoever answers somehow, and now and then does something else, comes to an end."""
    for seed in range(WALKS):
        replies = walk(known, flow, random.Random(f"{flow}{seed}"))
        assert replies < MOST_REPLIES, f"seed {seed} is stuck in {flow}"


def walk(known: Printed, flow: str, dice: random.Random) -> int:
    """Walk a flow to its end; return how many replies it took."""
    alone = Printed(known.consultation, known.phrases, known.bundles, known.current, (flow,),
                    known.structures)  # fmt: skip
    language = dice.choice(known.consultation.languages)
    person = Person(language="" if flow == "welcome" else language)
    if flow != "welcome":
        person = Person(language=language, facts={TAKE_PART: "yes"}, done={"welcome": NOON})
    scene = Scene(NOON, plays_sound=dice.random() < 0.8, outcomes=OUTCOMES[: dice.randint(0, 2)],
                  burst_ms=0, sessions=meetings(dice))  # fmt: skip
    first = {place_of(f"{flow}/public-meals", "voix"): VOICES[: dice.randint(0, 3)]}
    about = "led" if flow == "session-report" else ""
    turn = talk.open_with(alone, person, replace(scene, others=first), flow, about)
    for count in range(MOST_REPLIES):
        now = NOON + count * 60_000
        scene = replace(scene, now=now, others=voices(turn.person, dice))
        if dice.random() < 0.1:  # one was cancelled or filled meanwhile, or its hour has come
            scene = replace(scene, sessions=meetings(dice))
        if open_talk(turn.person) is None:
            return count
        if turn.person.human and dice.random() < 0.5:  # else they talk with the person
            turn = talk.hand_back(alone, turn.person, scene)
            continue
        reply = anything(turn.prompts, dice, count, now)
        person = saved(turn.person) if count % 4 == 0 else turn.person
        turn = talk.respond(alone, person, reply, scene)
    return MOST_REPLIES


def meetings(dice: random.Random) -> dict[str, Session]:
    """Sessions as they may stand now: full, cancelled, answered already."""
    led = Session("led", {"fr": "Animée"}, "ici", begins_at=NOON - 86_400_000, leads=True)
    coming = [
        Session(code, {"en": code, "es": code}, "there", "Africa/Dakar", NOON + dice.randint(1, 99)
                * 3_600_000, left=dice.choice((None, 0, 3)), cancelled=dice.random() < 0.2,
                answer=dice.choice(("", "coming", "waiting", "perhaps", "not")))
        for code in "abcd"[: dice.randint(0, 4)]
    ]  # fmt: skip
    return {one.code: one for one in (led, *coming)}


OUTCOMES = (Outcome({"fr": "Oui."}, "housing-land", "c1"), Outcome({"en": "No."}, "", "c2"))


VOICES = (Other("v1", "We cook."), Other("v2", "We buy.", "media:a.mp3"), Other("v3", "No."))


def voices(person: Person, dice: random.Random) -> dict[str, tuple[Other, ...]]:
    """What others said that may still be heard; now and then one of them is taken back."""
    return {
        place_of(one.key, block): tuple(
            other for other in VOICES if other.code in drawn and dice.random() < 0.9
        )
        for one in person.conversations
        for block, drawn in ({"voix": tuple(v.code for v in VOICES)} | one.runs).items()
    }


def open_talk(person: Person) -> Conversation | None:
    """Return the conversation in the foreground."""
    return next((one for one in person.conversations if one.state == "open"), None)


ODD = ("help", "back", "more", "menu", "enough", "2 because", "hm", "skip", "français", "privacy",
       "0", "yes")  # fmt: skip


def anything(prompts: tuple[Prompt, ...], dice: random.Random, count: int, at: int) -> Reply:
    """Return a reply of any kind: mostly an answer, sometimes a command, a note, a button."""
    asked = next((one for one in reversed(prompts) if one.key), None)
    chance = dice.random()
    if chance < 0.08:
        return Reply(id=str(count), at=at, text=dice.choice(ODD))
    if chance < 0.2:
        return Reply(id=str(count), at=at, files=(File(f"m{count}", "voice", 3.0, "kept"),))
    if asked is not None and asked.add and chance < 0.3:
        return Reply(id=str(count), at=at, pressed=f"{asked.key}:{ADD_MORE}")
    if asked is not None and asked.choices:
        return a_choice(asked, dice, count, at)
    return Reply(id=str(count), at=at, text=dice.choice(("12", "7, 5", "14:30", "14/3", "Words")))


def a_choice(asked: Prompt, dice: random.Random, count: int, at: int) -> Reply:
    """Return a choice, by number or by button."""
    codes = [choice.code for choice in asked.choices]
    if asked.done and asked.chosen and dice.random() < 0.6:
        return Reply(id=str(count), at=at, pressed=f"{asked.key}:*done")
    if dice.random() < 0.5:
        return Reply(id=str(count), at=at, pressed=f"{asked.key}:{dice.choice(codes)}")
    return Reply(id=str(count), at=at, text=str(dice.randint(1, len(codes))))
