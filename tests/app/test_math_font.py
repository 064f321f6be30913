"""Formulas are set in a font that comes along: whole, small, licensed, and asked for."""

import html
import re
import unicodedata

import pytest
from fontTools.ttLib import TTFont

from nna import registry
from nna.app import markdown, security, site
from nna.atlas import guide
from nna.lab.blocks import catalog as blocks

FONT = site.STATIC / "math.woff"
MATH = re.compile(r"<math .*?</math>", re.S)


def slanted(letter: str) -> str:
    """A letter as MathML shows it where it stands alone in `mi`."""
    name = unicodedata.name(letter, "").replace(" LETTER", "").replace("LATIN ", "")
    name = name.replace("GREEK ", "").removesuffix(" SYMBOL")
    if letter == "h":
        return "\u210e"  # had its place before the others got theirs
    try:
        return unicodedata.lookup(f"MATHEMATICAL ITALIC {name}")
    except KeyError:
        return letter


def shown(page: str) -> set[str]:
    """Every character that the formulas of a page are made of."""
    found: set[str] = set()
    for formula in MATH.findall(page):
        for tag, text in re.findall(r"<(m[ion]|mtext)\b[^>]*>([^<]*)<", formula):
            text = html.unescape(text)
            found |= {slanted(text)} if tag == "mi" and len(text) == 1 else set(text)
    return found


def pages():
    for name in registry.names():
        yield name, markdown.render(registry.card(name), lambda name: None)
    for chapter in guide.read():
        yield (
            chapter.id,
            markdown.render(chapter.text, lambda name: None, figure=lambda address: ("", "")),
        )
    for name in blocks.names():
        block = blocks.describe(name)
        letters = [letter for letter, _ in block.legend]
        yield name, "".join(map(markdown.math, [block.formula, *letters]))


@pytest.fixture(scope="module")
def font():
    return TTFont(FONT)


def test_it_has_every_character_of_every_formula(font):
    known = {chr(code) for code in font.getBestCmap()} | {"", "\n", "\u2003", "\u2005"}
    lacking = {name: shown(page) - known for name, page in pages()}
    assert {name: signs for name, signs in lacking.items() if signs} == {}


def test_it_can_stretch_brackets_and_set_scripts(font):
    table = font["MATH"].table
    assert table.MathConstants.ScriptPercentScaleDown
    upright = table.MathVariants.VertGlyphCoverage.glyphs
    stretched = {font.getBestCmap()[ord(sign)] for sign in "()[]{}|√∑∏"}
    assert stretched <= set(upright)


def test_it_is_small_and_says_whose_it_is(font):
    assert FONT.stat().st_size < 150_000
    assert "SIL Open Font License" in font["name"].getDebugName(13)
    licence = (site.STATIC / "math-licence.txt").read_text(encoding="utf-8")
    assert font["name"].getDebugName(0) in licence
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence


def test_pages_ask_for_it_and_may_have_it():
    style = (site.STATIC / "style.css").read_text(encoding="utf-8")
    assert 'src: url("math.woff")' in style  # beside the sheet, so from disk as well
    assert re.search(r'math \{ font-family: "nna math"', style)
    assert "font-src 'self'" in security.POLICY
    assert site.assets()["static/math.woff"] == FONT.read_bytes()
