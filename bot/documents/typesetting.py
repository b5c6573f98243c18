"""From Markdown to Typst.

Every text becomes a Typst *string*, never Typst markup: nothing that a person writes can run.
"""

from collections.abc import Callable
from functools import cache

import msgspec
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from bot.documents.errors import CannotTypeset
from bot.documents.typography import polish

Typst = str


class Paper(msgspec.Struct, frozen=True):
    """A document read: its title, its language (two letters), and its body as Typst content.

    `note` says on every page what kind of text this is: the first bold words of its first quote.
    """

    title: str
    note: str
    language: str
    body: Typst


def read_paper(markdown: str, language: str) -> Paper:
    """The paper in `markdown`; `title` is empty where no `# Title` stands."""
    root = SyntaxTreeNode(_parser().parse(markdown))
    title = next((node for node in root.children if node.tag == "h1"), None)
    return Paper(
        title=polish(_plain(title), language) if title else "",
        note=polish(_note(root), language),
        language=language,
        body="\n".join(_draw(node, language) for node in root.children if node is not title),
    )


def typst_source(paper: Paper, template: Typst) -> Typst:
    """All that Typst needs to set `paper` in type by `template`, in one text."""
    return (
        f"{template}\n"
        f"#show: paper.with(title: {quoted(paper.title)}, note: {quoted(paper.note)}, "
        f"language: {quoted(paper.language)})\n"
        f"{paper.body}\n"
    )


def quoted(text: str) -> Typst:
    """`text` as a Typst string, whatever stands in it."""
    return '"' + "".join(map(_sign, text)) + '"'


def _sign(sign: str) -> str:
    if sign in '\\"':
        return "\\" + sign
    if "\ud800" <= sign <= "\udfff":  # half a sign: UTF-8 has no way to write it
        return "\N{REPLACEMENT CHARACTER}"
    return sign if sign.isprintable() else f"\\u{{{ord(sign):x}}}"


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})


def _plain(node: SyntaxTreeNode) -> str:
    return "".join(leaf.content for leaf in node.walk() if leaf.type in ("text", "code_inline"))


def _note(root: SyntaxTreeNode) -> str:
    quotes = [node for node in root.walk() if node.type == "blockquote"]
    bold = [node for quote in quotes[:1] for node in quote.walk() if node.type == "strong"]
    return _plain(bold[0]).rstrip(".") if bold else ""


def _draw(node: SyntaxTreeNode, language: str) -> Typst:
    draw = _DRAW.get(node.type)
    if draw is None:
        raise CannotTypeset(kind=node.type)
    return draw(node, language)


def _inside(node: SyntaxTreeNode, language: str) -> Typst:
    return "".join(_draw(child, language) for child in node.children)


def _wrapped(call: str) -> Callable[[SyntaxTreeNode, str], Typst]:
    return lambda node, language: f"{call}[{_inside(node, language)}]"


def _text(node: SyntaxTreeNode, language: str) -> Typst:
    return f"#{quoted(polish(node.content, language))}"


def _code(node: SyntaxTreeNode, _language: str) -> Typst:
    block = "false" if node.type == "code_inline" else "true"
    return f"#raw({quoted(node.content)}, block: {block})"


def _heading(node: SyntaxTreeNode, language: str) -> Typst:
    return f"#heading(level: {int(node.tag[1:])})[{_inside(node, language)}]"


def _list(call: str) -> Callable[[SyntaxTreeNode, str], Typst]:
    def draw(node: SyntaxTreeNode, language: str) -> Typst:
        start = f"start: {node.attrs['start']}, " if "start" in node.attrs else ""
        items = ", ".join(f"[{_inside(item, language)}]" for item in node.children)
        return f"{call}({start}{items})"

    return draw


def _link(node: SyntaxTreeNode, language: str) -> Typst:
    address = str(node.attrs.get("href", ""))
    shown = _inside(node, language)
    return f"#link({quoted(address)})[{shown}]" if address else shown


def _image(node: SyntaxTreeNode, language: str) -> Typst:
    return f"#emph[{_inside(node, language)}]"  # a paper carries no pictures: their words stand in


_DRAW: dict[str, Callable[[SyntaxTreeNode, str], Typst]] = {
    "blockquote": _wrapped("#band"),
    "bullet_list": _list("#list"),
    "code_block": _code,
    "code_inline": _code,
    "em": _wrapped("#emph"),
    "fence": _code,
    "hardbreak": lambda _node, _language: "#linebreak()",
    "heading": _heading,
    "hr": lambda _node, _language: "#line(length: 100%, stroke: 0.5pt)",
    "image": _image,
    "inline": _inside,
    "link": _link,
    "ordered_list": _list("#enum"),
    "paragraph": _wrapped("#par"),
    "softbreak": lambda _node, _language: '#" "',
    "strong": _wrapped("#strong"),
    "text": _text,
}
