"""The file in which a coordinator writes a broadcast: a text a language, and what goes with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.dialogue.fault import Complaints, Fault, Faults, nearest_or_all
from bot.dialogue.flow import Consultation
from bot.dialogue.yamlnodes import Scalar, read_table
from bot.language import _

MORE = ("attach", "template")


class NoText(Exception):
    """The file with the texts cannot be read: write fr: …, en: …, es: … into it, in UTF-8."""


@dataclass(frozen=True)
class Written:
    """What stands in it."""

    texts: dict[str, str]
    attach: str = ""
    template: str = ""


def read_texts(file: Path, consultation: Consultation, documents: Iterable[str]) -> Written:
    """Read the file. Raises NoText, Faults."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise NoText(NoText.__doc__) from None
    complaints = Complaints(str(file))
    top = read_table(text, complaints)
    known = (*consultation.languages, *MORE)
    said: dict[str, str] = {}
    for entry in top.entries:
        if entry.key not in known:
            what = _("“{key}” is not known here").replace("{key}", entry.key)
            complaints.add(entry.line, what, nearest_or_all(entry.key, known))
        elif not isinstance(entry.value, Scalar) or not entry.value.text.strip():
            what = _("“{key}” says nothing").replace("{key}", entry.key)
            complaints.add(entry.line, what, _("write its text behind it, or below it after |"))
        else:
            said[entry.key] = entry.value.text.strip()
    _document(said.get("attach", ""), documents, complaints, top.get("attach"))
    complaints.insist()
    texts = {name: said[name] for name in consultation.languages if name in said}
    if not texts and "attach" not in said:
        raise Faults([Fault(str(file), 1, _("there is no text"), _("write fr: …, en: …, es: …"))])
    return Written(texts, said.get("attach", ""), said.get("template", ""))


def _document(code: str, known: Iterable[str], complaints: Complaints, entry: object) -> None:
    names = list(known)
    if code and code not in names:
        what = _("there is no document “{code}”").replace("{code}", code)
        complaints.add(getattr(entry, "line", 1), what, nearest_or_all(code, names))
