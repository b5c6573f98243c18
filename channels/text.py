"""What every channel does to the words that pass: make them safe to store, and measure them."""

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT = "\ufffd"


def clean(text: str) -> str:
    """Replace what no database and no encoder takes: NUL and lone halves of a surrogate pair.

    A whole pair that JSON left as two halves is put together first.
    """
    if _UNSTORABLE.search(text) is None:
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _UNSTORABLE.sub(REPLACEMENT, whole)


def utf16_units(text: str) -> int:
    """Count as Telegram does: a sign outside the basic plane is two."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
