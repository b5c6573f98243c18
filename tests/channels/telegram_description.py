"""A description of the Bot API, made into JSON Schema, and what it can generate.

The description is not part of this repository: its folder stands in PALABRE_SPECS.
"""

import json
import os
import random
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

FILE = "telegram_bot_api.json"
PRIMITIVE: dict[str, dict[str, Any]] = {
    "Integer": {"type": "integer"},
    "String": {"type": "string"},
    "Boolean": {"type": "boolean"},
    "Float": {"type": "number"},
    "True": {"const": True},
    "InputFile": {"type": "string"},
}
_LENGTH = re.compile(r"(\d+)-(\d+) (?:characters|bytes)")
_ALWAYS = re.compile(r"(?:always|must be) [“\"']([a-z_]+)[”\"']")


@cache
def description() -> dict[str, Any]:
    """Load the description; without one the test is passed over, and says so."""
    path = Path(os.environ.get("PALABRE_SPECS", "")) / FILE
    if not os.environ.get("PALABRE_SPECS") or not path.is_file():
        pytest.skip(f"PALABRE_SPECS names no folder with {FILE}: nothing to check against")
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


def type_of(name: str) -> dict[str, Any]:
    """The schema of a type by its name in the description."""
    if name.startswith("Array of "):
        return {"type": "array", "items": type_of(name.removeprefix("Array of "))}
    return PRIMITIVE.get(name) or {"$ref": f"#/$defs/{name}"}


def _any_of(names: list[str]) -> dict[str, Any]:
    schemas = [type_of(name) for name in names]
    return dict(schemas[0]) if len(schemas) == 1 else {"anyOf": schemas}


def _field(field: dict[str, Any]) -> dict[str, Any]:
    schema, words = _any_of(field["types"]), field["description"]
    if field["types"] != ["String"]:
        return schema
    if found := _ALWAYS.search(words):
        return {"const": found[1]}
    if found := _LENGTH.search(words):
        schema |= {"minLength": int(found[1]), "maxLength": int(found[2])}
    return schema


def _object(fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {field["name"]: _field(field) for field in fields},
        "required": [field["name"] for field in fields if field["required"]],
        "additionalProperties": False,
    }


@cache
def definitions() -> dict[str, Any]:
    """The schemas of all types."""
    return {
        name: _any_of(one["subtypes"]) if one.get("subtypes") else _object(one.get("fields") or [])
        for name, one in description()["types"].items()
    }


def faults_of(schema: dict[str, Any], value: object) -> list[str]:
    """What is wrong with a value, in words."""
    found = Draft202012Validator(schema | {"$defs": definitions()}).iter_errors(value)
    return [f"{'/'.join(map(str, one.path))}: {one.message[:200]}" for one in found]


def faults_of_call(method: str, params: dict[str, str], files: list[str]) -> list[str]:
    """What is wrong with a call; parameters come as text and are typed as the description says."""
    fields = description()["methods"][method].get("fields") or []
    types = {field["name"]: field["types"] for field in fields}
    typed = {name: _typed(value, types.get(name, ["String"])) for name, value in params.items()}
    return faults_of(_object(fields), typed | dict.fromkeys(files, "attach://"))


def _typed(value: str, types: list[str]) -> Any:
    if types == ["String"] or types == ["InputFile", "String"]:
        return value
    return json.loads(value)


def faults_of_result(method: str, result: object) -> list[str]:
    """What is wrong with what a method returned."""
    return faults_of(_any_of(description()["methods"][method]["returns"]), result)


class Generator:
    """Makes valid updates, of any kind, out of the description."""

    DEEP = 4

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def update(self, kind: str) -> dict[str, Any]:
        """One update of a kind."""
        schema = definitions()["Update"]["properties"][kind]
        return {"update_id": self._random.randint(1, 2**31), kind: self._value(schema, 0, kind)}

    def _value(self, schema: dict[str, Any], depth: int, name: str) -> Any:
        if "$ref" in schema:
            return self._of_type(schema["$ref"].rpartition("/")[2], depth + 1)
        if "anyOf" in schema:
            return self._value(self._random.choice(schema["anyOf"]), depth, name)
        if "const" in schema:
            return schema["const"]
        if schema["type"] == "array":
            count = 0 if depth > self.DEEP else self._random.choice((0, 1, 2))
            return [self._value(schema["items"], depth + 1, name) for _ in range(count)]
        return self._plain(schema, name)

    def _plain(self, schema: dict[str, Any], name: str) -> Any:
        if schema["type"] == "integer":
            return self._random.randint(1, 2**31 if "date" in name else 10**6)
        if schema["type"] == "boolean":
            return self._random.random() < 0.5
        if schema["type"] == "number":
            return self._random.uniform(-90, 90)
        words = self._random.choice(
            ["oui", "/start abc", "/stop", "É 😀", "نعم", "\0", "STOP", "1"]
        )
        least, most = schema.get("minLength", 0), schema.get("maxLength", 1000)
        return words.ljust(least, "x")[:most]

    def _of_type(self, name: str, depth: int) -> Any:
        schema = definitions()[name]
        if "anyOf" in schema:
            return self._value(schema, depth, name)
        made = {
            field: self._value(inner, depth, field)
            for field, inner in schema["properties"].items()
            if field in schema["required"] or (depth <= self.DEEP and self._random.random() < 0.15)
        }
        if name == "Chat":
            made["type"] = self._random.choice(["private", "private", "supergroup", "channel"])
        return made | ({"date": 0} if name == "InaccessibleMessage" else {})
