"""Twilio's interface descriptions, made into JSON Schema.

They are not part of this repository: their folder stands in PALABRE_SPECS.
"""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

MESSAGES, CONTENT = "twilio_messages.json", "twilio_content_v1.json"
_PLAIN = ("type", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "required")


@cache
def description(file: str) -> dict[str, Any]:
    """Load a description; without it the test is passed over, and says so."""
    path = Path(os.environ.get("PALABRE_SPECS", "")) / file
    if not os.environ.get("PALABRE_SPECS") or not path.is_file():
        pytest.skip(f"PALABRE_SPECS names no folder with {file}: nothing to check against")
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


def schema_of(openapi: Any, file: str) -> Any:
    """Turn a schema of OpenAPI 3.0 into one of JSON Schema: `nullable`, references, unions."""
    if "$ref" in openapi:
        name = openapi["$ref"].rpartition("/")[2]
        return schema_of(description(file)["components"]["schemas"][name], file)
    made: dict[str, Any] = {name: openapi[name] for name in _PLAIN if name in openapi}
    for several in ("allOf", "anyOf", "oneOf"):
        if several in openapi:
            made[several] = [schema_of(one, file) for one in openapi[several]]
    if "properties" in openapi:
        made["properties"] = {k: schema_of(v, file) for k, v in openapi["properties"].items()}
    if "items" in openapi:
        made["items"] = schema_of(openapi["items"], file)
    more = openapi.get("additionalProperties")
    if more is not None:
        made["additionalProperties"] = more if isinstance(more, bool) else schema_of(more, file)
    return {"anyOf": [made, {"type": "null"}]} if openapi.get("nullable") else made


def operation(file: str, method: str, path: str) -> dict[str, Any]:
    """Find what is said of a call."""
    for template, methods in description(file)["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method in methods:
            found: dict[str, Any] = methods[method]
            return found
    raise AssertionError(f"{method} {path} is not described")


def faults(schema: Any, value: object) -> list[str]:
    """What is wrong with a value, in words."""
    found = Draft202012Validator(schema).iter_errors(value)
    return [f"{'/'.join(map(str, one.path))}: {one.message[:200]}" for one in found]


def faults_of_form(operation: dict[str, Any], form: dict[str, list[str]]) -> list[str]:
    """What is wrong with a form; only what is described as an array may be there twice."""
    (content,) = operation["requestBody"]["content"].items()
    assert content[0] == "application/x-www-form-urlencoded"
    schema = schema_of(content[1]["schema"], MESSAGES)
    arrays = {k for k, one in schema["properties"].items() if one.get("type") == "array"}
    typed = {
        name: values if name in arrays or len(values) > 1 else values[0]
        for name, values in form.items()
    }
    return faults(schema, typed)


def faults_of_query(operation: dict[str, Any], query: dict[str, str]) -> list[str]:
    """What is wrong with a query."""
    known = {one["name"] for one in operation["parameters"] if one["in"] == "query"}
    return [f"{name} is not described" for name in query if name not in known]


def faults_of_answer(operation: dict[str, Any], file: str, status: int, body: object) -> list[str]:
    """What is wrong with an answer."""
    described = operation["responses"].get(str(status))
    if described is None:
        return [f"{status} is not described"]
    return faults(schema_of(described["content"]["application/json"]["schema"], file), body)
