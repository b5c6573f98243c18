"""Saying a step and asking its question."""

from msgspec.structs import replace

from bot.dialogue.before import just_said
from bot.dialogue.draft import Draft, button_key
from bot.dialogue.flow import PICK_NO, PICK_YES, Choice, Document
from bot.dialogue.index import Node
from bot.dialogue.meeting import so_far
from bot.dialogue.others import other_at
from bot.dialogue.reply import Attachment, Prompt
from bot.dialogue.values import filled, progress_text


def say(draft: Draft, node: Node, path: tuple[str, ...]) -> None:
    """Say what a step says and push what it attaches."""
    step = node.step
    if step.say:
        text = filled(draft, step.say, node, path)
        if text:
            draft.prompts.append(Prompt(text, step=step.name))
    if step.attach:
        _attach(draft, node, path)


def ask(draft: Draft, node: Node, path: tuple[str, ...]) -> None:
    """Say a step, put its question, and wait for the answer."""
    say(draft, node, path)
    so_far(draft, node, path)
    step = node.step
    place = "@".join((step.name, *path)) if path else step.name
    draft.note(
        place=place,
        open_key=button_key(draft.open, place),
        asked_at=draft.scene.now,
        heard=None,
        chosen=(),
        page=0,
        unsure=None,
        listening=False,
        adds=just_said(draft),
    )
    draft.prompts.append(_told_once(draft, question(draft, node, path)))
    if step.remind_after:
        draft.effect("remind", ",".join(map(str, step.remind_after)))


def question(draft: Draft, node: Node, path: tuple[str, ...], lead: str = "") -> Prompt:
    """Return the prompt of a question; `lead` is what is said just before it, in one message."""
    step = node.step
    talk = draft.open
    text = filled(draft, step.ask, node, path) if node.filled else step.ask
    if lead:
        text = f"{lead}\n{text}" if text else lead
    if node.choices and talk.unsure is not None:
        return _read_back(draft, node, lead)
    put = _choices(draft, node, text) if node.choices else _open_question(draft, node, text)
    return replace(put, add=draft.phrase("add")) if talk.adds and draft.scene.buttons else put


def _told_once(draft: Draft, put: Prompt) -> Prompt:
    """Say beside a question how one adds to the answer before it by a word, the first time."""
    if not draft.open.adds or draft.person.told_to_add:
        return put
    draft.note_person(told_to_add=True)
    return replace(put, add_by_word=draft.phrase("add_by_word"))


def _choices(draft: Draft, node: Node, text: str) -> Prompt:
    step, talk = node.step, draft.open
    several = step.choose != "one"
    return Prompt(
        text,
        "asked",
        talk.open_key,
        step.name,
        # "1 to 5" has no list of its own: where there are no buttons the question says it all.
        node.choices if step.choices or draft.scene.buttons else (),
        step.choose,
        talk.chosen,
        draft.phrase("done") if several and draft.scene.buttons else "",
        _page(draft, node),
        talk.page,
    )


def _page(draft: Draft, node: Node) -> str:
    """Return how to see more of a list that one message may not hold."""
    return draft.phrase("next_page") if len(node.choices) > draft.scene.at_once else ""


def _read_back(draft: Draft, node: Node, lead: str) -> Prompt:
    """Ask whether a choice was meant that was typed at a long list."""
    unsure = draft.open.unsure
    labels = {choice.code: choice.label for choice in node.choices}
    what = ", ".join(labels.get(code, code) for code in (unsure.codes if unsure else ()))
    text = draft.phrase("is_it_this", what=what)
    yes, no = Choice(PICK_YES, draft.phrase("yes")), Choice(PICK_NO, draft.phrase("no"))
    return Prompt(
        f"{lead}\n{text}" if lead else text,
        "asked",
        draft.open.open_key,
        node.step.name,
        (yes, no),
    )


def _open_question(draft: Draft, node: Node, text: str) -> Prompt:
    step = node.step
    many = step.answer == "several photos or recordings"
    return Prompt(
        text,
        "asked",
        draft.open.open_key,
        step.name,
        done=draft.phrase("done") if many and draft.open.heard else "",
        place=step.answer == "place",
    )


def ask_again(draft: Draft, lead: str = "", *, closes: str = "") -> None:
    """Put the open question once more, with a sentence before it in the same message."""
    if draft.talk is not None and draft.talk.open_key:
        prompt = question(draft, draft.node, draft.path, lead)
        draft.prompts.append(replace(prompt, closes=closes) if closes else prompt)
    elif lead:
        draft.prompts.append(Prompt(lead, "notice"))


def repeat(draft: Draft, key: str, **values: object) -> None:
    """Say one of the bot's sentences and put the open question again, in one message."""
    ask_again(draft, draft.phrase(key, **values))


def resume(draft: Draft) -> None:
    """Say where we were, and put the open question again, in one message."""
    if not draft.open.open_key:
        return
    again = _of_others(draft)  # nobody knows by heart what someone else said
    where = "" if again else progress_text(draft, draft.node, draft.path)
    lead = draft.phrase("resume", progress=where) if where else draft.phrase("resume_plain")
    if draft.person.helper:  # who comes back after a while may want to speak for themselves
        lead = f"{draft.phrase('helping')}\n{lead}"
    if again:
        said = filled(draft, draft.node.step.say, draft.node, draft.path)
        lead = f"{lead}\n{draft.phrase('other_gone') if _taken_back(draft) else said}"
    ask_again(draft, lead)


def _of_others(draft: Draft) -> bool:
    """Say whether the open question asks about what someone else said."""
    block = draft.node.block
    return block is not None and bool(block.step.hear_others)


def _taken_back(draft: Draft) -> bool:
    """Say whether that may no longer be heard."""
    block = draft.node.block
    return block is not None and other_at(draft, block, draft.path[-1]) is None


def repeat_all(draft: Draft) -> None:
    """Say the present step again, whole."""
    if draft.open.open_key and _of_others(draft) and _taken_back(draft):
        ask_again(draft, draft.phrase("other_gone"))
        return
    if draft.open.open_key:
        say(draft, draft.node, draft.path)
    ask_again(draft)


def question_text(draft: Draft, node: Node, path: tuple[str, ...]) -> str:
    """Return a question as it was put."""
    return filled(draft, node.step.ask, node, path) if node.filled else node.step.ask


def _attach(draft: Draft, node: Node, path: tuple[str, ...]) -> None:
    """Push a document; one of which nothing exists in the person's language is passed over."""
    if node.block is not None and node.block.step.hear_others and path:
        _attach_sound(draft, node.block, path, node.step.name)
        return
    document = _document(draft, node, path)
    if document is None or not document.files:
        return
    files = document.files
    if node.step.attach == "item audio":
        files = {kind: file for kind, file in files.items() if kind == "audio"}
    if files:
        attachment = Attachment(document.code, document.title, files)
        draft.prompts.append(Prompt("", "attached", step=node.step.name, attach=attachment))


def _attach_sound(draft: Draft, block: Node, path: tuple[str, ...], step: str) -> None:
    """Push the recording of what someone else said, where it may and can be heard."""
    other = other_at(draft, block, path[-1])
    if other is None or not other.sound or not draft.scene.plays_sound:
        return
    number = draft.open.runs[block.step.name].index(other.code) + 1
    title = draft.phrase("other_voice", number=number)
    attachment = Attachment(other.code, title, {"audio": other.sound})
    draft.prompts.append(Prompt("", "attached", step=step, attach=attachment))


def _document(draft: Draft, node: Node, path: tuple[str, ...]) -> Document | None:
    code = node.step.attach
    if code in ("item audio", "item document"):
        item = draft.item(node.block, path[-1]) if node.block and path else None
        code = item.document if item else ""
    return draft.flow.documents.get(code)
