"""No table stands there for nothing: each is written, and read again, by what people can do."""

import re
from types import SimpleNamespace
from typing import Any, cast

from forum import FORUM
from gateway import meetings
from gateway.conftest import MakeHome
from gateway.houses import Home, Phone, Post, Texts
from programme import TAKING_PART
from sqlalchemy import event
from voice.sounds import voice_note

from bot.gateway import moderate, phases, segments, week
from bot.gateway.broadcasts.carrying import begun
from bot.gateway.erase import erase_what_is_old
from bot.gateway.explaining import explain_participant
from bot.gateway.leases import Lease
from bot.gateway.metrics import metrics
from bot.gateway.receive import Receiver
from bot.gateway.recordings import Keeper, keep_due
from bot.gateway.remind import remind_due
from bot.gateway.session_news import tell_news
from bot.gateway.tally import write_tally
from bot.gateway.unlinking import undo
from bot.gateway.visiting import Visits
from bot.store import (
    audio_sessions,
    forget,
    handovers,
    imports,
    links,
    participants,
    tables,
    templates,
)
from bot.store.contributions import Wanted, lines
from bot.store.known_files import StoredFiles
from bot.store.templates import Known
from bot.voice.pool import Ears
from channels.capabilities import SMS

WELCOME = (
    TAKING_PART
    + """\
    remind after: 1 day
  missing:
    ask: What is missing?
    answer: text or voice
  help:
    say: Someone will write to you.
    hand over: yes
  after:
    ask: Was that good?
    answer: text
endings:
  thanks: Thank you.
"""
)
NEWS = """
steps:
  ready:
    ask: Is it right?
    choices:
      yes: Go ahead
      no: Not yet
endings:
  thanks: Thank you.
"""


def _texts(welcome: str = WELCOME) -> Texts:
    planned = {"ships": "planned", "announce": {"en": "News!"}}
    return Texts(phases={"news": planned, "forum": {"ships": "planned"}}, welcome=welcome,
                 news=NEWS, forum=FORUM, meet=meetings.MEET)  # fmt: skip


class Watched:
    """Which tables statements wrote, and which they read."""

    def __init__(self, *engines: Any) -> None:
        self.wrote: set[str] = set()
        self.read: set[str] = set()
        for engine in engines:
            event.listen(engine, "before_cursor_execute", self._look)

    def _look(self, _c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.wrote |= set(re.findall(r"(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)", statement))
        self.read |= set(re.findall(r"(?:FROM|JOIN) (\w+)", statement))


async def lives(home: Home) -> Phone:
    """Do all that a participant, a coordinator and a process can do."""
    house = home.house
    ama = home.person()
    home.post.files["note"] = voice_note(1)
    await ama.says(kind="start", start="tejido")
    home.waits(hours=30)
    await remind_due(house)
    await ama.says("1")
    await home.receives(ama.voice())
    await home.answers()
    await _hear(home)
    await home.answers()
    await ama.says("hello, you there")
    await home.database.read(handovers.words, house.seal, await ama.id())
    news = phases.find(home.texts.consultation, "news")
    await begun(house, await home.write(phases.open_and_announce, house, news))
    await home.write(segments.save, house.database, home.texts.consultation, "all", "everybody",
                     home.moment)  # fmt: skip
    await home.write(imports.begin, "list.csv", "They signed.", home.moment)
    home.restarts(_texts(WELCOME.replace("  after:", "  afterwards:")))
    await ama.says("START", "well done")
    await ama.says("someone else", "1", "1", "seeds")
    await _links(home.person(), home.person())
    await _hears(home.person(), home.person())
    await _meets(home.person())
    await _listens(home)
    return ama


async def _listens(home: Home) -> None:
    """Get a link by SMS to a page on which one hears what is asked, and open it."""
    ama = home.person(channel="sms")
    home.house.pages_at = "https://palabre.example"
    home.house.reader = cast("Any", SimpleNamespace(speaks=lambda _: True))
    await ama.says("hello")
    link = (await ama.says("LISTEN")).partition("/r/")[2].split()[0]
    assert (await Visits(home.house, Receiver(home.house)).open(link)).asked


async def _meets(ama: Phone) -> None:
    """Come to a session, and be reminded of it."""
    home = ama.home
    await ama.says("hello", "1", "seeds", "START", "fine", "1")
    await meetings.add(home)
    await ama.says("MEET", "1")
    home.moment = meetings.at(home, 4)
    await tell_news(home.house)


async def _hears(ben: Phone, efua: Phone) -> None:
    """Say something on the topic of the week, have it approved, and let someone else hear it."""
    home, house = ben.home, ben.home.house
    await home.write(week.open_topics, house, ["mills"])
    forum = phases.find(home.texts.consultation, "forum")
    await begun(house, await home.write(phases.open_quietly, house, forum))
    await ben.says("hello", "1", "seeds", "START", "fine", "1")
    quoted = {"participant_id": await ben.id(), "name": "consent to be quoted", "value": '"yes"',
              "source": "answer", "step": "", "at": home.moment}  # fmt: skip
    await home.write(participants.write_facts, [quoted])
    await ben.says("the mill is ours")
    (said,) = await home.database.read(moderate.listed, house, moderate.Wanted())
    await home.write(moderate.approve, house, said.id, "tester")
    assert "the mill is ours" in await efua.says("hello", "1", "seeds", "START", "fine", "1")


async def _links(ama: Phone, other: Phone) -> None:
    """Link two phones, after a wrong code, and undo it."""
    home = ama.home
    await other.says("link 000 000")
    found = re.search(r"\d{3} \d{3}", await other.says("link"))
    assert found
    await ama.says(found[0], "1")
    (link,) = await home.database.read(links.all_links)
    await undo(home.house, link.id, "tester")


async def _hear(home: Home) -> None:
    async def told(*_: object) -> None:
        """Tell nobody."""

    house, ears = home.house, Ears()
    await keep_due(Keeper(house.database, house.seal, house.media, house.channels, ears, told,
                          house.clock))  # fmt: skip
    await ears.close()


async def looks(home: Home, ama: Phone) -> None:
    """Look at what came of it, and forget."""
    house = home.house
    known = StoredFiles(house.database, lambda key: key)
    await known.put("42", "paper", "document", "F1")
    assert await StoredFiles(house.database, lambda key: key).get("42", "paper", "document") == "F1"
    known_at = [Known("palabre_x", "fr", "HX1", "approved")]
    await home.write(templates.replace_all, "AC1", known_at, home.moment)
    assert await home.database.read(templates.find, "AC1", "palabre_x", "fr") == known_at[0]
    session = audio_sessions.GivenAway("s-1", "fr", "Mills", 4.0, "m", 1, "o", 1, "p", ("c",))
    await home.write(audio_sessions.give_away, [session], home.moment)
    assert await home.database.read(audio_sessions.find, "s-1") == session
    lease = Lease(house.database, "a job")
    assert await lease._take(renewing=False)
    await home.database.read(segments.list_segments, home.texts.consultation, home.moment)
    await home.write(imports.bring_in, house.seal, [], 1, home.moment)
    await lease.give_back()
    await home.database.read(lambda c: list(lines(c, Wanted())))
    for row in await home.rows(tables.media):
        assert house.media.get(row.original) == home.post.files["note"]
    for row in await home.rows(tables.participants):
        await home.database.read(explain_participant, house, row.pseudonym, "en")
    for table in (tables.audit, tables.consents, tables.facts, tables.recipients):
        assert await home.rows(table), table.name
    await ama.says("forget me", "1")
    assert await home.database.read(forget.forgotten_list)
    await erase_what_is_old(house)
    await write_tally(house)
    assert await metrics(house)


async def test_every_table_is_written_and_read(make_home: MakeHome) -> None:
    texts = _texts()
    home = make_home(Post(), Post("sms", SMS), texts=texts)
    seen = Watched(home.database.engine, home.database._reading)
    await home.write(phases.set_up, home.database, texts.consultation, home.moment)
    await home.write(home.house.programmes.keep, home.database, home.moment)
    await looks(home, await lives(home))
    everything = set(tables.metadata.tables)
    if home.database.embedded:  # there recordings lie in a folder
        everything -= {"blobs"}
    assert everything - seen.wrote == set()
    assert everything - seen.read == set()
