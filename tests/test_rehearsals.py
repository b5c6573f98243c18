"""The rehearsals that ship come out as they are written."""

import pytest
from programme import ROOT, shipped

from bot.dialogue.rehearsal import Rehearsal
from bot.dialogue.rehearsing import play
from bot.gateway.rehearsals import find, rehearse, shown_on

FOLDER = ROOT / "flows" / "ess"
SHIPPED = list(find(FOLDER))


@pytest.mark.parametrize("rehearsal", [one for _, one in SHIPPED], ids=[p.stem for p, _ in SHIPPED])
def test_a_rehearsal_comes_out_the_same(rehearsal: Rehearsal) -> None:
    """To the letter."""
    played = play(rehearsal, shipped(), shown_on(rehearsal))
    assert "\n".join(map(str, played.differences)) == ""


def test_every_flow_that_ships_is_rehearsed() -> None:
    """By at least one kind of participant."""
    assert {one.flow for _, one in SHIPPED} == set(shipped().current)


def test_an_update_writes_what_comes_out_now(tmp_path_factory: pytest.TempPathFactory) -> None:
    """And leaves alone what came out the same."""
    folder = tmp_path_factory.mktemp("flows") / "ess"
    (folder / "rehearsals").mkdir(parents=True)
    file = folder / "rehearsals" / "new.txt"
    file.write_text("flow: reactions\nlanguage: fr\nama: agenda\nama: 2\n", "utf-8")
    count, differences = rehearse(folder, shipped(), update=True)
    assert count == 1
    assert differences
    assert "bot: " in file.read_text("utf-8")
    assert rehearse(folder, shipped(), ["reactions"]) == (1, [])
    assert rehearse(folder, shipped(), ["trends"]) == (0, [])
