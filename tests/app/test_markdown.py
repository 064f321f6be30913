"""Markdown becomes HTML in which nothing runs, formulas are typeset, and names lead somewhere."""

import re

import pytest
from hypothesis import given, strategies as st

from nna.app import markdown
from nna.atlas import formulas


def nowhere(said):
    return None


@given(st.text())
def test_whatever_a_text_holds_no_element_of_its_own_comes_through(source):
    made = str(
        markdown.render(source + "\n\n<script>alert(1)</script><img src=x onerror=y>", nowhere)
    )
    assert "<script" not in made
    assert "<img src=x" not in made


FOLD = "<details><summary>Solution</summary>"


def test_what_folds_is_folded_within_a_list_too():
    made = str(markdown.render(f"1. Why?\n\n   {FOLD}\n\n   So *it* is.\n\n   </details>", nowhere))
    assert re.search(
        r"<details><summary>Solution</summary>\s*<p>So <em>it</em> is.</p>\s*</details>\s*</li>",
        made,
    )


@given(st.lists(st.sampled_from([FOLD, "</details>", "text", "- item", "> said"]), max_size=8))
def test_folds_come_in_pairs_and_what_is_none_stays_text(paragraphs):
    made = str(markdown.render("\n\n".join(paragraphs), nowhere))
    depth = 0
    for found in re.findall(r"<details>|</details>", made):
        depth += 1 if found == "<details>" else -1
        assert depth >= 0
    assert depth == 0
    folds = min(paragraphs.count(FOLD), paragraphs.count("</details>"))
    assert made.count("<details>") <= folds


def test_formulas_are_typeset_and_keep_their_source():
    made = str(markdown.render(r"where $x_i < 1$ and $$ \frac{a}{b} $$", nowhere))
    assert made.count("<math ") == 2
    assert 'alttext="x_i &lt; 1"' in made
    assert "<mfrac>" in made
    assert "$" not in made


def test_a_formula_is_parted_where_its_author_left_a_wide_space_and_nowhere_else():
    tex = r"a = \left\{ b \quad c \right., \qquad \text{if } d: \quad {e \quad f}"
    parts = markdown.formula_parts(tex)
    assert parts == [r"a = \left\{ b \quad c \right.,", r"\text{if } d:", r"{e \quad f}"]
    made = str(markdown.display(tex))
    assert made.count("<math ") == 3
    assert f'data-tex="{tex}"' in made


@pytest.mark.parametrize("formula", formulas.collect(), ids=lambda f: f.architecture)
def test_every_formula_of_a_card_is_typeset_whole(formula):
    made = str(markdown.display(formula.tex))
    assert not re.search(r"<m\w+>\\", made), "a command that the typesetter doesn't know"


def test_cells_of_a_table_are_aligned_by_a_class():
    made = str(markdown.render("| a | b |\n|---|--:|\n| c | 1 |", nowhere))
    assert '<th class="number">b</th>' in made
    assert '<td class="number">1</td>' in made
    assert "style=" not in made


@pytest.mark.parametrize("made", [markdown.line, markdown.render])
def test_an_address_that_is_a_link_already_is_linked_once(made):
    shown = str(made("<https://example.org/x> and [https://example.org/y](a.html)", nowhere))
    assert shown.count("<a ") == 2
    assert '<a href="https://example.org/x">https://example.org/x</a>' in shown


def test_tables_of_a_page_have_names_of_their_own():
    made = str(
        markdown.render("| a | b |\n|--|--|\n| c | 1 |\n\n| a | b |\n|--|--|\n| d | 2 |", nowhere)
    )
    assert re.findall('aria-label="(.*?)"', made) == ["Table 1: a, b", "Table 2: a, b"]


def test_names_and_addresses_are_linked():
    made = str(
        markdown.render(
            "`resnet/50` and `nna list`, arXiv:1512.03385, doi:10.1162/neco.1997.9.8.1735, "
            "(https://example.org/a?b=1&c=2).",
            lambda said: "card/resnet.html" if said == "resnet/50" else None,
        )
    )
    assert '<a href="card/resnet.html" class="name"><code>resnet/50</code></a>' in made
    assert "<code>nna list</code>" in made
    assert 'href="https://arxiv.org/abs/1512.03385"' in made
    assert 'href="https://doi.org/10.1162/neco.1997.9.8.1735"' in made


def test_an_address_ends_before_the_bracket_that_it_stands_in():
    made = str(markdown.render("[Elman 1990, doi:10.1207/s15516709cog1402_1]: so it is.", nowhere))
    assert '<a href="https://doi.org/10.1207/s15516709cog1402_1" rel="noreferrer">' in made
    assert ">doi:10.1207/s15516709cog1402_1</a>]: so it is." in made


def test_a_link_to_a_name_leads_to_its_page_and_others_stay():
    made = str(
        markdown.render(
            "[measured](lab:xor), [elsewhere](https://example.org).",
            lambda said: "../lab/xor.html" if said == "lab:xor" else None,
        )
    )
    assert '<a href="../lab/xor.html">measured</a>' in made
    assert '<a href="https://example.org">elsewhere</a>' in made


def test_a_table_scrolls_by_itself_and_can_be_reached_by_keyboard():
    made = str(markdown.render("| a | b |\n|---|---|\n| 1 | $x$ |", nowhere))
    assert re.search(
        r'<div class="wide" tabindex="0" role="region" aria-label="[^"]+"><table>', made
    )
    assert made.strip().endswith("</table></div>")
    assert "<math " in made


def test_the_first_use_of_a_term_is_linked_to_its_explanation_and_no_other():
    terms = {"batch": "g.html#batch", "batch norm": "g.html#batch-norm", "batches": "g.html#batch"}
    made = str(markdown.render("Batch norm, batches, a batch, `batch`, sub-batch.", nowhere, terms))
    assert re.findall(r'<a href="([^"]+)" class="term">([^<]+)</a>', made) == [
        ("g.html#batch-norm", "Batch norm"),
        ("g.html#batch", "batches"),
    ]


def test_the_longest_term_is_linked_and_every_term_of_the_glossary_is_found():
    from nna.atlas import glossary

    terms = {form.lower(): f"#{term.anchor}" for term in glossary.read() for form in term.words}
    for form, address in terms.items():
        made = str(markdown.render(f"Here, {form}.", nowhere, dict(terms)))
        assert f'<a href="{address}" class="term">{markdown.escape(form)}</a>' in made


def test_an_empty_cell_is_no_heading():
    made = str(markdown.render("| | one |\n|---|---|\n| a | 1 |", nowhere))
    assert made.count("<th>") == made.count("</th>") == 1
    assert "<td></td>\n<th>one</th>" in made


def test_a_long_formula_in_a_line_may_go_on_at_its_equality_signs():
    short, long = r"$a = b$", r"$0.88 \cdot 0.8 + 0.81 \cdot 0.76 = 0.70 + f(x = 1) = 1.32$"
    assert markdown.render(short, lambda name: None).count("<math") == 1
    made = markdown.render(long, lambda name: None)
    assert made.count("<math") == 3
    assert made.count("<wbr>") == 2
