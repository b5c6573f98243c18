"""People are chosen by a sentence; what is not understood is told by its word."""

import pytest
from gateway.conftest import MakeHome
from gateway.houses import QUESTIONS, Home, Phone, Post, Texts
from gateway.test_importing import WELCOME
from sqlalchemy import select, update

from bot.gateway import segments
from bot.gateway.segments import WrongRule
from bot.gateway.segments.saved import NoSuchSegment, WrongName, show
from bot.store import tables
from bot.store.choosing import there
from bot.store.imports import Listed, begin, bring_in
from bot.store.tables import participants


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house with two channels."""
    texts = Texts(welcome=WELCOME, reactions=QUESTIONS)
    return make_home(Post("telegram"), Post("sms"), texts=texts)


async def listed(home: Home, number: str, **facts: object) -> Phone:
    """Someone of a list."""
    index = home.house.seal.index("sms", number)
    row = Listed("sms", number, index, "", {name.replace("_", " "): v for name, v in facts.items()})
    brought = await home.write(begin, "list.csv", "", home.moment)
    await home.write(bring_in, home.house.seal, [row], brought, home.moment)
    return home.person(number, "sms")


async def chosen(home: Home, rule: str) -> set[int]:
    """Whom a rule means now."""

    def work(connection):  # type: ignore[no-untyped-def]
        where = segments.where_of(connection, home.texts.consultation, rule, home.moment)
        return set(connection.scalars(select(participants.c.id).where(there(), where)))

    return set(await home.database.read(work))


async def people(home: Home) -> dict[str, int]:
    """Ama answered reactions on Telegram; Issa is in the middle; Rosa and Sara are of a list."""
    ama, issa = home.person(), home.person()
    await ama.says("hello", "yes", "reactions", "yes", "A lot", "The end")
    home.waits(hours=100)
    await issa.says("hello", "yes", "reactions")
    rosa = await listed(home, "+573001234567", language="es", role="activist", themes=["food"])
    sara = await listed(home, "+221771234567", language="fr")
    return {"ama": await ama.id(), "issa": await issa.id(),
            "rosa": await rosa.id(), "sara": await sara.id()}  # fmt: skip


RULES = {
    "everybody": "ama issa rosa sara",
    "language is fr": "sara",
    "language is fr, es": "rosa sara",
    "LANGUAGE IS fr OR language is es": "rosa sara",
    "channel is sms": "rosa sara",
    "channel is not sms": "ama issa",
    "country is SN": "sara",
    "role is activist": "rosa",
    "role is not activist": "ama issa sara",
    "role is known": "rosa",
    "themes is food": "rosa",
    "themes is foo": "",
    "consent is yes": "ama issa",
    "consent to take part is no": "rosa sara",
    "has answered reactions": "ama",
    "has answered reactions/missing": "ama",
    "has answered reactions/nothing": "",
    "has not answered reactions": "issa rosa sara",
    "has finished reactions": "ama",
    "has begun reactions": "ama issa",
    "in a conversation": "issa",
    "not in a conversation now and channel is telegram": "ama",
    "seen in the last 2 days": "issa",
    "last seen before 3 days ago": "ama",
    "never seen": "rosa sara",
    "not (language is fr or language is es)": "ama issa",
    "stopped or trial or asked in the last 7 days": "",
}


async def test_each_rule_means_whom_it_says(home: Home) -> None:
    known = await people(home)
    for rule, names in RULES.items():
        assert await chosen(home, rule) == {known[name] for name in names.split()}, rule


async def test_who_said_stop_and_who_was_written_to_can_be_chosen(home: Home) -> None:
    known = await people(home)
    await home.write(lambda c: c.execute(
        update(participants).where(participants.c.id == known["ama"])
        .values(stopped_at=home.moment)))  # fmt: skip
    await home.write(lambda c: c.execute(
        update(participants).where(participants.c.id == known["sara"])
        .values(asked_at=home.moment)))  # fmt: skip
    assert await chosen(home, "stopped") == {known["ama"]}
    assert await chosen(home, "asked in the last 2 days") == {known["sara"]}
    home.waits(hours=49)
    assert await chosen(home, "asked in the last 2 days") == set()


async def test_a_saved_rule_is_no_list_and_may_stand_in_another(home: Home) -> None:
    known = await people(home)
    where = (home.database, home.texts.consultation)
    await home.write(segments.save, *where, "speakers", "language is es", home.moment)
    await home.write(
        segments.save, *where, "both", "in segment speakers and channel is sms", home.moment
    )
    assert await chosen(home, "both") == {known["rosa"]}
    late = await listed(home, "+573001234568", language="es")
    assert await chosen(home, "segment both") == {known["rosa"], await late.id()}
    found = await home.database.read(segments.list_segments, where[1], home.moment)
    assert [(one.name, one.count) for one in found] == [("both", 2), ("speakers", 2)]
    assert await home.count(tables.segments) == 2


WRONG = {
    "": "empty",
    "langage is fr": "did you mean “language”?",
    "channel is smz": "did you mean “sms”?",
    "has answered reaction": "did you mean “reactions”?",
    "has eaten reactions": "answered, finished, done, begun",
    "language is fr or en": "language is …, en",
    "language is fr channel is sms": "write “and” or “or” between",
    "(language is fr": "needs “)”",
    "language is fr)": "without its “(”",
    "language is": "ends too early",
    "asked in the last seven days": "7 days",
    "last seen before yesterday": "2026-11-30",
    "in segment nowhere": "not known",
    "country is Senegal": "two letters",
    "first name is Awa": "not known",
    "(" * 30 + "everybody" + ")" * 30: "too deep",
}


@pytest.mark.parametrize("rule", WRONG)
async def test_what_is_not_understood_is_told_with_its_remedy(home: Home, rule: str) -> None:
    with pytest.raises(WrongRule) as told:
        await chosen(home, rule)
    assert WRONG[rule] in str(told.value)


async def test_a_segment_that_names_itself_is_not_saved(home: Home) -> None:
    where = (home.database, home.texts.consultation)
    with pytest.raises(WrongRule, match="names itself"):
        await home.write(segments.save, *where, "me", "in segment me", home.moment)
    with pytest.raises(WrongName):
        await home.write(segments.save, *where, "Me too", "everybody", home.moment)
    with pytest.raises(NoSuchSegment):
        await home.database.read(show, where[1], "me", home.moment)
