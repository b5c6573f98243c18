"""The methods of the Bot API that we use: what each does, and what it refuses."""

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from fakes.telegram_phone import Heard, Phone

if TYPE_CHECKING:
    from fakes.telegram_server import Request, TelegramServer

SENT_AT = 1_790_000_000


class Refused(Exception):
    """What Telegram does not accept, in its words."""

    def __init__(self, words: str, status: int = 400, **parameters: Any) -> None:
        super().__init__(words)
        self.words, self.status, self.parameters = words, status, parameters


async def get_me(server: "TelegramServer", request: "Request") -> Any:
    """Who the bot is."""
    can = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
    return server.bot | dict.fromkeys(can, False)


async def get_updates(server: "TelegramServer", request: "Request") -> Any:
    """The updates from `offset` on; an earlier one is forgotten."""
    if server.webhook:
        raise Refused("Conflict: can't use getUpdates method while webhook is active", 409)
    offset = int(request.params.get("offset", "0"))
    updates = await server.wait_for_updates(offset, float(request.params.get("timeout", "0")))
    return ('{"ok":true,"result":[' + ",".join(updates) + "]}").encode("utf-8", "surrogatepass")


async def set_webhook(server: "TelegramServer", request: "Request") -> Any:
    """Where updates are to be brought."""
    secret = request.params.get("secret_token", "")
    if len(secret) > 256 or not secret.replace("_", "a").replace("-", "a").isalnum():
        raise Refused("Bad Request: secret token contains unallowed characters")
    server.set_webhook(dict(request.params))
    return True


async def delete_webhook(server: "TelegramServer", request: "Request") -> Any:
    """Updates are kept until they are asked for."""
    server.set_webhook({})
    return True


async def get_webhook_info(server: "TelegramServer", request: "Request") -> Any:
    """Where updates are brought."""
    url = server.webhook.get("url", "")
    waiting = len(server.pending)
    return {"url": url, "has_custom_certificate": False, "pending_update_count": waiting}


async def send_message(server: "TelegramServer", request: "Request") -> Any:
    """A text arrives on a phone."""
    text = request.params.get("text", "")
    if not text.strip():
        raise Refused("Bad Request: message text is empty")
    if _units(text) > 4096:
        raise Refused("Bad Request: message is too long")
    return _arrives(server, request, {"text": text})


def send_file(kind: str) -> "Method":
    """A file arrives on a phone: an upload, or one that Telegram has already."""

    async def send(server: "TelegramServer", request: "Request") -> Any:
        if _units(request.params.get("caption", "")) > 1024:
            raise Refused("Bad Request: message caption is too long")
        ref, name = _file_sent(server, request, kind)
        content = server.files[ref][1]
        one = {"file_id": ref, "file_unique_id": f"u{ref}", "file_size": len(content)}
        shape = {"photo": {"width": 1, "height": 1}, "document": {}}.get(kind, {"duration": 1})
        caption = {"caption": request.params["caption"]} if "caption" in request.params else {}
        part = [one | shape] if kind == "photo" else one | shape
        return _arrives(server, request, {kind: part} | caption, (kind, content, name))

    return send


async def answer_callback_query(server: "TelegramServer", request: "Request") -> Any:
    """The phone stops showing that a press is under way."""
    press = request.params["callback_query_id"]
    owner = server.presses.pop(press, None)
    if owner is None:
        raise Refused(
            "Bad Request: query is too old and response timeout expired or query ID is invalid"
        )
    if len(request.params.get("text", "")) > 200:
        raise Refused("Bad Request: MESSAGE_TOO_LONG")
    if phone := server.phones.get(owner):
        phone.acknowledged.append(press)
        phone.rings()
    return True


async def edit_reply_markup(server: "TelegramServer", request: "Request") -> Any:
    """A message's buttons change, or go."""
    phone = _phone(server, request)
    number = int(request.params["message_id"])
    found = next((heard for heard in phone.messages if heard.message_id == number), None)
    if found is None:
        raise Refused("Bad Request: message to edit not found")
    rows = _markup(request).get("inline_keyboard", [])
    if rows == found.rows:
        raise Refused(
            "Bad Request: message is not modified: specified new message content and reply markup "
            "are exactly the same as a current content and reply markup of the message"
        )
    found.rows = rows
    phone.rings()
    return _shown(server, phone, number, {"text": found.text or "…"})


async def get_file(server: "TelegramServer", request: "Request") -> Any:
    """Where a file can be downloaded."""
    ref = request.params["file_id"]
    if ref not in server.files:
        raise Refused("Bad Request: invalid file_id")
    path, content = server.files[ref]
    if len(content) > 20_000_000:
        raise Refused("Bad Request: file is too big")
    size = len(content)
    return {"file_id": ref, "file_unique_id": f"u{ref}", "file_size": size, "file_path": path}


def _arrives(
    server: "TelegramServer",
    request: "Request",
    content: dict[str, Any],
    file: tuple[str, bytes, str] = ("", b"", ""),
) -> Any:
    phone = _phone(server, request)
    markup = _markup(request)
    text = content.get("text", content.get("caption", ""))
    heard = Heard(phone.next_id(), text, markup.get("inline_keyboard", []))
    heard.keys = [key["text"] for row in markup.get("keyboard", []) for key in row]
    heard.takes_keys_away = bool(markup.get("remove_keyboard"))
    heard.kind, heard.file, heard.file_name = file
    heard.raw = dict(request.params)
    phone.messages.append(heard)
    phone.rings()
    return _shown(server, phone, heard.message_id, content)


def _shown(server: "TelegramServer", phone: Phone, number: int, content: Any) -> Any:
    head = {"message_id": number, "date": SENT_AT, "chat": phone.chat, "from": server.bot}
    return head | content


def _phone(server: "TelegramServer", request: "Request") -> Phone:
    phone = server.phones.get(int(request.params["chat_id"]))
    if phone is None:
        raise Refused("Bad Request: chat not found")
    if phone.has_blocked:
        raise Refused("Forbidden: bot was blocked by the user", 403)
    return phone


def _markup(request: "Request") -> dict[str, Any]:
    markup: dict[str, Any] = json.loads(request.params.get("reply_markup", "{}"))
    for row in markup.get("inline_keyboard", []):
        for button in row:
            if not button["text"]:
                raise Refused("Bad Request: inline keyboard button text is empty")
            if not 1 <= len(button["callback_data"].encode()) <= 64:
                raise Refused("Bad Request: BUTTON_DATA_INVALID")
    return markup


def _file_sent(server: "TelegramServer", request: "Request", kind: str) -> tuple[str, str]:
    ref = request.params.get(kind, "")
    upload = ref.removeprefix("attach://") or kind  # two ways of sending one are allowed
    if upload in request.files:
        name, _, content = request.files[upload]
        return server.keep_file(content, f"{kind}/{name}"), name
    if ref not in server.files:
        raise Refused("Bad Request: wrong file identifier/HTTP URL specified")
    return ref, ""


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


Method = Callable[["TelegramServer", "Request"], Awaitable[Any]]
METHODS: dict[str, Method] = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "sendMessage": send_message,
    "sendVoice": send_file("voice"),
    "sendAudio": send_file("audio"),
    "sendDocument": send_file("document"),
    "sendPhoto": send_file("photo"),
    "answerCallbackQuery": answer_callback_query,
    "editMessageReplyMarkup": edit_reply_markup,
    "getFile": get_file,
}
