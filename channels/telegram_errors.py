"""Every way in which Telegram refuses or fails: one table, looked at from the top."""

from collections.abc import Callable
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from channels.errors import DeliveryError, Failure
from channels.telegram_request import MaybeSent, NotSent

TOO_MANY_WAIT = 5.0  # seconds, where Telegram says "too many" and names no wait


def _gone(code: str, words: str) -> Failure:
    return Failure(code, "gone", False, "address", words)


def _refused(code: str, words: str) -> Failure:
    return Failure(code, "refused", False, "message", words)


def _later(code: str, words: str) -> Failure:
    return Failure(code, "transient", True, "message", words)


THROTTLED = Failure(
    "throttled", "throttled", True, "sender", "Telegram asks the whole bot to wait: nothing to do."
)
MOVED = Failure(
    "moved", "moved", True, "address", "The group has another number now: it is sent there again."
)
TOKEN = Failure(
    "token",
    "sender",
    True,
    "sender",
    "Telegram does not know this bot's token: put the right one into TELEGRAM_BOT_TOKEN.",
)
CONFLICT = Failure(
    "conflict",
    "sender",
    True,
    "sender",
    "Another process or a webhook fetches this bot's messages: stop the other one.",
)
UNCERTAIN = Failure(
    "uncertain", "uncertain", False, "message", "No answer came: it may or may not have been sent."
)
STALE_FILE = _later("file_id", "Telegram forgot a file that it had: it is uploaded again.")
NONSENSE = _later("nonsense", "Telegram answered what is no answer: it is tried again.")
NO_FILE = _refused("no_file", "The file to send is not there any more: make it again.")
FILE_AWAY = _later("file_away", "What keeps the file to send gives no answer: it is tried again.")
EMPTY = _refused("empty", "There was nothing to send: look at the text of this step.")
TOO_LARGE = _refused("too_large", "The file is larger than Telegram takes: make it smaller.")

# The class of the library's error, a part of its text in lower case ("" is any), what it means.
# BadRequest and TimedOut are NetworkErrors to the library: they must stand above it.
TABLE: tuple[tuple[type[TelegramError], str, Failure], ...] = (
    (RetryAfter, "", THROTTLED),
    (ChatMigrated, "", MOVED),
    (InvalidToken, "", TOKEN),
    (Conflict, "", CONFLICT),
    (
        Forbidden,
        "blocked by the user",
        Failure(
            "blocked",
            "opted_out",
            False,
            "address",
            "The person blocked the bot: only they can open it again.",
        ),
    ),
    (Forbidden, "user is deactivated", _gone("deactivated", "The person's account is closed.")),
    (
        Forbidden,
        "can't initiate conversation",
        _gone("never_began", "A bot cannot write first: the person must press Start."),
    ),
    (Forbidden, "bot was kicked", _gone("kicked", "The bot was put out of this group.")),
    (Forbidden, "bot is not a member", _gone("kicked", "The bot is not in this group any more.")),
    (
        Forbidden,
        "send messages to bots",
        _gone("a_bot", "This address is a bot, and bots cannot write to each other."),
    ),
    (Forbidden, "", _gone("forbidden", "Telegram does not let the bot write to this chat.")),
    (BadRequest, "chat not found", _gone("no_chat", "Telegram does not know this chat.")),
    (BadRequest, "peer_id_invalid", _gone("no_chat", "Telegram does not know this chat.")),
    (BadRequest, "user not found", _gone("no_chat", "Telegram does not know this person.")),
    (
        BadRequest,
        "upgraded to a supergroup",
        _gone("moved_away", "The group moved and Telegram did not say where."),
    ),
    (BadRequest, "rights to send", _gone("silenced", "The bot may not write in this group.")),
    (BadRequest, "chat_write_forbidden", _gone("silenced", "The bot may not write here.")),
    (
        BadRequest,
        "voice_messages_forbidden",
        _refused("no_voice", "The person takes no voice messages: send the text."),
    ),
    (BadRequest, "wrong file identifier", STALE_FILE),
    (BadRequest, "wrong remote file identifier", STALE_FILE),
    (BadRequest, "file reference", STALE_FILE),
    (BadRequest, "is too long", _refused("too_long", "The text is longer than Telegram takes.")),
    (BadRequest, "text is empty", EMPTY),
    (BadRequest, "text must be non-empty", EMPTY),
    (BadRequest, "button_data_invalid", _refused("button", "A button's data is too long.")),
    (BadRequest, "file is too big", TOO_LARGE),
    (BadRequest, "", _refused("bad_request", "Telegram refused this message: see the detail.")),
    (NotSent, "", _later("no_connection", "Telegram could not be reached: it is tried again.")),
    (MaybeSent, "", UNCERTAIN),
    (TimedOut, "", UNCERTAIN),
    (NetworkError, "entity too large", TOO_LARGE),
    (NetworkError, "content too large", TOO_LARGE),
    (NetworkError, "too many requests", THROTTLED),
    (NetworkError, "", _later("provider_down", "Telegram has trouble: it is tried again.")),
    (TelegramError, "", NONSENSE),
)

# There is nothing left to be done: the keyboard is as wished, or gone, or the press too old.
ALREADY_DONE = (
    "message is not modified",
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "query is too old",
    "query id is invalid",
)


def is_already_done(error: TelegramError) -> bool:
    """Say whether a refused change is as good as made."""
    text = error.message.lower()
    return isinstance(error, BadRequest) and any(part in text for part in ALREADY_DONE)


def failure_of(error: TelegramError) -> Failure:
    """Look an error up in the table."""
    text = error.message.lower()
    return next(row for kind, part, row in TABLE if isinstance(error, kind) and part in text)


def delivery_error(error: TelegramError, hide: Callable[[str], str]) -> DeliveryError:
    """Make what `send` raises; `hide` takes out of Telegram's words what nobody may see."""
    failure = failure_of(error)
    return DeliveryError(
        failure,
        retry_after=wait_of(error) if failure is THROTTLED else None,
        moved_to=str(error.new_chat_id) if isinstance(error, ChatMigrated) else "",
        detail=hide(error.message)[:200],
    )


def wait_of(error: TelegramError) -> float:
    """Tell how many seconds Telegram asks to wait."""
    if not isinstance(error, RetryAfter):
        return TOO_MANY_WAIT
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else TOO_MANY_WAIT
