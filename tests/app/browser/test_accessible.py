"""Every kind of page before axe: labels, contrast, order; in light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KINDS = (
    "index.html",
    "table.html",
    "taxonomy.html",
    "guide.html",
    "guide/learning.html",
    "blocks.html",
    "block/gelu.html",
    "lab.html",
    "lab/step_size.html",
    "lab/topic-cnn.html",
    "errata.html",
    "formulas.html",
    "glossary.html",
    "references.html",
    "search.html?q=attention",
    "card/resnet.html",
    "compare.html?one=lenet5&other=mlp",
    "runs.html",
    "notes.html",
    "playground.html",
)
WANTED = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def faults(page, rules):
    """What is broken, where, and why."""
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    return [
        (broken["id"], node["target"], node["failureSummary"])
        for broken in found.response["violations"]
        for node in broken["nodes"][:3]
    ]


@pytest.mark.parametrize("path", KINDS)
def test_the_engine_finds_nothing(read, path):
    page = read(f"/{path}")
    assert faults(page, WANTED) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, ["color-contrast"]) == []
