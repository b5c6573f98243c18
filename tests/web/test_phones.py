"""The simulator over HTTP: what is said goes the way of all messages, and what is sent is seen."""

import asyncio
import re
import time
from pathlib import Path
from typing import Any

import pytest
from doors import DictFiles, Knock, ListReceiver
from watching import texts, watch

from bot.store.database import DatabaseAway
from bot.web import phonesay
from bot.web.needs import Outline, OutlineStep
from channels.base import Button, OutFile, Outgoing
from channels.capabilities import SMS, TELEGRAM, WHATSAPP
from channels.simulator import Simulator, Uploads

YES = ((Button("Oui", "k1:yes"), Button("Non", "k1:no")),)


@pytest.fixture
def telegram(tmp_path: Path) -> Simulator:
    """A Telegram to draw."""
    return Simulator("simulator:telegram", TELEGRAM, Uploads(tmp_path / "uploads"))


async def test_a_page_shows_what_its_channel_sends(knock: Knock, telegram: Simulator) -> None:
    """A message that the channel sends is on the page at once, as text and nothing else."""
    client = await knock(simulated={"telegram": telegram})
    page = await watch(client)
    assert texts(await page.until_steps()) == []
    await telegram.send(Outgoing("tab1", text="Bonjour <b>Awa</b> & *tous*"))
    await telegram.send(Outgoing("another", text="not for you"))
    assert texts(await page.until_steps()) == ["Bonjour &lt;b&gt;Awa&lt;/b&gt; &amp; *tous*"]


async def test_a_page_that_was_cut_off_gets_what_it_missed(
    knock: Knock, telegram: Simulator
) -> None:
    """With the number of the last change it saw, a page gets the rest; without, everything."""
    client = await knock(simulated={"telegram": telegram})
    page = await watch(client)
    await page.until_steps()
    await telegram.send(Outgoing("tab1", text="one"))
    last = (await page.until_steps())[-1][1]
    page.answer.close()
    await telegram.send(Outgoing("tab1", text="two"))
    await telegram.send(Outgoing("tab1", text="three"))
    again = await watch(client, last=last)
    assert texts(await again.until_steps()) == ["two", "three"]
    for other in ("", "another-run.1", "nonsense"):
        fresh = await watch(client, last=other)
        assert texts(await fresh.until_steps()) == ["one", "two", "three"]


async def test_a_message_changes_in_its_place(knock: Knock, telegram: Simulator) -> None:
    """Buttons are redrawn and taken away in their own message, which keeps its words."""
    client = await knock(simulated={"telegram": telegram})
    page = await watch(client)
    await page.until_steps()
    asked = await telegram.send(Outgoing("tab1", text="Alors ?", buttons=YES))
    first = await page.until_steps()
    chosen = ((Button("✓ Oui", "k1:yes", chosen=True),),)
    await telegram.send(Outgoing("tab1", do="redraw", buttons=chosen, of=asked.provider_id))
    second = await page.until_steps()
    await telegram.send(Outgoing("tab1", do="close", of=asked.provider_id))
    third = await page.until_steps()
    assert [each[0][2].count("<button") for each in (first, second, third)] == [2, 1, 0]
    assert 'aria-pressed="true"' in second[0][2]
    assert texts(first) == texts(second) == texts(third) == ["Alors ?"]


async def test_what_is_said_goes_the_way_of_all_messages(knock: Knock, telegram: Simulator) -> None:
    """Words, a start, a button and a place come to the receiver as the channel reads them."""
    receiver = ListReceiver()
    client = await knock(receiver=receiver, simulated={"telegram": telegram})
    say = "/phone/telegram/tab1/say?lang=es"
    for said in (
        {"id": "1", "start": "greniers"},
        {"id": "2", "text": "hola"},
        {"id": "3", "pressed": "k1:yes", "on": "m7", "label": ""},
        {"id": "4", "place": [14.7, -17.4]},
    ):
        assert (await client.post(say, json=said)).status == 200
    came = [one for one, _ in receiver.taken]
    assert [one.kind for one in came] == ["start", "message", "pressed", "message"]
    assert {(one.channel, one.address, one.locale_hint) for one in came} == {
        ("simulator:telegram", "tab1", "es")
    }
    assert (came[0].start, came[1].text) == ("greniers", "hola")
    assert (came[2].pressed, came[2].keyboard_of) == ("k1:yes", "m7")
    assert came[3].place == (14.7, -17.4)


async def test_ones_own_words_are_seen_before_the_answer(knock: Knock, telegram: Simulator) -> None:
    """What one says stands on the page above what is answered; a pressed button leaves nothing."""
    client = await knock(simulated={"telegram": telegram})
    await client.post("/phone/telegram/tab1/say", json={"id": "1", "start": ""})
    await client.post("/phone/telegram/tab1/say", json={"id": "2", "pressed": "k1:no", "on": "m"})
    await telegram.send(Outgoing("tab1", text="Bonjour"))
    events = await (await watch(client)).until_steps()
    assert texts(events) == ["/start", "Bonjour"]
    assert ['class="mine"' in data for _, _, data in events[:2]] == [True, False]


async def test_words_that_could_not_be_taken_say_so(knock: Knock, telegram: Simulator) -> None:
    """While the database is away, the page hears 503 and marks the message as not sent."""
    away = ListReceiver(fails=DatabaseAway())
    client = await knock(receiver=away, simulated={"telegram": telegram})
    answer = await client.post("/phone/telegram/tab1/say?lang=fr", json={"id": "1", "text": "oui"})
    assert answer.status == 503
    events = await (await watch(client)).until_steps()
    assert "Ce message n'est pas parti" in events[0][2]


BAD = {
    "no JSON": b"what?",
    "no object": b"[1]",
    "no id": b'{"text": "x"}',
    "an unknown field": b'{"id": "1", "text": "x", "admin": true}',
    "a wrong type": b'{"id": "1", "text": 5}',
}


@pytest.mark.parametrize("what", BAD)
async def test_what_is_none_of_the_pages_messages_is_refused(
    knock: Knock, telegram: Simulator, what: str
) -> None:
    """What the page never sends is 400, and nothing is stored or shown."""
    receiver = ListReceiver()
    client = await knock(receiver=receiver, simulated={"telegram": telegram})
    answer = await client.post("/phone/telegram/tab1/say", data=BAD[what])
    assert (answer.status, receiver.taken) == (400, [])
    assert texts(await (await watch(client)).until_steps()) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
async def test_another_site_cannot_speak_here(
    knock: Knock, telegram: Simulator, headers: dict[str, str]
) -> None:
    """What another site makes a browser send is refused, and nothing is stored."""
    receiver = ListReceiver()
    client = await knock(receiver=receiver, simulated={"telegram": telegram})
    for path in ("say", "send?id=1"):
        answer = await client.post(f"/phone/telegram/tab1/{path}", data=b"{}", headers=headers)
        assert answer.status == 403
    assert receiver.taken == []


async def test_a_recording_is_kept_and_can_be_heard_again(
    knock: Knock, telegram: Simulator
) -> None:
    """An upload comes to the receiver as a file that the channel can fetch, and to no other tab."""
    receiver = ListReceiver()
    client = await knock(receiver=receiver, simulated={"telegram": telegram})
    sound = b"\x1a\x45\xdf\xa3" * 500
    answer = await client.post(
        "/phone/telegram/tab1/send?id=7&kind=voice&name=",
        data=sound, headers={"Content-Type": "audio/webm"},
    )  # fmt: skip
    assert answer.status == 200
    media = receiver.taken[0][0].media[0]
    assert (media.kind, media.mime, media.size) == ("voice", "audio/webm", 2000)
    assert b"".join([part async for part in telegram.fetch(media)]) == sound
    heard = await client.get("/phone/telegram/tab1/file/me-7")
    assert (heard.content_type, await heard.read()) == ("audio/webm", sound)
    assert (await client.get("/phone/telegram/tab2/file/me-7")).status == 404
    assert "<audio" in (await (await watch(client)).until_steps())[0][2]


async def test_an_upload_without_end_is_refused(
    knock: Knock, telegram: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is larger than anything a phone sends is refused before it fills the memory."""
    monkeypatch.setattr(phonesay, "MOST", 1000)
    receiver = ListReceiver()
    client = await knock(receiver=receiver, simulated={"telegram": telegram})
    answer = await client.post("/phone/telegram/tab1/send?id=1&kind=voice", data=b"a" * 1001)
    assert (answer.status, receiver.taken) == (413, [])


async def test_what_is_sent_along_can_be_opened(knock: Knock, telegram: Simulator) -> None:
    """A document and a sound that the channel sends open from the page."""
    files = DictFiles({"a.pdf": b"%PDF-1.7", "a.mp3": b"ID3"})
    client = await knock(simulated={"telegram": telegram}, files=files)
    page = await watch(client)
    await page.until_steps()
    paper = OutFile("a.pdf", "document", "a.pdf", "application/pdf", "Le papier")
    sound = OutFile("a.mp3", "audio", "a.mp3", "audio/mpeg")
    gone = OutFile("b.pdf", "document", "b.pdf", "application/pdf")
    ids = [(await telegram.send(Outgoing("tab1", file=one))).provider_id
           for one in (paper, sound, gone)]  # fmt: skip
    await asyncio.sleep(0.02)
    answers = [await client.get(f"/phone/telegram/tab1/file/{one}") for one in ids]
    assert [answer.status for answer in answers] == [200, 200, 404]
    assert [await answer.read() for answer in answers[:2]] == [b"%PDF-1.7", b"ID3"]


async def test_each_phone_draws_choices_as_it_can(knock: Knock, tmp_path: Path) -> None:
    """More choices than WhatsApp has buttons for stand in a list; an SMS holds words alone."""
    uploads = Uploads(tmp_path)
    whatsapp = Simulator("simulator:whatsapp", WHATSAPP, uploads)
    sms = Simulator("simulator:sms", SMS, uploads)
    client = await knock(simulated={"whatsapp": whatsapp, "sms": sms})
    three = tuple((Button(str(n), f"k:{n}"),) for n in range(3))
    four = tuple((Button(str(n), f"k:{n}"),) for n in range(4))
    drawn = []
    page = await watch(client, kind="whatsapp")
    await page.until_steps()
    for rows in (three, four):
        await whatsapp.send(Outgoing("tab1", text="?", buttons=rows))
        drawn.append((await page.until_steps())[0][2])
    assert ["<details" in html for html in drawn] == [False, True]
    await client.post("/phone/sms/tab1/say", json={"id": "1", "start": ""})
    assert texts(await (await watch(client, kind="sms")).until_steps()) == ["START"]


async def test_the_steps_stand_beside_in_the_pages_language(
    knock: Knock, telegram: Simulator
) -> None:
    """The present step is lit, and how the last message was read stands above."""
    asked = []

    async def explain(channel: str, address: str, language: str) -> Outline:
        asked.append((channel, address, language))
        steps = (OutlineStep("Une <question>", "done"), OutlineStep("Une autre", "here", 1))
        return Outline("Bienvenue", steps, "compris comme « Oui »")

    client = await knock(simulated={"telegram": telegram}, explain=explain)
    html = (await (await watch(client)).until_steps())[-1][2]
    assert asked == [("simulator:telegram", "tab1", "fr")]
    assert re.findall(r'<li class="(\w+ \w+)"( aria-current="step")?>', html) == [
        ("done depth0", ""),
        ("here depth1", ' aria-current="step"'),
    ]
    assert "Une &lt;question&gt;" in html
    assert "compris comme « Oui »" in html


async def test_the_talk_goes_on_when_the_steps_cannot_be_read(
    knock: Knock, telegram: Simulator
) -> None:
    """While the database is away, what is sent is shown all the same."""

    async def away(*_: str) -> Any:
        raise DatabaseAway

    client = await knock(simulated={"telegram": telegram}, explain=away, past=away)
    page = await watch(client)
    await page.until_steps()
    await telegram.send(Outgoing("tab1", text="Bonjour"))
    assert texts(await page.until_steps()) == ["Bonjour"]


async def test_after_a_restart_the_page_shows_its_deliveries(
    knock: Knock, telegram: Simulator
) -> None:
    """A new process looks up what was delivered to the tab before, in order."""

    async def past(channel: str, address: str) -> list[tuple[str, Outgoing]]:
        assert (channel, address) == ("simulator:telegram", "tab1")
        return [
            ("m1", Outgoing("tab1", text="un", buttons=YES)),
            ("m1", Outgoing("tab1", do="close", of="m1")),
            ("m2", Outgoing("tab1", text="deux")),
        ]

    client = await knock(simulated={"telegram": telegram}, past=past)
    events = await (await watch(client, last="an-earlier-run.9")).until_steps()
    assert texts(events) == ["un", "deux"]
    assert "<button" not in events[0][2]


async def test_the_end_closes_open_talks_at_once(knock: Knock, telegram: Simulator) -> None:
    """Pages that look on do not hold up the end of the program."""
    client = await knock(simulated={"telegram": telegram})
    page = await watch(client)
    await page.until_steps()
    began = time.monotonic()
    await client.server.close()
    assert time.monotonic() - began < 1


async def test_phones_that_nobody_watches_are_put_away(
    knock: Knock, telegram: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many tabs come, the process keeps a bounded number of phones."""
    from bot.web import phones

    monkeypatch.setattr(phones, "MOST", 3)
    client = await knock(simulated={"telegram": telegram})
    page = await watch(client, "watched")
    await page.until_steps()
    for n in range(9):
        await client.post(f"/phone/telegram/tab{n}/say", json={"id": "1", "text": "x"})
    await asyncio.sleep(0.02)
    assert len(client.app[phones.PHONES]._open) == 3  # type: ignore[union-attr]
    await telegram.send(Outgoing("watched", text="still there"))
    assert texts(await page.until_steps()) == ["still there"]


@pytest.mark.parametrize("path", ["/phone/fax/tab1/talk", "/phone/telegram/a.b/talk"])
async def test_there_are_no_other_phones(knock: Knock, telegram: Simulator, path: str) -> None:
    """A kind of phone that there is not, or an odd tab, is not found."""
    client = await knock(simulated={"telegram": telegram})
    assert (await client.get(path)).status == 404


async def test_without_a_simulator_there_is_none(knock: Knock) -> None:
    """A public house shows what it is and how to join, and has no phones."""
    client = await knock()
    assert (await client.get("/phone/telegram/tab1/talk")).status == 404
    text = await (await client.get("/?lang=en")).text()
    assert "How to take part" in text
    assert 'href="https://t.me/palabre_bot"' in text


@pytest.mark.parametrize("language", ["fr", "en", "es"])
async def test_the_simulators_page_is_light(
    knock: Knock, telegram: Simulator, language: str
) -> None:
    """The page loads from here alone; script and style sheets have under 8 KB each."""
    client = await knock(simulated={"telegram": telegram})
    text = await (await client.get(f"/?lang={language}&as=nonsense")).text()
    loaded = re.findall(r'<(?:img|script|link)[^>]*(?:src|href)="([^"]+)"', text)
    assert all(one.startswith("/static/") for one in loaded)
    sizes = {one: len(await (await client.get(one)).read()) for one in loaded}
    assert len(sizes) == 4
    assert max(sizes.values()) < 8 * 1024


async def test_a_join_link_begins_with_its_network(knock: Knock, telegram: Simulator) -> None:
    """A network's page leads to the simulator with the network's code, and from there on."""
    client = await knock(simulated={"telegram": telegram})
    text = await (await client.get("/j/greniers?lang=fr")).text()
    assert 'href="/?start=greniers&amp;lang=fr"' in text
    assert 'data-payload="greniers"' in await (await client.get("/?start=greniers")).text()
