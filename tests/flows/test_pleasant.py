"""What must be pleasant in the consultation that ships, as promises that can be kept or broken."""

import pytest
from walks import LANGUAGES, PHASED, SHIPPED, Walk, every_step, flow

from bot.dialogue.flow import CONSENTS
from bot.dialogue.placeholders import PLACEHOLDERS, fill
from channels.segments import forcing, segments

WORDS = {"politique": "the law on seeds", "manque_regions": "water", "manque_outils": "time",
         "spoken_language": "Wolof", "a_inviter": "the weavers", "manque": "water"}  # fmt: skip
PICK = {language: str(number) for number, language in enumerate(LANGUAGES, 1)}


def newcomer(language: str, channel: str = "telegram", **answers: str) -> Walk:
    """Someone who says hello, chooses a language and answers everything."""
    walk = Walk(channel).says("hello")
    return walk.answers(langue=PICK[language], **answers)


def reacting(language: str, channel: str = "telegram") -> Walk:
    """Someone who is known, and for whom the draft agenda is open."""
    return Walk(channel, language, ("reactions",)).says("AGENDA")


# ── how long it takes ──


def test_the_first_message_is_short_and_asks_for_the_language_alone() -> None:
    walk = Walk("sms").says("hello")
    assert walk.talker.asked == "langue"
    assert len(walk.sent) == 1
    assert len(walk.sent[0]) < 300
    assert segments(walk.sent[0]) <= 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PHASED)
def test_every_flow_begins_with_a_short_message_within_two_segments(
    name: str, language: str
) -> None:
    for channel in ("sms", "telegram"):
        walk = Walk(channel, language, (name,)).says(flow(name).keywords[0])
        assert len(walk.sent[0]) <= 300
        assert channel != "sms" or segments(walk.sent[0]) <= 2


def test_each_language_is_offered_by_its_own_name_whatever_the_phone_speaks() -> None:
    for language in LANGUAGES:
        labels = [choice.label for choice in flow("welcome", language).steps[0].choices]
        assert labels == ["Français", "English", "Español"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_welcome_takes_at_most_nine_exchanges(language: str) -> None:
    assert newcomer(language).said <= 9


def test_whoever_comes_by_a_networks_link_is_not_asked_for_the_network() -> None:
    walk = Walk().comes_by("tejido").says("3")
    assert "Tejido Sur" in walk.sent[-1]
    walk.answers()
    assert "reseau" not in {kept.step for kept in walk.talker.kept.values()}
    assert walk.talker.person.facts["network"] == "tejido"


@pytest.mark.parametrize("language", LANGUAGES)
def test_reacting_to_five_items_takes_at_most_fifteen_exchanges(language: str) -> None:
    """Even for someone who wants all five changed."""
    assert reacting(language).answers(avis="2", changement="more water", **WORDS).said <= 15


def test_by_sms_amending_one_item_costs_nine_messages_and_forty_segments() -> None:
    walk = reacting("fr", "sms").says("1", "2", "moins cher, et avec nous")
    walk.answers(manque="passer", priorites="5 1 3")
    assert walk.said <= 9 + 1  # the keyword that took up the invitation came before
    assert walk.segments <= 40


def test_a_choice_with_its_comment_is_not_asked_what_should_change() -> None:
    walk = reacting("fr", "sms").says("1", "2 trop cher")
    assert walk.talker.answer("avis").comment == "trop cher"
    assert walk.talker.asked == "avis"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_summary_takes_at_most_three_segments(language: str) -> None:
    trends, reactions = flow("trends", language), flow("reactions", language)
    pushed = [step.say for step in trends.steps if step.attach]
    pushed += [item.summary for item in reactions.lists["agenda item"]]
    for text in pushed:
        assert segments(fill(text, {"progress": "2 sur 7"})) <= 3, text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SHIPPED)
def test_each_flow_says_how_long_it_takes_and_where_one_is(name: str, language: str) -> None:
    said = [step.say for step in every_step(flow(name, language).steps)]
    beginning = next(text for text in said if text)
    assert {"questions", "minutes"} <= set(_names(beginning))
    asked = sum(step.waits and not step.only_if for step in every_step(flow(name).steps))
    enough = 2 if asked > 2 and name != "sessions" else 1
    assert sum("progress" in _names(text) for text in said) >= enough


def test_a_pause_of_three_days_is_bridged_by_one_message() -> None:
    walk = reacting("fr", "sms").says("1", "1", "1")
    walk.talker.waits(72)
    walk.says("bonjour")
    assert len(walk.sent) == 5
    assert "Qu'en pensez-vous ?" in walk.turns[-1]


# ── one thing at a time ──


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SHIPPED)
def test_no_message_asks_two_things(name: str, language: str) -> None:
    for step in every_step(flow(name, language).steps):
        assert (step.say + step.ask).count("?") <= 1, step.name


def test_no_turn_asks_two_things_either() -> None:
    for language in LANGUAGES:
        walk = Walk("sms", open_flows=("trends", "reactions")).says("hello")
        walk.answers(langue=PICK[language], **WORDS)
        assert {"trends", "reactions"} <= set(walk.talker.person.done)
        for turn in walk.turns:
            assert turn.count("?") <= 1, turn


def test_each_consent_is_its_own_question_asked_only_in_the_welcome() -> None:
    kept = {name: [step.keep_as for step in every_step(flow(name).steps)] for name in SHIPPED}
    asked = {name: [fact for fact in facts if fact in CONSENTS] for name, facts in kept.items()}
    assert asked == {name: [] for name in SHIPPED} | {"welcome": list(CONSENTS)}


# ── consent ──


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_refuses_is_let_go_and_only_the_no_is_kept(language: str) -> None:
    walk = Walk().says("hello", PICK[language], "2")
    refused = next(each.text for each in flow("welcome", language).endings if each.name == "refus")
    assert walk.sent[-1] == refused
    assert "START" in refused
    walk.says("but we need seeds")
    kept = [kept for kept in walk.talker.kept.values() if kept.step != "langue"]
    assert [(one.step, one.code) for one in kept] == [("participer", "no")]


def test_a_consent_is_changed_by_the_words_that_privacy_offers() -> None:
    walk = Walk("telegram", "en", ("trends",)).says("TRENDS", "privacy", "Do not quote my words")
    assert walk.talker.person.facts["consent to be quoted"] == "no"


# ── words ──


def test_asking_for_more_is_not_taken_for_putting_it_off() -> None:
    """Though "Plus tard" begins with the word for more."""
    assert reacting("fr").says("plus").talker.asked == "envie"


@pytest.mark.parametrize("name", PHASED)
@pytest.mark.parametrize(("language", "yes", "no"), [("fr", "Oui !", "non"), ("en", "yes", "No"),
                                                     ("es", "sí", "no")])  # fmt: skip
def test_shall_we_begin_can_be_answered_by_a_plain_yes_or_no(
    name: str, language: str, yes: str, no: str
) -> None:
    keyword = flow(name, language).keywords[0]
    later = next(each.text for each in flow(name, language).endings if each.name == "plus_tard")
    assert Walk("sms", language, (name,)).says(keyword, yes).talker.answer("envie").code == "yes"
    assert Walk("sms", language, (name,)).says(keyword, no).sent[-1] == later


def test_what_is_asked_about_an_item_names_it_so_that_it_is_clear_days_later() -> None:
    walk = reacting("fr").says("1")
    title = flow("reactions").lists["agenda item"][0].title
    walk.talker.waits(72)
    assert title in walk.says("bonjour").turns[-1]


# ── by voice ──


def test_whoever_only_speaks_is_asked_as_much_as_whoever_writes() -> None:
    spoken, written = Walk("telegram", "es", ("trends",)), Walk("telegram", "es", ("trends",))
    for walk in (spoken, written):
        walk.says("TENDENCIAS")
    for _ in range(20):
        if spoken.talker.asked:
            spoken.talker.speaks()
    written.answers(**WORDS)
    steps = [{kept.step for kept in walk.talker.kept.values()} for walk in (spoken, written)]
    assert steps[0] == steps[1] | {"spoken_language"}


def test_a_language_that_is_also_ours_can_be_the_one_that_is_spoken() -> None:
    walk = Walk("telegram", "fr", ("trends",)).says("TENDANCES")
    while walk.talker.asked != "spoken_language":
        if walk.talker.asked == "politique":
            walk.talker.speaks()
        else:
            walk.says(WORDS.get(walk.talker.asked, "1"))
    walk.says("Español")
    assert walk.talker.person.facts["spoken language"] == "Español"
    assert walk.talker.person.language == "fr"


# ── what texts are made of ──

SESSION = {  # what every session has
    f"{group}.{part}": part for group in ("item", "about") for part in ("title", "place", "date")
}


def _names(text: str) -> list[str]:
    return [part.partition("}")[0] for part in text.split("{")[1:]]


def _texts(name: str, language: str) -> list[str]:
    found = flow(name, language)
    steps = every_step(found.steps)
    texts = [text for step in steps for text in (step.say, step.ask, step.more)]
    return [text for text in (*texts, *(each.text for each in found.endings)) if text]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SHIPPED)
def test_texts_read_well_when_a_placeholder_is_empty(name: str, language: str) -> None:
    for text in _texts(name, language):
        values = {"questions": 8, "minutes": 3, "item.summary": "S.", "item.text": "T."} | SESSION
        values |= {name: "5" for name in PLACEHOLDERS if name.startswith("figures.")}
        filled = fill(text, values)
        assert not filled.startswith((".", ",", " ")), filled
        for slip in ("  ", " .", " ,", "()", ",.", "{", "\n\n\n", ":."):
            assert slip not in filled, filled


@pytest.mark.parametrize("name", SHIPPED)
def test_no_french_letter_doubles_the_price_of_a_message(name: str) -> None:
    """Only the name of the language itself does."""
    for step in every_step(flow(name).steps):
        labels = [choice.label for choice in step.choices if choice.code != "fr"]
        for text in (step.say, step.ask, *labels):
            assert not forcing(text.replace("{", "").replace("}", "")), text


@pytest.mark.parametrize("name", SHIPPED)
def test_french_is_inclusive_without_brackets_or_points(name: str) -> None:
    for text in _texts(name, "fr"):
        assert not any(mark in text for mark in ("(e)", "(s)", "·", ".e.")), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_invitation_to_pass_on_reads_well_with_a_link_and_without(language: str) -> None:
    """The link is the last line, and the sentence before it is whole."""
    thanks = flow("trends", language).endings[0].text
    without, link = fill(thanks, {}), "https://t.me/palabre_bot?start=tejido"
    assert without.endswith(("rejoindre.", "too.", "unirse."))
    assert fill(thanks, {"network.link": link}) == f"{without}\n{link}"
