"""documents.yaml, agenda.yaml, topics.yaml: what is pushed, asked about, talked about."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from bot.dialogue.fault import Complaints, nearest_or_all
from bot.dialogue.flow import Item
from bot.dialogue.reading import check_name, day, one_of, sentence, table, words, yes
from bot.dialogue.translate import Sentence, needs_words
from bot.dialogue.yamlnodes import Entry, Table, read_table

HIDDEN = ("hidden", "withdrawn")
STATES = ("heard", "draft", "amended", "final", *HIDDEN)
TOP_KEYS = ("title", "sample")
TEXTS = ("title", "summary", "more", "text")


@dataclass(frozen=True)
class ListFile:
    """One list as it was read; `stems` maps a document's code to the beginning of its files."""

    items: tuple[Item, ...] = ()
    stems: dict[str, str] = field(default_factory=dict)
    sentences: tuple[Sentence, ...] = ()


def load_documents(text: str, file: str) -> ListFile:
    """Read documents.yaml: code → title, summary, more, file. Raises Faults."""
    return _load(text, file, "documents", lambda complaints: _Entries(complaints, _DOCUMENT))


def load_agenda(text: str, file: str, themes: Collection[str] = ()) -> ListFile:
    """Read agenda.yaml: code → title, summary, text, theme, instrument, state. Raises Faults.

    `themes` are those of the consultation; none: any will do.
    """
    return _load(text, file, "items", lambda complaints: _Entries(complaints, _AGENDA, themes))


def load_topics(text: str, file: str, themes: Collection[str] = ()) -> ListFile:
    """Read topics.yaml: code → title, summary, more, theme, from, state. Raises Faults.

    `from` is the day on which it becomes the topic of the week of its theme.
    """
    return _load(text, file, "topics", lambda complaints: _Topics(complaints, _TOPIC, themes))


def _load(text: str, file: str, key: str, reader: "Callable[[Complaints], _Entries]") -> ListFile:
    complaints = Complaints(file)
    top = read_table(text, complaints)
    for entry in top.entries:
        if entry.key not in (*TOP_KEYS, key):
            remedy = nearest_or_all(entry.key, (*TOP_KEYS, key))
            complaints.add(entry.line, f'there is no key "{entry.key}"', remedy)
    listed = top.get(key)
    if listed is None and top.entries:
        complaints.add(1, f'this file has no "{key}"', f'add "{key}:"')
    entries = reader(complaints)
    found = entries.read(table(listed, complaints, "the entries")) if listed else ListFile()
    complaints.insist()
    return found


def list_sentences(text: str, file: str) -> tuple[Sentence, ...]:
    """Return what is to be translated of such a file, whatever else may be wrong with it."""
    complaints = Complaints(file)
    top = read_table(text, complaints)
    for key, keys in (("documents", _DOCUMENT), ("items", _AGENDA), ("topics", _TOPIC)):
        if entry := top.get(key):
            return _Entries(complaints, keys).read(table(entry, complaints, "entries")).sentences
    return ()


_DOCUMENT = ("title", "summary", "more", "file", "sample")
_AGENDA = ("title", "summary", "text", "theme", "instrument", "state", "document")
_TOPIC = ("title", "summary", "more", "theme", "from", "state", "document")


class _Entries:
    """Reads entries that all have the same keys."""

    def __init__(
        self, complaints: Complaints, keys: tuple[str, ...], themes: Collection[str] = ()
    ) -> None:
        self.complaints = complaints
        self.keys = keys
        self.themes = themes
        self.sentences: list[Sentence] = []

    def read(self, entries: Table) -> ListFile:
        items, stems = [], {}
        for entry in entries.entries:
            check_name(entry.key, entry.line, "an entry", self.complaints)
            values = self._values(entry)
            items.append(_item(entry.key, values))
            stems[entry.key] = values.get("file") or entry.key
        return ListFile(tuple(items), stems, tuple(self.sentences))

    def _values(self, entry: Entry) -> dict[str, str]:
        values = {
            each.key: self._value(each, entry.key)
            for each in table(entry, self.complaints, "its texts").entries
        }
        if not values.get("title"):
            self.complaints.add(entry.line, f'"{entry.key}" has no title', 'add "title:"')
        return values

    def _value(self, entry: Entry, code: str) -> str:
        if entry.key not in self.keys:
            remedy = nearest_or_all(entry.key, self.keys)
            self.complaints.add(entry.line, f'there is no key "{entry.key}"', remedy)
            return ""
        if entry.key in TEXTS:
            text = sentence(entry, self.complaints)
            if needs_words(text):
                self.sentences.append(Sentence(text, code, entry.line))
            return text
        if entry.key == "state":
            return one_of(entry, STATES, self.complaints, "state of an item")
        if entry.key == "from":
            return day(entry, self.complaints)
        if entry.key == "theme" and self.themes:
            return one_of(entry, (*self.themes, "all"), self.complaints, "theme")
        return str(yes(entry, self.complaints)) if entry.key == "sample" else self._word(entry)

    def _word(self, entry: Entry) -> str:
        word = words(entry, self.complaints)
        if entry.key == "file" and ("/" in word or ".." in word):
            self.complaints.add(entry.line, f'"{word}" leads elsewhere', "name the file alone")
        return word


class _Topics(_Entries):
    """Reads topics; each theme has one at a time."""

    def __init__(
        self, complaints: Complaints, keys: tuple[str, ...], themes: Collection[str]
    ) -> None:
        super().__init__(complaints, keys, themes)
        self.begin: dict[tuple[str, str], str] = {}

    def _values(self, entry: Entry) -> dict[str, str]:
        values = super()._values(entry)
        for key in ("summary", "theme", "from"):
            if not values.get(key):
                what = f'the topic "{entry.key}" has no "{key}"'
                self.complaints.add(entry.line, what, f'add "{key}:"')
        week = values.get("theme", ""), values.get("from", "")
        other = self.begin.setdefault(week, entry.key)
        if other != entry.key and all(week):
            what = f'"{entry.key}" begins on the same day as "{other}", of the same theme'
            self.complaints.add(entry.line, what, "give one of them another day")
        return values


def _item(code: str, values: dict[str, str]) -> Item:
    return Item(
        code,
        title=values.get("title", ""),
        summary=values.get("summary", ""),
        text=values.get("text") or values.get("more", ""),
        document=values.get("document") or code,
        hidden=values.get("state") in HIDDEN,
        theme=values.get("theme", "") if "from" in values else "",
        starts=values.get("from", ""),
    )
