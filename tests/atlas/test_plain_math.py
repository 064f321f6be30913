"""Formulas as lines of text: readable, complete, and never LaTeX."""

import re

import pytest
from hypothesis import given, strategies as st

from nna import registry
from nna.atlas import formulas, plain_math
from nna.atlas.plain_math import excerpt, formula, prose
from nna.lab.blocks import catalog as blocks

EXAMPLES = {
    r"y = x + F(x, W)": "y = x + F(x, W)",
    r"w \leftarrow w - \eta\, g": "w ← w - η g",
    r"\frac{\partial L}{\partial w_{ij}}": "∂L/∂wᵢⱼ",
    r"\frac{n + 1}{2n}": "(n + 1)/(2n)",
    r"\tfrac{1}{2}(a - b)^2": "1/2 (a - b)²",
    r"-\frac{1}{2}x": "-1/2 x",
    r"\log\frac{w}{w_a}": "log w/wₐ",
    r"x\log x + \log(x)": "x log x + log(x)",
    r"\log_2 n": "log₂ n",
    r"\sum_{i=1}^{n} \lVert x_i - \hat x_i \rVert^2": "∑ᵢ₌₁ⁿ ‖xᵢ - x̂ᵢ‖²",
    r"\mathrm{softmax}\left(\frac{Q K^\top}{\sqrt{d}}\right) V": "softmax((Q Kᵀ)/√d) V",
    r"W^{(l+1)} z_{c}": "W⁽ˡ⁺¹⁾ z_c",
    r"e^{-x/2}": "e^(-x/2)",
    r"\bar{xy}": "bar(xy)",
    r"\left.\frac{a}{b}\right|_{\text{direct}}": "a/b|_(direct)",
    r"p(x \mid y) \in [0, 1]": "p(x | y) ∈ [0, 1]",
    r"\{ a, b \}": "{ a, b }",
    r"a, \qquad b": "a,    b",
    r"\begin{cases} 1 & x > 0 \\ 0 \end{cases}": "1 x > 0; 0",
    r"\unheardof{x} + 1": "unheardof x + 1",
}


@pytest.mark.parametrize("tex", EXAMPLES)
def test_as_one_would_write_it(tex):
    assert formula(tex) == EXAMPLES[tex]


def test_no_card_shows_a_command():
    shown = {name: prose(registry.card(name)) for name in registry.names()}
    assert [name for name, text in shown.items() if "\\" in text or "$" in text] == []
    names = r"(frac|mathrm|operatorname|quad)[({_ ]\(|(left|right|text)[({_]\("  # "is right (1962)"
    lost = re.compile(rf"(?<![A-Za-z])({names})")
    assert [name for name, text in shown.items() if lost.search(text)] == []


def test_no_formula_needs_a_name_for_a_sign():
    """Every command that cards and blocks use is known: none falls back to its bare name."""
    words = {"log", "ln", "exp", "sin", "cos", "tan", "tanh", "max", "min"}
    known = words | {*plain_math.SIGNS, *plain_math.MARKS, "sqrt", "mathbb"}
    known |= plain_math.UPRIGHT | plain_math.FRACTIONS
    every = [found.tex for found in formulas.collect()]
    every += [blocks.describe(name).formula for name in blocks.names()]
    used = {one for tex in every for one in re.findall(r"\\([A-Za-z]+)", tex)}
    assert {one for one in used - known if not plain_math.SIZES.fullmatch(one)} == set()


def test_code_and_prose_stay_and_markdown_is_kept_from_reading_signs_as_emphasis():
    text = "costs `$HOME` and $w_{c}$, *not* $a * b * c$\n\n```\n$x$\n```\n"
    assert prose(text) == "costs `$HOME` and w_c, *not* a * b * c\n\n```\n$x$\n```\n"
    assert prose("*so* $a * w_{c}$", markdown=True) == r"*so* a \* w\_c"


@pytest.mark.parametrize(
    "cut",
    [
        r"… W_g)_i\, E_i(x), \qquad G(x) = \mathrm{softmax}(\mathrm{top}_k(H(x))), \qquad …",
        r"… $p_i = e^{z_i} / \sum_j e^{z_j}$. And $$ A(Q) = \mathrm{so …",
    ],
)
def test_an_excerpt_cut_anywhere_shows_no_command(cut):
    assert not set(excerpt(cut)) & set("\\$")
    assert "softmax(" in excerpt(cut) or "∑ⱼ" in excerpt(cut)


letters = st.sampled_from([*"abxyz", "\\alpha", "\\sigma", "12", "W"])
tex = st.recursive(
    letters,
    lambda inner: st.one_of(
        st.builds("{} + {}".format, inner, inner),
        st.builds("{}({})".format, inner, inner),
        st.builds("{}_{{{}}}".format, letters, inner),
        st.builds("{}^{{{}}}".format, letters, inner),
        st.builds(r"\frac{{{}}}{{{}}}".format, inner, inner),
        st.builds(r"\sqrt{{{}}}".format, inner),
        st.builds(r"\left({}\right)".format, inner),
        st.builds(r"\hat {}".format, letters),
        st.builds(r"\log {}".format, inner),
    ),
    max_leaves=12,
)


@given(tex)
def test_any_formula_keeps_its_letters_in_order_and_its_brackets_in_pairs(tex):
    made = formula(tex)
    assert not set(made) & set("\\{}$\0\1\2\3\4")
    level = 0
    for sign in made.translate(str.maketrans("⁽⁾₍₎", "()()")):
        level += (sign == "(") - (sign == ")")
        assert level >= 0
    assert level == 0
    back = {v: k for table in (plain_math.LOWERED, plain_math.RAISED) for k, v in table.items()}
    back |= {"α": "α", "σ": "σ"}
    of_tex = re.sub(r"\\(frac|sqrt|left|right|hat)", "", tex)
    of_tex = of_tex.replace("\\alpha", "α").replace("\\sigma", "σ").replace("\\log", "log")
    kept = [back.get(sign, sign) for sign in made if back.get(sign, sign).isalnum()]
    assert "".join(kept).replace("hat", "") == "".join(c for c in of_tex if c.isalnum())
