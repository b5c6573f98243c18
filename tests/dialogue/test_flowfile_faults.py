"""What is wrong with a flow is said at once, with its line and a remedy.

The tables stand in broken_steps.txt and broken_flows.txt: a title, the text, what is said of it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flowtexts import FILE, faults, load, step_faults
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.fault import Fault, Faults

HERE = Path(__file__).parent


def cases(name: str) -> Iterator[object]:
    """Read a table of broken texts."""
    for case in (HERE / name).read_text("utf-8").split("=== ")[1:]:
        title, _, rest = case.partition("\n")
        lines = rest.removesuffix("\n").split("\n")
        text = [line for line in lines if not line.startswith("→ ")]
        said = [line.removeprefix("→ ") for line in lines if line.startswith("→ ")]
        yield pytest.param("\n".join(text).rstrip("\n"), said, id=title)


@pytest.mark.parametrize(("text", "said"), list(cases("broken_steps.txt")))
def test_a_broken_step_is_named_with_its_line_and_a_remedy(text: str, said: list[str]) -> None:
    """Every way to go wrong that the flow language knows; the steps' first line is line 1."""
    assert said
    assert step_faults(text) == said


@pytest.mark.parametrize(("text", "said"), list(cases("broken_flows.txt")))
def test_a_broken_flow_is_named_with_its_line_and_a_remedy(text: str, said: list[str]) -> None:
    """The same for what stands around the steps."""
    assert said
    assert faults(text) == said


def test_all_faults_come_at_once() -> None:
    """One reading tells everything, in the order of the lines."""
    text = """\
    a:
      sya: Bonjour
    b:
      ask: Quoi ?
    c:
      say: Bonjour {nom}.
    d:
      only if: a is b
      say: Bonjour
    """
    assert [fault.partition(":")[0] for fault in step_faults(text)] == ["2", "4", "6", "8"]


def test_a_fault_is_printed_as_place_sentence_and_remedy() -> None:
    """So that an editor can jump to it."""
    fault = Fault("flows/ess/interviews.yaml", 29, 'step "a" depends on "b"', 'move "b" above it')
    assert str(fault) == (
        'flows/ess/interviews.yaml:29: step "a" depends on "b"; move "b" above it'
    )


PIECES = """\
title: x|steps:|  a:|    say: x|    ask: y?|    choices:|      yes: Oui|    only if: a is b
    for each: agenda item|    steps:|      b:|        say: x|    if yes: merci|    up to 3 times:
endings:|  merci: m|- a|? b|&x|*x|!!t|---|{|}|[|\t|a: {b: c}|    answer: numbers: a
    choose: several|    choices from: themes|    keep as: language|    answer: {numbers: [a]}
é: è|    for each: choice of a|    remind after: [1 day, {a: b}]|    attach: [paper]|minutes: ٣
keywords: {a: b}|phase: []|\0|\ud800|\u2028|...|%YAML 1.1|    say: '{first_name}'|    if: x
""".replace("\n", "|").split("|")


@settings(max_examples=400)
@given(
    st.one_of(st.lists(st.sampled_from(PIECES), max_size=25).map("\n".join), st.text(max_size=200))
)
def test_no_text_at_all_can_do_worse_than_faults(text: str) -> None:
    """Whatever stands in a file: a flow comes out, or faults in lines that the file has."""
    try:
        load(text)
        found: tuple[Fault, ...] = ()
    except Faults as wrong:
        found = wrong.faults or (Fault("", 0, ""),)
    lines = len(text.splitlines()) + 1
    assert all(fault.file == FILE and 1 <= fault.line <= lines for fault in found)
    assert all(fault.what for fault in found)


@pytest.mark.parametrize("text", ["[" * 50_000, "- " * 5_000, "a: " + "{" * 9_000, "? " * 5_000])
def test_depth_is_refused_and_not_followed(text: str) -> None:
    """A file cannot exhaust the stack."""
    assert faults(text)
