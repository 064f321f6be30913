"""The pages of the building blocks."""

import re

import pytest

from nna.app import pages, search
from nna.lab.blocks import catalog


def test_every_block_has_a_page_and_a_place_on_the_overview():
    overview = pages.render(pages.every()["blocks.html"])
    for name in catalog.names():
        assert f"block/{name}.html" in pages.every()
        assert f'href="block/{name}.html"' in overview
    for kind in catalog.kinds():
        assert f'id="{kind}"' in overview


def test_a_page_shows_formula_facts_users_and_a_figure_that_is_computed():
    page = pages.render(pages.every()["block/gelu.html"])
    block = catalog.describe("gelu")
    for fact in block.facts:
        assert fact.says in page
    assert 'href="../card/gpt2.html"' in page
    assert "<math " in page
    assert 'src="data:image/svg+xml;base64,' in page
    assert "nna blocks effect gelu" in page


@pytest.mark.parametrize("name", catalog.names())
def test_formulas_and_letters_are_typeset_whole(name):
    from nna.app import markdown

    block = catalog.describe(name)
    assert block.legend
    for tex in (block.formula, *(letters for letters, _ in block.legend)):
        made = re.sub(r'alttext="[^"]*"', "", str(markdown.math(tex)))
        assert "\\" not in made  # no command was left over


def test_the_search_in_the_page_knows_blocks():
    assert '["block","batch_norm","block/batch_norm.html","Batch normalisation"' in search.index()
