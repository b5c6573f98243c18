"""How many messages an SMS text is billed as: 160 signs of the old alphabet, 70 of any other."""

import regex

SEVEN_BIT = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPED = frozenset("\f^{}\\[~]|€")  # two signs each
_GRAPHEME = regex.compile(r"\X")


def is_seven_bit(text: str) -> bool:
    """Say whether a text is written in the old alphabet alone (GSM-7)."""
    return all(sign in SEVEN_BIT or sign in ESCAPED for sign in text)


def forcing(text: str) -> str:
    """Return the signs that force the dear alphabet on a text, each once, in order."""
    return "".join(
        dict.fromkeys(sign for sign in text if sign not in SEVEN_BIT and sign not in ESCAPED)
    )


def segments(text: str) -> int:
    """Count the segments; what belongs together (an escape, a grapheme) is never cut."""
    if is_seven_bit(text):
        return _count([2 if sign in ESCAPED else 1 for sign in text], 160, 153)
    clusters = _GRAPHEME.findall(text)
    return _count([len(one.encode("utf-16-le", "surrogatepass")) // 2 for one in clusters], 70, 67)


def _count(sizes: list[int], alone: int, joined: int) -> int:
    if sum(sizes) <= alone:
        return 1
    count, free = 1, joined
    for size in sizes:
        while size > joined:  # a cluster longer than a whole segment
            count, size, free = count + 1, size - joined, joined  # noqa: PLW2901
        if size > free:
            count, free = count + 1, joined
        free -= size
    return count
