"""What is gathered from code for the translators, beside what stands in `_(…)`."""

import ast
import io
from pathlib import Path

import pytest

from bot.sentences import extract_code

ROOT = Path(__file__).parents[2]


def gathered(code: str) -> list[str]:
    """Return the sentences that are found in a file of code."""
    return [text for _, _, text, _ in extract_code(io.BytesIO(code.encode()), {"_": None}, (), {})]


def test_an_exception_s_docstring_is_gathered_where_it_is_its_message() -> None:
    """Not where the exception says something else."""
    code = (
        'class Away(Exception):\n    """It is away."""\n'
        'class Busy(Exception):\n    """Only we read this."""\n'
        "raise Away(Away.__doc__)\n"
    )
    assert gathered(code) == ["It is away."]


def test_exceptions_that_fill_in_their_own_docstring_are_all_gathered() -> None:
    code = (
        'class Base(Exception):\n    """It fails."""\n'
        "    def __init__(self):\n        super().__init__(self.__doc__)\n"
        'class Lost(Base):\n    """{what} is lost."""\n'
    )
    assert gathered(code) == ["It fails.", "{what} is lost."]


@pytest.mark.parametrize(
    "row",
    [
        'Failure("code", "gone", False, "address", "It is gone.")',
        'GONE = "It is gone."\nFailure("code", "gone", False, "address", GONE)',
        'def row(code, words, more=1):\n    return Failure(code, words)\nrow(1, "It is gone.")',
        'Setting("PORT", read, "8080", "It is gone.", secret=True)',
    ],
)
def test_the_sentence_of_a_table_s_row_is_gathered(row: str) -> None:
    """However the row is written."""
    assert gathered(row) == ["It is gone."]


def test_words_elsewhere_are_not_gathered() -> None:
    """What a function is called with is no sentence for people by itself."""
    assert gathered('def say(words):\n    return words\nsay("nothing")\n_("Come in.")\n') == [
        "Come in."
    ]


def hidden(code: str) -> list[int]:
    """Return the lines where a sentence stands in `_(…)` inside an f-string."""
    return [
        call.lineno
        for text in ast.walk(ast.parse(code))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("_", "N_")
        and any(isinstance(one, ast.Constant) for one in call.args)
    ]


def test_no_sentence_hides_from_the_translators_in_an_f_string() -> None:
    """Before Python 3.12 an f-string is one word to whoever gathers."""
    assert hidden("f\"{_('Come in.')}\"") == [1]
    files = (path for room in ("bot", "channels") for path in (ROOT / room).rglob("*.py"))
    found = {path.name: hidden(path.read_text("utf-8")) for path in files}
    assert {name: lines for name, lines in found.items() if lines} == {}
