"""`topic` and `moderate`: what they print, to people and to programs, and what they refuse."""

import json
from pathlib import Path

from cli.conftest import Run

TOPICS = ("seeds", "water-and-light", "fair-price", "group-savings", "home-care")


def opened(run: Run) -> None:
    """Open the forum with a topic whose day may not have come."""
    run("topic", "open", *TOPICS, "--yes")
    assert run("phase", "open", "forum", "--quiet", "--yes").status == 0


def someone_says(run: Run, words: str, language: str = "fr") -> None:
    """Take part in the terminal: begin, and say something on the topic."""
    run("chat", "forum", "--lang", language, said=f"1\n{words}\n")


def waiting(run: Run, *options: str) -> list[dict[str, object]]:
    """What a moderator's program reads."""
    found: list[dict[str, object]] = json.loads(run("moderate", "list", "--json", *options).out)
    return found


# ── topics ──


def test_topics_are_listed_by_their_days_one_a_line(run: Run) -> None:
    lines = run("topic", "list").out.splitlines()
    assert len(lines) == 10
    code, state, starts, theme, title = lines[0].split(" ", 4)
    assert (code, starts, theme, title) == ("public-meals", "2026-11-02", "food", "School meals")
    assert state in ("open", "over", "planned")


def test_a_topic_that_is_opened_is_the_one_of_its_theme(run: Run) -> None:
    ended = run("topic", "open", "public-meals", "--yes")
    assert "nobody is invited before it is" in ended.out
    assert "public-meals open 2026-11-02 food School meals" in run("topic", "list").out
    assert "seeds open" not in run("topic", "list").out


def test_opening_shows_whom_it_reaches_and_asks(run: Run) -> None:
    opened(run)
    someone_says(run, "riz")
    ended = run("topic", "open", "public-meals", said="n\n")
    assert ended.status == 1
    assert "The announcement goes to 0 people." in ended.out
    assert "public-meals open" not in run("topic", "list").out


def test_a_new_topic_counts_those_who_spoke_on_another(run: Run) -> None:
    opened(run)
    ended = run("topic", "open", "public-meals", "--quiet", "--yes")
    assert "public-meals open 2026-11-02 food School meals" in ended.out


WRONG = (
    (["topic", "open", "seds"], ["topic", "palabre topic list"]),
    (["topic", "open"], ["not open", "palabre phase open forum"]),
    (["moderate", "approve", "nowhere"], ["palabre moderate list"]),
    (["moderate", "refuse", "nowhere", "--reason", "x"], ["palabre moderate list"]),
    (["moderate", "refuse", "nowhere"], ["--reason"]),
    (["moderate", "translate", "nowhere", "--text", "x"], ["--to"]),
    (["moderate", "show", "nowhere"], ["palabre moderate list"]),
    (["moderate", "list", "--untranslated", "de"], ["de", "fr"]),
)


def test_wrong_use_is_one_sentence_with_a_remedy(run: Run) -> None:
    for words, names in WRONG:
        ended = run(*words)
        assert ended.status == 2, words
        assert all(name in ended.err for name in names), ended.err
        assert "Traceback" not in ended.err


# ── moderation ──


def test_with_nothing_to_decide_it_says_so_and_all_is_well(run: Run) -> None:
    ended = run("moderate", "list")
    assert (ended.status, ended.out, ended.err) == (0, "", "Nothing of that kind.\n")
    assert waiting(run) == []


def test_from_the_list_to_the_ears_of_others(run: Run, tmp_path: Path) -> None:
    opened(run)
    someone_says(run, "on garde\nles graines")
    (line,) = run("moderate", "list").out.splitlines()
    said, topic, language, kind, words = line.split(" ", 4)
    assert (topic, language, kind, words) == ("seeds", "fr", "text", "on garde")
    assert "on garde" not in run("chat", "forum", "--lang", "fr", said="1\n").out
    assert run("moderate", "approve", said, "--by", "lea").out == "Approved; 1 SMS parts.\n"
    heard = run("chat", "forum", "--lang", "fr", said="1\n1\n").out
    assert "Quelqu'un dit : on garde" in heard
    assert run("moderate", "list", "--untranslated", "en").out.startswith(said)
    translated = run("moderate", "translate", said, "--to", "en", "--text", "-", said="We keep.\n")
    assert translated.out == "Translated; 1 SMS parts.\n"
    sms = run("chat", "forum", "--lang", "en", "--channel", "sms", said="1\n").replies
    assert "Someone says: We keep.\nWhat do you think?\n1. I agree" in sms[-1]
    assert run("moderate", "list", "--untranslated", "en").out == ""
    assert run("moderate", "refuse", said, "--reason", "a name in it").out == "Refused.\n"
    (refused,) = waiting(run, "--state", "refused")
    assert (refused["reason"], refused["heard"]) == ("a name in it", 2)
    assert "Someone says" not in run("chat", "forum", "--lang", "en", said="1\n").out
    run("export", "--format", "jsonl", "--out", str(tmp_path / "rows.jsonl"))
    rows = [json.loads(one) for one in (tmp_path / "rows.jsonl").read_text("utf-8").splitlines()]
    assert [(row["item"], row["code"]) for row in rows if row["step"] == "avis"] == [
        (said, "agree")
    ]


def test_a_text_that_is_changed_says_what_it_costs_and_what_is_to_be_done_again(run: Run) -> None:
    opened(run)
    someone_says(run, "on garde")
    said = str(waiting(run)[0]["id"])
    run("moderate", "approve", said)
    run("moderate", "translate", said, "--to", "es", "--text", "Guardamos.")
    ended = run("moderate", "approve", said, "--text", "Nous gardons nos semences. " * 20)
    assert "4 SMS parts" in ended.out
    assert "--text can shorten it" in ended.err
    assert "1 translations were dropped" in ended.err


def test_the_list_is_by_topic_and_language(run: Run) -> None:
    opened(run)
    someone_says(run, "on garde")
    someone_says(run, "we keep", "en")
    someone_says(run, "guardamos", "es")
    assert [one["language"] for one in waiting(run)] == ["en", "es", "fr"]
    assert [one["text"] for one in waiting(run, "--in", "es")] == ["guardamos"]
    assert waiting(run, "--topic", "fair-price") == []


def test_a_recording_is_written_to_a_file_to_be_listened_to(run: Run, tmp_path: Path) -> None:
    opened(run)
    someone_says(run, "on garde")
    said = str(waiting(run)[0]["id"])
    ended = run("moderate", "show", said, "--sound", str(tmp_path / "note.mp3"))
    assert ended.status == 2
    assert "no recording" in ended.err
    assert json.loads(run("moderate", "show", said).out)["text"] == "on garde"


def test_decisions_are_told_in_the_readers_language(run: Run) -> None:
    assert run("--language", "fr", "moderate", "list").err == "Rien de tel.\n"
    assert "palabre topic list" in run("--language", "es", "topic", "open", "x").err
