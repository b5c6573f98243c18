"""`palabre session`: what it prints, whom it tells, and that wrong input is one sentence."""

import pytest
from cli.conftest import Run

SESSION = ["--title", "fr=Vendre ensemble", "--title", "en=Selling together", "--title",
           "es=Vender juntos", "--place", "Maison des associations, Thiès",
           "--when", "2037-02-14 15:00", "--zone", "Africa/Dakar"]  # fmt: skip


def with_option(option: str, value: str) -> list[str]:
    """Return the words of a session with one thing said otherwise, or besides."""
    words = list(SESSION)
    if option in words:
        words[words.index(option) + 1] = value
        return words
    return [*words, option, value]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["Marché", *SESSION], ["Marché", "small letters"]),
        (["m"], ["--title", "fr=Vendre ensemble"]),
        (["m", *SESSION[:6]], ["--place"]),
        (["m", *SESSION[:8]], ["--when", "2026-11-14 15:00"]),
        (["m", *SESSION[:10]], ["--zone", "Africa/Dakar"]),
        (["m", *with_option("--when", "2037-02-30 15:00")], ["2037-02-30 15:00", "2026-11-14"]),
        (["m", *with_option("--when", "tomorrow")], ["tomorrow", "2026-11-14 15:00"]),
        (["m", *with_option("--when", "2020-02-14 15:00")], ["past", "Africa/Dakar"]),
        (["m", *with_option("--zone", "Senegal")], ["Senegal", "Africa/Dakar"]),
        (["m", *with_option("--zone", "../etc/passwd")], ["../etc/passwd", "Africa/Dakar"]),
        (["m", *with_option("--place", "x" * 121)], ["121", "120", "shorten"]),
        (["m", *with_option("--place", "  ")], ["--place", "empty"]),
        (["m", *with_option("--region", "moon")], ["moon", "europe", "all"]),
        (["m", *with_option("--languages", "de")], ["de", "fr, en, es"]),
        (["m", "--title", "wo=Jaay", *SESSION[6:]], ["wo", "fr, en, es"]),
        (["m", "--title", "fr=Vendre", *SESSION[6:], "--languages", "fr,en"], ["en", "--title"]),
        (["m", *with_option("--capacity", "0")], ["--capacity", "1"]),
        (["m", *with_option("--capacity", "many")], ["many", "1"]),
        (["m", *with_option("--minutes", "5000")], ["5000", "1440"]),
        (["m", *with_option("--facilitator", "nobody")], ["participant", "none"]),
        (["m", *SESSION], ["palabre phase open", "--quiet"]),
    ],
)
def test_wrong_input_ends_with_2_and_says_what_to_do(
    run: Run, words: list[str], names: list[str]
) -> None:
    ended = run("session", "add", *words, "--yes")
    assert ended.status == 2, (ended.out, ended.err)
    assert "Traceback" not in ended.err
    for name in names:
        assert name in ended.err
    assert run("session", "list").out == ""


@pytest.mark.parametrize(
    "words", [["show", "m"], ["change", "m", "--place", "x"], ["cancel", "m", "--yes"]]
)
def test_an_unknown_session_is_named_with_the_list(run: Run, words: list[str]) -> None:
    ended = run("session", *words)
    assert (ended.status, "palabre session list" in ended.err) == (2, True)


def test_the_clocks_of_a_place_are_its_own(run: Run) -> None:
    """In Paris there is no half past two on the night of the change."""
    words = with_option("--zone", "Europe/Paris")
    words[words.index("--when") + 1] = "2037-03-29 02:30"
    ended = run("session", "add", "m", *words, "--quiet", "--yes")
    assert (ended.status, "skip 02:30" in ended.err) == (2, True)


def test_nothing_is_added_or_cancelled_without_a_yes(run: Run) -> None:
    refused = run("session", "add", "m", *SESSION, "--quiet", said="\n")
    assert (refused.status, "Nothing was added." in refused.err) == (1, True)
    assert run("session", "list").out == ""
    run("session", "add", "m", *SESSION, "--quiet", "--yes")
    refused = run("session", "cancel", "m", said="no\n")
    assert (refused.status, "Nothing was cancelled." in refused.err) == (1, True)
    assert " planned " in run("session", "list").out


def test_from_an_announcement_to_the_list(run: Run) -> None:
    run("phase", "open", "sessions", "--yes", "--quiet")
    added = run("session", "add", "m", *SESSION, "--capacity", "1", "--yes")
    assert added.status == 0, added.err
    assert "The session m is there." in added.out
    assert "Votre place est gardée" in run("chat", "sessions", "--lang", "fr", said="1\n").out
    assert "waiting list" in run("chat", "sessions", "--lang", "en", said="1\n").out
    spanish = run("chat", "sessions", "--lang", "es", "--channel", "sms", said="3\n").out
    assert "Anotado: no viene." in spanish
    listed = "m planned 2037-02-14T15:00 Africa/Dakar 1/1+1 Maison des associations, Thiès | "
    assert run("session", "list").out == f"{listed}Selling together\n"
    shown = run("--language", "fr", "session", "show", "m").out
    for line in ("viennent : 1", "attendent une place : 1", "ne viennent pas : 1"):
        assert line in shown
    assert "rappel deux jours avant" in shown


def test_a_change_says_whom_it_tells_and_what_came_of_it(run: Run) -> None:
    run("session", "add", "m", *SESSION, "--quiet", "--yes")
    run("chat", "sessions", "--lang", "fr", said="1\n")
    same = run("session", "change", "m", "--place", "Maison des associations, Thiès", "--yes")
    assert "nothing changes" in same.out
    moved = run("session", "change", "m", "--place", "École", "--yes")
    assert (moved.status, "1 people are told." in moved.out) == (0, True)
    assert (
        "told of the change: waiting: 1" in moved.out
    )  # the terminal is closed: it is tried later
    roomy = run("session", "change", "m", "--capacity", "5", "--yes")
    assert "Nobody needs to be told." in roomy.out
    few = run("session", "change", "m", "--capacity", "0", "--yes")
    assert few.status == 2


def test_a_cancelled_session_stays_cancelled(run: Run) -> None:
    run("session", "add", "m", *SESSION, "--quiet", "--yes")
    assert run("session", "cancel", "m", "--yes").status == 0
    assert " cancelled " in run("session", "list").out
    for words in (["cancel", "m", "--yes"], ["change", "m", "--place", "x", "--yes"]):
        ended = run("session", *words)
        assert (ended.status, "cancelled already" in ended.err) == (2, True)
    again = run("session", "add", "m", *SESSION, "--quiet", "--yes")
    assert (again.status, "palabre session change" in again.err) == (2, True)
