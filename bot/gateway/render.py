"""What the bot wants to say, drawn for one channel: from prompts to messages. Pure."""

import mimetypes
from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from bot.dialogue.reply import Attachment, Prompt
from bot.gateway.buttons import needs_numbers, numbered, rows_of, with_room
from bot.gateway.drawn import Drawn
from bot.gateway.files import MEDIA
from bot.gateway.paging import page_of
from bot.gateway.reading.arranging import heard
from bot.gateway.reading.script import document_sound
from bot.gateway.split import Measure, split
from channels.base import Aloud, Capabilities, OutFile, Outgoing
from channels.segments import segments
from channels.text import utf16_units

Read = Callable[[Sequence[Prompt]], Aloud | None]
Link = Callable[[str], str]  # a document's code → its public address, "" for none

PLACE_LABEL = "📍"  # the same in every language
NO_WORDS = "…"  # a message must say something, even where only its buttons do
MEASURES: dict[str, Measure] = {"utf16": utf16_units, "char": len, "segments": segments}


def draw(
    prompts: Sequence[Prompt],
    can: Capabilities,
    address: str,
    account: str,
    link: Link,
    *,
    pressed_on: str = "",
    read: Read | None = None,
) -> list[Drawn]:
    """Draw the prompts of one turn; `pressed_on` is the message whose button was pressed.

    Files come first, then all that is said and asked in one message, then what is tidied up.
    `read` is given where the person listens: what is heard goes with the message, or before it.
    """
    blank = Outgoing(address, account)
    prompts = [with_room(page_of(prompt, can), can) for prompt in prompts]
    redrawn = next((p for p in prompts if p.redraws), None) if can.toggles and pressed_on else None
    if redrawn is not None:
        rows = rows_of(redrawn, can)
        again = Outgoing(address, account, "redraw", buttons=rows, of=pressed_on)
        return [Drawn(again, redrawn.key, units=0)]
    aloud = read(prompts) if read else None
    shown = [_unless_heard(prompt) for prompt in prompts] if aloud else prompts
    files = [one for prompt in shown for one in _files(prompt.attach, can, blank)]
    words = _message(prompts, can, blank, link)
    if aloud:
        words = heard(words, aloud, can, blank, _pressable(prompts, can))
    return files + words + _closed(prompts, can, blank, pressed_on)


def _unless_heard(prompt: Prompt) -> Prompt:
    """Take away the sound of a document: its words are in what is read aloud."""
    path = document_sound(prompt)
    if not path or prompt.attach is None:
        return prompt
    rest = {kind: file for kind, file in prompt.attach.files.items() if file != path}
    return replace(prompt, attach=replace(prompt.attach, files=rest))


def _pressable(prompts: Sequence[Prompt], can: Capabilities) -> str:
    """Return what stands above buttons where all else is heard."""
    asked = next((prompt for prompt in reversed(prompts) if prompt.key), None)
    return numbered(asked) if asked and needs_numbers(asked, can) else NO_WORDS


def _files(attach: Attachment | None, can: Capabilities, blank: Outgoing) -> list[Drawn]:
    if attach is None:
        return []
    return [
        Drawn(_with_file(blank, file, can))
        for kind, path in attach.files.items()
        if (file := _file(attach, kind, path, can)) is not None
    ]


def _file(attach: Attachment, kind: str, path: str, can: Capabilities) -> OutFile | None:
    name = _name(path)
    mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind == "audio" and can.plays_sound and "audio" in can.carries:
        return OutFile(path, "voice" if mime == "audio/ogg" else "audio", name, mime, attach.title)
    if kind == "pdf" and "document" in can.carries:
        return OutFile(path, "document", name, mime, attach.title)
    return None


def _name(path: str) -> str:
    """Name a file for who receives it; the key of a recording is nobody's business."""
    if path.startswith(MEDIA):
        return f"voice.{path.rpartition('.')[2]}"
    return path.rpartition("/")[2]


def _with_file(blank: Outgoing, file: OutFile, can: Capabilities) -> Outgoing:
    caption = split(file.title, can.caption_limit, utf16_units)[:1] if can.caption_limit else []
    return Outgoing(blank.address, blank.account, text="".join(caption), file=file)


def _message(
    prompts: Sequence[Prompt], can: Capabilities, blank: Outgoing, link: Link
) -> list[Drawn]:
    """Join all words of a turn; what the last question offers stands under the last part."""
    asked = next((prompt for prompt in reversed(prompts) if prompt.key), None)
    rows = rows_of(asked, can) if asked else ()
    place = PLACE_LABEL if asked and asked.place and can.place else ""
    between = "\n" if can.unit == "segment" else "\n\n"
    text = between.join(_words(prompts, asked, can, link))
    if not text and not rows and not place:
        return []
    measure = MEASURES[can.text_unit]
    parts = [
        Outgoing(blank.address, blank.account, text=part)
        for part in split(text or NO_WORDS, can.text_limit, measure)
    ]
    ends = _place_ended(prompts, can, blank) if rows else []
    parts[-1] = Outgoing(blank.address, blank.account, text=parts[-1].text, buttons=rows,
                         ask_place=place, ends_place=not (rows or place) and _ends(prompts, can),
                         )  # fmt: skip
    drawn = [Drawn(part, units=_units(part, can)) for part in parts[:-1]]
    drawn.append(Drawn(parts[-1], asked.key if asked else "", units=_units(parts[-1], can)))
    return ends + drawn


def _ends(prompts: Iterable[Prompt], can: Capabilities) -> bool:
    return can.place and any(prompt.ends_place for prompt in prompts)


def _place_ended(prompts: Iterable[Prompt], can: Capabilities, blank: Outgoing) -> list[Drawn]:
    """Take the place's button away by a message of its own: one carries one keyboard alone."""
    if not _ends(prompts, can):
        return []
    return [Drawn(Outgoing(blank.address, blank.account, text=PLACE_LABEL, ends_place=True))]


def _words(
    prompts: Iterable[Prompt], asked: Prompt | None, can: Capabilities, link: Link
) -> Iterable[str]:
    for prompt in prompts:
        lines = [prompt.text.strip(), _link_line(prompt.attach, can, link)]
        if prompt is asked and needs_numbers(prompt, can):
            lines.append(numbered(prompt))
        if prompt is asked:
            lines.append(prompt.add_by_word)
        text = "\n".join(line for line in lines if line)
        if text:
            yield text


def _link_line(attach: Attachment | None, can: Capabilities, link: Link) -> str:
    """Point to a document of which this channel carries nothing."""
    if attach is None or _files(attach, can, Outgoing("")):
        return ""
    if any(path.startswith(MEDIA) for path in attach.files.values()):
        return ""  # a recording has no page of its own
    address = link(attach.code)
    return f"{attach.title}\n{address}" if address else ""  # a colon is set otherwise in French


def _units(outgoing: Outgoing, can: Capabilities) -> int:
    return segments(outgoing.text) if can.unit == "segment" else 1


def _closed(
    prompts: Iterable[Prompt], can: Capabilities, blank: Outgoing, pressed_on: str
) -> list[Drawn]:
    """Take away the keyboards that are no longer good: the answered one, and the pressed one."""
    key = next((prompt.closes for prompt in prompts if prompt.closes), "")
    if not can.toggles or not (key or pressed_on):
        return []
    close = Outgoing(blank.address, blank.account, "close", of=pressed_on)
    return [Drawn(close, closes=key, units=0)]
