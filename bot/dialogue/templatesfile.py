"""templates.yaml: the sentences that a provider approves beforehand, to be written first."""

import re
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from bot.dialogue.fault import Complaints, nearest_or_all
from bot.dialogue.flow import Struct
from bot.dialogue.placeholders import lone_brace, names_in
from bot.dialogue.reading import one_of, table, words
from bot.dialogue.translate import Sentence
from bot.dialogue.yamlnodes import Entry, read_table

FILE = "templates.yaml"
# What each is for decides which words it may leave open.
OPEN_WORDS: Mapping[str, tuple[str, ...]] = {
    "invite": ("phase.title", "keyword"),
    "remind": ("phase.title",),
    "session": ("about.title", "about.date", "about.place"),
    "person_replied": (),
}
KINDS = ("utility", "marketing")
LONGEST = 550  # characters: beyond it templates are refused
_AT_AN_END = re.compile(r"\A\s*\{|\}[\s.!?…]*\Z")
_NEIGHBOURS = re.compile(r"\}\s*\{")


class Template(Struct, frozen=True):
    """One such sentence in one language; `{words}` in it are filled in at each sending."""

    name: str
    kind: str
    text: str
    language: str = ""
    line: int = 1

    @property
    def open_words(self) -> tuple[str, ...]:
        """The placeholders, in the order in which they stand in this language."""
        return tuple(dict.fromkeys(names_in(self.text)))


def load_templates(text: str, file: str, language: str = "") -> tuple[Template, ...]:
    """Read the file. Raises Faults."""
    complaints = Complaints(file)
    found = tuple(replace(template, language=language) for template in _templates(text, complaints))
    complaints.insist()
    return found


def template_sentences(text: str, file: str) -> tuple[Sentence, ...]:
    """Return what is to be translated, whatever else may be wrong."""
    found = _templates(text, Complaints(file))
    return tuple(Sentence(one.text, one.name, one.line) for one in found if one.text)


def translated(template: Template, gettext: Callable[[str], str], language: str) -> Template:
    """Return it in another language."""
    return replace(template, text=gettext(template.text), language=language)


def wrong_text(text: str, name: str) -> tuple[str, str] | None:
    """Say what a provider would not take in a text, and what to do; None if all is well."""
    allowed = OPEN_WORDS[name]
    for word in names_in(text):
        if word not in allowed:
            shown = ", ".join(f"{{{one}}}" for one in allowed)
            remedy = f"there may stand {shown}" if allowed else "take it out"
            return f'{{{word}}} means nothing in "{name}"', remedy
    if lone_brace(text):
        return "a { or } belongs to no placeholder", "take it out"
    if _AT_AN_END.search(text):
        return f'"{name}" begins or ends with a {{placeholder}}', "put words before and after it"
    if _NEIGHBOURS.search(text):
        return f'in "{name}" two {{placeholders}} stand side by side', "put words between them"
    if len(text) > LONGEST:
        return f'"{name}" has {len(text)} characters', f"keep it within {LONGEST}"
    return None


def _templates(text: str, complaints: Complaints) -> list[Template]:
    found = []
    for entry in read_table(text, complaints).entries:
        if entry.key in OPEN_WORDS:
            found.append(_template(entry, complaints))
        else:
            remedy = nearest_or_all(entry.key, OPEN_WORDS)
            complaints.add(entry.line, f'there is no template "{entry.key}"', remedy)
    return found


def _template(entry: Entry, complaints: Complaints) -> Template:
    kind, text, line = KINDS[0], "", entry.line
    for each in table(entry, complaints, "its kind and its text").entries:
        if each.key == "kind":
            kind = one_of(each, KINDS, complaints, "kind of a template")
        elif each.key == "text":
            text, line = words(each, complaints).strip(), each.line
        else:
            remedy = nearest_or_all(each.key, ("kind", "text"))
            complaints.add(each.line, f'there is no key "{each.key}"', remedy)
    if not text:
        complaints.add(entry.line, f'"{entry.key}" has no text', 'add "text:"')
    elif wrong := wrong_text(text, entry.key):
        complaints.add(line, *wrong)
    return Template(entry.key, kind, text, line=line)
