"""`palabre chat`: a participant in the terminal, through the whole gateway."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cli.conftest import Run
from voice.sounds import voice_note

ROOT = Path(__file__).parents[2]
WELCOME = "2\n1\n1\n1\n1\n1\n4\n1 3\n"  # English; all consents; activist; a region; no network


def rows(run: Run, tmp_path: Path, *more: str) -> list[dict[str, object]]:
    """Export, and read the rows."""
    out = tmp_path / "rows.jsonl"
    ended = run("export", "--format", "jsonl", "--out", str(out), *more)
    assert ended.status == 0, ended.err
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def test_the_bot_speaks_first_and_ends_when_the_input_ends(run: Run) -> None:
    ended = run("chat")
    assert ended.status == 0
    assert len(ended.replies) == 1
    assert "[2] English" in ended.out
    assert ended.out.endswith("\n\n")


def test_each_line_is_one_reply_and_messages_stand_apart(run: Run, tmp_path: Path) -> None:
    ended = run("chat", said=WELCOME + "1\n")
    assert ended.status == 0, ended.err
    assert len([one for one in ended.replies if "Will you take part" in one or "part?" in one]) == 1
    assert len(ended.replies) >= 10
    found = rows(run, tmp_path)
    assert {row["step"]: row["code"] for row in found if row["flow"] == "welcome"} | {
        "region": "", "domaines": ""
    } == {"langue": "en", "participer": "yes", "citer": "yes", "ecouter": "yes",
          "role": "activist", "reseau": "none", "region": "", "domaines": ""}  # fmt: skip
    assert {row["channel"] for row in found} == {"terminal"}
    assert len({row["participant"] for row in found}) == 1


def test_a_flow_can_be_played_at_once_in_a_language(run: Run) -> None:
    ended = run("chat", "trends", "--lang", "es", said="1\n")
    assert ended.status == 0, ended.err
    assert "¿Empezamos?" in ended.out or "¿" in ended.replies[0]


@pytest.mark.parametrize("channel", ["telegram", "sms", "whatsapp"])
def test_a_recording_is_sent_by_its_name_on_any_channel(
    run: Run, tmp_path: Path, channel: str
) -> None:
    (tmp_path / "note.ogg").write_bytes(voice_note(2))
    said = "1\n1\n[voice note.ogg]\n"
    ended = run("chat", "trends", "--lang", "en", "--channel", channel, said=said)
    assert ended.status == 0, ended.err
    (spoken,) = [row for row in rows(run, tmp_path) if row["voice_state"]]
    assert (spoken["step"], spoken["voice_state"]) == ("manque_regions", "kept")
    assert spoken["duration_s"] == pytest.approx(2, abs=0.1)


def test_what_is_no_recording_is_said_kindly_and_the_question_stays(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "note.ogg").write_text("a shopping list")
    ended = run("chat", "trends", "--lang", "en", said="1\n1\n[voice note.ogg]\n")
    assert ended.status == 0, ended.err
    assert "cannot open your recording" in ended.out


def test_a_file_that_is_not_there_ends_it_with_a_sentence(run: Run) -> None:
    ended = run("chat", "trends", "--lang", "en", said="1\n[voice nowhere.ogg]\n1\n")
    assert ended.status == 2
    assert "nowhere.ogg" in ended.err
    assert "Traceback" not in ended.err


def test_each_chat_is_somebody_new(run: Run, tmp_path: Path) -> None:
    for _ in range(2):
        run("chat", said="2\n")
    assert len({row["participant"] for row in rows(run, tmp_path)}) <= 2
    run("chat", said=WELCOME)
    run("chat", said=WELCOME)
    assert len({row["participant"] for row in rows(run, tmp_path)}) == 2


def test_trials_are_left_out_of_the_export_once_a_real_channel_is_set_up(
    run: Run, tmp_path: Path
) -> None:
    run("chat", said=WELCOME)
    assert rows(run, tmp_path)
    out = ["export", "--format", "jsonl", "--out", str(tmp_path / "real.jsonl")]
    token = {"TELEGRAM_BOT_TOKEN": "4242:a-token-of-ours"}
    assert run(*out, **token).status == 0
    assert (tmp_path / "real.jsonl").read_text() == ""
    assert run(*out, "--trials", **token).status == 0
    assert (tmp_path / "real.jsonl").read_text() != ""


def test_explain_says_where_someone_is_and_why(run: Run, tmp_path: Path) -> None:
    run("chat", said=WELCOME + "1\n")
    who = str(rows(run, tmp_path)[0]["participant"])
    ended = run("explain", who)
    assert ended.status == 0, ended.err
    assert "Is in “" in ended.out
    assert "regions" in ended.out or "region by region" in ended.out


def test_someone_who_was_forgotten_is_known_to_nobody(run: Run, tmp_path: Path) -> None:
    run("chat", said=WELCOME)
    who = str(rows(run, tmp_path)[0]["participant"])
    assert run("explain", who).status == 0
    run("chat", said="forget me\n1\n")
    assert rows(run, tmp_path)[0]["participant"] == who


@pytest.mark.parametrize(
    "odd", ["\x00", "🌾", "a" * 10_000, "\u202eabc", "نعم", "[voice ]", "/start"]
)
def test_odd_lines_do_not_end_it(run: Run, odd: str) -> None:
    ended = run("chat", "trends", "--lang", "en", said=f"{odd}\n1\n{odd}\n")
    assert (ended.status, ended.err) == (0, "")


def test_through_a_real_pipe_each_answer_comes_before_the_next_line(tmp_path: Path) -> None:
    import os

    chat = subprocess.Popen(
        [sys.executable, "-m", "bot", "chat", "--channel", "sms"], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "PALABRE_DATA": str(tmp_path), "LANG": "C.UTF-8"},
    )  # fmt: skip
    assert chat.stdin is not None
    assert chat.stdout is not None

    def message() -> str:
        lines = []
        while (line := chat.stdout.readline()) not in ("\n", ""):  # type: ignore[union-attr]
            lines.append(line)
        return "".join(lines)

    assert "2. English" in message()
    chat.stdin.write("2\n")
    chat.stdin.flush()
    assert "1. " in message()
    out, err = chat.communicate(timeout=30)
    assert (chat.returncode, out, err) == (0, "", "")
