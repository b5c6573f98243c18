"""answers.csv: what became of what people said, a line each, as those who draft write it."""

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from bot.dialogue.fault import Complaints, nearest_or_all
from bot.dialogue.flow import Outcome

ABOUT = ("contribution", "participant", "step", "item")
COLUMNS = (*ABOUT, "section")
LONGEST = 300  # characters of a sentence: more would be too long to hear at once
_ID = re.compile(r"[0-9A-Za-z_-]{1,32}")


def load_answers(
    text: str,
    file: str,
    languages: Sequence[str],
    sections: Collection[str],
    steps: Collection[str],
) -> tuple[Outcome, ...]:
    """Read the table. Raises Faults with everything that is wrong in it.

    `sections` are the codes of the agenda's items, `steps` the names of all questions.
    """
    complaints = Complaints(file)
    reader = _Reader(complaints, languages, sections, steps)
    found = tuple(reader.rows(text))
    complaints.insist()
    return found


class _Reader:
    """Reads one table; whatever is wrong goes to the complaints."""

    def __init__(
        self,
        complaints: Complaints,
        languages: Sequence[str],
        sections: Collection[str],
        steps: Collection[str],
    ) -> None:
        self.complaints = complaints
        self.languages = languages
        self.sections = sections
        self.steps = steps
        self.seen: dict[tuple[str, ...], int] = {}

    def rows(self, text: str) -> Iterator[Outcome]:
        first = text.partition("\n")[0]
        table = csv.reader(io.StringIO(text, newline=""), delimiter=_sign_between(first))
        head: list[str] = []
        for cells in _whole(table, self.complaints):
            values = [cell.strip() for cell in cells]
            if not head:
                head = self._head(values)
            elif any(values):
                yield from self._row(dict(zip(head, values, strict=False)), table.line_num)

    def _head(self, names: list[str]) -> list[str]:
        known = (*COLUMNS, *self.languages)
        for name in names:
            if name not in known:
                what = f'there is no column "{name}"'
                self.complaints.add(1, what, nearest_or_all(name, known))
        if not set(self.languages) & set(names):
            what = "no column holds what people are told"
            self.complaints.add(1, what, f'add the columns "{", ".join(self.languages)}"')
        return names

    def _row(self, values: Mapping[str, str], line: int) -> Iterator[Outcome]:
        texts = {code: values[code] for code in self.languages if values.get(code)}
        about = tuple(values.get(name, "") for name in ABOUT)
        if self._is_about_something(about, line) and self._says_something(texts, line):
            self._check_section(values.get("section", ""), line)
            contribution, participant, step, item = about
            section = values.get("section", "")
            yield Outcome(texts, section, contribution, participant, step, item, line)

    def _is_about_something(self, about: tuple[str, ...], line: int) -> bool:
        contribution, participant, step, _item = about
        if not contribution and not (participant and step):
            what = "this line does not say to which answer it belongs"
            remedy = "fill in `contribution`, or `participant` and `step`, as in the export"
            self.complaints.add(line, what, remedy)
            return False
        if contribution and participant:
            what = "this line names an answer in two ways"
            self.complaints.add(line, what, "keep `contribution`, or `participant` and `step`")
        for name in filter(None, (contribution, participant)):
            if not _ID.fullmatch(name):
                self.complaints.add(
                    line, f'"{name}" is no code of the export', "copy it from there"
                )
        if step and step not in self.steps:
            remedy = nearest_or_all(step, self.steps)
            self.complaints.add(line, f'no flow asks "{step}"', remedy)
        before = self.seen.setdefault(about, line)
        if before != line:
            what = f"this answer has a line already, line {before}"
            self.complaints.add(line, what, "keep one of them")
        return True

    def _says_something(self, texts: Mapping[str, str], line: int) -> bool:
        missing = [code for code in self.languages if code not in texts]
        if missing:
            what = f"nothing is said here in {', '.join(missing)}"
            self.complaints.add(line, what, "write what became of it in every language")
        for code, text in texts.items():
            if len(text) > LONGEST:
                what = f"the sentence in {code} has {len(text)} characters"
                self.complaints.add(line, what, f"keep it within {LONGEST}")
            if "{" in text or "}" in text:
                what = f"the sentence in {code} holds a brace"
                self.complaints.add(line, what, "write it without: nothing is filled in here")
        return bool(texts)

    def _check_section(self, section: str, line: int) -> None:
        if section and section not in self.sections:
            what = f'the agenda has no item "{section}"'
            self.complaints.add(line, what, nearest_or_all(section, self.sections))


def _sign_between(head: str) -> str:
    """Say what stands between two cells: a spreadsheet in French or Spanish writes semicolons."""
    return max(",;\t", key=head.count)


def _whole(table: Iterator[list[str]], complaints: Complaints) -> Iterator[list[str]]:
    """Yield the lines of a table, as far as it can be read."""
    try:
        yield from table
    except csv.Error as error:
        complaints.add(1, f"this table cannot be read ({error})", "save it as CSV in UTF-8")
