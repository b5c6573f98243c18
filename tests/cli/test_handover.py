"""`palabre handover`: who waits for a person, what is written to them, and the talk given back."""

import json
from pathlib import Path

import pytest
from cli.conftest import Run

CALLED = "1\na\nb\nc\nd\ne\nf\ng\nh\nwith pleasure\nafter three\n"


@pytest.fixture
def waiting(run: Run, tmp_path: Path) -> str:
    """Someone at the end of an interview who waits to be called: their pseudonym."""
    assert run("chat", "interviews", "--lang", "en", said=CALLED).status == 0
    (one,) = json.loads(run("handover", "list", "--json").out)
    return str(one["participant"])


def test_nobody_waits_at_first(run: Run) -> None:
    ended = run("handover", "list")
    assert (ended.status, ended.out) == (0, "")
    assert ended.err == "Nobody waits for a person.\n"
    assert json.loads(run("handover", "list", "--json").out) == []


def test_a_line_says_who_waits_since_when_where_in_which_language_and_their_last_words(
    run: Run, waiting: str
) -> None:
    (line,) = run("handover", "list").out.splitlines()
    name, since, *rest = line.split(" ", 5)
    assert (name, rest) == (waiting, ["terminal", "en", "person", "after three"])
    (one,) = json.loads(run("handover", "list", "--json").out)
    assert one == {"participant": waiting, "since": since, "channel": "terminal",
                   "language": "en", "who": "person", "words": "after three"}  # fmt: skip


def test_what_is_written_stands_in_the_list_as_the_teams(run: Run, waiting: str) -> None:
    assert run("handover", "reply", waiting, "We", "call at four.").status == 0
    assert run("handover", "list").out.endswith(" team We call at four.\n")
    assert run("handover", "reply", waiting, said="Or at five?\n").status == 0
    assert run("handover", "list").out.endswith(" team Or at five?\n")


def test_closed_the_talk_goes_on_and_closed_again_nothing_is_done(run: Run, waiting: str) -> None:
    ended = run("handover", "close", waiting, "--note", "called")
    assert (ended.status, ended.err) == (0, f"The bot speaks with {waiting} again.\n")
    assert "“merci”" in run("explain", waiting).out
    again = run("handover", "close", waiting)
    assert again.status == 1
    assert "No hand-over is open" in again.err


@pytest.mark.parametrize("words", [("reply", "nobody", "hello"), ("close", "nobody")])
def test_who_is_not_known_is_named_with_where_to_look(run: Run, words: tuple[str, ...]) -> None:
    ended = run("handover", *words)
    assert ended.status == 2
    assert "There is no participant nobody" in ended.err
    assert "palabre handover list" in ended.err


def test_a_reply_without_words_is_refused(run: Run, waiting: str) -> None:
    ended = run("handover", "reply", waiting, said=" \n")
    assert ended.status == 2
    assert "The reply has no words" in ended.err


def test_a_number_is_shown_of_those_who_wait_and_of_nobody_else(run: Run, waiting: str) -> None:
    shown = run("handover", "number", waiting)
    assert (shown.status, shown.out) == (0, "")
    assert "We have no number of theirs" in shown.err
    run("handover", "close", waiting)
    refused = run("handover", "number", waiting)
    assert refused.status == 2
    assert "waits for nobody now" in refused.err
