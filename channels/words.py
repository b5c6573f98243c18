"""What people write that is more than words: /start, commands, and who they are."""

import re

from channels.text import clean

_COMMAND = re.compile(r"/(\w+)(?:@\w+)?(?=\s|$)")
NAME_LIMIT = 64


def spoken(text: str) -> tuple[str | None, str]:
    """Tell a /start from words: its payload and "", or None and the words.

    A command is the word it stands for: "/stop@ThisBot" is "stop", "/forget_me" "forget me".
    """
    text = clean(text)
    if not text.startswith("/"):
        return None, text
    found = _COMMAND.match(text)
    if found is None:
        return None, text
    rest = text[found.end() :]
    if found[1].casefold() == "start":
        return rest.strip(), ""
    return None, found[1].replace("_", " ") + rest


def full_name(first: str, last: str) -> str:
    """Join the two names that Telegram gives, as far as a phone would show them."""
    return clean(f"{first} {last}".strip())[:NAME_LIMIT]
