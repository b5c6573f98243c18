"""`only if`: sentences like "avis is amend or oppose, and avis has no comment"."""

import re
from dataclasses import dataclass

from bot.dialogue.yamlnodes import Scalar

_CLAUSE = re.compile(
    r"(?P<subject>.+?) (?:(?P<says>is unknown|has a comment|has no comment|can play sound"
    r"|has spoken|are known|are unknown|is near)"
    r"|is (?P<values>\S.*))"
)
EXAMPLE = 'write it like "avis is amend or oppose, and avis has no comment"'


@dataclass(frozen=True)
class Clause:
    """One test as it was written; what its subject is, is found out when all steps are known."""

    subject: str
    says: str
    values: tuple[str, ...]


def read_condition(scalar: Scalar) -> list[Clause] | str:
    """Return the clauses of a condition, or what is wrong with it."""
    clauses = []
    for part in re.split(r",\s+and\s+", " ".join(scalar.text.split())):
        found = _CLAUSE.fullmatch(part)
        if not found:
            return f'"{part}" is no condition; {EXAMPLE}'
        wrong = _trap(part, found["values"] or "")
        if wrong:
            return wrong
        values = tuple(re.split(r"\s+or\s+", found["values"])) if found["values"] else ()
        clauses.append(Clause(found["subject"], found["says"] or "is", values))
    return clauses


def _trap(part: str, values: str) -> str:
    """Name the usual slips, which would otherwise be read as strange values."""
    if " and " in part:
        return f'"{part}" lacks the comma before "and"; write ", and"'
    if values.startswith("not "):
        return f'"{part}" says "not"; name the answers for which the step is asked instead'
    if re.search(r"\s", re.sub(r"\s+or\s+", "", values)) or "," in values:
        return f'"{part}" is no condition; join several answers by "or"'
    return ""
