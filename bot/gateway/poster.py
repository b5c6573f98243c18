"""A picture that is passed on: who invites, the square code, and what to write by SMS."""

import io
from dataclasses import dataclass
from functools import cache

import segno
from font_lato import LatoBlack, LatoBold
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, EDGE = 1080, 1350, 70  # as a phone shows a picture in a chat, without cutting it
SQUARE = 600
SAND, LEAF, INK, CARD = "#f3efe6", "#1f5a35", "#1f2a20", "#fffdf8"
_SMALLEST = 30  # letters that an old phone still shows legibly


@dataclass(frozen=True)
class Words:
    """What stands on it, in one language; `lines` below the square."""

    invites: str
    title: str
    lines: tuple[str, ...]


def poster(words: Words, square: str) -> bytes:
    """Return a PNG of 1080 × 1350 pixels; `square` is what the code holds."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), SAND)
    pen = ImageDraw.Draw(picture)
    head = _Text(pen, LatoBold, 44, words.invites, CARD)
    title = _Text(pen, LatoBlack, 66, words.title, CARD, most=3)
    band = EDGE + head.height + 24 + title.height + EDGE - 10
    pen.rectangle((0, 0, WIDTH, band), fill=LEAF)
    head.at(EDGE)
    title.at(EDGE + head.height + 24)
    below = [_Text(pen, LatoBold, 44, line, INK, most=2) for line in words.lines]
    foot = sum(one.height + 20 for one in below) + 30
    side = min(SQUARE, HEIGHT - band - foot - 90)
    top = band + (HEIGHT - band - foot - side) // 2
    _put_square(picture, pen, square, top, side)
    at = HEIGHT - foot
    for one in below:
        one.at(at)
        at += one.height + 20
    out = io.BytesIO()
    picture.quantize(32).save(out, "PNG", optimize=True)
    return out.getvalue()


def _put_square(
    picture: Image.Image, pen: ImageDraw.ImageDraw, square: str, top: int, side: int
) -> None:
    code = segno.make(square, error="m", micro=False)
    scale = max(1, side // (code.symbol_size(border=4)[0]))
    drawn = io.BytesIO()
    code.save(drawn, kind="png", scale=scale, border=4, dark=INK, light=CARD)
    image = Image.open(drawn).convert("RGB")
    left, upper = (WIDTH - image.width) // 2, top + (side - image.height) // 2
    frame = (left - 12, upper - 12, left + image.width + 12, upper + image.height + 12)
    pen.rounded_rectangle(frame, 32, fill=CARD)
    picture.paste(image, (left, upper))


@cache
def _font(file: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, size)


def _wrapped(font: ImageFont.FreeTypeFont, text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _balanced(font: ImageFont.FreeTypeFont, text: str, count: int) -> list[str]:
    """Break into so many lines, none much shorter than the others: no word stands alone."""
    widths = range(200, WIDTH - 2 * EDGE, 20)
    return next((lines for width in widths if len(lines := _wrapped(font, text, width)) <= count),
                _wrapped(font, text, WIDTH - 2 * EDGE))  # fmt: skip


class _Text:
    """Words in the middle, as large as they fit in so many lines."""

    def __init__(
        self, pen: ImageDraw.ImageDraw, file: str, size: int, text: str, ink: str, most: int = 1
    ) -> None:
        self._pen, self._ink = pen, ink
        self._font, self._lines = self._fitted(file, size, text, most)
        self._step = round(self._font.size * 1.22)

    def _fitted(
        self, file: str, size: int, text: str, most: int
    ) -> tuple[ImageFont.FreeTypeFont, list[str]]:
        while True:
            font = _font(file, size)
            lines = _wrapped(font, text, WIDTH - 2 * EDGE)
            if len(lines) <= most or size <= _SMALLEST:
                return font, _balanced(font, text, len(lines))
            size -= 2

    @property
    def height(self) -> int:
        """How many pixels high it is."""
        return self._step * len(self._lines)

    def at(self, top: int) -> None:
        """Draw it."""
        for number, line in enumerate(self._lines):
            place = (WIDTH // 2, top + number * self._step)
            self._pen.text(place, line, font=self._font, fill=self._ink, anchor="ma")
