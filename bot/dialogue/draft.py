"""A turn being written: the one value that changes while a reply is thought about."""

from collections.abc import Mapping
from zlib import crc32

from msgspec.structs import replace

from bot.dialogue.conversation import Conversation, Person, Programme, Scene, Turn
from bot.dialogue.flow import AGENDA, CONSENTS, OWN_ANSWERS, Flow, Item
from bot.dialogue.index import Index, Node, index_of
from bot.dialogue.others import heard_item
from bot.dialogue.placeholders import fill
from bot.dialogue.reply import Effect, EffectKind, File, Kept, Learned, Prompt, Reply, Withdrawn
from bot.dialogue.sessions import SESSION

TAKE_PART = CONSENTS[0]
IDLE_MS = 12 * 3600 * 1000  # after this long a talk is picked up with "We were at question …"
NO_REPLY = Reply(id="", at=0)


class LostPlace(Exception):
    """The conversation stands at a step that its revision does not have: run `palabre doctor`."""


class Draft:
    """What is known at the start of the turn, and what has come of the reply so far."""

    __slots__ = (
        "begun", "closes", "effects", "ends_place", "flow", "index", "kept", "language", "learned",
        "person", "programme", "prompts", "reply", "scene", "talk", "unasked", "understood",
        "withdrawn",
    )  # fmt: skip

    def __init__(
        self, programme: Programme, person: Person, scene: Scene, reply: Reply = NO_REPLY
    ) -> None:
        self.programme = programme
        self.person = person
        self.scene = scene
        self.reply = reply
        self.language = language_of(programme, person, scene)
        self.prompts: list[Prompt] = []
        self.kept: list[Kept] = []
        self.withdrawn: list[Withdrawn] = []
        self.learned: list[Learned] = []
        self.effects: list[Effect] = []
        self.begun: list[str] = []
        self.understood: tuple[str, ...] = ()
        self.closes = ""
        self.ends_place = False
        self.unasked = False  # what begins now begins by itself: nobody called for it
        self.flow: Flow
        self.index: Index
        self.talk: Conversation | None = None
        for talk in person.conversations:
            if talk.state == "open":
                self.foreground(talk)

    # ── where it stands ──

    def foreground(self, talk: Conversation) -> None:
        """Put a conversation in the foreground, on the revision that it goes on with."""
        revision = self.programme.revision_for(talk)
        if revision != talk.revision:
            talk = replace(talk, revision=revision)
        self.talk = talk
        self.load()

    def load(self) -> None:
        """Take the flow in the person's present language."""
        self.flow = self.programme.flow(self.open.revision, self.language)
        self.index = index_of(self.flow)

    @property
    def open(self) -> Conversation:
        """The conversation in the foreground; only asked for where there is one."""
        if self.talk is None:
            raise LostPlace
        return self.talk

    def note(self, **changes: object) -> None:
        """Change the conversation in the foreground."""
        self.talk = replace(self.open, **changes)

    def note_person(self, **changes: object) -> None:
        """Change what is known of the person."""
        self.person = replace(self.person, **changes)

    @property
    def node(self) -> Node:
        """The step of the open question."""
        node = self.index.by_name.get(self.open.place.partition("@")[0])
        if node is None:
            raise LostPlace
        return node

    @property
    def path(self) -> tuple[str, ...]:
        """The items, or times round, of the blocks in which the open question stands."""
        return path_of(self.open.place)

    @property
    def idle(self) -> bool:
        """Say whether the person has been away for so long that they must be reminded."""
        return self.scene.now - self.open.touched_at >= IDLE_MS

    @property
    def refused(self) -> bool:
        """Say whether the person does not want to take part."""
        return self.person.facts.get(TAKE_PART) == "no"

    def item(self, block: Node, code: str) -> Item | None:
        """Return what a block runs over, by its code; None if it is no longer shown."""
        if block.step.for_each == OWN_ANSWERS:
            return own_answer(self, code)
        if block.step.for_each == SESSION:
            session = self.scene.sessions.get(code)
            return None if session is None else Item(code, session.named(self.language))
        if block.step.hear_others:
            return heard_item(self, block, code)
        return self.index.item(block, code)

    # ── what comes of the reply ──

    def phrase(self, key: str, **values: object) -> str:
        """Return one of the bot's own sentences in the person's language."""
        return phrase(self.programme, self.language, key, **values)

    def notice(self, key: str, **values: object) -> None:
        """Say one of the bot's own sentences."""
        self.prompts.append(Prompt(self.phrase(key, **values), "notice"))

    def effect(self, kind: EffectKind, detail: str = "") -> None:
        """Leave something for the gateway to do."""
        about = self.talk.key if self.talk else ""
        self.effects.append(Effect(kind, detail, about))

    def learn(self, learned: Learned) -> None:
        """Write down a fact about the person, or forget it."""
        self.learned.append(learned)
        facts = dict(self.person.facts)
        facts.pop(learned.name, None)
        if learned.value is not None:
            facts[learned.name] = learned.value
        self.note_person(facts=facts)
        if learned.name == "first name":
            self.note_person(first_name=_text(learned.value))
        if learned.name == "language":
            self.speak(_text(learned.value))

    def speak(self, language: str) -> None:
        """Go on in another language; "" when it is no longer known."""
        self.note_person(language=language)
        self.language = language_of(self.programme, self.person, self.scene)
        if self.talk is not None:
            self.load()

    def keep(self, kept: Kept, *, again: bool = False) -> None:
        """Write an answer down; `again` where it takes the place of an earlier one."""
        if self.refused and kept.fact != TAKE_PART:
            return
        if self.kept and self.kept[-1].key == kept.key:
            self.kept.pop()  # one reply, one record
        if self.withdrawn:  # what takes its place supersedes it; it need not be withdrawn besides
            self.withdrawn = [gone for gone in self.withdrawn if gone.key != kept.key]
        self.kept.append(kept)
        if not again:
            self._count(kind_of(kept), 1)

    def withdraw(self, key: str, kind: str) -> None:
        """Take an answer back."""
        self.withdrawn.append(Withdrawn(key, self.open.key))
        self._count(kind, -1)

    def count_as(self, was: str, now: str) -> None:
        """Count an answer under another kind than before: words at a choice that now has a code."""
        if was != now:
            self._count(was, -1)
            self._count(now, 1)

    def _count(self, kind: str, by: int) -> None:
        count = self.person.held.get(kind, 0) + by
        self.note_person(held={**self.person.held, kind: max(count, 0)})

    def leave(self, node: Node, key: str) -> None:
        """Have the buttons of a question taken away, if it has any, with what is said next."""
        if node.choices or self.open.adds:
            self.closes = key
        self.ends_place = node.step.answer == "place"

    def finish(self) -> Turn:
        """Return the turn as a value."""
        if self.talk is not None:
            self.note_person(conversations=with_talk(self.person.conversations, self.talk))
        if self.prompts and (self.closes or self.ends_place):
            first = self.prompts[0]
            self.prompts[0] = replace(first, closes=self.closes, ends_place=self.ends_place)
        return Turn(
            self.person,
            tuple(self.prompts),
            tuple(self.kept),
            tuple(self.withdrawn),
            tuple(self.learned),
            tuple(self.effects),
            tuple(self.begun),
            self.understood,
        )


def own_answer(draft: Draft, code: str) -> Item | None:
    """Return what became of something that this person said, as an item that a block shows."""
    for outcome in draft.scene.outcomes:
        if outcome.code == code:
            shown = [one for one in draft.flow.lists.get(AGENDA, ()) if not one.hidden]
            places = {one.code: place for place, one in enumerate(shown)}
            place = places.get(outcome.section)
            if place is None:
                return Item(code, text=_in(outcome.texts, draft))
            title = shown[place].title
            where = draft.phrase("in_section", number=place + 1, title=title)
            return Item(code, title, where, _in(outcome.texts, draft))
    return None


def _in(texts: Mapping[str, str], draft: Draft) -> str:
    """Return a text in the person's language, else in the source's, else in any."""
    source = draft.programme.consultation.source
    return texts.get(draft.language) or texts.get(source) or next(iter(texts.values()), "")


def language_of(programme: Programme, person: Person, scene: Scene) -> str:
    """Return the language to speak: the person's, else the phone's, else the source's."""
    if person.language:
        return person.language
    hint = scene.locale_hint[:2].lower()
    known = programme.consultation.languages
    return hint if hint in known else programme.consultation.source


def phrase(programme: Programme, language: str, key: str, **values: object) -> str:
    """Return one of the bot's own sentences; English where a language lacks it."""
    sentences = programme.phrases.get(language, {})
    return fill(sentences.get(key) or programme.phrases["en"][key], values)


def path_of(place: str) -> tuple[str, ...]:
    """Return the items of a place: ("item-3",) for "avis@item-3"."""
    return tuple(place.split("@")[1:]) if "@" in place else ()


def button_key(talk: Conversation, place: str) -> str:
    """Return what the buttons of a question carry: short, and no other question's."""
    return f"{crc32(f'{talk.key}|{talk.began_at}|{place}'.encode()):08x}"


def with_talk(talks: tuple[Conversation, ...], talk: Conversation) -> tuple[Conversation, ...]:
    """Put a conversation among the others; of those that ended, what ended last is kept.

    Several may end in one turn: all of them are still to be written down.
    """
    if len(talks) == 1 and talks[0].flow == talk.flow and talks[0].about == talk.about:
        return (talk,)
    rest = [other for other in talks if other.key != talk.key]
    if talk.state == "ended":
        since = talk.ended_at
        rest = [one for one in rest if one.state != "ended" or one.ended_at >= since]
    return (*rest, talk)


def kind_of(kept: Kept) -> str:
    """Return under which kind an answer is counted for those who ask what we hold."""
    return held_kind(kept.kind, kept.files, chosen=bool(kept.code or kept.codes))


def held_kind(kind: str, files: tuple[File, ...], *, chosen: bool) -> str:
    """Return "choice", "voice", "picture" or "text"."""
    if any(file.is_sound for file in files):
        return "voice"
    if files:
        return "picture"
    return "choice" if chosen and kind in ("choice", "1 to 5") else "text"


def _text(value: str | tuple[str, ...] | None) -> str:
    return value if isinstance(value, str) else ""
