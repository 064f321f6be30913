"""Every kind of page before axe: labels, contrast, order; in light and dark, on any screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WANTED = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def faults(page, rules):
    """What is broken, where, and why."""
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    return [
        (broken["id"], node["target"], node["failureSummary"])
        for broken in found.response["violations"]
        for node in broken["nodes"][:3]
    ]


def wide(page):
    return page.evaluate("document.documentElement.scrollWidth")


def test_the_engine_finds_nothing_and_no_page_is_wider_than_the_screen(read, kind):
    page = read(f"/{kind}")
    assert wide(page) <= 1280
    assert faults(page, WANTED) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, ["color-contrast"]) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert wide(page) <= 390
    text = page.locator("main :is(p, li, a)").first
    assert float(text.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) >= 12


@pytest.mark.exhaustive
def test_nor_does_it_where_something_was_set_going(read):
    page = read("/playground.html")
    page.get_by_label("Epochs").fill("2")
    page.get_by_role("button", name="Add a network").click()
    page.get_by_role("button", name="Train").click()
    page.get_by_text("Done.").wait_for()
    page.get_by_role("button", name="Show").click()
    page.locator(".inside .cells").nth(1).wait_for()
    assert faults(page, WANTED) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, ["color-contrast"]) == []
    page.goto("/card/elm.html")
    page.get_by_role("button", name="Run it here").click()
    page.get_by_text("Done:").wait_for()
    page.locator("#note summary").click()
    assert faults(page, WANTED) == []
    page.locator("[role=status] a").click()
    page.wait_for_url("**/run/elm-*.html")
    assert faults(page, WANTED) == []
