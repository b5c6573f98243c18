"""What we say to Telegram: each Outgoing as the one call that carries it, and what comes back."""

from typing import Any

from telegram import InputFile

from channels.base import Button, Outgoing, Receipt

Call = tuple[str, dict[str, Any]]  # the method's name, its parameters
NOTICE_LIMIT = 200  # signs, of what is shown when a press is acknowledged
_SEND = {
    "voice": "sendVoice",
    "audio": "sendAudio",
    "photo": "sendPhoto",
    "document": "sendDocument",
}
_NO_PREVIEW = {"is_disabled": True}


def call_of(outgoing: Outgoing, file: InputFile | str | None = None) -> Call:
    """Write one Outgoing as a call; `file` is the upload, or Telegram's name of the file.

    No text is marked up: signs such as _ * < stand for themselves.
    """
    match outgoing.do:
        case "acknowledge":
            return "answerCallbackQuery", _acknowledged(outgoing)
        case "redraw" | "close":
            return "editMessageReplyMarkup", _redrawn(outgoing)
        case _:
            return _sent(outgoing, file)


def receipt_of(result: object) -> Receipt:
    """Read the message that Telegram made; an answer without one was a yes all the same."""
    if not isinstance(result, dict):
        return Receipt()
    files = {kind: ref for kind in _SEND if (ref := _file_id(result.get(kind)))}
    return Receipt(provider_id=str(result.get("message_id", "")), file_ids=files)


def _acknowledged(outgoing: Outgoing) -> dict[str, Any]:
    said = {"text": outgoing.text[:NOTICE_LIMIT]} if outgoing.text else {}
    return {"callback_query_id": outgoing.of, **said}


def _redrawn(outgoing: Outgoing) -> dict[str, Any]:
    rows = outgoing.buttons if outgoing.do == "redraw" else ()
    markup = {"inline_keyboard": [[_button(button) for button in row] for row in rows]}
    return {"chat_id": outgoing.address, "message_id": outgoing.of, "reply_markup": markup}


def _sent(outgoing: Outgoing, file: InputFile | str | None) -> Call:
    data: dict[str, Any] = {"chat_id": outgoing.address}
    markup = _markup(outgoing)
    if markup is not None:
        data["reply_markup"] = markup
    if outgoing.file is None:
        data["text"] = outgoing.text
        if not outgoing.link_preview:
            data["link_preview_options"] = _NO_PREVIEW
        return "sendMessage", data
    if outgoing.text:
        data["caption"] = outgoing.text
    if outgoing.file.kind == "audio" and outgoing.file.title:
        data["title"] = outgoing.file.title
    data[outgoing.file.kind] = file
    return _SEND[outgoing.file.kind], data


def _markup(outgoing: Outgoing) -> dict[str, Any] | None:
    if outgoing.buttons:
        return {"inline_keyboard": [[_button(b) for b in row] for row in outgoing.buttons]}
    if outgoing.ask_place:
        key = {"text": outgoing.ask_place, "request_location": True}
        return {"keyboard": [[key]], "resize_keyboard": True, "one_time_keyboard": True}
    return {"remove_keyboard": True} if outgoing.ends_place else None


def _button(button: Button) -> dict[str, str]:
    return {"text": button.label, "callback_data": button.data}


def _file_id(part: object) -> str:
    """Find Telegram's name of a file; of a photo it keeps several sizes, the last is the whole."""
    if isinstance(part, list) and part:
        part = part[-1]
    ref = part.get("file_id", "") if isinstance(part, dict) else ""
    return ref if isinstance(ref, str) else ""
