"""Markdown becomes print; what a person writes is shown and never run."""

import json
from importlib.util import find_spec

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.documents.errors import CannotTypeset
from bot.documents.pdf import template
from bot.documents.typesetting import quoted, read_paper, typst_source
from bot.documents.typography import polish

ATTACKS = [
    "#panic()",
    '#"a" #read("/etc/passwd")',
    '\\#eval("1")',
    "]]) #sys.version [[(",
    '"); #panic("',
    "$ x $ @label <label> // gone /* gone */",
    "= heading - list + enum / term: x",
    "`code` *bold* _emph_ ~ -- --- ... 'q' \"q\"",
    "https://example.org #link",
    "\\u{41} \\n \\",
]

any_text = st.text(st.characters(), min_size=1, max_size=60)


def drawn(markdown: str, language: str = "en") -> str:
    return read_paper(markdown, language).body


def shown(body: str) -> str:
    """The words that Typst would print for `body`, after it has run."""
    import typst

    found = json.loads(typst.query(f"#par[{body}]".encode(), "par", ignore_system_fonts=True))
    return "".join(_words(found[0]["body"]))


def _words(content: object) -> list[str]:
    if isinstance(content, list):
        return [word for part in content for word in _words(part)]
    if not isinstance(content, dict):
        return []
    if "text" in content:
        return [content["text"]]
    if content.get("func") == "space":
        return [" "]
    return [word for key in ("children", "body", "child") for word in _words(content.get(key, []))]


def unquoted(source: str) -> str:
    """What is left of a Typst string when its escapes are undone, by our own hand."""
    assert source[0] == source[-1] == '"'
    out, rest = "", source[1:-1]
    while rest:
        if rest.startswith("\\u{"):
            code, rest = rest[3:].split("}", 1)
            out += chr(int(code, 16))
        elif rest[0] == "\\":
            out, rest = out + rest[1], rest[2:]
        else:
            assert rest[0] != '"', "the string would end here"
            out, rest = out + rest[0], rest[1:]
    return out


@given(any_text)
def test_no_text_can_leave_its_string(text: str) -> None:
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert len(unquoted(quoted(text))) == len(text)
    if whole == text:
        assert unquoted(quoted(text)) == text


def test_half_a_sign_is_shown_as_a_question_mark_in_a_box() -> None:
    assert unquoted(quoted("a\ud83db")) == "a\N{REPLACEMENT CHARACTER}b"


@given(any_text)
def test_any_markdown_can_be_drawn(text: str) -> None:
    drawn(text).encode("utf-8")


if find_spec("typst"):

    @settings(max_examples=60)
    @given(any_text.filter(lambda text: not any("\ud800" <= sign <= "\udfff" for sign in text)))
    def test_any_text_in_a_paragraph_is_printed_as_it_is(text: str) -> None:
        assert shown(f"#{quoted(text)}") == text

    @pytest.mark.parametrize("attack", ATTACKS)
    def test_what_typst_would_run_is_printed_instead(attack: str) -> None:
        words = "".join(
            token.content
            for inline in MarkdownIt("commonmark", {"html": False}).parseInline(attack)
            for token in inline.children or []
        )
        body = drawn(f"x {attack}").removeprefix("#par[").removesuffix("]")
        assert shown(body).replace("’", "'").replace("\N{NO-BREAK SPACE}", " ") == f"x {words}"

    @settings(max_examples=25)
    @given(any_text)
    def test_any_markdown_makes_a_paper(text: str) -> None:
        import typst

        source = typst_source(read_paper(f"# T\n\n> **S.** {text}\n\n{text}", "fr"), template())
        made = typst.compile(source.encode(), format="pdf", ignore_system_fonts=True, timestamp=0)
        assert made.startswith(b"%PDF")


def test_the_title_is_taken_out_of_the_text_and_the_note_says_what_it_is() -> None:
    paper = read_paper("# Le *titre*\n\n> **Exemple.** Rien.\n\nTexte.", "fr")
    assert (paper.title, paper.note) == ("Le titre", "Exemple")
    assert "titre" not in paper.body


def test_a_paper_without_a_title_has_an_empty_one() -> None:
    assert read_paper("Texte.", "fr").title == ""


@pytest.mark.parametrize(
    ("markdown", "typst"),
    [
        ("## A", '#heading(level: 2)[#"A"]'),
        ("a **b** *c*", '#par[#"a "#strong[#"b"]#" "#emph[#"c"]]'),
        ("- a\n- b", '#list([#par[#"a"]], [#par[#"b"]])'),
        ("3. a", '#enum(start: 3, [#par[#"a"]])'),
        ("> a", '#band[#par[#"a"]]'),
        ("[a](https://b.org)", '#par[#link("https://b.org")[#"a"]]'),
        ("[a]()", '#par[#"a"]'),
        ("![a](b.png)", '#par[#emph[#"a"]]'),
        ("`a`", '#par[#raw("a", block: false)]'),
        ("```\na\n```", '#raw("a\\u{a}", block: true)'),
        ("a\nb", '#par[#"a"#" "#"b"]'),
        ("a  \nb", '#par[#"a"#linebreak()#"b"]'),
        ("---", "#line(length: 100%, stroke: 0.5pt)"),
        ("<b>a</b>", '#par[#"<b>a</b>"]'),
    ],
)
def test_each_mark_has_its_form_in_print(markdown: str, typst: str) -> None:
    assert drawn(markdown) == typst


def test_a_mark_that_the_lay_out_does_not_know_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(__import__("bot.documents.typesetting", fromlist=["_DRAW"])._DRAW, "hr")
    with pytest.raises(CannotTypeset, match="holds hr"):
        drawn("---")


@pytest.mark.parametrize(
    ("language", "typed", "printed"),
    [
        ("fr", "l'agenda", "l’agenda"),
        ("fr", "Et vous ?", "Et vous\N{NARROW NO-BREAK SPACE}?"),
        ("fr", "ceci : cela", "ceci\N{NO-BREAK SPACE}: cela"),
        ("fr", "« mot »", "«\N{NO-BREAK SPACE}mot\N{NO-BREAK SPACE}»"),
        ("fr", "30 % de 50 000", "30\N{NO-BREAK SPACE}% de 50\N{NARROW NO-BREAK SPACE}000"),
        ("es", "la ley [3]", "la ley\N{NO-BREAK SPACE}[3]"),
        ("en", "What : is", "What : is"),
        ("en", "'quoted'", "'quoted'"),
        ("en", "in 1998 200 people", "in 1998 200 people"),
    ],
)
def test_print_sets_the_small_signs_that_people_do_not_type(
    language: str, typed: str, printed: str
) -> None:
    assert polish(typed, language) == printed
