"""What each command prints, and that what goes wrong is one sentence with a remedy."""

import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cli.conftest import Run
from click.testing import CliRunner
from rich.console import Console

from bot.bench.measuring import Measured
from bot.bench.rows import Result
from bot.cli import measuring, soaking
from bot.settings.table import example

ROOT = Path(__file__).parents[2]
STATES = ("open", "closed", "planned")


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    """A copy of the flows that ship, to be broken."""
    return Path(shutil.copytree(ROOT / "flows", tmp_path / "flows"))


@pytest.mark.parametrize(
    ("words", "settings", "names"),
    [
        (["rehearse", "nowhere"], {}, ["nowhere", "trends"]),
        (["graph", "nowhere"], {}, ["nowhere", "trends"]),
        (["chat", "nowhere"], {}, ["nowhere", "trends"]),
        (["chat", "--lang", "de"], {}, ["de", "fr"]),
        (["phase", "open", "nowhere", "--yes"], {}, ["palabre phase list"]),
        (["phase", "close", "nowhere"], {}, ["palabre phase list"]),
        (["export", "--format", "csv", "--out", "x.csv", "--phase", "nowhere"], {},
         ["palabre phase list"]),
        (["invite", "nowhere"], {}, ["nowhere", "greniers"]),
        (["explain", "nobody"], {}, ["nobody", "export"]),
        (["web"], {}, ["PostgreSQL", "palabre serve"]),
        (["worker"], {}, ["PostgreSQL", "palabre serve"]),
        (["phase", "list"], {"PORT": "eighty"}, ["PORT", "eighty", "8080"]),
        (["phase", "list"], {"PALABRE_CONSULTATION": "nowhere"}, ["nowhere", "PALABRE_FLOWS"]),
        (["phase", "list"], {"DATABASE_URL": "mysql://x"}, ["DATABASE_URL", "postgresql://"]),
        (["phase", "list"], {"DATABASE_URL": "postgresql://h:port/x", "SECRET_KEY": "k" * 40},
         ["DATABASE_URL"]),
        (["phase", "list"], {"DATABASE_URL": "sqlite:////proc/nowhere/x.sqlite"},
         ["DATABASE_URL"]),
        (["phase", "list"], {"DATABASE_URL": "postgresql://localhost/x"}, ["SECRET_KEY"]),
        (["phase", "list"],
         {"DATABASE_URL": "postgresql://localhost:1/x", "SECRET_KEY": "k" * 40},
         ["DATABASE_URL", "cannot be reached"]),
        (["export", "--format", "csv", "--out", "/proc/x/all.csv"], {}, ["/proc/x/all.csv"]),
        (["backup", "copy"], {}, ["PALABRE_DATA"]),
        (["backup", "copy"], {"DATABASE_URL": "postgresql://localhost/x", "SECRET_KEY": "k" * 40},
         ["pg_dump"]),
        (["forgotten", "apply", str(ROOT / "pyproject.toml")], {}, ["palabre forgotten list"]),
        (["stuck", "retry", "4711"], {}, ["4711", "palabre stuck"]),
        (["export", "--format", "csv", "--out", "x.csv", "--since", "yesterday"], {},
         ["yesterday", "2026-10-31"]),
        (["--language", "de", "doctor"], {}, ["de", "fr"]),
        (["nonsense"], {}, ["nonsense"]),
        (["export"], {}, ["--format"]),
    ],
)  # fmt: skip
def test_wrong_use_ends_with_2_and_one_sentence(
    run: Run, words: list[str], settings: dict[str, str], names: list[str]
) -> None:
    ended = run(*words, **settings)
    assert ended.status == 2, (ended.out, ended.err)
    assert "Traceback" not in ended.err
    for name in names:
        assert name in ended.err
    assert ended.out == ""


def test_a_postgresql_that_is_not_migrated_is_refused_and_migrate_mends_it(
    run: Run, postgres: str
) -> None:
    from sqlalchemy import create_engine, text

    engine = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE cli_bare"))
    url = postgres.replace("/postgres?", "/cli_bare?", 1)
    url = url.replace("postgresql+psycopg://", "postgres://")  # as platforms write it
    settings = {"DATABASE_URL": url, "SECRET_KEY": "k" * 40}
    refused = run("phase", "list", **settings)
    assert (refused.status, "palabre migrate" in refused.err) == (2, True)
    migrated = run("migrate", **settings)
    assert (migrated.status, migrated.out) == (0, "The database is ready.\n")
    assert run("phase", "list", **settings).out.startswith("welcome open")
    talked = run("chat", "--lang", "en", said="1\n", **settings)
    assert talked.status == 0, talked.err
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE cli_bare WITH (FORCE)"))
    engine.dispose()


@pytest.mark.parametrize("language", ["fr", "en", "es"])
def test_the_calendar_is_a_line_a_phase_with_its_state_in_english(run: Run, language: str) -> None:
    lines = run("--language", language, "phase", "list").out.splitlines()
    assert [line.split()[:2] for line in lines[:3]] == [
        ["welcome", "open"], ["trends", "open"], ["interviews", "planned"]]  # fmt: skip
    for line in lines:
        code, state, opens, closes, title = line.split(" ", 4)
        assert re.fullmatch(r"[a-z-]+", code)
        assert state in STATES
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", opens)
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", closes)
        assert title


def test_only_commands_change_a_phase_s_state_and_never_its_dates(run: Run) -> None:
    before = run("phase", "list").out.splitlines()
    assert run("phase", "close", "trends").status == 0
    assert run("phase", "open", "reactions", "--yes").status == 0
    after = run("phase", "list").out.splitlines()
    assert [line.split()[1] for line in after if line.startswith(("trends", "reactions"))] == [
        "closed", "open"]  # fmt: skip
    assert [line.split(" ", 2)[2] for line in after] == [line.split(" ", 2)[2] for line in before]


def test_opening_a_phase_asks_first(run: Run) -> None:
    refused = run("phase", "open", "reactions", said="n\n")
    assert refused.status == 1
    assert "Nothing was opened" in refused.err
    nobody_there = run("phase", "open", "reactions")
    assert (nobody_there.status, "Nothing was opened" in nobody_there.err) == (1, True)
    assert "reactions planned" in run("phase", "list").out
    assert run("phase", "open", "reactions", said="y\n").status == 0
    assert "reactions open" in run("phase", "list").out


def test_a_phase_without_a_flow_cannot_be_opened(run: Run, flows: Path) -> None:
    (flows / "ess" / "forum.yaml").unlink()
    ended = run("phase", "open", "forum", "--yes", PALABRE_FLOWS=str(flows))
    assert ended.status == 2
    assert "no flow" in ended.err


def test_opened_quietly_it_says_so(run: Run) -> None:
    run("chat", "trends", "--lang", "en")
    assert "announced to nobody" in run("phase", "open", "reactions", "--quiet", "--yes").out


def test_a_missing_translation_stands_in_the_way_unless_one_insists(run: Run, flows: Path) -> None:
    file = flows / "ess" / "reactions.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("ask: On commence ?", "ask: On y va maintenant ?"), "utf-8")
    settings = {"PALABRE_FLOWS": str(flows)}
    refused = run("phase", "open", "reactions", "--yes", **settings)
    assert refused.status == 2
    assert "reactions.yaml:" in refused.err
    assert "--force" in refused.err
    assert run("phase", "open", "trends", "--yes", **settings).status == 0
    assert run("phase", "open", "reactions", "--yes", "--force", **settings).status == 0


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("steps: [", "trends.yaml:"),
        ("title: x\nlanguage: fr\nstep:\n  a:\n    ask: x\n", "did you mean"),
    ],
)
def test_a_broken_flow_is_said_with_its_place_by_every_command_that_reads_it(
    run: Run, flows: Path, broken: str, says: str
) -> None:
    (flows / "ess" / "trends.yaml").write_text(broken, "utf-8")
    for words in (["check"], ["phase", "list"], ["chat"], ["migrate"]):
        ended = run(*words, PALABRE_FLOWS=str(flows))
        assert ended.status == 1, (words, ended.err)
        assert says in ended.out + ended.err
        assert "trends.yaml:" in ended.out + ended.err
        assert "Traceback" not in ended.err


def test_check_and_rehearse_find_the_shipped_flows_well(run: Run) -> None:
    assert run("check").status == 0
    played = run("rehearse")
    assert (played.status, " 0 lines" in played.out) == (0, True)


def test_a_flow_can_be_drawn(run: Run) -> None:
    assert run("graph", "trends").out.startswith("flowchart")


def test_translations_are_counted(run: Run) -> None:
    counted = run("translate", "status")
    assert re.search(
        r"^en ess: \d+ sentences, 0 missing, 0 fuzzy, 0 broken$", counted.out, re.MULTILINE
    )


def test_without_a_channel_there_is_no_link_to_join_by(run: Run) -> None:
    ended = run("invite", "greniers")
    assert ended.status == 2
    assert "TELEGRAM_BOT_TOKEN" in ended.err


def test_with_a_public_address_a_network_has_a_link_and_its_qr_code(
    run: Run, tmp_path: Path
) -> None:
    ended = run("invite", "greniers", "--out", "qr", PUBLIC_URL="https://palabre.example")
    assert ended.status == 0
    assert "page: https://palabre.example/j/greniers" in ended.out
    assert "█" in ended.out or "▀" in ended.out
    assert {file.suffix for file in (tmp_path / "qr").iterdir()} == {".svg", ".png"}


TWILIO = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "secret",
          "TWILIO_SMS_FROM": "+33700000002,+221700000003",
          "TWILIO_WHATSAPP_FROM": "+33700000001"}  # fmt: skip


def test_a_network_joins_by_sms_and_whatsapp_too(run: Run) -> None:
    ended = run("invite", "greniers", **TWILIO)
    assert "sms: sms:+33700000002?body=greniers" in ended.out
    assert "whatsapp: https://wa.me/33700000001?text=greniers" in ended.out


def test_a_kit_without_sound_says_how_to_get_it(run: Run, tmp_path: Path) -> None:
    ended = run("invite", "greniers", "--kit", "kit", PALABRE_TTS="off", **TWILIO)
    assert ended.status == 0
    assert (tmp_path / "kit" / "greniers.fr.png").is_file()
    assert "fr: no sound." in ended.err
    assert ".[speech]" in ended.err
    assert "audio/fr/invite.ogg" in ended.err


def test_a_kit_that_cannot_be_written_names_another_place(run: Run) -> None:
    ended = run("invite", "greniers", "--kit", "/proc/nowhere", PALABRE_TTS="off", **TWILIO)
    assert ended.status == 2
    assert "--kit" in ended.err


def test_two_talks_in_the_terminal_are_linked_and_taken_apart(run: Run) -> None:
    first = run("chat", "welcome", "--lang", "en", "--channel", "sms", said="hello\nLINK\n")
    code = re.search(r"\d{3} \d{3}", first.out)
    assert code
    second = run("chat", "welcome", "--lang", "en", said=f"{code[0]}\n1\n")
    assert "both are one talk now" in second.out
    assert run("link", "list").out.startswith("1 linked ")
    assert run("link", "undo", "1", "--yes").status == 0
    assert run("link", "list").out.startswith("1 undone ")


def test_links_are_listed_and_a_wrong_number_is_said_so(run: Run) -> None:
    assert run("link", "list").out == ""
    ended = run("link", "undo", "7", "--yes")
    assert ended.status == 2
    assert "palabre link list" in ended.err


def test_the_doctor_looks_at_everything_and_says_what_to_do(run: Run) -> None:
    ended = run("doctor")
    assert ended.status == 0
    assert [line[0] for line in ended.out.splitlines()] == [*"++++++", "-"]
    assert "TELEGRAM_BOT_TOKEN" in ended.out.splitlines()[-1]


def test_the_settings_of_an_env_file_are_read_and_the_environment_wins(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("# mine\nPALABRE_DATA='elsewhere'\n\nPALABRE_LANGUAGE=es\n")
    assert run("phase", "list").out.splitlines()[0].endswith("Bienvenida")
    assert (tmp_path / "elsewhere" / "palabre.sqlite").is_file()
    run("phase", "list", PALABRE_DATA=str(tmp_path / "here"))
    assert (tmp_path / "here" / "palabre.sqlite").is_file()


def test_the_example_of_an_env_file_is_the_table(run: Run) -> None:
    assert (ROOT / ".env.example").read_text("utf-8") == example()


def test_the_key_is_made_once_and_for_its_owner_alone(run: Run, tmp_path: Path) -> None:
    run("phase", "list")
    file = tmp_path / "data" / "secret_key"
    assert file.stat().st_mode & 0o777 == 0o600
    first = file.read_text()
    run("phase", "list")
    assert file.read_text() == first
    assert len(first) >= 32


def test_help_is_quick_and_in_the_reader_s_language(run: Run) -> None:
    done = subprocess.run([sys.executable, "-X", "importtime", "-m", "bot", "--help"], cwd=ROOT,
                          capture_output=True, text=True, check=True)  # fmt: skip
    for heavy in ("sqlalchemy", "telegram", "aiohttp.web", "numpy"):
        assert not re.search(rf"\| +{heavy}$", done.stderr, re.MULTILINE), heavy
    for command in ("serve", "chat", "phase", "export", "doctor", "bench"):
        assert command in done.stdout


@pytest.mark.parametrize(
    ("words", "raised"),
    [
        (("phase", "close", "nowhere"), "NoSuchPhase"),
        (("graph", "nowhere"), "Sentence"),
        (("graph",), "MissingParameter"),
    ],
)
def test_debug_shows_where_an_error_comes_from_before_its_sentence(
    run: Run, words: tuple[str, ...], raised: str
) -> None:
    plain = run(*words)
    for told in (run("--debug", *words), run(*words, "--debug")):
        where, _, sentence = told.err.rpartition(plain.err)
        assert "Traceback" in where
        assert raised in where
        assert (told.status, sentence) == (plain.status, "")


def test_what_soak_lacks_is_named_with_its_remedy_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.bench.shared.can_have_postgres", lambda: False)
    monkeypatch.setattr("bot.trial.soak.soak", lambda *_args, **_settings: None)
    said = io.StringIO()
    soaking._for_a_while(0.1, 1, lambda _words: None, Console(file=said, width=200))
    assert "pip install -e '.[bench]'" in said.getvalue()


def test_a_pipe_gets_a_line_for_each_row_of_the_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = Measured(1200, 1.5, 140)
    result = Result("webhook-memory", "", measured, measured, 0.7, "a long unit of measure")
    monkeypatch.setattr("bot.bench.rows.run_rows", lambda *_all: [result])
    drawn = CliRunner().invoke(measuring.bench, ["webhook-memory"]).output
    assert "webhook-memory" in drawn
    assert "140 MB : 140 MB" in drawn
