"""Gathering the program's own sentences: from code, beyond what stands in `_(…)`.

An exception's docstring is its message, and rows of certain tables hold a sentence for people.
Whoever shows them says them with `_`.
"""

import ast
import inspect
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

from babel.messages.extract import extract_python

from bot.gateway.contents import read_phrases

ROWS = frozenset(("Failure", "Meaning", "Setting"))  # their last text is a sentence
Extracted = tuple[int, str | None, Any, list[str]]


def extract_code(
    file: IO[bytes], keywords: Mapping[str, Any], tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Extracted]:
    """Read a Python file for Babel: babel.cfg names this function."""
    found: Any = extract_python(file, keywords, tags, {**options})  # type: ignore[typeddict-item]
    yield from found  # Babel's own annotation has its parts in another order than they come
    file.seek(0)
    tree = ast.parse(file.read())
    yield from _messages(tree)
    yield from _rows(tree)


def _messages(tree: ast.Module) -> Iterator[Extracted]:
    """Find the classes of this file whose docstring is used as their message."""
    said = {
        node.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "__doc__"
        and isinstance(node.value, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and said & {node.name, "self"}:
            words = ast.get_docstring(node)
            if words:
                yield node.lineno + 1, None, inspect.cleandoc(words), []


def _rows(tree: ast.Module) -> Iterator[Extracted]:
    """Find the sentences of a table: the last text of a row, or the `words` of what makes rows."""
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args
    ]
    if not any(_name(call) in ROWS for call in calls):
        return
    places = {**dict.fromkeys(ROWS, -1), **_makers(tree)}
    named = _constants(tree)
    for call in calls:
        place = places.get(_name(call))
        if place is not None and place < len(call.args):
            told = call.args[place]
            text = named.get(told.id) if isinstance(told, ast.Name) else told
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield text.lineno, None, text.value, []


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _makers(tree: ast.Module) -> dict[str, int]:
    """Return the functions that take a row's `words`, and at which place."""
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    takes = ((one.name, [each.arg for each in one.args.args]) for one in functions)
    return {name: names.index("words") for name, names in takes if "words" in names}


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    return {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def extract_phrases(
    file: IO[bytes], keywords: Mapping[str, Any], tags: Collection[str], options: Mapping[str, str]
) -> Iterator[Extracted]:
    """Read locales/phrases.yaml for Babel: babel.cfg names this function."""
    for key, (text, line) in read_phrases(file.read().decode("utf-8"), "phrases.yaml").items():
        yield line, None, text, [f"phrases.yaml: {key}"]
