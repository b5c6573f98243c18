"""The rehearsals that ship come out as they are written, and show whom the flows concern."""

import re
from pathlib import Path

import pytest
from programme import shipped
from walks import LANGUAGES, PHASED

from bot.dialogue.rehearsal import Rehearsal
from bot.dialogue.rehearsing import play
from bot.gateway.rehearsals import find, shown_on

FOLDER = Path(__file__).parents[2] / "flows" / "ess"
ALL = {path.stem: rehearsal for path, rehearsal in find(FOLDER)}
PEOPLE = {"awa": "activist", "nina": "other", "binta": "member", "ellen": "partner",
          "david": "informant"}  # fmt: skip


def said(rehearsal: Rehearsal) -> str:
    """Everything that people say in a rehearsal."""
    return "\n".join(entry.text for entry in rehearsal.entries if entry.kind == "person")


@pytest.mark.parametrize("name", ALL)
def test_a_rehearsal_comes_out_as_it_is_written(name: str) -> None:
    assert not play(ALL[name], shipped(), shown_on(ALL[name])).differences


@pytest.mark.parametrize("phase", [*PHASED, "sessions"])
@pytest.mark.parametrize("who", PEOPLE)
def test_each_kind_of_participant_rehearses_each_phase(who: str, phase: str) -> None:
    mine = [one for name, one in ALL.items() if name.startswith(f"{phase}-{who}-")]
    assert len(mine) == 1
    told = re.search(r"role = (\w+)", mine[0].head.get("facts", ""))
    assert told is None or told[1] == PEOPLE[who]


@pytest.mark.parametrize("phase", ["welcome", *PHASED, "session"])
def test_the_languages_are_shared_out_within_a_phase(phase: str) -> None:
    spoken = {one.head["language"] for name, one in ALL.items() if name.startswith(phase)}
    assert spoken == set(LANGUAGES)


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "telegram"])
def test_every_channel_is_rehearsed(channel: str) -> None:
    assert any(one.head.get("channel", "telegram") == channel for one in ALL.values())


@pytest.mark.parametrize(
    "sign",
    ["STOP", "START", "retour", "2 trop cher", "passer", "basta", "plus", "a person", "privacy",
     "[voice note", "[document", "[button", "[start", "quelqu'un d'autre utilise ce téléphone",
     "j'aide quelqu'un", "tout effacer"],
)  # fmt: skip
def test_what_people_may_always_do_is_rehearsed_somewhere(sign: str) -> None:
    assert any(sign in said(one) for one in ALL.values())


def test_someone_comes_back_after_three_days() -> None:
    assert any(
        "[three days later]" in [entry.text for entry in one.entries] for one in ALL.values()
    )
