"""Taking a reply as the answer to the open question, whatever kind of answer it wants."""

from collections.abc import Callable

from msgspec.structs import replace

from bot.dialogue.answers import (
    NO_SPEECH,
    NO_WORDS,
    Answer,
    accept,
    give_up,
    hear,
    verdict,
    wait_to_be_heard,
)
from bot.dialogue.asking import ask_again, question, repeat
from bot.dialogue.conversation import Heard
from bot.dialogue.draft import Draft
from bot.dialogue.index import Node
from bot.dialogue.longlists import LONG, forget_pick, make_sure, settled
from bot.dialogue.numbers import parse_number, parse_numbers, said_number
from bot.dialogue.preferring import choose_by_speaking
from bot.dialogue.reply import File, Reply
from bot.dialogue.sessions import OWN_SESSION
from bot.dialogue.understand import Read, read_one, read_several

GOOD = ("pending", "kept")
HARD = ("too_quiet", "too_noisy", "clipped")
SHORT = 0.8  # seconds of speech that are more than a word
BARE = 25  # letters: a message of one word up to this length is no answer after a long pause


def read_choice(draft: Draft, reply: Reply) -> Read | None:
    """Read a reply as a choice of the open question, None if it is none."""
    node = draft.node
    if node.offer is None or reply.files or not reply.text:
        return None
    if node.step.choose == "one":
        return read_one(node.offer, reply.text)
    return read_several(node.offer, reply.text)


def take_choice(draft: Draft, read: Read, reply: Reply) -> None:
    """Take a choice that was typed."""
    node, chosen = draft.node, draft.open.chosen
    codes = tuple(dict.fromkeys(chosen + read.codes)) if chosen else read.codes
    if _too_many(draft, node, codes):
        return
    draft.understood = (read.how, *_labels(node, read.codes))
    if len(node.choices) > LONG:
        make_sure(draft, read, codes, reply)
        return
    accept(draft, Answer(codes=codes, text=reply.text, comment=read.comment), reply)


def _too_many(draft: Draft, node: Node, codes: tuple[str, ...]) -> bool:
    most = node.step.most
    if node.step.choose == "one" or not most or len(codes) <= most:
        return False
    draft.understood = ("understood_too_many", str(most))
    repeat(draft, "at_most", most=most)
    return True


def _labels(node: Node, codes: tuple[str, ...]) -> tuple[str, ...]:
    labels = {choice.code: choice.label for choice in node.choices}
    return (", ".join(labels.get(code, code) for code in codes),)


def press(draft: Draft, code: str, reply: Reply) -> None:
    """Take a button of the open question: a choice, one pick of several, or Done."""
    node = draft.node
    if draft.open.unsure is not None and settled(draft, reply):
        return
    forget_pick(draft)
    if code == "*done":
        finish_picking(draft, reply)
    elif node.offer is None or code not in node.offer.codes:
        repeat(draft, "stale")
    elif node.step.choose == "one":
        draft.understood = ("understood_button", *_labels(node, (code,)))
        accept(draft, Answer(codes=(code,)), reply)
    else:
        _toggle(draft, node, code)


def _toggle(draft: Draft, node: Node, code: str) -> None:
    chosen = draft.open.chosen
    picked = tuple(one for one in chosen if one != code) if code in chosen else (*chosen, code)
    if _too_many(draft, node, picked):
        return
    draft.understood = ("understood_picked", *_labels(node, picked))
    draft.note(chosen=picked)
    draft.prompts.append(replace(question(draft, node, draft.path), redraws=True))


def finish_picking(draft: Draft, reply: Reply) -> None:
    """End the picking of several choices, or the sending of several photos."""
    talk, node = draft.open, draft.node
    draft.understood = ("understood_done",)
    if talk.chosen:
        accept(draft, Answer(codes=talk.chosen), reply)
    elif node.step.answer == "several photos or recordings" and talk.heard:
        accept(draft, Answer(), NO_WORDS)
        draft.closes = talk.open_key
    else:
        repeat(draft, "pick_first" if node.offer else "nothing_yet")


# ── what is no choice ──


def take(draft: Draft, reply: Reply) -> None:
    """Take a reply that is neither a choice nor a command as an answer, as far as it goes."""
    if reply.files and all(file.state not in GOOD for file in reply.files):
        _cannot_be_used(draft, reply.files[0])
        if not reply.text:
            return
    good = tuple(file for file in reply.files if file.state in GOOD)
    receipt(draft, good)
    if not (reply.text.strip() or good or reply.place):
        draft.understood = ("understood_empty",)
        repeat(draft, "say_something")
        return
    if doubt := _doubt(draft, reply.text, good):
        draft.understood = ("understood_unusable",)
        hear(draft, _with_files(reply, good), silent=True)
        repeat(draft, f"verdict_{doubt}")
        return
    node = draft.node
    answer = draft.node.step.answer
    reader = _READERS.get(answer or "", _unclear)
    if node.offer is not None:
        reader = _unclear
    reader(draft, _with_files(reply, good))


def _with_files(reply: Reply, files: tuple[File, ...]) -> Reply:
    if files == reply.files:
        return reply
    return Reply(id=reply.id, at=reply.at, text=reply.text, files=files, place=reply.place)


def _cannot_be_used(draft: Draft, file: File) -> None:
    draft.understood = ("understood_unusable",)
    repeat(draft, f"verdict_{verdict(file)}")


def _doubt(draft: Draft, text: str, files: tuple[File, ...]) -> str:
    """Say why notes are no whole answer to an open question yet; asked once, they are kept."""
    answer, heard = draft.node.step.answer or "", draft.open.heard
    if "voice" not in answer or text.strip() or not files or (heard is not None and heard.notes):
        return ""
    if all(file.is_sound and file.verdict == NO_SPEECH for file in files):
        return NO_SPEECH
    speech = [file.speech for file in files if file.is_sound and file.speech is not None]
    return "too_short" if speech and sum(speech) < SHORT and len(speech) == len(files) else ""


def receipt(draft: Draft, files: tuple[File, ...]) -> None:
    """Say that a voice note is here, but only when it is."""
    for file in files:
        if file.is_sound and file.state == "kept" and file.seconds:
            draft.notice("voice_received", seconds=max(1, round(file.seconds)))
            if file.verdict in HARD:
                draft.notice("voice_hard")


def _open(draft: Draft, reply: Reply) -> None:
    """Take words or a recording as they are."""
    draft.understood = ("understood_voice" if reply.files else "understood_text",)
    value = _coordinates(reply)
    accept(draft, Answer(value=value, text=reply.text, files=reply.files), reply)


def _coordinates(reply: Reply) -> dict[str, float] | None:
    if reply.place is None:
        return None
    return {"latitude": reply.place[0], "longitude": reply.place[1]}


def _number(draft: Draft, reply: Reply) -> None:
    number = parse_number(reply.text, draft.language)
    if number is None:
        _unclear(draft, reply)
        return
    said = said_number(number, draft.language)
    draft.understood = ("understood_value", said)
    if said != reply.text.strip():
        draft.notice("noted", what=said)
    comment = "" if len(reply.text) < BARE else reply.text
    accept(draft, Answer(value=number, text=reply.text, comment=comment), reply)


def _numbers(draft: Draft, reply: Reply) -> None:
    parts = draft.node.step.parts
    numbers = parse_numbers(reply.text, parts, draft.language)
    if numbers is None:
        _unclear(draft, reply)
        return
    said = ", ".join(
        f"{part.label} {said_number(numbers[part.code], draft.language)}" for part in parts
    )
    draft.understood = ("understood_value", said)
    draft.notice("noted", what=said)
    accept(draft, Answer(value=numbers, text=reply.text), reply)


def _date(draft: Draft, reply: Reply) -> None:
    from bot.dialogue.dates import parse_date, said_date

    past = draft.flow.about == OWN_SESSION
    iso = parse_date(reply.text, draft.language, draft.scene.now, past=past)
    _noted(draft, reply, iso, said_date(iso, draft.language) if iso else "")


def _time(draft: Draft, reply: Reply) -> None:
    from bot.dialogue.dates import parse_time

    time = parse_time(reply.text)
    _noted(draft, reply, time, time or "")


def _noted(draft: Draft, reply: Reply, value: str | None, said: str) -> None:
    """Read a date or time back, or ask again."""
    if value is None:
        _unclear(draft, reply)
        return
    draft.understood = ("understood_value", said)
    draft.notice("noted", what=said)
    accept(draft, Answer(value=value, text=reply.text), reply)


def _photos(draft: Draft, reply: Reply) -> None:
    if any(file.kind in ("photo", "document", "video") for file in reply.files):
        _open(draft, reply)
    else:
        _unclear(draft, reply)


def _several_files(draft: Draft, reply: Reply) -> None:
    """Gather photos and recordings until the person says that this is all."""
    if not reply.files:
        _unclear(draft, reply)
        return
    draft.understood = ("understood_file",)
    heard = hear(draft, reply, silent=True)
    repeat(draft, "files_so_far", count=len(heard.files))


_READERS: dict[str, Callable[[Draft, Reply], None]] = {
    "text": _open,
    "voice": _open,
    "text or voice": _open,
    "place": _open,
    "number": _number,
    "numbers": _numbers,
    "date": _date,
    "time": _time,
    "photos": _photos,
    "several photos or recordings": _several_files,
}


# ── what was not understood ──


def _unclear(draft: Draft, reply: Reply) -> None:
    """Keep what was said; ask once more, then in another way, then go on."""
    before = draft.open.heard
    draft.understood = ("understood_not", _excerpt(reply.text))
    if draft.open.listening:
        hear(draft, reply, silent=True)
        wait_to_be_heard(draft)
        return
    if before and not reply.files and reply.at - before.at < draft.scene.burst_ms:
        hear(draft, reply, silent=True)  # one thought in several messages is one attempt
        return
    heard = hear(draft, reply)
    choose_by_speaking(draft, reply.files, draft.node.step.name)
    spoke = any(file.is_sound for file in reply.files)
    if heard.tries >= 3 or (spoke and heard.notes >= 2):
        give_up(draft, reply)
    elif draft.open.unsure is not None:
        ask_again(draft)  # a choice was made: only the yes to it is missing
    elif draft.node.offer:
        repeat(draft, _pick(draft, heard, spoke=spoke), most=len(draft.node.choices))
    else:
        kind = (draft.node.step.answer or "").split(" ")[0]
        repeat(draft, f"not_{kind}" if heard.tries == 1 else f"not_{kind}_again")


def _pick(draft: Draft, heard: Heard, *, spoke: bool) -> str:
    """Name the phrase that asks for a choice: in another way the second time."""
    if heard.tries == 1:
        return "heard_pick_voice" if spoke else "heard_pick"
    scene = draft.scene
    pressed = scene.buttons and len(draft.node.choices) <= scene.at_once
    return "pick_again_press" if pressed else "pick_again"


def _excerpt(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
