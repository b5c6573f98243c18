"""No number, token or key stands in what is logged, nor in the trace of an error."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot.gateway.following import follow
from bot.logs import Mask, set_up_logs
from bot.settings import read_settings

TOKEN = "123456:a-token-of-ours"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the program logs."""
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with monkeypatch.context() as patch:
        patch.setattr("sys.stderr", stream)
        set_up_logs(read_settings({"TELEGRAM_BOT_TOKEN": TOKEN, "SECRET_KEY": "k" * 40}))
    yield stream
    root.handlers[:], root.level = handlers, level


@pytest.mark.parametrize(
    "number", ["+22670123456", "100000001", "00 226 70 12 34 56", "+1 (514) 555-0100",
               "-1001234567890"],
)  # fmt: skip
def test_long_numbers_are_masked(written: io.StringIO, number: str) -> None:
    logging.getLogger("bot.x").warning("a message from %s failed", number)
    logged = written.getvalue()
    assert number not in logged
    assert "a message from" in logged


@pytest.mark.parametrize("secret", [TOKEN, "k" * 40])
def test_secrets_are_masked_wherever_they_stand(written: io.StringIO, secret: str) -> None:
    log = logging.getLogger("bot.x")
    log.error("https://api.telegram.org/bot%s/getMe", secret)
    try:
        int(f"refused: {secret}")
    except ValueError:
        log.exception("it failed for %s", secret)
    assert secret not in written.getvalue()
    assert "ValueError" in written.getvalue()


def test_small_numbers_are_left_as_they_are() -> None:
    assert Mask(()).clean("3 of 12 messages, 2500 ms") == "3 of 12 messages, 2500 ms"


def test_as_json_each_line_is_an_object_with_its_fields_and_nothing_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream, root = io.StringIO(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with monkeypatch.context() as patch:
        patch.setattr("sys.stderr", stream)
        set_up_logs(read_settings({"PALABRE_LOGS": "json", "METRICS_TOKEN": "m" * 20}))
    follow("sent", "0123456789abcdef", channel="sms", outcome="sent")
    try:
        int("+22670123456 x")
    except ValueError:
        logging.getLogger("bot").exception("it broke for %s and %s", "+22670123456", "m" * 20)
    root.handlers[:], root.level = handlers, level
    logging.getLogger("palabre.follow").setLevel(logging.NOTSET)
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert first["message"] == "sent"
    assert first["trace"] == "0123456789abcdef"
    assert first["outcome"] == "sent"
    assert "ValueError" in second["error"]
    assert "22670123456" not in stream.getvalue()
    assert "m" * 20 not in stream.getvalue()
