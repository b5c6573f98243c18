"""The forum through the whole gateway: moderated, translated, shared out fairly, taken back."""

from collections import Counter
from typing import Any

import pytest
from gateway.conftest import MakeHome
from gateway.forum_house import approved, heard, joins, listed, says, texts
from gateway.houses import Home, Post

from bot.gateway import moderate
from bot.gateway.explaining import explain_participant
from bot.store import conversations, showings, tables
from bot.store.contributions import Wanted as Rows
from bot.store.contributions import lines
from bot.store.showings import Listener


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house with a forum."""
    return make_home(Post(), texts=texts())


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
