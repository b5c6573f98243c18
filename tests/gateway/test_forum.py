"""The forum through the whole gateway: moderated, translated, shared out fairly, taken back."""

from collections import Counter
from typing import Any

import pytest
from forum import FORUM, WELCOME
from gateway.conftest import MakeHome
from gateway.houses import Home, Phone, Post, Texts
from programme import flow_of
from voice.sounds import voice_note

from bot.gateway import listeners, moderate, phases, week
from bot.gateway.explaining import explain_participant
from bot.gateway.recordings import Keeper, keep_due
from bot.store import conversations, showings, tables
from bot.store.contributions import Wanted as Rows
from bot.store.contributions import lines
from bot.store.moderation import Case
from bot.store.showings import Listener
from bot.store.transcripts import Transcript
from bot.voice.pool import Ears
from channels.capabilities import SMS

WITH_SOUND = FORUM.replace("        ask: What", "        attach: item audio\n        ask: What")


def texts(**phases_: dict[str, Any]) -> Texts:
    """A welcome with all consents, and a forum that is open, in three languages."""
    made = Texts(phases=phases_ or None, welcome=WELCOME, forum=WITH_SOUND)
    english = flow_of(WITH_SOUND, "forum")
    made.write("forum", english, fr=english, es=english)
    return made


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house with a forum."""
    return make_home(Post(), texts=texts())


async def joins(home: Home, quote: str = "1", hear: str = "1", themes: str = "1") -> Phone:
    """Someone who takes part; the forum begins by itself behind the welcome."""
    phone = home.person()
    await phone.says("hello", "1", quote, hear, themes)
    return phone


async def says(home: Home, words: str, **consents: str) -> Phone:
    """Someone new who says this on the topic of their theme, and agrees with nobody."""
    phone = await joins(home, **consents)
    while "where you live" not in await phone.last():
        await phone.says("no opinion")
    await phone.says(words)
    return phone


async def listed(home: Home, **wanted: Any) -> list[Case]:
    """What a moderator sees."""
    return await home.database.read(moderate.listed, home.house, moderate.Wanted(**wanted))


async def approved(home: Home, *words: str) -> list[str]:
    """Let people say something, and others hear it; return the contributions."""
    found = []
    for one in words:
        await says(home, one)
        (case,) = await listed(home)
        await home.write(moderate.approve, home.house, case.id, "lea")
        found.append(case.id)
    return found


async def heard(phone: Phone) -> str:
    """All words that someone was told."""
    return "\n".join(one.text for one in await phone.heard())


# ── moderation ──


async def test_nothing_is_heard_before_a_person_approved_it(home: Home) -> None:
    await says(home, "we grow rice")
    assert "we grow rice" not in await heard(await joins(home))
    (case,) = await listed(home)
    assert (case.text, case.about, case.language, case.state) == (
        "we grow rice", "farms", "en", "waiting",
    )  # fmt: skip
    await home.write(moderate.approve, home.house, case.id, "lea")
    assert "1 of 2. Voice 1: we grow rice" in await heard(await joins(home))
    assert await listed(home) == []


async def test_a_moderator_may_shorten_and_correct(home: Home) -> None:
    await says(home, "well you know we we grow rice")
    (case,) = await listed(home)
    done = await home.write(moderate.approve, home.house, case.id, "lea", "We grow rice.")
    assert done.segments == 1
    ama = await joins(home)
    assert "Voice 1: We grow rice." in await heard(ama)
    assert "well you know" not in await heard(ama)


async def test_what_was_refused_is_heard_by_nobody_any_more(home: Home) -> None:
    (said,) = await approved(home, "Ama from Kolda steals")
    ben = await joins(home)
    await home.write(moderate.refuse, home.house, said, "lea", "names a person")
    assert "Ama from Kolda" not in await heard(await joins(home))
    assert "not available now" in await ben.says("repeat")
    (case,) = await listed(home, state="refused")
    assert case.reason == "names a person"


async def test_what_was_corrected_by_its_author_must_be_approved_again(home: Home) -> None:
    """A newer answer in the same place is another contribution."""
    efua = await joins(home)
    await efua.says("we grow rise", message_id="m-1")
    (case,) = await listed(home)
    await home.write(moderate.approve, home.house, case.id, "lea")
    await efua.says("we grow rice", kind="edited", message_id="m-1")
    assert "we grow" not in await heard(await joins(home))
    (again,) = await listed(home)
    assert again.text == "we grow rice"
    assert again.id != case.id


async def test_only_of_people_who_agree_to_be_quoted(home: Home) -> None:
    await says(home, "quietly said", quote="2")
    assert await listed(home) == []
    (said,) = await approved(home, "said aloud")
    efua = (await home.rows(tables.contributions, id=said))[0].participant_id
    fact = {"participant_id": efua, "name": "consent to be quoted", "value": '"no"',
            "source": "command", "step": "", "at": home.moment}  # fmt: skip
    await home.write(lambda c: c.execute(tables.facts.insert(), fact))
    assert "said aloud" not in await heard(await joins(home))


async def test_nobody_hears_their_own(home: Home) -> None:
    (said,) = await approved(home, "we grow rice")
    author = (await home.rows(tables.contributions, id=said))[0].participant_id
    own = Listener(author, "en")
    other = Listener(author + 1, "en")
    place = ("forum", "farms", "words")
    assert await home.database.read(showings.hearable, own, *place) == []
    assert len(await home.database.read(showings.hearable, other, *place)) == 1


async def test_each_language_hears_what_was_said_in_it_until_a_person_translated_it(
    home: Home,
) -> None:
    (said,) = await approved(home, "we grow rice")
    place = ("forum", "farms", "words")
    french = Listener(999, "fr")
    assert await home.database.read(showings.hearable, french, *place) == []
    assert [case.id for case in await listed(home, untranslated="fr")] == [said]
    await home.write(moderate.translate, home.house, said, "lea", "fr", "Nous cultivons du riz.")
    (found,) = await home.database.read(showings.hearable, french, *place)
    assert found.text == "Nous cultivons du riz."
    assert await listed(home, untranslated="fr") == []


async def test_whoever_changes_the_language_hears_the_voices_in_it(home: Home) -> None:
    (said,) = await approved(home, "we grow rice")
    ama, ben = await joins(home), await joins(home)
    await ben.says("Français")
    assert "Voice 1: we grow rice" in await ama.says("repeat")
    assert "not available now" in await ben.says("repeat")
    await home.write(moderate.translate, home.house, said, "lea", "fr", "Du riz.")
    assert "Voice 1: Du riz." in await ben.says("repeat")


async def test_a_changed_text_drops_its_translations(home: Home) -> None:
    (said,) = await approved(home, "we grow rice")
    await home.write(moderate.translate, home.house, said, "lea", "fr", "Du riz.")
    done = await home.write(moderate.approve, home.house, said, "lea", "We grow millet.")
    assert done.to_translate_again == 1
    assert [case.id for case in await listed(home, untranslated="fr")] == [said]


@pytest.mark.parametrize(
    ("verb", "words", "error"),
    [
        (moderate.approve, ("nowhere", "lea"), moderate.NoSuchContribution),
        (moderate.refuse, ("nowhere", "lea", "why"), moderate.NoSuchContribution),
        (moderate.translate, ("", "lea", "fr", "x"), moderate.NoSuchContribution),
    ],
)
async def test_what_is_not_there_is_said_so(
    home: Home, verb: Any, words: tuple[str, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await home.write(verb, home.house, *words)


async def test_a_translation_waits_for_an_approval_and_is_into_another_language(
    home: Home,
) -> None:
    await says(home, "we grow rice")
    (case,) = await listed(home)
    with pytest.raises(moderate.NotApproved):
        await home.write(moderate.translate, home.house, case.id, "lea", "fr", "Du riz.")
    for language in ("en", "wo"):
        with pytest.raises(moderate.NoOtherLanguage):
            await home.write(moderate.translate, home.house, case.id, "lea", language, "x")


async def test_each_decision_is_in_the_audit_with_who_and_when(home: Home) -> None:
    (said,) = await approved(home, "we grow rice")
    await home.write(moderate.translate, home.house, said, "omar", "fr", "Du riz.")
    await home.write(moderate.refuse, home.house, said, "lea", "names a person")
    told = [(row.who, row.did, row.about) for row in await home.rows(tables.audit)]
    assert told[-3:] == [
        ("lea", "contribution approved", said),
        ("omar", "contribution translated into fr", said),
        ("lea", "contribution refused", said),
    ]


async def test_where_someone_is_can_be_told_and_no_word_of_others_with_it(home: Home) -> None:
    await approved(home, "we grow rice")
    ama = await joins(home)
    (row,) = await home.rows(tables.participants, id=await ama.id())
    told = await home.database.read(explain_participant, home.house, row.pseudonym, "en")
    assert "The forum" in "\n".join(told)
    assert "rice" not in "\n".join(told)


async def test_an_answer_that_nobody_understood_keeps_no_one_from_the_next_voice(
    home: Home,
) -> None:
    first, second = await approved(home, "we grow rice", "water is far")
    ama = await joins(home)
    for words in ("hm", "hmm", "hmmm"):
        await ama.says(words)
    (row,) = await home.rows(tables.contributions, step="opinion", state="unresolved",
                             superseded_at=None)  # fmt: skip
    assert row.item in (first, second)
    assert "1 of 3" in await heard(ama)
    assert "2 of 3" in await heard(ama)


# ── sound ──


async def recorded(home: Home, **consents: str) -> Case:
    """Someone answers by a recording; return what a moderator sees of it."""
    phone = await joins(home, **consents)
    home.post.files["note"] = voice_note(1)
    await home.receives(phone.voice())
    await home.answers()
    ears = Ears()

    async def told(*_: object) -> None:
        """Tell nobody."""

    house = home.house
    await keep_due(Keeper(house.database, house.seal, house.media, house.channels, ears, told,
                          house.clock))  # fmt: skip
    await ears.close()
    home.waits(seconds=10)
    await home.answers()
    return (await listed(home))[-1]


async def files_to(phone: Phone) -> list[tuple[str, str, str]]:
    """What was sent to someone besides words."""
    sent = [one.file for one in await phone.heard() if one.file]
    return [(one.kind, one.name, one.mime) for one in sent]


async def test_a_recording_is_heard_where_it_was_approved_and_its_speaker_agrees(
    home: Home,
) -> None:
    case = await recorded(home)
    with pytest.raises(moderate.NoWords):
        await home.write(moderate.approve, home.house, case.id, "lea")
    await home.write(
        lambda c: moderate.approve(c, home.house, case.id, "lea", "We grow rice.", sound=True)
    )
    ama = await joins(home)
    assert await files_to(ama) == [("voice", "voice.ogg", "audio/ogg")]
    assert "Voice 1: We grow rice." in await heard(ama)


async def test_what_a_person_wrote_down_may_be_heard_and_what_a_machine_wrote_may_not(
    home: Home,
) -> None:
    case = await recorded(home)
    by_machine = Transcript("We throw rice.", "en", "scribe", machine=True)
    await home.write(listeners.write_down, home.house, case.id, by_machine)
    (case,) = await listed(home)
    assert (case.transcript, case.by_a_machine) == ("We throw rice.", True)
    with pytest.raises(moderate.NoWords):
        await home.write(moderate.approve, home.house, case.id, "lea")
    by_awa = Transcript("We grow rice.", "en", "Awa")
    await home.write(listeners.write_down, home.house, case.id, by_awa)
    await home.write(moderate.approve, home.house, case.id, "lea")
    assert "We grow rice." in await heard(await joins(home))


async def test_without_that_approval_only_the_words_are_heard(home: Home) -> None:
    case = await recorded(home)
    await home.write(moderate.approve, home.house, case.id, "lea", "We grow rice.")
    ama = await joins(home)
    assert await files_to(ama) == []
    assert "We grow rice." in await heard(ama)


async def test_a_voice_is_not_played_whose_speaker_does_not_agree(home: Home) -> None:
    case = await recorded(home, hear="2")
    assert not case.may_sound
    with pytest.raises(moderate.NoSound):
        await home.write(
            lambda c: moderate.approve(c, home.house, case.id, "lea", "Rice.", sound=True)
        )


async def test_by_sms_the_words_come_in_one_message_without_a_link(make_home: MakeHome) -> None:
    home = make_home(Post(), Post("sms", SMS), texts=texts())
    case = await recorded(home)
    await home.write(
        lambda c: moderate.approve(c, home.house, case.id, "lea", "We grow rice.", sound=True)
    )
    ama = home.person(channel="sms")
    await ama.says("hello", "1", "1", "1")
    said = await ama.says("1")
    assert "Voice 1: We grow rice.\nWhat do you think?\n1. I agree" in said
    assert not [one for one in await ama.heard() if one.file]


# ── fair shares ──


async def test_what_was_heard_least_comes_first_and_nobody_hears_one_twice(home: Home) -> None:
    said = await approved(home, "one", "two", "three", "four", "five", "six")
    before = {row.contribution_id: row.heard for row in await home.rows(tables.moderations)}
    for _ in range(6):
        ama = await joins(home)
        await ama.says("1", "1", "1")
    shown = await home.rows(tables.showings)
    counts = {row.contribution_id: row.heard for row in await home.rows(tables.moderations)}
    assert sum(counts.values()) == len(shown)
    assert max(counts.values()) - min(counts.values()) <= 1, (before, counts)
    assert set(counts) == set(said)


async def test_a_batch_of_people_shares_the_voices_out(home: Home) -> None:
    await approved(home, *(f"voice {number}" for number in range(6)))
    await home.write(lambda c: c.execute(tables.moderations.update().values(heard=0)))
    phones = [home.person() for _ in range(6)]
    for words in ("hello", "1", "1", "1"):
        await home.receives(*(phone.message(words) for phone in phones))
        await home.answers()
        home.waits(seconds=10)
    await home.receives(*(phone.message("1") for phone in phones))
    await home.answers()
    drawn: Counter[str] = Counter()
    for phone in phones:
        for one in await home.database.read(conversations.all_of, await phone.id()):
            drawn.update(one.conversation.runs.get("voices", ()))
    assert sorted(drawn.values()) == [3] * 6


async def test_a_voice_said_again_is_counted_once(home: Home) -> None:
    (said,) = await approved(home, "we grow rice")
    ama = await joins(home)
    await ama.says("1", "back", "repeat", "2")
    (row,) = await home.rows(tables.moderations, contribution_id=said)
    assert row.heard == 1


# ── kept, taken back, forgotten ──


async def test_an_agreement_names_the_contribution_it_answers(home: Home) -> None:
    (said,) = await approved(home, "we grow rice")
    ama = await joins(home)
    await ama.says("2 not here")
    rows = await home.database.read(lambda c: list(lines(c, Rows(trials=True))))
    (row,) = [row for row in rows if row.step == "opinion"]
    assert (row.item, row.about, row.code, row.comment) == (said, "farms", "disagree", "not here")
    assert "rice" not in row.question


async def test_whom_we_forget_is_heard_no_more_in_any_language(home: Home) -> None:
    efua = await says(home, "we grow rice")
    (case,) = await listed(home)
    await home.write(moderate.approve, home.house, case.id, "lea")
    await home.write(moderate.translate, home.house, case.id, "lea", "fr", "Du riz.")
    ama = await joins(home)
    await efua.says("forget me", "1")
    assert await home.rows(tables.moderated_texts) == []
    assert await home.rows(tables.showings) == []
    assert "we grow rice" not in await heard(await joins(home))
    assert "What do you think" not in await ama.says("1")
    (row,) = await home.rows(tables.contributions, step="opinion")
    assert (row.item, row.code) == (case.id, "agree")


async def test_who_no_longer_takes_part_is_heard_no_more(home: Home) -> None:
    efua = await says(home, "we grow rice")
    (case,) = await listed(home)
    await home.write(moderate.approve, home.house, case.id, "lea")
    await efua.says("privacy", "No longer take part")
    assert "we grow rice" not in await heard(await joins(home))


# ── the topic of the week ──


async def invited(home: Home, **more: Any) -> list[tuple[int, str, str]]:
    """Who is invited to what, and how that stands."""
    rows = await home.rows(tables.invitations, flow="forum", **more)
    return [(row.participant_id, row.about, row.state) for row in rows]


@pytest.fixture
def planned(make_home: MakeHome) -> Home:
    """A house whose forum is not open yet."""
    return make_home(Post(), texts=texts(forum={"ships": "planned"}))


async def test_opening_the_phase_invites_each_to_the_topic_of_their_first_theme(
    planned: Home,
) -> None:
    home = planned
    ama, ben = await joins(home, themes="1"), await joins(home, themes="2 1")
    phase = phases.find(home.texts.consultation, "forum")
    await home.write(phases.open_quietly, home.house, phase)
    assert await invited(home) == [
        (await ama.id(), "farms", "waiting"), (await ben.id(), "roofs", "waiting"),
    ]  # fmt: skip
    assert "This week: Roofs." in await ben.says("hello")


async def test_a_new_week_makes_new_invitations_and_drops_the_old(planned: Home) -> None:
    home = planned
    ama = await joins(home)
    phase = phases.find(home.texts.consultation, "forum")
    await home.write(phases.open_quietly, home.house, phase)
    home.waits(hours=24 * 14)
    await home.write(phases.open_quietly, home.house, phase)
    mine = await ama.id()
    assert await invited(home) == [(mine, "farms", "void"), (mine, "mills", "waiting")]
    assert "This week: Mills." in await ama.says("hello")


async def opens(home: Home) -> dict[str, int]:
    """Open the forum, or invite to the topic that has come; return how its recipients stand."""
    phase = phases.find(home.texts.consultation, "forum")
    number = await home.write(phases.open_and_announce, home.house, phase)
    await home.sends()
    return await home.database.read(phases.outcomes, number)


async def test_each_topic_is_announced_to_each_person_once(planned: Home) -> None:
    home = planned
    ama, ben = await joins(home, themes="1"), await joins(home, themes="2")
    assert await opens(home) == {"sent": 2}
    assert (await ama.last()).startswith("This week: Farms\n")
    assert (await ben.last()).startswith("This week: Roofs\n")
    assert await opens(home) == {"skipped: was told already": 2}
    home.waits(hours=24 * 14)  # the next topic of food; housing keeps its own
    preview = await home.database.read(
        phases.preview, home.house, phases.find(home.texts.consultation, "forum")
    )
    assert (preview.recipients, preview.excluded) == (1, {"was told already": 1})
    assert await opens(home) == {"sent": 1, "skipped: was told already": 1}
    assert (await ama.last()).startswith("This week: Mills\n")
    assert "Mills: what is it like" in await ama.presses("Begin")


async def test_a_topic_is_opened_before_its_day_once(planned: Home) -> None:
    home = planned
    await home.write(week.open_topics, home.house, ["mills", "mills"])
    await home.write(week.open_topics, home.house, ["mills"])
    (row,) = await home.rows(tables.topics)
    assert (row.code, row.opened_at) == ("mills", home.moment)
    shown = await home.database.read(week.listed, home.house, "en")
    assert [(line.code, line.state) for line in shown] == [
        ("farms", "over"), ("roofs", "open"), ("mills", "open"),
    ]  # fmt: skip
    assert len([row for row in await home.rows(tables.audit) if row.did == "topic open"]) == 1


async def test_a_topic_that_is_not_there_is_not_opened(planned: Home) -> None:
    with pytest.raises(week.NoSuchTopic):
        await planned.write(week.open_topics, planned.house, ["mlils"])


async def test_without_a_topic_of_the_week_the_phase_is_not_opened(planned: Home) -> None:
    home = planned
    home.moment -= 365 * 24 * 3_600_000
    phase = phases.find(home.texts.consultation, "forum")
    with pytest.raises(week.NoTopic):
        await home.write(phases.open_quietly, home.house, phase)
