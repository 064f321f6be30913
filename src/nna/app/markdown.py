"""Markdown of cards and chapters as HTML: formulas typeset as MathML, names linked. No scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

# what closes a source in our texts; an address is linked, its words stay
_ADDRESS = re.compile(
    r"\barXiv:(?P<arxiv>\d{4}\.\d{4,5}|[a-z-]+/\d{7})"
    r"|\bdoi:(?P<doi>10\.\d{4,9}/[^\s,;\]]+[^\s,;.)\]])"
    r"|\b(?P<web>https?://[^\s,;\]]+[^\s,;.)\]])"
)
_PLACES = {"arxiv": "https://arxiv.org/abs/", "doi": "https://doi.org/", "web": ""}

# a paragraph that opens what is folded away until a reader asks, and one that closes it
_FOLD = re.compile(r"<details><summary>([^<>]+)</summary>")
_END = "</details>"

_WORD = re.compile(r"[\w-]+")
LONGEST = 6  # words of a term

_PIECES = re.compile(r"\\[A-Za-z]+|\\.|.", re.S)  # of LaTeX: a command, or one character
_WIDE = ("\\quad", "\\qquad")
LONG = 30  # characters of LaTeX that a formula within a line has at the most, to stay in one piece
_OPENING, _CLOSING = ("{", "\\begin", "\\left"), ("}", "\\end", "\\right")

Link = Callable[[str], str | None]  # a name in the text to the address of its page, if it has one


@cache
def math(tex: str, block: bool = False) -> Markup:
    """A formula in LaTeX as MathML, with its source kept for copying."""
    made = convert(tex.strip(), display="block" if block else "inline")
    return Markup(made.replace("<math ", f'<math alttext="{escape(tex.strip())}" ', 1))


def display(tex: str) -> Markup:
    """A formula on a line of its own, which goes on below where a screen is narrower.

    One that doesn't fit even so can be moved along, by keys as well.
    """
    frame = '<span class="display" tabindex="0" role="group" aria-label="Formula" data-tex="{}">'
    parts = Markup("").join(math(part, block=True) for part in formula_parts(tex))
    return Markup(frame).format(tex.strip()) + parts + Markup("</span>")


def inline(tex: str) -> Markup:
    """A formula within a line; a long one may go on below from each of its equality signs."""
    first, *others = _sides(tex.strip()) if len(tex) > LONG else [tex]
    return Markup("<wbr>").join([math(first), *(math(f"{{}} {side}") for side in others)])


def _sides(tex: str) -> list[str]:
    """What stands before the first equality sign outside of all brackets, and from each on."""
    made, depth = [""], 0
    for piece in _PIECES.findall(tex):
        if piece == "=" and not depth and made[-1].strip():
            made.append("")
        depth += piece in (*_OPENING, "(", "[")
        depth -= piece in (*_CLOSING, ")", "]")
        made[-1] += piece
    return made


def formula_parts(tex: str) -> list[str]:
    """A formula's parts, as its author set them apart by a wide space, in order."""
    made, depth = [""], 0
    for piece in _PIECES.findall(tex.strip()):
        if piece in _WIDE and not depth:
            made.append("")
            continue
        depth += piece in _OPENING
        depth -= piece in _CLOSING
        made[-1] += piece
    return [part.strip() for part in made if part.strip()]


Figure = Callable[[str], tuple[str, str]]  # "lab:xor" to the address of its picture and its page


def render(
    text: str, name: Link, terms: dict[str, str] | None = None, figure: Figure | None = None
) -> Markup:
    """A text as HTML.

    Args:
        text: Markdown with LaTeX between dollars; HTML in it is shown, not obeyed, but for what
            folds: a paragraph `<details><summary>Solution</summary>`, others, and `</details>`.
        name: where `code` in the text leads, if it is the name of something; and an address that
            names an experiment, a check or a block, as in [so it was measured](lab:xor).
        terms: a word, in lower case, to the address of its explanation; its first use is linked,
            and the word then taken away, so that the next text of the page leaves it alone.
        figure: where pictures named in the text come from, if it may name any.
    """
    tokens = _folded(_markdown().parse(text))
    for place, token in enumerate(tokens):
        if token.type == "th_open" and not tokens[place + 1].content:
            token.tag = tokens[place + 2].tag = "td"  # an empty cell is the heading of nothing
        if "right" in str(token.attrs.pop("style", "")):  # styles within a page aren't obeyed
            token.attrJoin("class", "number")
        if token.type == "inline" and token.children:
            children = _named(token.children, name)
            if terms:
                children = _explained(children, terms)
            token.children = children
    return Markup(_markdown().renderer.render(tokens, _markdown().options, {"figure": figure}))


def _folded(tokens: Sequence[Token]) -> list[Token]:
    """The tokens, with paragraphs that open and close a fold, in pairs, in place of their text."""
    made, opened = list(tokens), list[tuple[int, int]]()  # of each open fold: place, and depth
    for at, token in enumerate(tokens):
        if token.type != "inline" or tokens[at - 1].type != "paragraph_open":
            continue
        if _FOLD.fullmatch(token.content):
            opened.append((at, token.level))
        elif token.content == _END and opened and opened[-1][1] == token.level:
            begin, _ = opened.pop()
            said = _FOLD.fullmatch(tokens[begin].content)
            assert said is not None
            for place, kind in ((begin, "fold_open"), (at, "fold_close")):
                made[place - 1 : place + 2] = [Token(kind, "", 0, content=said[1])] + [
                    Token("nothing", "", 0)
                ] * 2
    return [token for token in made if token.type != "nothing"]


def line(text: str, name: Link) -> Markup:
    """A text without paragraphs as HTML."""
    tokens = _markdown().parseInline(text)
    for token in tokens:
        token.children = _named(token.children or [], name)
    return Markup(_markdown().renderer.render(tokens, _markdown().options, {}))


def code(source: str, anchors: str = "") -> Markup:
    """Python with its parts marked by classes, for the style sheet to colour.

    Args:
        source: Python.
        anchors: what links to its lines begin with, `anchors-12`; empty: none.
    """
    style = HtmlFormatter(cssclass="code", wrapcode=True, lineanchors=anchors)
    return Markup(highlight(source, PythonLexer(), style))


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable("table")
    made.use(
        dollarmath_plugin,
        double_inline=True,
        renderer=lambda tex, options: str(display(tex) if options["display_mode"] else inline(tex)),
    )
    made.add_render_rule("text", _text)
    made.add_render_rule("image", _image)
    made.add_render_rule("table_open", _table)
    made.add_render_rule("table_close", lambda *_: "</table></div>\n")
    made.add_render_rule("fold_open", _fold)
    made.add_render_rule("fold_close", lambda *_: "</details>\n")
    return made


def _text(self: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    """A piece of text with its addresses linked."""
    shown = str(escape(tokens[place].content))
    if tokens[place].meta.get("linked"):
        return shown
    return _ADDRESS.sub(_addressed, shown)


def _addressed(found: re.Match[str]) -> str:
    kind = found.lastgroup or "web"
    return f'<a href="{_PLACES[kind]}{found[kind]}" rel="noreferrer">{found[0]}</a>'


def _image(self: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    """A figure that something else draws, with its caption, linked to where it comes from."""
    said = escape(tokens[place].content)
    picture, page = env["figure"](str(tokens[place].attrs["src"]))
    return str(
        Markup(
            '<span class="figure"><span class="pan" tabindex="0" role="group" aria-label="Figure">'
            '<img src="{}" alt="{}"></span><span class="small">{} · '
            '<a href="{}">how it was made</a></span></span>'
        ).format(picture, said, said, page)
    )


def _table(self: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    """A table that scrolls by itself where a screen is narrower; its headings name it."""
    env["tables"] = env.get("tables", 0) + 1
    end = next(at for at in range(place, len(tokens)) if tokens[at].type == "thead_close")
    heads = [tokens[at + 1].content for at in range(place, end) if tokens[at].type == "th_open"]
    named = escape(f"Table {env['tables']}: {', '.join(filter(None, heads))}")
    return f'<div class="wide" tabindex="0" role="region" aria-label="{named}"><table>\n'


def _fold(self: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    return f"<details><summary>{escape(tokens[place].content)}</summary>\n"


def _named(tokens: Sequence[Token], name: Link) -> list[Token]:
    """The tokens, with code that is a name within a link, and links to names at their pages."""
    made: list[Token] = []
    depth = 0
    for token in tokens:
        depth += (token.type == "link_open") - (token.type == "link_close")
        if depth and token.type == "text":
            token.meta["linked"] = True
        if token.type == "link_open" and (page := name(str(token.attrs["href"]))):
            token.attrs["href"] = page
        address = name(token.content) if token.type == "code_inline" else None
        made += [token] if address is None else _linked(token, address, "name")
    return made


def _explained(tokens: Sequence[Token], left: dict[str, str]) -> list[Token]:
    """The tokens, with the first of each term within a link to its explanation."""
    made: list[Token] = []
    depth = 0
    for token in tokens:
        depth += (token.type == "link_open") - (token.type == "link_close")
        made += [token] if depth or token.type != "text" else _pieces(token, left)
    return made


def _pieces(token: Token, left: dict[str, str]) -> list[Token]:
    said, made, at = token.content, list[Token](), 0
    words = [(found.start(), found.end()) for found in _WORD.finditer(said)]
    place = 0
    while left and place < len(words):
        for last in range(min(place + LONGEST, len(words)) - 1, place - 1, -1):
            begin, end = words[place][0], words[last][1]
            address = left.get(said[begin:end].lower())
            if address is not None:
                for word in [word for word, other in left.items() if other == address]:
                    del left[word]
                term = Token("text", "", 0, content=said[begin:end], meta={"linked": True})
                made.append(Token("text", "", 0, content=said[at:begin]))
                made += _linked(term, address, "term")
                at, place = end, last
                break
        place += 1
    return [*made, Token("text", "", 0, content=said[at:])] if made else [token]


def _linked(token: Token, address: str, kind: str) -> list[Token]:
    opened = Token("link_open", "a", 1, attrs={"href": address, "class": kind})
    return [opened, token, Token("link_close", "a", -1)]
