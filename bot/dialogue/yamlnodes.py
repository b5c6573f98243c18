"""YAML as tables, rows and words, each with its line; nothing is turned into numbers or booleans.

Read from the parser's events with a stack, so that no text, however deep, can exhaust ours.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from bot.dialogue.fault import Complaints

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 20
HOPELESS = 10 * DEEPEST  # levels: whoever wrote this did not write a flow
_CUT = re.compile(r"\s+#[^\s#]")


@dataclass(frozen=True, slots=True)
class Scalar:
    """Words as they were written."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Row:
    """A list."""

    items: "tuple[Node, ...]"
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A key, where it stands, and what stands behind it."""

    key: str
    line: int
    value: "Node"


@dataclass(frozen=True, slots=True)
class Table:
    """Keys and their values, in the order of the file; no key twice."""

    entries: tuple[Entry, ...]
    line: int

    def get(self, key: str) -> Entry | None:
        """Return the entry of a key."""
        return next((entry for entry in self.entries if entry.key == key), None)


Node = Scalar | Row | Table

# What the parser says, and what a coordinator can do about it.
PLAINLY = {
    "mapping values are not allowed": (
        'there is a ": " inside a sentence',
        'put the sentence between quotes, or on a new line after "|"',
    ),
    "cannot start any token": (
        "here stands a tab, or a sign that YAML keeps for itself",
        "indent with spaces, and put the sentence between quotes",
    ),
    "did not find expected key": (
        "this line is not at the depth of its neighbours, or a sentence begins with { or a quote",
        "align it with the keys above it, or put the whole sentence between quotes",
    ),
    "could not find expected ':'": (
        "a key without its colon, or a sentence that stands too far to the left",
        'write "key: value", and indent long texts below their key',
    ),
    "unexpected end of stream": ("a quote that was opened is never closed", "close it"),
    "control characters": ("there is a sign here that cannot be printed", "delete it"),
}
OTHERWISE = ("this cannot be read as YAML", "check the indentation and the quotes here")


def read_table(text: str, complaints: Complaints) -> Table:
    """Read a file whose top is a table; what is wrong goes to `complaints`."""
    node = _read(text, complaints)
    if isinstance(node, Table):
        return node
    if not complaints.faults:
        complaints.add(1, "this file is empty or is no table", 'begin with "title: …"')
    return Table((), 1)


def _read(text: str, complaints: Complaints) -> Node | None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        complaints.add(line, "there is a sign here that no text can hold", "delete it")
        return None
    builder = _Builder(complaints, text.split("\n"))
    try:
        for event in yaml.parse(text, Loader=Loader):
            builder.take(event)
            if len(builder.stack) > HOPELESS:
                break
    except yaml.YAMLError as error:
        _complain_of_yaml(error, text, complaints)
        return None
    return builder.result


def _complain_of_yaml(error: yaml.YAMLError, text: str, complaints: Complaints) -> None:
    said = f"{getattr(error, 'problem', None)} {getattr(error, 'reason', None)}"
    what, remedy = next((plain for sign, plain in PLAINLY.items() if sign in said), OTHERWISE)
    complaints.add(_line_of(error, text), what, remedy)


def _line_of(error: yaml.YAMLError, text: str) -> int:
    mark = getattr(error, "problem_mark", None)
    if "end of stream" in str(getattr(error, "problem", "")):
        mark = getattr(error, "context_mark", None) or mark  # where it was opened
    if mark is not None:
        return min(int(mark.line) + 1, text.count("\n") + 1)
    before = text.encode()[: getattr(error, "position", 0)]
    return before.count(b"\n") + 1


class _Builder:
    """Builds nodes out of events; the stack holds what is not yet closed."""

    def __init__(self, complaints: Complaints, lines: list[str]) -> None:
        self.complaints = complaints
        self.lines = lines
        self.result: Node | None = None
        self.documents = 0
        self.stack: list[tuple[bool, int, list[Node]]] = []

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents == 2:
                self.complaints.add(line, "a second document begins here", 'delete the "---"')
        elif isinstance(event, yaml.ScalarEvent):
            self._refuse_marks(event, line)
            self._refuse_lost_words(event)
            self._put(Scalar(event.value.strip(), line))
        elif isinstance(event, yaml.AliasEvent):
            self.complaints.add(line, 'a "*" that points elsewhere', "write the text out here")
            self._put(Scalar("*", line))
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._refuse_marks(event, line)
            self._open(isinstance(event, yaml.MappingStartEvent), line)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._close()

    def _refuse_marks(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor or (getattr(event, "tag", None) not in (None, "!")):
            self.complaints.add(line, 'a text that begins with "&" or "!"', "put it between quotes")

    def _refuse_lost_words(self, event: yaml.ScalarEvent) -> None:
        """Notice a text that was cut at " #", as in "Appelez le #123": YAML drops it in silence."""
        end = event.end_mark
        if event.style or end is None or end.line >= len(self.lines):
            return
        if _CUT.match(self.lines[end.line][end.column :]):
            what = 'what stands behind " #" is not read'
            remedy = 'put the whole text between quotes, or a blank behind "#" if it is a remark'
            self.complaints.add(end.line + 1, what, remedy)

    def _open(self, is_table: bool, line: int) -> None:
        if len(self.stack) == DEEPEST:
            self.complaints.add(line, "too many levels inside one another", "indent less")
        self.stack.append((is_table, line, []))

    def _close(self) -> None:
        is_table, line, nodes = self.stack.pop()
        if len(self.stack) >= DEEPEST:
            self._put(Scalar("", line))  # what stands too deep is not kept
        elif is_table:
            self._put(Table(tuple(self._entries(nodes)), line))
        else:
            self._put(Row(tuple(nodes), line))

    def _put(self, node: Node) -> None:
        if self.stack:
            self.stack[-1][2].append(node)
        elif self.result is None:
            self.result = node

    def _entries(self, nodes: list[Node]) -> Iterator[Entry]:
        seen: dict[str, int] = {}
        for key, value in zip(nodes[::2], nodes[1::2], strict=True):
            if not isinstance(key, Scalar):
                self.complaints.add(key.line, "a key must be one word or a few", "write it plainly")
            elif key.text in seen:
                self.complaints.add(
                    key.line,
                    f'"{key.text}" is written twice here, first in line {seen[key.text]}',
                    "keep one of them",
                )
            else:
                seen[key.text] = key.line
                yield Entry(key.text, key.line, value)
